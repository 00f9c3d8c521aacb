"""The report as Markdown."""

from __future__ import annotations

from advise_cli.markdown import escaped, marked, render
from advise_cli.report import Code
from advise_cli.sections import Manner, arrange
from tests.cli import samples

BRIEF = Manner("Career advice", ("career",))
FULL = Manner("Career advice", ("career",), explain=True)


def test_one_person_is_one_document() -> None:
    lines = render([arrange(samples.two_careers(), BRIEF)]).split("\n")
    assert lines[0] == "# Career advice, 15 January 2026"
    assert lines[lines.index("## First steps") :][:10] == [
        "## First steps",
        "",
        "### Hospitality (career)",
        "",
        "1. Ask for one named task beyond your role as Barista. *(this quarter)* \\[1\\]",
        "   - Choose the task with your plan beside you",
        "   - Ask at the next review",
        "",
        "### Writing (career)",
        "",
    ]


def test_several_people_each_have_a_heading() -> None:
    reports = [arrange(make(), BRIEF, f"{make.__name__}.json") for make in (samples.two_careers, samples.referred)]
    headings = [line for line in render(reports).split("\n") if line.startswith("# ")]
    assert headings == ["# two\\_careers.json", "# referred.json"]
    assert "\n\n## Career advice, 15 January 2026\n" in render(reports)


def test_ranks_that_are_not_next_to_each_other_stay_as_they_are() -> None:
    given = [samples.given(n, f"Step {n}.", samples.WRITING if n != 2 else samples.HOSPITALITY) for n in (1, 2, 3)]
    out = render([arrange(samples.outcome(given=given), BRIEF)])
    assert "1. Step 1. \\[1\\]\n\n<!-- -->\n\n3. Step 3. \\[1\\]\n" in out


def test_proofs_are_nested_lists() -> None:
    out = render([arrange(samples.two_careers(), FULL)])
    assert (
        "   - *Rule `advice-1`, because*\n"
        "     - job.ready\\_for\\_more: true, drawn by rule `ready-for-more`\n"
        "       - job.current: true (`/jobs/0/current = true`)\n"
    ) in out


def test_waiting_advice_with_shared_reasons_is_one_item() -> None:
    out = render([arrange(samples.two_careers(), BRIEF)])
    assert (
        "- Apply for the shift lead's post.\\\n"
        "  Take on training the new starters. \\[1\\]\n"
        "  - **Why:** You're still on probation as Barista.\n"
    ) in out


def test_what_people_wrote_is_never_markup() -> None:
    assert escaped("<b>*x* _y_ [z](u) `c` # | ~ & $ \\") == (
        "\\<b\\>\\*x\\* \\_y\\_ \\[z\\](u) \\`c\\` \\# \\| \\~ \\& \\$ \\\\"
    )


def test_a_text_that_starts_like_a_list_is_no_list() -> None:
    assert [escaped(each) for each in ("- a", "+ a", "= a", "1. a", "12) a", "1 a")] == [
        "\\- a",
        "\\+ a",
        "\\= a",
        "1\\. a",
        "12\\) a",
        "1 a",
    ]


def test_code_may_hold_backticks() -> None:
    assert marked(("a ", Code("b"))) == "a `b`"
    assert marked((Code("a``b`"),)) == "``` a``b` ```"


def test_what_was_left_out_is_counted() -> None:
    assert "\n*and 7 more questions*\n" in render([arrange(samples.nothing_known(), BRIEF)])
