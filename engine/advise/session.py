"""Advice while facts come in: an interview or a live page sets one fact after another and sees what changes."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from advise.errors import FactsError, Problem
from advise.outcome import Outcome

if TYPE_CHECKING:
    from advise.knowledge_base import KnowledgeBase

_GONE = object()


class Change(NamedTuple):
    """Advice that moved: the rule's id, what it's about (labels), and where it stood and stands.

    `before` and `after` are `given`, `not now`, `open` or None for advice that isn't there.
    """

    id: str
    about: tuple[str, ...]
    before: str | None
    after: str | None


class Session:
    """One person's facts, to be set one by one; made by `KnowledgeBase.session`.

    The facts are the session's own copy. After any sequence of changes `outcome` is the outcome of a fresh
    evaluation of `facts`; an evaluation takes well under a millisecond, so nothing is kept back for later.
    Not for several threads at once.
    """

    def __init__(
        self, base: KnowledgeBase, facts: Mapping[str, Any], as_of: date | str | None, language: str | None
    ) -> None:
        self._base = base
        self._language = language
        self._outcome = base.advise(copy.deepcopy(dict(facts)), as_of=as_of, language=language)
        self._facts: dict[str, Any] = copy.deepcopy(dict(facts))
        self._before = self._outcome

    @property
    def facts(self) -> dict[str, Any]:
        """A copy of the facts so far."""
        return copy.deepcopy(self._facts)

    @property
    def outcome(self) -> Outcome:
        """The outcome for the facts so far, on the day on which the session began."""
        return self._outcome

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the last `set` or `forget` changed in the advice, in the order of ids."""
        before, after = _standing(self._before), _standing(self._outcome)
        moved = []
        for key in sorted(before.keys() | after.keys()):
            was, now = before.get(key, Counter()), after.get(key, Counter())
            lost, won = sorted((was - now).elements()), sorted((now - was).elements())
            for i in range(max(len(lost), len(won))):
                moved.append(Change(*key, lost[i] if i < len(lost) else None, won[i] if i < len(won) else None))
        return tuple(moved)

    def set(self, pointer: str, value: Any) -> Outcome:
        """Sets the fact at a JSON Pointer, as questions name it, and gives the new outcome.

        Objects and lists on the way are made; `-` in place of a number adds an item to a list. None is 'asked,
        and not known'. Raises FactsError, and changes nothing, when the facts would no longer be right.
        """
        return self._change(pointer, copy.deepcopy(value))

    def forget(self, pointer: str) -> Outcome:
        """Takes the fact at a JSON Pointer away, as if nobody had asked. Raises FactsError when it isn't there."""
        return self._change(pointer, _GONE)

    def _change(self, pointer: str, value: Any) -> Outcome:
        changed = copy.deepcopy(self._facts)
        _put(changed, pointer, value)
        outcome = self._base.advise(copy.deepcopy(changed), as_of=self._outcome.as_of, language=self._language)
        self._facts, self._before, self._outcome = changed, self._outcome, outcome
        return outcome


def _standing(outcome: Outcome) -> dict[tuple[str, tuple[str, ...]], Counter[str]]:
    """Advice by id and what it's about -> where it stands, once for each time."""
    found: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
    for word, items in (("given", outcome.given), ("not now", outcome.not_now), ("open", outcome.open)):
        for item in items:
            about = tuple(thing["label"] or "" for thing in (item["about"] or {}).values())
            found.setdefault((item["id"], about), Counter())[word] += 1
    return found


def _put(facts: dict[str, Any], pointer: str, value: Any) -> None:
    """Sets or removes what a pointer names."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if not pointer.startswith("/") or not all(steps):
        raise _nowhere(pointer)
    inner: Any = facts
    for step, following in pairwise(steps):
        fresh: Any = [] if following == "-" or following.isdecimal() else {}
        inner = _entered(inner, step, fresh, pointer, make=value is not _GONE)
    _set_last(inner, steps[-1], value, pointer)


def _entered(inner: Any, step: str, fresh: Any, pointer: str, make: bool) -> Any:
    """What stands at a step, made if it isn't there."""
    if isinstance(inner, dict):
        if inner.get(step) is None:
            if not make:
                raise _nowhere(pointer)
            inner[step] = fresh
        return inner[step]
    place = _place(inner, step, pointer, add=make)
    if place == len(inner):
        inner.append(fresh)
    return inner[place]


def _set_last(inner: Any, step: str, value: Any, pointer: str) -> None:
    if isinstance(inner, dict):
        if value is not _GONE:
            inner[step] = value
        elif inner.pop(step, _GONE) is _GONE:
            raise _nowhere(pointer)
        return
    place = _place(inner, step, pointer, add=value is not _GONE)
    if value is _GONE:
        del inner[place]
    elif place == len(inner):
        inner.append(value)
    else:
        inner[place] = value


def _place(inner: Any, step: str, pointer: str, add: bool) -> int:
    """The index that a step means in a list; its length for a new item."""
    if isinstance(inner, list) and (step == "-" or (step.isdecimal() and len(step) < 9)):
        place = len(inner) if step == "-" else int(step)
        if place < len(inner) or (add and place == len(inner)):
            return place
    raise _nowhere(pointer)


def _nowhere(pointer: str) -> FactsError:
    sentence = "This pointer leads nowhere in these facts."
    hint = "Write it as a question does, such as /jobs/0/field."
    return FactsError((Problem(pointer, "no-such-place", sentence, hint),))
