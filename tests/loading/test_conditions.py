"""What each form of condition becomes in the tree, which knows the core operators only."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.conditions import (
    Aggregate,
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Not,
    Of,
    Parameter,
    Quantified,
    Rank,
    Ref,
    Scope,
    Shifted,
    Today,
)
from advise.conditions import Test as Comparison
from advise.rules import Rule
from advise.types import Kind, Type
from tests.loading.base import LEVELS, extra_rule

DATE, WHOLE, BOOLEAN = Type(Kind.DATE), Type(Kind.NUMBER, integer=True), Type(Kind.BOOLEAN)
TEXT, FOLDED = Type(Kind.TEXT), Type(Kind.TEXT, ignore_case=True)
LEVEL = Type(Kind.CHOICE, tuple(LEVELS), ordered=True)
RATING = Type(Kind.CHOICE, ("below", "meets", "exceeds"))
MONTHS = Type(Kind.NUMBER, integer=True, unit="months")
PAY = Type(Kind.NUMBER, unit="EUR a month")
JOB = Scope("job", "job")
OTHER_JOB = Scope("other job", "job", other=True)


def fact(path: str, type: Type, scope: Scope | None = None) -> Ref:
    return Ref(Of.FACT, scope.name if scope else None, scope.thing if scope else None, path, type)


def parts(folder: Path, when: str) -> tuple[Condition, ...]:
    return extra_rule(folder, when).condition.parts


def ago(count: int) -> Shifted:
    return Shifted(Today(DATE), Constant(count, WHOLE), "months", True, DATE)


def ahead(count: int) -> Shifted:
    return Shifted(Today(DATE), Constant(count, WHOLE), "months", False, DATE)


SETTLED = Shifted(Today(DATE), Parameter("settle_in", MONTHS), "months", True, DATE)
TEXTS = Type(Kind.TEXTS, ignore_case=True)
RATIO = Parameter("ratio", Type(Kind.NUMBER, unit="of pay"))
MINUS_RATIO = Arithmetic("-", Constant(0, WHOLE), RATIO, Type(Kind.NUMBER))
GOAL = fact("goal_date", DATE)
SIMPLE = [
    ("plan.written: true", "plan.written", BOOLEAN, "==", Constant(True, BOOLEAN), "true"),
    ("plan.name: {is: A b}", "plan.name", TEXT, "==", Constant("A b", TEXT), "A b"),
    ("plan.field: '  Health   CARE '", "plan.field", FOLDED, "==", Constant("health care", FOLDED), "  Health   CARE "),
    ("plan.name: [no, on]", "plan.name", TEXT, "in", Constant(("no", "on"), TEXT), "no or on"),
    ("plan.name: $word", "plan.name", TEXT, "==", Constant("Sales", TEXT), "$word"),
    ("plan.field: $fields", "plan.field", FOLDED, "in", Constant(("sales", "nursing"), FOLDED), "$fields"),
    ("plan.field: {one of: $fields}", "plan.field", FOLDED, "in", Constant(("sales", "nursing"), FOLDED), "$fields"),
    ("interests: {contains: JAZZ}", "interests", TEXTS, "contains", Constant("jazz", TEXT), "contains JAZZ"),
    ("pay: {at least: -$ratio}", "pay", PAY, ">=", MINUS_RATIO, "at least -$ratio"),
    ("plan.name: {contains: x}", "plan.name", TEXT, "contains", Constant("x", TEXT), "contains x"),
    ("plan.name: {matches: '^a'}", "plan.name", TEXT, "matches", Constant("^a", TEXT), 'matches "^a"'),
    ("plan.field: {matches: '^A'}", "plan.field", FOLDED, "matches", Constant("(?i)^a", TEXT), 'matches "^A"'),
    ("plan.name: {known: true}", "plan.name", TEXT, "known", Constant(True, BOOLEAN), "known"),
    ("plan.name: {known: false}", "plan.name", TEXT, "known", Constant(False, BOOLEAN), "asked, but not known"),
    ("plan.name: {same as: plan.name}", "plan.name", TEXT, "==", fact("plan.name", TEXT), "same as plan.name"),
    ("pay: {at most: 1e3}", "pay", PAY, "<=", Constant(1000, WHOLE), "at most 1000"),
    ("pay: {more than: -2.5}", "pay", PAY, ">", Constant(-2.5, Type(Kind.NUMBER)), "more than -2.5"),
    ("pay: [1, 2]", "pay", PAY, "in", Constant((1, 2), PAY), "1 or 2"),  # type: ignore[arg-type]
    ("goal_date: 2026-01-01", "goal_date", DATE, "==", Constant("2026-01-01", DATE), "2026-01-01"),
    ("goal_date: {before: $opening}", "goal_date", DATE, "<", Constant("2026-02-01", DATE), "before $opening"),
    ("goal_date: {after: today}", "goal_date", DATE, ">", Today(DATE), "after today"),
    ("goal_date: {at least: 6 months ago}", "goal_date", DATE, "<=", ago(6), "at least 6 months ago"),
    ("goal_date: {at most: 6 months ago}", "goal_date", DATE, ">=", ago(6), "at most 6 months ago"),
    ("goal_date: {more than: $settle_in ago}", "goal_date", DATE, "<", SETTLED, "more than $settle_in ago"),
    (
        "goal_date: {less than: $settle_in months ago}",
        "goal_date",
        DATE,
        ">",
        SETTLED,
        "less than $settle_in months ago",
    ),
    ("goal_date: {at most: 3 months ahead}", "goal_date", DATE, "<=", ahead(3), "at most 3 months ahead"),
    ("goal_date: {more than: 1 month ahead}", "goal_date", DATE, ">", ahead(1), "more than 1 month ahead"),
    ("level: {at least: senior}", "level", LEVEL, "in", Constant(("senior", "lead"), LEVEL), "at least senior"),
    ("level: {less than: senior}", "level", LEVEL, "in", Constant(("entry",), LEVEL), "less than senior"),
    (
        "level: {between: [entry, senior]}",
        "level",
        LEVEL,
        "in",
        Constant(("entry", "senior"), LEVEL),
        "between entry and senior",
    ),
]


@pytest.mark.parametrize(
    ("when", "path", "type", "operator", "right", "said"), SIMPLE, ids=[case[0] for case in SIMPLE]
)
def test_form_becomes_one_core_test(
    tmp_path: Path, when: str, path: str, type: Type, operator: str, right: object, said: str
) -> None:
    (test,) = parts(tmp_path, when)
    assert test == Comparison(fact(path, type), operator, right, f"{path}: {said}")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "low", "high", "said"),
    [
        ("{between: [2024-01-01, today]}", Constant("2024-01-01", DATE), Today(DATE), "between 2024-01-01 and today"),
        ("{within: last 6 months}", ago(6), Today(DATE), "within last 6 months"),
        ("{within: next 3 months}", Today(DATE), ahead(3), "within next 3 months"),
        ("{within: last $settle_in}", SETTLED, Today(DATE), "within last $settle_in"),
    ],
)
def test_span_becomes_two_tests(tmp_path: Path, when: str, low: object, high: object, said: str) -> None:
    found = parts(tmp_path, f"goal_date: {when}")
    ends = ((">=", low), ("<=", high))
    assert found == tuple(Comparison(GOAL, sign, end, f"goal_date: {said}") for sign, end in ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "when",
    ["plan.name: {not: x}", "not: {plan.name: x}", "not: {plan.name: {is: x}}"],
)
def test_not_wraps_the_test(tmp_path: Path, when: str) -> None:
    name = fact("plan.name", TEXT)
    assert parts(tmp_path, when) == (Not(Comparison(name, "==", Constant("x", TEXT), "plan.name: x")),)


def test_not_of_list_and_of_test(tmp_path: Path) -> None:
    found = parts(tmp_path, "{plan.name: {not: [a, b]}, pay: {not: {more than: 3}}}")
    assert [type(each) for each in found] == [Not, Not]
    assert [each.part.operator for each in found if isinstance(each, Not) and isinstance(each.part, Comparison)] == [
        "in",
        ">",
    ]


def test_several_tests_and_entries_are_one_flat_conjunction_in_order(tmp_path: Path) -> None:
    rule = extra_rule(tmp_path, "{pay: {at least: 1, less than: 5}, plan.written: true, all: [{pay: 2}, {pay: 3}]}")
    said = [part.said for part in rule.condition.parts if isinstance(part, Comparison)]
    assert said == ["pay: at least 1", "pay: less than 5", "plan.written: true", "pay: 2", "pay: 3"]


def test_rule_without_when_always_holds(tmp_path: Path) -> None:
    assert extra_rule(tmp_path, "").condition == All(())


def test_any_of_conditions(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "any: [{pay: 1}, {pay: 2, plan.written: true}]")
    assert isinstance(found, AnyOf)
    assert [type(part) for part in found.parts] == [Comparison, All]


@pytest.mark.parametrize("word", ["some", "every", "no"])
def test_quantifier_opens_a_scope(tmp_path: Path, word: str) -> None:
    (found,) = parts(tmp_path, f"{word} job: {{current: true, pay: 3}}")
    assert isinstance(found, Quantified)
    assert (found.quantifier, found.scope) == (word, JOB)
    assert isinstance(found.body, All)
    current, pay = found.body.parts
    assert isinstance(current, Comparison)
    assert isinstance(pay, Comparison)
    assert current == Comparison(fact("current", BOOLEAN, JOB), "==", Constant(True, BOOLEAN), "job.current: true")
    assert pay.left == fact("pay", PAY)


def test_empty_body_means_that_there_is_one(tmp_path: Path) -> None:
    assert parts(tmp_path, "some job: {}") == (Quantified("some", JOB, All(())),)


def test_table_is_a_list_of_things(tmp_path: Path) -> None:
    rule = extra_rule(
        tmp_path,
        "each ladder: {field: SALES, level: entry}",
        "advise: {say: 'Be a {ladder.title}.', priority: growth, effort: small}",
    )
    assert rule.each == (Scope("ladder", "ladder", is_table=True),)
    field, level = rule.condition.parts
    assert isinstance(field, Comparison)
    assert field.left == Ref(Of.COLUMN, "ladder", "ladder", "field", FOLDED)
    assert field.right == Constant("sales", FOLDED)
    assert isinstance(level, Comparison)


def names(rule: Rule) -> list[str]:
    return [
        part.left.name for part in rule.condition.parts if isinstance(part, Comparison) and isinstance(part.left, Ref)
    ]


def test_each_binds_for_later_entries_and_joins(tmp_path: Path) -> None:
    when = "each job: {current: true}\n      - job.hours: {more than: 3}\n"
    when += "      - each other job: {field: {same as: job.field}}\n      - other job.hours: {at least: job.hours}"
    rule = extra_rule(tmp_path, when)
    assert rule.each == (JOB, OTHER_JOB)
    assert names(rule) == ["job.current", "job.hours", "other job.field", "other job.hours"]
    last = rule.condition.parts[-1]
    assert isinstance(last, Comparison)
    assert isinstance(last.right, Ref)
    assert (last.right.scope, last.right.thing, last.right.path) == ("job", "job", "hours")
    assert last.said == "other job.hours: at least job.hours"


def test_name_is_found_in_the_innermost_thing_first_then_by_its_binding_then_in_the_person(tmp_path: Path) -> None:
    (found,) = parts(
        tmp_path, "some job: {some career: {field: x, career.field: x, job.field: x, plan.field: x, level: lead}}"
    )
    assert isinstance(found, Quantified)
    assert isinstance(found.body, Quantified)
    assert isinstance(found.body.body, All)
    refs = [part.left for part in found.body.body.parts if isinstance(part, Comparison)]
    assert [ref.name for ref in refs if isinstance(ref, Ref)] == [
        "career.field",
        "career.field",
        "job.field",
        "plan.field",
        "level",
    ]


def test_count_and_sum_are_aggregates_over_what_where_leaves(tmp_path: Path) -> None:
    found = parts(tmp_path, "{count job: {where: {current: true}, at least: 2}, sum job.hours: {more than: $ratio}}")
    count, total = found
    assert isinstance(count, Comparison)
    assert isinstance(count.left, Aggregate)
    assert (count.left.function, count.left.scope, count.left.value) == ("count", JOB, None)
    assert count.left.where == Comparison(
        fact("current", BOOLEAN, JOB), "==", Constant(True, BOOLEAN), "job.current: true"
    )
    assert (count.operator, count.right) == (">=", Constant(2, WHOLE))
    assert count.said == "count job (job.current: true): at least 2"
    assert isinstance(total, Comparison)
    assert isinstance(total.left, Aggregate)
    assert total.left.where == All(())
    assert total.said == "sum job.hours: more than $ratio"


def test_highest_choice_is_compared_by_rank(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "highest job.level: {at least: senior}")
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Aggregate)
    assert found.left.value == Rank(fact("level", LEVEL, JOB), tuple(LEVELS), WHOLE)
    assert found.left.type == LEVEL
    assert (found.operator, found.right) == (">=", Constant(1, WHOLE))


@pytest.mark.parametrize(
    ("test", "operator", "right"),
    [
        ("lead", "==", 2),
        ("[entry, lead]", "in", (0, 2)),
        ("{at most: senior}", "<=", 1),
        ("{same as: level}", "==", None),
        ("{more than: level}", ">", None),
    ],
)
def test_computed_choice_holds_a_rank_and_is_compared_with_ranks(
    tmp_path: Path, test: str, operator: str, right: object
) -> None:
    (found,) = parts(tmp_path, f"each career: {{top: {test}}}")
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Ref)
    assert (found.left.of, found.left.type) == (Of.COMPUTED, LEVEL)
    assert found.operator == operator
    expected = Rank(fact("level", LEVEL), tuple(LEVELS), WHOLE) if right is None else Constant(right, WHOLE)  # type: ignore[arg-type]
    assert found.right == expected


def test_ordered_choices_are_compared_with_each_other_by_rank(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "each job: {level: {less than: wanted_level}}")
    ranks = [Rank(fact(path, LEVEL, JOB), tuple(LEVELS), WHOLE) for path in ("level", "wanted_level")]
    assert found == Comparison(ranks[0], "<", ranks[1], "job.level: less than wanted_level")


def test_conclusion_of_ordered_choice_is_compared_by_its_values(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "each career: {status: {at least: wished}}")
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Ref)
    assert found.left.of is Of.CONCLUSION
    assert isinstance(found.right, Constant)
    assert (found.operator, found.right.value) == ("in", ("wished", "begun"))


def test_expression_keeps_the_usual_precedence(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "pay: {at least: '$ratio * (pay + 2) - 6 / 3'}")
    assert isinstance(found, Comparison)
    assert isinstance(found.right, Arithmetic)
    assert found.right.sign == "-"
    left, right = found.right.left, found.right.right
    assert isinstance(left, Arithmetic)
    assert left.sign == "*"
    assert isinstance(left.right, Arithmetic)
    assert left.right.sign == "+"
    assert right == Arithmetic("/", Constant(6, WHOLE), Constant(3, WHOLE), Type(Kind.NUMBER))


def test_date_may_be_shifted_from_another(tmp_path: Path) -> None:
    (found,) = parts(tmp_path, "each job: {end: {before: start + 2 years - 1 day}}")
    assert isinstance(found, Comparison)
    start = fact("start", DATE, JOB)
    later = Shifted(start, Constant(2, WHOLE), "years", False, DATE)
    assert found.right == Shifted(later, Constant(1, WHOLE), "days", True, DATE)


def test_long_expression_is_refused_and_not_followed(tmp_path: Path) -> None:
    from tests.loading.base import findings, rule

    found = findings(tmp_path, {"extra.yaml": rule(f"pay: {{at least: '{'-' * 5000}1'}}")})
    assert [each.code for each in found] == ["bad-expression"]


def test_computed_choice_between_two_is_two_tests_on_its_rank(tmp_path: Path) -> None:
    found = parts(tmp_path, "each career: {top: {between: [entry, senior]}}")
    tests = [(part.operator, part.right) for part in found if isinstance(part, Comparison)]
    assert tests == [(">=", Constant(0, WHOLE)), ("<=", Constant(1, WHOLE))]


def test_where_is_part_of_the_wording(tmp_path: Path) -> None:
    where = "{any: [{current: true}, {not: {title: x}}], some career: {wanted: true}, no goal: {}}"
    (found,) = parts(tmp_path, f"count job: {{where: {where}, at least: 1}}")
    assert isinstance(found, Comparison)
    words = "job.current: true or not job.title: x, some career (career.wanted: true), no goal"
    assert found.said == f"count job ({words}): at least 1"
