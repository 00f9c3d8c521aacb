"""How facts, computed facts and other values are read in a generated evaluator, and where they're prepared."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from advise.conditions import (
    Aggregate,
    Arithmetic,
    Condition,
    Constant,
    Elapsed,
    Lookup,
    Of,
    Operand,
    Parameter,
    Rank,
    Ref,
    Scope,
    Shifted,
    Today,
)
from advise.evaluate.forms import Bindings, Expression, Form
from advise.evaluate.reference import typed
from advise.evaluate.writing import Writing
from advise.plan import Key, Plan, flat, operand_parts
from advise.types import Kind, Type
from advise.values import Span

FUNCTIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
NUMERIC = (Kind.NUMBER, Kind.DATE)


class Operands(Writing):
    """Writes the code of operands, and remembers what the prelude has to prepare for them."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.constants: dict[str, str] = {}
        self.rare: frozenset[Key] = frozenset()
        self.blank: dict[str, str] = {}
        self._facts: dict[str, tuple[str, str | None]] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self._fixed: dict[Operand, str] = {}
        self._computed: set[Key] = set()
        things = sorted({t.thing for t in plan.rulebook.lists.values()} | set(plan.rulebook.derived))
        self._things = {thing: i for i, thing in enumerate([*things, *sorted(plan.rulebook.tables)])}
        self._states = {key: f"c{i}" for i, key in enumerate(sorted(plan.rulebook.conclusions, key=str))}
        self._computed_names = {key: f"a{i}" for i, key in enumerate(plan.computed_order)}

    # ------------------------------------------------------------------------------- states, rows and indexes

    def state(self, key: Key, at: str | None = None, part: str = "") -> str:
        """Code for what is concluded of `key`, of the thing with the index `at` if it has one.

        For other than flags there are two parts: the `p`ossible values and the `c`ertain ones, as masks.
        """
        name = self.state_name(key) + part
        if key not in self.rare:
            return name if at is None else f"{name}[{at}]"
        if at is None:
            return f"has({name!r}, 0)"
        assert key[0] is not None
        self.rows(key[0])
        self.blank[key[0]] = f"Z{self._things[key[0]]}"
        return f"has({name!r}, {self.blank[key[0]]})[{at}]"

    def state_name(self, key: Key) -> str:
        """What the state of a conclusion is called, without its part."""
        return self._states[key]

    def rows(self, thing: str) -> str:
        """The variable with the rows of a list of things or of a table."""
        self._columns.setdefault(thing, {})
        return f"R{self._things[thing]}"

    def phantom_row(self, thing: str) -> str:
        """The row that stands for things that may still be named."""
        return f"P{self._things[thing]}"

    def index_of(self, table: str, column: str) -> str:
        """The variable with a table's rows by what is in a column."""
        self.column(table, column)
        return f"X{self._things[table]}_{[c.name for c in self.plan.rulebook.tables[table].columns].index(column)}"

    def matcher(self, pattern: str) -> str:
        """The variable with a compiled regular expression."""
        return self.shared("m", f"matcher({pattern})")

    # ----------------------------------------------------------------------------------------- operands

    def operand(self, operand: Operand, bindings: Bindings) -> Expression:
        """The code of an operand, after the statements that it needs."""
        if isinstance(operand, Constant | Parameter) and (literal := self._literal(operand)) is not None:
            return literal
        if self._is_fixed(operand):
            return self._constant(operand)
        match operand:
            case Ref():
                return self._ref(operand, bindings)
            case Shifted() | Arithmetic() | Elapsed():
                return Expression(self._call(operand, bindings), Form.SPAN)
            case Rank():
                return self._rank(operand, bindings)
            case Aggregate():
                return Expression(self._aggregate(operand, bindings), Form.SPAN)
            case Lookup():
                return self._lookup(operand, bindings)
        raise AssertionError(operand)

    def as_span(self, expression: Expression) -> str:
        """Code for a number or day as a Span."""
        match expression.form:
            case Form.SPAN:
                return expression.code
            case Form.NUMBER:
                return f"number({expression.code}, {_number(expression.low)}, {_number(expression.high)})"
            case Form.LITERAL:
                return self.shared("s", f"Span({expression.code}, {expression.code})")
            case _:
                code = expression.code
                return f"(Span({code}, {code}) if {code} == {code} else EMPTY)"

    def _call(self, operand: Shifted | Arithmetic | Elapsed, bindings: Bindings) -> str:
        def span(part: Operand) -> str:
            return self.as_span(self.operand(part, bindings))

        if isinstance(operand, Shifted):
            return f"shift({span(operand.date)}, {span(operand.count)}, {operand.unit!r}, {operand.back})"
        if isinstance(operand, Elapsed):
            return f"elapsed({span(operand.start)}, {span(operand.end)}, {operand.unit!r})"
        return f"{FUNCTIONS[operand.sign]}({span(operand.left)}, {span(operand.right)})"

    def _literal(self, operand: Constant | Parameter) -> Expression | None:
        """A constant, or a parameter that doesn't change with the day, written out."""
        value, kind = None, operand.type.kind
        if isinstance(operand, Constant):
            value = operand.value
        else:
            values = self.plan.rulebook.settings[operand.name].values
            if len(values) == 1 and values[0][0] == date.min:
                value = values[0][1]
        if value is None:
            return None
        if kind in NUMERIC:
            span = typed(value, kind)
            assert isinstance(span, Span)
            return Expression(repr(span.low), Form.LITERAL, number=span.low) if span.known else None
        return Expression(repr(value), Form.LITERAL)

    def _is_fixed(self, operand: Operand) -> bool:
        """True when a number or day doesn't depend on the facts."""
        if isinstance(operand, Ref | Aggregate | Lookup | Rank):
            return False
        if operand.type.kind not in NUMERIC and not isinstance(operand, Parameter):
            return False
        return all(self._is_fixed(part) for part in operand_parts(operand))

    def _constant(self, operand: Operand) -> Expression:
        """A value that is worked out once for each day of evaluation."""
        kind = operand.type.kind
        if operand not in self._fixed:
            code = self._fixed_code(operand)
            name = self.lasting("k")
            self.constants[name] = f"fixed({code})" if kind in NUMERIC else code
            self._fixed[operand] = name
        name = self._fixed[operand]
        return Expression(name, Form.FIXED) if kind in NUMERIC else Expression(name, Form.PLAIN, nothing=True)

    def _fixed_code(self, operand: Operand) -> str:
        match operand:
            case Constant():
                return f"typed({operand.value!r}, Kind({str(operand.type.kind)!r}))"
            case Parameter():
                return f"setting(settings_, {operand.name!r}, as_of, {str(operand.type.kind)!r})"
            case Today():
                return "day(as_of.isoformat())"
            case Shifted():
                date_, count = self._fixed_code(operand.date), self._fixed_code(operand.count)
                return f"shift({date_}, {count}, {operand.unit!r}, {operand.back})"
            case Elapsed():
                return f"elapsed({self._fixed_code(operand.start)}, {self._fixed_code(operand.end)}, {operand.unit!r})"
            case Arithmetic():
                left, right = self._fixed_code(operand.left), self._fixed_code(operand.right)
                return f"{FUNCTIONS[operand.sign]}({left}, {right})"
            case _:
                raise AssertionError(operand)

    def _rank(self, operand: Rank, bindings: Bindings) -> Expression:
        of = self.operand(operand.of, bindings)
        if of.form is Form.SPAN:
            return of
        ranks = self.shared("d", repr({choice: i for i, choice in enumerate(operand.choices)}))
        is_fact = isinstance(operand.of, Ref) and operand.of.of is Of.FACT
        unknown = self.shared("s", f"Span(0, {len(operand.choices) - 1})") if is_fact else "ANYTHING"
        return Expression(f"rank({of.code}, {ranks}, {unknown})", Form.SPAN)

    def _lookup(self, operand: Lookup, bindings: Bindings) -> Expression:
        rows = self.shared("l", f"row_index(tables, {operand.table!r}, {operand.take!r})")
        keys = "".join(self._key(key, bindings) + ", " for key in operand.keys)
        if operand.type.kind in NUMERIC:
            return Expression(f"looked_up({rows}, ({keys}), ANYTHING, EMPTY)", Form.SPAN)
        code = self.temporary(f"looked_up({rows}, ({keys}), None, NOTHING)")
        return Expression(code, Form.PLAIN, unknown=True, nothing=True)

    def _key(self, key: Operand, bindings: Bindings) -> str:
        expression = self.operand(key, bindings)
        return self.as_span(expression) if expression.is_numeric else expression.code

    def _aggregate(self, operand: Aggregate, bindings: Bindings) -> str:
        """A variable with the aggregate's span."""
        sure, maybe, many = self.name("u"), self.name("v"), self.name("w")
        self.line(f"{sure} = []; {maybe} = []; {many} = False")
        with self.loop(operand.scope, bindings, flat(operand.where)) as inner:
            bound = inner[operand.scope.name]

            def then(sides: list[str]) -> None:
                value = "Span(1, 1)"
                if operand.value is not None:
                    value = self.variable(self.as_span(self.operand(operand.value, inner)))
                    self.line(f"if {value}.low > {value}.high: continue")
                conditions = [*sides, *([f"{bound.row} is not {bound.phantom}"] if bound.phantom else [])]
                self.line(f"({sure} if {' and '.join(conditions) or True} else {maybe}).append({value})")
                if bound.phantom:
                    self.line(f"if {bound.row} is {bound.phantom}: {many} = True")

            self.conjunction(flat(operand.where), inner, then)
        if operand.function in ("count", "sum"):
            return self.temporary(f"total({sure}, {maybe}, {many})")
        return self.temporary(f"extreme({sure}, {maybe}, {operand.function in ('highest', 'latest')})")

    def loop(self, scope: Scope, bindings: Bindings, body: list[Condition]) -> AbstractContextManager[Bindings]:
        raise NotImplementedError

    def conjunction(self, parts: list[Condition], bindings: Bindings, then: Any) -> None:
        raise NotImplementedError

    # ------------------------------------------------------------------------------------- references

    def _ref(self, ref: Ref, bindings: Bindings) -> Expression:
        if ref.of is Of.CONCLUSION:
            return self._conclusion(ref, bindings)
        if ref.of is Of.COMPUTED:
            self._computed.add(ref.key)
            at = "" if ref.scope is None else f"[{bindings[ref.scope].at}]"
            code = f"{self._computed_names[ref.key]}{at}"
            if self._computed_is_span(ref.key):
                return Expression(code, Form.SPAN)
            return Expression(code, Form.PLAIN, unknown=True, nothing=True)
        if ref.of is Of.COLUMN:
            assert ref.scope is not None and ref.thing is not None
            code = f"{bindings[ref.scope].row}[{self.column(ref.thing, ref.path)}]"
            form = {Kind.NUMBER: Form.CELL, Kind.DATE: Form.SPAN}.get(ref.type.kind, Form.PLAIN)
            return Expression(code, form, nothing=True)
        if ref.scope is None:
            code = self.fact(ref.path, "value")
        else:
            assert ref.thing is not None
            code = f"{bindings[ref.scope].row}[{self.column(ref.thing, ref.path)}]"
        return self._fact_expression(code, ref.type)

    def _fact_expression(self, code: str, type_: Type) -> Expression:
        if type_.kind is Kind.DATE:
            return Expression(code, Form.SPAN)
        if type_.kind is Kind.NUMBER:
            low = float("-inf") if type_.low is None else type_.low
            high = float("inf") if type_.high is None else type_.high
            return Expression(code, Form.NUMBER, unknown=True, low=low, high=high)
        return Expression(code, Form.PLAIN, unknown=True)

    def answered(self, ref: Ref, bindings: Bindings) -> str:
        """Code that is 2 when a fact is answered, 0 when it's null, 1 when it's absent."""
        if ref.scope is None:
            return self.fact(ref.path, "known")
        assert ref.thing is not None
        return f"{bindings[ref.scope].row}[{self.column(ref.thing, ref.path, known=True)}]"

    def _conclusion(self, ref: Ref, bindings: Bindings) -> Expression:
        """A conclusion as a value, where it isn't simply compared with a constant."""
        values, kind = self.plan.values.get(ref.key, ()), ref.type.kind
        at = None if ref.scope is None else bindings[ref.scope].at
        if kind is Kind.BOOLEAN and values in ((True,), ()):
            code = f"(False, None, True)[{self.state(ref.key, at)}]" if values else "False"
            return Expression(code, Form.PLAIN, unknown=True)
        if not values:
            return (
                Expression("EMPTY", Form.SPAN)
                if kind is Kind.NUMBER
                else Expression("NOTHING", Form.PLAIN, nothing=True)
            )
        possible, certain = self.state(ref.key, at, "p"), self.state(ref.key, at, "c")
        code = f"mask_value({possible}, {certain}, {values!r}, {str(kind)!r})"
        if kind is Kind.NUMBER:
            return Expression(code, Form.SPAN)
        return Expression(self.temporary(code), Form.PLAIN, unknown=True, nothing=True)

    def _computed_is_span(self, key: Key) -> bool:
        type_ = self.plan.rulebook.computed[key].type
        return type_.kind in NUMERIC or (type_.kind is Kind.CHOICE and type_.ordered)

    def fact(self, path: str, how: str = "value") -> str:
        """The variable of a person's fact: its value, or whether it's known."""
        type_ = self.plan.rulebook.facts[(None, path)]
        code = f"f{len(self._facts)}"
        if how == "known":
            return self._facts.setdefault(f"known {path}", (code, _known("facts", path)))[0]
        read = self._reading("facts", path, type_.default)
        if type_.type.kind is Kind.DATE:
            read = f"day({read or f'facts.get({path!r})'})"
        return self._facts.setdefault(path, (code, read))[0]

    def _reading(self, facts: str, path: str, default: object) -> str | None:
        """Code that reads a fact; None where it is simply `facts[path]` or unknown."""
        if "." in path:
            return f"optional({facts}, {path!r}, {default!r})"
        return None if default is None else f"{facts}.get({path!r}, {default!r})"

    def column(self, thing: str, path: str, known: bool = False) -> int:
        """The place of a fact in the rows of a thing, or of a column in those of a table."""
        columns = self._columns.setdefault(thing, {})
        columns.setdefault(f"known {path}" if known else path, path)
        return list(columns).index(f"known {path}" if known else path)

    # ----------------------------------------------------------------------------------------- prelude

    def prelude(self) -> None:
        """The variables that hold a person's facts, and the rows of the lists of things."""
        plain = {path: name for path, (name, read) in self._facts.items() if read is None}
        if plain:
            names, paths = ", ".join(plain.values()), ", ".join(map(repr, plain))
            self.line(f"try: {names}, = {self.shared('g', f'getter({paths})')}(facts)")
            with self.block("except KeyError:"):
                self.line("get = facts.get")
                for path, name in plain.items():
                    self.line(f"{name} = get({path!r})")
        for name, read in self._facts.values():
            if read is not None:
                self.line(f"{name} = {read}")
        for thing, columns in self._columns.items():
            if thing in self.plan.rulebook.tables:
                self._table_rows(thing, columns)
            else:
                self._thing_rows(thing, columns)

    def _table_rows(self, table: str, columns: Mapping[str, str]) -> None:
        rows = self.rows(table)
        self.globals[rows] = f"cells(tables, {table!r}, {list(columns)!r})"
        for place, column in enumerate(self.plan.rulebook.tables[table].columns):
            if column.name in columns:
                self.globals[f"X{self._things[table]}_{place}"] = f"by_cell({rows}, {list(columns).index(column.name)})"

    def _thing_rows(self, thing: str, columns: Mapping[str, str]) -> None:
        rows, phantom = self.rows(thing), self.phantom_row(thing)
        self.line(f"things_ = things[{thing!r}]")
        reads = [self._row_reading(thing, column, path) for column, path in columns.items()]
        if not columns:
            self.line(f"{rows} = [(0,)] * len(things_.items)")
        elif any(read is not None for read in reads):
            self.line(f"{rows} = [{_row(columns, reads)} for item in things_.items]")
        else:
            names = ", ".join(map(repr, columns))
            if len(columns) == 1:
                read = f"[(item[{names}], ) for item in things_.items]"  # faster than a getter for a single fact
            else:
                read = f"list(map({self.shared('g', f'itemgetter({names})')}, things_.items))"
            self.line(f"try: {rows} = {read}")
            self.line(f"except KeyError: {rows} = [{_row(columns, reads)} for item in things_.items]")
        self.globals[phantom] = self._unknown_row(thing, columns)
        self.line(f"if not things_.complete: {rows}.append({phantom})")

    def _row_reading(self, thing: str, column: str, path: str) -> str | None:
        if column != path:
            return _known("item", path)
        fact = self.plan.rulebook.facts[(thing, path)]
        read = self._reading("item", path, fact.default)
        if fact.type.kind is Kind.DATE:
            return f"day({read or f'item.get({path!r})'})"
        return read

    def _unknown_row(self, thing: str, columns: Mapping[str, str]) -> str:
        cells = []
        for column, path in columns.items():
            if column != path:
                cells.append("1")
            else:
                is_date = self.plan.rulebook.facts[(thing, path)].type.kind is Kind.DATE
                cells.append("ANYTHING" if is_date else "None")
        return f"({''.join(cell + ', ' for cell in cells or ['None'])})"

    # ---------------------------------------------------------------------------------- computed facts

    def computed_facts(self) -> None:
        """The computed facts that something reads, each after those that it reads itself."""
        written: dict[Key, list[str]] = {}
        order = self.plan.computed_order
        while self._computed - written.keys():
            for key in order:
                if key in self._computed and key not in written:
                    outer, self.lines = self.lines, []
                    self._compute(key)
                    written[key], self.lines = self.lines, outer
        for key in order:
            self.lines += written.get(key, [])

    def _compute(self, key: Key) -> None:
        computed = self.plan.rulebook.computed[key]
        name = self._computed_names[key]

        def code(bindings: Bindings) -> str:
            expression = self.operand(computed.value, bindings)
            return self.as_span(expression) if self._computed_is_span(key) else expression.code

        if key[0] is None:
            self.line(f"{name} = {code({})}")
            return
        self.line(f"{name} = []")
        with self.loop(Scope(key[0], key[0]), {}, []) as inner:
            self.line(f"{name}.append({code(inner)})")


def _row(columns: Mapping[str, str], reads: list[str | None]) -> str:
    cells = [read or f"item.get({path!r})" for path, read in zip(columns.values(), reads, strict=True)]
    return f"({''.join(cell + ', ' for cell in cells)})"


def _known(facts: str, path: str) -> str:
    """Code that is 2 when a fact is answered, 0 when it's null, 1 when it's absent."""
    if "." in path:
        return f"known({facts}, {path!r})"
    return f"2 if {facts}.get({path!r}) is not None else 0 if {path!r} in {facts} else 1"


def _number(value: float) -> str:
    return {float("inf"): "inf", float("-inf"): "-inf"}.get(value, repr(value))
