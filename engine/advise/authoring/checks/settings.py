"""The section `checks` of the manifest: which checks are off, how bad their findings are, and what is set for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from advise.authoring.checks.check import Check
from advise.authoring.checks.subject import Option
from advise.errors import Finding, Place, Severity
from advise.loading.context import did_you_mean, quoted
from advise.loading.nodes import mapping_of, text_of
from advise.source import MappingNode, Node, Scalar


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the manifest says about one check: that it's `off`, another `severity`, and names that are allowed
    (findings that name one in backquotes), each with the place where it says so."""

    off: bool = False
    severity: Severity | None = None
    allow: Mapping[str, Place] = field(default_factory=dict)

    def allows(self, finding: Finding) -> Iterator[str]:
        """The names for which a finding is allowed."""
        return (name for name in self.allow if f"`{name}`" in finding.sentence)


def chosen(manifest: Node | None) -> Mapping[str, Chosen]:
    """What the manifest says about checks, by their codes."""
    section = _section(manifest)
    return {code: _chosen(node) for code, node in section.items.items() if isinstance(node, MappingNode)}


def options(manifest: Node | None, checks: Mapping[str, Check]) -> Mapping[str, Mapping[str, Option]]:
    """What is set for each check that has options: the manifest's, else the check's own. Words are added to its own."""
    section = _section(manifest)
    found: dict[str, Mapping[str, Option]] = {}
    for code, check in checks.items():
        node = mapping_of(mapping_of(section, code), "options")
        found[code] = {name: _option(node.items.get(name), own) for name, own in check.options.items()}
    return found


def about(manifest: Node | None, checks: Mapping[str, Check]) -> Iterator[Finding]:
    """Findings about the section itself: codes and options that there aren't, values that don't fit."""
    section = _section(manifest)
    for code in section.items:
        if code not in checks:
            yield _wrong(section.keys[code], f"There is no check `{code}`.", did_you_mean(code, checks))
            continue
        own, given = checks[code].options, mapping_of(mapping_of(section, code), "options")
        for name, value in given.items.items():
            if name not in own:
                hint = did_you_mean(name, own) or (f"There is {quoted(own, 'and')}." if own else "It has no options.")
                yield _wrong(given.keys[name], f"`{name}` can't be set for `{code}`.", hint)
            elif _given(value, own[name]) is None:
                yield _wrong(value.place, f"`{name}` should be {_wanted(own[name])}.", "")


def _section(manifest: Node | None) -> MappingNode:
    none = MappingNode({}, {}, Place(""))
    return mapping_of(manifest, "checks") if isinstance(manifest, MappingNode) else none


def _chosen(node: MappingNode) -> Chosen:
    severity, allow = text_of(node, "severity"), mapping_of(node, "allow")
    return Chosen("off" in node.items, Severity(severity) if severity is not None else None, dict(allow.keys))


def _option(node: Node | None, own: Option) -> Option:
    given = None if node is None else _given(node, own)
    if given is None:
        return own
    return {**own, **given} if isinstance(own, Mapping) and isinstance(given, Mapping) else given


def _given(node: Node, own: Option) -> Option | None:
    """The value of a node if it's of the kind of `own`."""
    if isinstance(own, Mapping):
        words = node.items.items() if isinstance(node, MappingNode) else ()
        return {name: str(each.value) for name, each in words if isinstance(each, Scalar)} or None
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _wanted(own: Option) -> str:
    return "a mapping of words" if isinstance(own, Mapping) else "a whole number above 0"


def _wrong(place: Place, sentence: str, hint: str) -> Finding:
    return Finding(place, "check-setting", sentence, hint, severity=Severity.WARNING)
