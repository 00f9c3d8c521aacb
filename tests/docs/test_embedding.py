"""docs/embedding.md: every block runs, the web handler answers real requests, and nothing leaks."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

import advise
from advise import AdviseError, KnowledgeBase, Outcome
from advise.items import OutcomeDict
from tests.docs.pages import DOCS, blocks, table_rows

NAMES = list(dict.fromkeys(block.attributes["name"] for block in blocks("embedding.md") if block.kind == "python"))


def _cells(name: str) -> list[str]:
    return [b.text for b in blocks("embedding.md") if b.attributes.get("name") == name]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("web", "pool")])
def test_the_blocks_run_in_order_in_one_namespace(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, Any] = {}
    for cell in _cells(name):
        exec(compile(cell, f"embedding.md, {name}", "exec"), space)
    printed = capsys.readouterr().out
    assert printed or name == "notebook"
    if name == "errors":
        assert "/jobs/0" in printed
    if name == "imported":
        assert "'start': '2021-05'" in printed
    if name == "notebook":
        assert space["outcome"].open_ids
        assert set(space["outcome"].given_ids) <= set(space["after"].given_ids)
        assert set(space["why"]) == set(space["after"].given_ids)


def test_the_pool_gives_the_same_in_threads_and_in_processes(tmp_path: Path) -> None:
    (tmp_path / "pool.py").write_text(_cells("pool")[0], encoding="utf-8")
    done = subprocess.run([sys.executable, "pool.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 people; can't be used: wrong-type\n"


Post = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Posts a body to the handler on the page."""
    path = tmp_path_factory.mktemp("web") / "web.py"
    path.write_text(_cells("web")[0], encoding="utf-8")
    handler = runpy.run_path(str(path))["Handler"]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def send(body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
            request = Request(f"http://127.0.0.1:{server.server_port}/", body, headers or {}, method="POST")
            try:
                with urlopen(request, timeout=30) as answer:
                    return answer.status, json.load(answer)
            except HTTPError as error:
                with error:
                    text = error.read()
                return error.code, json.loads(text) if text.startswith(b"{") else None

        yield send
        server.shutdown()
        thread.join()


def test_the_web_handler_answers_with_an_outcome(post: Post) -> None:
    status, answer = post(b'{"jobs": [{"title": "Barista", "current": true}]}')
    assert status == 200
    assert set(answer) == set(OutcomeDict.__annotations__)
    assert answer["questions"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"jobs": [{"titel": "x"}]}', "/jobs/0/titel", "unknown-fact"),
        (b'{"jobs": "x"}', "/jobs", "wrong-type"),
        (b"{", "", "not-json"),
        (b"", "", "empty"),
    ],
)
def test_the_web_handler_says_what_is_wrong_with_the_facts(post: Post, body: bytes, pointer: str, code: str) -> None:
    status, answer = post(body)
    assert status == 422
    assert [(each["pointer"], each["code"]) for each in answer["problems"]] == [(pointer, code)]


def test_the_web_handler_refuses_what_is_too_large(post: Post) -> None:
    assert post(b"", {"Content-Length": "100000000"}) == (413, None)


def test_many_requests_at_once_get_the_same_answer(post: Post) -> None:
    answers: list[Any] = []
    body = b'{"jobs": [{"title": "Nurse", "field": "nursing"}]}'
    threads = [threading.Thread(target=lambda: answers.append(post(body))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)


def test_representations_and_logs_hold_no_facts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    base = KnowledgeBase.load()
    outcome = base.advise({"jobs": [{"title": "Zebra keeper"}]}, as_of="2026-01-15")
    assert "zebra" in outcome.to_json().casefold()
    assert "zebra" not in (repr(outcome) + repr(base) + caplog.text).casefold()


def test_the_page_names_every_part_of_an_outcome_and_every_error() -> None:
    named = " ".join(row[0] for row in table_rows("embedding.md", "Part"))
    assert [part for part in (*OutcomeDict.__annotations__, "notices") if f"`{part}`" not in named] == []
    errors = {row[0].strip("`") for row in table_rows("embedding.md", "Error")}
    exported = {
        name
        for name in advise.__all__
        if isinstance(getattr(advise, name), type) and issubclass(getattr(advise, name), AdviseError)
    }
    assert errors == exported - {"AdviseError"}
    page = (DOCS / "embedding.md").read_text("utf-8")
    assert all(hasattr(Outcome, part) for part in ("given_ids", "not_now_ids", "open_ids") if part in page)
