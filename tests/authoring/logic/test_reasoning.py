"""Reasoning gives up where a condition has too much in it, rather than taking for ever, and then claims nothing."""

from __future__ import annotations

import time
from random import Random

from advise.authoring.logic import Logic, Names
from advise.authoring.logic.domains import Domains
from advise.authoring.logic.entailment import Entailment
from advise.authoring.logic.literals import Effort, Taking
from advise.conditions import Aggregate, All, AnyOf, Condition, Constant, Not, Of, Operand, Quantified, Ref, Scope, Test
from advise.operators import Core
from advise.types import Literal
from tests.generated import BOOLEAN, COLUMNS, CONCLUSIONS, NUMBER, THINGS, KnowledgeBases

JOB, GOAL = Scope("job", "job"), Scope("goal", "goal")


def number(scope: Scope | None, operator: Core, value: int) -> Test:
    thing = None if scope is None else scope.thing
    ref = Ref(Of.FACT, scope and scope.name, thing, "small", THINGS[thing]["small"])
    return Test(ref, operator, Constant(value, NUMBER), "said")


def flag(path: str, value: bool) -> Test:
    return Test(Ref(Of.FACT, None, None, path, BOOLEAN), Core.EQUAL, Constant(value, BOOLEAN), "said")


def one_of(scope: Scope, count: int) -> Condition:
    return AnyOf(tuple(number(scope, Core.EQUAL, each) for each in range(count)))


def nested(depth: int) -> Condition:
    """Many things, of each of which there are many that there may be, within each other."""
    scope = JOB if depth % 2 else GOAL
    inner = (nested(depth - 1),) if depth else ()
    parts = (one_of(scope, 7), one_of(scope, 6), *inner)
    some = Quantified("some", scope, All(parts))
    none = (Quantified("no", scope, All((number(scope, Core.MORE, i), *inner))) for i in range(1, 5))
    return All((some, *none))


def test_a_proof_that_takes_too_many_steps_claims_nothing() -> None:
    book = KnowledgeBases(Random(1)).rulebook(1)
    for steps, proved in ((0, False), (1, True)):
        assert Entailment(Taking(book, book.as_of), Domains(book), Effort(steps)).covers(((),), ((),)) is proved


def test_a_condition_with_much_in_it_is_given_up_soon() -> None:
    start = time.process_time()
    assert not Logic(KnowledgeBases(Random(1)).rulebook(1)).never((nested(4), Names()))
    assert time.process_time() - start < 5


def test_beyond_so_many_branches_nothing_is_claimed() -> None:
    logic = Logic(KnowledgeBases(Random(1)).rulebook(1))
    few = All((one_of(JOB, 7), number(JOB, Core.MORE, 6)))
    names = Names().inside(JOB, "$job")
    assert logic.never((few, names))
    many = All(tuple(AnyOf((flag("flag", True), flag("spare", bool(i % 2)))) for i in range(8)))
    assert not logic.never((many, Names()), (flag("flag", False), Names()))


def said_in(left: Operand, *values: Literal) -> Test:
    return Test(left, Core.ONE_OF, Constant(values, left.type), "said")  # type: ignore[arg-type]


def test_two_tests_say_together_what_neither_says_alone_only_where_the_value_is_one() -> None:
    """While a count may be 3 to 5, it may be one of 1 and 4, and one of 1 and 5, and yet it can't be 1. So it is with
    conclusions of which several are possible."""
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    fact, count = number(None, Core.EQUAL, 1).left, Aggregate("count", JOB, None, All(()), NUMBER)
    for left, together in ((fact, True), (count, False)):
        premises = [(said_in(left, 1, other), names) for other in (4, 5)]
        assert logic.follows(said_in(left, 1), names, *premises) is together
    key, kind = (Ref(of, None, None, path, type_) for of, path, type_ in (
        (Of.FACT, "key", THINGS[None]["key"]), (Of.CONCLUSION, "kind", CONCLUSIONS[None, "kind"])
    ))  # fmt: skip
    for ref, together in ((key, True), (kind, False)):
        premises = [(said_in(ref, "red", other), names) for other in ("green", "blue")]
        assert logic.follows(said_in(ref, "red"), names, *premises) is together


def test_ranges_of_a_conclusion_are_not_taken_together() -> None:
    """While a conclusion may be 1 or 9, it may be at least 3, and at most 4, and yet it certainly is 1 or 9."""
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    concluded = Ref(Of.CONCLUSION, None, None, "count", NUMBER)
    for left, together in ((Aggregate("count", JOB, None, All(()), NUMBER), True), (concluded, False)):
        low, high = (
            Test(left, core, Constant(value, NUMBER), "said") for core, value in ((Core.AT_LEAST, 3), (Core.AT_MOST, 4))
        )
        assert logic.follows(Not(said_in(left, 1, 9)), names, (low, names), (high, names)) is together


def test_ranges_of_a_count_are_taken_together() -> None:
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    count = Aggregate("count", JOB, None, All(()), NUMBER)
    low, high = (Test(count, core, Constant(2, NUMBER), "said") for core in (Core.AT_LEAST, Core.AT_MOST))
    two = Test(count, Core.EQUAL, Constant(2, NUMBER), "said")
    assert logic.follows(two, names, (low, names), (high, names))
    assert not logic.follows(two, names, (low, names))


def known(left: Ref, value: bool) -> Test:
    return Test(left, Core.KNOWN, Constant(value, BOOLEAN), "said")


def test_a_number_that_is_not_known_may_still_lie_within_its_bounds() -> None:
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    small = Ref(Of.FACT, None, None, "small", THINGS[None]["small"])
    for core, value, clash in ((Core.AT_MOST, 6, False), (Core.AT_MOST, 5, True)):
        claims = (known(small, False), names), (number(None, core, value), names)
        assert logic.never(*claims) is clash


def test_a_cell_that_is_empty_passes_what_is_denied_and_nothing_else() -> None:
    logic = Logic(KnowledgeBases(Random(1)).rulebook(1))
    rung = Scope("rung", "rung", is_table=True)
    names = Names().inside(rung, "$rung")
    level = Ref(Of.COLUMN, "rung", "rung", "level", COLUMNS["level"])
    low = Test(level, Core.EQUAL, Constant("low", level.type), "said")
    assert logic.never((known(level, False), names), (low, names))
    assert not logic.never((known(level, False), names), (Not(low), names))
    assert logic.follows(known(level, True), names, (low, names))
    assert not logic.follows(known(level, True), names, (Not(low), names))


def test_things_in_things_are_told_apart() -> None:
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    other = Scope("other job", "job", other=True)
    one, two = (Ref(Of.FACT, name, "job", "key", THINGS["job"]["key"]) for name in ("job", "other job"))
    alike, itself = (
        Quantified("some", JOB, Quantified("some", other, Test(left, Core.EQUAL, right, "said")))
        for left, right in ((two, one), (one, one))
    )
    assert logic.follows(alike, names, (alike, names))
    assert not logic.follows(alike, names, (itself, names))


def test_that_there_is_none_follows_from_there_being_none_of_a_wider_sort() -> None:
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    wide, narrow = (Quantified("no", JOB, number(JOB, Core.AT_LEAST, each)) for each in (2, 3))
    assert logic.follows(narrow, names, (wide, names))
    assert not logic.follows(wide, names, (narrow, names))


def test_what_is_only_possible_around_does_not_help_to_deny() -> None:
    """While the flag isn't known, there may be such a job with it, and there certainly is one without."""
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    with_flag = Quantified("no", JOB, All((flag("flag", True), number(JOB, Core.AT_LEAST, 3))))
    without = Quantified("no", JOB, number(JOB, Core.AT_LEAST, 3))
    assert not logic.follows(without, names, (flag("flag", True), names), (with_flag, names))
    some = Quantified("some", JOB, All((flag("flag", True), number(JOB, Core.AT_LEAST, 3))))
    bare = Quantified("some", JOB, number(JOB, Core.AT_LEAST, 3))
    assert logic.follows(some, names, (flag("flag", True), names), (bare, names))


def test_a_missing_number_keeps_a_list_of_all_its_values_open() -> None:
    logic, names = Logic(KnowledgeBases(Random(1)).rulebook(1)), Names()
    at_most = number(None, Core.AT_MOST, 6)
    each = said_in(at_most.left, *range(7))
    assert logic.true(at_most, names)
    assert logic.always(each, names)
    assert not logic.true(each, names)
    assert logic.follows(at_most, names, (each, names))
    assert not logic.follows(each, names, (at_most, names))
