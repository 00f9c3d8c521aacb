"""The web site: its pages are whole, every link leads somewhere, and nothing comes from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advise import KnowledgeBase, UsageError
from advise.authoring.examples.coverage import coverage
from advise.authoring.reading import graphviz
from advise.authoring.reading.pages import Pages
from advise.authoring.reading.site import MOST_ROWS, site
from advise.evaluate.meaning import Truth
from advise.knowledge_base import career_folder
from tests.authoring.reading.base import NEEDS_GRAPHVIZ, career, pages_of
from tests.authoring.reading.links import dead, pages_in
from tests.docs.pages import workshop, write
from tests.generated import KnowledgeBases

pytest.importorskip("jinja2", reason="the extra `authoring` isn't installed")


@pytest.fixture(scope="module")
def shop_site(shop: Pages) -> Mapping[str, bytes]:
    return site(shop)


@pytest.fixture(scope="module")
def career_site() -> Mapping[str, bytes]:
    return site(career())


@pytest.fixture(scope="module", params=["shop_site", "career_site"])
def any_site(request: pytest.FixtureRequest) -> Mapping[str, bytes]:
    found: Mapping[str, bytes] = request.getfixturevalue(request.param)
    return found


def test_every_link_and_anchor_leads_somewhere(any_site: Mapping[str, bytes]) -> None:
    assert dead(any_site) == []


def test_a_dead_link_would_be_found(shop_site: Mapping[str, bytes]) -> None:
    broken = {path: content for path, content in shop_site.items() if path != "rules/wished.html"}
    assert dead(broken)
    assert dead({**shop_site, "index.html": shop_site["index.html"].replace(b'id="main-part"', b"")})


def test_headings_go_down_one_level_at_a_time_and_begin_with_the_title(any_site: Mapping[str, bytes]) -> None:
    for path, page in pages_in(any_site).items():
        assert page.headings[0] == 1, path
        assert page.headings.count(1) == 1, path
        assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), path


def test_nothing_is_loaded_from_elsewhere(any_site: Mapping[str, bytes]) -> None:
    for path, page in pages_in(any_site).items():
        assert [each for each in page.loads if ":" in each or each.startswith("//")] == [], path
    for path, content in any_site.items():
        text = content.decode()
        assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|<iframe|<img|onload=|onclick=", text), path


def test_every_rule_topic_and_person_has_a_page_and_every_rule_is_on_the_first(any_site: Mapping[str, bytes]) -> None:
    rules = [path for path in any_site if path.startswith("rules/")]
    assert set(rules) <= set(pages_in(any_site)["index.html"].links)
    assert len(rules) in (len(career().book.rules), len(workshop_rules()))


def workshop_rules() -> list[str]:
    return re.findall(r"^  - id: (\S+)", "".join(workshop().values()), re.MULTILINE)


def test_a_rule_page_says_all_there_is(shop_site: Mapping[str, bytes]) -> None:
    page = shop_site["rules/book-service.html"].decode()
    for part in (
        "<h1>Book a service</h1>", "workshop.yaml line", "For each bike for which this holds",
        "Bring [the bike&#39;s name] in", '<a href="../sources.html#handbook">Workshop handbook</a>', "Service, page 4",
        "Front desk", "2027-01-01", '<a href="../facts.html#bike.last_service">Last service</a>', "Held back by",
        '<a href="../rules/new-bike.html">', "two years without a service", "<strong>Given</strong> for Tourer",
        "Bring Tourer in for a service.", "No effect: the rule doesn't hold.", "Needs: Last service (bike)",
        '<a href="../examples/person-ana.html">Ana</a>',
    ):  # fmt: skip
        assert part in page, part
    assert page.count("As expected:") == 3


def test_parameters_in_a_text_lead_to_their_reasons(shop_site: Mapping[str, bytes]) -> None:
    assert '(<a href="../parameters.html#pads_price">$pads_price</a>)' in shop_site["rules/new-pads.html"].decode()


def test_an_example_that_comes_out_otherwise_is_said_on_its_page_and_on_the_first(tmp_path: Path) -> None:
    files = workshop()
    files["workshop.yaml"] = files["workshop.yaml"].replace(
        "expect: {given: [book-service]}", "expect: {open: [new-pads]}"
    )
    made = site(pages_of(write(tmp_path, files)))
    assert "Not as expected." in made["rules/book-service.html"].decode()
    assert "1 not as expected" in made["index.html"].decode()
    assert "two years without a service" in made["index.html"].decode()


def test_what_experts_write_is_text_and_never_markup(tmp_path: Path) -> None:
    files = workshop()
    evil = '<script>alert(1)</script> & \\"quotes\\" \''
    files["workshop.yaml"] = files["workshop.yaml"].replace("title: Book a service", f'title: "{evil}"')
    files["workshop.yaml"] = files["workshop.yaml"].replace("name: two years without a service", f'name: "{evil}"')
    files["knowledge_base.yaml"] = files["knowledge_base.yaml"].replace("title: Workshop advice", f'title: "{evil}"')
    files["knowledge_base.yaml"] = files["knowledge_base.yaml"].replace(
        "https://example.org/manuals", "javascript:alert(1)"
    )
    made = site(pages_of(write(tmp_path, files)))
    assert dead(made) == []
    for path, content in made.items():
        if not path.endswith(".js"):
            assert b"<script>alert" not in content, path
            assert b'"javascript:' not in content, path
    assert b"alert(1)" in made["rules/book-service.html"]


def test_names_that_pages_have_themselves_are_no_trouble(tmp_path: Path) -> None:
    files = workshop()
    names = ("main", "q", "found", "results", "computed", "search")
    schema = json.loads(files["workshop.schema.json"])
    schema["properties"].update({name: {"type": "boolean", "title": name} for name in names if name != "computed"})
    files["workshop.schema.json"] = json.dumps(schema)
    tests = ", ".join(f"{name}: true" for name in names if name != "computed")
    files["extra.yaml"] = (
        "topic: main\ntitle: Main\nsource: {handbook: Main}\n"
        "conclusions: {computed: {means: Computed, type: boolean}}\nrules:\n"
        f"  - {{id: main, title: Main, when: [{{{tests}}}], conclude: {{computed: true}}}}\n"
        "  - {id: index, title: Index, when: [{computed: true}], ask: {fact: crash}}\n"
    )
    made = site(pages_of(write(tmp_path, files)))
    assert dead(made) == []
    assert {"rules/main.html", "rules/index.html", "topics/main.html", "graphs/topic-main.html"} <= set(made)


def test_a_long_table_is_cut_and_says_so(tmp_path: Path) -> None:
    files = workshop()
    (name,) = [each for each in files if each.endswith(".csv")][:1]
    head, *rows = files[name].splitlines()
    extra = [re.sub(r"^[^,]*", f"terrain{i}", rows[0]) for i in range(MOST_ROWS + 5)]
    files[name] = "\n".join([head, *rows, *extra]) + "\n"
    made = site(pages_of(write(tmp_path, files)))
    (page,) = [content.decode() for path, content in made.items() if path.startswith("tables/")]
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 5 + len(rows)}." in page
    assert page.count("<tr>") == MOST_ROWS + 1


def test_texts_in_other_languages_are_marked(tmp_path: Path) -> None:
    files = workshop()
    files["knowledge_base.yaml"] = files["knowledge_base.yaml"].replace("languages: [en]", "languages: [de]")
    made = site(pages_of(write(tmp_path, files)))
    assert '<h1 lang="de">Book a service</h1>' in made["rules/book-service.html"].decode()
    assert '<html lang="en">' in made["index.html"].decode()


def test_the_search_index_names_everything(career_site: Mapping[str, bytes]) -> None:
    script = career_site["search-index.js"].decode()
    entries = json.loads(script.removeprefix("const SEARCH_INDEX = ").removesuffix(",\n];\n") + "]")
    book = career().book
    sorts = [sort.split(" in ")[0] for _, sort, _, _ in entries]
    assert sorts.count("rule") == len(book.rules)
    assert sorts.count("fact") == len(book.facts)
    assert all(address.partition("#")[0] in career_site for _, _, address, _ in entries)
    assert script.isascii()


def test_coverage_stands_beside_the_rules(shop: Pages) -> None:
    reached = coverage(shop.base, shop.examples)
    made = site(shop, reached)
    assert dead(made) == []
    of_rule = next(each for each in reached.rules if each.rule.id == "after-a-crash")
    page = made["rules/after-a-crash.html"].decode()
    assert f"it holds in {of_rule.fired}, is open in {of_rule.open}, and doesn't hold in {of_rule.not_fired}." in page
    (condition,) = of_rule.conditions
    for truth in Truth:
        number = condition.reached[truth]
        assert f"<td>{number}</td>" in page if number else '<td><strong class="wrong">never</strong></td>' in page
    assert "not everything is shown" in page
    assert str(reached.alone) in made["coverage.html"].decode()
    assert "After a crash: 1" in made["coverage.html"].decode()
    assert 'href="coverage.html"' in made["index.html"].decode()


def test_without_coverage_nothing_is_said_about_it(shop_site: Mapping[str, bytes]) -> None:
    assert not [path for path, content in shop_site.items() if path.endswith(".html") and b"overage" in content]


@NEEDS_GRAPHVIZ
def test_graphs_lead_to_the_rules_and_show_strata(career_site: Mapping[str, bytes]) -> None:
    page = career_site["graphs/all.html"].decode()
    assert page.count('class="cluster stratum"') == len(set(career().base.plan.strata))
    linked = {link for link in pages_in(career_site)["graphs/all.html"].links if "/rules/" in link}
    assert len(linked) == len(career().book.rules)
    for topic, _ in career().topics:
        assert f"graphs/topic-{topic}.svg" in career_site


def test_without_graphviz_there_are_lists_and_the_reason(shop: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphviz, "is_installed", lambda: False)
    made = site(shop)
    assert dead(made) == []
    page = made["graphs/all.html"].decode()
    assert "there was no Graphviz to draw it" in page
    assert "flowchart LR" in page
    assert "<svg" not in page
    assert "has to wait for" in page
    assert not [path for path in made if path.endswith(".svg")]


def test_a_graph_that_nobody_could_read_is_not_drawn(shop: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from advise.authoring.reading import site as module

    monkeypatch.setattr(module, "MOST_DRAWN", 5)
    monkeypatch.setattr(graphviz, "is_installed", lambda: True)
    monkeypatch.setattr(graphviz, "drawn", lambda graphs: ["<svg></svg>" for _ in graphs])
    made = site(shop)
    assert re.search("There's no picture, because it would have [0-9]+ boxes", made["graphs/all.html"].decode())
    assert "<svg" in made["rules/new-pads.html"].decode()


def test_the_same_rules_give_the_same_bytes_in_another_process(shop_site: Mapping[str, bytes], shop: Pages) -> None:
    program = (
        "import sys, hashlib; from pathlib import Path; from tests.authoring.reading.base import pages_of;"
        "from advise.authoring.reading.site import site; made = site(pages_of(Path(sys.argv[1])));"
        "print(hashlib.sha256(b''.join(k.encode() + v for k, v in made.items())).hexdigest())"
    )
    import hashlib

    own = hashlib.sha256(b"".join(k.encode() + v for k, v in shop_site.items())).hexdigest()
    command = [sys.executable, "-c", program, str(shop.base.folder)]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == own


@given(st.integers(0, 2**48))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_site_of_any_knowledge_base_is_whole(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(graphviz, "is_installed", lambda: False)
    book = KnowledgeBases(Random(seed)).rulebook(8)
    assert dead(site(Pages(KnowledgeBase(book, career_folder()), ()))) == []


def test_without_the_extra_it_says_what_to_install(shop: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match=r"jinja2 is needed: pip install 'advise-engine\[authoring\]'"):
        site(shop)
