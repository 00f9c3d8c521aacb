"""The JSON Schemas narrowed to one knowledge base, so that any editor with a YAML language server helps.

They're draft 7 with everything written out, which is what such servers read best. What they can't say (is a
name bound here, does a rule wait for itself) stays with `advise check`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

from advise.authoring.editor.conditions_schema import ConditionSchemas, Schema
from advise.authoring.editor.facts import facts_definition
from advise.authoring.writing.beginnings import EDITOR
from advise.rules import Rulebook

KINDS = ("rules", "cases", "person", "facts")
MARK = "Made by `advise schema`; make it again when names are added."
DRAFT = "http://json-schema.org/draft-07/schema#"


def editor_files(book: Rulebook) -> Mapping[str, str]:
    """The schemas that make an editor complete and underline, by their path in the knowledge base's folder."""
    return {f"{EDITOR}/{kind}.schema.json": schema_text(book, kind) for kind in KINDS}


def schema_text(book: Rulebook, kind: str) -> str:
    """The text of the schema file of one kind of file."""
    return json.dumps(editor_schema(book, kind), ensure_ascii=False, separators=(",", ":")) + "\n"


def editor_schema(book: Rulebook, kind: str = "rules") -> Schema:
    """The JSON Schema of one kind of file of a knowledge base.

    `kind` is `rules` (rule files), `cases` (cases/*.yaml), `person` (people/*.yaml) or `facts` (the facts file
    of one person).
    """
    return _Narrowed(book).of(kind)


class _Narrowed:
    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.conditions = ConditionSchemas(book)

    def of(self, kind: str) -> Schema:
        if kind == "facts":
            whole: Schema = {"allOf": [{"$ref": "#/definitions/facts"}], "definitions": {}}
        else:
            name = "rules" if kind == "rules" else "cases"
            text = resources.files("advise_schemas").joinpath(f"{name}.schema.json").read_text("utf-8")
            whole = json.loads(text.replace("#/$defs/", "#/definitions/"))
            whole["definitions"] = whole.pop("$defs")
            if kind == "rules":
                self._rules(whole["definitions"])
            elif kind == "person":
                whole = {"allOf": [{"$ref": "#/definitions/person"}], "definitions": whole["definitions"]}
            self._shared(whole["definitions"])
        whole.pop("$schema", None)
        whole = {"$schema": DRAFT, "$comment": MARK, **whole}
        whole["title"] = f"{self.book.title}: {kind}"
        whole["definitions"]["facts"] = facts_definition(self.book)
        whole["definitions"].update(self.conditions.definitions)
        return whole

    def _shared(self, definitions: dict[str, Schema]) -> None:
        """What examples, cases and people have in common."""
        for name in ("example", "case", "person"):
            properties = definitions.get(name, {}).get("properties", {})
            if "facts" in properties:
                properties["facts"] = {"description": "The facts of the person", "$ref": "#/definitions/facts"}
        expect = definitions["expect"]["properties"]
        for word in ("given", "not given", "first", "later", "notes", "not now", "open", "not open", "refers", "fires"):
            expect[word]["items"] = self._rule_ids()
        expect["not fires"]["items"] = self._rule_ids()
        expect["conclusions"] = {**expect["conclusions"], **self._conclusions()}
        for word in ("not concluded", "conflicts"):
            expect[word]["items"] = {"enum": sorted(each.name for each in self.book.conclusions.values())}

    def _rules(self, definitions: dict[str, Schema]) -> None:
        book, rule = self.book, definitions["rule"]["properties"]
        rule["when"]["items"] = self.conditions.when()
        rule["overrides"]["items"] = self._rule_ids()
        rule["conclude"] = {**rule["conclude"], **self._conclusions()}
        advise, hold = definitions["advise"]["properties"], definitions["hold"]["properties"]
        advise["priority"] = _one_of("One of the manifest's priorities", book.priorities.items())
        hold["advice"]["anyOf"][0]["items"] = self._rule_ids()
        hold["except"]["items"] = self._rule_ids()
        hold["instead"] = self._rule_ids()
        definitions["ask"]["properties"]["fact"]["examples"] = sorted(fact.name for fact in book.facts.values())
        definitions["source"]["additionalProperties"] = False
        definitions["source"]["properties"] = {
            key: {"description": each.title, "type": "string", "pattern": r"\S"} for key, each in book.sources.items()
        }
        definitions["text"]["anyOf"][1] |= {
            "additionalProperties": False,
            "properties": {each: {"type": "string", "pattern": r"\S"} for each in book.languages},
        }
        self._computed(definitions["computed"]["properties"])

    def _computed(self, computed: dict[str, Schema]) -> None:
        tables, things = self.conditions.tables, self.conditions.things
        named = ((table.name, table.means) for table in tables)
        computed["lookup"] = _one_of("The table in which one row is looked up", named)
        columns = {column.name: column.means for table in tables for column in table.columns}
        computed["take"] = _one_of("The column whose cell is taken", columns.items())
        names = [*things, *(table.name for table in tables)]
        computed["count"] = _one_of("What is counted", ((name, name) for name in names))
        # Which thing it's about, only `count`, `sum` and the like tell.
        computed["where"] = {"description": "Which count", "anyOf": [self.conditions.where(name) for name in names]}

    def _rule_ids(self) -> Schema:
        """Ids of rules are offered; one that has just been written is no mistake."""
        known = {"oneOf": [{"const": rule.id, "description": rule.title} for rule in self.book.rules]}
        own = {"anyOf": [known, {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}]}
        self.conditions.definitions.setdefault("rule id", own)
        return {"$ref": "#/definitions/rule id"}

    def _conclusions(self) -> Schema:
        return {"additionalProperties": False, "properties": dict(self._concluded())}

    def _concluded(self) -> Iterator[tuple[str, Schema]]:
        for key, conclusion in self.book.conclusions.items():
            values = {"anyOf": [self.conditions.value(key)]}
            if conclusion.values:
                said = ((value, _said(words)) for value, words in conclusion.values.items())
                values = {"oneOf": [{"const": value, "description": means} for value, means in said]}
            yield conclusion.name, {"description": conclusion.means, **values}


def _said(words: Any) -> str:
    """A text in its first language, with its placeholders as rules write them."""
    parts = next(iter(words.parts.values()), ())
    return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)


def _one_of(description: str, values: Iterable[tuple[str, str]]) -> Schema:
    return {"description": description, "oneOf": [{"const": name, "description": means} for name, means in values]}
