"""What becomes of advice: given, not now or open, by the holds and referrals that concern it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advise.evaluate import Evaluation, Firing, same_things
from advise.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Advised:
    """A firing that advises. `sure`: it's certain.

    `held` and `maybe_held` are the certain and the open firings that hold it.
    """

    firing: Firing
    sure: bool
    held: tuple[Firing, ...]
    maybe_held: tuple[Firing, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The firings that advise, by what becomes of them, and those that refer.

    While a referral is only possible, nothing is given and nothing is kept back for certain: a referral would
    stop both. Once one is certain, nothing else stands.
    """

    given: tuple[Advised, ...] = ()
    not_now: tuple[Advised, ...] = ()
    open: tuple[Advised, ...] = ()
    refer: tuple[Firing, ...] = ()
    maybe_refer: tuple[Firing, ...] = ()

    @classmethod
    def of(cls, book: Rulebook, evaluation: Evaluation) -> Standing:
        """Sorts out the firings of an evaluation."""
        refer = tuple(f for f in evaluation.certain if book.rules[f[0]].refer is not None)
        if refer:
            return cls(refer=refer)
        maybe_refer = tuple(f for f in evaluation.open if book.rules[f[0]].refer is not None)
        given, not_now, still_open = [], [], []
        for each in _advised(book, evaluation):
            if not each.sure or maybe_refer or (each.maybe_held and not each.held):
                still_open.append(each)
            elif each.held:
                not_now.append(each)
            else:
                given.append(each)
        return cls(tuple(given), tuple(not_now), tuple(still_open), (), maybe_refer)


def _advised(book: Rulebook, evaluation: Evaluation) -> Iterable[Advised]:
    holds, maybe_holds = _holds(book, evaluation.certain), _holds(book, evaluation.open)
    for firings, sure in ((evaluation.certain, True), (evaluation.open, False)):
        for firing in firings:
            if book.rules[firing[0]].advise is not None:
                yield Advised(firing, sure, _of(book, firing, holds), _of(book, firing, maybe_holds))


def _holds(book: Rulebook, firings: Iterable[Firing]) -> Mapping[str, list[Firing]]:
    """Advice -> the firings that hold it."""
    found: dict[str, list[Firing]] = {}
    for firing in firings:
        hold = book.rules[firing[0]].hold
        for advice in () if hold is None else hold.advice:
            found.setdefault(advice, []).append(firing)
    return found


def _of(book: Rulebook, firing: Firing, holds: Mapping[str, list[Firing]]) -> tuple[Firing, ...]:
    return tuple(hold for hold in holds.get(book.rules[firing[0]].id, ()) if same_things(book, firing, hold))
