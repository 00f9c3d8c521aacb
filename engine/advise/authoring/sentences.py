"""Rules in plain words, made from their condition trees, for people who read rather than edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Not,
    Of,
    Operand,
    Parameter,
    Quantified,
    Rank,
    Ref,
    Scope,
    Shifted,
    Test,
    Today,
)
from advise.loading.context import listed
from advise.operators import Core
from advise.plan import flat
from advise.rules import Rule, Rulebook, Words, written_table
from advise.types import Kind, Literal
from advise.words import plain

_ORDER = {
    Core.AT_LEAST: ("at least {}", "{} or later"),
    Core.AT_MOST: ("at most {}", "{} or earlier"),
    Core.MORE: ("more than {}", "after {}"),
    Core.LESS: ("less than {}", "before {}"),
}
_ASKING = frozenset({"by", "how", "what", "when", "where", "whether", "which", "who", "why"})
_MANY = 8
_OF_MANY = {"sum": "sum", "highest": "highest", "lowest": "lowest", "earliest": "earliest", "latest": "latest"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, and what belongs under it."""

    text: str
    below: tuple[Line, ...] = ()


class Sentences:
    """Says the rules of one knowledge base in plain words.

    `asking`: a fact that is yes or no is said by the question that asks for it, which reads better on a page and is
    longer; a hold of very much advice says how much.
    """

    def __init__(self, book: Rulebook, asking: bool = False) -> None:
        self.book = book
        self.asking = asking

    # ------------------------------------------------------------------------------------------ rules

    def rule(self, rule: Rule) -> tuple[Line, ...]:
        """When a rule holds, and what follows."""
        parts = tuple(self.condition(part) for part in flat(rule.condition))
        each = " and ".join(f"each {_thing(scope)}" for scope in rule.each)
        if each:
            head = f"For {each} for which this holds" if parts else f"For {each}"
        else:
            head = "When this holds" if parts else "Always"
        return (Line(head, parts), Line("Then", tuple(self._effects(rule))))

    def _effects(self, rule: Rule) -> Iterator[Line]:
        for drawn in rule.conclude:
            conclusion = self.book.conclusions[drawn.thing, drawn.path]
            said = conclusion.values.get(str(drawn.value))
            meaning = self.words(said) if said else conclusion.means
            yield Line(f"{conclusion.name} is {_literal(drawn.value)}: {meaning}")
        if rule.advise is not None:
            steps = tuple(Line(self.words(step)) for step in rule.advise.steps)
            yield Line(f"Advise: {self.words(rule.advise.say)}", steps)
        if rule.hold is not None:
            yield Line(f"Hold back {self._held(rule.hold.advice)}: {self.words(rule.hold.because)}")
            if rule.hold.until is not None:
                yield Line(f"Until: {self.words(rule.hold.until)}")
            if rule.hold.instead is not None:
                yield Line(f"Instead: {self._title(rule.hold.instead)}")
        if rule.ask is not None:
            yield Line(f"Ask for {self._asked(rule.ask.thing, rule.ask.path)}")
        if rule.refer is not None:
            yield Line(f"Refer to {self.words(rule.refer.to)}: {self.words(rule.refer.say)}")
        if rule.overrides:
            yield Line(f"Put aside {listed(map(self._title, rule.overrides), 'and')}")

    def _held(self, advice: tuple[str, ...]) -> str:
        if self.asking and len(advice) > _MANY:
            return f"the advice of {len(advice)} rules"
        return listed(map(self._title, advice), "and")

    def _title(self, rule: str) -> str:
        return next((f"“{each.title}”" for each in self.book.rules if each.id == rule), rule)

    def _asked(self, thing: str | None, path: str) -> str:
        if not path:
            return self.book.lists[thing or ""].title.lower()
        return self._name(Ref(Of.FACT, thing, thing, path, self.book.facts[thing, path].type))

    def words(self, words: Words) -> str:
        """A text in its first language, with its placeholders named."""
        parts = next(iter(words.parts.values()), ())
        return "".join(part if isinstance(part, str) else f"[{self._placeholder(part)}]" for part in parts)

    def _placeholder(self, part: Ref | Parameter) -> str:
        return self._name(part) if isinstance(part, Ref) else self._parameter(part)

    # -------------------------------------------------------------------------------------- conditions

    def condition(self, condition: Condition) -> Line:
        """A condition as a sentence, with its parts below it."""
        match condition:
            case Test():
                return Line(self._test(condition))
            case All():
                return Line("all of these", tuple(map(self.condition, condition.parts)))
            case AnyOf():
                return Line("at least one of these", tuple(map(self.condition, condition.parts)))
            case Not():
                return self._not(condition.part)
            case Quantified():
                return self._quantified(condition)

    def _not(self, part: Condition) -> Line:
        if isinstance(part, Test):
            return Line(f"not: {self._test(part)}")
        inner = self.condition(part)
        return Line(f"not: {inner.text}", inner.below)

    def _quantified(self, condition: Quantified) -> Line:
        thing = _thing(condition.scope)
        heads = {"some": f"there is {_a(thing)}", "no": f"there is no {thing}", "every": f"for every {thing}"}
        return self._for_which(heads[condition.quantifier], condition.body, condition.quantifier == "every")

    def _for_which(self, head: str, body: Condition, every: bool = False) -> Line:
        parts = tuple(self.condition(part) for part in flat(body))
        if not parts:
            return Line(head)
        if len(parts) == 1 and not parts[0].below:
            return Line(f"{head}{' it holds that' if every else ' for which'} {parts[0].text}")
        return Line(f"{head}{' this holds' if every else ' for which this holds'}", parts)

    def _test(self, test: Test) -> str:
        left = self.operand(test.left)
        if isinstance(test.left, Aggregate | Rank) or not isinstance(test.right, Constant):
            return f"{left} is {self._compared(test)}"
        if test.operator == Core.KNOWN:
            is_fact = isinstance(test.left, Ref) and test.left.of is Of.FACT
            yes, no = ("has been answered", "isn't known to the person") if is_fact else ("has a value", "has no value")
            return f"{left} {yes if test.right.value else no}"
        if test.left.type.kind is Kind.BOOLEAN and test.operator == Core.EQUAL:
            if isinstance(test.left, Ref) and test.left.of is Of.CONCLUSION:
                means = _small(self.book.conclusions[test.left.key].means)
                return f"{left}: {_literal(test.right.value)} ({means})"
            asked = self._question(test.left) if self.asking and isinstance(test.left, Ref) else ""
            if asked:
                return f"{asked}: {_literal(test.right.value)}"
            return f"{left}: {_literal(test.right.value)}"
        if test.operator == Core.CONTAINS:
            return f"{left} has “{test.right.value}” in it"
        if test.operator == Core.MATCHES:
            return f"{left} matches the pattern {test.right.value}"
        return f"{left} is {self._compared(test)}"

    def _question(self, ref: Ref) -> str:
        """The question that asks for a fact, up to its question mark; '' when there's none."""
        text = self.book.facts[ref.key].question if ref.of is Of.FACT else None
        asked, mark, _ = next(iter(text.values()), "").partition("?") if text else ("", "", "")
        said = f"“{asked}?”" if mark else ""
        return f"the {ref.scope}: {said}" if said and ref.scope else said

    def _compared(self, test: Test) -> str:
        kind = test.left.type.kind
        if test.operator == Core.ONE_OF and isinstance(test.right, Constant):
            values = test.right.value if isinstance(test.right.value, tuple) else (test.right.value,)
            return listed((self._literal(each, test.left) for each in values), "or")
        right = self.operand(test.right, test.left)
        if test.operator == Core.EQUAL:
            return right if isinstance(test.right, Constant | Parameter) else f"the same as {right}"
        by_number, by_day = _ORDER[Core(test.operator)]
        return (by_day if kind is Kind.DATE else by_number).format(right)

    # ---------------------------------------------------------------------------------------- operands

    def operand(self, operand: Operand, like: Operand | None = None) -> str:
        """A value in words; `like` is what it's compared with, whose words its values have."""
        match operand:
            case Ref():
                return self._name(operand)
            case Constant():
                return self._literal(operand.value, like or operand)
            case Parameter():
                return self._parameter(operand)
            case Today():
                return "today"
            case Shifted():
                return self._shifted(operand)
            case Arithmetic():
                return f"({self.operand(operand.left)} {operand.sign} {self.operand(operand.right)})"
            case Elapsed():
                return f"{operand.unit} from {self.operand(operand.start)} to {self.operand(operand.end)}"
            case Rank():
                return self.operand(operand.of)
            case Aggregate():
                return self._aggregate(operand)
            case Lookup():
                keys = listed(map(self.operand, operand.keys), "and")
                return f"the {plain(operand.take)} in the table {operand.table} for {keys}"

    def _name(self, ref: Ref) -> str:
        title = self._title_of(ref)
        return title if ref.scope is None else f"the {ref.scope}'s {title}"

    def _title_of(self, ref: Ref) -> str:
        if ref.of is Of.FACT:
            fact = self.book.facts[ref.key]
            if self.asking and fact.title.split(" ")[0].lower() in _ASKING:
                return f"“{fact.title}”"
            above = ref.path.rpartition(".")[0].replace("_", " ").replace(".", " ")
            return (
                f"{above}: {_small(fact.title)}"
                if above and above.lower() not in fact.title.lower()
                else _small(fact.title)
            )
        if ref.of is Of.CONCLUSION:
            return f"“{plain(ref.path)}”"
        return plain(ref.path)

    def _parameter(self, parameter: Parameter) -> str:
        setting = self.book.settings[parameter.name]
        values = [_value(value, setting.type.unit) for _, value in setting.values]
        return f"{' or '.join(dict.fromkeys(values))} (${parameter.name})"

    def _shifted(self, operand: Shifted) -> str:
        count = (
            self.book.settings[operand.count.name].on(date.max)
            if isinstance(operand.count, Parameter)
            else operand.count.value
        )
        length = _value(count, operand.unit)
        name = f" (${operand.count.name})" if isinstance(operand.count, Parameter) else ""
        if isinstance(operand.date, Today):
            return f"{length} ago{name}" if operand.back else f"{length} from today{name}"
        return f"{length} {'before' if operand.back else 'after'} {self.operand(operand.date)}{name}"

    def _aggregate(self, operand: Aggregate) -> str:
        thing = _thing(operand.scope)
        if operand.value is None:
            head = f"the number of {_many(thing)}"
        else:
            head = f"the {_OF_MANY[operand.function]} {self.operand(operand.value)} of all {_many(thing)}"
        parts = [self.condition(part) for part in flat(operand.where)]
        return head if not parts else f"{head} for which {listed(map(_one_line, parts), 'and')}"

    def _literal(self, value: Literal | None, like: Operand) -> str:
        titles: Mapping[str, str] = {}
        of = like.of if isinstance(like, Rank) else like
        if isinstance(like, Rank) and isinstance(value, int | float) and not isinstance(value, bool):
            value = like.choices[int(value)]
        if isinstance(of, Ref) and of.of is Of.FACT:
            titles = self.book.facts[of.key].titles or {}
        if isinstance(value, str):
            return f"“{titles.get(value, value)}”"
        return _value(value, of.type.unit) if not isinstance(of, Constant) else _literal(value)


def _value(value: Literal | None, unit: str | None) -> str:
    said = _literal(value)
    if not unit or isinstance(value, bool | str | tuple):
        return said
    return f"{said} {unit[:-1] if value == 1 and unit.endswith('s') else unit}"


def _literal(value: Literal | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return listed(map(str, value), "or")
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _one_line(line: Line) -> str:
    below = listed(map(_one_line, line.below), "and")
    return f"{line.text} ({below})" if below else line.text


def _thing(scope: Scope) -> str:
    if scope.is_table:
        return f"row of the table {written_table(scope.thing)}"
    return f"other {scope.thing}" if scope.other else scope.thing


def _many(thing: str) -> str:
    if thing.startswith("row of"):
        return thing.replace("row", "rows", 1)
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"


def _a(thing: str) -> str:
    return f"an{thing}" if thing.startswith("other ") else f"{'an' if thing[:1] in 'aeiou' else 'a'} {thing}"


def _small(title: str) -> str:
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def as_text(lines: Iterable[Line], indent: str = "") -> str:
    """Lines as an indented list."""
    return "".join(
        f"{indent}{'- ' if indent else ''}{line.text}\n{as_text(line.below, indent + '  ')}" for line in lines
    )
