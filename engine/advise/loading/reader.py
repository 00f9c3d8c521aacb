"""Reads a whole knowledge base: the manifest, the facts, the declarations, the rules, in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from advise.errors import Finding, KnowledgeBaseError
from advise.facts_schema import read_facts_schema
from advise.loading import structure
from advise.loading.checks import check_all
from advise.loading.computed import declare_computed
from advise.loading.context import Context, Manifest
from advise.loading.examples import read_cases, read_people, read_rule_examples
from advise.loading.folder import MANIFEST, Folder, Kept
from advise.loading.imports import read_import
from advise.loading.manifest import EMPTY, first_steps, read_manifest
from advise.loading.names import Names
from advise.loading.nodes import mapping_of, place_of, text_of, with_plain, words_of
from advise.loading.rules import declare_rules, read_rule
from advise.loading.sections import (
    declare_conclusions,
    read_conclusion_texts,
    read_derived,
    read_parameters,
    read_source,
    read_tables,
)
from advise.rules import Example, Rule, Rulebook, Source
from advise.source import Findings, MappingNode

ABSENT = frozenset(
    {"undeclared-conclusion", "unknown-column", "unknown-fact", "unknown-parameter", "unknown-placeholder",
     "unknown-rule", "unknown-table", "unknown-thing"}
)  # fmt: skip
"""What is said of a name that isn't declared: not, while a file that may declare it can't be read."""

Found = tuple[Rulebook | None, tuple[Finding, ...], tuple[Example, ...]]


def load(folder: Path) -> Rulebook:
    """The knowledge base in `folder`. Raises KnowledgeBaseError with every finding when there is any."""
    rulebook, findings, _ = read(folder)
    if rulebook is None:
        raise KnowledgeBaseError(findings)
    return rulebook


def read(folder: Path, instead: Mapping[str, bytes] | None = None, kept: Kept | None = None) -> Found:
    """The knowledge base in `folder`, None if there is any finding; the findings; its examples, cases and people.

    `instead` are contents to take in place of files' own, by their path in the folder. `kept` is filled with what
    was parsed, so that the next call with it only parses the files that have changed.
    """
    findings = Findings()
    files = Folder(Path(folder), findings, instead, kept)
    manifest = _manifest(files, findings)
    context = Context(findings, Names(manifest.protected), manifest)
    schema = files.schema(manifest.facts, manifest.places["facts"]) if manifest.facts else None
    reader = _Reader(context, files)
    if schema is None or not _declare_facts(context, schema):
        reader.read_files()
        return None, findings.all, ()
    rulebook, examples = reader.read()
    return (None if findings else rulebook), findings.all, examples


def _declare_facts(context: Context, schema: bytes) -> bool:
    """Declares what the facts schema does; whether anything of it could be read, for all else rests on it."""
    manifest, findings = context.manifest, context.findings
    count = len(findings)
    facts, lists = read_facts_schema(schema, manifest.facts, findings, manifest.protected, manifest.languages)
    context.names.facts, context.names.lists = facts, lists
    return bool(facts or lists) or len(findings) == count


def _manifest(files: Folder, findings: Findings) -> Manifest:
    found = files.nodes(MANIFEST) if MANIFEST in files.names else None
    return EMPTY if found is None else read_manifest(findings, *found)


@dataclass(frozen=True, slots=True)
class _File:
    """A rule file: its nodes, its plain values, and what holds for all of it."""

    name: str
    root: MappingNode
    data: dict[str, Any]
    topic: str
    source: Source


class _Reader:
    """Reads the rule files, declarations before what uses them."""

    def __init__(self, context: Context, folder: Folder) -> None:
        self.context = context
        self.names = context.names
        self.folder = folder

    def read_files(self) -> list[_File]:
        """The rule files that can be read, their structure checked."""
        return [file for name in self.folder.rule_files if (file := self._file(name)) is not None]

    def read(self) -> tuple[Rulebook, tuple[Example, ...]]:
        """The rulebook, without what couldn't be read, and the examples."""
        files = self.read_files()
        self._declare(files)
        rules, examples = self._rules(files)
        people = read_people(self.context, self.folder)
        examples += [*read_cases(self.context, self.folder, people), *people.values()]
        rulebook = self._rulebook(rules)
        check_all(self.context, rulebook)
        read = {file.name for file in files}
        unread = [name for name in self.folder.rule_files if name not in read]
        self.context.findings.drop(lambda finding: finding.code in ABSENT and self._may_declare(unread, finding))
        return rulebook, tuple(examples)

    def _may_declare(self, names: list[str], finding: Finding) -> bool:
        """Whether the name that a finding misses stands, or may stand, in one of the files that can't be read."""
        missed, findings = re.search(r"`[{$]*([^`}]+)", finding.sentence), self.context.findings
        return missed is not None and any(not findings.knows(n) or missed[1] in findings.text(n) for n in names)

    def _file(self, name: str) -> _File | None:
        found = self.folder.nodes(name)
        if found is None:
            return None
        root, values = found
        structure.check(self.context, structure.RULES, root, values)
        if not isinstance(root, MappingNode):
            return None
        topic = text_of(root, "topic") or ""
        if topic:
            self.context.attempt(self._topic, topic, root)
        return _File(name, root, values, topic, read_source(self.context, root, {}))

    def _topic(self, topic: str, root: MappingNode) -> None:
        self.names.topics.setdefault(topic, words_of(root, "title"))
        self.names.declare("topic", topic, place_of(root, "topic"))

    def _declare(self, files: list[_File]) -> None:
        context = self.context
        for file in files:
            derived = mapping_of(file.root, "derived")
            for thing, node in derived.items.items():
                found = context.attempt(read_derived, context, thing, derived.keys[thing], node)
                if found is not None:
                    self.names.derived[thing] = found
        for file in files:
            read_parameters(context, mapping_of(file.root, "parameters"))
            read_tables(context, self.folder, mapping_of(file.root, "tables"), file.source)
        conclusions = {}
        for file in files:
            conclusions.update(declare_conclusions(context, mapping_of(file.root, "conclusions")))
        for file in files:
            declare_computed(context, mapping_of(file.root, "computed"))
            declare_rules(context, file.root)
        self.names.read_all_pending()
        for key, node in conclusions.items():
            whole = context.attempt(read_conclusion_texts, context, key, node)
            if whole is not None:
                self.names.conclusions[key] = whole

    def _rules(self, files: list[_File]) -> tuple[list[Rule], list[Example]]:
        rules: list[Rule] = []
        examples: list[Example] = []
        for file in files:
            for node, data in with_plain(file.root, file.data, "rules"):
                rules.append(read_rule(self.context, file.topic, file.source, node))
                examples += read_rule_examples(self.context, node, data)
        return sorted(rules, key=lambda rule: rule.id), examples

    def _imports(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in self.folder.apart("imports"):
            found = self.folder.nodes(name)
            if found is None:
                continue
            root = found[0]
            if isinstance(root, MappingNode):
                form = read_import(self.context, root)
                if form is not None:
                    yield PurePosixPath(name).stem, form
            else:
                self.context.find("wrong-type", root.place, "This file should be a mapping (`name: value`).")

    def _rulebook(self, rules: list[Rule]) -> Rulebook:
        manifest, names = self.context.manifest, self.names
        imports = dict(self._imports())
        return Rulebook(
            name=manifest.name,
            title=manifest.title,
            version=manifest.version,
            languages=manifest.languages,
            as_of=manifest.as_of,
            first_steps=first_steps(self.context),
            priorities=manifest.priorities,
            protected=manifest.protected,
            sources=manifest.sources,
            facts=names.facts,
            lists=names.lists,
            conclusions=_by_key(names.conclusions),
            computed=_by_key(names.computed),
            derived=dict(sorted(names.derived.items())),
            settings=dict(sorted(names.settings.items())),
            tables=dict(sorted(names.tables.items())),
            topics=dict(sorted(names.topics.items())),
            rules=tuple(rules),
            content_hash=self.folder.hash(),
            imports=imports,
        )


def _by_key(found: dict[tuple[str | None, str], Any]) -> dict[tuple[str | None, str], Any]:
    return dict(sorted(found.items(), key=lambda each: (each[0][0] or "", each[0][1])))
