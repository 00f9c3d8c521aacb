"""`knowledge_base.yaml`: what the knowledge base is called, its languages, priorities, protected names and sources."""

from __future__ import annotations

from datetime import date
from typing import Any

from advise.errors import Place
from advise.facts_schema import protected_name
from advise.loading import structure
from advise.loading.context import Context, Manifest, WrongError, did_you_mean
from advise.loading.names import Names
from advise.loading.nodes import items_of, mapping_of, place_of, text_of, texts_of, words_of
from advise.loading.operands import PARAMETER, day_of
from advise.rules import SourceEntry
from advise.source import Findings, MappingNode, Node, Scalar
from advise.types import Kind

EMPTY = Manifest("", "", "", ("en",), "", date(2000, 1, 1), 3, {}, frozenset(), {}, {})


def read_manifest(findings: Findings, node: Node, data: Any) -> Manifest:
    """The manifest; whatever is wrong becomes a finding."""
    context = Context(findings, Names(frozenset()), EMPTY)
    structure.check(context, structure.MANIFEST, node, data)
    if not isinstance(node, MappingNode):
        return EMPTY
    as_of = context.attempt(day_of, text_of(node, "as_of"), place_of(node, "as_of")) if "as_of" in node.items else None
    priorities = _priorities(context, node)
    return Manifest(
        name=words_of(node, "name"),
        title=words_of(node, "title"),
        version=words_of(node, "version"),
        languages=texts_of(node, "languages") or EMPTY.languages,
        facts=words_of(node, "facts"),
        as_of=as_of or EMPTY.as_of,
        first_steps=_first_steps(node),
        priorities=priorities,
        protected=frozenset(map(protected_name, texts_of(node, "protected"))),
        sources=_sources(node),
        places={key: value.place for key, value in node.items.items()},
    )


def _first_steps(node: MappingNode) -> int | str:
    value = node.items.get("first_steps")
    if isinstance(value, Scalar) and isinstance(value.value, int | str) and not isinstance(value.value, bool):
        return value.value
    return EMPTY.first_steps


def _priorities(context: Context, node: MappingNode) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in items_of(node, "priorities"):
        for key in item.items if isinstance(item, MappingNode) else ():
            assert isinstance(item, MappingNode)
            if key in found:
                context.find(
                    "duplicate-id", item.keys[key], f"The priority `{key}` is there twice.", "Keep one of them."
                )
            found[key] = words_of(item, key)
    return found


def _sources(node: MappingNode) -> dict[str, SourceEntry]:
    sources = mapping_of(node, "sources")
    found = {}
    for key in sorted(sources.items):
        entry = mapping_of(sources, key)
        parts = {name: words_of(entry, name) for name in ("title", "author", "published", "note", "url")}
        found[key] = SourceEntry(key, **parts)
    return found


def first_steps(context: Context) -> int:
    """How many steps come first: the manifest's number, or the value of the parameter that it names."""
    given = context.manifest.first_steps
    if isinstance(given, int):
        return given
    return context.attempt(_first_steps_parameter, context, given, context.manifest.places["first_steps"]) or 0


def _first_steps_parameter(context: Context, given: str, place: Place) -> int:
    match = PARAMETER.match(given)
    if match is None:
        hint = did_you_mean("$" + given, ["$" + name for name in context.names.settings])
        raise WrongError("wrong-type", place, "`first_steps` is a whole number or a $parameter.", hint)
    setting = context.names.setting(match[1], place)
    value = setting.on(context.manifest.as_of)
    if setting.type.kind is not Kind.NUMBER or len(setting.values) != 1 or not isinstance(value, int):
        sentence = f"The parameter `{given}` must be one whole number to be `first_steps`."
        raise WrongError("wrong-type", place, sentence)
    return value
