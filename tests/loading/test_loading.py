"""A knowledge base as a whole: its declarations, effects, texts, files and hash."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advise.conditions import Aggregate, Arithmetic, Constant, Elapsed, Lookup, Of, Parameter, Rank, Ref, Today
from advise.errors import KnowledgeBaseError, Place
from advise.loading import load, read
from advise.rules import Ask, Conclude, Derived
from advise.types import Kind
from tests.loading.base import (
    ADVISE,
    FILES,
    LADDER,
    MAIN,
    MANIFEST,
    MARK,
    extra,
    extra_rule,
    findings,
    loaded,
    marked,
    rule,
    write,
)


def test_small_knowledge_base_has_no_findings(tmp_path: Path) -> None:
    rulebook, found, examples = read(write(tmp_path))
    assert found == ()
    assert examples == ()
    assert rulebook is not None
    assert [each.id for each in rulebook.rules] == ["ask-more", "begun", "learn", "ready", "scored"]
    assert (rulebook.name, rulebook.version, rulebook.languages) == ("small", "1.0.0", ("en",))
    assert rulebook.as_of == date(2026, 1, 15)
    assert rulebook.first_steps == 3
    assert list(rulebook.priorities.items()) == [("safety", "Your safety"), ("growth", "Growing")]
    assert rulebook.protected == {"age", "gender", "date_of_birth"}
    assert rulebook.sources["judgement"].published == "2026"
    assert rulebook.topics == {"work": "Work"}


def test_faulty_knowledge_base_raises_with_every_finding(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError) as caught:
        load(write(tmp_path, {"extra.yaml": rule("{pey: 3, plan.writen: true}")}))
    assert [each.code for each in caught.value.findings] == ["unknown-fact", "unknown-fact"]
    assert "extra.yaml:8:10" in str(caught.value)


def test_rule_holds_its_effects(tmp_path: Path) -> None:
    rules = {each.id: each for each in loaded(tmp_path).rules}
    ask = rules["ask-more"]
    assert ask.advise is not None
    advice = ask.advise
    assert (advice.priority, advice.effort, advice.horizon, advice.kind) == ("growth", "small", "this month", "step")
    assert [step.parts["en"] for step in advice.steps] == [("Choose",), ("Ask",)]
    assert rules["ready"].conclude == (Conclude("job", "ready", "job", True),)
    assert rules["begun"].conclude == (Conclude("career", "status", "career", "begun"),)
    assert rules["scored"].conclude == (Conclude(None, "score", None, 1),)
    assert (ask.topic, ask.source, ask.title) == ("work", {"article": "Whole"}, "Ask for more")
    assert ask.place == marked("main.yaml", MAIN.replace("id: ask-more", f"id: {MARK}ask-more"))


def test_own_source_and_review_day_are_kept(tmp_path: Path) -> None:
    effect = f"source: {{judgement: Mine}}\n    owner: Me\n    review by: 2027-01-01\n    {ADVISE}"
    found = extra_rule(tmp_path, "", effect)
    assert (found.source, found.owner, found.review_by) == ({"judgement": "Mine"}, "Me", date(2027, 1, 1))


def test_text_is_split_at_its_placeholders(tmp_path: Path) -> None:
    say = "'{job.title}, {{really}}: {$settle_in} in {job.role}'"
    found = extra_rule(tmp_path, "each job: {}", f"advise: {{say: {say}, priority: growth, effort: small}}")
    assert found.advise is not None
    title, middle, settle_in, between, role = found.advise.say.parts["en"]
    assert isinstance(title, Ref)
    assert (title.of, title.scope, title.path) == (Of.FACT, "job", "title")
    assert (middle, between) == (", {really}: ", " in ")
    assert isinstance(settle_in, Parameter)
    assert (settle_in.name, settle_in.type.unit) == ("settle_in", "months")
    assert isinstance(role, Ref)
    assert role.of is Of.COMPUTED


def test_every_language_has_its_text(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("[en]", "[en, de]")
    main = "topic: only\ntitle: Only\nsource: {article: All}\nparameters:\n"
    main += "  most: {value: 2, means: M, because: B}\nrules:\n  - id: learn\n    title: Learn\n"
    main += "    advise: {say: {de: Lerne., en: Learn.}, priority: growth, effort: small}\n"
    schema = '{"type": "object", "properties": {"pay": {"type": "number"}}}'
    files = {"knowledge_base.yaml": manifest, "main.yaml": main, "small.schema.json": schema}
    advice = loaded(tmp_path, files).rules[0].advise
    assert advice is not None
    assert list(advice.say.parts.items()) == [("en", ("Learn.",)), ("de", ("Lerne.",))]


def test_hold_of_all_names_every_advice_but_its_own_and_the_exceptions(tmp_path: Path) -> None:
    effect = f"hold: {{advice: all, except: [learn], because: Not yet., until: Later., instead: learn}}\n    {ADVISE}"
    hold = extra_rule(tmp_path, "", effect).hold
    assert hold is not None
    assert (hold.advice, hold.instead) == (("ask-more",), "learn")
    assert hold.until is not None


@pytest.mark.parametrize(
    ("fact", "asked"),
    [
        ("plan.written", (None, "plan.written")),
        ("job.field", ("job", "field")),
        ("jobs", ("job", "")),
        ("job", ("job", "")),
    ],
)
def test_ask_names_a_fact_or_a_list(tmp_path: Path, fact: str, asked: tuple[str | None, str]) -> None:
    assert extra_rule(tmp_path, "", f"ask: {{fact: {fact}}}").ask == Ask(*asked, None)


def test_refer_and_overrides(tmp_path: Path) -> None:
    found = extra_rule(tmp_path, "", "refer: {to: A person, say: Talk.}\n    overrides: [learn, ask-more]")
    assert found.refer is not None
    assert found.refer.to.parts["en"] == ("A person",)
    assert found.overrides == ("ask-more", "learn")


def test_parameters_keep_their_values_by_day(tmp_path: Path) -> None:
    settings = loaded(tmp_path).settings
    wage = settings["wage"]
    assert wage.values == ((date(2025, 1, 1), 12), (date(2026, 1, 1), 13))
    assert (wage.on(date(2024, 12, 31)), wage.on(date(2025, 6, 1)), wage.on(date(2026, 1, 1))) == (None, 12, 13)
    kinds = {name: setting.type.kind for name, setting in settings.items()}
    assert (kinds["word"], kinds["fields"], kinds["opening"]) == (Kind.TEXT, Kind.TEXTS, Kind.DATE)
    assert list(settings) == sorted(settings)


def test_computed_facts_have_their_operand_and_type(tmp_path: Path) -> None:
    computed = loaded(tmp_path).computed
    months = computed["job", "months_in_role"]
    assert isinstance(months.value, Elapsed)
    assert isinstance(months.value.end, Today)
    assert (months.value.unit, months.type.unit) == ("months", "months")
    top = computed["career", "top"]
    assert isinstance(top.value, Aggregate)
    assert isinstance(top.value.value, Rank)
    assert top.type.choices == ("entry", "senior", "lead")
    floor = computed[None, "floor"]
    assert isinstance(floor.value, Arithmetic)


def test_lookup_by_rank_uses_a_table_of_ranks(tmp_path: Path) -> None:
    rulebook = loaded(tmp_path)
    role, top_role = rulebook.computed["job", "role"].value, rulebook.computed["career", "top_role"].value
    assert isinstance(role, Lookup)
    assert isinstance(top_role, Lookup)
    assert (role.table, role.take) == ("ladder", "title")
    assert [row[:2] for row in rulebook.tables["ladder"].rows] == [
        ("sales", "entry"),
        ("sales", "senior"),
        ("sales", "lead"),
    ]
    by_rank = rulebook.tables[top_role.table]
    assert [row[:2] for row in by_rank.rows] == [("sales", 0), ("sales", 1), ("sales", 2)]
    assert by_rank.columns[1].type.kind is Kind.NUMBER


def test_table_cells_have_their_types_in_the_declared_order(tmp_path: Path) -> None:
    table = "tables: {t: {file: tables/t.csv, means: T, key: [a], columns: "
    table += "{a: text, n: integer, x: number, b: boolean, d: date}}}"
    csv = 'd,a,x,n,b\n2024-03,"One, two",1.5,3,TRUE\n,two,2,,\n'
    found = loaded(tmp_path, {"extra.yaml": extra(table), "tables/t.csv": csv}).tables["t"]
    assert found.rows == (("One, two", 3, 1.5, True, "2024-03"), ("two", None, 2, None, None))
    assert found.source == {"article": "Whole"}


def test_table_may_begin_with_a_byte_order_mark_and_end_lines_as_windows_does(tmp_path: Path) -> None:
    table = "tables: {t: {file: tables/t.csv, means: T, key: [a], columns: {a: text}}}"
    write(tmp_path, {"extra.yaml": extra(table)})
    (tmp_path / "tables/t.csv").write_bytes(b"\xef\xbb\xbfa\r\nx\r\n")
    assert load(tmp_path).tables["t"].rows == (("x",),)


def test_computed_choice_from_a_table_is_a_rank(tmp_path: Path) -> None:
    body = "computed: {job.x: {means: X, lookup: t, key: {title: title}, take: level}}\n"
    body += "tables: {t: {file: tables/t.csv, means: T, key: [title], columns: "
    body += "{title: text, level: {type: choice, values: [entry, senior, lead], ordered: true}}}}"
    found = loaded(tmp_path, {"extra.yaml": extra(body), "tables/t.csv": "title,level\nA,lead\n"}).computed["job", "x"]
    assert isinstance(found.value, Rank)
    assert isinstance(found.value.of, Lookup)
    assert found.type.kind is Kind.CHOICE


def test_conclusions_have_meanings_and_reports(tmp_path: Path) -> None:
    conclusions = loaded(tmp_path).conclusions
    status, ready = conclusions["career", "status"], conclusions["job", "ready"]
    assert (status.show, status.report, list(status.values)) == (True, None, ["wished", "begun"])
    assert status.type.ordered
    assert ready.report is not None
    assert ready.report.parts["en"][0] == "Ready as "


def test_derived_thing_names_things_of_its_lists_its_own_first(tmp_path: Path) -> None:
    assert loaded(tmp_path).derived == {
        "career": Derived("career", "A line of work", "field", ("career", "job", "goal"))
    }


# --------------------------------------------------------------------------------- files and the hash


def test_order_and_names_of_files_change_only_the_hash(tmp_path: Path) -> None:
    head, rules = MAIN.split("rules:\n")
    first = loaded(tmp_path / "a")
    other = "topic: rules\ntitle: R\nsource: {article: Whole}\nrules:\n"
    moved = loaded(tmp_path / "b", {"main.yaml": head, "a/deep/rules.yaml": other + rules})
    assert [(each.id, each.condition) for each in moved.rules] == [(each.id, each.condition) for each in first.rules]
    assert (moved.conclusions, moved.computed, moved.tables) == (first.conclusions, first.computed, first.tables)
    assert moved.content_hash != first.content_hash


def test_hash_follows_every_part_but_not_cases_and_people(tmp_path: Path) -> None:
    before = loaded(tmp_path).content_hash
    assert loaded(tmp_path).content_hash == before
    case = "cases: [{name: A, facts: {}, expect: {given: [learn]}}]"
    person = "{name: Anna, about: A person, facts: {}, expect: {given: [learn]}}"
    assert loaded(tmp_path, {"cases/a.yaml": case, "people/anna.yaml": person}).content_hash == before
    assert loaded(tmp_path, {"tables/ladder.csv": LADDER + "it,lead,Lead,true\n"}).content_hash != before
    assert loaded(tmp_path, {"imports/resume.yaml": IMPORT}).content_hash != before
    assert loaded(tmp_path, {"small.schema.json": FILES["small.schema.json"] + "\n"}).content_hash != before


IMPORT = "{format: a form, recognise: [work], lists: [{from: work, to: jobs, facts: {title: {path: position}}}]}"


def test_imports_are_kept_by_their_stem(tmp_path: Path) -> None:
    form = {"from": "work", "to": "jobs", "facts": {"title": {"path": "position"}}}
    assert loaded(tmp_path, {"imports/resume.yaml": IMPORT}).imports == {
        "resume": {"format": "a form", "recognise": ["work"], "lists": [form]}
    }


def test_facts_schema_that_comes_with_the_library_is_found(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("small.schema.json", "career.schema.json").replace("$most", "2")
    (tmp_path / "knowledge_base.yaml").write_text(manifest)
    _, found, _ = read(tmp_path)
    assert "no-facts-schema" not in {each.code for each in found}


@pytest.mark.parametrize(
    ("files", "code", "file"),
    [({}, "empty-folder", ""), ({"main.yaml": rule("")}, "no-manifest", "knowledge_base.yaml")],
)
def test_folder_that_is_no_knowledge_base(tmp_path: Path, files: dict[str, str], code: str, file: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    rulebook, found, examples = read(tmp_path)
    assert (rulebook, examples) == (None, ())
    assert [each.code for each in found] == [code]
    assert found[0].place.file == (file or tmp_path.name)


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    _, found, _ = read(tmp_path / "nowhere")
    assert [(each.code, each.place) for each in found] == [("no-folder", Place("nowhere"))]
    (tmp_path / "file").write_text("")
    assert [each.code for each in read(tmp_path / "file")[1]] == ["no-folder"]


def test_wrong_ending_is_found(tmp_path: Path) -> None:
    found = findings(tmp_path, {"extra.yml": rule("")})
    assert [(each.code, each.place.file) for each in found] == [("file-name", "extra.yml")]
    assert "extra.yaml" in found[0].hint


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    base = write(tmp_path / "base")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "extra.yaml").write_text(rule(""))
    (base / "extra.yaml").symlink_to(outside / "extra.yaml")
    (base / "more").symlink_to(outside)
    found = read(base)[1]
    assert [(each.code, each.place.file) for each in found] == [
        ("outside-folder", "extra.yaml"),
        ("outside-folder", "more"),
    ]


@pytest.mark.parametrize("schema", ["../small.schema.json", "/small.schema.json", "__init__.json", f"{'x' * 400}.json"])
def test_facts_schema_is_never_looked_for_elsewhere(tmp_path: Path, schema: str) -> None:
    manifest = MANIFEST.replace("small.schema.json", schema)
    (tmp_path / "small.schema.json").write_text("{}")
    found = findings(tmp_path / "base", {"knowledge_base.yaml": manifest})
    assert [each.code for each in found] == ["no-facts-schema"]


def test_file_that_is_not_utf8_is_found_where_it_goes_wrong(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "extra.yaml").write_bytes(b"topic: extra\ntitle: Caf\xe9\n")
    (tmp_path / "tables/ladder.csv").write_bytes(b"field,level,title,leads\nsales,entry,Caf\xe9,true\n")
    found = read(tmp_path)[1]
    assert [(each.code, str(each.place)) for each in found] == [
        ("yaml-encoding", "extra.yaml:2:11"),
        ("file-encoding", "tables/ladder.csv:2:16"),
    ]


def test_broken_yaml_is_one_finding_and_the_other_files_are_read(tmp_path: Path) -> None:
    found = findings(tmp_path, {"a.yaml": "topic: [", "extra.yaml": rule("pey: 3")})
    assert [(each.place.file, each.code) for each in found] == [
        ("a.yaml", "yaml-syntax"),
        ("extra.yaml", "unknown-fact"),
    ]


# ------------------------------------------------------------------------------------ cases and people


def test_examples_cases_and_people_are_read(tmp_path: Path) -> None:
    effect = f"{ADVISE}\n    examples:\n      - name: always\n        facts: {{pay: 3, goal_date: 2026-03}}\n"
    effect += "        expect: {given: [extra], conclusions: {score: 1}, asks: [jobs.field, jobs, plan.written]}"
    people = (
        "{name: Anna, about: A nurse, as_of: 2026-02-01, facts: {pay: 1}, expect: {first: [learn]}, why: [She asked]}"
    )
    cases = "cases:\n  - {name: One, person: anna, expect: {settled: true}}\n"
    cases += "  - {name: Two, facts: {pay: 2}, as_of: 2026-03-01, expect: {fires: [ready], conflicts: [career.status]}}"
    files = {"extra.yaml": rule("", effect), "people/anna.yaml": people, "cases/some.yaml": cases}
    rulebook, found, examples = read(write(tmp_path, files))
    assert found == ()
    assert rulebook is not None
    assert [(each.kind, each.name, each.rule, each.exact) for each in examples] == [
        ("example", "always", "extra", False),
        ("case", "One", None, False),
        ("case", "Two", None, False),
        ("person", "Anna", None, True),
    ]
    assert [each.as_of.isoformat() for each in examples] == ["2026-01-15", "2026-02-01", "2026-03-01", "2026-02-01"]
    assert [each.facts.get("pay") for each in examples] == [3, 1, 2, 1]
    assert examples[0].facts["goal_date"] == "2026-03"
    assert examples[3].about == "A nurse"
    assert examples[0].place.file == "extra.yaml"
    assert examples[2].expect == {"fires": ["ready"], "conflicts": ["career.status"]}


def test_lookup_key_may_be_of_every_type(tmp_path: Path) -> None:
    key = "{n: hours, d: start, b: true, f: $word, l: lead}"
    columns = "{n: number, d: date, b: boolean, f: text, "
    columns += "l: {type: choice, values: [entry, senior, lead], ordered: true}, out: number}"
    body = f"computed: {{job.x: {{means: X, lookup: t, key: {key}, take: out}}}}\n"
    body += (
        f"tables: {{t: {{file: tables/t.csv, means: T, ignore_case: true, key: [n, d, b, f, l], columns: {columns}}}}}"
    )
    csv = "n,d,b,f,l,out\n1,2024-01-01,true,Sales,lead,7\n"
    rulebook = loaded(tmp_path, {"extra.yaml": extra(body), "tables/t.csv": csv})
    lookup = rulebook.computed["job", "x"].value
    assert isinstance(lookup, Lookup)
    assert lookup.table == "t"
    assert [key.type.kind for key in lookup.keys] == [Kind.NUMBER, Kind.DATE, Kind.BOOLEAN, Kind.TEXT, Kind.CHOICE]
    text = lookup.keys[3]
    assert isinstance(text, Constant)
    assert text.value == rulebook.tables["t"].rows[0][3] == "sales"


def test_conclusion_may_stand_in_a_group_of_the_persons_facts(tmp_path: Path) -> None:
    body = "conclusions: {plan.ready: {means: Ready, type: text, report: '{plan.ready}'}}\n"
    body += "rules: [{id: a, title: A, conclude: {plan.ready: $word}}]"
    rulebook = loaded(tmp_path, {"extra.yaml": extra(body)})
    assert rulebook.rules[0].conclude == (Conclude(None, "plan.ready", None, "Sales"),)


def test_lists_within_lists_without_end_are_refused(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for number in range(18):
        items = {"type": "object", "properties": {"n": {"type": "integer"}}}
        schema["properties"][f"list{number}"] = {"type": "array", "thing": f"thing{number}", "items": items}
    manifest = MANIFEST.replace("$most", "2")
    deep = "{note: true}"
    for number in range(18):
        deep = f"{{some thing{number}: {{n: 1, all: [{deep}]}}}}" if number else f"{{some thing{number}: {{n: 1}}}}"
    (tmp_path / "knowledge_base.yaml").write_text(manifest)
    (tmp_path / "small.schema.json").write_text(json.dumps(schema))
    rule = f"  - {{id: deep-one, title: T, when: [{deep}], conclude: {{note: true}}}}\n"
    declared = "conclusions: {note: {means: N, type: boolean, report: N.}}\n"
    (tmp_path / "deep.yaml").write_text(f"topic: deep\ntitle: D\nsource: {{article: All}}\n{declared}rules:\n{rule}")
    _, found, _ = read(tmp_path)
    assert [each.code for each in found] == ["nested-lists"]
