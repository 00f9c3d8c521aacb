"""Checks of conditions that can be written more plainly and mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import yaml

from advise.authoring.checks.check import Check
from advise.authoring.checks.reasoned import Reasoned
from advise.authoring.checks.removal import Entries, Entry
from advise.authoring.checks.subject import Subject
from advise.conditions import Condition, Constant, Not, Of, Quantified, Ref, Test
from advise.errors import Finding, Fix, Place, Severity
from advise.operators import Core
from advise.plan import inner_conditions
from advise.source import MappingNode, Node, Scalar, SequenceNode
from advise.types import Kind

Mend = Callable[[Entries, Entry], Fix | None]
_COUNT = re.compile(r"count\s+((?:other\s+)?\S+)\Z")
_NO, _SOME = {"is": 0, "at most": 0, "less than": 1}, {"at least": 1, "more than": 0}


def _found(reasoned: Reasoned, nodes: Mapping[str, MappingNode]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for node in nodes.values():
        when = node.items.get("when")
        for finding in () if when is None else _look(reasoned, when):
            found.setdefault(finding.code, []).append(finding)
    for rule in reasoned.book.rules:
        for finding in _twice(reasoned, rule.condition):
            found.setdefault(finding.code, []).append(finding)
    return found


def _look(reasoned: Reasoned, node: Node) -> Iterator[Finding]:
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _look(reasoned, item)
    elif isinstance(node, MappingNode):
        for key, value in node.items.items():
            yield from _entry(reasoned, key, node.keys[key], value)
            yield from _look(reasoned, value)


def _entry(reasoned: Reasoned, key: str, place: Place, value: Node) -> Iterator[Finding]:
    if key in ("any", "all") and isinstance(value, SequenceNode) and len(value.items) == 1:
        hint = f"Write the condition without `{key}`."
        yield _note(reasoned, "single-entry", place, f"`{key}` has one entry, so it says nothing.", hint, _opened)
    count = _COUNT.match(key)
    if count and isinstance(value, MappingNode):
        word = _some_or_no(value)
        if word is not None:
            said = f"{word} {count[1]}"
            means = "there is one" if word == "some" else "there is none"
            sentence = f"This counts, only to know whether {means}: that is `{said}`."
            yield _note(reasoned, "count-is-some", place, sentence, f"Write `{said}: {{..}}`.", _quantifier(said))


def _some_or_no(value: MappingNode) -> str | None:
    tests = [(word, each) for word, each in value.items.items() if word != "where"]
    if len(tests) != 1 or not isinstance(tests[0][1], Scalar) or isinstance(tests[0][1].value, bool):
        return None
    word, number = tests[0][0], tests[0][1].value
    return "some" if _SOME.get(word) == number else "no" if _NO.get(word) == number else None


def _twice(reasoned: Reasoned, condition: Condition) -> Iterator[Finding]:
    """What is denied twice in a condition, the outermost only."""
    if isinstance(condition, Not):
        instead = _denied_twice(condition.part)
        if instead is not None and condition.place is not None:
            mend = _true if instead == "`true`" else None
            sentence, hint = "What is denied twice is affirmed.", f"Write {instead}."
            yield _note(reasoned, "double-negation", condition.place, sentence, hint, mend)
            return
    for part in inner_conditions(condition):
        yield from _twice(reasoned, part)


def _denied_twice(part: Condition) -> str | None:
    """How to say the opposite of a condition that is itself a denial; None if it isn't one."""
    match part:
        case Not():
            return "what stands in the inner `not`"
        case Quantified(quantifier="no"):
            return f"`some {part.scope.name}`"
        case Test(left=Ref(of=Of.FACT | Of.CONCLUSION), operator=Core.EQUAL, right=Constant(value=False)):
            return "`true`" if part.left.type.kind is Kind.BOOLEAN else None
        case _:
            return None


# ---------------------------------------------------------------------------------------------- fixes


def _note(reasoned: Reasoned, code: str, place: Place, sentence: str, hint: str, mend: Mend | None) -> Finding:
    fix = None
    if mend is not None:
        entries = reasoned.entries(place.file)
        entry = entries.entry(place)
        fix = None if entry is None else mend(entries, entry)
    return Finding(place, code, sentence, hint, severity=Severity.NOTE, fix=fix)


def _true(entries: Entries, entry: Entry) -> Fix | None:
    """Puts `true` in the place of `{not: false}`."""
    if not entry.mapping.flow_style or len(entry.mapping.value) > 1 or entry.mapping.value[0][1].value != "false":
        return None
    return Fix("Write `true`", (entries.edit(entry.mapping, "true"),), True)


def _opened(entries: Entries, entry: Entry) -> Fix | None:
    """Puts the one condition of a list in the list's place."""
    key, value = entry.mapping.value[entry.index]
    (inner,) = value.value
    if not isinstance(inner, yaml.MappingNode) or not inner.value:
        return None
    names = {other.value for other, _ in entry.mapping.value if other is not key}
    if names & {each.value for each, _ in inner.value}:
        return None
    text = entries.text[inner.start_mark.index : entries.end(inner)]
    if inner.flow_style:
        if len(inner.value) > 1 and not entries.is_braced(entry.mapping):
            return None  # without braces only one entry can stand between brackets
        text = text[1:-1].strip() if entries.is_braced(inner) else text
    else:
        by = inner.start_mark.column - key.start_mark.column
        text = re.sub(rf"\n {{{by}}}", "\n", text) if by > 0 else text
    return Fix("Write the condition by itself", (entries.put(key.start_mark.index, entries.end(value), text),), True)


def _quantifier(said: str) -> Mend:
    """Puts a quantifier in the place of a count that stands in one line."""

    def mend(entries: Entries, entry: Entry) -> Fix | None:
        key, value = entry.mapping.value[entry.index]
        where = next((inner for name, inner in value.value if name.value == "where"), None)
        if not value.flow_style or any(" ".join(name.value.split()) == said for name, _ in entry.mapping.value):
            return None
        body = "{}" if where is None else entries.text[where.start_mark.index : where.end_mark.index]
        edit = entries.put(key.start_mark.index, value.end_mark.index, f"{said}: {body}")
        return Fix(f"Write `{said}`", (edit,), True)

    return mend


def _check(code: str, title: str) -> Check:
    def run(subject: Subject) -> Iterable[Finding]:
        return subject.reasoned.once("forms", lambda each: _found(each, subject.rule_nodes)).get(code, ())

    return Check(code, Severity.NOTE, title, run)


FORMS = (
    _check("double-negation", "something that is denied twice"),
    _check("single-entry", "`any` or `all` with one entry"),
    _check("count-is-some", "a count that only asks whether there is one"),
)
