"""Outcomes as the library gives them, made by hand: what reports are tested with."""

from __future__ import annotations

from typing import Any

ARTICLE = {
    "key": "article",
    "title": "Career vs. Job",
    "place": "Request more responsibility",
    "author": "An Author",
    "published": "2022-06-02",
}
JUDGEMENT = {**ARTICLE, "key": "judgement", "title": "A counsellor's judgement", "place": "", "author": ""}
HOSPITALITY = {"career": {"pointer": "/jobs/0/field", "label": "hospitality"}}
WRITING = {"career": {"pointer": "/goals/0/field", "label": "writing"}}
BARISTA = {"job": {"pointer": "/jobs/0", "label": "Barista"}}

PROOF: list[dict[str, Any]] = [
    {
        "condition": "job.ready_for_more: true",
        "conclusion": "job.ready_for_more",
        "value": True,
        "about": BARISTA,
        "rule": "ready-for-more",
        "because": [
            {"condition": "job.current: true", "pointer": "/jobs/0/current", "value": True},
            {
                "condition": "job.start: at least 6 months ago",
                "facts": [{"pointer": "/jobs/0/start", "value": "2024-03"}, {"pointer": None, "value": 6}],
            },
        ],
    },
    {
        "condition": "some career: field: same as job.field, wanted: true",
        "thing": "/careers/0",
        "parts": [{"condition": "wanted: true", "pointer": "/careers/0/wanted", "value": True, "assumed": True}],
    },
    {
        "condition": "job.ready_for_more: true",
        "conclusion": "job.ready_for_more",
        "value": True,
        "about": BARISTA,
        "rule": "ready-for-more",
        "shown": True,
    },
]


def given(rank: int, text: str, about: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A given item; the first three are first steps."""
    item = {
        "id": f"advice-{rank}",
        "title": text.rstrip("."),
        "topic": "advancement",
        "about": about,
        "text": text,
        "steps": [],
        "rank": rank,
        "first": rank <= 3,
        "kind": "step",
        "priority": "growth",
        "effort": "small",
        "horizon": None,
        "source": [ARTICLE],
        "because": PROOF,
    }
    return {**item, **more}


def held(text: str, because: str, about: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An item that has to wait."""
    hold = {
        "id": "not-on-probation",
        "title": "Wait until probation is over",
        "because": because,
        "until": None,
        "instead": None,
        "proof": [{"condition": "job.on_probation: true", "pointer": "/jobs/0/on_probation", "value": True}],
        "about": BARISTA,
    }
    return {
        "id": text.split()[0].lower(),
        "title": text.rstrip("."),
        "topic": "advancement",
        "about": about,
        "text": text,
        "source": [ARTICLE],
        "because": PROOF[:1],
        "held_by": [{**hold, **more}],
    }


def opened(title: str, pointer: str, about: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An item that depends on one fact."""
    item = {
        "id": title.lower().replace(" ", "-"),
        "title": title,
        "topic": "network",
        "about": about,
        "text": f"{title}, in full.",
        "source": [ARTICLE],
        "state": "possible",
        "provided": [],
        "needs": [{"fact": pointer, "name": pointer.strip("/"), "known_missing": False}],
    }
    return {**item, **more}


def asked(ask: str, pointer: str, decides: list[str], **more: Any) -> dict[str, Any]:
    """A question with a yes or a no for an answer."""
    question = {
        "pointer": pointer,
        "fact": pointer.strip("/"),
        "about": None,
        "ask": ask,
        "allowed": {"type": "boolean"},
        "decides": decides,
        "asked_before": False,
    }
    return {**question, **more}


def drawn(report: str, about: dict[str, Any] | None, name: str = "career.status") -> dict[str, Any]:
    """A conclusion with a text for the report."""
    return {
        "name": name,
        "value": "in_progress",
        "about": about,
        "means": "Where a career stands",
        "report": report,
        "rules": ["career-in-progress"],
    }


def outcome(**parts: Any) -> dict[str, Any]:
    """An outcome in which nothing is said but `parts`."""
    empty = {
        "knowledge_base": {"name": "career", "version": "1.0.0", "hash": "0" * 64},
        "as_of": "2026-01-15",
        "settled": not (parts.get("open") or parts.get("questions")),
        "given": [],
        "not_now": [],
        "open": [],
        "questions": [],
        "conclusions": [],
        "conflicts": [],
        "referral": None,
    }
    return {**empty, **parts}


def two_careers() -> dict[str, Any]:
    """A barista who also writes: something in every part of the report."""
    level = {
        "type": "choice",
        "values": [
            {"value": "trainee", "title": "Trainee"},
            {"value": "skilled", "title": "Works alone"},
            {"value": "team_lead", "title": "Team lead"},
        ],
    }
    return outcome(
        given=[
            given(
                1,
                "Ask for one named task beyond your role as Barista.",
                {**BARISTA, **HOSPITALITY},
                steps=["Choose the task with your plan beside you", "Ask at the next review"],
                horizon="this quarter",
            ),
            given(2, "Publish one short piece under your own name.", WRITING, horizon="this month"),
            given(3, "Write down your plan, with a date for each step.", None, source=[JUDGEMENT]),
            given(4, "Ask a shift lead whose work you like to be your mentor.", HOSPITALITY, horizon="later"),
            given(5, "A job without a career is a full answer too.", None, kind="note"),
        ],
        not_now=[
            held(
                "Apply for the shift lead's post.",
                "You're still on probation as Barista.",
                HOSPITALITY,
                until="Your probation is over.",
                instead={"id": "learn", "text": "Learn what good work looks like where you are."},
            ),
            held(
                "Take on training the new starters.",
                "You're still on probation as Barista.",
                HOSPITALITY,
                until="Your probation is over.",
                instead={"id": "learn", "text": "Learn what good work looks like where you are."},
            ),
        ],
        open=[
            opened("Join a writers' group", "/network/groups", WRITING),
            opened(
                "Ask for a review",
                "/jobs/0/last_review",
                BARISTA,
                state="provided",
                provided=["You're leaving soon."],
            ),
            opened("Take a course", "/network/groups", WRITING, state="held"),
        ],
        questions=[
            asked("Do you meet others who write?", "/network/groups", ["join-a-writers'-group", "take-a-course"]),
            asked(
                "At what level do you work?",
                "/jobs/0/level",
                ["ask-for-a-review"],
                about="Barista",
                allowed=level,
            ),
            asked(
                "How many hours a week do you work?",
                "/jobs/0/hours",
                ["ask-for-a-review"],
                allowed={"type": "number", "unit": "hours a week", "minimum": 0, "maximum": 100},
                asked_before=True,
            ),
            asked("Is your workplace safe?", "/wellbeing/safe", ["ask-for-a-review"], assumed=True),
        ],
        conclusions=[
            drawn("You have goals in writing, and no job in it yet.", WRITING),
            drawn("You have a job in hospitality and a goal for it.", HOSPITALITY),
            drawn("You've shown you're ready for more as Barista.", BARISTA, "job.ready_for_more"),
            drawn("You're weighing two lines of work.", None, "weighing"),
        ],
        conflicts=[
            {
                "conclusion": "goal.scope",
                "about": {"goal": {"pointer": "/goals/1", "label": "Lead the bar"}},
                "values": [
                    {"value": "objective", "rule": "objective-scope", "because": PROOF[:1]},
                    {"value": "career", "rule": "career-scope", "because": PROOF[1:2]},
                ],
            }
        ],
    )


def nothing_known() -> dict[str, Any]:
    """A bare job title: questions only."""
    questions = [
        asked(f"Is it so in the {n}th way?", f"/jobs/0/fact_{n}", [f"advice-{n}-{m}" for m in range(3)])
        for n in range(12)
    ]
    return outcome(
        questions=questions,
        open=[opened(f"Advice {n} {m}", f"/jobs/0/fact_{n}", BARISTA) for n in range(12) for m in range(3)],
    )


def referred() -> dict[str, Any]:
    """Somebody who is being harassed: a person to talk to, and no advice."""
    return outcome(
        referral=[
            {
                "id": "harassed",
                "title": "Somebody to talk to first",
                "to": "your union, or a confidential adviser",
                "text": "What you describe shouldn't be yours to carry alone.",
                "source": [JUDGEMENT],
                "because": [{"condition": "wellbeing.harassed: true", "pointer": "/wellbeing/harassed", "value": True}],
            }
        ],
        conclusions=[drawn("You have a job in hospitality and a goal for it.", HOSPITALITY)],
    )
