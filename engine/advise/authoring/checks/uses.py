"""What the rules, texts and declarations of a knowledge base use."""

from __future__ import annotations

from dataclasses import dataclass, field

from advise.conditions import Aggregate, Condition, Lookup, Of, Operand, Parameter, Ref, Scope
from advise.plan import Key, operands, operands_in, scopes
from advise.rules import Rulebook, Words, written_table


@dataclass(slots=True)
class Uses:
    """What is used. `tested` are the facts, computed facts, conclusions and columns that conditions and computed
    facts read, with what kind of name each is; `said` are those that texts fill in; `asked` are the facts that rules
    ask for, with (thing, '') for a whole list; `things` are the things and tables that are gone through or
    looked up."""

    tested: set[tuple[Of, Key]] = field(default_factory=set)
    said: set[tuple[Of, Key]] = field(default_factory=set)
    asked: set[Key] = field(default_factory=set)
    things: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)

    def any(self, of: Of, key: Key) -> bool:
        """True when a name is used in a condition or in a text."""
        return (of, key) in self.tested or (of, key) in self.said


def uses_of(book: Rulebook) -> Uses:
    """Everything that a knowledge base uses."""
    uses = Uses()
    for rule in book.rules:
        _condition(uses, rule.condition)
        for scope in rule.each:
            _scope(uses, scope)
        for words in rule.texts.values():
            _text(uses, words)
        if rule.ask is not None:
            uses.asked.add((rule.ask.thing, rule.ask.path))
    for computed in book.computed.values():
        _operand(uses, computed.value)
    for conclusion in book.conclusions.values():
        for words in (*conclusion.values.values(), *([conclusion.report] if conclusion.report else [])):
            _text(uses, words)
    for derived in book.derived.values():
        uses.tested.update((Of.FACT, (thing, derived.key)) for thing in derived.among)
    return uses


def _condition(uses: Uses, condition: Condition) -> None:
    for scope in scopes(condition):
        _scope(uses, scope)
    for operand in operands(condition):
        _one(uses, operand)


def _operand(uses: Uses, operand: Operand) -> None:
    for each in operands_in(operand):
        _one(uses, each)


def _one(uses: Uses, operand: Operand) -> None:
    match operand:
        case Ref():
            thing = None if operand.thing is None else written_table(operand.thing)
            uses.tested.add((operand.of, (thing, operand.path)))
            uses.things.update(() if thing is None else (thing,))
        case Parameter():
            uses.parameters.add(operand.name)
        case Lookup():
            table = written_table(operand.table)
            uses.things.add(table)
            uses.tested.add((Of.COLUMN, (table, operand.take)))
        case Aggregate():
            _scope(uses, operand.scope)
            for scope in scopes(operand.where):
                _scope(uses, scope)
        case _:
            pass


def _scope(uses: Uses, scope: Scope) -> None:
    uses.things.add(written_table(scope.thing))


def _text(uses: Uses, words: Words) -> None:
    for parts in words.parts.values():
        for part in parts:
            if isinstance(part, Ref):
                uses.said.add((part.of, part.key))
            elif isinstance(part, Parameter):
                uses.parameters.add(part.name)
