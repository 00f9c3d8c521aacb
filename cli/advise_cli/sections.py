"""Arranges an outcome into the sections of a report, in the order in which people want to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from advise_cli.proofs import proofs
from advise_cli.questions import assumed_section, is_assumed, open_groups, question_section
from advise_cli.report import (
    Code,
    Group,
    Item,
    Report,
    Section,
    Sources,
    Words,
    clean,
    code,
    phrase,
    words,
    written,
)

Raw = Mapping[str, Any]
_MOST_WAITING = 4
_YOU = ("", "You")


class Manner(NamedTuple):
    """How a report is arranged.

    `title` is the knowledge base's. `leading` names the things that advice is grouped by (careers). With
    `explain` nothing is left out, and every item has its proof.
    """

    title: str
    leading: tuple[str, ...] = ()
    explain: bool = False


Homes = Mapping[str, tuple[str, str]]
"""What a thing belongs to (a job to a career): its pointer -> (leading thing, pointer of that)."""


def arrange(outcome: Raw, manner: Manner, name: str = "", homes: Homes | None = None) -> Report:
    """The report of one person's outcome (its `to_dict()`); `name` tells several people's reports apart."""
    sections = _referral(outcome, manner) if outcome["referral"] else _advice(outcome, manner, homes or {})
    return Report(clean(manner.title), clean(name), written(outcome["as_of"]), _summary(outcome), tuple(sections))


def _summary(outcome: Raw) -> str:
    if outcome["referral"]:
        return ""
    asked = sum(not is_assumed(each) for each in outcome["questions"])
    certain = any(each["kind"] == "step" for each in outcome["given"])
    if outcome["settled"] and certain and len(outcome["questions"]) > asked:
        return "No further answer would change this, as long as what is taken for granted below is right."
    if outcome["settled"] and certain:
        return "No further answer would change this."
    if outcome["settled"]:
        return "There's nothing to advise on these facts."
    if not certain:
        return "There's too little here yet to advise a step. The questions below are the place to start."
    if not asked:
        return "Some advice is still open."
    if asked == 1:
        return "All this follows from what you've said. The answer to the question below could add to it."
    return "All this follows from what you've said. The questions below could add to it, the first ones most."


def _referral(outcome: Raw, manner: Manner) -> list[Section]:
    sources = Sources()
    items = tuple(
        Item(
            phrase(each["text"]),
            details=(("Talk to", phrase(each["to"])),),
            proofs=_because(each, manner),
            sources=sources.numbers(each["source"]),
        )
        for each in outcome["referral"]
    )
    return [_whole("referral", "First of all", items), _whole("sources", "Sources", sources.items())]


def _advice(outcome: Raw, manner: Manner, belongs: Homes) -> list[Section]:
    sources = Sources()
    given = outcome["given"]
    home = _home_of(outcome, manner, belongs)
    headings = _headings(outcome, manner, home)

    def chosen(key: str, title: str, choose: Callable[[Raw], bool]) -> Section:
        made = [(headings(each), _given_item(each, title, manner, sources)) for each in given if choose(each)]
        return Section(key, title, _grouped(made))

    sections = (
        Section("standing", "Where you stand", _standing(outcome["conclusions"], manner, home)),
        chosen("first", "First steps", lambda each: each["first"]),
        chosen("later", "Later", lambda each: not each["first"] and each["kind"] == "step"),
        chosen("notes", "Worth knowing", lambda each: each["kind"] == "note"),
        Section("not-now", "Not now", _not_now(outcome["not_now"], headings, manner, sources)),
        Section("open", "It depends", *open_groups(outcome, manner.explain)),
        question_section(outcome, manner.explain),
        assumed_section(outcome, manner.explain),
        _whole("conflicts", "These two disagree", _conflicts(outcome["conflicts"], manner)),
        _whole("sources", "Sources", sources.items()),
    )
    return [each for each in sections if each.groups]


def _whole(key: str, title: str, items: tuple[Item, ...]) -> Section:
    return Section(key, title, _alone(items))


def _alone(items: tuple[Item, ...]) -> tuple[Group, ...]:
    """Items in one group that needs no title."""
    return (Group("", items),) if items else ()


# ---------------------------------------------------------------------------------------------- grouping


_Home = tuple[str, str]
"""What something is chiefly about: (thing, label)."""


def _home_of(outcome: Raw, manner: Manner, belongs: Homes) -> Callable[[Raw], _Home]:
    """Tells the home of a part of the outcome: a career, if it is about one or about something in one."""
    parts = ("given", "not_now", "open", "conclusions")
    abouts = [each["about"] or {} for part in parts for each in outcome[part]]
    labels = {(thing, each["pointer"]): each["label"] or "" for about in abouts for thing, each in about.items()}

    def home(part: Raw) -> _Home:
        things = [(thing, each["pointer"]) for thing, each in (part["about"] or {}).items()]
        owners = [belongs[pointer] for _, pointer in things if belongs.get(pointer) in labels]
        leading = [each for each in things + owners if each[0] in manner.leading]
        found = next(iter(leading + things), None)
        return (found[0], labels[found]) if found else _YOU

    return home


def _headings(outcome: Raw, manner: Manner, home: Callable[[Raw], _Home]) -> Callable[[Raw], str]:
    """The heading that advice stands under; none unless there's advice for several careers."""
    found = {home(each) for each in (*outcome["given"], *outcome["not_now"])}
    if len({each for each in found if each[0] in manner.leading}) < 2:
        return lambda _: ""
    return lambda each: _named(*home(each))


def _named(thing: str, label: str) -> str:
    said = clean(label)
    if said.islower():
        said = said[0].upper() + said[1:]
    return f"{said} ({thing})" if thing and said else said or thing.capitalize()


def _grouped(made: Iterable[tuple[str, Item]]) -> tuple[Group, ...]:
    """Groups in the order of their first items, so the group with the best rank comes first."""
    groups: dict[str, list[Item]] = {}
    for title, item in made:
        groups.setdefault(title, []).append(item)
    return tuple(Group(title, tuple(items)) for title, items in groups.items())


def _standing(conclusions: Iterable[Raw], manner: Manner, home: Callable[[Raw], _Home]) -> tuple[Group, ...]:
    """Careers first, then jobs and goals, then the person; by name, so that no order in the facts shows.

    What is about a job or goal stands under its career if it names that job or goal itself.
    """

    def place(found: _Home) -> tuple[int, str, str]:
        thing, label = found
        return (0 if thing in manner.leading else 1 if thing else 2), label.casefold(), thing

    shown = []
    for each in conclusions:
        if each["report"]:
            own = _place(each)
            shown.append((home(each) if own[1].casefold() in each["report"].casefold() else own, own, each))
    shown.sort(key=lambda found: (place(found[0]), place(found[1]), found[2]["name"]))
    alone = {found for found, _, _ in shown} <= {_YOU}
    return _grouped(
        (
            "" if alone else _named(*found),
            Item(phrase(each["report"]), details=_drawn_by(each["rules"]) if manner.explain else ()),
        )
        for found, _, each in shown
    )


def _place(conclusion: Raw) -> _Home:
    return next(((thing, each["label"] or "") for thing, each in (conclusion["about"] or {}).items()), _YOU)


def _drawn_by(rules: Iterable[str]) -> tuple[tuple[str, Words], ...]:
    pieces: list[str] = []
    for each in rules:
        pieces += [", ", Code(each)] if pieces else [Code(each)]
    return (("Drawn by", words(*pieces)),)


# ------------------------------------------------------------------------------------------------- items


def _given_item(each: Raw, heading: str, manner: Manner, sources: Sources) -> Item:
    horizon = clean(each["horizon"] or "")
    return Item(
        phrase(each["text"]),
        None if each["kind"] == "note" else each["rank"],
        "" if horizon == heading.casefold() else horizon,
        steps=tuple(phrase(step) for step in each["steps"]),
        proofs=_because(each, manner),
        sources=sources.numbers(each["source"]),
    )


def _because(each: Raw, manner: Manner) -> tuple[tuple[Words, tuple[Any, ...]], ...]:
    if not manner.explain:
        return ()
    return ((words("Rule ", Code(each["id"]), ", because"), proofs(each["because"])),)


def _not_now(
    waiting: Iterable[Raw], headings: Callable[[Raw], str], manner: Manner, sources: Sources
) -> tuple[Group, ...]:
    """What waits, with its reasons; advice that waits for the same reasons shares them."""
    if manner.explain:
        return _grouped((headings(each), _waiting([each], manner, sources)) for each in waiting)
    shared: dict[tuple[Any, ...], list[Raw]] = {}
    for each in waiting:
        shared.setdefault((headings(each), *map(_release, each["held_by"])), []).append(each)
    return _grouped((str(key[0]), _waiting(alike, manner, sources)) for key, alike in shared.items())


def _release(hold: Raw) -> tuple[str, str, str]:
    return hold["because"], hold["until"] or "", (hold["instead"] or {"text": ""})["text"]


def _waiting(alike: Sequence[Raw], manner: Manner, sources: Sources) -> Item:
    texts = list(dict.fromkeys(phrase(each["text"]) for each in alike))
    also = texts[1:_MOST_WAITING]
    if len(texts) > _MOST_WAITING:
        also.append(phrase(f"and {len(texts) - _MOST_WAITING} more"))
    holds = alike[0]["held_by"]
    found = _because(alike[0], manner)
    if manner.explain:
        found += tuple((words("Held by rule ", Code(each["id"]), ", because"), proofs(each["proof"])) for each in holds)
    cited = dict.fromkeys(number for each in alike for number in sources.numbers(each["source"]))
    return Item(texts[0], also=tuple(also), details=tuple(_reasons(holds)), proofs=found, sources=tuple(cited))


def _reasons(holds: Iterable[Raw]) -> Iterable[tuple[str, Words]]:
    for because, until, instead in dict.fromkeys(map(_release, holds)):
        yield "Why", phrase(because)
        if until:
            yield "Until", phrase(until)
        if instead:
            yield "Instead", phrase(instead)


def _conflicts(conflicts: Iterable[Raw], manner: Manner) -> tuple[Item, ...]:
    return tuple(_conflict(each, manner) for each in conflicts)


def _conflict(each: Raw, manner: Manner) -> Item:
    thing, label = _place(each)
    about = f" for {clean(label)} ({thing})" if thing else ""
    return Item(
        words("Two rules come to different answers", about, " on ", Code(each["conclusion"])),
        details=tuple(
            ("Either" if not place else "Or", words(code(value["value"]), " by rule ", Code(value["rule"])))
            for place, value in enumerate(each["values"])
        ),
        proofs=tuple(
            (words("Rule ", Code(value["rule"]), ", because"), proofs(value["because"])) for value in each["values"]
        )
        if manner.explain
        else (),
    )
