"""The advice that somebody gets, as something to compare: what a report says, and nothing that only proves it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from advise.authoring.differences.contents import SAME, Names, Sort
from advise.evaluate import Firing
from advise.explain import Explainer, ProofItem
from advise.items import Open
from advise.outcome import Outcome
from advise.questions import Lack

_DIGITS = re.compile(r"\d+")

PLACES = ("First of all", "First steps", "Later", "Worth knowing", "Not now", "It depends", "Question",
          "Taken for granted", "Where you stand", "These two disagree", "Order", "Settled")  # fmt: skip
"""Where a report says something, in its order."""


ORDERED = ("First steps", "Later", "Worth knowing", "Not now")
"""Where the order counts of what is looked at for everybody."""

STOPPING = frozenset({"Why", "Until", "Instead", "Unless", "And"})
"""The details that say what stops some advice, or may."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a report says in one place. `title` says what it is without a word about the person; `details` are its
    further sentences, by what they are. `rules` are the ids of the rules that it comes from."""

    place: str
    title: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


About = tuple[str, str, str]
"""What is said: its sort (advice, question ...), its name (a rule's id, a fact), and the things that it's about."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing that somebody is told otherwise: what was said before and what is said now, None for nothing."""

    about: About
    old: Statement | None
    new: Statement | None

    @property
    def how(self) -> str:
        """`came`, `went`, `moved` to another place, or `said otherwise`."""
        if self.old is None or self.new is None:
            return "came" if self.old is None else "went"
        return "moved" if self.old.place != self.new.place else "said otherwise"

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it came from or comes from."""
        both = (each.rules for each in (self.old, self.new) if each is not None)
        return tuple(dict.fromkeys(rule for rules in both for rule in rules))

    @property
    def is_slight(self) -> bool:
        """True when it's only said in other words on what open advice depends."""
        return self.how == "said otherwise" and self.new is not None and self.new.place == "It depends"

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Equal for the same change of other people, whatever their things are called and how many there are."""
        places = (None if each is None else each.place for each in (self.old, self.new))
        return self.about[0], _DIGITS.sub("*", self.about[1]), *places, tuple(sorted(self.apart))

    @property
    def apart(self) -> tuple[str, ...]:
        """The names of what is said otherwise in the same place."""
        if self.old is None or self.new is None:
            return ()
        before, now = ({"text": each.text, **each.details} for each in (self.old, self.new))
        return tuple(name for name in {**before, **now} if before.get(name) != now.get(name))


class _Unproved(Explainer):
    """Gives no proofs: they aren't compared, and take most of the time."""

    def because(self, firing: Firing) -> list[ProofItem]:  # noqa: ARG002
        return []


@dataclass(frozen=True, eq=False)
class Told(Outcome):
    """An outcome to compare with another.

    `_left_out` are indexes of rules whose advice, while it's open, is known to be open in the same way in the other:
    what is open about it, and asked for it, takes most of the time.
    """

    _left_out: frozenset[int] = frozenset()

    @cached_property
    def open(self) -> list[Open]:
        """The open advice that may differ."""
        return [self._open(each) for each in self._ranked(self._standing.open) if each.firing[0] not in self._left_out]

    @cached_property
    def _undecided(self) -> list[tuple[str, tuple[Lack, ...]]]:
        without = {self._plan.rulebook.rules[index].id for index in self._left_out}
        advice = [each for each in self._standing.open if each.firing[0] not in self._left_out]
        referrals = [firing for firing in self._standing.maybe_refer if self._rule(firing).id not in without]
        found = [(self._rule(each.firing).id, self._lacks(each)[0]) for each in advice]
        return found + [(self._rule(firing).id, self._reading.lacks([firing])[0]) for firing in referrals]

    @cached_property
    def open_order(self) -> list[tuple[About, Firing]]:
        """All open advice in its order."""
        firings = [each.firing for each in self._ranked(self._standing.open)]
        abouts = (self._explainer.about(self._rule(firing), firing[1]) for firing in firings)
        return [(("advice", self._rule(f).id, _pointers(about)), f) for f, about in zip(firings, abouts, strict=True)]

    def said_open(self, firing: Firing) -> Statement:
        """Open advice, without what it depends on."""
        item = self._item(firing)
        return Statement("It depends", item["title"], item["text"])

    def whole(self) -> Told:
        """The same with nothing left out."""
        return replace(self, _left_out=frozenset()) if self._left_out else self

    @cached_property
    def _explainer(self) -> Explainer:
        return _Unproved(self._plan, self._evaluation, self._words)


def _named(said: Iterable[tuple[About, Statement]], names: Names) -> dict[About, Statement]:
    """What a report says, under the names that rules and conclusions have now."""
    found: dict[About, Statement] = {}
    for about, each in said:
        sort = Sort.CONCLUSION if about[0] in ("standing", "conflict") else Sort.RULE
        name = about[1] if about[0] == "question" else names.now(sort, about[1])
        rules = tuple(names.now(Sort.RULE, rule) for rule in each.rules)
        found[_free((about[0], name, about[2]), found)] = replace(each, rules=rules)
    return found


def _free(about: About, taken: Mapping[About, Statement]) -> About:
    """A rule can refer twice: the second has a mark."""
    while about in taken:
        about = about[0], about[1], about[2] + "+"
    return about


def _said(outcome: Outcome) -> Iterator[tuple[About, Statement]]:
    for each in outcome.referral or ():
        said = Statement("First of all", each["title"], each["text"], {"Talk to": each["to"]}, (each["id"],))
        yield ("advice", each["id"], ""), said
    for item in outcome.given:
        place = "First steps" if item["first"] else "Later" if item["kind"] == "step" else "Worth knowing"
        yield _advice(item, place, {"Steps": _numbered(item["steps"]), "When": item["horizon"] or ""})
    for held in outcome.not_now:
        holds = held["held_by"]
        details = {
            "Why": _joined((each["because"] for each in holds), " "),
            "Until": _joined((each["until"] or "" for each in holds), " "),
            "Instead": _joined(((each["instead"] or {"text": ""})["text"] for each in holds), " "),
        }
        yield _advice(held, "Not now", details, (each["id"] for each in holds))
    for each_open in outcome.open:
        needs = (str(need.get("name") or need.get("conflict")) for need in each_open["needs"])
        # A needed fact stands at the pointer where it'd be given, which says of which thing.
        where = (str(need.get("fact", "")) for need in each_open["needs"])
        needed = _joined(f"{name} ({at})" if at else name for name, at in zip(needs, where, strict=True))
        provided = _joined(each_open["provided"], " ")
        state = {"held": "It would have to wait", "provided": "Otherwise it's due"}.get(each_open["state"], "")
        yield _advice(each_open, "It depends", {"Depends on": needed, "Unless": provided, "And": state})
    yield from _standing(outcome)


def _advice(item: Any, place: str, details: Mapping[str, str], rules: Iterable[str] = ()) -> tuple[About, Statement]:
    kept = {name: text for name, text in details.items() if text}
    return ("advice", item["id"], _pointers(item["about"])), Statement(
        place, item["title"], item["text"], kept, (item["id"], *rules)
    )


def _asked(outcome: Outcome) -> Iterator[tuple[About, Statement]]:
    for each in outcome.questions:
        place = "Taken for granted" if "assumed" in each else "Question"
        details = {"Taken to be": str(each["assumed"])} if "assumed" in each else {}
        about = ("question", each["pointer"], each["about"] or "")
        yield about, Statement(place, each["fact"], each["ask"], details, tuple(each["decides"]))


def _standing(outcome: Outcome) -> Iterator[tuple[About, Statement]]:
    for each in outcome.conclusions:
        if each["report"]:
            about = ("standing", each["name"], _pointers(each["about"]))
            yield about, Statement("Where you stand", each["means"], each["report"], {}, tuple(each["rules"]))
    for conflict in outcome.conflicts:
        values = " or ".join(str(value["value"]) for value in conflict["values"])
        name = conflict["conclusion"]
        rules = tuple(value["rule"] for value in conflict["values"])
        yield (
            ("conflict", name, _pointers(conflict["about"])),
            Statement("These two disagree", name, f"{name}: {values}", {}, rules),
        )


def _pointers(about: Mapping[str, Any] | None) -> str:
    return " ".join(f"{name} {thing['pointer'] or thing['label']}" for name, thing in sorted((about or {}).items()))


def _numbered(steps: Iterable[str]) -> str:
    return " ".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _joined(texts: Iterable[str], between: str = "; ") -> str:
    return between.join(dict.fromkeys(filter(None, texts)))


# --------------------------------------------------------------------------------------------- compared


def shifts(old: Told, new: Told, names: Names) -> tuple[Shift, ...]:
    """What somebody is told otherwise now; nothing if their advice is the same."""
    before, now = _named(_said(old), names), _named(_said(new), SAME)
    asked_before, asked = _named(_asked(old), names), _named(_asked(new), SAME)
    if any(not _same(asked_before.get(about), asked.get(about)) for about in {**asked_before, **asked}):
        # What else is asked for advice that was left out counts as well, now that it isn't the same.
        asked_before, asked = _named(_asked(old.whole()), names), _named(_asked(new.whole()), SAME)
    before, now = {**before, **asked_before}, {**now, **asked}
    pairs = ((about, before.get(about), now.get(about)) for about in {**before, **now})
    found = [Shift(about, was, is_) for about, was, is_ in pairs if not _same(was, is_)]
    order = _order(before, now) or _open_order(old, new, names)
    if order is not None:
        found.append(order)
    if not found and old.settled != new.settled:
        found.append(Shift(("settled", "", ""), _settled(old), _settled(new)))
    return tuple(sorted(found, key=_reading_order))


def _same(was: Statement | None, is_: Statement | None) -> bool:
    if was is None or is_ is None:
        return was is is_
    return (was.place, was.text, was.details) == (is_.place, is_.text, is_.details)


def _order(before: Mapping[About, Statement], now: Mapping[About, Statement]) -> Shift | None:
    """The advice that stays in its place, if it comes in another order there."""
    for place in ORDERED:
        was, is_ = ([about for about, said in side.items() if said.place == place] for side in (before, now))
        shift = _in_order(place, was, is_, before, now)
        if shift is not None:
            return shift
    return None


def _in_order(
    place: str, was: list[About], is_: list[About], before: Mapping[About, Statement], now: Mapping[About, Statement]
) -> Shift | None:
    stays = set(was) & set(is_)
    old, new = ([about for about in each if about in stays] for each in (was, is_))
    if old == new:
        return None
    return Shift(("order", place, ""), _listed(old, before, place), _listed(new, now, place))


def _open_order(old: Told, new: Told, names: Names) -> Shift | None:
    """The same for open advice, of which not all was looked at."""
    before = {(sort, names.now(Sort.RULE, rule), about): f for (sort, rule, about), f in old.open_order}
    now = dict(new.open_order)
    stays = before.keys() & now.keys()
    if [about for about in before if about in stays] == [about for about in now if about in stays]:
        return None
    was, is_ = (
        {about: replace(told.said_open(firing), rules=(about[1],)) for about, firing in side.items() if about in stays}
        for told, side in ((old, before), (new, now))
    )
    return _in_order("It depends", list(was), list(is_), was, is_)


def _listed(order: Iterable[About], said: Mapping[About, Statement], place: str) -> Statement:
    entries = [said[about] for about in order]
    rules = tuple(dict.fromkeys(rule for each in entries for rule in each.rules))
    titles = _numbered(each.title for each in entries)
    return Statement(
        "Order", place, f"{place}: {_numbered(each.text for each in entries)}", {"In short": titles}, rules
    )


def _settled(outcome: Outcome) -> Statement:
    text = "No further answer would change this." if outcome.settled else "A further answer could change this."
    return Statement("Settled", "Whether an answer could change it", text)


def _reading_order(shift: Shift) -> tuple[Any, ...]:
    places = [PLACES.index(each.place) for each in (shift.new, shift.old) if each is not None]
    return (places[0], shift.about)
