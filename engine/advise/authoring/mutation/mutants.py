"""Rules altered a little, one at a time: what examples ought to notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from advise.authoring.mutation.altered_tests import Alteration, altered_test, stepped
from advise.conditions import Aggregate, All, AnyOf, Condition, Not, Of, Operand, Parameter, Quantified, Ref, Test
from advise.errors import Place
from advise.plan import Key, operands_behind
from advise.rules import Conclude, Rule, Rulebook
from advise.types import Kind, Literal, Type
from advise.words import wording


@dataclass(frozen=True, slots=True)
class Mutant:
    """A knowledge base with one thing altered.

    `kind` is the sort of alteration, `name` the rule, parameter (`$months`) or computed fact that has it; `before`
    and `after` say what it was and what it is now (after is empty for what is left out). `touched` are the rules
    whose firings or conclusions may differ by themselves. `effects`: what the rule does is altered, not when it
    holds; `worked_out`: computed facts may come out otherwise; `lets_go`: the advice that is no longer held.
    """

    kind: str
    name: str
    place: Place
    before: str
    after: str
    book: Rulebook
    touched: frozenset[int]
    effects: bool = False
    worked_out: bool = False
    lets_go: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """What is altered, in a line."""
        return f"{self.before} → {self.after}" if self.after else f"without {self.before}"

    def __str__(self) -> str:
        return f"{self.place}: {self.name}: {self.said}"


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook, in the order of its rules. What can't come out otherwise isn't made.

    The places are those of conditions if the rulebook comes from `advise.loading.read`; parameters have none.
    """
    for index, rule in enumerate(book.rules):
        yield from _of_rule(book, index, rule)
    yield from _of_computed(book)
    yield from _of_parameters(book)


# ---------------------------------------------------------------------------------------------- rules


def _of_rule(book: Rulebook, index: int, rule: Rule) -> Iterator[Mutant]:
    def made(kind: str, before: str, after: str, altered: Rule, place: Place | None, **what: Any) -> Mutant:
        rules = (*book.rules[:index], altered, *book.rules[index + 1 :])
        touched = what.pop("touched", frozenset({index}))
        return Mutant(kind, rule.id, place or rule.place, before, after, replace(book, rules=rules), touched, **what)

    for each in _altered(rule.condition):
        condition = each.condition if isinstance(each.condition, All) else All((each.condition,))
        yield made(each.kind, each.before, each.after, replace(rule, condition=condition), each.place)
    for number, conclude in enumerate(rule.conclude):
        type_ = book.conclusions[conclude.thing, conclude.path].type
        value = _another(conclude.value, type_)
        if value is not None:
            others = (*rule.conclude[:number], replace(conclude, value=value), *rule.conclude[number + 1 :])
            name = _name(conclude)
            before, after = f"{name}: {_plain(conclude.value)}", f"{name}: {_plain(value)}"
            altered = replace(rule, conclude=others)
            yield made("value", f"conclude {before}", after, altered, None, effects=True)
    for held in rule.hold.advice if rule.hold else ():
        assert rule.hold is not None
        left = tuple(each for each in rule.hold.advice if each != held)
        hold = replace(rule.hold, advice=left) if left else None
        altered = replace(rule, hold=hold)
        what = {"touched": frozenset[int](), "effects": True, "lets_go": (held,)}
        yield made("hold", f"the hold on {held}", "", altered, None, **what)
    ids = {each.id: i for i, each in enumerate(book.rules)}
    for other in rule.overrides:
        left = tuple(each for each in rule.overrides if each != other)
        touched = frozenset({ids[other]})
        yield made("override", f"overrides {other}", "", replace(rule, overrides=left), None, touched=touched)


def _name(conclude: Conclude) -> str:
    return f"{conclude.thing}.{conclude.path}" if conclude.thing else conclude.path


def _plain(value: Literal) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _another(value: Literal, type_: Type) -> Literal | None:
    """Another value of the same type; None where there's none to name."""
    if isinstance(value, bool):
        return not value
    if type_.kind is Kind.CHOICE and len(type_.choices) > 1:
        return type_.choices[(type_.choices.index(str(value)) + 1) % len(type_.choices)]
    if type_.kind is Kind.NUMBER:
        return next(stepped(cast(float, value), type_), None)
    return None


# ----------------------------------------------------------------------------------------- conditions


def _altered(condition: Condition) -> Iterator[Alteration]:
    """The condition with one thing in it altered."""
    match condition:
        case Test():
            yield from altered_test(condition)
            yield from _altered_aggregate(condition)
        case All() | AnyOf():
            yield from _altered_parts(condition)
        case Not():
            yield from _altered_not(condition)
        case Quantified():
            yield from _altered_quantified(condition)


def _altered_parts(condition: All | AnyOf) -> Iterator[Alteration]:
    parts = condition.parts
    for number, part in enumerate(parts):
        rest = (*parts[:number], *parts[number + 1 :])
        if part not in rest and (rest or isinstance(condition, All)):
            yield _left_out(part, replace(condition, parts=rest))
        for each in _altered(part):
            yield each.inside(replace(condition, parts=(*parts[:number], each.condition, *parts[number + 1 :])))
    if len(parts) > 1:
        words = ("all", "any") if isinstance(condition, All) else ("any", "all")
        other = AnyOf(parts) if isinstance(condition, All) else All(parts)
        place = condition.place if isinstance(condition, AnyOf) else None
        before = f"{words[0]} of ({_listed(condition)})"
        yield Alteration("all-any", place or _place(condition), before, f"{words[1]} of them", other)


def _listed(condition: All | AnyOf) -> str:
    return "; ".join(map(wording, condition.parts))


def _left_out(part: Condition, without: Condition) -> Alteration:
    return Alteration("dropped", _place(part), wording(part), "", without)


def _altered_not(condition: Not) -> Iterator[Alteration]:
    part = condition.part
    yield Alteration("operator", condition.place, wording(condition), wording(part), part)
    for each in _altered(part):
        if not isinstance(each.condition, Not):  # that would be the one above
            yield each.inside(replace(condition, part=each.condition))


_QUANTIFIERS = {"some": "every", "every": "some", "no": "some"}


def _altered_quantified(condition: Quantified) -> Iterator[Alteration]:
    name, word = condition.scope.name, _QUANTIFIERS[condition.quantifier]
    before, after = f"{condition.quantifier} {name}", f"{word} {name}"
    yield Alteration(
        "quantifier", condition.place, wording(condition), f"{after}{wording(condition).removeprefix(before)}",
        replace(condition, quantifier=word),
    )  # fmt: skip
    for each in _altered_body(condition.body):
        yield each.inside(replace(condition, body=each.condition))


def _altered_body(body: Condition) -> Iterator[Alteration]:
    """The condition of a list's things altered; one that's alone there may be left out."""
    if not isinstance(body, All):
        yield _left_out(body, All(()))
    yield from _altered(body)


def _altered_aggregate(test: Test) -> Iterator[Alteration]:
    aggregate = test.left
    if isinstance(aggregate, Aggregate):
        for each in _altered_body(aggregate.where):
            yield each.inside(replace(test, left=replace(aggregate, where=each.condition)))


def _place(condition: Condition) -> Place | None:
    """Where a condition stands; a list of them stands where its first does."""
    if isinstance(condition, All):
        return next((place for part in condition.parts if (place := _place(part)) is not None), None)
    return condition.place


# ------------------------------------------------------------------------------------- computed facts


def _of_computed(book: Rulebook) -> Iterator[Mutant]:
    reading = _rules_by_computed(book)
    for key, computed in book.computed.items():
        touched = reading.get(key, frozenset())
        if not touched:
            continue
        for each, value in _altered_operand(computed.value):
            altered = {**book.computed, key: replace(computed, value=value)}
            yield Mutant(
                each.kind, computed.name, each.place or Place(""), each.before, each.after,
                replace(book, computed=altered), touched, worked_out=True,
            )  # fmt: skip


def _altered_operand(operand: Operand) -> Iterator[tuple[Alteration, Operand]]:
    """A value with a condition in it altered."""
    if isinstance(operand, Aggregate):
        for each in _altered_body(operand.where):
            yield each, replace(operand, where=each.condition)


def _rules_by_computed(book: Rulebook) -> Mapping[Key, frozenset[int]]:
    """Computed fact -> the rules that read it, also through others."""
    found: dict[Key, set[int]] = {}
    for index, rule in enumerate(book.rules):
        for operand in operands_behind(rule.condition, book):
            if isinstance(operand, Ref) and operand.of is Of.COMPUTED:
                found.setdefault(operand.key, set()).add(index)
    return {key: frozenset(rules) for key, rules in found.items()}


# ----------------------------------------------------------------------------------------- parameters


def _of_parameters(book: Rulebook) -> Iterator[Mutant]:
    reading = _rules_by_parameter(book)
    for name, setting in book.settings.items():
        if setting.type.kind is not Kind.NUMBER or name not in reading:
            continue
        steps = [tuple(stepped(cast(float, value), setting.type)) for _, value in setting.values]
        for number in range(max(map(len, steps), default=0)):
            values = tuple(
                (since, step[number] if number < len(step) else value)
                for (since, value), step in zip(setting.values, steps, strict=True)
            )
            before, after = (", ".join(f"{value:g}" for _, value in each) for each in (setting.values, values))
            settings = {**book.settings, name: replace(setting, values=values)}
            yield Mutant(
                "parameter", f"${name}", Place(""), f"${name}: {before}", after,
                replace(book, settings=settings), reading[name], worked_out=True,
            )  # fmt: skip


def _rules_by_parameter(book: Rulebook) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for index, rule in enumerate(book.rules):
        for operand in operands_behind(rule.condition, book):
            if isinstance(operand, Parameter):
                found.setdefault(operand.name, set()).add(index)
    return {name: frozenset(rules) for name, rules in found.items()}


def counted(made: Iterable[Mutant]) -> Mapping[str, int]:
    """How many mutants there are of each kind."""
    found: dict[str, int] = {}
    for each in made:
        found[each.kind] = found.get(each.kind, 0) + 1
    return found
