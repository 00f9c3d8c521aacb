"""Readers of every kind: from any position the same rows again, and every row that can't be read is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advise import KnowledgeBase, UsageError
from tests.batch.files import ENDINGS, write_people
from tests.batch.needs import pa

import pyarrow.ipc  # isort: skip
from advise.batch.blocks import START, Reader  # isort: skip
from advise.batch.inputs import columns_of, reader_of  # isort: skip
from advise.batch.kinds import FileKind, kind_of  # isort: skip
from advise.batch.read_arrow import ArrowReader, ParquetReader  # isort: skip
from advise.batch.read_csv import CsvReader  # isort: skip
from advise.batch.read_ndjson import NdjsonReader  # isort: skip

PEOPLE = [{"id": f"p{i}", "age_of_bike": i, "tools": ["a\nb", '"'], "rides": [{"km": i}]} for i in range(40)]


def reader(base: KnowledgeBase, path: Path) -> Reader:
    if path.suffix == ".csv":
        return CsvReader(path, block=300)
    if path.suffix == ".ndjson":
        return NdjsonReader(path, base.rulebook, block=300)
    return reader_of(path, None, base.rulebook)


def rows_of(read: Reader, start: Any, needed: tuple[str, ...]) -> list[tuple[int, Any]]:
    return [
        (block.first + at, row["id"])
        for block in read.blocks(start, needed)
        for at, row in zip(block.rows.tolist(), block.batch.to_pylist(), strict=True)
    ]


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("ending", ENDINGS)
def test_reading_can_begin_at_every_block(bikes: KnowledgeBase, ending: str) -> None:
    read = reader(bikes, write_people(bikes, Path(f"people.{ending}"), PEOPLE))
    columns = columns_of(read, bikes.rulebook, None, ["id"])
    whole = rows_of(read, START, columns.needed)
    assert whole == [(i, f"p{i}") for i in range(40)]
    blocks = list(read.blocks(START, columns.needed))
    assert len(blocks) > 1 or ending == "parquet"
    assert blocks[-1].done == read.total or ending in ("arrow", "arrows")
    for block in blocks:
        assert rows_of(read, block.position, columns.needed)[-1] == whole[-1]
        from_there = rows_of(read, block.position, columns.needed)
        assert from_there == whole[block.position.row :]


@pytest.mark.usefixtures("work")
def test_a_block_has_parts(bikes: KnowledgeBase) -> None:
    Path("people.ndjson").write_text('{"helmet": true}\n{\n{"helmet": false}\n{"helmet": 1}\n', "utf-8")
    read = reader(bikes, Path("people.ndjson"))
    columns_of(read, bikes.rulebook, None, [])
    (block,) = read.blocks(START, ())
    assert (block.count, block.rows.tolist(), sorted(block.wrong)) == (4, [0, 2], [1, 3])
    part = block.part(1, 3)
    assert (part.first, part.count, part.rows.tolist(), sorted(part.wrong)) == (1, 2, [1], [0])
    assert part.batch.column("helmet").to_pylist() == [False]
    assert block.part(-5, 100) is block
    assert block.part(50, 60).count == 0


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_may_have_other_delimiters_a_mark_and_line_ends_of_other_systems(
    bikes: KnowledgeBase, delimiter: str
) -> None:
    text = "id,age_of_bike\r\np0,0\r\n\r\np1,1\r\n".replace(",", delimiter)
    Path("people.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    read = reader(bikes, Path("people.csv"))
    assert read.names == ["id", "age_of_bike"]
    assert rows_of(read, START, ("id",)) == [(0, "p0"), (1, "p1")]


@pytest.mark.usefixtures("work")
def test_every_kind_of_wrong_line_of_csv_is_named(bikes: KnowledgeBase) -> None:
    lines = [b"id,helmet", b"a,yes", b"b", b"c,yes,no", b"", b'd,"no', b'e,"yes"', b"f,\xff", b"g,no"]
    Path("people.csv").write_bytes(b"\n".join(lines))
    found: dict[int, str] = {}
    good = []
    for block in reader(bikes, Path("people.csv")).blocks(START, ("id", "helmet")):
        found |= {block.first + at: why for at, why in block.wrong.items()}
        good += [(block.first + at, row) for at, row in zip(block.rows, block.batch["id"].to_pylist(), strict=True)]
    assert found == {
        1: "This line has 1 cells, not 2.",
        2: "This line has 3 cells, not 2.",
        3: "A quote in this line opens and isn't closed, or closes too early.",
        5: "This row isn't in UTF-8.",
    }
    assert good == [(0, "a"), (4, "e"), (6, "g")]


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("people.csv", b"", "people.csv is empty."),
        ("people.csv", b"\n\n", "people.csv is empty."),
        ("people.csv", "id\n".encode("utf-16"), "people.csv is in UTF-16."),
        ("people.csv", b"\xff\n", "The first line of people.csv isn't in UTF-8."),
        ("people.csv", b"a,a\n", "people.csv has two columns called 'a'."),
        ("people.parquet", b"id\n", "people.parquet can't be read as Parquet: "),
        ("people.arrow", b"id\n", "people.arrow can't be read as Arrow: "),
        ("people.arrows", b"", "people.arrows can't be read as Arrow: "),
        ("people.txt", b"id\n", "people.txt has none of the endings .parquet, "),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_a_sentence(
    bikes: KnowledgeBase, name: str, content: bytes, sentence: str
) -> None:
    Path(name).write_bytes(content)
    with pytest.raises(UsageError) as found:
        reader(bikes, Path(name))
    assert str(found.value).startswith(sentence)


@pytest.mark.usefixtures("work")
def test_only_the_columns_that_are_needed_are_read_and_dictionaries_are_kept_plain() -> None:
    ids = pa.array(["a", "b", "a"]).dictionary_encode()
    table = pa.table({"id": ids, "much": ["x" * 1000] * 3, "helmet": [True, None, False]})
    with pyarrow.ipc.new_file("people.arrow", table.schema) as writer:
        writer.write_table(table)
    pa.parquet.write_table(table, "people.parquet")
    for found in (ArrowReader(Path("people.arrow")), ParquetReader(Path("people.parquet"))):
        (block,) = found.blocks(START, ("id", "helmet"))
        assert block.batch.schema.names == ["id", "helmet"]
        assert found.kept_type("id") == pa.string()
        assert found.sample(2)["id"] == ["a", "b"]


def test_a_kind_may_be_named() -> None:
    assert kind_of(Path("people"), "csv", "--from") is FileKind.CSV
    assert kind_of(Path("people.JSONL"), None, "--from") is FileKind.NDJSON
    with pytest.raises(UsageError, match="Say what it is with --to: parquet, arrow"):
        kind_of(Path("people"), None, "--to")
