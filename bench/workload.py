"""The workload: seeded rules and people, like those that the engine was first compared with other engines on.

A block of rules has 60: 40 on scalar facts, 10 on lists (any, every, no and joins), 10 chained to depth 4 with a
negation at each depth. Each is drawn again until it holds for a share of people that makes it matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, NamedTuple

SEED = 20240607
Person = dict[str, Any]


class Field(NamedTuple):
    """A fact: integer (its bounds), number (its bounds), boolean (the share of true), choice or text (its values).

    `nullable`: hand-written code guards against its being None even when every fact is known.
    """

    name: str
    kind: str
    spec: Any
    nullable: bool = False


SECTORS = (
    *("tech", "health", "finance", "education", "retail", "public"),
    *("energy", "media", "law", "transport", "food", "construction"),
)
DEGREES = ("none", "school", "vocational", "bachelor", "master", "doctorate")
FIELD = Field("field", "text", tuple(f"field_{i:02d}" for i in range(24)))
SCALARS = (
    Field("months_abroad", "integer", (18, 65)),
    Field("years_experience", "integer", (0, 40)),
    Field("years_in_role", "integer", (0, 20)),
    Field("team_size", "integer", (0, 60)),
    Field("promotions", "integer", (0, 6)),
    Field("training_hours", "integer", (0, 200)),
    Field("commute_minutes", "integer", (0, 120)),
    Field("training_budget", "integer", (0, 10_000), nullable=True),
    Field("salary", "integer", (20_000, 200_000)),
    Field("salary_target", "integer", (25_000, 250_000), nullable=True),
    Field("languages", "integer", (0, 5)),
    Field("applications", "integer", (0, 60)),
    Field("interviews", "integer", (0, 15)),
    Field("networking_events", "integer", (0, 30)),
    Field("certificates", "integer", (0, 8)),
    Field("study_hours", "integer", (0, 30), nullable=True),
    Field("notice_days", "integer", (0, 180), nullable=True),
    Field("performance", "number", (1, 5), nullable=True),
    Field("engagement", "number", (0, 1)),
    Field("strain", "number", (0, 1), nullable=True),
    Field("marks", "number", (0, 4), nullable=True),
    Field("manager_rating", "number", (1, 5), nullable=True),
    Field("demand", "number", (0, 1)),
    Field("automation", "number", (0, 1)),
    Field("employed", "boolean", 0.8),
    Field("remote", "boolean", 0.6),
    Field("would_move", "boolean", 0.35),
    Field("has_mentor", "boolean", 0.4, nullable=True),
    Field("is_manager", "boolean", 0.3),
    Field("work_permit", "boolean", 0.9),
    Field("degree", "choice", DEGREES),
    Field("sector", "choice", SECTORS),
    Field("stage", "choice", ("student", "entry", "mid", "senior", "executive")),
    Field("region", "choice", ("north", "south", "east", "west", "central", "coast", "island", "abroad")),
    Field("scope", "choice", ("short", "medium", "long")),
    Field("contract", "choice", ("permanent", "fixed", "freelance", "none")),
    Field("company_size", "choice", ("micro", "small", "medium", "large")),
    Field("occupation", "text", tuple(f"occupation_{i:03d}" for i in range(300))),
    Field("learning_style", "choice", ("course", "mentor", "project", "reading"), nullable=True),
    Field("sector_wanted", "choice", SECTORS, nullable=True),
)
LISTS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "jobs": (
        "job",
        (
            FIELD,
            Field("years", "integer", (0, 15)),
            Field("level", "integer", (1, 6)),
            Field("current", "boolean", 0.25),
            Field("salary", "integer", (20_000, 200_000)),
        ),
    ),
    "goals": (
        "goal",
        (
            FIELD,
            Field("horizon", "integer", (1, 20)),
            Field("scope", "choice", ("short", "medium", "long")),
            Field("kind", "choice", ("promotion", "switch", "study", "lead", "own_business", "balance")),
            Field("priority", "integer", (1, 5)),
        ),
    ),
    "skills": (
        "skill",
        (
            Field("name", "text", tuple(f"skill_{i:02d}" for i in range(60))),
            Field("level", "integer", (1, 5)),
            Field("years", "integer", (0, 20)),
        ),
    ),
    "education": (
        "study",
        (
            FIELD,
            Field("degree", "choice", DEGREES),
            Field("year", "integer", (1980, 2024)),
            Field("marks", "number", (0, 4), nullable=True),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Test:
    """A fact against a value. `operator`: is, is not, one of, not one of, at least, more than, ..., between, known."""

    field: Field
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Over:
    """`some`, `every` or `no` thing of a list passes the tests."""

    quantifier: str
    list: str
    where: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Some goal has (or hasn't, if `anti`) a thing of the list `right` in the same field."""

    anti: bool
    where: tuple[Test, ...]
    right: str
    right_where: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """Another rule holds, or doesn't."""

    rule: str
    negated: bool


Condition = Test | Over | Join | Holds
Write = Callable[[tuple[Condition, ...]], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: all of its conditions must hold."""

    id: str
    depth: int
    when: tuple[Condition, ...]


# -------------------------------------------------------------------------------------------------- people


def make_people(count: int, seed: object = SEED) -> list[Person]:
    """People of whom every fact is known, with two to six things in each list."""
    random = Random(f"people {seed}")
    people = []
    for _ in range(count):
        person = {field.name: _value(random, field) for field in SCALARS}
        for name, (_, fields) in LISTS.items():
            person[name] = [{f.name: _value(random, f) for f in fields} for _ in range(random.randint(2, 6))]
        people.append(person)
    return people


def without_a_third(people: Sequence[Person], seed: object = SEED) -> list[Person]:
    """The same people, of whom each fact, list and fact of a thing is left out with probability 1/3."""
    random = Random(f"missing {seed}")

    def thinned(facts: Person) -> Person:
        return {name: value for name, value in facts.items() if random.random() >= 1 / 3}

    return [
        {name: [thinned(i) for i in value] if isinstance(value, list) else value for name, value in thinned(p).items()}
        for p in people
    ]


def _value(random: Random, field: Field) -> Any:
    match field.kind:
        case "integer":
            return random.randint(*field.spec)
        case "number":
            return round(random.uniform(*field.spec), 2)
        case "boolean":
            return random.random() < field.spec
    return random.choice(field.spec)


# --------------------------------------------------------------------------------------------------- rules

# For each chained rule: its depth, and whether it also has a negation.
_CHAINS = ((2, 0), (2, 0), (2, 1), (2, 0), (3, 0), (3, 1), (3, 0), (4, 0), (4, 1), (4, 0))
_LISTED = ("some",) * 4 + ("every",) * 3 + ("no", "join", "anti-join")


class _Block:
    """Draws 60 rules, and keeps who of a sample they hold for."""

    def __init__(self, prefix: str, seed: object, write: Write) -> None:
        self.random = Random(f"rules {seed}")
        self.prefix = prefix
        self.write = write
        self.sample = make_people(200, seed="sample")
        self.drawn: list[set[str]] = [set() for _ in self.sample]
        self.rules: list[Rule] = []

    def make(self) -> list[Rule]:
        for number in range(40):
            self._add(f"s-{number + 1:02d}", 1, (0.04, 0.45), self._scalar)
        for number, kind in enumerate(_LISTED):
            self._add(f"l-{number + 1:02d}", 1, (0.05, 0.5), partial(self._listed, kind))
        for number, (depth, negated) in enumerate(_CHAINS):
            least = 0.15 if depth < 4 else 0.03
            self._add(f"c-{number + 1:02d}", depth, (least, 1), partial(self._chained, depth, negated))
        return self.rules

    def _add(
        self, name: str, depth: int, share: tuple[float, float], draw: Callable[[], tuple[Condition, ...]]
    ) -> None:
        while True:
            when = draw()
            test = eval(f"lambda p, drawn: {self.write(when)}")
            holding = [test(*each) for each in zip(self.sample, self.drawn, strict=True)]
            if share[0] <= sum(holding) / len(holding) <= share[1]:
                break
        rule = Rule(self.prefix + name, depth, when)
        self.rules.append(rule)
        for drawn, holds in zip(self.drawn, holding, strict=True):
            if holds:
                drawn.add(rule.id)

    def _scalar(self) -> tuple[Condition, ...]:
        return draw_tests(self.random, SCALARS, self.random.randint(2, 4))

    def _listed(self, kind: str) -> tuple[Condition, ...]:
        return (*draw_tests(self.random, SCALARS, self.random.randint(0, 1)), draw_over_list(self.random, kind))

    def _chained(self, depth: int, negated: int) -> tuple[Condition, ...]:
        before = self.random.choice([rule.id for rule in self.rules if rule.depth == depth - 1])
        when: list[Condition] = [Holds(before, negated=False)]
        if negated:
            others = [rule.id for rule in self.rules if rule.depth < depth and rule.id != before]
            common = [id for id in others if 0.05 < sum(id in drawn for drawn in self.drawn) / len(self.drawn) < 0.6]
            when.append(Holds(self.random.choice(common), negated=True))
        return (*when, *draw_tests(self.random, SCALARS, 1))


def make_rules(write: Write, blocks: int = 1) -> list[Rule]:
    """`blocks` times 60 rules of the same mix. `write` writes conditions as Python, to try them."""
    rules = []
    for block in range(blocks):
        prefix = "" if block == 0 else f"b{block}-"
        rules += _Block(prefix, (SEED, block), write).make()
    return sorted(rules, key=lambda rule: rule.depth)


def add_gated(rules: Sequence[Rule], count: int) -> list[Rule]:
    """The rules and `count` more of the same mix that only matter to people of an occupation that nobody has."""
    random = Random(f"gated {SEED}")
    occupation = next(field for field in SCALARS if field.name == "occupation")
    added: dict[int, list[Rule]] = {1: [], 2: [], 3: [], 4: []}
    for number in range(count):
        gate = Test(occupation, "is", f"other_{number % max(1, count // 4):03d}")
        kind, depth, group = number % 6, 1, number // 6
        if kind < 4:
            when: list[Condition] = list(draw_tests(random, SCALARS, random.randint(1, 3)))
        elif kind == 4:
            when = [draw_over_list(random, _LISTED[group % 10])]
        else:
            depth = 2 + group % 3
            if not added[depth - 1]:
                depth = 2
            when = [Holds(random.choice(added[depth - 1]).id, negated=False)]
            if group % 3 == 0:
                when.append(Holds(random.choice(added[1]).id, negated=True))
            when += draw_tests(random, SCALARS, 1)
        if kind < 5:
            when.insert(0 if random.random() < 0.5 else random.randint(0, len(when)), gate)
        added[depth].append(Rule(f"x-{number + 1:03d}", depth, tuple(when)))
    return sorted([*rules, *(rule for group in added.values() for rule in group)], key=lambda rule: rule.depth)


def one_join() -> list[Rule]:
    """One rule: some goal has a job in the same field."""
    return [Rule("a-pair", 1, (Join(anti=False, where=(), right="jobs", right_where=()),))]


def people_with(things: int, count: int) -> list[Person]:
    """People with so many goals and jobs, of fields so many that about half of the people have no pair of them."""
    random = Random(f"people with {things} {SEED}")
    people = make_people(count)
    fields = max(1, round(things * things / 0.7))
    for person in people:
        for name in ("goals", "jobs"):
            drawn = [{f.name: _value(random, f) for f in LISTS[name][1]} for _ in range(things)]
            person[name] = [{**each, FIELD.name: f"field_{random.randrange(fields)}"} for each in drawn]
    return people


def draw_tests(random: Random, fields: Sequence[Field], count: int) -> tuple[Test, ...]:
    """Tests on as many different facts."""
    usable = [field for field in fields if field.name != "occupation"]
    return tuple(_draw_test(random, field) for field in random.sample(usable, count))


def draw_over_list(random: Random, kind: str) -> Condition:
    """A condition on a list, or between two."""
    if kind not in ("join", "anti-join"):
        name = random.choice(list(LISTS))
        return Over(kind, name, draw_tests(random, LISTS[name][1], 1 if kind == "every" else 2))
    right = "jobs" if kind == "join" else "education"
    own = draw_tests(random, [f for f in LISTS["goals"][1] if f is not FIELD], 1)
    others = draw_tests(random, [f for f in LISTS[right][1] if f is not FIELD], 1) if kind == "join" else ()
    return Join(kind == "anti-join", own, right, others)


def _draw_test(random: Random, field: Field) -> Test:
    """A test that roughly 35 to 80 % of people pass."""
    if field.nullable and random.random() < 0.2:
        return Test(field, "known", True)
    if field.kind == "boolean":
        return Test(field, "is", random.random() < 0.6)
    drawn = random.random()
    if field.kind in ("integer", "number"):
        return _draw_number(random, field, drawn)
    some = [field.spec[i] for i in sorted(random.sample(range(len(field.spec)), _share(random, len(field.spec))))]
    if drawn < 0.25 and len(field.spec) <= 6:
        return Test(field, "is", some[0])
    if drawn < 0.4:
        return Test(field, "is not", some[0])
    if drawn < 0.85:
        return Test(field, "one of", some)
    return Test(field, "not one of", some[: max(1, len(field.spec) // 3)])


def _share(random: Random, count: int) -> int:
    return max(1, int(count * random.uniform(0.3, 0.6)))


def _draw_number(random: Random, field: Field, drawn: float) -> Test:
    low, high = field.spec
    digits = None if field.kind == "integer" else 2

    def at(share: float) -> Any:
        return round(low + (high - low) * share, digits)

    if drawn < 0.4:
        return Test(field, random.choice(["at least", "more than"]), at(random.uniform(0.2, 0.6)))
    if drawn < 0.75:
        return Test(field, random.choice(["at most", "less than"]), at(random.uniform(0.4, 0.8)))
    start = random.uniform(0, 0.4)
    return Test(field, "between", [at(start), at(start + random.uniform(0.4, 0.6))])
