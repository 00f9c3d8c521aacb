"""Why an example came out otherwise: which condition failed on which fact, what is missing, what holds advice back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from advise.authoring.sentences import Line
from advise.case import Case
from advise.cases import Difference
from advise.conditions import Condition, Of, Quantified, Ref, Test
from advise.evaluate import Evaluation, Firing, same_things
from advise.evaluate.reference import Bound, World
from advise.explain import Explainer
from advise.knowledge_base import KnowledgeBase
from advise.loading.context import listed
from advise.outcome import Outcome, outcome
from advise.places import Found, Places
from advise.plan import flat, refs
from advise.questions import Reading
from advise.rules import Example, Rule
from advise.standing import Advised, Standing
from advise.words import Wording

_MOST = 3
"""How many things, rules or facts are spelt out before the rest is only counted."""
_DEEPEST = 3
_LONGEST_VALUE = 80
_NOT = "n't"


def reasons(base: KnowledgeBase, example: Example, differences: Iterable[Difference]) -> tuple[tuple[Line, ...], ...]:
    """For each difference of an example, why it came out so. Raises FactsError when the facts can't be used."""
    every = tuple(differences)
    missed = frozenset(name for each in every if not each.name and each.word != "settled" for name in each.wanted)
    why = _Reasons(base, base.case(example.facts, example.as_of), missed)
    return tuple(tuple(why.of(each)) for each in every)


class _Reasons:
    """Looks into one outcome. `missed` are the rules in whole lists: where one is missing it's said what became of it,
    so it need not be said again where it is too much."""

    def __init__(self, base: KnowledgeBase, case: Case, missed: frozenset[str]) -> None:
        self.missed = missed
        self.plan, self.book = base.plan, base.rulebook
        self.evaluation: Evaluation = base.evaluate(case)
        self.world = World(self.plan, case, self.evaluation)
        self.places = Places(self.book, case)
        words = Wording(self.book, self.world, self.places, self.book.languages[0])
        self.explainer = Explainer(self.plan, self.evaluation, words)
        self.reading = Reading(self.plan, self.evaluation, self.world, self.places)
        self.standing = Standing.of(self.book, self.evaluation)
        self.outcome: Outcome = outcome(self.plan, case, self.evaluation)
        self.index = {rule.id: index for index, rule in enumerate(self.book.rules)}

    def of(self, difference: Difference) -> Iterator[Line]:
        """The reasons for one difference."""
        word, name = difference.word, difference.name
        match word:
            case "settled":
                yield from self._settled(difference.wanted)
            case "conclusions" | "not concluded" | "conflicts":
                yield from self._conclusion(name, difference)
            case "asks" | "not asks":
                yield from self._question(name)
            case _ if not name:
                yield from self._list(word, difference.wanted, difference.found)
            case "not given" | "not open" | "not fires":
                yield from self._present(name)
            case _:
                yield from self._absent(word, name)

    # ------------------------------------------------------------------------------------------- rules

    def _list(self, word: str, wanted: tuple[str, ...], found: tuple[str, ...]) -> Iterator[Line]:
        if sorted(wanted) == sorted(found):
            yield Line("advice comes by priority, then the smallest effort first, then by the rule's id")
        for name in wanted:
            if name not in found:
                yield Line(f"{name}:", tuple(self._absent(word, name)))
        for name in found:
            if name not in self.missed:
                yield Line(f"{name}:", tuple(self._present(name)))

    def _present(self, name: str) -> Iterator[Line]:
        """Why a rule has its effect, or may have it."""
        certain = [firing for firing in self.evaluation.certain if firing[0] == self.index[name]]
        for firing in self._some(certain):
            yield Line(f"it holds{self._of(firing)}, because", tuple(self._proof(firing)))
        if not certain:
            yield from self._state(name)
        else:
            yield from self._kept_back(name)

    def _absent(self, word: str, name: str) -> Iterator[Line]:
        """Why a rule hasn't its effect, or not the one that is expected."""
        place = dict(self.outcome.ranking).get(name)
        if place is not None and word != "open":
            yield from self._placed(word, name, place)
        elif place is not None or (word == "open" and name in self.outcome.not_now_ids):
            yield Line("it's certain, so nothing is open", tuple(self._present(name)))
        else:
            yield from self._state(name)

    def _placed(self, word: str, name: str, place: str) -> Iterator[Line]:
        """For advice that is given: why it isn't where it's expected."""
        if word == "not now":
            holds = [rule for rule in self.book.rules if rule.hold is not None and name in rule.hold.advice]
            if not holds:
                yield Line("it's given, and no rule holds it")
            for rule in self._some(holds):
                yield Line(f"it's given, as {rule.id} doesn't hold it:", tuple(self._state(rule.id)))
        elif place == "note":
            yield Line("it's given as a note, which never counts among the steps")
        elif word == "notes":
            yield Line("it's given as a step, not as a note (`kind: note`)")
        else:
            names = [each for each, _ in self.outcome.ranking]
            rank, most = names.index(name) + 1, self.book.first_steps
            before = f", after {listed(names[: rank - 1], 'and')}" if rank > 1 else ""
            yield Line(f"it's number {rank} of the advice given{before}; the first {most} come first")

    def _state(self, name: str) -> Iterator[Line]:
        """What became of a rule, thing by thing."""
        rule, index = self.book.rules[self.index[name]], self.index[name]
        if self.standing.refer and rule.advise is not None:
            for firing in self._some(self.standing.refer):
                yield Line(f"{self._id(firing)} refers, which stops all advice, because", tuple(self._proof(firing)))
            return
        bindings = list(self.world.bindings(rule))
        if not bindings:
            things = [scope.thing for scope in rule.each if not self.world.indexes(scope, {}) or len(rule.each) == 1]
            yield Line(f"there's no {' and no '.join(things or [scope.name for scope in rule.each])} in the facts")
        # Those that get furthest say most.
        for things in self._some(sorted(bindings, key=lambda each: self._misses(rule, each))):
            yield from self._firing(rule, (index, things), _DEEPEST)
        yield from self._kept_back(name)

    def _misses(self, rule: Rule, things: tuple[int, ...]) -> tuple[bool, int]:
        env = self.world.environment(rule, things)
        parts = flat(rule.condition)
        return self.world.has_phantom(rule, things), sum(
            not self.world.holds(part, env, Bound.POSSIBLE) for part in parts
        )

    def _firing(self, rule: Rule, firing: Firing, depth: int) -> Iterator[Line]:
        of = self._of(firing)
        if firing in self.evaluation.certain:
            yield Line(f"its conditions hold{of}")
        elif firing in self.evaluation.open:
            yield Line(f"it's open{of}: {self._needs([firing])}")
        else:
            env = self.world.environment(rule, firing[1])
            parts = [each for each in flat(rule.condition) if not self.world.holds(each, env, Bound.POSSIBLE)]
            if parts:
                failed = tuple(line for part in parts for line in self._failed(part, env, depth))
                yield Line(f"it doesn't hold{of}, because", failed)
            else:
                yield Line(f"it's overridden{of} by {listed(self._overriders(firing), 'and')}")

    def _overriders(self, firing: Firing) -> list[str]:
        rules = self.plan.overriders.get(firing[0], ())
        found = [f for f in self.evaluation.certain if f[0] in rules and same_things(self.book, firing, f)]
        return sorted({self._id(each) for each in found})

    def _kept_back(self, name: str) -> Iterator[Line]:
        """What holds advice, or may."""
        for advised in (*self.standing.not_now, *self.standing.open):
            if self._id(advised.firing) == name:
                yield from self._held(advised)

    def _held(self, advised: Advised) -> Iterator[Line]:
        of = self._of(advised.firing)
        for firing in self._some(advised.held):
            yield Line(f"{self._id(firing)} holds it back{of}, because", tuple(self._proof(firing)))
        if advised.sure and not advised.held:
            stops = [*advised.maybe_held, *self.standing.maybe_refer]
            for firing in self._some(stops):
                does = "refer, which stops all advice" if firing in self.standing.maybe_refer else f"hold it back{of}"
                yield Line(f"{self._id(firing)} may {does}: {self._needs([firing])}")

    # ------------------------------------------------------------------------------------- conclusions

    def _conclusion(self, name: str, difference: Difference) -> Iterator[Line]:
        drawn = [item for item in self.outcome.conclusions if item["name"] == name]
        for item in self._some(drawn):
            yield Line(f"{listed(item['rules'], 'and')} concludes {_said(item['value'])}{_for(item['about'])}")
            for rule in item["rules"][:1]:
                firing = next(f for f in self.evaluation.certain if self._id(f) == rule)
                yield from self._proof(firing)
        for conflict in (each for each in self.outcome.conflicts if each["conclusion"] == name):
            for value in conflict["values"]:
                yield Line(f"{value['rule']} concludes {_said(value['value'])}, another rule another value")
        if difference.word == "conclusions":
            yield from self._not_drawn(name, difference.wanted)
        elif difference.word == "conflicts":
            yield Line("a conflict takes two rules that certainly draw different values for one thing")

    def _not_drawn(self, name: str, value: Any) -> Iterator[Line]:
        writers = [
            rule
            for rule in self.book.rules
            for each in rule.conclude
            if self.book.conclusions[each.thing, each.path].name == name and each.value == value
        ]
        if not writers:
            yield Line(f"no rule concludes {_said(value)}")
        for rule in self._some(writers):
            yield Line(f"{rule.id} would conclude {_said(value)}, but", tuple(self._state(rule.id)))

    def _failed(self, condition: Condition, env: Mapping[str, int], depth: int) -> Iterator[Line]:
        """Why a part of a condition fails, and for a conclusion why no rule draws it."""
        if isinstance(condition, Quantified) and condition.quantifier == "some" and depth > 1:
            yield from self._none_fits(condition, env, depth - 1)
            return
        for item in self.explainer.why_not(condition, env):
            below = tuple(self._why_undrawn(condition, env, depth - 1)) if depth > 1 else ()
            yield Line(_seen(item), below or tuple(_lines(item.get("parts", ()), depth - 1)))

    def _none_fits(self, condition: Quantified, env: Mapping[str, int], depth: int) -> Iterator[Line]:
        """For `some`: what is wrong with each thing; those that nearly fit come first."""
        scope, parts = condition.scope, flat(condition.body)
        wrong: list[tuple[int, list[Condition]]] = []
        for index in self.world.indexes(scope, env):
            inner = {**env, scope.name: index}
            wrong.append((index, [part for part in parts if not self.world.holds(part, inner, Bound.POSSIBLE)]))
        if not wrong:
            yield Line(f"there's no {scope.name} in the facts")
            return
        below = []
        for index, failing in self._some(sorted(wrong, key=lambda each: len(each[1]))):
            inner = {**env, scope.name: index}
            why = tuple(line for part in failing for line in self._failed(part, inner, depth))
            below.append(Line(f"{self.explainer.about_thing(scope.thing, index)['label'] or scope.name}:", why))
        yield Line(f"no {scope.name} fits", tuple(below))

    def _why_undrawn(self, condition: Condition, env: Mapping[str, int], depth: int) -> Iterator[Line]:
        drawn = [ref for ref in refs(condition) if ref.of is Of.CONCLUSION] if isinstance(condition, Test) else []
        for ref in drawn[:1]:
            for index in self._some(self.plan.writers.get(ref.key, ())):
                rule = self.book.rules[index]
                if not self._draws(rule, ref, condition):
                    continue
                for things in islice(self._matching(rule, ref, env), 1):
                    yield Line(f"{rule.id} would conclude it, but", tuple(self._firing(rule, (index, things), depth)))

    def _draws(self, rule: Rule, ref: Ref, condition: Condition) -> bool:
        """Whether a rule draws what a test asks for."""
        wanted = getattr(getattr(condition, "right", None), "value", None)
        options = wanted if isinstance(wanted, tuple) else (wanted,)
        return any((each.thing, each.path) == ref.key and each.value in options for each in rule.conclude)

    def _matching(self, rule: Rule, ref: Ref, env: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
        """The bindings of a rule that concern the same thing."""
        scopes = [each.scope for each in rule.conclude if (each.thing, each.path) == ref.key]
        for things in self.world.bindings(rule):
            theirs = self.world.environment(rule, things)
            if ref.scope is None or all(scope is None or theirs[scope] == env.get(ref.scope) for scope in scopes):
                yield things

    # --------------------------------------------------------------------------------- questions, settled

    def _question(self, name: str) -> Iterator[Line]:
        asked = [each for each in self.outcome.questions if _dotted(each["pointer"]) == name]
        for question in self._some(asked):
            about = f" for {question['about']}" if question["about"] else ""
            decides = (
                f"it decides {listed(question['decides'], 'and')}" if question["decides"] else "a rule asks for it"
            )
            taken = (
                f"; meanwhile it's taken to be {_said(question['assumed'])}, so it isn't counted"
                if "assumed" in question
                else ""
            )
            yield Line(f"asked{about}: {decides}{taken}")
        if asked:
            return
        if self.standing.refer:
            yield Line(f"{self._id(self.standing.refer[0])} refers, and then nothing is asked")
            return
        given = list(self._given(name))
        for pointer, value in self._some(given):
            yield Line(f"it's given: {pointer} = {_said(value)}")
        if not given:
            yield Line("it isn't given, but nothing that is open depends on it, and no rule asks for it")

    def _given(self, name: str) -> Iterator[tuple[str, Any]]:
        for fact in self.book.facts.values():
            listed = next((each.name for each in self.book.lists.values() if each.thing == fact.thing), None)
            if name == (f"{listed}.{fact.path}" if listed else fact.path):
                for index in [0] if fact.thing is None else self.places.indexes(fact.thing):
                    found = self.places.fact(fact, index)
                    if found.known and not found.absent and found.pointer is not None:
                        yield found.pointer, found.value
        for each in self.book.lists.values():
            found = self.places.list_found(each)
            if each.name == name and found.known and not found.absent:
                yield f"/{name}", found.value

    def _settled(self, wanted: bool) -> Iterator[Line]:
        if not wanted:
            yield Line("nothing is open: no further answer could change the advice")
        for item in self._some(self.outcome.open):
            needs = [str(need["fact"] if "fact" in need else need["conflict"]) for need in item["needs"]]
            more = f" and {len(needs) - _MOST} more" if len(needs) > _MOST else ""
            yield Line(f"{item['id']} is open{_for(item['about'])}: it needs {listed(needs[:_MOST], 'and')}{more}")
        for firing in self._some(self.standing.maybe_refer):
            yield Line(f"{self._id(firing)} may refer: {self._needs([firing])}")

    # ------------------------------------------------------------------------------------------- words

    def _needs(self, firings: list[Firing]) -> str:
        lacks, conflicts = self.reading.lacks(firings)
        said = [f"{lack.pointer} ({_gap(lack.found)})" for lack in lacks]
        if not said:
            return f"{listed(conflicts, 'and')} is in conflict" if conflicts else "it depends on what else is open"
        return f"it needs {listed(said[:_MOST], 'and')}" + (
            f" and {len(said) - _MOST} more" if len(said) > _MOST else ""
        )

    def _proof(self, firing: Firing) -> Iterator[Line]:
        return _lines(self.explainer.because(firing), _DEEPEST)

    def _id(self, firing: Firing) -> str:
        return self.book.rules[firing[0]].id

    def _of(self, firing: Firing) -> str:
        """` for Barista`: the things that a firing is about."""
        return _for(self.explainer.about(self.book.rules[firing[0]], firing[1]))

    def _some(self, items: Iterable[Any]) -> Iterator[Any]:
        return islice(items, _MOST)


def _for(about: Mapping[str, Any] | None) -> str:
    labels = [str(each["label"] or f"a {name} that isn't given") for name, each in (about or {}).items()]
    return f" for {listed(dict.fromkeys(labels), 'and')}" if labels else ""


def _lines(items: Iterable[Mapping[str, Any]], depth: int) -> Iterator[Line]:
    """A proof as lines."""
    for item in items:
        inner = [*item.get("because", ()), *item.get("parts", ())] if depth > 1 else []
        yield Line(_seen(item), tuple(_lines(inner, depth - 1)))


def _seen(item: Mapping[str, Any]) -> str:
    """A condition, whether it's so, and the facts that it was read from."""
    condition = str(item["condition"])
    is_false = condition.startswith("not: ")
    condition = condition.removeprefix("not: ")
    if item.get("parts") and item.get("thing"):  # its parts say the rest
        condition = condition.partition(": ")[0]
    said = f"`{condition}` is{_NOT if is_false else ''} so"
    facts = item.get("facts")
    if facts is None:
        facts = [item] if "value" in item and "conclusion" not in item else []
    seen = [_fact(each) for each in facts if each.get("pointer")]
    if item.get("rule"):
        said += f", by {item['rule']}"
    if item.get("thing") and item.get("parts"):
        said += f" for {item['thing']}"
    more = f" and {len(seen) - _MOST} more" if len(seen) > _MOST else ""
    return f"{said}: {listed(seen[:_MOST], 'and')}{more}" if seen else said


def _fact(seen: Mapping[str, Any]) -> str:
    assumed = " (assumed)" if seen.get("assumed") else ""
    return f"{seen['pointer']} = {_said(seen['value'])}{assumed}"


def _gap(found: Found) -> str:
    """In what way a fact is lacking."""
    if found.absent:
        return "assumed" if found.assumed else "not given"
    return f"only {found.value}" if found.known else "asked, and not known"


def _said(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=list)
    return said if len(said) <= _LONGEST_VALUE else said[: _LONGEST_VALUE - 1] + "…"


def _dotted(pointer: str) -> str:
    return ".".join(part for part in pointer.split("/")[1:] if not part.isdigit() and part != "-")
