"""Checks of texts for people: their length, their words, their spaces and stops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.authoring.checks.words import JARGON, PROMISES, WordList
from advise.authoring.checks.written import PLACEHOLDER, Written
from advise.errors import Finding, Fix, Place, Severity

_WORDS, _STEP_WORDS, _SENTENCE_WORDS = 60, 25, 30
_CALLED = {"step": "step", "because": "reason", "report": "report", "meaning": "meaning"}
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def _warn(code: str, place: Place, sentence: str, hint: str, fix: Fix | None = None) -> Finding:
    return Finding(place, code, sentence, hint, severity=Severity.WARNING, fix=fix)


def _without_placeholders(text: str) -> str:
    """A text of the same length, with stars for what is filled in."""
    return PLACEHOLDER.sub(lambda match: "*" * len(match[0]), text)


def _place(subject: Subject, text: Written, words: str) -> Place:
    """Where some words of a text stand; where the text begins if they can't be found."""
    source = subject.sources[text.place.file]
    start, end = source.extent(text.place)
    match = re.compile(r"\s+".join(map(re.escape, words.split()))).search(source.text, start, end)
    return source.place(match.start()) if match else text.place


# -------------------------------------------------------------------------------------------- length


def _long_texts(subject: Subject) -> Iterator[Finding]:
    words, step_words = subject.number("text-long", "words"), subject.number("text-long", "step_words")
    for text in subject.written:
        limit = step_words if text.kind == "step" else words
        if len(text.words) > limit:
            sentence = f"This {_CALLED.get(text.kind, 'text')} has {len(text.words)} words, more than {limit}."
            hint = "Say only what the person needs in order to act; put the rest into steps, or leave it out."
            yield _warn("text-long", text.place, sentence, hint)


def _long_sentences(subject: Subject) -> Iterator[Finding]:
    limit = subject.number("sentence-long", "words")
    for text in subject.written:
        for sentence in _SENTENCE_END.split(text.text):
            count = len(PLACEHOLDER.sub("X", sentence).split())
            if count > limit:
                said = f"This sentence has {count} words, more than {limit}."
                yield _warn("sentence-long", _place(subject, text, sentence), said, "Make two of it.")


# --------------------------------------------------------------------------------------------- words


def _listed(subject: Subject, code: str, own: Mapping[str, str]) -> Iterator[tuple[Written, re.Match[str], str]]:
    """Where a listed word stands, and what is listed with it. Our own lists are English; words that the manifest
    adds count in every language."""
    every = subject.words(code, "words")
    lists = {True: WordList(every), False: WordList({word: said for word, said in every.items() if word not in own})}
    for text in subject.written:
        plain = _without_placeholders(text.text)
        for match, said in lists[text.language.startswith("en")].find(plain):
            yield text, match, said


def _jargon(subject: Subject) -> Iterator[Finding]:
    for text, match, instead in _listed(subject, "jargon", JARGON):
        place = _place(subject, text, match[0])
        sentence = f"`{match[0]}` is a word of offices rather than of the people who read this."
        yield _warn("jargon", place, sentence, f"Write {instead}." if instead else "Say it more plainly.")


_DENIED = re.compile(r"\b(?:no|not|never|nobody|nothing|cannot|\w+n['\u2019]t)\b", re.IGNORECASE)


def _promises(subject: Subject) -> Iterator[Finding]:
    for text, match, instead in _listed(subject, "promise", PROMISES):
        before = _SENTENCE_END.split(text.text[: match.start()])[-1]
        if not _DENIED.search(before):
            hint = f"Rather {instead}." if instead else "Say what usually happens."
            place = _place(subject, text, match[0])
            yield _warn("promise", place, f"`{match[0]}` promises what nobody can promise.", hint)


_PERCENTAGE = re.compile(r"(?<![\d.,])(?!100\b)\d+(?:[.,]\d+)?\s?(?:%|per ?cent\b)")


def _percentages(subject: Subject) -> Iterator[Finding]:
    for text in subject.written:
        for match in _PERCENTAGE.finditer(_without_placeholders(text.text)):
            sentence = f"People read `{match[0]}` as their own chance."
            hint = "Say of whom it's true, where and when, from the source; or say it in words."
            place = _place(subject, text, match[0])
            yield Finding(place, "text-percentage", sentence, hint, severity=Severity.NOTE)


_SHOUTED = re.compile(r"(?<![\w-])(?:NOT|NEVER|ALWAYS|MUST|IMPORTANT|WARNING|ATTENTION|URGENT)(?![\w-])")
_CAPITALS = re.compile(r"(?<![\w-])[^\W\d_a-z]{2,}(?:[ ,!]+[^\W\d_a-z]{2,})+(?![\w-])")


def _is_shouted(match: re.Match[str]) -> bool:
    """True for words in capitals that aren't all as short as the names of agencies are."""
    return match[0].isupper() and max(map(len, re.findall(r"\w+", match[0]))) > 3


def _capitals(subject: Subject) -> Iterator[Finding]:
    for text in subject.written:
        plain = _without_placeholders(text.text)
        match = next(filter(_is_shouted, _CAPITALS.finditer(plain)), None) or _SHOUTED.search(plain)
        if match is not None:
            place = _place(subject, text, match[0])
            hint = "Write it in ordinary letters; what matters most comes first instead."
            yield _warn("text-capitals", place, f"`{match[0]}` shouts at the person who reads it.", hint)


# ---------------------------------------------------------------------------------- spaces and stops

_STOPS = ".!?…:}\u3002\uff01\uff1f\u061f\u0964"  # those of Chinese, Arabic and Hindi too
_CLOSING = "\"'”\u2019»)]"
_SENTENCES = ("say", "because", "report")


def _stops(subject: Subject) -> Iterator[Finding]:
    for text in subject.written:
        bare = text.text.rstrip(_CLOSING)
        if text.kind not in _SENTENCES or bare.endswith(tuple(_STOPS)):
            continue
        source = subject.sources[text.place.file]
        _, end = source.extent(text.place)
        fix = Fix("Put a full stop at the end", (source.edit(end, end, "."),))
        sentence = f"This {_CALLED.get(text.kind, 'text')} ends without a full stop."
        yield _warn("full-stop", source.place(end - 1), sentence, "Put one at its end.", fix)


_WIDE = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")


def _spaces(subject: Subject) -> Iterator[Finding]:
    for text in subject.written:
        if not _WIDE.search(text.text):
            continue
        source = subject.sources[text.place.file]
        start, end = source.extent(text.place)
        runs = [match.span() for match in _WIDE.finditer(source.text, start, end)]
        if runs:
            edits = tuple(source.edit(first, last, " ") for first, last in runs)
            fix = Fix("Leave one space", edits)
            sentence = "Several spaces stand here between two words."
            yield _warn("text-spaces", source.place(runs[0][0]), sentence, "Leave one.", fix)


# -------------------------------------------------------------------------------------- translations


def _copied(subject: Subject) -> Iterator[Finding]:
    seen: dict[tuple[Place, str], Written] = {}
    for text in subject.written:
        words = [word for word in PLACEHOLDER.sub(" ", text.text).split() if word.strip(".,:;!?").isalpha()]
        other = seen.setdefault((text.whole, text.text), text)
        if other is not text and len(words) > 2:
            sentence = f"This text is the same in `{other.language}` and in `{text.language}`."
            yield _warn("translation-copied", text.place, sentence, "Translate it.")


WORDING = (
    Check(
        "text-long",
        Severity.WARNING,
        "a text has more words than people read",
        _long_texts,
        {"words": _WORDS, "step_words": _STEP_WORDS},
    ),
    Check(
        "sentence-long",
        Severity.WARNING,
        "a sentence has more words than people follow",
        _long_sentences,
        {"words": _SENTENCE_WORDS},
    ),
    Check("jargon", Severity.WARNING, "a text uses a word of offices", _jargon, {"words": JARGON}),
    Check("promise", Severity.WARNING, "a text promises what nobody can promise", _promises, {"words": PROMISES}),
    Check("text-percentage", Severity.NOTE, "a text gives a percentage", _percentages),
    Check("text-capitals", Severity.WARNING, "a text shouts in capitals", _capitals),
    Check("full-stop", Severity.WARNING, "a text ends without a full stop", _stops),
    Check("text-spaces", Severity.WARNING, "several spaces stand between two words of a text", _spaces),
    Check("translation-copied", Severity.WARNING, "a text is the same in two languages", _copied),
)
