"""Every finding: its code, the exact place, and a hint that helps; and that nothing else is reported with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from advise.loading import read
from tests.loading.base import LADDER, MAIN, MANIFEST, MARK, extra, findings, marked, rule, write

ADV = "priority: growth, effort: small"

CONDITIONS = [
    # names
    ("unknown-fact", "¦plan.writen: true", "did you mean `plan.written`?"),
    ("unknown-fact", "each job: {¦curent: true}", "did you mean `current`?"),
    ("unknown-fact", "each job: {¦months_in_rol: 3}", "did you mean `months_in_role`?"),
    ("unknown-fact", "each job: {¦last_review: {rating: meets}}", "last_review.rating"),
    ("unknown-fact", "each job: {field: {same as: ¦job.feld}}", "did you mean `job.field`?"),
    ("unknown-fact", "pay: {at least: ¦$ratio * pey}", "did you mean `pay`?"),
    ("unknown-column", "some ladder: {¦titel: x}", "did you mean `title`?"),
    ("unknown-thing", "¦some jobb: {}", "did you mean `job`?"),
    ("unknown-thing", "¦some jobs: {}", "did you mean `job`?"),
    ("unknown-thing", "¦count laddr: {at least: 1}", "did you mean `ladder`?"),
    ("unbound-thing", "¦job.title: x", "`each job: {..}`"),
    ("unbound-thing", "each job: {field: {same as: ¦career.field}}", "`some career: {..}`"),
    ("unknown-parameter", "each job: {start: {at least: ¦$setle_in ago}}", "did you mean `$settle_in`?"),
    ("unknown-operator", "pay: {¦atleast: 3}", "did you mean `at least`?"),
    ("unknown-operator", "¦sum e job: {}", "A condition begins"),
    ("unknown-operator", "¦som job: {}", "did you mean `some job`?"),
    ("operator-alone", "¦at least: 3", "name: {at least: ..}"),
    ("protected-characteristic", "¦age: {at least: 30}", "must not depend"),
    ("protected-characteristic", "each job: {¦gender: x}", "must not depend"),
    ("protected-characteristic", "each job: {title: {same as: ¦plan.date_of_birth}}", "must not depend"),
    # values against types
    ("not-boolean", "plan.written: ¦yes", "write true or false"),
    ("not-boolean", "plan.written: ¦3", "true or false"),
    ("not-boolean", "plan.written: {known: ¦yes}", "write true or false"),
    ("unknown-value", "each job: {last_review.rating: ¦meet}", "did you mean `meets`?"),
    ("unknown-value", "each job: {last_review.rating: [below, ¦fine]}", "`exceeds`"),
    ("unknown-value", "level: {at least: ¦laed}", "did you mean `lead`?"),
    ("unknown-value", "level: {at most: ¦boss}", "It can be `entry`, `senior` or `lead`."),
    ("wrong-type", "plan.name: ¦3", "Put it in quotes."),
    ("wrong-type", "plan.name: ¦null", ""),
    ("wrong-type", "pay: ¦true", ""),
    ("wrong-type", "pay: {is: ¦[1, 2]}", "`pay: [..]`"),
    ("wrong-type", "pay: ¦plan.name", ""),
    ("wrong-type", "pay: {more than: ¦$word}", ""),
    ("wrong-type", "pay: [1, ¦$ratio]", "any:"),
    ("wrong-type", "plan.name: {same as: ¦pay}", "same type"),
    ("wrong-type", "goal_date: {at least: ¦2024-01-01}", "use `before`, `after` or `between`"),
    ("wrong-type", "goal_date: {before: ¦pay}", ""),
    ("wrong-type", "goal_date: {before: ¦$settle_in}", "today - $settle_in"),
    ("wrong-type", "goal_date: {within: ¦6 months}", "last 6 months"),
    ("wrong-type", "pay: {between: ¦3}", "[3, 5]"),
    ("wrong-type", "plan.name: {one of: ¦x}", "[x]"),
    ("wrong-type", "plan.name: {contains: ¦[a, b]}", ""),
    ("wrong-type", "plan.name: {matches: ¦3}", ""),
    ("wrong-type", "level: {at least: ¦plan.name}", ""),
    ("wrong-type", "¦sum job: {more than: 3}", "sum job."),
    ("wrong-type", "¦count job.hours: {more than: 3}", "count job"),
    ("wrong-type", "count job: ¦3", "at least: 2"),
    ("operator-type", "plan.name: {¦at least: 3}", "`contains`"),
    ("operator-type", "plan.written: {¦before: today}", "`is`"),
    ("operator-type", "interests: ¦music", "{contains: music}"),
    ("operator-type", "interests: ¦[music]", "`contains`"),
    ("operator-type", "¦sum job.title: {more than: 3}", ""),
    ("operator-type", "¦highest job.start: {before: today}", "`latest`"),
    ("not-ordered", "each job: {last_review.rating: {¦at least: meets}}", "`ordered`"),
    ("not-ordered", "each career: {status: {at least: ¦career.top}}", ""),
    ("never-true", "level: {more than: ¦lead}", ""),
    ("never-true", "pay: {between: ¦[5, 3]}", "Swap"),
    ("never-true", "level: {between: [¦lead, entry]}", "Swap"),
    ("case-mismatch", "each job: {title: {same as: ¦job.field}}", "ignore_case"),
    ("text-names-fact", "each job: {some career: {field: ¦job.field}}", "{same as: job.field}"),
    ("known-not-a-fact", "each job: {ready: {known: ¦true}}", ""),
    ("known-not-a-fact", "floor: {known: ¦true}", ""),
    ("wrong-type", "plan.name: {is: ¦{a: b}}", ""),
    ("wrong-type", "plan.name: ¦$ratio", ""),
    ("wrong-type", "plan.name: {same as: ¦3}", "use `is`"),
    ("wrong-type", "level: {at least: ¦3}", "quotes"),
    ("wrong-type", "goal_date: {before: ¦true}", "today - 6 months"),
    ("wrong-type", "plan.name: {contains: ¦' '}", "any:"),
    ("unknown-value", "level: ¦$fields", "`entry`"),
    ("unknown-value", "each job: {last_review.rating: {same as: ¦level}}", ""),
    ("protected-characteristic", "level: {at least: ¦gender}", ""),
    ("unbound-thing", "each job: {title: {same as: ¦other job.title}}", "`each other job: {..}`"),
    ("operator-alone", "¦before: today", "name: {before: ..}"),
    # dates, durations, expressions, patterns
    ("bad-expression", "pay: {at least: ¦2024-01-01}", ""),
    ("bad-expression", "pay: {at least: ¦'((((((((((((((((((((((((1'}", ""),
    ("bad-expression", "pay: {at least: ¦''}", "numbers, dates"),
    ("bad-expression", "goal_date: {before: ¦(today)}", "numbers, dates"),
    ("bad-date", "goal_date: {before: ¦5 + 3}", "2024-03-05"),
    ("bad-duration", "goal_date: {before: ¦today - goal_date}", "6 months"),
    ("bad-duration", "goal_date: {at least: ¦$half ago}", ""),
    ("partial-date", "goal_date: {before: ¦2024-03}", "2024-03-05"),
    ("partial-date", "goal_date: {before: ¦2024}", "2024-03-05"),
    ("bad-date", "goal_date: {before: ¦2024-02-31}", ""),
    ("unit-mismatch", "goal_date: {at least: ¦$settle_in weeks ago}", "`$settle_in` alone"),
    ("unit-mismatch", "goal_date: {at least: ¦$ratio ago}", "days, weeks, months or years"),
    ("unit-mismatch", "each job: {weeks_left: {less than: ¦$settle_in}}", "same unit"),
    ("bad-duration", "goal_date: {at least: ¦1.5 months ago}", "whole number"),
    ("bad-duration", "goal_date: {at least: ¦6 ago}", "6 months"),
    ("bad-duration", "goal_date: {before: ¦today - 6}", "6 months"),
    ("division-by-zero", "pay: {at least: ¦10 / 0}", ""),
    ("bad-expression", "pay: {at least: ¦10 *}", ""),
    ("bad-expression", "pay: {at least: ¦(10 + 2}", ""),
    ("bad-expression", "pay: {at least: ¦10 10}", ""),
    ("bad-expression", "pay: {at least: ¦10 % 3}", "+ - * /"),
    ("bad-pattern", "plan.name: {matches: ¦'(a'}", "brackets"),
    ("bad-pattern", "plan.name: {matches: ¦'(?=a)b'}", "Look-around"),
    ("empty-test", "plan.name: ¦{}", ""),
    ("empty-test", "plan.name: ¦[]", ""),
    ("empty-test", "any: ¦[]", ""),
    ("empty-test", "¦count job: {where: {current: true}}", "at least: 2"),
    # structure of conditions
    ("each-inside", "some career: {¦each job: {}}", "some job"),
    ("each-inside", "any: [{¦each job: {}}]", "some job"),
    ("scope-twice", "each job: {¦some job: {}}", "`some other job`"),
    ("scope-twice", "each job: {some other job: {¦no other job: {}}}", "bound"),
    ("other-without-first", "¦some other job: {}", "`some job`"),
    ("not-a-condition", "some job: ¦true", "name: value"),
    ("not-a-condition", "not: ¦[{plan.written: true}]", "`all: [..]`"),
    ("not-a-condition", "all: ¦{plan.written: true}", "dash"),
    ("not-a-condition", "some job:¦", "`{}`"),
]


@pytest.mark.parametrize(("code", "when", "hint"), CONDITIONS, ids=lambda value: str(value)[:60])
def test_faulty_condition_is_found_at_its_place(tmp_path: Path, code: str, when: str, hint: str) -> None:
    text = rule(when)
    check(tmp_path, {"extra.yaml": text}, "extra.yaml", code, hint)


def check(folder: Path, files: dict[str, str], file: str, code: str, hint: str) -> None:
    found = findings(folder, files)
    assert [(each.code, each.place) for each in found] == [(code, marked(file, files[file]))], "\n".join(
        map(str, found)
    )
    assert hint in found[0].hint
    assert found[0].sentence.endswith(".")


EFFECTS = [
    ("no-effect", "", "owner: me", "Add `advise`"),
    ("unknown-priority", "", "advise: {say: Do it., priority: ¦grwth, effort: small}", "did you mean `growth`?"),
    ("unknown-value", "", "advise: {say: Do it., priority: growth, effort: ¦smal}", "did you mean `small`?"),
    ("unknown-value", "", f"advise: {{say: Do it., {ADV}, horizon: ¦soon}}", "`this week`"),
    ("unknown-value", "", f"advise: {{say: Do it., {ADV}, kind: ¦hint}}", "`note`"),
    ("unknown-key", "", f"advise: {{say: Do it., {ADV}, ¦horizn: later}}", "did you mean `horizon`?"),
    ("missing-key", "", "advise: ¦{say: Do it., priority: growth}", ""),
    ("empty-text", "", f"advise: {{say: ¦' ', {ADV}}}", "Say what"),
    ("wrong-type", "", f"advise: {{say: Do it., steps: ¦Go, {ADV}}}", "[Go]"),
    ("wrong-type", "", f"advise: {{say: ¦5, {ADV}}}", "quotes"),
    ("unknown-language", "", f"advise: {{say: {{en: Do it., ¦de: Tu es.}}, {ADV}}}", "`en`"),
    ("unknown-placeholder", "", f"advise: {{say: 'As ¦{{job.title}}', {ADV}}}", "`each job: {..}`"),
    ("unknown-placeholder", "", f"advise: {{say: 'In ¦{{plan.feld}}', {ADV}}}", "did you mean `plan.field`?"),
    (
        "unknown-placeholder",
        "each job: {}",
        f"advise: {{say: 'As ¦{{job.titel}}', {ADV}}}",
        "did you mean `job.title`?",
    ),
    ("unknown-placeholder", "each job: {}", f"advise: {{say: 'As ¦{{title}}', {ADV}}}", ""),
    ("unknown-parameter", "", f"advise: {{say: 'After ¦{{$setle_in}}', {ADV}}}", "did you mean `$settle_in`?"),
    ("bad-placeholder", "", f"advise: {{say: ¦'As {{job', {ADV}}}", "`{{`"),
    ("undeclared-conclusion", "each job: {}", "conclude: {¦job.redy: true}", "did you mean `job.ready`?"),
    ("undeclared-conclusion", "each job: {}", "conclude: {¦job.hours: 3}", "another name"),
    ("unbound-thing", "", "conclude: {¦job.ready: true}", "`each job: {..}`"),
    ("unknown-value", "each career: {}", "conclude: {career.status: ¦begn}", "did you mean `begun`?"),
    ("not-boolean", "each job: {}", "conclude: {job.ready: ¦yes}", "write true or false"),
    ("wrong-type", "", "conclude: {score: ¦high}", ""),
    ("dated-parameter", "", "conclude: {score: ¦$wage}", "one `value`"),
    ("protected-characteristic", "", "conclude: {¦age: 3}", ""),
    ("unknown-rule", "", "hold: {advice: [¦ask-mre], because: Not yet.}", "did you mean `ask-more`?"),
    ("not-advice", "", "hold: {advice: [¦ready], because: Not yet.}", "`advise:`"),
    ("unknown-rule", "", "hold: {advice: all, except: [¦lern], because: Not yet.}", "did you mean `learn`?"),
    ("unknown-rule", "", "hold: {advice: [ask-more], because: Not yet., instead: ¦lern}", "did you mean `learn`?"),
    ("not-advice", "", "hold: {advice: [ask-more], because: Not yet., instead: ¦ready}", ""),
    ("instead-held", "", "hold: {advice: all, because: Not yet., instead: ¦learn}", "`except`"),
    ("unknown-key", "", "hold: {advice: [ask-more], ¦except: [learn], because: Not yet.}", "`advice: all`"),
    ("unknown-value", "", "hold: {advice: ¦every, because: Not yet.}", "`all`"),
    ("unknown-rule", "", "overrides: [¦lern]", "did you mean `learn`?"),
    ("overrides-itself", "", "overrides: [¦extra]", "another"),
    ("unknown-fact", "", "ask: {fact: ¦plan.writen}", "did you mean `plan.written`?"),
    ("unknown-fact", "", "ask: {fact: ¦floor}", "rests on"),
    ("missing-question", "", "ask: {fact: ¦pay}", "`say:`"),
    ("missing-key", "", "refer: ¦{say: Talk.}", ""),
    ("bad-date", "", f"review by: ¦soon\n    advise: {{say: Do it., {ADV}}}", "2024-03-05"),
    ("bad-date", "", f"review by: ¦2026-02-30\n    advise: {{say: Do it., {ADV}}}", ""),
    ("wrong-type", "", f"advise: {{say: ¦[Do it.], {ADV}}}", ""),
    ("wrong-type", "", f"advise: {{say: Do it., steps: ¦null, {ADV}}}", "Fill it in"),
    ("wrong-type", "", "conclude: {score: ¦[1]}", ""),
    ("wrong-type", "", "refer: {to: A, say: ¦3}", ""),
    ("wrong-type", "", "refer: ¦Somebody", ""),
    ("unknown-source", "", f"source: {{¦artcle: Here}}\n    advise: {{say: Do it., {ADV}}}", "did you mean `article`?"),
]


@pytest.mark.parametrize(("code", "when", "effect", "hint"), EFFECTS, ids=lambda value: str(value)[:60])
def test_faulty_effect_is_found_at_its_place(tmp_path: Path, code: str, when: str, effect: str, hint: str) -> None:
    text = rule(when, effect)
    if MARK not in text:
        text = text.replace("id: extra", f"id: {MARK}extra")
    check(tmp_path, {"extra.yaml": text}, "extra.yaml", code, hint)


T = "file: tables/t.csv, means: T, key: [a]"
DRAW = "rules: [{id: a, title: A, conclude: {ok: true}}]"
DECLARATIONS = [
    # parameters
    ("unknown-key", "parameters: {p: {value: 1, means: P, because: B, ¦meaning: x}}", "did you mean `means`?"),
    ("missing-key", "parameters: {p: ¦{value: 1, means: P}}", ""),
    ("missing-key", "parameters: {p: ¦{means: P, because: B}}", "`from:"),
    ("missing-key", "parameters: {p: ¦{value: 1, from: {2025-01-01: 1}, means: P, because: B}}", ""),
    ("bad-name", "parameters: {p: {from: {¦soon: 1}, means: P, because: B}}", ""),
    ("bad-date", "parameters: {p: {from: {¦2025-02-30: 1}, means: P, because: B}}", ""),
    ("wrong-type", "parameters: {p: {value: ¦true, means: P, because: B}}", ""),
    ("wrong-type", "parameters: {p: {from: ¦{2025-01-01: 1, 2026-01-01: x}, means: P, because: B}}", ""),
    ("bad-name", "parameters: {¦My-P: {value: 1, means: P, because: B}}", "lower-case"),
    ("duplicate-id", "parameters: {¦settle_in: {value: 1, means: P, because: B}}", "Rename"),
    ("protected-characteristic", "parameters: {¦age: {value: 1, means: P, because: B}}", ""),
    ("unknown-source", "parameters: {p: {value: 1, means: P, because: B, source: {¦artcle: x}}}", "`article`"),
    # conclusions
    ("duplicate-id", "conclusions: {¦score: {means: S, type: number, report: S}}", "Rename"),
    ("name-clash", "conclusions: {¦pay: {means: S, type: number, report: S}}", "another name"),
    ("name-clash", "computed: {¦pay: {means: S, value: 3}}", "another name"),
    ("name-clash", "computed: {¦score: {means: S, value: 3}}", "Rename"),
    ("unknown-thing", "conclusions: {¦jbo.ok: {means: S, type: boolean}}", "did you mean `job`?"),
    ("unknown-thing", "conclusions: {¦jobs.ok: {means: S, type: boolean}}", "did you mean `job.ok`?"),
    ("unknown-thing", "conclusions: {¦ladder.ok: {means: S, type: boolean}}", "columns only"),
    ("unknown-value", "conclusions: {ok: {means: S, type: ¦bool}}", "did you mean `boolean`?"),
    ("missing-key", "conclusions: {ok: ¦{means: S, type: choice}}", "`values:`"),
    ("protected-characteristic", "conclusions: {¦job.gender: {means: S, type: boolean}}", ""),
    # derived
    ("unknown-thing", "derived: {¦carer: {means: C, one for each: field, among: [jobs]}}", "did you mean `career`?"),
    ("duplicate-id", "derived: {¦career: {means: C, one for each: field, among: [jobs]}}", ""),
    ("unknown-fact", "derived: {skill: {means: C, one for each: ¦nam, among: [skills]}}", "did you mean `name`?"),
    ("key-not-required", "derived: {goal: {means: C, one for each: ¦what, among: [goals]}}", "`required`"),
    ("unknown-list", "derived: {skill: {means: C, one for each: name, among: [¦skill]}}", "did you mean `skills`?"),
    ("unknown-fact", "derived: {skill: {means: C, one for each: name, among: [skills, ¦jobs]}}", "Leave"),
    ("wrong-type", "derived: {job: {means: C, one for each: title, among: ¦jobs}}", "[jobs]"),
    # computed
    ("computed-way", "computed: {¦x: {means: X}}", "`lookup`"),
    ("computed-way", "computed: {x: {means: X, count: job, ¦value: 3}}", "`lookup`"),
    ("unknown-key", "computed: {x: {means: X, value: 3, ¦where: {current: true}}}", "`count`"),
    ("unknown-key", "computed: {job.x: {means: X, ¦moths between: [start, today]}}", "did you mean `months between`?"),
    ("computed-cycle", "computed: {a: {means: A, value: b}, b: {means: B, value: ¦a}}", ""),
    ("computed-reads-conclusion", "computed: {a: {means: A, value: ¦score}}", "rule"),
    ("unit-mismatch", "computed: {job.x: {means: X, unit: ¦weeks, months between: [start, today]}}", "`unit: months`"),
    ("wrong-type", "computed: {job.x: {means: X, months between: [start, ¦title]}}", ""),
    ("unknown-table", "computed: {job.x: {means: X, lookup: ¦lader, key: {field: field}, take: title}}", "`ladder`"),
    (
        "unknown-column",
        "computed: {job.x: {means: X, lookup: ladder, key: {field: field, level: level}, take: ¦titel}}",
        "did you mean `title`?",
    ),
    (
        "unknown-column",
        "computed: {job.x: {means: X, lookup: ladder, key: {field: field, ¦levl: level}, take: title}}",
        "did you mean `level`?",
    ),
    ("missing-key", "computed: {job.x: {means: X, lookup: ladder, key: ¦{field: field}, take: title}}", ""),
    (
        "case-mismatch",
        "computed: {job.x: {means: X, lookup: ladder, key: {field: ¦title, level: level}, take: title}}",
        "ignore_case",
    ),
    (
        "wrong-type",
        "computed: {job.x: {means: X, lookup: ladder, key: {field: ¦hours, level: level}, take: title}}",
        "",
    ),
    ("division-by-zero", "computed: {a: {means: A, value: ¦pay / 0}}", ""),
    # tables
    ("no-table-file", "tables: {t: {file: ¦tables/lader.csv, means: T, key: [a], columns: {a: text}}}", "ladder.csv"),
    ("unknown-column", "tables: {t: {file: tables/t.csv, means: T, key: [¦b], columns: {aa: text}}}", ""),
    ("missing-key", "tables: {t: {file: tables/t.csv, means: T, key: [a], columns: {a: ¦{type: choice}}}}", "values"),
    (
        "unknown-value",
        "tables: {t: {file: tables/t.csv, means: T, key: [a], columns: {a: ¦txt}}}",
        "did you mean `text`?",
    ),
    ("name-clash", "tables: {¦job: {file: tables/t.csv, means: T, key: [a], columns: {a: text}}}", ""),
    ("duplicate-id", "tables: {¦ladder: {file: tables/t.csv, means: T, key: [a], columns: {a: text}}}", ""),
    ("protected-characteristic", "tables: {t: {file: tables/t.csv, means: T, key: [age], columns: {¦age: text}}}", ""),
    ("wrong-value", "computed: {job.x: {means: X, months between: ¦[start]}}", ""),
    (
        "missing-key",
        "computed: {job.x: ¦{means: X, lookup: ladder, key: {field: field, level: level}}}",
        "",
    ),
    (
        "unknown-column",
        "computed: {job.x: {means: X, lookup: ladder, key: {field: field, level: level}, take: ¦level}}",
        "",
    ),
    (
        "not-ordered",
        f"tables: {{t: {{{T}, columns: {{a: {{type: choice, values: [x, y], ordered: true}}}}}}}}\n"
        "computed: {career.x: {means: X, lookup: t, key: {a: ¦top}, take: a}}",
        "alike",
    ),
    (
        "wrong-type",
        f"tables: {{t: {{{T}, columns: {{a: text}}}}}}\n"
        "computed: {x: {means: X, lookup: t, key: {a: ¦3}, take: a}}",
        "",
    ),
    (
        "unknown-key",
        f"conclusions: {{ok: {{means: S, type: boolean, report: R, ¦values: {{a: A}}}}}}\n{DRAW}",
        "Delete",
    ),
    ("wrong-type", f"conclusions: {{ok: {{means: S, type: boolean, report: ¦true}}}}\n{DRAW}", "sentence"),
    ("wrong-type", "conclusions: {ok: ¦3}", ""),
    ("wrong-type", "derived: {skill: {means: C, one for each: field, among: [¦goals]}}", "alike"),
    ("duplicate-item", "rules: [{id: a, title: A, overrides: ¦[learn, learn]}]", "Keep one"),
    ("wrong-type", "rules: [{id: a, title: A, overrides: [¦3]}]", ""),
    # rules and the file
    ("duplicate-id", "rules: [{id: ¦learn, title: L, overrides: [ask-more]}]", "Rename"),
    ("bad-name", "rules: [{id: ¦My Rule, title: L, overrides: [ask-more]}]", "hyphens"),
    ("missing-key", "rules: [¦{title: L, overrides: [ask-more]}]", ""),
    ("protected-characteristic", "rules: [{id: ¦age, title: L, overrides: [ask-more]}]", ""),
    ("wrong-type", "rules: ¦{id: a}", ""),
    ("wrong-type", "rules: [{id: a, title: L, overrides: [ask-more], when: [¦plan.written]}]", ""),
    ("unknown-key", "¦rule: []", "did you mean `rules`?"),
]


@pytest.mark.parametrize(("code", "section", "hint"), DECLARATIONS, ids=lambda value: str(value)[:70])
def test_faulty_declaration_is_found_at_its_place(tmp_path: Path, code: str, section: str, hint: str) -> None:
    files = {"zz.yaml": extra(section), "tables/t.csv": "a\nx\n"}
    check(tmp_path, files, "zz.yaml", code, hint)


TABLE = "tables: {t: {file: tables/t.csv, means: T, key: [a], columns: {a: text, n: integer, b: boolean, d: date}}}"
CELLS = [
    ("bad-header", "a,n,b,¦x\n", "The declared columns are"),
    ("bad-header", "¦a,n,b\n", "Add the column"),
    ("bad-header", "¦", "a,n,b,d"),
    ("bad-header", "a,n,b,d,¦a\n", ""),
    ("bad-cell", "a,n,b,d\nx,¦1.5,true,2024\n", ""),
    ("bad-cell", "a,n,b,d\n\nx,1,¦yes,2024\n", "write true or false"),
    ("bad-cell", 'a,n,b,d\n"x, y",1,true,¦2024-13\n', ""),
    ("bad-row", "a,n,b,d\n¦x,1\n", "double quotes"),
    ("duplicate-row", "a,n,b,d\nx,1,true,2024\ny,2,,\n¦x,3,,\n", "`key`"),
    ("bad-csv", 'a,n,b,d\n¦"x,1,true,2024\n', "quotes"),
]


@pytest.mark.parametrize(("code", "text", "hint"), CELLS)
def test_faulty_table_is_found_at_its_cell(tmp_path: Path, code: str, text: str, hint: str) -> None:
    check(tmp_path, {"extra.yaml": extra(TABLE), "tables/t.csv": text}, "tables/t.csv", code, hint)


EXAMPLES = [
    ("unknown-key", "{¦givn: [learn]}", "did you mean `given`?"),
    ("unknown-rule", "{given: [¦lern]}", "did you mean `learn`?"),
    ("not-advice", "{given: [¦ready]}", "`fires`"),
    ("unknown-rule", "{not fires: [¦redy]}", "did you mean `ready`?"),
    ("undeclared-conclusion", "{conclusions: {¦job.redy: true}}", "did you mean `job.ready`?"),
    ("unknown-value", "{conclusions: {career.status: ¦begn}}", "did you mean `begun`?"),
    ("wrong-type", "{conclusions: {job.ready: ¦3}}", "write true or false"),
    ("undeclared-conclusion", "{not concluded: [¦scor]}", "did you mean `score`?"),
    ("unknown-fact", "{asks: [¦job.field]}", "did you mean `jobs.field`?"),
    ("wrong-type", "{settled: ¦yes}", "write true or false"),
    ("empty-value", "¦{}", ""),
]


@pytest.mark.parametrize(("code", "expect", "hint"), EXAMPLES)
def test_faulty_expectation_is_found_at_its_place(tmp_path: Path, code: str, expect: str, hint: str) -> None:
    effect = f"overrides: [ask-more]\n    examples:\n      - {{name: A, facts: {{}}, expect: {expect}}}"
    check(tmp_path, {"extra.yaml": rule("", effect)}, "extra.yaml", code, hint)


CASES = [
    ("unknown-person", "cases: [{name: A, person: ¦anne, expect: {given: [learn]}}]", "did you mean `anna`?"),
    ("missing-key", "cases: [¦{name: A, expect: {given: [learn]}}]", "Write one of them."),
    ("missing-key", "cases: [¦{facts: {}, expect: {given: [learn]}}]", ""),
    ("partial-date", "cases: [{name: A, facts: {}, as_of: ¦2026-01, expect: {given: [learn]}}]", "2024-03-05"),
]


@pytest.mark.parametrize(("code", "text", "hint"), CASES)
def test_faulty_case_is_found_at_its_place(tmp_path: Path, code: str, text: str, hint: str) -> None:
    person = "{name: Anna, about: A person, facts: {}, expect: {given: [learn]}}"
    check(tmp_path, {"people/anna.yaml": person, "cases/some.yaml": text}, "cases/some.yaml", code, hint)


MANIFESTS = [
    ("unknown-key", "title: Small", "¦titel: Small", "did you mean `title`?", ["missing-key"]),
    ("bad-date", "as_of: 2026-01-15", "as_of: ¦today", "2024-03-05", []),
    ("partial-date", "as_of: 2026-01-15", "as_of: ¦2026-01", "2024-03-05", []),
    ("unknown-value", "language: 1", "language: ¦2", "`1`", []),
    ("unknown-parameter", "first_steps: $most", "first_steps: ¦$mots", "did you mean `$most`?", []),
    ("wrong-type", "first_steps: $most", "first_steps: ¦most", "`$most`", []),
    ("wrong-type", "first_steps: $most", "first_steps: ¦$word", "", []),
    ("no-facts-schema", "small.schema.json", "¦smal.schema.json", "Put it in this folder", []),
    ("duplicate-id", "  - growth: Growing", "  - growth: Growing\n  - ¦growth: More", "Keep one", []),
    ("wrong-value", "first_steps: $most", "first_steps: ¦-1", "", []),
    ("wrong-type", "languages: [en]", "languages: ¦en", "[en]", []),
]


@pytest.mark.parametrize(("code", "old", "new", "hint", "with_it"), MANIFESTS)
def test_faulty_manifest_is_found_at_its_place(
    tmp_path: Path, code: str, old: str, new: str, hint: str, with_it: list[str]
) -> None:
    text = MANIFEST.replace(old, new)
    found = findings(tmp_path, {"knowledge_base.yaml": text})
    at_mark = [each for each in found if each.place == marked("knowledge_base.yaml", text) and each.code == code]
    assert len(at_mark) == 1, "\n".join(map(str, found))
    assert hint in at_mark[0].hint
    assert sorted(each.code for each in found) == sorted([code, *with_it])


def test_missing_source_is_found_on_rule_and_table(tmp_path: Path) -> None:
    text = rule("").replace("source: {article: Whole}\n", "").replace("- id", f"- {MARK}id")
    check(tmp_path, {"extra.yaml": text}, "extra.yaml", "missing-source", "sources")


def test_text_without_translation_is_found(tmp_path: Path) -> None:
    main = MAIN.replace("say: Learn something.", f"say: {MARK}Learn something.")
    manifest = MANIFEST.replace("[en]", "[en, de]")
    found = findings(tmp_path, {"knowledge_base.yaml": manifest, "main.yaml": main})
    assert {each.code for each in found} == {"missing-translation"}
    here = next(each for each in found if each.place == marked("main.yaml", main))
    assert "`de`" in here.sentence
    assert "en: .., de: .." in here.hint


def test_conclusion_that_no_rule_draws_is_found(tmp_path: Path) -> None:
    text = extra(f"conclusions: {{{MARK}ok: {{means: Fine, type: boolean, report: Fine.}}}}")
    check(tmp_path, {"extra.yaml": text}, "extra.yaml", "conclusion-never-drawn", "`conclude:`")


def test_conclusion_that_nothing_uses_is_found(tmp_path: Path) -> None:
    body = f"conclusions: {{{MARK}ok: {{means: Fine, type: boolean}}}}\n"
    body += "rules: [{id: x, title: X, conclude: {ok: true}}]"
    check(tmp_path, {"extra.yaml": extra(body)}, "extra.yaml", "conclusion-never-read", "`report`")


@pytest.mark.parametrize(
    "use", ["when: [{ok: true}]\n    overrides: [learn]", "refer: {to: A person, say: 'It is {ok}'}"]
)
def test_conclusion_in_condition_or_text_is_used(tmp_path: Path, use: str) -> None:
    body = "conclusions: {ok: {means: Fine, type: boolean}}\nrules:\n  - {id: x, title: X, conclude: {ok: true}}\n"
    body += f"  - id: y\n    title: Y\n    {use}"
    assert findings(tmp_path, {"extra.yaml": extra(body)}) == ()


def test_negative_cycle_is_shown_as_a_circle(tmp_path: Path) -> None:
    body = """conclusions: {a: {means: A, type: boolean}, b: {means: B, type: boolean}}
rules:
  - {id: draws-a, title: A, when: [{not: {b: true}}], conclude: {a: true}}
  - {id: draws-b, title: B, when: [{a: true}], conclude: {b: true}}"""
    found = findings(tmp_path, {"extra.yaml": extra(body)})
    assert [each.code for each in found] == ["negative-cycle"]
    assert "draws-a -> draws-b -> draws-a" in found[0].sentence
    assert found[0].place.line == 6


def test_duplicate_across_files_names_both_places(tmp_path: Path) -> None:
    found = findings(tmp_path, {"zz.yaml": rule("").replace("id: extra", "id: learn")})
    assert [each.code for each in found] == ["duplicate-id"]
    first = marked("main.yaml", MAIN.replace("id: learn", f"id: {MARK}learn"))
    assert f"main.yaml, line {first.line}" in found[0].sentence
    assert found[0].place.file == "zz.yaml"


def test_second_file_of_a_topic_is_found(tmp_path: Path) -> None:
    text = rule("").replace("topic: extra", f"topic: {MARK}work")
    check(tmp_path, {"zz.yaml": text}, "zz.yaml", "duplicate-id", "Rename")


def test_every_finding_is_collected_and_sorted(tmp_path: Path) -> None:
    bad = rule("each job: {curent: true, title: 3, hours: {atleast: 2, less: 3}}").replace("small", "tiny")
    found = findings(tmp_path, {"extra.yaml": bad, "tables/ladder.csv": LADDER + "sales,boss,X,maybe\n"})
    codes = [each.code for each in found]
    expected = ["unknown-fact", "wrong-type", "unknown-operator", "unknown-operator", "unknown-value"]
    assert codes == [*expected, "bad-cell", "bad-cell"]
    assert [each.place for each in found] == sorted(each.place for each in found)


def test_finding_shows_the_line_and_points_at_the_column(tmp_path: Path) -> None:
    found = findings(tmp_path, {"extra.yaml": rule("plan.writen: true")})
    shown = str(found[0]).splitlines()
    assert shown[1] == "        - plan.writen: true"
    assert shown[2] == "          ^"


def test_what_rests_on_a_faulty_declaration_is_not_reported_again(tmp_path: Path) -> None:
    main = MAIN.replace("lookup: ladder", "lookup: lader").replace("value: 6, unit", "vale: 6, unit")
    found = findings(tmp_path, {"main.yaml": main, "extra.yaml": rule("each job: {start: {at least: $settle_in ago}}")})
    assert {each.code for each in found} == {"unknown-table", "unknown-key", "missing-key"}


def test_what_a_file_that_is_no_text_may_declare_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "main.yaml").write_bytes(MAIN.encode("utf-16"))
    (tmp_path / "extra.yaml").write_text(rule("each job: {start: {at least: $settle_in ago}}"), "utf-8")
    assert [each.code for each in read(tmp_path)[1]] == ["yaml-encoding"]
    (tmp_path / "main.yaml").write_text("", "utf-8")
    assert {"yaml-empty", "unknown-parameter"} <= {each.code for each in read(tmp_path)[1]}


@pytest.mark.parametrize(
    ("schema", "code"),
    [('{"type": "object",}', "json-syntax"), ("[]", "facts-schema-type"), (b"{\xff", "json-encoding")],
)
def test_of_a_facts_schema_that_cannot_be_read_only_that_is_said(
    tmp_path: Path, schema: str | bytes, code: str
) -> None:
    write(tmp_path)
    (tmp_path / "small.schema.json").write_bytes(schema if isinstance(schema, bytes) else schema.encode())
    assert [each.code for each in read(tmp_path)[1]] == [code]


@pytest.mark.parametrize(
    "body",
    [
        "rules:\n  - id: a\n    title: A\n    when:\n      - {each jbo: {}}\n      - jbo.title: x\n"
        "    advise: {say: 'As {jbo.title}', priority: growth, effort: small}",
        "rules:\n  - {id: a, title: A, when: [{each jbo: {}}], conclude: {jbo.ready: true}}",
        f"tables: {{t: {{{T}}}}}\nrules: [{{id: a, title: A, when: [{{some t: {{x: 3}}}}], overrides: [learn]}}]",
        f"tables: {{t: {{{T}}}}}\ncomputed: {{x: {{means: X, lookup: t, key: {{a: pay}}, take: b}}}}",
        "conclusions: {ok: {means: S, type: tru}}\nrules: [{id: a, title: A, when: [{ok: true}], conclude: {ok: 3}}]",
        "parameters: {p: 3}\nrules: [{id: a, title: A, when: [{pay: $p}], overrides: [learn]}]",
    ],
)
def test_one_mistake_is_one_finding(tmp_path: Path, body: str) -> None:
    found = findings(tmp_path, {"extra.yaml": extra(body)})
    assert len(found) == 1, "\n".join(map(str, found))


def test_text_that_should_be_quoted_says_so(tmp_path: Path) -> None:
    found = findings(tmp_path, {"extra.yaml": rule("each job: {}", f"advise: {{say: {{job.title}}, {ADV}}}")})
    assert any("must stand in quotes" in each.hint for each in found)


@pytest.mark.parametrize("file", ["people/a.yaml", "cases/a.yaml", "imports/a.yaml", "a.yaml", "knowledge_base.yaml"])
def test_file_that_is_no_mapping_is_found(tmp_path: Path, file: str) -> None:
    found = findings(tmp_path, {file: "- 1"})
    assert [(each.code, each.place.file, each.place.line) for each in found] == [("wrong-type", file, 1)]
