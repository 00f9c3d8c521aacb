"""A knowledge base sent to another process: it advises the same, and is unpacked once."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from advise import AdviseError, KnowledgeBase
from advise.loading import read
from advise.packed import unpack
from tests.evaluate.base import folder

BASE = KnowledgeBase.load()
PEOPLE = [example for example in read(BASE.folder)[2] if example.kind == "person"]
EXPECTED = [BASE.advise(each.facts, as_of=each.as_of).to_json() for each in PEOPLE]


def advised(base: KnowledgeBase) -> list[str]:
    return [base.advise(each.facts, as_of=each.as_of).to_json() for each in PEOPLE]


def test_a_pickled_knowledge_base_advises_every_person_the_same() -> None:
    unpack.cache_clear()
    back = pickle.loads(pickle.dumps(BASE))
    assert back is not BASE
    assert advised(back) == EXPECTED
    assert (back.folder, back.rulebook, repr(back)) == (BASE.folder, BASE.rulebook, repr(BASE))


def test_a_process_keeps_one_object_for_each_content(tmp_path: Path) -> None:
    sent = pickle.dumps(BASE)
    assert pickle.loads(sent) is pickle.loads(pickle.dumps(KnowledgeBase.load()))
    assert copy.deepcopy(BASE) is pickle.loads(sent)
    other = KnowledgeBase.load(folder(tmp_path, "  - {id: x, title: T, when: [{note: true}], conclude: {other: true}}"))
    assert pickle.loads(pickle.dumps(other)).name == "bikes"


def test_threads_may_unpack_and_use_it_at_once() -> None:
    unpack.cache_clear()
    sent = pickle.dumps(BASE)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: advised(pickle.loads(sent)), range(16)))
    assert found == [EXPECTED] * 16


def test_another_process_needs_neither_the_folder_nor_the_cache(tmp_path: Path) -> None:
    (tmp_path / "bikes").mkdir()
    base = KnowledgeBase.load(
        folder(tmp_path / "bikes", "  - {id: x, title: T, when: [{use: daily}], conclude: {note: true}}")
    )
    expected = base.advise({"use": "daily"}, as_of="2026-01-15").to_json()
    (tmp_path / "sent").write_bytes(pickle.dumps(base))
    for file in sorted((tmp_path / "bikes").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    program = (
        "import pickle, sys; base = pickle.load(open(sys.argv[1], 'rb'));"
        "print(base.advise({'use': 'daily'}, as_of='2026-01-15').to_json(), end='')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "sent"], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (expected, "")
    assert "note" in expected


def test_what_another_version_of_the_package_packed_is_refused() -> None:
    _, (packed,) = BASE.__reduce__()
    library, *rest = json.loads(zlib.decompress(packed))
    for other in (["0.0.1", library[1]], [library[0], "other"]):
        with pytest.raises(AdviseError, match="Install the same on every machine"):
            unpack(zlib.compress(json.dumps([other, *rest]).encode()))
