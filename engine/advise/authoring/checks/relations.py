"""Checks of rules beside each other: which never fire, say what another says, or can't meet the rule they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.conjunctions import conjunction
from advise.authoring.checks.effects import effects
from advise.authoring.checks.subject import Subject
from advise.authoring.logic import Names
from advise.errors import Finding, Place, Severity
from advise.loading.nodes import items_of, mapping_of
from advise.rules import Rule
from advise.source import Scalar


def _warning(code: str, place: Place, sentence: str, hint: str) -> Finding:
    return Finding(place, code, sentence, hint, severity=Severity.WARNING)


def _never_fires(subject: Subject) -> Iterator[Finding]:
    reasoned = subject.reasoned
    for rule in subject.book.rules:
        if rule.id in reasoned.live.rules or rule.id in reasoned.never:
            continue
        names = Names.of(rule)
        parts = conjunction("rule", rule.condition, names).parts
        lacking = next((p for p in parts if reasoned.chained.never((p.condition, names))), None)
        if lacking is None:
            because = "the conclusions that it needs are never drawn together"
        else:
            because = f"no rule that can fire makes `{lacking.said}` true"
        sentence = f"The rule `{rule.id}` can never fire, for {because}."
        hint = "Draw that conclusion in a rule whose own condition can be true, or delete this one."
        place = rule.place if lacking is None or lacking.place is None else lacking.place
        yield _warning("rule-never-fires", place, sentence, hint)


# ------------------------------------------------------------------------------------ the same effects


def _repeated(subject: Subject) -> Iterator[Finding]:
    for rule, other in _superfluous(subject):
        if effects(rule) == effects(other) and subject.reasoned.relations.implies(other, rule):
            sentence = f"The rule `{rule.id}` repeats `{other.id}`{_where(rule, other)}: same conditions, same effects."
            yield _warning("rule-repeated", rule.place, sentence, "Keep one of them.")


def _subsumed(subject: Subject) -> Iterator[Finding]:
    for rule, other in _superfluous(subject):
        if effects(rule) != effects(other) or not subject.reasoned.relations.implies(other, rule):
            also = f"`{other.id}`{_where(rule, other)}"
            sentence = f"The rule `{rule.id}` adds nothing: whenever it holds, {also} does too, and does as much."
            hint = "Delete it, or narrow the other rule."
            yield _warning("rule-subsumed", rule.place, sentence, hint)


def _superfluous(subject: Subject) -> Iterator[tuple[Rule, Rule]]:
    """Rules that need not be there, each with one that does the same for at least the same people."""
    relations, live = subject.reasoned.relations, subject.reasoned.live.rules
    by_effect: dict[object, list[Rule]] = {}
    done = {rule.id: effects(rule) for rule in subject.book.rules}
    for rule in subject.book.rules:
        for effect in done[rule.id]:
            by_effect.setdefault(effect, []).append(rule)
    named = _named(subject)
    gone: set[str] = set()
    for rule in sorted(subject.book.rules, key=lambda each: each.place, reverse=True):
        if rule.id in named or rule.id not in live or not done[rule.id]:
            continue
        fewest = min((by_effect[effect] for effect in done[rule.id]), key=len)
        for other in fewest:
            if (
                other is rule
                or other.id in gone
                or other.id in relations.overridden
                or not done[rule.id] <= done[other.id]
            ):
                continue
            if (other.each == rule.each or _only_concludes(rule)) and relations.implies(rule, other):
                gone.add(rule.id)
                yield rule, other
                break


def _only_concludes(rule: Rule) -> bool:
    return not (rule.advise or rule.hold or rule.ask or rule.refer or rule.overrides)


def _named(subject: Subject) -> set[str]:
    """The rules that others name, so that they matter beside what they do."""
    found: set[str] = set()
    for rule in subject.book.rules:
        found.update(rule.overrides)
        if rule.hold is not None:
            found.update(held_by_name(subject, rule))
            found.update([rule.hold.instead] if rule.hold.instead else [])
    return found


def held_by_name(subject: Subject, rule: Rule) -> dict[str, Place]:
    """The advice that a rule's hold names, with its places; none when it holds all."""
    hold = mapping_of(subject.rule_nodes[rule.id], "hold")
    return {str(each.value): each.place for each in items_of(hold, "advice") if isinstance(each, Scalar)}


# -------------------------------------------------------------------------------- holds and overrides


def _always_held(subject: Subject) -> Iterator[Finding]:
    relations = subject.reasoned.relations
    for advice, holds in relations.held_by.items():
        rule = relations.rules[advice]
        for hold in holds:
            if hold.id in relations.overridden or not _both_live(subject, rule, hold):
                continue
            if relations.implies(rule, hold):
                sentence = (
                    f"This advice is never given: whenever it's due, `{hold.id}`{_where(rule, hold)} holds it back."
                )
                hint = "Narrow the hold, or what the advice needs."
                yield _warning("advice-always-held", rule.place, sentence, hint)
                break


def _hold_never_meets(subject: Subject) -> Iterator[Finding]:
    relations = subject.reasoned.relations
    for rule in subject.book.rules:
        for name, place in held_by_name(subject, rule).items() if rule.hold else ():
            held = relations.rules.get(name)
            if held is not None and _both_live(subject, rule, held) and relations.apart(rule, held):
                sentence = f"This never holds `{name}` back: the conditions of the two rules can't both be true."
                yield _warning("hold-never-meets", place, sentence, "Mend one of the conditions, or take it out.")


def _overrides(subject: Subject) -> Iterator[tuple[Rule, Rule, Place]]:
    relations = subject.reasoned.relations
    for rule in subject.book.rules:
        for each in items_of(subject.rule_nodes[rule.id], "overrides") if rule.overrides else ():
            other = relations.rules.get(str(each.value)) if isinstance(each, Scalar) else None
            if other is not None and _both_live(subject, rule, other):
                yield rule, other, each.place


def _override_never_meets(subject: Subject) -> Iterator[Finding]:
    for rule, other, place in _overrides(subject):
        if subject.reasoned.relations.apart(rule, other):
            sentence = f"This never overrides `{other.id}`: the conditions of the two rules can't both be true."
            yield _warning("override-never-meets", place, sentence, "Mend one of the conditions, or take it out.")


def _always_overridden(subject: Subject) -> Iterator[Finding]:
    relations = subject.reasoned.relations
    for rule, other, _ in _overrides(subject):
        if rule.id not in relations.overridden and relations.implies(other, rule):
            by = f"`{rule.id}`{_where(other, rule)}"
            sentence = f"The rule `{other.id}` never has an effect: whenever it holds, {by} overrides it."
            hint = "Narrow the overriding rule, or delete this one."
            yield _warning("rule-always-overridden", other.place, sentence, hint)


def _both_live(subject: Subject, *rules: Rule) -> bool:
    return all(rule.id in subject.reasoned.live.rules for rule in rules)


def _where(rule: Rule, other: Rule) -> str:
    """Where another rule stands, as seen from one."""
    if rule.place.file == other.place.file:
        return f" (line {other.place.line})"
    return f" ({other.place.file}, line {other.place.line})"


def _check(code: str, title: str, run: Callable[[Subject], Iterable[Finding]]) -> Check:
    return Check(code, Severity.WARNING, title, run)


RELATIONS = (
    _check("rule-never-fires", "a rule that waits for a conclusion that no rule draws", _never_fires),
    _check("rule-repeated", "a rule that repeats another", _repeated),
    _check("rule-subsumed", "a rule that adds nothing, for another does the same whenever it holds", _subsumed),
    _check("advice-always-held", "advice that is always held back", _always_held),
    _check("hold-never-meets", "a hold that never meets the advice that it names", _hold_never_meets),
    _check("override-never-meets", "an override that never meets the rule that it names", _override_never_meets),
    _check("rule-always-overridden", "a rule that another always overrides", _always_overridden),
)
