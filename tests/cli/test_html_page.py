"""The report as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from advise_cli.html_page import render
from advise_cli.html_style import STYLE
from advise_cli.report import Report
from advise_cli.sections import Manner, arrange
from tests.cli import samples

MANNER = Manner("Career advice", ("career",), explain=True)
EMPTY = {"meta"}


class Page(HTMLParser):
    """Reads a page strictly: every element must be closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def everyone() -> list[Report]:
    made = (samples.two_careers, samples.nothing_known, samples.referred)
    return [arrange(make(), MANNER, f"{make.__name__}.json") for make in made]


def one() -> list[Report]:
    return [arrange(samples.two_careers(), MANNER)]


@pytest.mark.parametrize("reports", [one(), everyone()])
def test_headings_step_down_one_level_at_a_time(reports: list[Report]) -> None:
    levels = [int(tag[1]) for tag, _ in Page(render(reports, "en")).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_names_its_language_and_has_one_main_part() -> None:
    page = Page(render(one(), "de"))
    assert page.all("html") == [{"lang": "de"}]
    assert len(page.all("main")) == 1
    assert "Career advice, 15 January 2026" in page.texts


def test_every_section_is_labelled_by_its_heading_and_every_link_leads_somewhere() -> None:
    page = Page(render(everyone(), "en"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {each["aria-labelledby"] for each in page.all("section") + page.all("article")} <= set(ids)
    assert {str(each["href"])[1:] for each in page.all("a")} <= set(ids)
    assert len(page.all("nav")) == 1


def test_a_single_report_needs_no_table_of_contents() -> None:
    assert Page(render(one(), "en")).all("nav") == []


def test_the_page_loads_nothing() -> None:
    out = render(one(), "en")
    page = Page(out)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert "url(" not in out
    assert "@import" not in out
    assert {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"} in (
        page.all("meta")
    )


def test_proofs_fold_and_are_printed() -> None:
    page = Page(render(one(), "en"))
    assert len(page.all("details")) == len(page.all("summary")) > 5
    assert "details::details-content { content-visibility: visible" in STYLE.split("@media print")[1]


def test_steps_keep_their_ranks() -> None:
    page = Page(render(one(), "en"))
    assert [each["value"] for each in page.all("li") if each.get("value")][:4] == ["1", "2", "3", "4"]


def test_what_people_wrote_is_never_markup() -> None:
    label = "<script>alert(1)</script>\" onload='x' &amp;"
    about = {"job": {"pointer": f"/jobs/{label}", "label": label}}
    hostile = samples.outcome(
        given=[
            samples.given(
                1,
                label,
                about,
                steps=[label],
                horizon=label,
                source=[{**samples.ARTICLE, "title": label, "place": label}],
                because=[{"condition": label, "pointer": label, "value": label}],
            )
        ],
        not_now=[samples.held(label, label, about, until=label)],
        questions=[samples.asked(label, label, [label], about=label)],
        conclusions=[samples.drawn(label, about)],
    )
    page = Page(render([arrange(hostile, MANNER, label)] * 2, label))
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in Page(render(everyone(), "en")).tags}
    assert not [attrs for _, attrs in page.tags if "onload" in attrs]
    assert label in page.texts


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> list[dict[str, str]]:
    return [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root {([^}]*)}", STYLE)][:2]


@pytest.mark.parametrize("theme", themes())
def test_every_colour_of_text_has_enough_contrast(theme: dict[str, str]) -> None:
    inks = {name: theme[name] for name in ("ink", "soft", "accent", "go", "wait", "stop")}
    short = {
        (name, ground): contrast(colour, theme[ground])
        for name, colour in inks.items()
        for ground in ("paper", "card")
        if contrast(colour, theme[ground]) < 4.5
    }
    assert short == {}
    assert len(theme) == 9
