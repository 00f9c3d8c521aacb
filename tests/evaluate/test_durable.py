"""The evaluator durable: the same as the reference whatever the rules, and whatever happens to its worker."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from advise import AdviseError, KnowledgeBase, UsageError
from advise.conditions import All, Of, Ref, Scope, Test
from advise.evaluate import durable as durable_module
from advise.evaluate.durable import Durable, networks
from advise.evaluate.durable.facts import Facts
from advise.evaluate.durable.networks import collide, fnv1a, layers
from advise.evaluate.durable.process import Asked, Match, Worker
from advise.evaluate.durable.worker import Matcher
from advise.evaluate.reference import World, evaluate
from advise.loading import load, read
from advise.operators import Core
from advise.outcome import outcome
from advise.plan import Plan
from advise_cli.commands import cli
from tests.evaluate.base import folder
from tests.evaluate.test_evaluators import rule
from tests.extras import NEEDS_DURABLE
from tests.generated import AS_OF, KEYS, TEXT, KnowledgeBases, plain_case
from tests.joins import joined
from tests.test_laws import EXAMPLES, seeds, world

FACTS = {"jobs": [{"title": "Barista", "field": "coffee", "current": True}]}


@pytest.fixture
def worlds() -> Iterator[Callable[[Plan], Durable]]:
    """Makes evaluators whose workers end with the test."""
    made: list[Durable] = []

    def make(plan: Plan, **how: Any) -> Durable:
        made.append(Durable(plan, **how))
        return made[-1]

    yield make
    for each in made:
        each.worker.stop()


# ------------------------------------------------------------------------------------------ the same answers


def people(made: KnowledgeBases, known: float, random: Random) -> Iterator[dict[str, Any]]:
    """People, the last with long lists."""
    yield made.facts(known)
    long = made.facts(known)
    for name, least in (("jobs", {}), ("goals", {}), ("lines", {"key": "red"})):
        long[name] = [
            {**least, **{k: v for k, v in _thing(random).items() if random.random() < known}} for _ in range(12)
        ]
    yield long


def _thing(random: Random) -> dict[str, Any]:
    return {"key": random.choice(KEYS), "flag": random.random() < 0.5, "small": random.randrange(6)}


@NEEDS_DURABLE
@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(seeds, st.sampled_from([0.3, 0.6, 0.9, 1.0]), st.sampled_from(AS_OF), st.booleans())
def test_it_agrees_with_the_reference_on_every_rule(seed: int, known: float, as_of: Any, joins: bool) -> None:
    plan, facts, made = world(seed, known)
    random = Random(seed)
    plan = Plan(joined(plan.rulebook, random)) if joins else plan
    evaluator = Durable(plan)
    for person in (facts, *people(made, known, random)):
        case = plain_case(person, as_of)
        assert evaluator.evaluate(case) == evaluate(plan, case)
    evaluator.worker.stop()


def test_generated_rules_become_every_shape_of_join() -> None:
    found = set()
    for seed in range(60):
        book = world(seed)[0].rulebook
        plan = Plan(joined(book, Random(seed)) if seed % 4 else book)
        shapes = [shape for layer in layers(plan) for network in layer.networks for shape in network.shapes]
        found |= {(s.by_binding, len(s.slots) - len(s.rule.each), len(s.joins)) for s in shapes if s.rule.each}
    assert found >= {(True, -2, 0), (False, 0, 0), (False, 0, 1), (False, 0, 2), (False, 1, 1), (False, 1, 2)}


@pytest.fixture(scope="module")
def career() -> KnowledgeBase:
    return KnowledgeBase.load()


@NEEDS_DURABLE
def test_it_agrees_on_every_example_of_the_career_knowledge_base(career: KnowledgeBase) -> None:
    examples = read(career.folder)[2]
    assert len(examples) > 100
    for each in examples:
        case = career.case(each.facts, each.as_of)
        assert career.evaluate(case, "durable") == career.evaluate(case), each.place


@NEEDS_DURABLE
def test_the_whole_outcome_is_the_same(career: KnowledgeBase) -> None:
    for who in (each for each in read(career.folder)[2] if each.kind == "person"):
        found = career.advise(who.facts, as_of=who.as_of, evaluator="durable").to_json()
        assert found == career.advise(who.facts, as_of=who.as_of).to_json()


@NEEDS_DURABLE
def test_one_thing_may_match_hundreds(worlds: Any, tmp_path: Path) -> None:
    plan = Plan(load(folder(tmp_path, rule("{each ride: {some other ride: {to: {same as: ride.from_place}}}}"))))
    made = Plan(joined(KnowledgeBases(Random(1)).rulebook(1), Random(1)))
    each = (Scope("job", "job"), Scope("goal", "goal"))
    keys = [Ref(Of.FACT, s.name, s.thing, "key", TEXT) for s in each]
    base = replace(made.rulebook.rules[0] if made.rulebook.rules else plan.rulebook.rules[0], id="r0", each=each)
    same = replace(base, condition=All((Test(keys[0], Core.EQUAL, keys[1], "said"),)), conclude=(), overrides=())
    wide = Plan(replace(made.rulebook, rules=(same, replace(same, id="r1", condition=All(())))))
    case = plain_case({"jobs": [{"key": KEYS[i % 3]} for i in range(90)], "goals": [{"key": "red"}] * 120}, AS_OF[0])
    found = worlds(wide).evaluate(case)
    assert len(found.certain) == 30 * 120 + 90 * 120
    assert found == evaluate(wide, case)


@NEEDS_DURABLE
def test_threads_may_share_it(worlds: Any) -> None:
    plan, _, made = world(11, 0.9)
    evaluator = worlds(plan)
    cases = [plain_case(made.facts(0.9), AS_OF[0]) for _ in range(12)]
    found: dict[int, bool] = {}

    def run(i: int) -> None:
        found[i] = evaluator.evaluate(cases[i]) == evaluate(plan, cases[i])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(cases))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert list(found.values()) == [True] * len(cases)


# --------------------------------------------------------------------------------- what durable_rules is given


def test_every_network_keeps_to_what_is_sound() -> None:
    for seed in range(80):
        for layer in layers(Plan(joined(world(seed)[0].rulebook, Random(seed)))):
            for network in layer.networks:
                assert len(network.rete) <= 51
                for each in network.rete.values():
                    _check(each["all"])


def _check(patterns: list[dict[str, Any]]) -> None:
    assert 1 <= len(patterns) <= 3
    names = [next(iter(pattern)) for pattern in patterns]
    has: dict[str, set[str]] = {}
    for name, pattern in zip(names, patterns, strict=True):
        tests = pattern[name]["$and"]
        assert list(tests[0]) == ["kind"]
        assert name == names[0] or tests[-1] == {"one": {names[0]: "one"}}
        has[name] = {field for test in tests for field in test.get("$ex", ())}
        for test in tests[1:]:
            ((field, value),) = test.items()
            if field != "$ex" and isinstance(value, dict):
                ((other, theirs),) = value.items()
                assert field in has[name]
                assert theirs in has[other]
            else:
                assert field == "$ex" or value == 1


def test_nothing_that_a_person_wrote_is_handed_over() -> None:
    asserted = 0
    for seed in range(60):
        plan, facts, _ = world(seed)
        plan = Plan(joined(plan.rulebook, Random(seed)))
        reached = World(plan, plain_case(facts, AS_OF[0]), evaluate(plan, plain_case(facts, AS_OF[0])))
        for layer in layers(plan):
            for network in layer.networks:
                for fact in Facts(reached, network).all:
                    asserted += 1
                    kind = fact.pop("kind")
                    assert str(kind)[0] in "pkb"
                    assert {type(value) for value in fact.values()} == {int}
    assert asserted > 100


def test_names_that_durable_rules_would_mix_up_are_found() -> None:
    assert fnv1a("costarring") == fnv1a("liquid")
    assert collide({"costarring", "liquid"})
    assert not collide({"one", "kind"})


def test_names_that_collide_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = world(3)[0]
    monkeypatch.setattr(networks, "fnv1a", lambda name: 0 if re.fullmatch(r"[cp]\d+[ab]?", name) else fnv1a(name))
    fields = [f for layer in layers(plan) for n in layer.networks for f in (n.names.flag("c", n.shapes[0]),)]
    assert fields
    assert [name[:2] for name in fields] == ["xc"] * len(fields)
    monkeypatch.setattr(networks, "fnv1a", lambda _: 0)
    with pytest.raises(AdviseError, match="compiled"):
        layers(plan)


class Broken:
    """The C module, doing what it mustn't."""

    def __init__(self, code: int = 0, matches: tuple[str, ...] = ('{"init": {"m": {}}}',)) -> None:
        self._code = code
        self._matches = matches
        self._next = iter(matches)

    def create_ruleset(self, _name: str, _definition: str) -> int:
        return 1

    def assert_fact(self, _handle: int, _fact: str) -> tuple[int, int]:
        self._next = iter(self._matches)
        return self._code, 0

    def start_action_for_state(self, _handle: int, _state: int) -> tuple[str, str] | None:
        first = next(self._next, None)
        return None if first is None else ("{}", first)

    def complete_and_start_action(self, _handle: int, _state: int) -> str | None:
        return next(self._next, None)


@pytest.mark.parametrize(
    ("engine", "complaint"),
    [
        (Broken(code=2), "refused with 2"),
        (Broken(matches=()), "first rule"),
        (Broken(matches=('{"init": {"m": {}}}',) * 2), "more matches"),
    ],
)
def test_an_engine_that_does_what_it_must_not_is_given_up(engine: Broken, complaint: str) -> None:
    rete = {"init": {"all": [{"m": {"$and": [{"kind": "init"}]}}]}}
    with pytest.raises(RuntimeError, match=complaint):
        Matcher(engine, [rete]).match(0, [])


@NEEDS_DURABLE
def test_lists_that_are_too_long_are_refused(monkeypatch: pytest.MonkeyPatch, worlds: Any) -> None:
    monkeypatch.setattr(durable_module, "MOST_FACTS", 0)
    plan, facts, _ = next(w for w in map(world, range(50)) if evaluate(w[0], plain_case(w[1], AS_OF[0])).certain)
    with pytest.raises(AdviseError, match="too long"):
        worlds(plan).evaluate(plain_case(facts, AS_OF[0]))


# --------------------------------------------------------------------------------------- when the worker is gone

needs_stop = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system can't stop a process")


def dying(monkeypatch: pytest.MonkeyPatch, evaluator: Durable, with_signal: int, at: set[int]) -> list[int]:
    """Makes the worker die in the middle of the matches with these numbers; gives the ids of the workers used."""
    match, used = evaluator.worker.match, []

    def killed(asked: Sequence[Asked]) -> list[list[Match]]:
        evaluator.worker._running()
        pid = evaluator.worker.pid
        assert pid is not None
        used.append(pid)
        if len(used) in at:
            # Stopped first, so that it surely hasn't answered; what is pending takes effect when it goes on.
            os.kill(pid, signal.SIGSTOP)
            threading.Timer(0.1, lambda: (os.kill(pid, with_signal), os.kill(pid, signal.SIGCONT))).start()
        return match(asked)

    monkeypatch.setattr(evaluator.worker, "match", killed)
    return used


@needs_stop
@NEEDS_DURABLE
@pytest.mark.parametrize("with_signal", ["SIGKILL", "SIGSEGV"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_worker_that_dies_in_mid_run_is_replaced(
    with_signal: str, at: int, monkeypatch: pytest.MonkeyPatch, worlds: Any, career: KnowledgeBase
) -> None:
    evaluator = worlds(career.plan)
    used = dying(monkeypatch, evaluator, getattr(signal, with_signal), {at})
    case = career.case(FACTS, "2026-01-15")
    assert evaluator.evaluate(case) == career.evaluate(case)
    assert len(set(used)) == 2
    assert used[at - 1] != used[at]
    assert evaluator.evaluate(case) == career.evaluate(case)
    assert len(set(used)) == 2


@needs_stop
@NEEDS_DURABLE
def test_a_worker_that_dies_twice_is_a_clear_error_and_the_next_case_is_answered(
    monkeypatch: pytest.MonkeyPatch, worlds: Any, career: KnowledgeBase
) -> None:
    evaluator = worlds(career.plan)
    dying(monkeypatch, evaluator, signal.SIGKILL, {1, 2})
    case = career.case(FACTS, "2026-01-15")
    with pytest.raises(AdviseError, match=r"stopped twice.*compiled"):
        evaluator.evaluate(case)
    assert evaluator.evaluate(case) == career.evaluate(case)


@needs_stop
@NEEDS_DURABLE
def test_a_worker_that_is_stuck_is_replaced(
    monkeypatch: pytest.MonkeyPatch, worlds: Any, career: KnowledgeBase
) -> None:
    evaluator = worlds(career.plan, seconds=0.5)
    match, pids = evaluator.worker.match, []

    def stuck(asked: Sequence[Asked]) -> Any:
        pids.append(evaluator.worker._running().pid)
        if len(pids) == 1:
            os.kill(pids[0], signal.SIGSTOP)
            evaluator.worker._seconds = 60  # for the second try
        return match(asked)

    monkeypatch.setattr(evaluator.worker, "match", stuck)
    case = career.case(FACTS, "2026-01-15")
    assert evaluator.evaluate(case) == career.evaluate(case)
    assert len(set(pids)) == 2


@needs_stop
@NEEDS_DURABLE
def test_an_interrupted_case_leaves_no_answer_for_the_next(
    monkeypatch: pytest.MonkeyPatch, worlds: Any, career: KnowledgeBase
) -> None:
    evaluator = worlds(career.plan)
    match = evaluator.worker.match

    def interrupted(asked: Sequence[Asked]) -> Any:
        match(asked)
        raise KeyboardInterrupt

    case = career.case(FACTS, "2026-01-15")
    monkeypatch.setattr(evaluator.worker, "match", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluator.evaluate(case)
    assert evaluator.worker.pid is None
    monkeypatch.setattr(evaluator.worker, "match", match)
    assert evaluator.evaluate(case) == career.evaluate(case)


def test_a_worker_that_cannot_start_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, worlds: Any, career: KnowledgeBase
) -> None:
    monkeypatch.setattr(durable_module, "find_spec", lambda _: True)
    monkeypatch.setattr(sys, "executable", str(career.folder / "no-such-program"))
    with pytest.raises(AdviseError, match="stopped twice"):
        worlds(career.plan).evaluate(career.case(FACTS, "2026-01-15"))


@NEEDS_DURABLE
def test_the_worker_starts_late_and_ends_with_its_evaluator() -> None:
    worker = Worker([{"init": {"all": [{"m": {"$and": [{"kind": "init"}]}}]}}])
    assert worker.pid is None
    assert worker.match([(0, [])]) == [[]]
    process = worker._running()
    del worker
    assert process.poll() is not None


@NEEDS_DURABLE
def test_a_script_without_a_guard_for_its_main_part_may_use_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from advise import KnowledgeBase\n"
        f"outcome = KnowledgeBase.load().advise({FACTS}, as_of='2026-01-15', evaluator='durable')\n"
        "print(len(outcome.questions) > 0)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


# ------------------------------------------------------------------------------------------------- choosing it


def test_without_durable_rules_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(durable_module, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'advise-engine\[durable\]'"):
        KnowledgeBase.load().advise(FACTS, evaluator="durable")
    facts = tmp_path / "facts.yaml"
    facts.write_text("jobs: []\n")
    result = CliRunner().invoke(cli, ["--engine", "durable", str(facts)])
    assert result.exit_code != 0
    assert result.stderr.count("\n") == 1
    assert "advise-engine[durable]" in result.stderr


@NEEDS_DURABLE
def test_the_command_gives_the_same_with_every_engine(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("jobs: [{title: Barista, field: coffee, current: true}]\n")
    told = ["--as-of", "2026-01-15", "--format", "json", str(facts)]
    found = {
        CliRunner().invoke(cli, ["--engine", engine, *told]).stdout for engine in ("compiled", "reference", "durable")
    }
    assert len(found) == 1
    assert found != {""}


@NEEDS_DURABLE
def test_an_outcome_made_from_it_is_that_of_the_reference(worlds: Any) -> None:
    for seed in range(20):
        plan, facts, _ = world(seed, 0.7)
        case = plain_case(facts, AS_OF[0])
        found = outcome(plan, case, worlds(plan).evaluate(case)).to_json()
        assert found == outcome(plan, case, evaluate(plan, case)).to_json()
