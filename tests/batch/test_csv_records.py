"""CSV cut into whole records, in blocks of any size, whatever quotes do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batch.needs import pa  # noqa: F401

from advise.batch import csv_records  # isort: skip
from advise.batch.csv_records import Cutter  # isort: skip
from advise.batch.lines import line_blocks  # isort: skip


def cut(text: bytes, block: int) -> tuple[list[bytes], list[int]]:
    """The blocks, and the numbers of the wrong records among all."""
    pieces, wrong, before, end = [], [], 0, 0
    for each in Cutter(b",").blocks(io.BytesIO(text), 0, block):
        assert each.offset == end
        end = each.end
        pieces.append(each.data)
        wrong += [before + number for number in each.wrong]
        before += len(each.wrong) + sum(1 for row in csv.reader(io.StringIO(each.data.decode(), newline="")) if row)
    assert end == len(text)
    return pieces, wrong


CELLS = st.text(st.sampled_from('ab,"\n '), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8), st.integers(1, 40))
def test_blocks_of_any_size_hold_every_record_once(rows: list[list[str]], block: int) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    pieces, wrong = cut(text.getvalue().encode(), block)
    assert not wrong
    assert b"".join(pieces) == text.getvalue().encode()
    read = [row for piece in pieces for row in csv.reader(io.StringIO(piece.decode(), newline="")) if row]
    assert read == rows


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_a_quote_that_never_closes_costs_its_own_line_only(block: int) -> None:
    text = b'1,"fine"\n2,"open\n3,"x"\n4,"a"b\n5,6" wide\n7,"two\nlines"\n'
    pieces, wrong = cut(text, block)
    assert wrong == [1, 3]
    assert b"".join(pieces) == b'1,"fine"\n3,"x"\n5,6" wide\n7,"two\nlines"\n'


def test_a_quote_that_is_open_for_too_long_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "LONGEST_RECORD", 50)
    text = b'1,"open\n' + b"2,fine\n" * 40
    pieces, wrong = cut(text, 30)
    assert wrong == [0]
    assert b"".join(pieces) == b"2,fine\n" * 40


def test_the_last_line_may_lack_its_end() -> None:
    assert cut(b'1,2\n3,"4"', 4) == ([b"1,2\n", b'3,"4"'], [])


def test_lines_are_cut_where_they_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\n" + b"x" * 100 + b"\nthree\nfour")
    with path.open("rb") as file:
        found = list(line_blocks(file, 0, block=16, longest=40))
        assert [(each.data, each.too_long) for each in found if not each.too_long] == [
            (b"one\ntwo\n", False),
            (b"three\n", False),
            (b"four", False),
        ]
        assert [each.end for each in found if each.too_long] == [109]
        again = list(line_blocks(file, found[-1].offset, block=16, longest=40))
        assert again == found[-1:]
