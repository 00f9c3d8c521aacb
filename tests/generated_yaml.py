"""Random knowledge bases as rule files, with every construct of the language, in YAML as ugly as people write it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.generated import GOAL, JOB, LEVELS, LINE, LISTS, PERSON
from tests.ugly import Ugly

COLOURS = ("red", "green", "blue")
NAMES = {None: PERSON, "job": JOB, "goal": GOAL, "line": LINE}
DRAWN: dict[str | None, dict[str, str]] = {None: {"calm": "boolean", "mood": "choice"}, "job": {"fine": "boolean"}}
RUNG = {"key": "text", "level": "choice", "size": "number", "day": "date", "flag": "boolean"}
TEXTS = (
    "Do it soon.", "It's so: take care # of it", "{{braces}} and $fixed", "Über {$fixed} Dinge, „so“ 🚲", "No", "12:30",
    "A long text that goes on and on, " * 5 + "and ends", "[brackets], {{and}} 'quotes' \"of\" all kinds", "two\nlines",
)  # fmt: skip
TABLE = "key,level,size,day,flag\nred,low,1,2024-01-31,true\ngreen,,2.5,,false\nblue,high,,2025-12-31,\n"

Value = Any


def facts_schema() -> dict[str, Any]:
    """The facts of `tests.generated`, as a schema."""
    properties = _properties(PERSON)
    for thing, name in LISTS.items():
        items = {"type": "object", "properties": _properties(NAMES[thing]), "required": ["key"] * (thing == "line")}
        properties[name] = {"type": "array", "thing": thing, "items": items, "question": f"Which {name}?"}
    return {"type": "object", "properties": properties}


def _properties(paths: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, type_ in paths.items():
        fact: dict[str, Any] = {
            "boolean": {"type": "boolean"},
            "number": {"type": "integer" if type_.integer else "number"},
            "text": {"type": "string"},
            "texts": {"type": "array", "items": {"type": "string"}},
            "date": {"type": "string", "format": "date"},
            "choice": {"oneOf": [{"const": each, "title": each} for each in LEVELS], "ordered": True},
        }[type_.kind.value]
        fact = {**fact, "question": f"{path}?", **({"default": False} if path == "assumed" else {})}
        first, _, rest = path.partition(".")
        if rest:
            found.setdefault(first, {"type": "object", "properties": {}})["properties"][rest] = fact
        else:
            found[path] = fact
    return found


class RuleFiles:
    """Makes the files of a knowledge base from a source of random choices."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rules = [f"rule-{number}" for number in range(random.randrange(2, 7))]

    def write(self, folder: Path) -> Path:
        """Writes a knowledge base that loads, its YAML ugly."""
        ugly = Ugly(self.random)
        files = {
            "facts.schema.json": json.dumps(facts_schema()),
            "rung.csv": TABLE,
            "knowledge_base.yaml": ugly.text(self.manifest()),
            "names.yaml": ugly.text(self.declarations()),
            "rules.yaml": ugly.text(
                {"topic": "rules", "title": self.text(), "rules": list(map(self.rule, self.rules))}
            ),
            "cases/some.yaml": ugly.text({"cases": [self.example(1), self.example(2)]}),
        }
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return folder

    def pick(self, *options: Value) -> Value:
        return self.random.choice(options)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def text(self) -> str:
        return str(self.pick(*TEXTS))

    def words(self) -> Value:
        return {"en": self.text(), "de": self.text()}

    # ----------------------------------------------------------------------------------- declarations

    def manifest(self) -> Value:
        return {
            "name": "ugly", "title": self.text(), "version": "1.0.0", "language": 1, "languages": ["en", "de"],
            "facts": "facts.schema.json", "as_of": "2024-02-29", "first_steps": self.pick(0, 1, "$fixed"),
            "priorities": [{"one": "One"}, {"two": self.text()}], "protected": ["age"],
            "sources": {"book": {"title": self.text(), "published": 2024, "note": self.text()}},
        }  # fmt: skip

    def declarations(self) -> Value:
        source = {"book": self.text()}
        choice = {"means": self.text(), "type": "choice", "ordered": True, "report": True}
        columns = {**dict.fromkeys(("key", "day", "flag"), ""), "size": "number"}
        return {
            "topic": "names", "title": "Names", "source": source,
            "conclusions": {
                "calm": {"means": self.text(), "type": "boolean", "report": self.words()},
                "tone": {**choice, "values": {each: self.words() for each in LEVELS}},
                "mood": {**choice, "values": {each: self.words() for each in LEVELS}},
                "job.fine": {"means": "Fine", "type": "boolean", "report": {"en": "As {job.key}", "de": "{job.key}"}},
            },
            "derived": {"line": {"means": "A line", "one for each": "key", "among": ["lines", "jobs", "goals"]}},
            "computed": {
                "total": {"means": self.text(), "value": self.pick("2 * $fixed + small", "(small - 1) / 2", "free")},
                "job.served": {"means": "Served", "months between": ["day", "today"]},
                "many": {"means": "Many", "count": "job", "where": self.body("job", 1, ("job",), drawn=False)},
                "top": {"means": "Top", "highest": "job.level", "where": {"flag": True}},
                "sized": {"means": "Sized", "lookup": "rung", "key": {"key": "key"}, "take": "size"},
            },
            "parameters": {
                "fixed": {"value": self.pick(1, 3), "means": self.text(), "because": self.text(), "source": source},
                "months": {"value": 6, "unit": "months", "means": self.text(), "because": self.text()},
                "colours": {"value": list(COLOURS[:2]), "means": self.text(), "because": self.text()},
                "dated": {"from": {"2024-03-01": 2, "2025-01-01": 1000}, "means": "Dated", "because": self.text()},
            },
            "tables": {
                "rung": {
                    "file": "rung.csv", "means": self.text(), "key": ["key"], "columns": {
                        **columns, "key": self.pick("text", {"type": "text", "means": self.text()}), "day": "date",
                        "flag": "boolean", "level": {"type": "choice", "values": list(LEVELS), "ordered": True},
                    },
                }
            },
            "rules": [
                {"id": "draws", "title": "Draws", "conclude": {"calm": True, "mood": "low", "tone": "low"}},
                {"id": "fine", "title": "Fine", "when": [{"each job": {"flag": True}}], "conclude": {"job.fine": True}},
            ],
        }  # fmt: skip

    # ------------------------------------------------------------------------------------------ rules

    def rule(self, name: str) -> Value:
        thing = self.pick(None, "job", "goal", "line")
        bound = () if thing is None else (thing,)
        when = [] if thing is None else [{f"each {thing}": self.body(thing, 2, bound)}]
        when += [self.body(None, 2, bound) for _ in range(self.random.randrange(3))]
        rule: dict[str, Value] = {"id": name, "title": self.text(), "source": {"book": self.text()}}
        rule |= {"owner": self.text()} if self.chance(0.2) else {}
        rule |= {"review by": "2099-01-01", "note": self.text()} if self.chance(0.2) else {}
        rule |= {"when": when} if when else {}
        is_first = name == self.rules[0]  # this one advises, and others name it
        rule |= {"advise": self.advice(self.words())} if is_first else self.effect(thing)
        rule |= {"overrides": [self.rules[0]]} if not is_first and self.chance(0.2) else {}
        rule |= {"examples": [self.example(0)]} if self.chance(0.4) else {}
        return rule

    def effect(self, thing: str | None) -> Value:
        words = self.words()
        if thing is not None and self.chance(0.4):
            words = {"en": f"About {{{thing}.key}}: {self.text()}", "de": self.text()}
        advice, first = self.advice(words), self.rules[0]
        more = {"steps": [self.words(), self.words()], "horizon": "this week", "kind": self.pick("step", "note")}
        return self.pick(
            {"advise": advice},
            {"advise": {**advice, **more}},
            {"advise": advice, "conclude": {"tone": self.pick(*LEVELS)}},
            {"hold": {"advice": "all", "except": [first], "instead": first, "because": words, "until": self.words()}},
            {"hold": {"advice": [first], "because": words}},
            {"refer": {"to": words, "say": self.words()}},
            {"ask": {"fact": self.pick("flag", "jobs", "deep.small"), "say": words}},
        )

    def advice(self, words: Value) -> Value:
        return {"say": words, "priority": self.pick("one", "two"), "effort": self.pick("small", "large")}

    def example(self, number: int) -> Value:
        facts = {"flag": True, "small": 2, "jobs": [{"key": "red", "flag": self.pick(True, None), "day": "2024-01"}]}
        expect = self.pick(
            {"fires": ["draws"]}, {"conclusions": {"calm": True}, "not asks": ["free"]}, {"settled": False}
        )
        return {"name": f"{self.text()} {number}", "facts": facts, "expect": expect}

    # ------------------------------------------------------------------------------------- conditions

    def body(self, thing: str | None, depth: int, bound: tuple[str, ...], drawn: bool = True) -> Value:
        """A condition on a thing, or on the person; inside things, the names of `bound` are visible."""
        found: dict[str, Value] = {}
        for _ in range(self.random.randrange(1, 4)):
            key, value = self.entry(thing, depth, bound, drawn)
            found.setdefault(key, value)
        return found

    def entry(self, thing: str | None, depth: int, bound: tuple[str, ...], drawn: bool) -> tuple[str, Value]:
        kind = self.pick("test", "test", "test", "all", "any", "not", "some", "count", "sum") if depth else "test"
        if kind in ("all", "any"):
            return kind, [self.body(thing, depth - 1, bound, drawn) for _ in range(self.random.randrange(1, 3))]
        if kind == "not":
            return kind, self.body(thing, depth - 1, bound, drawn)
        free = [each for each in (*LISTS, "rung") if each not in bound]
        if kind == "test" or not free:
            return self.test(thing, drawn)
        inner = self.random.choice(free)
        inside = self.body(inner, depth - 1, (*bound, inner), drawn)
        if kind == "some":
            return f"{self.pick('some', 'every', 'no')} {inner}", inside
        if kind == "sum" and inner in ("job", "goal"):
            return f"{self.pick('sum', 'highest', 'lowest')} {inner}.small", {"where": inside, "less than": 4}
        return f"count {inner}", {"at least": self.pick(1, 2, "$fixed"), "where": inside}

    def test(self, thing: str | None, drawn: bool) -> tuple[str, Value]:
        if thing == "rung":
            path = self.random.choice(list(RUNG))
            return path, self.tested(RUNG[path])
        if drawn and self.chance(0.2) and thing in DRAWN:
            path = self.random.choice(list(DRAWN[thing]))
            return path, self.tested(DRAWN[thing][path], known=False)
        names = NAMES[thing]
        path = self.random.choice(list(names))
        return path, self.tested(names[path].kind.value)

    def tested(self, kind: str, known: bool = True) -> Value:
        if known and self.chance(0.08):
            return {"known": self.pick(True, False)}
        number = self.pick(0, 1, 3, 2.5, "$fixed", "$dated", "2 * $fixed + 1")
        day = self.pick("2024-01-31", "today", "today - 6 months", "today + $months")
        colour, level = self.pick(*COLOURS), self.pick(*LEVELS)
        ways: dict[str, list[Value]] = {
            "boolean": [True, False, {"is": True}, {"not": False}],
            "number": [1, [1, 2, 3], {"at least": number}, {"at most": number, "not": 2}, {"between": [0, 5]},
                       {"more than": number}, {"less than": number}, {"one of": [0, 1000]}],
            "text": [colour, list(COLOURS), {"not": colour}, {"contains": "re"}, {"matches": "^(r|b).*d$"},
                     {"one of": "$colours"}, {"not": ["red", "blue"]}],
            "texts": [{"contains": colour}, {"not": {"contains": colour}}],
            "choice": [level, list(LEVELS[:2]), {"at least": level}, {"not": level}, {"between": ["low", "middle"]}],
            "date": [{"before": day}, {"after": day}, {"is": day}, {"at least": "6 months ago"},
                     {"at most": "$months ago"}, {"within": "last 2 years"}, {"more than": "3 days ahead"},
                     {"between": ["2024-01-01", "2024-12-31"]}],
        }  # fmt: skip
        return self.random.choice(ways[kind])
