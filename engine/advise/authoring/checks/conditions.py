"""Checks of single conditions: what can't be true, what always is, and what something else says already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from advise.authoring.checks.check import Check
from advise.authoring.checks.conjunctions import Conjunction, Part, conjunction
from advise.authoring.checks.reasoned import Reasoned
from advise.authoring.checks.subject import Subject
from advise.authoring.logic import Logic, Names
from advise.authoring.logic.domains import is_column
from advise.authoring.logic.literals import Key
from advise.authoring.logic.reasoning import Subjects
from advise.conditions import All, AnyOf, Condition, Not, Quantified, Test
from advise.errors import Finding, Place, Severity
from advise.operators import Core
from advise.words import wording


def _check(code: str, title: str) -> Check:
    def run(subject: Subject) -> Iterable[Finding]:
        return subject.reasoned.once("conditions", _found).get(code, ())

    return Check(code, Severity.WARNING, title, run)


def _found(reasoned: Reasoned) -> Mapping[str, list[Finding]]:
    """What there is to say about every condition, by code."""
    found: dict[str, list[Finding]] = {}
    for rule in reasoned.book.rules:
        whole = conjunction("rule", rule.condition, Names.of(rule))
        for finding in _Walk(reasoned, rule.place).look(whole):
            found.setdefault(finding.code, []).append(finding)
    return found


class _Walk:
    """Goes through the conjunctions of a rule, the outer ones first."""

    def __init__(self, reasoned: Reasoned, place: Place) -> None:
        self.reasoned = reasoned
        self.logic: Logic = reasoned.logic
        self.place = place

    def look(self, found: Conjunction, may_hold: bool = False) -> Iterator[Finding]:
        """Findings in a conjunction and all inside it; none inside what can't be true as a whole. `may_hold`: it
        has been looked at whether it can be true."""
        if not may_hold and self.logic.never(*found.claims()):
            yield from self._contradiction(found)
            return
        kept, findings = self._superfluous(found)
        yield from findings
        # What is to go mustn't be the reason for something else to go, nor is it looked into.
        found = replace(found, parts=tuple(kept))
        branches: list[Conjunction] = []
        for part in kept:
            if isinstance(part.condition, AnyOf):
                whole = [each for each in found.inside_of(part) if each.kind == "branch"]
                possible = list(self._possible(whole, part.condition, found))
                yield from (each for each in possible if isinstance(each, Finding))
                held = [each for each in possible if isinstance(each, Conjunction)]
                yield from self._contained(held, part.condition, found)
                branches += held
        for inside in found.inside():
            if inside.kind != "branch":
                yield from self.look(inside, may_hold=inside.kind == "some")
        for branch in branches:
            yield from self.look(branch, may_hold=True)

    # -------------------------------------------------------------------------------------- never true

    def _contradiction(self, found: Conjunction) -> Iterator[Finding]:
        for part in found.parts:
            if self.logic.never((part.condition, found.names)):
                yield from self._impossible(part, found)
                return
        claims: list[Part] = []
        for part in found.parts:
            claims.append(part)
            if self.logic.never(*((each.condition, found.names) for each in claims), *found.around):
                break
        last = claims[-1]
        first = next((e for e in claims[:-1] if self._clash(found, e, last)), None)
        if first is None:
            sentence = f"`{last.said}` can't be true here: what stands beside it forbids it."
        else:
            sentence = f"`{last.said}` can't be true here, for `{first.said}`{_at(first.place)} forbids it."
        hint = "Mend one of them, or delete what they stand in."
        yield self._finding("condition-never-true", last.place, sentence, hint)

    def _clash(self, found: Conjunction, one: Part, other: Part) -> bool:
        return self.logic.never((one.condition, found.names), (other.condition, found.names))

    def _impossible(self, part: Part, found: Conjunction) -> Iterator[Finding]:
        """A part that can't be true by itself: said where it's narrowest."""
        if isinstance(part.condition, Quantified | AnyOf):
            whole = Conjunction("rule", (part,), found.names)
            inside = [each for each in whole.inside() if self.logic.never(*each.claims())]
            wanted = part.condition.parts if isinstance(part.condition, AnyOf) else (part.condition.body,)
            if len(inside) == len(wanted):
                for each in inside:
                    yield from self.look(each)
                return
        gathered = [each for each in found.inside_of(part) if each.kind == "where" and self.logic.never(*each.claims())]
        if gathered:
            for each in gathered:
                yield from self.look(each)
            return
        hint = "Mend the value, or delete what it stands in."
        yield self._finding("condition-never-true", part.place, f"`{part.said}` can't be true of anybody.", hint)

    # ------------------------------------------------------------------------------------- superfluous

    def _superfluous(self, found: Conjunction) -> tuple[list[Part], list[Finding]]:
        """The parts that say something, and findings about the others."""
        kept, findings = list(found.parts), []
        around = frozenset[Key]().union(*(_all_of(self.logic.subjects(*each)) for each in found.firm))
        for part in found.parts:
            if self._can_be_always(part.condition) and self.logic.always(part.condition, found.names):
                kept.remove(part)
                findings.append(self._always(part, found))
        speak = {id(each): self._speaks_of(each, found) for each in found.parts}
        for part in reversed(tuple(kept)):
            others = [each for each in kept if each is not part]
            known = around.union(*(speak[id(each)] for each in others))
            if not self._may_follow(part, known, found):
                continue
            claims = [*((each.condition, found.names) for each in others), *found.firm]
            if claims and self.logic.follows(part.condition, found.names, *claims):
                kept.remove(part)
                findings.append(self._implied(part, others, found))
        return kept, findings

    def _speaks_of(self, part: Part, found: Conjunction) -> frozenset[Key]:
        return _all_of(self.logic.subjects(part.condition, found.names))

    def _may_follow(self, part: Part, known: frozenset[Key], found: Conjunction) -> bool:
        """A quick look: only what speaks of the same can say as much."""
        branches = self.logic.subjects(part.condition, found.names)
        return branches is not None and any(branch <= known for branch in branches)

    def _can_be_always(self, condition: Condition) -> bool:
        """Not asked of quantifiers, which are looked into, of tables, whose rows change, and of `known`."""
        match condition:
            case Not():
                return self._can_be_always(condition.part)
            case Test():
                return not is_column(condition.left) and condition.operator != Core.KNOWN
            case All() | AnyOf():
                return all(map(self._can_be_always, condition.parts))
            case Quantified():
                return False

    def _always(self, part: Part, found: Conjunction) -> Finding:
        if self.logic.true(part.condition, found.names):
            fix = self.reasoned.deletion(part.place, "Delete it", True)
            sentence, hint = f"`{part.said}` is true of everybody.", "Mend the value, or delete it."
        else:
            fix = None
            sentence = f"`{part.said}` is true whatever the answer, so it only keeps the rule waiting for one."
            hint = "Mend the values, or delete it. Where the rule is to wait for an answer, write `known: true`."
        return Finding(part.place or self.place, "test-always-true", sentence, hint, severity=Severity.WARNING, fix=fix)

    def _implied(self, part: Part, others: list[Part], found: Conjunction) -> Finding:
        by = next((e for e in others if self._says(e, part, found)), None)
        because = f", for `{by.said}`{_at(by.place)} says as much" if by else ": what stands beside it says as much"
        same = by is not None and by.condition == part.condition
        sentence = f"`{part.said}` stands here twice." if same else f"`{part.said}` adds nothing{because}."
        fix = self.reasoned.deletion(part.place, "Delete what adds nothing", True)
        hint = "Delete it, or mend its value."
        return Finding(part.place or self.place, "test-implied", sentence, hint, severity=Severity.WARNING, fix=fix)

    def _says(self, one: Part, other: Part, found: Conjunction) -> bool:
        return self.logic.follows(other.condition, found.names, (one.condition, found.names))

    # ---------------------------------------------------------------------------------------- branches

    def _possible(self, whole: list[Conjunction], either: AnyOf, found: Conjunction) -> Iterator[Conjunction | Finding]:
        """The branches that can be true, and findings about the others."""
        for branch, condition in zip(whole, either.parts, strict=True):
            if not branch.parts or not self.logic.never(*branch.claims()):
                yield branch
                continue
            sentence = f"The branch `{_said(branch)}` can't be true together with what stands around this `any`."
            if self.logic.never((condition, found.names)):
                sentence = f"The branch `{_said(branch)}` can't be true of anybody."
            yield self._finding("branch-never-true", branch.parts[0].place, sentence, "Mend it, or delete it.")

    def _contained(self, kept: list[Conjunction], either: AnyOf, found: Conjunction) -> Iterator[Finding]:
        """Findings about branches that hold only when another does."""
        conditions = {id(each): _whole(each) for each in kept}
        for branch in reversed(tuple(kept)):
            others = [each for each in kept if each is not branch]
            claim = (conditions[id(branch)], found.names)
            wider = next((e for e in others if self.logic.follows(conditions[id(e)], found.names, claim)), None)
            if wider is not None:
                kept.remove(branch)
                sentence = (
                    f"The branch `{_said(branch)}` adds nothing, for the branch `{_said(wider)}` holds then as well."
                )
                place = branch.parts[0].place if branch.parts else either.place
                hint = "Delete it, or mend one of the two."
                yield self._finding("branch-contained", place, sentence, hint)

    def _finding(self, code: str, place: Place | None, sentence: str, hint: str) -> Finding:
        return Finding(place or self.place, code, sentence, hint, severity=Severity.WARNING)


def _all_of(subjects: Subjects) -> frozenset[Key]:
    return frozenset[Key]().union(*(subjects or ()))


def _whole(branch: Conjunction) -> Condition:
    conditions = tuple(part.condition for part in branch.parts)
    return conditions[0] if len(conditions) == 1 else All(conditions)


def _said(branch: Conjunction) -> str:
    return Part(branch.parts[0].condition, None).said if len(branch.parts) == 1 else _joined(branch)


def _joined(branch: Conjunction) -> str:
    text = "; ".join(wording(part.condition) for part in branch.parts)
    return text if len(text) <= 90 else text[:89].rstrip() + "…"


def _at(place: Place | None) -> str:
    return f" in line {place.line}" if place else ""


CONDITIONS = (
    _check("condition-never-true", "a condition that can't be true of anybody"),
    _check("test-always-true", "a test that is always true"),
    _check("test-implied", "a test that adds nothing, for something beside it says as much"),
    _check("branch-never-true", "a branch of `any` that can't be true"),
    _check("branch-contained", "a branch of `any` that adds nothing, for another holds whenever it does"),
)
