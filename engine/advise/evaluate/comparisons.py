"""How tests are written in a generated evaluator: each as what may hold and what certainly holds."""

from __future__ import annotations

from advise.conditions import Constant, Of, Ref, Test
from advise.evaluate.forms import FALSE, TRUE, Bindings, Expression, Form, Pair
from advise.evaluate.meaning import MEANING, compare
from advise.evaluate.operands import Operands
from advise.evaluate.reference import typed
from advise.operators import Core
from advise.types import Kind
from advise.values import Span

SYMBOLS = {Core.EQUAL: "==", Core.AT_LEAST: ">=", Core.AT_MOST: "<=", Core.MORE: ">", Core.LESS: "<"}


class Comparisons(Operands):
    """Writes the code of tests."""

    def is_flag(self, key: tuple[str | None, str]) -> bool:
        """True for a boolean conclusion that rules only ever draw as true: kept as a truth value, not masks."""
        return self.plan.rulebook.conclusions[key].type.kind is Kind.BOOLEAN and self.plan.values[key] == (True,)

    def test(self, test: Test, bindings: Bindings) -> Pair:
        left, right = test.left, test.right
        if test.operator == Core.KNOWN:
            assert isinstance(left, Ref) and isinstance(right, Constant)
            if left.of is not Of.FACT:
                return self._has_value(self.operand(left, bindings), right.value is True)
            return self._answered(left, right.value is True, bindings)
        if isinstance(left, Ref) and left.of is Of.CONCLUSION and isinstance(right, Constant):
            return self._concluded(left, test.operator, right, bindings)
        subject = self.operand(left, bindings)
        if test.operator == Core.ONE_OF:
            assert isinstance(right, Constant) and isinstance(right.value, tuple)
            return self._one_of(subject, right.value)
        value = self.operand(right, bindings)
        if subject.is_numeric:
            return self._numeric(test.operator, subject, value)
        return self._plain(test.operator, subject, value)

    def _answered(self, ref: Ref, wanted: bool, bindings: Bindings) -> Pair:
        """Whether a fact is given and not null; of one that's absent that isn't known."""
        fact = self.plan.rulebook.facts[ref.key]
        if ref.scope is None and "." not in ref.path and fact.default is None and ref.type.kind is not Kind.DATE:
            value, path = self.fact(ref.path), repr(ref.path)
            if wanted:
                return Pair(f"({value} is not None or {path} not in facts)", f"{value} is not None")
            return Pair(f"{value} is None", f"({value} is None and {path} in facts)")
        answered = self.answered(ref, bindings)
        return Pair(answered, f"{answered} == 2") if wanted else Pair(f"{answered} != 2", f"not {answered}")

    def _has_value(self, subject: Expression, wanted: bool) -> Pair:
        """Whether a cell or a looked-up value is there."""
        code = subject.code
        if subject.form is not Form.PLAIN:
            has = f"{code} == {code}" if subject.form is Form.CELL else f"{code}.low <= {code}.high"
            return Pair(has, has) if wanted else Pair(f"(not {has})", f"(not {has})")
        has = f"{code} is not NOTHING"
        if wanted:
            return Pair(has, f"({has} and {code} is not None)" if subject.unknown else has)
        return Pair(
            f"({code} is NOTHING or {code} is None)" if subject.unknown else f"{code} is NOTHING", f"{code} is NOTHING"
        )

    def _concluded(self, ref: Ref, operator: str, constant: Constant, bindings: Bindings) -> Pair:
        values = self.plan.values.get(ref.key, ())
        right = constant.value if operator == Core.ONE_OF else typed(constant.value, constant.type.kind)
        kind = ref.type.kind
        holding = [bool(compare(operator, typed(value, kind), right)) for value in values]
        at_false = kind is Kind.BOOLEAN and bool(compare(operator, False, right))
        if not values:
            return TRUE if at_false else FALSE
        at = None if ref.scope is None else bindings[ref.scope].at
        if self.is_flag(ref.key):
            flag = self.state(ref.key, at)
            if holding[0]:
                return TRUE if at_false else Pair(flag, f"{flag} == 2")
            return Pair(f"{flag} != 2", f"not {flag}") if at_false else FALSE
        mask = sum(1 << i for i, holds in enumerate(holding) if holds)
        default = 1 << values.index(False) if kind is Kind.BOOLEAN else 0
        possible, certain = self.state(ref.key, at, "p"), self.state(ref.key, at, "c")
        if not mask & default:
            # What nobody draws doesn't pass, so there's nothing to work out while no value that does is drawn.
            one = f"{possible} == {certain} and not {possible} & {possible} - 1"
            return Pair(f"{possible} & {mask}", f"({possible} & {mask} and {one})")
        found = self.temporary(f"test_mask({possible}, {certain}, {mask}, {default})")
        return Pair(found, f"{found} == 2")

    def _one_of(self, subject: Expression, values: tuple[str | int | float | bool, ...]) -> Pair:
        if subject.form is Form.SPAN:
            found = self.temporary(f"MEANING['in']({subject.code}, {values!r})")
            return Pair(found, f"{found} == 2")
        members = ", ".join(sorted(map(repr, values)))
        certain = f"{subject.code} in {{{members}}}" if values else "False"
        if not subject.unknown:
            return Pair(certain, certain)
        if subject.form is Form.NUMBER:
            return self._if_missing(subject, certain, compare(Core.ONE_OF, Span(subject.low, subject.high), values))
        return Pair(f"{subject.code} in {{{members}, None}}" if values else f"{subject.code} is None", certain)

    def _if_missing(self, subject: Expression, asked: str, missing: int) -> Pair:
        """A test on a number that may be None, whose truth is then `missing`."""
        lenient, strict = f"({subject.code} is None or {asked})", f"({subject.code} is not None and {asked})"
        return Pair(lenient if missing else strict, lenient if missing == 2 else strict)

    def _numeric(self, operator: str, subject: Expression, value: Expression) -> Pair:
        symbol = SYMBOLS[Core(operator)]
        if value.form is Form.LITERAL and subject.form in (Form.NUMBER, Form.CELL):
            asked = f"{subject.code} {symbol} {value.code}"
            if not subject.unknown:
                return Pair(asked, asked)
            assert value.number is not None
            missing = compare(operator, Span(subject.low, subject.high), Span(value.number, value.number))
            return self._if_missing(subject, asked, missing)
        if value.form in (Form.LITERAL, Form.FIXED):
            span, point = self.variable(self.as_span(subject)), value.code
            return {
                Core.EQUAL: Pair(f"{span}.low <= {point} <= {span}.high", f"{span}.low == {point} == {span}.high"),
                Core.AT_LEAST: Pair(f"{span}.high >= {point}", f"{point} <= {span}.low <= {span}.high"),
                Core.AT_MOST: Pair(f"{span}.low <= {point}", f"{span}.low <= {span}.high <= {point}"),
                Core.MORE: Pair(f"{span}.high > {point}", f"{point} < {span}.low <= {span}.high"),
                Core.LESS: Pair(f"{span}.low < {point}", f"{span}.low <= {span}.high < {point}"),
            }[Core(operator)]
        assert operator in MEANING
        found = self.temporary(f"MEANING[{str(operator)!r}]({self.as_span(subject)}, {self.as_span(value)})")
        return Pair(found, f"{found} == 2")

    def _same_value(self, subject: Expression, value: Expression) -> Pair:
        """Whether two texts, choices or truth values are equal; unknown where one is, unless there's none to equal."""
        left, right = subject.code, value.code
        if value.form is Form.LITERAL and right in ("True", "False") and not subject.nothing:
            opposite = "False" if right == "True" else "True"
            certain = f"{left} is {right}"
            return Pair(f"{left} is not {opposite}" if subject.unknown else certain, certain)
        asked = f"{left} == {right}"
        guards = [f"{left} is not None"] if subject.unknown and value.unknown else []
        if subject.nothing and value.nothing:
            guards.append(f"{left} is not NOTHING")
        maybe = [
            f"({one.code} is None and {other.code} is not NOTHING)" if other.nothing else f"{one.code} is None"
            for one, other in ((subject, value), (value, subject))
            if one.unknown
        ]
        certain = f"({' and '.join([asked, *guards])})" if guards else asked
        if not maybe:
            return Pair(certain, certain)
        first = f"({asked} and {guards[-1]})" if subject.nothing and value.nothing else asked
        return Pair(f"({' or '.join([first, *maybe])})", certain)

    def _plain(self, operator: str, subject: Expression, value: Expression) -> Pair:
        """A test on texts, choices, truth values and lists of texts."""
        left, right = subject.code, value.code
        if operator == Core.EQUAL:
            return self._same_value(subject, value)
        if operator == Core.MATCHES and value.form is Form.LITERAL and not subject.nothing:
            matched = f"{self.matcher(right)}({left})"
        elif operator == Core.CONTAINS and value.form is Form.LITERAL and not subject.nothing:
            matched = f"{right} in {left}"
        else:
            found = self.temporary(f"test({str(operator)!r}, {left}, {right})")
            return Pair(found, f"{found} == 2")
        if not subject.unknown:
            return Pair(matched, matched)
        return Pair(f"({left} is None or {matched})", f"({left} is not None and {matched})")
