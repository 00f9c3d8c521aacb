"""Writes docs/facts.md from the career facts schema, and the table of checks in docs/findings.md: `python
docs/generate.py`. Tests keep the pages up to date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from advise.authoring.checks import CHECKS

PAGE = Path(__file__).parent / "facts.md"
FINDINGS = Path(__file__).parent / "findings.md"
SCHEMA = files("advise_schemas") / "career.schema.json"

Schema = Mapping[str, Any]

_HEAD = """\
# The facts of the career knowledge base

What a facts file for `advise` may say. This page is made from `career.schema.json` by `docs/generate.py`; change the
schema, not the page.

A facts file is JSON or YAML. Everything may be left out; `null` means: asked, and not known. Both become questions
where they matter. A name that isn't on this page is an error, but for protected characteristics, such as age or
health: they are set aside with a notice. A dotted name is an object inside an object: `plan.written` is `{"plan":
{"written": true}}`. A date may be partial: `2024-03-05`, `2024-03` or `2024`. What is *assumed* holds until you say
otherwise.
"""
_COLUMNS = "| Fact | Answer | Question |\n| --- | --- | --- |\n"


def facts_page(schema: Schema) -> str:
    """The page for a facts schema."""
    properties = schema["properties"]
    person = {name: each for name, each in properties.items() if "thing" not in each}
    parts = [_HEAD, "\n## About the person\n\n", _COLUMNS, *_rows(person)]
    for name, each in properties.items():
        if "thing" in each:
            parts += _list(name, each)
    return "".join(parts)


def _list(name: str, schema: Schema) -> Iterator[str]:
    yield f"\n## `{name}`: {schema['title']}\n\n"
    about = [schema.get("description", ""), schema.get("question", "")]
    yield f"A list; rules call one of them `{schema['thing']}`."
    yield "".join(" " + sentence for sentence in about if sentence)
    yield " When it's left out, it's taken to be empty." if schema.get("default") == [] else ""
    yield "\n\n" + _COLUMNS
    yield from _rows(schema["items"]["properties"], required=schema["items"].get("required", ()))


def _rows(properties: Schema, above: str = "", required: tuple[str, ...] | list[str] = ()) -> Iterator[str]:
    for name, each in properties.items():
        if each.get("type") == "object":
            yield from _rows(each["properties"], f"{above}{name}.")
            continue
        title = each["title"] + (f". {each['description']}" if "description" in each else "")
        must = " (must be given)" if name in required else ""
        yield f"| `{above}{name}`: {title}{must} | {_answer(each)} | {each.get('question', '')} |\n"


def _answer(schema: Schema) -> str:
    answer = _choices(schema) if "oneOf" in schema else _kind(schema)
    if "default" in schema:
        answer += f"; assumed: `{json.dumps(schema['default'])}`".replace('"', "")
    return answer


def _choices(schema: Schema) -> str:
    lead = "from lowest to highest: " if schema.get("ordered") else ""
    return lead + ", ".join(
        f"`{each['const']}` ({': '.join(filter(None, (each['title'], each.get('description'))))})"
        for each in schema["oneOf"]
    )


def _kind(schema: Schema) -> str:
    if schema["type"] == "array":
        return "a list of texts"
    if schema["type"] == "string":
        return "a date" if schema.get("format") == "date" else _text(schema)
    if schema["type"] == "boolean":
        return "`true` or `false`"
    number = "a whole number" if schema["type"] == "integer" else "a number"
    ends = [f"{word} {schema[key]:,}" for word, key in (("from", "minimum"), ("to", "maximum")) if key in schema]
    return ", ".join([" ".join([number, *ends]), *([schema["unit"]] if "unit" in schema else [])])


def _text(schema: Schema) -> str:
    longest = f" of at most {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    return f"a text{longest}"


def findings_page(page: str) -> str:
    """docs/findings.md with the table of checks as they are now."""
    rows = "".join(
        f"| [`{check.code}`](findings/{check.code}.md) | {check.severity} | {check.title} |\n"
        for check in CHECKS.values()
    )
    table = f"<!-- checks -->\n\n| Check | Severity | What is found |\n| --- | --- | --- |\n{rows}\n<!-- end -->"
    return re.sub("<!-- checks -->.*?<!-- end -->", table, page, flags=re.DOTALL)


def main() -> None:
    """Writes the pages."""
    PAGE.write_text(facts_page(json.loads(SCHEMA.read_text("utf-8"))), encoding="utf-8")
    FINDINGS.write_text(findings_page(FINDINGS.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
