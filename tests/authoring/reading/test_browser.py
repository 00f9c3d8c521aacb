"""The site in a real browser: readable on a phone and on a desk, by light and by dark, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advise.authoring.examples.coverage import coverage
from advise.authoring.reading.site import site
from tests.authoring.reading.base import NEEDS_GRAPHVIZ, career
from tests.authoring.reading.browser import AXE, NEEDS_AXE, NEEDS_BROWSER, Browser

pytest.importorskip("jinja2", reason="the extra `authoring` isn't installed")
pytestmark = [NEEDS_BROWSER, NEEDS_GRAPHVIZ]

PHONE, DESK = 390, 1280
LOOKS = [(PHONE, False), (PHONE, True), (DESK, False), (DESK, True)]
PAGES = [
    "index.html", "rules/ask-for-more-responsibility.html", "rules/after-income-is-safe.html", "topics/goals.html",
    "facts.html", "conclusions.html", "parameters.html", "tables.html", "tables/licensing.html", "sources.html",
    "examples.html", "examples/person-samir-haddad.html", "graphs/all.html", "graphs/topic-goals.html", "coverage.html",
    "search.html?q=plan", "search.html?q=xyzzy",
]  # fmt: skip
# axe doesn't look at the colours of text in a picture.
CONTRASTS = """
(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = getComputedStyle(document.querySelector(".picture")).backgroundColor;
  return [...document.querySelectorAll(".picture text")].map((text) => {
    const shape = text.parentElement.querySelector("path, polygon");
    const fill = shape ? getComputedStyle(shape).fill : "none";
    const [one, two] = [getComputedStyle(text).fill, fill.startsWith("rgb(") ? fill : paper].map(light);
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  });
})()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the career advice."""
    root = tmp_path_factory.mktemp("site")
    reached = coverage(career().base, career().examples[:40])
    for name, content in site(career(), reached).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


def visit(browser: Browser, folder: Path, page: str) -> None:
    path, mark, query = page.partition("?")
    browser.open(folder / path, mark + query)


def violations(browser: Browser, only: str = "") -> list[Any]:
    """What axe has against the page; with `only`, just one of its rules is tried."""
    assert AXE is not None
    browser.run(Path(AXE).read_text("utf-8") + ";0")
    rules = f"{{runOnly: ['{only}']}}" if only else "{}"
    said = "done.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])"
    found: list[Any] = browser.run(f"axe.run({rules}).then((done) => {said})")
    return found


@NEEDS_AXE
@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_axe_finds_nothing_on_any_sort_of_page(browser: Browser, folder: Path, width: int, dark: bool) -> None:
    browser.look(width, dark)
    for page in PAGES:
        visit(browser, folder, page)
        # Only the colours are others in the dark.
        assert violations(browser, "color-contrast" if dark else "") == [], page


@NEEDS_AXE
def test_axe_finds_what_is_wrong(browser: Browser, folder: Path) -> None:
    browser.look(PHONE)
    visit(browser, folder, "index.html")
    browser.run("document.querySelector('label').remove(); document.documentElement.lang = ''")
    assert {name for name, _ in violations(browser)} >= {"label", "html-has-lang"}
    browser.look(PHONE, dark=True)
    browser.run("document.querySelector('h1').style.color = '#333'")
    assert [name for name, _ in violations(browser, "color-contrast")] == ["color-contrast"]


@pytest.mark.parametrize("width", [320, PHONE, DESK])
def test_no_page_has_to_be_moved_sideways(browser: Browser, folder: Path, width: int) -> None:
    browser.look(width)
    for page in PAGES:
        visit(browser, folder, page)
        assert browser.run("document.documentElement.scrollWidth - innerWidth") <= 0, page


@pytest.mark.parametrize("dark", [False, True])
def test_text_in_pictures_stands_out(browser: Browser, folder: Path, dark: bool) -> None:
    browser.look(DESK, dark)
    visit(browser, folder, "graphs/all.html")
    found = browser.run(CONTRASTS)
    assert len(found) > 100
    assert min(found) >= 4.5


def test_the_keyboard_alone_finds_a_rule_from_the_first_page(browser: Browser, folder: Path) -> None:
    browser.look(DESK)
    visit(browser, folder, "index.html")
    for _ in range(3):  # past the way to the content, and the title
        browser.press("Tab")
    assert browser.run("document.activeElement.id") == "search-words"
    browser.type("ask more resp")
    browser.press("Enter")
    browser.wait()
    assert browser.run("location.pathname.endsWith('/search.html')")
    assert browser.run("document.querySelector('#results a').textContent") == "Ask for more responsibility"
    assert "found" in browser.run("document.getElementById('found').textContent")
    while browser.run("document.activeElement.textContent") != "Ask for more responsibility":
        browser.press("Tab")
        assert browser.run("document.activeElement !== document.body")
    browser.press("Enter")
    browser.wait()
    assert browser.run("document.querySelector('h1').textContent") == "Ask for more responsibility"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("not-settled-yet", "Too early in the role"),
        ("$settle_in", "$settle_in"),
        ("job.start", "Began"),
        ("STILL ON probation", "Still on probation"),
        ("samir", "Samir Haddad"),
    ],
)
def test_ids_names_and_people_are_found(browser: Browser, folder: Path, query: str, first: str) -> None:
    browser.look(DESK)
    browser.open(folder / "search.html", "?q=" + query.replace("$", "%24"))
    assert browser.run("document.querySelector('#results a').textContent") == first


def test_what_is_typed_is_searched_at_once_and_a_miss_is_said(browser: Browser, folder: Path) -> None:
    browser.look(DESK)
    visit(browser, folder, "search.html")
    browser.run("document.getElementById('search-words').focus()")
    browser.type("probation")
    assert browser.run("document.querySelectorAll('#results li').length") > 1
    browser.type(" <b>xyzzy")
    assert browser.run("document.getElementById('found').textContent") == "Nothing has all of these words."
    assert browser.run("document.querySelectorAll('#results li').length") == 0


def test_a_picture_can_be_made_smaller_and_larger(browser: Browser, folder: Path) -> None:
    browser.look(DESK)
    visit(browser, folder, "graphs/all.html")
    width = "document.querySelector('.picture svg').getBoundingClientRect().width"
    full = browser.run(width)
    browser.run("document.querySelector('[data-zoom=fit]').click()")
    fitting = browser.run(width)
    assert fitting < browser.run("document.querySelector('.picture').clientWidth") < full
    browser.run("document.querySelector('[data-zoom=\"1.25\"]').click()")
    assert browser.run(width) == pytest.approx(1.25 * fitting, abs=1)
    browser.run("document.querySelector('[data-zoom=full]').click()")
    assert browser.run(width) == pytest.approx(full, abs=1)


def test_a_rule_in_a_picture_is_reached_with_the_keyboard(browser: Browser, folder: Path) -> None:
    browser.look(DESK)
    visit(browser, folder, "graphs/topic-goals.html")
    browser.run("document.querySelector('.picture').focus()")
    browser.press("Tab")
    assert browser.run("document.activeElement.tagName") == "a"
    assert browser.run("getComputedStyle(document.activeElement.querySelector('path, polygon')).strokeWidth") == "4px"
    browser.press("Enter")
    browser.wait()
    assert browser.run("/\\/(rules|conclusions)/.test(location.pathname)")


def test_without_javascript_the_pages_say_the_same_and_search_says_why(browser: Browser, folder: Path) -> None:
    browser.look(DESK, javascript=False)
    visit(browser, folder, "search.html?q=plan")
    browser.look(DESK)
    assert browser.run("document.querySelector('noscript').getBoundingClientRect().height") > 0
    assert "needs JavaScript" in browser.run("document.querySelector('noscript').textContent")
    visit(browser, folder, "graphs/all.html")
    browser.look(DESK, javascript=False)
    visit(browser, folder, "graphs/all.html")
    browser.look(DESK)
    assert browser.run("document.querySelector('.zoom').hidden") is True
    assert browser.run("document.querySelector('.picture svg').getBoundingClientRect().width") > DESK
