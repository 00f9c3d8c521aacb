"""What things say, as values that are equal when they say the same: in another order, form or place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any

from advise.conditions import All, AnyOf, Condition, Constant, Of, Parameter, Ref, Test
from advise.loading.names import dotted
from advise.plan import flat
from advise.rules import Conclude, Hold, Rule
from advise.types import Type


class Sort(StrEnum):
    """What a knowledge base declares."""

    RULE = "rule"
    PARAMETER = "parameter"
    TABLE = "table"
    CONCLUSION = "conclusion"
    COMPUTED = "computed fact"
    DERIVED = "derived thing"
    LIST = "list"
    FACT = "fact"
    TOPIC = "topic"
    SOURCE = "source"
    IMPORT = "import"
    SETTING = "setting of the knowledge base"


Key = tuple[Sort, str]
"""What was declared, and under which name."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is called otherwise now: its sort and the name before -> the name now."""

    renamed: Mapping[Key, str] = field(default_factory=dict)

    def now(self, sort: Sort, name: str) -> str:
        """The name that something has now."""
        return self.renamed.get((sort, name), name)

    def listed(self, rules: Iterable[str]) -> tuple[str, ...]:
        """The ids of rules now, sorted, as their order means nothing."""
        return tuple(sorted(self.now(Sort.RULE, rule) for rule in rules))


SAME = Names()


def content(value: object, names: Names = SAME) -> Any:
    """`value` as something hashable that is equal for what says the same."""
    match value:
        case bool() | Enum():
            return type(value).__name__, str(value)
        case None | str() | int() | float():
            return value
        case All() | AnyOf():
            return _junction(value, names)
        case Test():
            return "Test", content(value.left, names), str(value.operator), _compared(value, names)
        case Ref() if value.of in (Of.CONCLUSION, Of.COMPUTED):
            sort = Sort.CONCLUSION if value.of is Of.CONCLUSION else Sort.COMPUTED
            return "Ref", value.scope, names.now(sort, dotted((value.thing, value.path))), content(value.type, names)
        case Parameter():
            return "Parameter", names.now(Sort.PARAMETER, value.name), content(value.type, names)
        case Conclude():
            name = names.now(Sort.CONCLUSION, dotted((value.thing, value.path)))
            return "Conclude", name, value.scope, content(value.value, names)
        case Hold():
            instead = None if value.instead is None else names.now(Sort.RULE, value.instead)
            texts = content(value.because, names), content(value.until, names)
            return "Hold", names.listed(value.advice), *texts, instead
        case Type() if not value.ordered:
            return _fields(value, names, "choices"), _sorted(value.choices)
        case _:
            return _whole(value, names)


def _whole(value: object, names: Names) -> Any:
    if isinstance(value, Mapping):
        return ("{}", *_sorted((content(k, names), content(v, names)) for k, v in value.items()))
    if isinstance(value, tuple | list):
        return ("[]", *(content(each, names) for each in value))
    if isinstance(value, set | frozenset):
        return ("set", *_sorted(content(each, names) for each in value))
    return _fields(value, names) if is_dataclass(value) else str(value)


def _fields(value: Any, names: Names, without: str = "") -> Any:
    compared = (each.name for each in fields(value) if each.compare and each.name != without)
    return (type(value).__name__, *(content(getattr(value, name), names) for name in compared))


def _junction(value: All | AnyOf, names: Names) -> Any:
    """All or any of some parts: twice the same counts once, and of one part it's that part."""
    parts: Iterable[Condition] = flat(value) if isinstance(value, All) else value.parts
    found = _sorted({content(part, names) for part in parts})
    return found[0] if len(found) == 1 else (type(value).__name__, *found)


def _compared(test: Test, names: Names) -> Any:
    """What a test compares with; the order of several values means nothing."""
    right = test.right
    if isinstance(right, Constant) and isinstance(right.value, tuple):
        return "one of", *_sorted(content(each, names) for each in right.value)
    return content(right, names)


def _sorted(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=repr))


def doing(rule: Rule, names: Names = SAME) -> Any:
    """What a rule does: when it holds and what follows, in no order of its own."""
    return (
        _sorted(content(each, names) for each in rule.each),
        content(rule.condition, names),
        _sorted(content(each, names) for each in rule.conclude),
        *(content(each, names) for each in (rule.advise, rule.hold, rule.ask, rule.refer)),
        names.listed(rule.overrides),
    )


def standing(rule: Rule) -> Any:
    """What is said about a rule: nothing that decides advice."""
    return content((rule.title, rule.topic, rule.source, rule.owner, rule.review_by))
