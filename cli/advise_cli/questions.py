"""What is still open, and the questions that would settle it, as parts of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from advise_cli.report import Code, Group, Item, Section, Words, clean, code, counted, joined, phrase, words

Raw = Mapping[str, Any]
_MOST_QUESTIONS = 5
_MOST_OPEN_LINES = 8
_MOST_NAMED = 2
_KINDS = {
    "text": "a text",
    "texts": "a list of texts",
    "date": "a date, such as 2024, 2024-03 or 2024-03-05",
    "list": "a list with one entry for each; [] if there are none",
}


def is_assumed(question: Raw) -> bool:
    """True for a fact that has a value as long as nobody says otherwise."""
    return question.get("assumed") is not None


def question_section(outcome: Raw, explain: bool) -> Section:
    """What would add to the advice, the most decisive first."""
    asked = [each for each in outcome["questions"] if not is_assumed(each)]
    shown = asked if explain else asked[:_MOST_QUESTIONS]
    titles = _titles(outcome)
    items = tuple(
        Item(phrase(_asked(each)), number, details=_details(each, titles, explain))
        for number, each in enumerate(shown, 1)
    )
    intro = "Add the answers to your facts at the places named; null means you don't know."
    return Section("questions", "Questions", _alone(items), intro, _left(asked, shown, "question"))


def assumed_section(outcome: Raw, explain: bool) -> Section:
    """What was taken for granted and bears on the advice."""
    taken = [each for each in outcome["questions"] if is_assumed(each)]
    shown = taken if explain else taken[:_MOST_QUESTIONS]
    titles = _titles(outcome)
    items = tuple(
        Item(
            words(_asked(each), " (", Code(f"{each['pointer']} = {code(each['assumed'])}"), ")"),
            details=_details(each, titles, explain) if explain else (),
        )
        for each in shown
    )
    intro = "Nothing was said about these, so the usual answer was assumed. Add what is different to your facts."
    return Section("assumed", "Taken for granted", _alone(items), intro, _left(taken, shown, "answer"))


def _alone(items: tuple[Item, ...]) -> tuple[Group, ...]:
    return (Group("", items),) if items else ()


def _left(all_: Sequence[Raw], shown: Sequence[Raw], what: str) -> str:
    left = len(all_) - len(shown)
    return f"and {counted(left, f'more {what}')}" if left else ""


def _titles(outcome: Raw) -> Mapping[str, str]:
    return {each["id"]: clean(each["title"]) for part in ("open", "given", "not_now") for each in outcome[part]}


def _details(each: Raw, titles: Mapping[str, str], explain: bool) -> tuple[tuple[str, Words], ...]:
    details = [("Answer", words(Code(each["pointer"]), ": ", *_allowed(each["allowed"]), _new_entry(each)))]
    if each.get("asked_before"):
        details.append(("So far", phrase("you said you don't know")))
    if each["decides"]:
        details.append(("Decides", phrase(_decided(each["decides"], titles, explain))))
    return tuple(details)


def _new_entry(each: Raw) -> str:
    """What `-` in a pointer stands for."""
    if "/-/" not in each["pointer"]:
        return ""
    return f" (- is a new entry of the list; say in it that it's about {each['about'] or 'this'})"


def _decided(rules: list[str], titles: Mapping[str, str], explain: bool) -> str:
    if explain or len(rules) <= _MOST_NAMED:
        return "; ".join(titles.get(rule, rule) for rule in rules)
    return f"{len(rules)} pieces of advice"


def _asked(question: Raw) -> str:
    """The question, with what it is about where the words don't say."""
    ask, about = clean(question["ask"]), clean(question["about"] or "")
    return f"{ask} ({about})" if about and about.casefold() not in ask.casefold() else ask


def _allowed(allowed: Raw) -> Words:
    """The answers that a question allows."""
    values = allowed.get("values")
    if values:
        return joined(_value(each) for each in values)
    kind = allowed["type"]
    if kind == "boolean":
        return (Code("true"), " (yes) or ", Code("false"), " (no)")
    if kind in ("number", "integer"):
        return (_number(allowed),)
    return (_KINDS.get(kind, "a value"),)


def _value(each: Raw) -> Words:
    """A choice with its title, unless the title only repeats it."""
    value, title = str(each["value"]), clean(each.get("title") or "")
    alike = value.replace("_", " ").replace("-", " ").casefold()
    repeats = not title or title.replace("-", " ").casefold() == alike
    return (Code(value),) if repeats else (Code(value), f" ({title})")


def _number(allowed: Raw) -> str:
    said = "a whole number" if allowed["type"] == "integer" or allowed.get("integer") else "a number"
    if allowed.get("unit"):
        said += f" of {allowed['unit']}"
    low, high = allowed.get("minimum"), allowed.get("maximum")
    if low is not None and high is not None:
        return f"{said}, from {low:g} to {high:g}"
    if low is not None:
        return f"{said}, {low:g} or more"
    return f"{said}, at most {high:g}" if high is not None else said


def open_groups(outcome: Raw, explain: bool) -> tuple[tuple[Group, ...], str, str]:
    """What is open, under the question that settles most of it; an introduction; what is left out.

    Without `explain`, at most eight lines: where there are more, one line for each question.
    """
    asked = {each["pointer"]: each for each in outcome["questions"]}
    groups: dict[str, list[Raw]] = {title: [] for title in map(_asked, asked.values())}
    for each in outcome["open"]:
        groups.setdefault(_need(each, asked), []).append(each)
    groups = {title: items for title, items in groups.items() if items}
    intro = "These may be for you; that depends on the answers." if groups else ""
    if explain:
        made = [Group(title, tuple(_open_item(each) for each in items)) for title, items in groups.items()]
        return tuple(made), intro, ""
    if sum(map(len, groups.values())) + len(groups) <= _MOST_OPEN_LINES:
        return tuple(Group(title, _folded(items)) for title, items in groups.items()), intro, ""
    lines = [Item(phrase(_summed(title, items))) for title, items in groups.items()]
    left = len(lines) - _MOST_OPEN_LINES
    more = f"and {counted(left, 'question that decides', 'questions that decide')} more" if left > 0 else ""
    return (Group("", tuple(lines[:_MOST_OPEN_LINES])),), intro, more


def _need(each: Raw, asked: Mapping[str, Raw]) -> str:
    """The most decisive question that an open item waits for: `asked` is in that order."""
    needs = {need["fact"]: need["name"] for need in each["needs"] if "fact" in need}
    for pointer, question in asked.items():
        if pointer in needs:
            return _asked(question)
    return clean(", ".join(sorted(needs.values()))) or "Where two rules disagree"


def _labels(each: Raw) -> str:
    labels = (clean(thing["label"] or "") for thing in (each["about"] or {}).values())
    return ", ".join(dict.fromkeys(filter(None, labels)))


def _folded(items: Iterable[Raw]) -> tuple[Item, ...]:
    return tuple(Item(phrase(_line(each))) for each in items)


def _line(each: Raw) -> str:
    said, about = clean(each["title"]), _labels(each)
    if about and about.casefold() not in said.casefold():
        said = f"{said} ({about})"
    return f"{said}, unless: {' '.join(each['provided'])}" if each["provided"] else said


def _summed(title: str, items: list[Raw]) -> str:
    if len(items) == 1:
        return f"{title} \N{EN DASH} {_line(items[0])}"
    return f"{title} \N{EN DASH} {clean(items[0]['title'])} and {len(items) - 1} more"


def _open_item(each: Raw) -> Item:
    details: list[tuple[str, Words]] = [("Unless", phrase(text)) for text in each["provided"]]
    if each["state"] == "provided" and not details:
        details.append(("Unless", phrase("another rule takes its place")))
    if each["state"] == "held":
        details.append(("If so", phrase("it would still have to wait")))
    needs = [need.get("fact") or need["conflict"] for need in each["needs"]]
    if needs:
        details.append(("Needs", joined((Code(need),) for need in needs)))
    details.append(("Rule", (Code(each["id"]),)))
    return Item(phrase(each["text"]), details=tuple(details))
