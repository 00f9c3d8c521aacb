"""A first draft of a mapping: sensible guesses, each with its reason, and always one that can be used as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase
from tests.batch.files import ENDINGS, read_advice, write_people
from tests.batch.test_equal import EVERYONE

from advise.batch import Job, draft, run  # isort: skip
from advise.batch.mapping import read_mapping  # isort: skip

STAFF = """\
Person ID,Name,Age,Gender,Country of work,Job title,Line of work,Current?,Start date,Hours per week,job_level,\
Job 2 title,Job 2 field,career wanted,Stage,plan.written,Remark,Pay,Nothing,education
A1,Ann,33,f,United Kingdom,Barista,coffee,Y,2020-05,40,Entry,Writer,writing,yes,trainee,true,hello,20000,,\
"[{""level"": ""bachelor""}]"
A2,Bob,34,m,GB,Cook,cooking,N,2021,38,Senior,,,no,entry,false,,30000,,
A3,Cy,35,m,Germany,Clerk,admin,Y,2021-04-03,38,Senior,,,no,senior,,see file,,,
"""


def drafted(base: KnowledgeBase, text: str) -> dict[str, object]:
    Path("people.csv").write_text(text, "utf-8")
    found = draft(Path("people.csv"), base.rulebook)
    Path("mapping.yaml").write_text(found, "utf-8")
    columns: dict[str, object] = yaml.safe_load(found)["columns"]
    return columns


@pytest.mark.usefixtures("work")
def test_columns_are_known_by_their_names_titles_and_values(career: KnowledgeBase) -> None:
    assert drafted(career, STAFF) == {
        "Person ID": "keep",
        "Name": "ignore",
        "Age": "ignore",
        "Gender": "ignore",
        "Country of work": {"fact": "/work_country", "values": {"United Kingdom": "GB", "Germany": "DE"}},
        "Job title": "/jobs/0/title",
        "Line of work": "/jobs/0/field",
        "Current?": {"fact": "/jobs/0/current", "values": {"Y": True, "N": False}},
        "Start date": "/jobs/0/start",
        "Hours per week": "/jobs/0/hours",
        "job_level": {"fact": "/jobs/0/level", "values": {"Entry": "entry", "Senior": "senior"}},
        "Job 2 title": "/jobs/1/title",
        "Job 2 field": "/jobs/1/field",
        "career wanted": "ignore",
        "Stage": "/goals/0/target_level",
        "plan.written": "/plan/written",
        "Remark": "ignore",
        "Pay": "/jobs/0/pay",
        "Nothing": "ignore",
        "education": "/education",
    }
    lines = Path("mapping.yaml").read_text("utf-8").splitlines()
    assert all("  # " in line for line in lines[3:])
    assert "  Age: ignore  # a protected characteristic, which is never a fact" in lines
    assert "  Nothing: ignore  # empty in the first rows" in lines
    assert any("but no column is /careers/0/field" in line for line in lines)


@pytest.mark.usefixtures("work")
def test_a_draft_is_used_as_it_is(career: KnowledgeBase) -> None:
    drafted(career, STAFF)
    summary = run(career, Job(Path("people.csv"), Path("advice.ndjson"), mapping=Path("mapping.yaml")))
    assert (summary.people, summary.rejected) == (3, 0)
    assert {row["Person ID"] for row in read_advice(Path("advice.ndjson"))} == {"A1", "A2", "A3"}


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_file_has_its_draft(career: KnowledgeBase, ending: str) -> None:
    people = write_people(career, Path(f"people.{ending}"), EVERYONE)
    columns = yaml.safe_load(draft(people, career.rulebook))["columns"]
    assert columns.pop("id") == "keep"
    assert {name: what for name, what in columns.items() if what not in (f"/{name}", "ignore")} == {}
    assert columns["jobs"] == "/jobs"


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.lists(NAMES, max_size=3))
def test_whatever_columns_are_called_the_draft_can_be_read(
    career: KnowledgeBase, tmp_path: Path, names: list[str], values: list[str]
) -> None:
    from tests.batch.needs import pa

    table = pa.table({name: pa.array(values, pa.string()) for name in names})
    import pyarrow.parquet as pq

    pq.write_table(table, tmp_path / "people.parquet")
    text = draft(tmp_path / "people.parquet", career.rulebook)
    (tmp_path / "mapping.yaml").write_text(text, "utf-8")
    found = read_mapping(tmp_path / "mapping.yaml", career.rulebook, names, ())
    assert {each.name for each in found.all} == set(names)


@pytest.mark.usefixtures("work")
def test_what_is_protected_is_never_proposed(career: KnowledgeBase) -> None:
    names = sorted(career.rulebook.protected)
    columns = drafted(career, ",".join(names) + "\n" + ",".join("US" for _ in names) + "\n")
    assert set(columns.values()) == {"ignore"}
