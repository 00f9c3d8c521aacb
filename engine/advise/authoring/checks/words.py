"""Words that don't belong in advice, each with what to write or do instead. They are English; a knowledge base may
add its own, in any language, in its manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

JARGON: Mapping[str, str] = {
    "utilise": "use",
    "utilize": "use",
    "commence": "begin",
    "terminate": "end",
    "facilitate": "help",
    "endeavour": "try",
    "endeavor": "try",
    "ascertain": "find out",
    "expedite": "hurry",
    "remuneration": "pay",
    "deem": "think",
    "leverage": "use",
    "incentivise": "encourage",
    "incentivize": "encourage",
    "operationalise": "do",
    "upskill": "learn",
    "stakeholder": "the people themselves, by name",
    "deliverable": "what is to be made",
    "synergy": "what comes of working together",
    "low-hanging fruit": "what is easy to do",
    "touch base": "talk",
    "in order to": "to",
    "prior to": "before",
    "subsequent to": "after",
    "in the event that": "if",
    "in the event of": "if there is",
    "with regard to": "about",
    "with respect to": "about",
    "in relation to": "about",
    "in respect of": "about",
    "in accordance with": "as .. says",
    "pursuant to": "under",
    "due to the fact that": "because",
    "at this point in time": "now",
    "going forward": "from now on",
    "in lieu of": "instead of",
    "per annum": "a year",
    "on a regular basis": "regularly",
    "aforementioned": "this",
    "herewith": "with this",
    "hereby": "nothing in its place",
    "henceforth": "from now on",
    "notwithstanding": "despite",
    "inter alia": "among others",
}

PROMISES: Mapping[str, str] = {
    "guarantee": "say what usually happens",
    "definitely": "say what usually happens",
    "undoubtedly": "say what usually happens",
    "without fail": "say what usually happens",
    "risk-free": "say what the risk is",
    "never fails": "say when it fails",
    "always works": "say for whom it works",
    "certain to": "say `likely to` and why",
    "bound to": "say `likely to` and why",
    "100 %": "say for how many of whom, with the source",
    "100%": "say for how many of whom, with the source",
}


class WordList:
    """Finds listed words in a text, whatever their ending."""

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._instead = list(listed.values())
        forms = (f"(?P<w{number}>{_form(word)})" for number, word in enumerate(listed))
        self._pattern = re.compile(f"(?<!\\w)(?:{'|'.join(forms)})(?!\\w)", re.IGNORECASE) if listed else None

    def find(self, text: str) -> Iterator[tuple[re.Match[str], str]]:
        """Each place where a listed word stands, and what is listed with it."""
        for match in self._pattern.finditer(text) if self._pattern is not None else ():
            assert match.lastgroup is not None
            yield match, self._instead[int(match.lastgroup[1:])]


def _form(word: str) -> str:
    if not word.isalpha() or len(word) < 4:
        return r"\s+".join(map(re.escape, word.split()))
    if word.endswith("e"):
        return re.escape(word[:-1]) + "(?:e[sd]?|ing)"
    if word.endswith("y"):
        return re.escape(word[:-1]) + "(?:y|ies)"
    return re.escape(word) + "(?:s|ed|ing)?"
