"""Whether literals can't all be true at once."""

from __future__ import annotations

from advise.authoring.logic.days import as_days, as_months
from advise.authoring.logic.domains import Domains, is_fact
from advise.authoring.logic.literals import Branch, Key, Literal
from advise.authoring.logic.sets import Allowed, Choices, Numbers
from advise.conditions import Constant, Of, Operand, Ref
from advise.evaluate.meaning import Truth, compare

_SCALES = ("value", "months", "days")


def widened(literal: Literal) -> Literal | None:
    """What a distance from today in months says in days, and the other way round; None if nothing."""
    if literal.key[0] not in ("months", "days") or not isinstance(literal.allowed.values, Numbers):
        return None
    if literal.key[0] == "months":
        numbers, scale = as_days(literal.allowed.values), "days"
    else:
        numbers, scale = as_months(literal.allowed.values), "months"
    if numbers is None:
        return None
    return Literal((scale, *literal.key[1:]), Allowed(numbers, literal.allowed.nothing), literal.left)


def clashes(branch: Branch, domains: Domains) -> bool:
    """True only when the literals can't all be true of anybody."""
    met = _Met(domains)
    for literal in branch:
        met.add(literal)
        wider = widened(literal)
        if wider is not None:
            met.add(wider)
    return met.is_empty or met.needs_unknown() or met.compares_wrongly() or met.texts_dont_fit()


class _Met:
    """What the literals of a branch allow together."""

    def __init__(self, domains: Domains) -> None:
        self.domains = domains
        self.allowed: dict[Key, Allowed] = {}
        self.literals: dict[Key, Literal] = {}
        self.is_empty = False

    def add(self, literal: Literal) -> None:
        """Takes one more into account."""
        key = literal.key
        known = self.allowed.get(key)
        if known is None:
            known = self.domains.of(literal)
            self.literals[key] = literal
        self._set(key, known.meet(literal.allowed))

    def _set(self, key: Key, allowed: Allowed) -> None:
        literal = self.literals[key]
        if key[0] == "days" or (key[0] == "value" and self.domains.is_whole(literal.left)):
            assert isinstance(allowed.values, Numbers)
            allowed = Allowed(allowed.values.whole(), allowed.nothing)
        self.allowed[key] = allowed
        self.is_empty = self.is_empty or allowed.is_empty

    def needs_unknown(self) -> bool:
        """Whether a value must be missing, and also be known."""
        for key, literal in self.literals.items():
            if key[0] == "known" and not _allows(self.allowed[key], True):
                tests = ((scale, key[1]) for scale in _SCALES)
                if any(self._needs_value(literal.left, each) for each in tests if each in self.allowed):
                    return True
        return False

    def _needs_value(self, operand: Operand | None, key: Key) -> bool:
        allowed = self.allowed[key]
        if not is_fact(operand):
            return not allowed.nothing
        whole = self.domains.of(self.literals[key])
        is_number = isinstance(whole.values, Numbers) and key[0] == "value"
        return not (is_number and Allowed(whole.values).within(Allowed(allowed.values)))

    def compares_wrongly(self) -> bool:
        """Whether two values are to be equal, or in an order, and what each may be forbids it."""
        for key, literal in self.literals.items():
            relation = self.allowed[key]
            if key[0] != "order" or relation.nothing or not isinstance(relation.values, Choices):
                continue
            one, other = self._of(key[1], literal.left), self._of(key[2], literal.right)
            if one is not None and other is not None and self._apart(one, other, relation.values):
                return True
        return False

    def _of(self, told: object, operand: Operand | None) -> Allowed | None:
        """What a side of a comparison may be."""
        if isinstance(operand, Constant) or operand is None:
            return None
        found = self.allowed.get(("value", told))
        if found is None:
            if isinstance(operand, Ref) and operand.of is Of.CONCLUSION:
                return None
            found = self.domains.real(operand)
        return Allowed(found.values)

    def _apart(self, one: Allowed, other: Allowed, relation: Choices) -> bool:
        a, b = one.values, other.values
        if isinstance(a, Choices) and isinstance(b, Choices):
            return relation.values == {"="} and a.meet(b).is_empty
        if not isinstance(a, Numbers) or not isinstance(b, Numbers) or not a.ranges or not b.ranges:
            return False
        if relation.values == {"="}:
            return a.meet(b).is_empty
        if ">" not in relation.values:
            return _above(a, b, "=" in relation.values)
        return "<" not in relation.values and _above(b, a, "=" in relation.values)

    def texts_dont_fit(self) -> bool:
        """Whether none of the texts that are allowed has, or lacks, what is looked for in it."""
        for key, literal in self.literals.items():
            if key[0] != "test" or not isinstance(literal.right, Constant):
                continue
            values = self.allowed.get(("value", key[2]))
            if values is None or values.nothing or not isinstance(values.values, Choices) or values.values.but:
                continue
            wanted = Truth.TRUE if _allows(self.allowed[key], True) else Truth.FALSE
            looked_for = literal.right.value
            if not any(_fits(each, str(key[1]), looked_for, wanted) for each in values.values.values):
                return True
        return False


def _fits(value: object, operator: str, looked_for: object, wanted: Truth) -> bool:
    return not isinstance(value, str) or compare(operator, value, looked_for) is wanted


def _allows(allowed: Allowed, value: bool) -> bool:
    assert isinstance(allowed.values, Choices)
    return (value in allowed.values.values) is not allowed.values.but


def _above(a: Numbers, b: Numbers, or_equal: bool) -> bool:
    """Whether every number of `a` is above every one of `b` (or as high, where they mustn't be equal)."""
    low, high = a.ranges[0], b.ranges[-1]
    if or_equal:
        return low.low > high.high or (low.low == high.high and (low.low_open or high.high_open))
    return low.low >= high.high
