"""The facts schema: what the subset means, and a finding in its place for whatever isn't in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advise.facts_schema import protected_name, read_facts_schema
from advise.source import Findings
from advise.types import Fact, Kind, ThingList, Type

Facts = dict[tuple[str | None, str], Fact]


def read(
    schema: Any, protected: tuple[str, ...] = (), languages: tuple[str, ...] = ("en",)
) -> tuple[Facts, dict[str, ThingList], Findings]:
    findings = Findings()
    text = schema if isinstance(schema, str) else json.dumps(schema, indent=2)
    facts, lists = read_facts_schema(text, "facts.json", findings, protected, languages)
    return facts, lists, findings


def person(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def jobs(**narrowing: Any) -> dict[str, Any]:
    items = {"type": "object", "properties": {"title": {"type": "string"}}}
    return {"type": "array", "thing": "job", "items": items} | narrowing


def only(schema: Any) -> Fact:
    """The one fact of a person whose schema this is."""
    facts, _, findings = read(person(it=schema))
    assert not findings, findings.all
    return facts[None, "it"]


def codes(schema: Any, **options: Any) -> list[str]:
    return [each.code.removeprefix("facts-schema-") for each in read(schema, **options)[2].all]


# --------------------------------------------------------------------------------------- what it means


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, Type(Kind.TEXT)),
        ({"type": "string", "maxLength": 80, "ignore_case": True}, Type(Kind.TEXT, high=80, ignore_case=True)),
        ({"type": "boolean"}, Type(Kind.BOOLEAN)),
        ({"type": "integer", "minimum": 0, "unit": "months"}, Type(Kind.NUMBER, integer=True, low=0, unit="months")),
        ({"type": "number", "minimum": 0.5, "maximum": 1e3}, Type(Kind.NUMBER, low=0.5, high=1000)),
        ({"type": "string", "format": "date"}, Type(Kind.DATE)),
        ({"oneOf": [{"const": "b"}, {"const": "a"}]}, Type(Kind.CHOICE, choices=("b", "a"))),
        ({"oneOf": [{"const": "low"}], "ordered": True}, Type(Kind.CHOICE, choices=("low",), ordered=True)),
        ({"type": "array", "items": {"type": "string", "maxLength": 9}}, Type(Kind.TEXTS, high=9)),
    ],
)
def test_each_leaf_becomes_a_type(schema: dict[str, Any], expected: Type) -> None:
    assert only(schema).type == expected


def test_annotations_are_kept() -> None:
    fact = only(
        {
            "title": "Hours",
            "description": "Hours worked",
            "type": "number",
            "question": "How many hours?",
            "unnamed": "your hours",
            "default": 40,
        }
    )
    assert (fact.title, fact.means, fact.default) == ("Hours", "Hours worked", 40)
    assert (fact.question, fact.unnamed) == ({"en": "How many hours?"}, {"en": "your hours"})


def test_titles_are_made_from_names_where_there_are_none() -> None:
    fact = only({"oneOf": [{"const": "not_yet", "title": "Not so far"}, {"const": "long_ago"}]})
    assert fact.title == "It"
    assert fact.titles == {"not_yet": "Not so far", "long_ago": "Long ago"}


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "boolean", "default": False}, False),
        ({"type": "string", "ignore_case": True, "default": " The  Arts"}, "the arts"),
        ({"type": "array", "items": {"type": "string"}, "default": []}, ()),
        ({"type": "array", "items": {"type": "string"}, "ignore_case": True, "default": ["A"]}, ("a",)),
        ({"type": "string", "format": "date", "default": "2024-02"}, "2024-02"),
        ({"oneOf": [{"const": "a"}], "default": "a"}, "a"),
    ],
)
def test_defaults_are_values_of_their_type(schema: dict[str, Any], default: object) -> None:
    assert only(schema).default == default


def test_nested_objects_give_dotted_paths() -> None:
    inner = person(written={"type": "boolean"}, review={"type": "object", "properties": {"on": {"type": "boolean"}}})
    facts, _, findings = read(person(plan=inner | {"required": ["written"]}))
    assert not findings
    assert list(facts) == [(None, "plan.review.on"), (None, "plan.written")]
    assert [each.required for each in facts.values()] == [False, True]


def test_a_list_of_things_gives_its_facts_the_thing() -> None:
    schema = person(jobs=jobs(label="title", title="Jobs", question="Which jobs?", default=[]))
    facts, lists, findings = read(schema)
    assert not findings
    assert lists == {
        "job": ThingList("job", "jobs", "Jobs", label="title", question={"en": "Which jobs?"}, assumed_empty=True)
    }
    assert list(facts) == [("job", "title")]
    assert facts["job", "title"].name == "job.title"


def test_a_list_without_a_default_is_not_assumed_empty() -> None:
    assert read(person(jobs=jobs()))[1]["job"].assumed_empty is False


def test_the_order_of_the_schema_does_not_matter() -> None:
    leaves = {name: {"type": "string"} for name in "cab"}
    assert list(read(person(**leaves))[0]) == list(read(person(**dict(reversed(leaves.items()))))[0])


def test_texts_may_be_in_several_languages() -> None:
    schema = person(it={"type": "string", "question": {"en": "Which?", "de": "Welche?"}, "unnamed": "it"})
    facts, _, findings = read(schema, languages=("en", "de"))
    assert not findings
    assert facts[None, "it"].question == {"en": "Which?", "de": "Welche?"}


# ------------------------------------------------------------------------------------- what is wrong

LEAF = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ([], "type"),
        ({"type": "array", "properties": {"a": LEAF}}, "type"),
        ({"type": "object"}, "properties"),
        ({"type": "object", "properties": {}}, "properties"),
        ({"type": "object", "properties": {"a": LEAF}, "patternProperties": {}}, "keyword"),
        ({"type": "object", "properties": {"a": LEAF}, "additionalProperties": True}, "keyword"),
        ({"type": "object", "properties": {"a": LEAF}, "required": ["b"]}, "required"),
        ({"type": "object", "properties": {"a": LEAF}, "required": "a"}, "value"),
        ({"type": "object", "properties": {"jobs": jobs()}, "required": ["jobs"]}, "required"),
        (person(a="string"), "type"),
        (person(a={}), "type"),
        (person(a={"type": "null"}), "type"),
        (person(a={"type": 3}), "type"),
        (person(a={"type": ["string", "null"]}), "type"),
        (person(a={"enum": ["b"]}), "keyword"),
        (person(a={"type": "string", "pattern": "x"}), "keyword"),
        (person(a={"type": "string", "format": "email"}), "keyword"),
        (person(a={"type": "string", "maxLength": 0}), "value"),
        (person(a={"type": "string", "maxLength": 10_001}), "value"),
        (person(a={"type": "string", "title": 3}), "value"),
        (person(a={"type": "string", "ignore_case": "yes"}), "value"),
        (person(a={"type": "number", "minimum": "0"}), "value"),
        (person(a={"type": "number", "minimum": 2, "maximum": 1}), "value"),
        (person(a={"type": "boolean", "unit": "months"}), "keyword"),
        (person(a={"oneOf": []}), "choice"),
        (person(a={"oneOf": ["b", {"const": "c"}]}), "choice"),
        (person(a={"oneOf": [{"title": "b"}, {"const": "c"}]}), "choice"),
        (person(a={"oneOf": [{"const": 1}, {"const": "c"}]}), "value"),
        (person(a={"oneOf": [{"const": "c"}, {"const": "c"}]}), "choice"),
        (person(a={"type": "number", "oneOf": [{"const": "c"}]}), "type"),
        (person(a={"type": "array"}), "list"),
        (person(a={"type": "array", "items": {"type": "number"}}), "list"),
        (person(a={"type": "array", "items": {"type": "string", "minLength": 1}}), "keyword"),
        (person(Plan=LEAF), "name"),
        (person(**{"a.b": LEAF}), "name"),
        (person(**{"2nd": LEAF}), "name"),
        (person(today=LEAF), "name"),
        (person(jobs=jobs(thing="Job")), "name"),
        (person(jobs={key: each for key, each in jobs().items() if key != "thing"}), "thing"),
        (person(jobs=jobs(), more=jobs()), "thing"),
        (person(jobs=jobs(), job=LEAF), "thing"),
        (person(jobs=jobs(), job={"type": "object", "properties": {"a": LEAF}}), "thing"),
        (person(job=jobs()), "thing"),
        (person(jobs=jobs(label="name")), "label"),
        (person(jobs=jobs(default=[{}])), "default"),
        (person(jobs=jobs(minItems=1)), "keyword"),
        (person(plan={"type": "object", "properties": {"jobs": jobs()}}), "list"),
        (person(jobs=jobs(items={"type": "object", "properties": {"a": LEAF, "tasks": jobs(thing="task")}})), "list"),
        (person(a={"type": "string", "question": {"en": "Which?", "fr": "Quel?"}}), "language"),
        (person(a={"type": "string", "question": {"fr": "Quel?"}}), "language"),
    ],
)
def test_each_departure_from_the_subset_is_one_finding(schema: Any, code: str) -> None:
    found = codes(schema)
    assert set(found) == {code}
    assert len(found) <= 2


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "boolean", "default": "no"},
        {"type": "number", "default": True},
        {"type": "integer", "default": 1.5},
        {"type": "number", "minimum": 1, "default": 0},
        {"type": "number", "maximum": 1, "default": 2},
        {"type": "string", "default": 3},
        {"type": "string", "maxLength": 2, "default": "abc"},
        {"type": "string", "format": "date", "default": "2024-02-30"},
        {"type": "string", "format": "date", "default": 2024},
        {"oneOf": [{"const": "a"}], "default": "b"},
        {"type": "array", "items": {"type": "string"}, "default": [1]},
        {"type": "array", "items": {"type": "string"}, "default": "a"},
    ],
)
def test_a_default_that_does_not_fit_is_a_finding(schema: dict[str, Any]) -> None:
    facts, _, findings = read(person(a=schema))
    assert [each.code for each in findings.all] == ["facts-schema-default"]
    assert facts[None, "a"].default is None


@pytest.mark.parametrize("name", ["age", "Age", "AGE", "date-of-birth", "date_of_birth"])
def test_a_protected_characteristic_can_be_no_fact_anywhere(name: str) -> None:
    protected = ("age", "Date of birth")
    schemas = [
        person(**{name: LEAF, "other_fact": LEAF}),
        person(plan=person(**{name: LEAF})),
        person(**{name: person(written=LEAF)}),
        person(jobs=jobs(items=person(**{name: LEAF}))),
        person(jobs=jobs(thing=name)),
    ]
    for schema in schemas:
        facts, _, findings = read(schema, protected)
        assert [each.code for each in findings.all] == ["protected-characteristic"]
        assert not any(protected_name(name) in protected_name(path) for _, path in facts)


def test_a_finding_has_its_line_column_and_hint() -> None:
    schema = '{\n\t"type": "object",\n\t"properties": {\n\t\t"a": {"type": "string", "questoin": "Which?"}\n\t}\n}'
    (finding,) = read(schema)[2].all
    assert (finding.place.file, finding.place.line, finding.place.column) == ("facts.json", 4, 27)
    assert finding.hint == "Did you mean 'question'?"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "json-syntax", 1),
        ('{"type": "object",\n "properties": }', "json-syntax", 2),
        ('{"type": "object",\n "type": "object"}', "yaml-duplicate-key", 2),
        ('{"type": NaN}', "json-syntax", 1),
        ("[" * 100_000, "json-syntax", 1),
        ("[" * 100 + "]" * 100, "yaml-too-deep", 1),
        ('{"a":' + "1" * 5000 + "}", "json-syntax", 1),
        (" " * 2_000_001, "json-too-large", 1),
    ],
)
def test_what_is_not_json_is_one_finding(text: str, code: str, line: int) -> None:
    facts, lists, findings = read(text)
    assert (facts, lists) == ({}, {})
    assert [(each.code, each.place.line) for each in findings.all] == [(code, line)]


def test_what_is_not_utf8_is_one_finding() -> None:
    findings = Findings()
    assert read_facts_schema(b'{"a": "\xe9"}', "facts.json", findings) == ({}, {})
    assert [each.code for each in findings.all] == ["json-encoding"]
