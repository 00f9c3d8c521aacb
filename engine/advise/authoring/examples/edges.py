"""The edges of a test: where it turns from true to false, value by value, and each edge in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from advise.authoring.sentences import Sentences
from advise.conditions import Arithmetic, Constant, Operand, Parameter, Rank, Ref, Shifted, Test, Today
from advise.evaluate.meaning import OPPOSITE, Truth
from advise.operators import ORDERED, Core
from advise.rules import Rulebook
from advise.types import Kind, Type

_NUMBER = Type(Kind.NUMBER)
_ORDERED = (Core.AT_LEAST, Core.AT_MOST, Core.MORE, Core.LESS)
_MOST_CHOICES = 8
_AT = {
    Core.AT_LEAST: "the least that is enough",
    Core.AT_MOST: "the most that still counts",
    Core.MORE: "which isn't more yet",
    Core.LESS: "which isn't less any more",
}
_AT_DAY = {
    Core.AT_LEAST: "the first day that counts",
    Core.AT_MOST: "the last day that counts",
    Core.MORE: "the last day that doesn't count yet",
    Core.LESS: "the first day that doesn't count any more",
}
_SIDES = {Core.AT_LEAST: ("-",), Core.AT_MOST: ("+",), Core.MORE: ("+",), Core.LESS: ("-",)}


@dataclass(frozen=True, slots=True)
class Edge:
    """A test with the truth value that it has at an edge, and what holds there (None: nothing more than that).

    `words` name it in an example.
    """

    test: Test
    truth: Truth
    also: Test | None
    words: str


class Edges:
    """The edges of the tests of one knowledge base, on one day."""

    def __init__(self, book: Rulebook, as_of: date) -> None:
        self.book = book
        self.as_of = as_of
        self._sentences = Sentences(book)

    def of(self, test: Test) -> Iterator[Edge]:
        """The edges of a test, each on both of its sides, and where a missing fact leaves it open."""
        what = self._what(test)
        if test.operator in _ORDERED and test.left.type.kind in ORDERED | {Kind.NUMBER}:
            yield from self._ordered(test, what)
        elif test.operator in (Core.EQUAL, Core.ONE_OF) and isinstance(test.right, Constant):
            yield from self._values(test, what)
        else:
            said = self._sentences.condition(test).text
            yield Edge(test, Truth.TRUE, None, said)
            yield Edge(test, Truth.FALSE, None, f"not so: {said}")
        yield Edge(test, Truth.UNKNOWN, None, f"{what}: not known")

    # ------------------------------------------------------------------------------------------ ordered

    def _ordered(self, test: Test, what: str) -> Iterator[Edge]:
        operator, is_day = Core(test.operator), test.left.type.kind is Kind.DATE
        at = Truth.TRUE if operator in (Core.AT_LEAST, Core.AT_MOST) else Truth.FALSE
        threshold = self._threshold(test)
        said = (_AT_DAY if is_day else _AT)[operator]
        yield Edge(test, at, replace(test, operator=Core.EQUAL), f"{what}: {threshold}, {said}")
        beyond = OPPOSITE[at]
        for sign in _SIDES[operator]:
            right = self._beside(test, sign)
            if right is None:
                yield Edge(test, beyond, None, f"{what}: {'enough' if beyond is Truth.TRUE else 'beyond'} {threshold}")
                continue
            also = replace(test, operator=Core.EQUAL, right=right)
            yield Edge(test, beyond, also, f"{what}: {self._step(test, sign)} {threshold}")

    def _beside(self, test: Test, sign: str) -> Operand | None:
        """The threshold, one step further."""
        right = test.right
        if right.type.kind is Kind.DATE:
            return Shifted(right, Constant(1, _NUMBER), "days", sign == "-", right.type)
        if right.type.kind is Kind.NUMBER:
            return Arithmetic(sign, right, Constant(1, _NUMBER), _NUMBER)
        return None

    def _step(self, test: Test, sign: str) -> str:
        if test.right.type.kind is Kind.DATE:
            return "a day before" if sign == "-" else "a day after"
        if isinstance(test.left, Rank):
            return "a step below" if sign == "-" else "a step above"
        return "one below" if sign == "-" else "one above"

    def _threshold(self, test: Test) -> str:
        right, settings = test.right, self.book.settings
        if isinstance(right, Shifted) and isinstance(right.date, Today):
            count = right.count
            length = settings[count.name].on(self.as_of) if isinstance(count, Parameter) else count.value
            unit = right.unit[:-1] if length == 1 else right.unit
            return f"{length} {unit} {'ago' if right.back else 'from today'}"
        if isinstance(right, Parameter):
            value, named = settings[right.name].on(self.as_of), settings[right.name].type.unit
            return f"{value} {named}" if named else str(value)
        if isinstance(right, Constant) and isinstance(test.left, Rank) and isinstance(right.value, int | float):
            return self._title(test.left.of, test.left.choices[int(right.value)])
        if isinstance(right, Constant):
            return str(right.value)
        return self._sentences.operand(right, test.left)

    # ------------------------------------------------------------------------------------------- values

    def _values(self, test: Test, what: str) -> Iterator[Edge]:
        right = test.right
        assert isinstance(right, Constant)
        allowed = right.value if isinstance(right.value, tuple) else (right.value,)
        if test.left.type.kind is Kind.BOOLEAN:
            for truth in (Truth.TRUE, Truth.FALSE):
                value = allowed[0] if truth is Truth.TRUE else not allowed[0]
                yield Edge(test, truth, None, f"{what}: {'yes' if value else 'no'}")
            return
        for value in allowed[:_MOST_CHOICES]:
            also = Test(test.left, Core.EQUAL, Constant(value, right.type), test.said) if len(allowed) > 1 else None
            yield Edge(test, Truth.TRUE, also, f"{what}: {self._title(test.left, value)}")
        others = self._others(test, allowed)
        for value in others:
            also = Test(test.left, Core.EQUAL, Constant(value, right.type), test.said)
            yield Edge(test, Truth.FALSE, also, f"{what}: {self._title(test.left, value)}")
        if not others:
            yield Edge(test, Truth.FALSE, None, f"{what}: something else")

    def _others(self, test: Test, allowed: tuple[object, ...]) -> list[str]:
        """The choices beside those that are allowed; for an ordered choice only the ones at their edges."""
        choices = test.left.type.choices
        outside = [each for each in choices if each not in allowed]
        if not test.left.type.ordered:
            return outside[:1]
        inside = [i for i, each in enumerate(choices) if each in allowed]
        return [each for each in outside if any(abs(choices.index(each) - i) == 1 for i in inside)]

    def _title(self, operand: Operand, value: object) -> str:
        if isinstance(operand, Ref) and operand.key in self.book.facts:
            titles = self.book.facts[operand.key].titles or {}
            return _small(titles.get(str(value), str(value)))
        return str(value).replace("_", " ")

    def _what(self, test: Test) -> str:
        """What a test is about: `start of the job`."""
        left = test.left.of if isinstance(test.left, Rank) else test.left
        if isinstance(left, Ref):
            return " ".join((left.scope or "", *left.path.replace("_", " ").split("."))).strip()
        return self._sentences.operand(left)


def _small(words: str) -> str:
    """A title within a sentence; one that begins with several capitals stays."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
