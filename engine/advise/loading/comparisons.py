"""What stands after a name in a condition: a value, a list of values, or operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import jsonschema_rs

from advise.conditions import All, Condition, Constant, Not, Of, Operand, Parameter, Ref, Shifted, Test, Today
from advise.errors import Place
from advise.loading import operands
from advise.loading.context import Context, WrongError, did_you_mean, listed, quoted
from advise.loading.mistakes import meant_operator, meant_truth, refuse_curly_quotes, refuse_test, refuse_unit
from advise.loading.names import Env, is_time
from advise.loading.operands import BOOLEAN, DATE, PARAMETER, TEXT, WHOLE, is_rank, ranked, said_kind
from advise.operators import OPERATORS, Core, Operator
from advise.source import MappingNode, Node, Scalar, SequenceNode
from advise.types import Kind, Literal, Type, folded


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tested: its value, its name in words, and where the test stands."""

    context: Context
    env: Env
    left: Operand
    name: str
    place: Place

    @property
    def type(self) -> Type:
        """The type of what is tested."""
        return self.left.type

    def test(self, operator: Core, right: Operand, words: str) -> Test:
        """A test, worded."""
        return Test(self.left, operator.value, right, f"{self.name}: {words}", self.place)


def conjunction(parts: list[Condition]) -> Condition:
    """All of the parts, without conjunctions inside it; a single part is itself."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, All) else (part,))
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def read_test(subject: Subject, node: Node) -> Condition:
    """The test in `node`; WrongError when it can't be read."""
    if isinstance(node, Scalar):
        return _is(subject, node)
    if isinstance(node, SequenceNode):
        return _one_of(subject, node)
    if not node.items:
        raise WrongError(
            "empty-test", node.place, f"The test of `{subject.name}` is empty.", "Write what it should be."
        )
    parts = []
    for word, value in node.items.items():
        part = subject.context.attempt(_operator, subject, word, node.keys[word], value)
        if part is not None:
            parts.append(part)
    return conjunction(parts)


def _operator(subject: Subject, word: str, place: Place, node: Node) -> Condition:
    operator = OPERATORS.get(word)
    if operator is None:
        hint = meant_operator(word)
        raise WrongError(
            "unknown-operator", place, f"`{word}` is no operator.", hint or f"There are {listed(OPERATORS, 'and')}."
        )
    _check_fits(subject, operator, place)
    return _READERS[word](replace(subject, place=place), node)


def _check_fits(subject: Subject, operator: Operator, place: Place) -> None:
    if subject.type.kind not in operator.takes:
        fitting = [o.word for o in OPERATORS.values() if subject.type.kind in o.takes]
        sentence = f"`{operator.word}` doesn't fit `{subject.name}`, which is {said_kind(subject.type)}."
        raise WrongError("operator-type", place, sentence, f"What fits is {quoted(fitting)}.")
    if operator.needs_order and subject.type.kind is Kind.CHOICE and not subject.type.ordered:
        sentence = f"`{operator.word}` needs values with an order, and those of `{subject.name}` have none."
        raise WrongError("not-ordered", place, sentence, "Name the values in a list, or declare the choice `ordered`.")


# -------------------------------------------------------------------------------------------- wording


def words(node: Node) -> str:
    """A value as it is read aloud."""
    if isinstance(node, Scalar):
        return (
            "null"
            if node.value is None
            else str(node.value).lower()
            if isinstance(node.value, bool)
            else str(node.value)
        )
    if isinstance(node, SequenceNode):
        return listed(map(words, node.items))
    return ", ".join(f"{key} {words(value)}" for key, value in node.items.items())


# ------------------------------------------------------------------------------------------- equality


def _is(subject: Subject, node: Node) -> Condition:
    if isinstance(node, SequenceNode):
        raise WrongError(
            "wrong-type", node.place, "One value is expected here, not a list.", f"Write `{subject.name}: [..]`."
        )
    if isinstance(node, MappingNode):
        raise WrongError("wrong-type", node.place, "A value is expected here, not a mapping.")
    refuse_test(subject.name, subject.type, node)
    if subject.type.kind is Kind.TEXTS:
        sentence = f"`{subject.name}` is a list, so it can't equal one value."
        raise WrongError("operator-type", node.place, sentence, f"Write `{subject.name}: {{contains: {words(node)}}}`.")
    given = _list_parameter(subject, node)
    if given is not None:
        return subject.test(Core.ONE_OF, given, words(node))
    return subject.test(Core.EQUAL, equal_to(subject, node), words(node))


def equal_to(subject: Subject, node: Node) -> Operand:
    """The value that the subject is to equal, checked against its type."""
    kind = subject.type.kind
    if kind is Kind.NUMBER:
        return _number(subject, node)
    if kind is Kind.DATE:
        return operands.read_day(subject.context, subject.env, node)
    value = literal(subject, node)
    if is_rank(subject.left):
        return Constant(subject.type.choices.index(cast(str, value)), WHOLE)
    return Constant(value, subject.type)


def _number(subject: Subject, node: Node) -> Operand:
    if isinstance(node, Scalar):
        refuse_unit(subject.type, node)
    operand = operands.read_number(subject.context, subject.env, node)
    units = subject.type.unit, operand.type.unit
    if isinstance(operand, Parameter) and units[0] != units[1] and is_time(units[0]) and is_time(units[1]):
        sentence = f"`{subject.name}` is in {units[0]}, and `${operand.name}` in {units[1]}."
        raise WrongError("unit-mismatch", node.place, sentence, "Compare values of the same unit.")
    return operand


def literal(subject: Subject, node: Node) -> str | bool:
    """A boolean, choice or text of the subject's type; texts that ignore case are folded."""
    value = _parameter_text(subject, node)
    kind = subject.type.kind
    if kind is Kind.BOOLEAN:
        if isinstance(value, bool):
            return value
        sentence = f"`{subject.name}` is true or false, not `{words(node)}`."
        raise WrongError("not-boolean", node.place, sentence, meant_truth(value))
    if not isinstance(value, str):
        hint = "" if value is None else "Put it in quotes."
        expected = "one of its values" if kind is Kind.CHOICE else "a text"
        raise WrongError(
            "wrong-type", node.place, f"`{subject.name}` needs {expected} here, not `{words(node)}`.", hint
        )
    if kind is Kind.CHOICE:
        return choice(subject.name, subject.type, value, node.place)
    if isinstance(node, Scalar):
        refuse_curly_quotes(node)
    _refuse_name(subject, value, node.place)
    return folded(value) if subject.type.ignore_case else value


def choice(name: str, type: Type, value: str, place: Place) -> str:
    """`value`, if it is one of the values of `type`."""
    if value not in type.choices:
        hint = did_you_mean(value, type.choices) or f"It can be {quoted(type.choices)}."
        raise WrongError("unknown-value", place, f"`{value}` isn't a value of `{name}`.", hint)
    return value


def _refuse_name(subject: Subject, value: str, place: Place) -> None:
    """A text that looks like the name of a bound thing's fact was meant as one."""
    for scope in subject.env.bound:
        path = value.removeprefix(scope.name + ".")
        if path != value and subject.context.names.type_of((scope.thing, path), place) is not None:
            sentence = f"`{value}` is a fact, but is compared as a text here."
            raise WrongError("text-names-fact", place, sentence, f"Write `{{same as: {value}}}`.")


def _parameter_text(subject: Subject, node: Node) -> object:
    """A scalar's value; the value of the parameter that it names."""
    if not isinstance(node, Scalar):
        raise WrongError("wrong-type", node.place, f"`{subject.name}` needs one value here.")
    match = PARAMETER.match(node.value) if isinstance(node.value, str) else None
    if match is None:
        return node.value
    setting = subject.context.names.setting(match[1], node.place)
    if setting.type.kind is not Kind.TEXT:
        sentence = f"A text is expected here, and the parameter `{node.value}` is {said_kind(setting.type)}."
        raise WrongError("wrong-type", node.place, sentence)
    return operands.parameter_constant(setting, node.place).value


def _list_parameter(subject: Subject, node: Node) -> Constant | None:
    """The constant of a parameter that holds a list of texts; None for every other node."""
    match = PARAMETER.match(node.value) if isinstance(node, Scalar) and isinstance(node.value, str) else None
    if match is None:
        return None
    setting = subject.context.names.setting(match[1], node.place)
    if setting.type.kind is not Kind.TEXTS or subject.type.kind not in (Kind.TEXT, Kind.CHOICE):
        return None
    values = cast(tuple[str, ...], operands.parameter_constant(setting, node.place).value)
    if subject.type.kind is Kind.CHOICE:
        values = tuple(choice(subject.name, subject.type, value, node.place) for value in values)
    return _constants(subject, [folded(value) if subject.type.ignore_case else value for value in values])


def _constants(subject: Subject, values: Sequence[str | bool | float]) -> Constant:
    if is_rank(subject.left):
        ranks = tuple(subject.type.choices.index(cast(str, value)) for value in values)
        return Constant(cast(Literal, ranks), WHOLE)
    return Constant(cast(Literal, tuple(values)), subject.type)


def _one_of(subject: Subject, node: Node) -> Condition:
    _check_fits(subject, OPERATORS["one of"], node.place)
    given = _list_parameter(subject, node)
    if given is not None:
        return subject.test(Core.ONE_OF, given, words(node))
    if not isinstance(node, SequenceNode):
        raise WrongError("wrong-type", node.place, "A list of values is expected here.", f"Write `[{words(node)}]`.")
    if not node.items:
        raise WrongError(
            "empty-test", node.place, "This list is empty, so the test could never hold.", "Name the values."
        )
    values = [subject.context.attempt(_member, subject, each) for each in node.items]
    return subject.test(Core.ONE_OF, _constants(subject, [v for v in values if v is not None]), words(node))


def _member(subject: Subject, node: Node) -> str | bool | float:
    if subject.type.kind is not Kind.NUMBER:
        return literal(subject, node)
    number = _number(subject, node)
    if not isinstance(number, Constant):
        raise WrongError(
            "wrong-type", node.place, "Only plain numbers can stand in a list.", "Use `any:` with one test for each."
        )
    return cast(float, number.value)


def _same_as(subject: Subject, node: Node) -> Condition:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        raise WrongError(
            "wrong-type", node.place, "The name of another fact is expected here.", "For a value, use `is`."
        )
    ref = subject.context.names.find(node.value, subject.env, node.place)
    left, right = comparable(subject, ref, node.place)
    return Test(left, Core.EQUAL.value, right, f"{subject.name}: same as {node.value}", subject.place)


def comparable(subject: Subject, ref: Ref, place: Place) -> tuple[Operand, Operand]:
    """Both sides of a comparison between facts, as ranks if one of them is one; WrongError if their types differ."""
    ours, theirs = subject.type, ref.type
    if ours.kind is not theirs.kind:
        sentence = (
            f"`{subject.name}` is {said_kind(ours)} and `{ref.name}` is {said_kind(theirs)}, so they can't be the same."
        )
        raise WrongError("wrong-type", place, sentence, "Compare facts of the same type.")
    if ours.kind is Kind.CHOICE and not set(ours.choices) & set(theirs.choices):
        sentence = f"`{subject.name}` and `{ref.name}` have no value in common, so they can't be the same."
        raise WrongError("unknown-value", place, sentence)
    if ours.kind is Kind.TEXT and ours.ignore_case != theirs.ignore_case:
        ignoring, other = (subject.name, ref.name) if ours.ignore_case else (ref.name, subject.name)
        sentence = f"`{ignoring}` ignores case and `{other}` doesn't, so equal texts may count as different."
        raise WrongError("case-mismatch", place, sentence, "Declare both with `ignore_case: true`, or neither.")
    if is_rank(subject.left) or is_rank(ref):
        _check_same_order(subject, ref, place)
        return ranked(subject.left), ranked(ref)
    return subject.left, ref


def _check_same_order(subject: Subject, ref: Ref, place: Place) -> None:
    if not ref.type.ordered or subject.type.choices != ref.type.choices:
        sentence = f"`{subject.name}` and `{ref.name}` don't have the same values in the same order."
        raise WrongError("not-ordered", place, sentence, "Compare choices that are declared alike.")


def _not(subject: Subject, node: Node) -> Condition:
    return Not(read_test(subject, node), subject.place)


# ---------------------------------------------------------------------------------------------- order

_ORDER = {"at least": Core.AT_LEAST, "at most": Core.AT_MOST, "more than": Core.MORE, "less than": Core.LESS}
_MIRROR = {Core.AT_LEAST: Core.AT_MOST, Core.AT_MOST: Core.AT_LEAST, Core.MORE: Core.LESS, Core.LESS: Core.MORE}
_DISTANCE = re.compile(r"(.+?)\s+(ago|ahead)\s*\Z")
_WINDOW = re.compile(r"(last|next)\s+(.+)\Z")


def _ordered(word: str, subject: Subject, node: Node) -> Condition:
    core, said = _ORDER[word], f"{word} {words(node)}"
    if subject.type.kind is Kind.NUMBER:
        return subject.test(core, _number(subject, node), said)
    if subject.type.kind is Kind.DATE:
        return _distance(word, subject, node)
    return _ordered_choice(subject, core, node, said)


def _ordered_choice(subject: Subject, core: Core, node: Node, said: str) -> Condition:
    value = _parameter_text(subject, node)
    choices = subject.type.choices
    if not isinstance(value, str) or value not in choices:
        return _against_name(subject, core, value, node, said)
    index = choices.index(value)
    if is_rank(subject.left):
        return subject.test(core, Constant(index, WHOLE), said)
    matching = tuple(each for i, each in enumerate(choices) if _COMPARE[core](i, index))
    if not matching:
        end = "highest" if core is Core.MORE else "lowest"
        raise WrongError("never-true", node.place, f"`{value}` is the {end} value, so this could never hold.")
    return subject.test(Core.ONE_OF, Constant(matching, subject.type), said)


_COMPARE: Mapping[Core, Callable[[int, int], bool]] = {
    Core.AT_LEAST: lambda a, b: a >= b,
    Core.AT_MOST: lambda a, b: a <= b,
    Core.MORE: lambda a, b: a > b,
    Core.LESS: lambda a, b: a < b,
}


def _against_name(subject: Subject, core: Core, value: object, node: Node, said: str) -> Condition:
    if not isinstance(value, str):
        literal(subject, node)
    name = str(value)
    if did_you_mean(name, subject.type.choices) and "." not in name:
        choice(subject.name, subject.type, name, node.place)
    try:
        ref = subject.context.names.find(name, subject.env, node.place)
    except WrongError as wrong:
        if wrong.code in ("", "protected-characteristic"):
            raise
        choice(subject.name, subject.type, name, node.place)
        raise
    if ref.type.kind is not Kind.CHOICE:
        raise WrongError("wrong-type", node.place, f"`{name}` is {said_kind(ref.type)}, not a choice.")
    _check_same_order(subject, ref, node.place)
    return Test(ranked(subject.left), core.value, ranked(ref), f"{subject.name}: {said}", subject.place)


def _distance(word: str, subject: Subject, node: Node) -> Condition:
    text = node.value if isinstance(node, Scalar) else None
    match = _DISTANCE.match(text) if isinstance(text, str) else None
    if match is None:
        hint = f"Write `{word}: 6 months ago` or `ahead`; for a day use `before`, `after` or `between`."
        raise WrongError("wrong-type", node.place, f"`{word}` on a date needs a distance from today.", hint)
    length = operands.read_length(subject.context, match[1], node.place)
    back = match[2] == "ago"
    core = _MIRROR[_ORDER[word]] if back else _ORDER[word]
    day = Shifted(Today(DATE), length.count, length.unit, back, DATE)
    return subject.test(core, day, f"{word} {words(node)}")


def _day(word: str, subject: Subject, node: Node) -> Condition:
    core = Core.LESS if word == "before" else Core.MORE
    return subject.test(core, operands.read_day(subject.context, subject.env, node), f"{word} {words(node)}")


def _within(subject: Subject, node: Node) -> Condition:
    text = node.value if isinstance(node, Scalar) else None
    match = _WINDOW.match(text) if isinstance(text, str) else None
    if match is None:
        raise WrongError(
            "wrong-type", node.place, "`within` needs a span of time.", "Write `last 6 months` or `next 6 months`."
        )
    length = operands.read_length(subject.context, match[2], node.place)
    back, today, said = match[1] == "last", Today(DATE), f"within {match[0]}"
    day = Shifted(today, length.count, length.unit, back, DATE)
    first, last = (day, today) if back else (today, day)
    return All((subject.test(Core.AT_LEAST, first, said), subject.test(Core.AT_MOST, last, said)))


def _between(subject: Subject, node: Node) -> Condition:
    if not isinstance(node, SequenceNode) or len(node.items) != 2:
        raise WrongError("wrong-type", node.place, "`between` needs a list of two values.", "Write `between: [3, 5]`.")
    low, high = node.items
    said = f"between {words(low)} and {words(high)}"
    kind = subject.type.kind
    if kind is Kind.CHOICE:
        return _between_choices(subject, low, high, said)
    ends = [equal_to(subject, end) for end in (low, high)]
    _check_ends(ends, node.place)
    return All((subject.test(Core.AT_LEAST, ends[0], said), subject.test(Core.AT_MOST, ends[1], said)))


def _check_ends(ends: list[Operand], place: Place) -> None:
    low, high = ends
    if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:  # type: ignore[operator]
        raise WrongError(
            "never-true", place, "The first value is above the second, so this could never hold.", "Swap them."
        )


def _between_choices(subject: Subject, low: Node, high: Node, said: str) -> Condition:
    first, last = (subject.type.choices.index(cast(str, literal(subject, end))) for end in (low, high))
    if first > last:
        raise WrongError(
            "never-true", low.place, "The first value is above the second, so this could never hold.", "Swap them."
        )
    if is_rank(subject.left):
        ends = (Core.AT_LEAST, first), (Core.AT_MOST, last)
        return All(tuple(subject.test(core, Constant(rank, WHOLE), said) for core, rank in ends))
    return subject.test(Core.ONE_OF, Constant(subject.type.choices[first : last + 1], subject.type), said)


# ---------------------------------------------------------------------------------------------- texts


def _contains(subject: Subject, node: Node) -> Condition:
    value = _parameter_text(subject, node)
    if not isinstance(value, str) or not value.strip():
        raise WrongError(
            "wrong-type", node.place, "`contains` needs a text.", "For several, use `any:` with one test for each."
        )
    if subject.type.ignore_case:
        # A space at an end belongs to what is looked for: " it " isn't in "with".
        value = f"{' ' * value[:1].isspace()}{folded(value)}{' ' * value[-1:].isspace()}"
    return subject.test(Core.CONTAINS, Constant(value, TEXT), f"contains {words(node)}")


def _matches(subject: Subject, node: Node) -> Condition:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        raise WrongError("wrong-type", node.place, "`matches` needs a regular expression in quotes.")
    pattern = node.value
    if subject.type.ignore_case:
        # The fact is folded, so the pattern is; but escapes such as that of a non-space must keep their case.
        pattern = "(?i)" + (pattern if "\\" in pattern else pattern.casefold())
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except ValueError:
        sentence = f"`{node.value}` isn't a regular expression that can be used here."
        hint = "Check its brackets. Look-around and back-references aren't there, because they can take for ever."
        raise WrongError("bad-pattern", node.place, sentence, hint) from None
    return subject.test(Core.MATCHES, Constant(pattern, TEXT), f'matches "{node.value}"')


def _known(subject: Subject, node: Node) -> Condition:
    left = subject.left
    is_fact = isinstance(left, Ref) and left.of is Of.FACT
    if not is_fact and not (isinstance(left, Ref) and _may_be_empty(left)):
        sentence = (
            f"`known` asks whether a person has answered, or a table has a value, and `{subject.name}` is neither."
        )
        raise WrongError("known-not-a-fact", node.place, sentence, "Test the facts that it rests on.")
    if not isinstance(node, Scalar) or not isinstance(node.value, bool):
        raise WrongError("not-boolean", node.place, "`known` is true or false.", "write true or false")
    missing = "asked, but not known" if is_fact else "has no value"
    return subject.test(Core.KNOWN, Constant(node.value, BOOLEAN), "known" if node.value else missing)


def _may_be_empty(ref: Ref) -> bool:
    """A column, or a computed fact that isn't a number, day or rank: those may be a range, so are never just known."""
    if ref.of is Of.COLUMN:
        return True
    ranged = ref.type.kind in (Kind.NUMBER, Kind.DATE) or ref.type.ordered
    return ref.of is Of.COMPUTED and not ranged


_READERS: Mapping[str, Callable[[Subject, Node], Condition]] = {
    "is": _is,
    "one of": _one_of,
    "same as": _same_as,
    "not": _not,
    **{word: partial(_ordered, word) for word in _ORDER},
    "between": _between,
    "before": partial(_day, "before"),
    "after": partial(_day, "after"),
    "within": _within,
    "contains": _contains,
    "matches": _matches,
    "known": _known,
}
