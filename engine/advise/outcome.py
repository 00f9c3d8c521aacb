"""The outcome of an evaluation: the advice, what holds it back, what's open, what to ask, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from advise.case import Case
from advise.errors import UsageError
from advise.evaluate import Evaluation, Firing, same_things
from advise.evaluate.reference import Bound, World
from advise.explain import ConclusionKey, Explainer, concluded
from advise.items import (
    ConclusionItem,
    Conflict,
    ConflictValue,
    Given,
    HeldBy,
    Instead,
    Item,
    KnowledgeBaseInfo,
    NotNow,
    Open,
    OutcomeDict,
    Referral,
    SourceInfo,
)
from advise.places import Places
from advise.plan import Plan
from advise.questions import (
    Asked,
    ConflictNeed,
    Lack,
    Need,
    Question,
    Questions,
    Reading,
)
from advise.rules import Advise, Conclusion, Hold, Refer, Rule
from advise.standing import Advised, Standing
from advise.types import Kind, Literal
from advise.words import Environment, Wording, literal_key

EFFORTS = ("small", "medium", "large")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the rules say about one person on one day.

    Each part is worked out when it's first read, and only then; reading from several threads is safe. The
    parts are plain dictionaries and lists, meant to be read; `to_dict` gives a copy to change.
    """

    _plan: Plan
    _case: Case
    _evaluation: Evaluation
    _language: str

    # ----------------------------------------------------------------------------------------- parts

    @cached_property
    def knowledge_base(self) -> KnowledgeBaseInfo:
        """Name, version and content hash of the knowledge base."""
        book = self._plan.rulebook
        return {"name": book.name, "version": book.version, "hash": book.content_hash}

    @property
    def as_of(self) -> str:
        """The day that the outcome holds for, as `2026-01-15`."""
        return self._case.as_of.isoformat()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about facts that were set aside; not part of the JSON."""
        return self._case.notices

    @property
    def settled(self) -> bool:
        """True when nothing is open: no further answer can change the advice or lead to a referral."""
        return not self._standing.open and not self._standing.maybe_refer

    @property
    def given_ids(self) -> tuple[str, ...]:
        """The rule ids of the advice given, sorted, once for each time. Cheap: no proofs, no texts."""
        return self._ids(self._standing.given)

    @property
    def ranking(self) -> tuple[tuple[str, str], ...]:
        """The advice given, in its order: the rule's id, and `first`, `later` or `note`. Cheap: no proofs, no texts."""
        rules = [self._rule(each.firing) for each in self._ranked(self._standing.given)]
        most = self._plan.rulebook.first_steps
        steps = ("first" if rank <= most else "later" for rank in range(1, len(rules) + 1))
        return tuple((r.id, s if _advise(r).kind == "step" else "note") for r, s in zip(rules, steps, strict=True))

    @property
    def not_now_ids(self) -> tuple[str, ...]:
        """The rule ids of the advice that has to wait, sorted, once for each time."""
        return self._ids(self._standing.not_now)

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The rule ids of the open advice, sorted, once for each time."""
        return self._ids(self._standing.open)

    @property
    def fired_ids(self) -> tuple[str, ...]:
        """The ids of all rules, of whatever effect, that certainly hold for something and aren't overridden."""
        return tuple(sorted({self._rule(firing).id for firing in self._evaluation.certain}))

    @cached_property
    def given(self) -> list[Given]:
        """The advice that is certain and that nothing may hold back, in its order."""
        first = self._plan.rulebook.first_steps
        ranked = enumerate(self._ranked(self._standing.given), 1)
        return [self._given(advice, rank, first) for rank, advice in ranked]

    @cached_property
    def not_now(self) -> list[NotNow]:
        """The advice that is due but held back, in the order of advice."""
        return [self._not_now(advice) for advice in self._ranked(self._standing.not_now)]

    @cached_property
    def open(self) -> list[Open]:
        """The advice that missing facts decide, in the order of advice."""
        return [self._open(advice) for advice in self._ranked(self._standing.open)]

    @cached_property
    def questions(self) -> list[Question]:
        """The questions worth asking, the one that decides most first; empty after a referral."""
        if self._standing.refer:
            return []
        questions = Questions(self._reading, self._words)
        questions.add_lacks(self._undecided)
        for firing in self._in_rule_order(self._evaluation.certain):
            asking = self._rule(firing)
            if asking.ask is not None:
                questions.add_rule(asking, asking.ask, self._env(firing))
        for asked in self._assumed():
            questions.add(asked)
        return questions.in_order()

    @cached_property
    def conclusions(self) -> list[ConclusionItem]:
        """What is certain about the person and their things; if it's yes or no, only what holds."""
        return [self._conclusion(key, rules) for key, rules in self._drawn if self._is_settled(key)]

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Conclusions for which rules certainly draw different values."""
        return [self._conflict(key) for key, _ in self._drawn if sum(self._world.drawn(*key).values()) > 1]

    @cached_property
    def referral(self) -> list[Referral] | None:
        """Whom to talk to; None when advice may be given."""
        found = [self._referral(firing) for firing in self._in_rule_order(self._standing.refer)]
        return found or None

    def to_dict(self) -> OutcomeDict:
        """The outcome as plain JSON values, as `outcome.schema.json` describes them; a new copy each time."""
        copy: OutcomeDict = json.loads(self.to_json())
        return copy

    def to_json(self) -> str:
        """The outcome as JSON: the same text for the same facts, knowledge base and language."""
        whole: OutcomeDict = {
            "knowledge_base": self.knowledge_base,
            "as_of": self.as_of,
            "settled": self.settled,
            "given": self.given,
            "not_now": self.not_now,
            "open": self.open,
            "questions": self.questions,
            "conclusions": self.conclusions,
            "conflicts": self.conflicts,
            "referral": self.referral,
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    def __repr__(self) -> str:
        kept = self._standing
        counts = f"{len(kept.given)} given, {len(kept.not_now)} not now, {len(kept.open)} open"
        return f"<Outcome as of {self.as_of}: {counts}>"  # no facts: this may end up in a log

    # -------------------------------------------------------------------------------------- foundations

    @cached_property
    def _world(self) -> World:
        return World(self._plan, self._case, self._evaluation)

    @cached_property
    def _places(self) -> Places:
        return Places(self._plan.rulebook, self._case)

    @cached_property
    def _words(self) -> Wording:
        return Wording(self._plan.rulebook, self._world, self._places, self._language)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._plan, self._evaluation, self._words)

    @cached_property
    def _reading(self) -> Reading:
        return Reading(self._plan, self._evaluation, self._world, self._places)

    def _rule(self, firing: Firing) -> Rule:
        return self._plan.rulebook.rules[firing[0]]

    def _env(self, firing: Firing) -> Environment:
        return self._world.environment(self._rule(firing), firing[1])

    def _ids(self, advice: Iterable[Advised]) -> tuple[str, ...]:
        return tuple(sorted(self._rule(each.firing).id for each in advice))

    # ------------------------------------------------------------------------------------- sorting out

    @cached_property
    def _standing(self) -> Standing:
        return Standing.of(self._plan.rulebook, self._evaluation)

    def _in_rule_order(self, firings: Iterable[Firing]) -> list[Firing]:
        """By rule id, then by what the things are: no shuffling changes it."""

        def order(firing: Firing) -> tuple[Any, ...]:
            rule = self._rule(firing)
            return rule.id, self._places.binding_order(rule, firing[1])

        return sorted(firings, key=order)

    def _ranked(self, advice: Iterable[Advised]) -> list[Advised]:
        """In the order in which advice is read: steps before notes, by priority, then the smallest first."""
        priorities = {name: place for place, name in enumerate(self._plan.rulebook.priorities)}

        def order(each: Advised) -> tuple[Any, ...]:
            rule = self._rule(each.firing)
            advise = _advise(rule)
            place = priorities.get(advise.priority, len(priorities))
            things = self._places.binding_order(rule, each.firing[1])
            return advise.kind != "step", place, EFFORTS.index(advise.effort), rule.id, things

        return sorted(advice, key=order)

    # ------------------------------------------------------------------------------------------- items

    def _item(self, firing: Firing) -> Item:
        rule = self._rule(firing)
        return {
            "id": rule.id,
            "title": rule.title,
            "topic": rule.topic,
            "about": self._explainer.about(rule, firing[1]),
            "text": self._words.text(_advise(rule).say, self._env(firing)),
            "source": self._source(rule),
        }

    def _source(self, rule: Rule) -> list[SourceInfo]:
        sources = self._plan.rulebook.sources
        return [
            {
                "key": key,
                "title": sources[key].title if key in sources else key,
                "place": place,
                "author": sources[key].author if key in sources else "",
                "published": sources[key].published if key in sources else "",
            }
            for key, place in sorted(rule.source.items())
        ]

    def _given(self, advice: Advised, rank: int, first_steps: int) -> Given:
        advise = _advise(self._rule(advice.firing))
        env = self._env(advice.firing)
        return {
            **self._item(advice.firing),
            "steps": [self._words.text(step, env) for step in advise.steps],
            "rank": rank,
            "first": advise.kind == "step" and rank <= first_steps,
            "kind": advise.kind,
            "priority": advise.priority,
            "effort": advise.effort,
            "horizon": advise.horizon,
            "because": self._explainer.because(advice.firing),
        }

    def _not_now(self, advice: Advised) -> NotNow:
        return {
            **self._item(advice.firing),
            "because": self._explainer.because(advice.firing),
            "held_by": [self._held_by(hold) for hold in self._in_rule_order(advice.held)],
        }

    def _held_by(self, firing: Firing) -> HeldBy:
        rule, env = self._rule(firing), self._env(firing)
        hold = _hold(rule)
        return {
            "id": rule.id,
            "title": rule.title,
            "because": self._words.text(hold.because, env),
            "until": None if hold.until is None else self._words.text(hold.until, env),
            "instead": self._instead(firing, hold),
            "about": self._explainer.about(rule, firing[1]),
            "proof": self._explainer.because(firing),
        }

    def _instead(self, firing: Firing, hold: Hold) -> Instead | None:
        """The advice that stands in, where it's given itself for the same things."""
        for each in self._ranked(self._standing.given):
            rule = self._rule(each.firing)
            if rule.id == hold.instead and same_things(self._plan.rulebook, firing, each.firing):
                return {"id": rule.id, "text": self._words.text(_advise(rule).say, self._env(each.firing))}
        return None

    # -------------------------------------------------------------------------------------------- open

    def _open(self, advice: Advised) -> Open:
        lacks, conflicts = self._lacks(advice)
        needs: list[Need | ConflictNeed] = [lack.need() for lack in lacks]
        return {
            **self._item(advice.firing),
            "state": self._state(advice),
            "provided": self._provided(advice),
            "needs": needs or [{"conflict": name} for name in conflicts],
        }

    def _state(self, advice: Advised) -> str:
        if advice.held:
            return "held"
        return "provided" if advice.sure or self._only_overridable(advice.firing) else "possible"

    def _only_overridable(self, firing: Firing) -> bool:
        """True when a rule's own conditions are certain: only a rule that may override it keeps it open."""
        if firing[0] not in self._plan.overriders:
            return False
        rule = self._rule(firing)
        return not self._world.has_phantom(rule, firing[1]) and self._world.holds(
            rule.condition, self._env(firing), Bound.CERTAIN
        )

    def _provided(self, advice: Advised) -> list[str]:
        holds = [(_hold(self._rule(f)).because, self._env(f)) for f in self._in_rule_order(advice.maybe_held)]
        referrals = [self._rule(f).title for f in self._in_rule_order(self._standing.maybe_refer)]
        overriders = [self._rule(f).title for f in self._in_rule_order(self._overriders(advice.firing))]
        texts = [self._words.text(words, env) for words, env in holds]
        return list(dict.fromkeys((*texts, *overriders, *referrals)))

    def _overriders(self, firing: Firing) -> list[Firing]:
        """The open firings that may override `firing`."""
        rules = self._plan.overriders.get(firing[0], ())
        return [f for f in self._evaluation.open if f[0] in rules and same_things(self._plan.rulebook, firing, f)]

    def _lacks(self, advice: Advised) -> tuple[tuple[Lack, ...], tuple[str, ...]]:
        """What keeps advice open: its own conditions; once they're certain, whatever may still stop it."""
        found = self._lacking.get(advice.firing)
        if found is None:
            found = self._lacking[advice.firing] = self._lacks_of(advice)
        return found

    @cached_property
    def _lacking(self) -> dict[Firing, tuple[tuple[Lack, ...], tuple[str, ...]]]:
        return {}

    def _lacks_of(self, advice: Advised) -> tuple[tuple[Lack, ...], tuple[str, ...]]:
        firings = [] if advice.sure else [advice.firing]
        if advice.sure or self._only_overridable(advice.firing):
            stops = () if advice.held else advice.maybe_held
            firings += [*stops, *self._standing.maybe_refer]
        return self._reading.lacks(firings)

    @cached_property
    def _undecided(self) -> list[tuple[str, tuple[Lack, ...]]]:
        """Advice and referrals that are open, each with the facts that it lacks."""
        advice = [(self._rule(each.firing).id, self._lacks(each)[0]) for each in self._standing.open]
        referrals = [(self._rule(f).id, self._reading.lacks([f])[0]) for f in self._standing.maybe_refer]
        return [*advice, *referrals]

    def _assumed(self) -> Iterator[Asked]:
        """The facts that are assumed and that the advice at hand, or whether to refer, depends on."""
        book, read = self._plan.rulebook, self._plan.facts_read
        refer = [i for i, rule in enumerate(book.rules) if rule.refer is not None]
        holds = [(i, rule.hold.advice) for i, rule in enumerate(book.rules) if rule.hold is not None]
        kept = self._standing
        firings = [each.firing for each in (*kept.given, *kept.not_now, *kept.open)]
        for firing in [*firings, *((rule, ()) for rule in refer)]:
            name = book.rules[firing[0]].id
            rules = {firing[0], *refer, *(hold for hold, advice in holds if name in advice)}
            for key in sorted({key for rule in rules for key in read[rule]}, key=str):
                for lack in self._reading.assumed(book.facts[key], firing):
                    yield Asked(lack, frozenset({name}), assumed=lack.found.value)

    # ------------------------------------------------------------------------------------- conclusions

    @cached_property
    def _drawn(self) -> list[tuple[ConclusionKey, list[str]]]:
        """The conclusions that some rule certainly draws, with the ids of those rules, in canonical order."""
        found: dict[ConclusionKey, set[str]] = {}
        for firing in self._evaluation.certain:
            for key, _ in concluded(self._rule(firing), firing):
                found.setdefault(key, set()).add(self._rule(firing).id)
        return [(key, sorted(found[key])) for key in sorted(found, key=self._conclusion_order)]

    def _conclusion_order(self, key: ConclusionKey) -> tuple[Any, ...]:
        thing, path, index = key
        order = (False, "", 0) if thing is None else self._places.order(thing, index)
        return thing or "", path, order

    def _is_settled(self, key: ConclusionKey) -> bool:
        """True for one certain value and no other that's possible; a yes-or-no conclusion must hold."""
        drawn = self._world.drawn(*key)
        if len(drawn) != 1 or not all(drawn.values()):
            return False
        return self._declared(key).type.kind is not Kind.BOOLEAN or next(iter(drawn)) is True

    def _declared(self, key: ConclusionKey) -> Conclusion:
        return self._plan.rulebook.conclusions[key[:2]]

    def _conclusion(self, key: ConclusionKey, rules: list[str]) -> ConclusionItem:
        declared = self._declared(key)
        value = next(iter(self._world.drawn(*key)))
        return {
            "name": declared.name,
            "value": value,
            "about": self._explainer.about_conclusion(key),
            "means": declared.means,
            "report": self._report(declared, value, key),
            "rules": rules,
        }

    def _report(self, declared: Conclusion, value: Literal, key: ConclusionKey) -> str | None:
        """What a report says about it under 'where you stand', if anything."""
        words = declared.report
        if words is None and declared.show:
            words = declared.values.get(str(value))
        env = {} if key[0] is None else {key[0]: key[2]}
        return None if words is None else self._words.text(words, env)

    def _conflict(self, key: ConclusionKey) -> Conflict:
        drawn = self._world.drawn(*key)
        certain = sorted((value for value, sure in drawn.items() if sure), key=literal_key)
        return {
            "conclusion": self._declared(key).name,
            "about": self._explainer.about_conclusion(key),
            "values": [self._conflict_value(key, value) for value in certain],
        }

    def _conflict_value(self, key: ConclusionKey, value: Literal) -> ConflictValue:
        firing = self._explainer.drawers[key, value][0]
        return {"value": value, "rule": self._rule(firing).id, "because": self._explainer.because(firing)}

    def _referral(self, firing: Firing) -> Referral:
        rule, env = self._rule(firing), self._env(firing)
        refer = _refer(rule)
        return {
            "id": rule.id,
            "title": rule.title,
            "to": self._words.text(refer.to, env),
            "text": self._words.text(refer.say, env),
            "source": self._source(rule),
            "because": self._explainer.because(firing),
        }


def _advise(rule: Rule) -> Advise:
    assert rule.advise is not None
    return rule.advise


def _hold(rule: Rule) -> Hold:
    assert rule.hold is not None
    return rule.hold


def _refer(rule: Rule) -> Refer:
    assert rule.refer is not None
    return rule.refer


def outcome(plan: Plan, case: Case, evaluation: Evaluation, language: str | None = None) -> Outcome:
    """The outcome of `evaluation`, in `language` (None: the knowledge base's first).

    Raises UsageError when the knowledge base has no texts in that language.
    """
    languages = plan.rulebook.languages
    if language is not None and language not in languages:
        raise UsageError(
            f"The knowledge base {plan.rulebook.name} has no texts in the language {language!r}. "
            f"It has: {', '.join(languages)}."
        )
    return Outcome(plan, case, evaluation, language or languages[0])
