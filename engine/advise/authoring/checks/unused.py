"""Checks of what is declared and used nowhere, and of questions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Subject
from advise.conditions import Of
from advise.errors import Finding, Place, Severity
from advise.loading.nodes import items_of, mapping_of
from advise.plan import Key
from advise.rules import written_table
from advise.source import MappingNode
from advise.types import Kind


def _finding(code: str, place: Place, sentence: str, hint: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(place, code, sentence, hint, severity=severity)


# ---------------------------------------------------------------------------------------------- facts


def _unread_lists(subject: Subject) -> dict[str, str]:
    """The lists that nothing goes through and none of whose facts is used: thing -> name."""
    uses, book = subject.uses, subject.book
    return {
        thing: each.name
        for thing, each in book.lists.items()
        if thing not in uses.things
        and (thing, "") not in uses.asked
        and not any(key[0] == thing and (_is_used(subject, key) or key in uses.asked) for key in book.facts)
    }


def _is_used(subject: Subject, key: Key) -> bool:
    return subject.uses.any(Of.FACT, key)


def _unread_facts(subject: Subject) -> Iterator[Finding]:
    book, unread = subject.book, _unread_lists(subject)
    for thing, name in unread.items():
        sentence = f"No rule looks at the list `{name}`, so what people say there changes nothing."
        hint = f"Write a rule about `{thing}`, or take the list out of the schema."
        yield _finding("fact-unread", subject.fact_place((thing, "")), sentence, hint)
    labels = _labels(subject)
    for key, fact in book.facts.items():
        if key[0] in unread or key in labels or fact.required or key in subject.uses.asked or _is_used(subject, key):
            continue
        sentence = f"No rule and no text uses the fact `{fact.name}`, so what people say there changes nothing."
        yield _finding("fact-unread", subject.fact_place(key), sentence, "Use it, or take it out of the schema.")


def _labels(subject: Subject) -> set[tuple[str | None, str | None]]:
    """The facts that tell one thing from another."""
    return {(each.thing, each.label) for each in subject.book.lists.values()}


def _idle_questions(subject: Subject) -> Iterator[Finding]:
    for key, fact in subject.book.facts.items():
        decides = (Of.FACT, key) in subject.uses.tested or key in subject.uses.asked
        named = fact.required or key in _labels(subject)
        if fact.question and not decides and not named and (Of.FACT, key) in subject.uses.said:
            sentence = f"Nobody is ever asked for `{fact.name}`: texts show it, but no condition needs it."
            hint = "Let a rule `ask` for it, test it, or take its `question` out."
            yield _finding("question-idle", subject.fact_place(key), sentence, hint)


def _missing_questions(subject: Subject) -> Iterator[Finding]:
    for key, fact in subject.book.facts.items():
        if (Of.FACT, key) in subject.uses.tested and not fact.question and not fact.required:
            sentence = f"Rules need the fact `{fact.name}`, but there is no question to ask for it in."
            hint = 'Add a "question" to the schema.'
            yield _finding("question-missing", subject.fact_place(key), sentence, hint, Severity.NOTE)


def _questions(subject: Subject) -> Iterator[tuple[str, Key, dict[str, str]]]:
    for each in subject.book.lists.values():
        if each.question:
            yield each.name, (each.thing, ""), dict(each.question)
    for key, fact in subject.book.facts.items():
        if fact.question:
            yield fact.name, key, dict(fact.question)


def _untranslated(subject: Subject) -> Iterator[Finding]:
    for name, key, question in _questions(subject):
        missing = [language for language in subject.book.languages if language not in question]
        if missing:
            languages = " and ".join(f"`{language}`" for language in missing)
            sentence = f"The question for `{name}` isn't there in {languages}."
            hint = 'Write it for each language: "question": {"en": "..", ..}.'
            yield _finding("question-untranslated", subject.fact_place(key), sentence, hint)


_ASKS = re.compile("[?\\uff1f\\u061f]")


def _no_questions(subject: Subject) -> Iterator[Finding]:
    for name, key, question in _questions(subject):
        if not all(_ASKS.search(text) for text in question.values()):
            sentence = f"The question for `{name}` has no question mark, so it may not read as a question."
            hint = "Ask what the person should answer."
            yield _finding("question-mark", subject.fact_place(key), sentence, hint, Severity.NOTE)


# --------------------------------------------------------------------------------------- declarations


def _unused_parameters(subject: Subject) -> Iterator[Finding]:
    used = subject.uses.parameters | {subject.first_steps}
    for name in subject.book.settings:
        if name not in used:
            place = _place(subject, "parameters", name)
            sentence = f"Nothing uses the parameter `{name}`, so changing it changes nothing."
            yield _finding("parameter-unused", place, sentence, f"Use `${name}`, or delete it.")


def _unused_computed(subject: Subject) -> Iterator[Finding]:
    for key, computed in subject.book.computed.items():
        if not subject.uses.any(Of.COMPUTED, key):
            place = _place(subject, "computed", computed.name)
            sentence = f"Nothing uses the computed fact `{computed.name}`."
            yield _finding("computed-unused", place, sentence, "Use it, or delete it.")


def _unused_tables(subject: Subject) -> Iterator[Finding]:
    for name in subject.book.tables:
        if name == written_table(name) and name not in subject.uses.things:
            place = _place(subject, "tables", name)
            sentence = f"Nothing looks anything up in the table `{name}`."
            yield _finding("table-unused", place, sentence, "Use it, or delete it and its file.")


def _unused_columns(subject: Subject) -> Iterator[Finding]:
    for name, table in subject.book.tables.items():
        if name != written_table(name) or name not in subject.uses.things:
            continue
        columns = mapping_of(subject.declared["tables", name][1], "columns")
        for column in table.columns:
            if column.name in table.key or subject.uses.any(Of.COLUMN, (name, column.name)):
                continue
            sentence = f"Nothing uses the column `{column.name}` of the table `{name}`."
            place = columns.keys.get(column.name, _place(subject, "tables", name))
            yield _finding("column-unused", place, sentence, "Use it, or leave it out.", Severity.NOTE)


def _unused_derived(subject: Subject) -> Iterator[Finding]:
    for thing in subject.book.derived:
        if thing not in subject.uses.things:
            sentence = f"No rule looks at the derived thing `{thing}`."
            yield _finding("derived-unused", _place(subject, "derived", thing), sentence, "Use it, or delete it.")


def _place(subject: Subject, section: str, name: str) -> Place:
    return subject.declared[section, name][0]


def _unused_priorities(subject: Subject) -> Iterator[Finding]:
    used = {rule.advise.priority for rule in subject.book.rules if rule.advise is not None}
    for item in items_of(subject.manifest, "priorities"):
        for name, place in item.keys.items() if isinstance(item, MappingNode) else ():
            if name not in used:
                sentence = f"No advice has the priority `{name}`."
                yield _finding("priority-unused", place, sentence, "Give it to some advice, or delete it.")


def _undrawn_values(subject: Subject) -> Iterator[Finding]:
    for key, conclusion in subject.book.conclusions.items():
        if conclusion.type.kind is not Kind.CHOICE:
            continue
        drawn = subject.plan.values.get(key, ())
        values = mapping_of(_declaration(subject, conclusion.name), "values")
        for value in conclusion.type.choices:
            if value not in drawn:
                sentence = (
                    f"No rule draws the value `{value}` of `{conclusion.name}`, so what waits for it never happens."
                )
                place = values.keys.get(value, _place(subject, "conclusions", conclusion.name))
                yield _finding("value-undrawn", place, sentence, "Draw it in a rule with `conclude:`, or delete it.")


def _never_true(subject: Subject) -> Iterator[Finding]:
    for key, conclusion in subject.book.conclusions.items():
        if conclusion.type.kind is Kind.BOOLEAN and subject.plan.values.get(key) == (False,):
            sentence = f"Rules draw `{conclusion.name}` as false only, which it is without them."
            place = _place(subject, "conclusions", conclusion.name)
            yield _finding(
                "conclusion-only-false", place, sentence, "Draw it as true somewhere, or turn its meaning round."
            )


def _declaration(subject: Subject, name: str) -> MappingNode:
    return subject.declared["conclusions", name][1]


_W, _N = Severity.WARNING, Severity.NOTE

UNUSED = (
    Check("fact-unread", _W, "no rule and no text uses a fact", _unread_facts),
    Check("question-idle", _W, "a fact has a question that is never asked", _idle_questions),
    Check("question-missing", _N, "rules need a fact that has no question", _missing_questions),
    Check("question-untranslated", _W, "a question of the facts schema isn't there in every language", _untranslated),
    Check("question-mark", _N, "a question of the facts schema has no question mark", _no_questions),
    Check("parameter-unused", _W, "nothing uses a parameter", _unused_parameters),
    Check("computed-unused", _W, "nothing uses a computed fact", _unused_computed),
    Check("table-unused", _W, "nothing uses a table", _unused_tables),
    Check("column-unused", _N, "nothing uses a column of a table", _unused_columns),
    Check("derived-unused", _W, "no rule looks at a derived thing", _unused_derived),
    Check("priority-unused", _W, "no advice has a priority that the manifest names", _unused_priorities),
    Check("value-undrawn", _W, "no rule draws one of the values of a conclusion", _undrawn_values),
    Check("conclusion-only-false", _W, "rules draw a conclusion as false only", _never_true),
)
