"""The difference between two texts in lines that stand below one another, whatever the order of the lines."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from advise.authoring.sentences import Line

_NUMBER = re.compile(r"(?<!\w)-?\d+(?:[.,:/-]\d+)*")
_ALIKE = 0.6
_MOST_COMPARED = 2500
_MOST_BESIDE = 12


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a difference.

    `mark` is `-` for what was said before, `+` for what is said now, `~` where only numbers changed (`before` is the
    line as it was), and a space where nothing did. `depth` is how deep the line stands.
    """

    mark: str
    text: str
    depth: int = 0
    before: str = ""


def difference(old: Sequence[Line], new: Sequence[Line]) -> tuple[DiffLine, ...]:
    """What is said otherwise: lines at the top that are the same are left out, those beside a change are kept."""
    found: list[DiffLine] = []
    for before, now in _pairs(old, new):
        if before != now:
            found += _pair(before, now, 0)
    return tuple(found)


def all_said(mark: str, lines: Iterable[Line], depth: int = 0) -> Iterator[DiffLine]:
    """Every line with one mark."""
    for line in lines:
        yield DiffLine(mark, line.text, depth)
        yield from all_said(mark, line.below, depth + 1)


def _pair(old: Line | None, new: Line | None, depth: int) -> Iterator[DiffLine]:
    if new is None:
        yield from all_said("-", () if old is None else (old,), depth)
    elif old is None:
        yield from all_said("+", (new,), depth)
    elif old == new:
        yield from all_said(" ", (new,), depth)
    else:
        yield from _head(old.text, new.text, depth)
        for before, now in _pairs(old.below, new.below):
            # Beside a change in a long list (the rows of a table), what is the same would hide it.
            if before != now or len(new.below) <= _MOST_BESIDE:
                yield from _pair(before, now, depth + 1)


def _head(old: str, new: str, depth: int) -> Iterator[DiffLine]:
    if old == new:
        yield DiffLine(" ", new, depth)
    elif _numberless(old) == _numberless(new):
        yield DiffLine("~", new, depth, old)
    else:
        yield DiffLine("-", old, depth)
        yield DiffLine("+", new, depth)


def _numberless(text: str) -> str:
    return _NUMBER.sub("0", text)


def pieces(said: DiffLine) -> Iterator[tuple[str, str]]:
    """A line whose numbers changed, in pieces: what was said before and what is said now, equal but for numbers."""
    before, now = _NUMBER.finditer(said.before), _NUMBER.finditer(said.text)
    old_end = new_end = 0
    for was, is_ in zip(before, now, strict=True):
        yield said.before[old_end : was.start()], said.text[new_end : is_.start()]
        yield was[0], is_[0]
        old_end, new_end = was.end(), is_.end()
    yield said.before[old_end:], said.text[new_end:]


# ---------------------------------------------------------------------------------------- which line is which


def _pairs(old: Sequence[Line], new: Sequence[Line]) -> list[tuple[Line | None, Line | None]]:
    """Each line with the one that it was, in the new order; what is gone stands before what took its place."""
    was: dict[int, int] = {}
    for key in (_itself, _text, _but_numbers):
        _match(old, new, was, key)
    _match_alike(old, new, was)
    left = deque(sorted(set(range(len(old))) - set(was.values())))
    upto = len(old)
    before = [upto := was.get(place, upto) for place in reversed(range(len(new)))][::-1]
    made: list[tuple[Line | None, Line | None]] = []
    for place, line in enumerate(new):
        # All that is gone comes before the line that followed it; what only came takes the place of one that is gone.
        most = len(left) if place in was else 1
        while left and most and left[0] < before[place]:
            made.append((old[left.popleft()], None))
            most -= 1
        made.append((old[was[place]] if place in was else None, line))
    return [*made, *((old[each], None) for each in left)]


def _itself(line: Line) -> Hashable:
    return line


def _text(line: Line) -> Hashable:
    return line.text


def _but_numbers(line: Line) -> Hashable:
    return _numberless(line.text)


def _match(old: Sequence[Line], new: Sequence[Line], was: dict[int, int], key: Callable[[Line], Hashable]) -> None:
    """Matches lines that have no match yet, if their keys are the same."""
    waiting: dict[Hashable, deque[int]] = {}
    for place in sorted(set(range(len(old))) - set(was.values())):
        waiting.setdefault(key(old[place]), deque()).append(place)
    for place in (each for each in range(len(new)) if each not in was):
        found = waiting.get(key(new[place]))
        if found:
            was[place] = found.popleft()


def _match_alike(old: Sequence[Line], new: Sequence[Line], was: dict[int, int]) -> None:
    """Matches the rest by their words: one became the other."""
    left = sorted(set(range(len(old))) - set(was.values()))
    rest = [each for each in range(len(new)) if each not in was]
    if len(left) * len(rest) > _MOST_COMPARED:
        return
    for place in rest:
        found = next((each for each in left if _alike(old[each].text, new[place].text)), None)
        if found is not None:
            was[place] = found
            left.remove(found)


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
