"""Random knowledge bases and people, for the laws: every construct, in rules that nobody would write by hand."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from advise.case import Case, Things
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
from advise.operators import Core
from advise.plan import find_cycles
from advise.rules import (
    Advise,
    Column,
    Computed,
    Conclude,
    Conclusion,
    Derived,
    Hold,
    Refer,
    Rule,
    Rulebook,
    Setting,
    Table,
    Words,
)
from advise.types import Fact, Kind, ThingList, Type

KEYS = ("red", "green", "blue")
LEVELS = ("low", "middle", "high")
NUMBER = Type(Kind.NUMBER)
SMALL = Type(Kind.NUMBER, low=0, high=6, integer=True)
BOOLEAN, DATE, TEXT, TEXTS = Type(Kind.BOOLEAN), Type(Kind.DATE), Type(Kind.TEXT), Type(Kind.TEXTS)
CHOICE = Type(Kind.CHOICE, choices=LEVELS, ordered=True)
DAYS = ("2023-06-30", "2024-01-31", "2024-02-29", "2024-03-01", "2025-12-31")
PARTIAL = (*DAYS, "2024", "2024-02", "2023-12", "2025")
AS_OF = (date(2024, 2, 29), date(2024, 8, 31), date(2025, 3, 1))
WORDS = Words({"en": ("words",)})

PERSON = {"flag": BOOLEAN, "spare": BOOLEAN, "small": SMALL, "free": NUMBER, "day": DATE, "key": TEXT,
          "level": CHOICE, "tags": TEXTS, "deep.flag": BOOLEAN, "deep.small": SMALL, "assumed": BOOLEAN}  # fmt: skip
JOB = {"flag": BOOLEAN, "small": SMALL, "key": TEXT, "day": DATE, "level": CHOICE, "deep.small": SMALL,
       "assumed": BOOLEAN}  # fmt: skip
GOAL = {"key": TEXT, "small": SMALL, "flag": BOOLEAN}
LINE = {"key": TEXT, "flag": BOOLEAN}
THINGS: dict[str | None, dict[str, Type]] = {None: PERSON, "job": JOB, "goal": GOAL, "line": LINE}
LISTS = {"job": "jobs", "goal": "goals", "line": "lines"}
COLUMNS = {"key": TEXT, "level": CHOICE, "size": NUMBER, "day": DATE, "flag": BOOLEAN}
PAIR = (Column("one", TEXT), Column("two", NUMBER), Column("size", NUMBER), Column("kind", TEXT))
PAIRS = (("red", 1, 5, "a"), ("red", 2, 6, None), ("green", 1, None, "b"))
CONCLUSIONS: dict[tuple[str | None, str], Type] = {
    (None, "c0"): BOOLEAN, (None, "c1"): BOOLEAN, (None, "c2"): BOOLEAN,
    (None, "kind"): Type(Kind.CHOICE, choices=KEYS), (None, "grade"): CHOICE, (None, "count"): NUMBER,
    ("job", "c3"): BOOLEAN, ("job", "c4"): BOOLEAN, ("job", "kind"): Type(Kind.CHOICE, choices=KEYS),
    ("line", "c5"): BOOLEAN, ("line", "grade"): CHOICE,
}  # fmt: skip


class KnowledgeBases:
    """Makes rulebooks and facts from a source of random choices.

    `gated`: most rules ask what is first looked up, a text or choice of the person or of a thing, or join two lists;
    and lists are longer.
    """

    def __init__(self, random: Random, gated: bool = False) -> None:
        self.random = random
        self.gated = gated
        self.computed: dict[tuple[str | None, str], Computed] = {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def rulebook(self, rules: int = 10) -> Rulebook:
        """A rulebook without negative cycles, of at most `rules` rules."""
        for i in range(self.random.randrange(6)):
            thing = self.random.choice([None, "job", "line"])
            self.computed[thing, f"x{i}"] = self._computed(thing, f"x{i}")
        count = self.random.randrange(1, rules + 1)
        made = tuple(self._rule(i, count) for i in range(count))
        book = self._book(made)
        while cycles := find_cycles(book):
            gone = {cycle[0] for cycle in cycles}
            made = tuple(rule for rule in made if rule.id not in gone)
            kept = {rule.id for rule in made}
            made = tuple(_without(rule, kept) for rule in made)
            book = self._book(made)
        return book

    def _book(self, rules: tuple[Rule, ...]) -> Rulebook:
        facts = {
            (thing, path): Fact(thing, path, type_, path, default=False if path == "assumed" else None)
            for thing, paths in THINGS.items()
            for path, type_ in paths.items()
        }
        rows = (
            ("red", "low", 1, "2024-01-31", True),
            ("green", None, 2.5, None, False),
            ("blue", "high", None, "2025-12-31", None),
        )
        return Rulebook(
            name="generated", title="Generated", version="1", languages=("en",), as_of=AS_OF[0], first_steps=3,
            priorities={"one": "One", "two": "Two"}, protected=frozenset(), sources={}, facts=facts,
            lists={t: ThingList(t, n, n, assumed_empty=t == "line") for t, n in LISTS.items()},
            conclusions={key: Conclusion(*key, "means", type_) for key, type_ in CONCLUSIONS.items()},
            computed=dict(self.computed),
            derived={"line": Derived("line", "a line", "key", ("goal", "job", "line"))},
            settings={
                "fixed": Setting("fixed", "", "", NUMBER, ((date.min, 3),)),
                "dated": Setting("dated", "", "", NUMBER, ((date(2024, 3, 1), 2), (date(2025, 1, 1), 4))),
                "months": Setting("months", "", "", NUMBER, ((date.min, 6),)),
            },
            tables={
                "rung": Table("rung", "", {}, ("key",), tuple(Column(n, t) for n, t in COLUMNS.items()), rows),
                "pair": Table("pair", "", {}, ("one", "two"), PAIR, PAIRS),
            },
            topics={"t": "T"}, rules=rules, content_hash="0",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------- rules

    def _rule(self, index: int, rules: int) -> Rule:
        each = self.random.choice(
            [(), (), (Scope("job", "job"),), (Scope("job", "job"),), (Scope("line", "line"),),
             (Scope("job", "job"), Scope("goal", "goal")), (Scope("job", "job"), Scope("other job", "job", other=True)),
             (Scope("line", "line"), Scope("rung", "rung", is_table=True)),
             (Scope("line", "line"), Scope("job", "job"))]
        )  # fmt: skip
        parts = tuple(self._condition(each, 2) for _ in range(self.random.randrange(4)))
        if self.gated:
            gates = [self._gate(each) for _ in range(self.random.choice([0, 1, 1, 2]))]
            parts = tuple(self.random.sample((*parts[:2], *gates), len(parts[:2]) + len(gates)))
        concludes = tuple(self._conclude(each) for _ in range(self.random.choice([0, 1, 1, 1, 2])))
        others = [f"r{self.random.randrange(rules)}" for _ in range(2)]
        effect = self.random.choice(["advise", "advise", "hold", "refer", ""]) if self.chance(0.6) else ""
        advise = Advise(
            WORDS,
            (),
            self.random.choice(["one", "two"]),
            self.random.choice(["small", "large"]),
            None,
            "step",
        )
        return Rule(
            id=f"r{index}", title=f"Rule {index}", topic="t", source={},
            each=each, condition=All(parts), conclude=concludes,
            advise=advise if effect == "advise" else None,
            hold=Hold(tuple(others), WORDS, None, None) if effect == "hold" else None,
            refer=Refer(WORDS, WORDS) if effect == "refer" and self.chance(0.3) else None,
            overrides=tuple(o for o in others[:1] if o != f"r{index}") if self.chance(0.2) else (),
        )  # fmt: skip

    def _conclude(self, each: tuple[Scope, ...]) -> Conclude:
        scopes = {s.thing: s.name for s in each if not s.is_table}
        keys = [key for key in CONCLUSIONS if key[0] is None or key[0] in scopes]
        thing, path = self.random.choice(keys)
        values: tuple[Any, ...] = {
            Kind.BOOLEAN: (True, True, True, False), Kind.NUMBER: (1, 2, 3),
            Kind.CHOICE: CONCLUSIONS[thing, path].choices,
        }[CONCLUSIONS[thing, path].kind]  # fmt: skip
        return Conclude(thing, path, None if thing is None else scopes[thing], self.random.choice(values))

    # -------------------------------------------------------------------------------------- conditions

    def _condition(self, scopes: tuple[Scope, ...], depth: int, conclusions: bool = True) -> Condition:
        kind = self.random.choice(["test"] * 4 + ["all", "any", "not", "some", "some", "every", "no", "aggregate"])
        if depth == 0 or kind == "test":
            return self._test(scopes, conclusions)
        if kind in ("all", "any"):
            parts = tuple(self._condition(scopes, depth - 1, conclusions) for _ in range(self.random.randrange(4)))
            return All(parts) if kind == "all" else AnyOf(parts)
        if kind == "not":
            return Not(self._condition(scopes, depth - 1, conclusions))
        if kind == "aggregate":
            return self._numeric_test(self._aggregate(scopes, depth, conclusions), scopes)
        scope = self._scope(scopes)
        return Quantified(kind, scope, self._condition((*scopes, scope), depth - 1, conclusions))

    def _gate(self, each: tuple[Scope, ...]) -> Condition:
        """A test of a text or choice against constants, one that a conclusion has a value, or a join."""
        scopes = tuple(scope for scope in each if not scope.is_table)
        pick = self.random.random()
        if pick < 0.5 or (pick > 0.8 and not scopes):
            return self._asked(self.random.choice([None, *scopes]))
        if pick < 0.65:
            scope = self.random.choice([Scope(thing, thing) for thing in LISTS])
            return Quantified(
                "some", scope, All((self._asked(scope), self._test((*scopes, scope)))[: self.random.choice([1, 2])])
            )
        if pick < 0.8:
            of = self.random.choice([None, *scopes])
            keys = [key for key in CONCLUSIONS if key[0] == (of and of.thing)]
            key = self.random.choice(keys or [(None, "c0")])
            type_ = CONCLUSIONS[key]
            value = {Kind.BOOLEAN: True, Kind.NUMBER: 2}.get(type_.kind) or self.random.choice(type_.choices)
            scope_name = of.name if of and keys else None
            return Test(Ref(Of.CONCLUSION, scope_name, *key, type_), Core.EQUAL, Constant(value, type_), "said")
        return self._join(scopes)

    def _asked(self, of: Scope | None) -> Test:
        thing = of and of.thing
        path = self.random.choice([p for p, t in THINGS[thing].items() if t.kind in (Kind.TEXT, Kind.CHOICE)])
        ref = Ref(Of.FACT, of and of.name, thing, path, THINGS[thing][path])
        values = ref.type.choices or KEYS
        if self.chance(0.3):
            some = tuple(self.random.sample(values, self.random.randrange(3)))
            return Test(ref, Core.ONE_OF, Constant(some, ref.type), "said")
        return Test(ref, Core.EQUAL, Constant(self.random.choice(values), ref.type), "said")

    def _join(self, scopes: tuple[Scope, ...]) -> Condition:
        """Some thing (or no thing, or so many) that has a fact in common with one that is bound."""
        outer = self.random.choice(scopes)
        inner = self.random.choice(
            [Scope(t, t) for t in LISTS if t != outer.name] + [Scope("other job", "job", other=True)]
        )
        if inner.other and not any(scope.name == "job" for scope in scopes):
            inner = Scope("goal" if outer.name != "goal" else "job", "goal" if outer.name != "goal" else "job")
        paths = [p for p, t in THINGS[inner.thing].items() if THINGS[outer.thing].get(p) == t and t is not BOOLEAN]
        path = self.random.choice(paths)
        own, other = (Ref(Of.FACT, s.name, s.thing, path, THINGS[s.thing][path]) for s in (inner, outer))
        if own.type.kind is Kind.NUMBER and self.chance(0.2):
            other = self._ref((outer,), False, NUMBER)
        body: Condition = Test(*self.random.choice([(own, Core.EQUAL, other), (other, Core.EQUAL, own)]), "said")
        if self.chance(0.5):
            body = All((body, self._test((*scopes, inner))))
        kind = self.random.choice(["some", "some", "no", "every", "aggregate"])
        if kind != "aggregate":
            return Quantified(kind, inner, body)
        return self._numeric_test(Aggregate("count", inner, None, body, NUMBER), scopes)

    def _scope(self, scopes: tuple[Scope, ...]) -> Scope:
        if any(s.name == "job" for s in scopes) and self.chance(0.3):
            return Scope("other job", "job", other=True)
        thing = self.random.choice(["job", "job", "goal", "line", "rung"])
        return Scope(thing, thing, is_table=thing == "rung")

    def _test(self, scopes: tuple[Scope, ...], conclusions: bool = True) -> Condition:
        ref = self._ref(scopes, conclusions)
        kind = ref.type.kind
        is_looked_up = ref.of is Of.COMPUTED and kind in (Kind.TEXT, Kind.BOOLEAN)
        if (ref.of in (Of.FACT, Of.COLUMN) or is_looked_up) and self.chance(0.08):
            return Test(ref, Core.KNOWN, Constant(self.chance(0.5), BOOLEAN), "said")
        if kind is Kind.NUMBER or kind is Kind.DATE or (ref.of is Of.COMPUTED and kind is Kind.CHOICE):
            return self._numeric_test(ref, scopes)
        if kind is Kind.BOOLEAN:
            if self.chance(0.15):
                return Test(ref, Core.EQUAL, self._ref(scopes, conclusions, BOOLEAN), "said")
            return Test(ref, Core.EQUAL, Constant(self.chance(0.6), BOOLEAN), "said")
        if kind is Kind.TEXTS:
            return Test(ref, Core.CONTAINS, Constant(self.random.choice(KEYS), TEXT), "said")
        return self._text_test(ref, scopes, conclusions)

    def _text_test(self, ref: Ref, scopes: tuple[Scope, ...], conclusions: bool) -> Condition:
        values = ref.type.choices or KEYS
        pick = self.random.random()
        if pick < 0.3:
            picked = tuple(sorted(self.random.sample(values, self.random.randrange(1, 3))))
            return Test(ref, Core.ONE_OF, Constant(picked, ref.type), "said")
        if pick < 0.5:
            return Test(ref, Core.EQUAL, self._ref(scopes, conclusions, ref.type), "said")
        if pick < 0.6 and ref.type.ordered:
            other = self._ref(scopes, conclusions, CHOICE)
            ranks = Rank(ref, LEVELS, NUMBER), Rank(other, LEVELS, NUMBER)
            return Test(ranks[0], self._order(), ranks[1], "said")
        if pick < 0.7 and ref.type.kind is Kind.TEXT:
            operator, value = self.random.choice([(Core.CONTAINS, "re"), (Core.MATCHES, "^(r|b)")])
            return Test(ref, operator, Constant(value, TEXT), "said")
        return Test(ref, Core.EQUAL, Constant(self.random.choice(values), ref.type), "said")

    def _order(self) -> Core:
        return self.random.choice([Core.AT_LEAST, Core.AT_MOST, Core.MORE, Core.LESS, Core.EQUAL])

    def _numeric_test(self, left: Operand, scopes: tuple[Scope, ...]) -> Condition:
        if left.type.kind is Kind.NUMBER and self.chance(0.1):
            return Test(left, Core.ONE_OF, Constant((1, 2), NUMBER), "said")
        right = self._day(scopes, 2) if left.type.kind is Kind.DATE else self._number(scopes, 2)
        return Test(left, self._order(), right, "said")

    # ------------------------------------------------------------------------------------------ values

    def _ref(self, scopes: tuple[Scope, ...], conclusions: bool = True, like: Type | None = None) -> Ref:
        """A reference that `scopes` or the person have, of the type of `like` if that is given."""
        found = []
        for scope in (None, *scopes):
            thing = None if scope is None else scope.thing
            name = None if scope is None else scope.name
            if scope is not None and scope.is_table:
                found += [Ref(Of.COLUMN, name, thing, path, t) for path, t in COLUMNS.items()]
                continue
            found += [Ref(Of.FACT, name, thing, path, t) for path, t in THINGS[thing].items()]
            found += [Ref(Of.COMPUTED, name, *key, c.type) for key, c in self.computed.items() if key[0] == thing]
            if conclusions:
                found += [Ref(Of.CONCLUSION, name, *key, t) for key, t in CONCLUSIONS.items() if key[0] == thing] * 2
        if like is not None:
            found = [ref for ref in found if ref.type.kind is like.kind and ref.type.choices == like.choices
                     and not (ref.of is Of.COMPUTED and ref.type.ordered)] or found[:0]  # fmt: skip
            if not found:
                return Ref(Of.FACT, None, None, {Kind.NUMBER: "small", Kind.DATE: "day", Kind.BOOLEAN: "flag"}.get(
                    like.kind, "level" if like.ordered else "key"), like)  # fmt: skip
        return self.random.choice(found)

    def _number(self, scopes: tuple[Scope, ...], depth: int) -> Operand:
        kind = self.random.choice(["constant"] * 3 + ["setting", "ref", "ref", "sum", "elapsed", "lookup"])
        if kind == "constant" or depth == 0:
            return Constant(self.random.choice([0, 1, 2, 3, 2.5]), NUMBER)
        if kind == "setting":
            return Parameter(self.random.choice(["fixed", "dated"]), NUMBER)
        if kind == "ref":
            return self._ref(scopes, False, NUMBER)
        if kind == "lookup" and self.chance(0.5):
            return Lookup("pair", (self._ref(scopes, False, TEXT), self._ref(scopes, False, NUMBER)), "size", NUMBER)
        if kind == "lookup":
            return Lookup("rung", (self._ref(scopes, False, TEXT),), "size", NUMBER)
        if kind == "elapsed":
            unit = self.random.choice(["days", "weeks", "months", "years"])
            return Elapsed(self._day(scopes, depth - 1), self._day(scopes, depth - 1), unit, NUMBER)
        sign = self.random.choice("+-*/")
        return Arithmetic(sign, self._number(scopes, depth - 1), self._number(scopes, depth - 1), NUMBER)

    def _day(self, scopes: tuple[Scope, ...], depth: int) -> Operand:
        kind = self.random.choice(["constant", "today", "ref", "shifted"])
        if kind == "constant":
            return Constant(self.random.choice(DAYS), DATE)
        if kind == "ref":
            return self._ref(scopes, False, DATE)
        if kind == "shifted" and depth:
            count = self.random.choice([Constant(2, NUMBER), Parameter("months", NUMBER)])
            unit = self.random.choice(["days", "weeks", "months", "years"])
            return Shifted(self._day(scopes, depth - 1), count, unit, self.chance(0.5), DATE)
        return Today(DATE)

    def _aggregate(self, scopes: tuple[Scope, ...], depth: int, conclusions: bool) -> Aggregate:
        scope = self._scope(scopes)
        where: Condition = All(())
        if self.chance(0.7):
            where = self._condition((*scopes, scope), min(depth - 1, 1), conclusions)
        small = "size" if scope.is_table else "small" if scope.thing != "line" else None
        function = self.random.choice(["count", "sum", "highest", "lowest", "latest", "earliest"])
        if function == "count" or (small is None and function in ("sum", "highest", "lowest")):
            return Aggregate("count", scope, None, where, NUMBER)
        of = Of.COLUMN if scope.is_table else Of.FACT
        if function in ("latest", "earliest"):
            if scope.thing not in ("job", "rung"):
                return Aggregate("count", scope, None, where, NUMBER)
            return Aggregate(function, scope, Ref(of, scope.name, scope.thing, "day", DATE), where, DATE)
        if scope.thing in ("job", "rung") and function != "sum" and self.chance(0.3):
            rank = Rank(Ref(of, scope.name, scope.thing, "level", CHOICE), LEVELS, NUMBER)
            return Aggregate(function, scope, rank, where, NUMBER)
        return Aggregate(function, scope, Ref(of, scope.name, scope.thing, small or "", NUMBER), where, NUMBER)

    def _computed(self, thing: str | None, path: str) -> Computed:
        scopes = () if thing is None else (Scope(thing, thing),)
        kind = self.random.choice(["number", "day", "aggregate", "text", "rank", "flag"])
        value: Operand
        if kind == "number":
            value = self._number(scopes, 2)
        elif kind == "day":
            value = self._day(scopes, 2)
        elif kind == "aggregate":
            value = self._aggregate(scopes, 1, False)
        else:
            take, type_ = {"text": ("key", TEXT), "rank": ("level", CHOICE), "flag": ("flag", BOOLEAN)}[kind]
            value = Lookup("rung", (self._ref(scopes, False, TEXT),), take, type_)
            if kind == "rank":
                return Computed(thing, path, "", CHOICE, Rank(value, LEVELS, NUMBER))
        return Computed(thing, path, "", value.type, value)

    # ------------------------------------------------------------------------------------------- facts

    def facts(self, known: float = 0.7) -> dict[str, Any]:
        """A person's facts, each given with the chance `known`."""
        facts = self._thing(PERSON, known)
        for thing, name in LISTS.items():
            if self.chance(known + 0.1):
                most = self.random.choice([4, 4, 18]) if self.gated else 4
                items = [self._thing(THINGS[thing], known) for _ in range(self.random.randrange(most))]
                if thing == "line":
                    keys = self.random.sample(KEYS, len(KEYS))
                    items = [{**item, "key": key} for item, key in zip(items, keys, strict=False)]
                facts[name] = items
        return facts

    def _thing(self, paths: dict[str, Type], known: float) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, type_ in paths.items():
            if not self.chance(known):
                continue
            target = found
            *outer, last = path.split(".")
            for part in outer:
                target = target.setdefault(part, {})
            target[last] = None if self.chance(0.05) else self._fact(type_)
        return found

    def _fact(self, type_: Type) -> Any:
        match type_.kind:
            case Kind.BOOLEAN:
                return self.chance(0.5)
            case Kind.NUMBER:
                return self.random.choice([0, 1, 2, 3, 5, 1.0, -0.0] if self.gated else [0, 1, 2, 3, 5])
            case Kind.DATE:
                return self.random.choice(PARTIAL)
            case Kind.TEXTS:
                return self.random.sample(KEYS, self.random.randrange(3))
            case _:
                return self.random.choice(type_.choices or KEYS)


def _without(rule: Rule, kept: set[str]) -> Rule:
    """The rule without references to rules that are gone."""
    hold = rule.hold and Hold(tuple(o for o in rule.hold.advice if o in kept), WORDS, None, None)
    fields = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    return Rule(**{**fields, "hold": hold, "overrides": tuple(o for o in rule.overrides if o in kept)})


def plain_case(facts: dict[str, Any], as_of: date) -> Case:
    """A case of the generated schema, made without the checks of `advise.case`."""
    things = {}
    for thing, name in LISTS.items():
        given = facts.get(name, [] if thing == "line" else None)
        items = tuple(given or ())
        things[thing] = Things(items, tuple(f"/{name}/{i}" for i in range(len(items))), given is not None)
    stated = things["line"]
    own = {item["key"] for item in stated.items}
    complete = all(things[t].complete and all(i.get("key") is not None for i in things[t].items) for t in LISTS)
    keys = sorted({i["key"] for t in ("goal", "job") for i in things[t].items if i.get("key")} - own)
    derived = (*stated.items, *({"key": key} for key in keys))
    things["line"] = Things(derived, stated.pointers + ("",) * len(keys), complete)
    return Case(facts, as_of, things)
