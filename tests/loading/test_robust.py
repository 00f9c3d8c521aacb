"""Whatever an editor does to a knowledge base, loading it gives findings, never a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advise.loading import read
from advise.source import Findings, plain, read_yaml
from tests.loading.base import MAIN, MANIFEST, write

VALUES: list[Any] = [
    *(None, True, 3, -1, 0, 1.5, 10**30, "", "x", "{", [], {}, ["a"], [1, 2], [[1]], [{}]),
    *("job.title", "other job.title", "$settle_in", "$nope", "age", "all", "each job", "1" * 400, "(" * 50),
    *("{job.title}", "6 months ago", "last 3 weeks", "today", "2024-01", "2024-13-45", "pay / 0", "-" * 200),
    *({"a": 1}, {"not": {"not": True}}, {"each job": {}}, {"some job": {}}, {"count job": {"at least": 1}}),
    *({"at least": {"x": 1}}, {"between": [1]}, {"known": "x"}, {"same as": 3}, {"is": None}, {"one of": {}}),
]
KEYS = ["each job", "some other job", "all", "any", "not", "pay", "sum job.hours", "count ladder", "at least", "is"]
KEYS += ["one of", "x y z", "job.ready", "say", "when", "value", "from", "lookup", "where", "age", "", "  ", "\u2028"]


def _plain(text: str) -> Any:
    node = read_yaml(text, "text", Findings())
    assert node is not None
    return plain(node)


def _paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield from _paths(node[key], (*path, key))


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


def _change(document: Any, random: random.Random) -> None:
    """Replaces, renames, deletes, adds or copies one part."""
    paths = [path for path in _paths(document) if path]
    if not paths:
        return
    path = random.choice(paths)
    parent, key = _at(document, path[:-1]), path[-1]
    way = random.choice(["replace", "replace", "rename", "delete", "add", "copy"])
    if way == "delete":
        del parent[key]
    elif way == "rename" and isinstance(parent, dict):
        parent[random.choice(KEYS)] = parent.pop(key)
    elif way == "add" and isinstance(parent, dict):
        parent[random.choice(KEYS)] = random.choice(VALUES)
    elif way == "copy":
        parent[key] = json.loads(json.dumps(_at(document, random.choice(paths))))
    else:
        parent[key] = json.loads(json.dumps(random.choice(VALUES)))


@pytest.mark.parametrize("seed", range(60))
def test_changed_knowledge_base_is_read_without_a_traceback(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    case = {"name": "A", "facts": {}, "expect": {"given": ["learn"], "conclusions": {"score": 1}, "asks": ["jobs"]}}
    for turn in range(5):
        documents = {
            "main.yaml": _plain(MAIN),
            "knowledge_base.yaml": _plain(MANIFEST),
            "cases/a.yaml": {"cases": [case]},
        }
        documents = json.loads(json.dumps(documents))
        for _ in range(chance.choice([1, 1, 2, 4])):
            _change(documents[chance.choice(["main.yaml"] * 6 + list(documents))], chance)
        files = {name: json.dumps(document) for name, document in documents.items()}
        rulebook, found, _ = read(write(tmp_path / str(turn), files))
        assert (rulebook is None) == bool(found)
        assert all(each.sentence and each.code for each in found)


@pytest.mark.parametrize("seed", range(20))
def test_torn_text_is_read_without_a_traceback(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for turn in range(5):
        text = list(MAIN)
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(text))
            text[start : start + chance.choice([0, 1, 3, 40])] = chance.choice(
                ["", ":", "- ", "{", "}", "\t", "'", "#", "\n"]
            )
        rulebook, found, _ = read(write(tmp_path / str(turn), {"main.yaml": "".join(text)}))
        assert (rulebook is None) == bool(found)
