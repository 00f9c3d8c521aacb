"""Values that tests compare with: literals, parameters, names, arithmetic, dates and durations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import cast

from advise.conditions import Aggregate, Arithmetic, Constant, Of, Operand, Parameter, Rank, Ref, Shifted, Today
from advise.errors import Place
from advise.loading.context import Context, WrongError
from advise.loading.names import Env
from advise.rules import Setting
from advise.source import Node, Scalar
from advise.types import Kind, Type, folded
from advise.values import UNITS, Unit, date_span

NUMBER = Type(Kind.NUMBER)
WHOLE = Type(Kind.NUMBER, integer=True)
BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)
TEXT = Type(Kind.TEXT)
TEXTS = Type(Kind.TEXTS)

PARAMETER = re.compile(r"\$([A-Za-z_]\w*)\Z")
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_PARTIAL_DATE = re.compile(r"\d{4}(-\d\d)?\Z")
_UNIT_WORDS: dict[str, Unit] = {**{unit: unit for unit in UNITS}, **{unit[:-1]: unit for unit in UNITS}}
_MOST_TOKENS, _LONGEST_NUMBER = 100, 20
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d(?:-\d\d)?(?![\w-]))|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<parameter>\$[A-Za-z_]\w*)"
    r"|(?P<name>(?:other )?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>[-+*/()]))"
)


def is_rank(operand: Operand) -> bool:
    """True for what holds an ordered choice as its rank: computed facts and aggregates of that type."""
    computed = isinstance(operand, Aggregate) or (isinstance(operand, Ref) and operand.of is Of.COMPUTED)
    return isinstance(operand, Rank) or (computed and operand.type.kind is Kind.CHOICE and operand.type.ordered)


def ranked(operand: Operand) -> Operand:
    """An ordered choice as its rank."""
    return operand if is_rank(operand) else Rank(operand, operand.type.choices, WHOLE)


def number_constant(value: float) -> Constant:
    """A number as a constant."""
    return Constant(value, WHOLE if isinstance(value, int) else NUMBER)


def day_of(text: object, place: Place) -> date:
    """A full date; WrongError when it is none."""
    if isinstance(text, str) and _FULL_DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrongError("bad-date", place, f"There is no day {text}.") from None
    if _PARTIAL_DATE.match(str(text)):
        hint = "Write the day too, like 2024-03-05."
        raise WrongError("partial-date", place, f"`{text}` is only part of a date.", hint)
    raise WrongError("bad-date", place, f"`{text}` isn't a date.", "Write it like 2024-03-05.")


def parameter_constant(setting: Setting, place: Place) -> Constant:
    """The one value of a text, date or list parameter; WrongError when it is dated."""
    if len(setting.values) != 1 or setting.values[0][0] != date.min:
        sentence = f"`${setting.name}` changes over time, and only numbers can do that here."
        raise WrongError("dated-parameter", place, sentence, "Give it one `value`.")
    return Constant(setting.values[0][1], setting.type)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in an expression."""

    count: Constant | Parameter
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Token:
    sort: str
    text: str


def _tokens(text: str, place: Place) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    stripped = text.rstrip()
    while end < len(stripped):
        match = _TOKEN.match(stripped, end)
        if match is None:
            raise WrongError(
                "bad-expression", place, f"`{text}` can't be read as a value, from `{stripped[end:].strip()}` on.", _HOW
            )
        if len(found) == _MOST_TOKENS or (match.lastgroup == "number" and len(match[0]) > _LONGEST_NUMBER):
            raise WrongError(
                "bad-expression", place, "This value is too long.", "Compute a part of it as a fact of its own."
            )
        found.append(_Token(str(match.lastgroup), match[str(match.lastgroup)]))
        end = match.end()
    return found


_HOW = "Values are numbers, dates, $parameters and names of facts, with + - * / and parentheses between them."


class _Expression:
    """Reads one expression of numbers, or of dates."""

    def __init__(self, context: Context, env: Env, text: str, place: Place) -> None:
        self.context, self.env, self.text, self.place = context, env, text, place
        self.tokens = _tokens(text, place)
        self.next = 0
        self.depth = 0

    def whole(self, kind: Kind) -> Operand:
        """The whole text as a value of `kind`."""
        operand = self.day() if kind is Kind.DATE else self.total()
        self.finish()
        return operand

    def finish(self) -> None:
        if self.next < len(self.tokens):
            raise self.bad(f"`{self.text}` can't be read as a value, from `{self.tokens[self.next].text}` on.")

    def bad(self, sentence: str) -> WrongError:
        return WrongError("bad-expression", self.place, sentence, _HOW)

    def take(self) -> _Token:
        if self.next == len(self.tokens):
            raise self.bad(f"`{self.text}` ends too early." if self.text.strip() else "A value is missing here.")
        self.next += 1
        return self.tokens[self.next - 1]

    def sign(self, signs: str) -> str:
        """The next token, taken, if it is one of `signs`; else empty."""
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.sort == "sign" and token.text in signs:
                self.next += 1
                return token.text
        return ""

    # ------------------------------------------------------------------------------------- numbers

    def total(self) -> Operand:
        left = self.product()
        while sign := self.sign("+-"):
            left = Arithmetic(sign, left, self.product(), NUMBER)
        return left

    def product(self) -> Operand:
        left = self.factor()
        while sign := self.sign("*/"):
            right = self.factor()
            if sign == "/" and isinstance(right, Constant) and right.value == 0:
                raise WrongError(
                    "division-by-zero", self.place, f"`{self.text}` divides by zero.", "Divide by something else."
                )
            left = Arithmetic(sign, left, right, NUMBER)
        return left

    def factor(self) -> Operand:
        token = self.take()
        if token.text == "-":
            operand = self.factor()
            if isinstance(operand, Constant):
                return number_constant(-cast(float, operand.value))
            return Arithmetic("-", number_constant(0), operand, NUMBER)
        if token.text == "(":
            return self.parentheses()
        if token.sort == "number":
            return number_constant(float(token.text) if "." in token.text else int(token.text))
        if token.sort == "parameter":
            return self.number_parameter(token.text[1:])
        if token.sort == "name":
            return self.name(token.text, Kind.NUMBER)
        raise self.bad(f"`{token.text}` in `{self.text}` isn't a number.")

    def parentheses(self) -> Operand:
        self.depth += 1
        if self.depth > 20:
            raise self.bad(f"`{self.text}` has too many parentheses.")
        operand = self.total()
        if not self.sign(")"):
            raise self.bad(f"In `{self.text}` a `)` is missing.")
        self.depth -= 1
        return operand

    def number_parameter(self, name: str) -> Operand:
        setting = self.context.names.setting(name, self.place)
        if setting.type.kind is not Kind.NUMBER:
            sentence = f"A number is expected here, and the parameter `${name}` is {said_kind(setting.type)}."
            raise WrongError("wrong-type", self.place, sentence)
        return Parameter(name, setting.type)

    def name(self, name: str, kind: Kind) -> Operand:
        ref = self.context.names.find(name, self.env, self.place)
        if ref.type.kind is not kind:
            expected = "A date" if kind is Kind.DATE else "A number"
            raise WrongError(
                "wrong-type", self.place, f"{expected} is expected here, and `{name}` is {said_kind(ref.type)}."
            )
        return ref

    # --------------------------------------------------------------------------------------- dates

    def day(self) -> Operand:
        token = self.take()
        day: Operand
        if token.sort == "date":
            day_of(token.text, self.place)
            day = Constant(token.text, DATE)
        elif token.text == "today":
            day = Today(DATE)
        elif token.sort == "name":
            day = self.name(token.text, Kind.DATE)
        elif token.sort == "parameter":
            day = self.date_parameter(token.text[1:])
        elif token.sort == "number":
            day = Constant(day_of(token.text, self.place).isoformat(), DATE)
        else:
            raise self.bad(f"`{self.text}` isn't a date.")
        while sign := self.sign("+-"):
            length = self.length()
            day = Shifted(day, length.count, length.unit, sign == "-", DATE)
        return day

    def date_parameter(self, name: str) -> Operand:
        setting = self.context.names.setting(name, self.place)
        if setting.type.kind is Kind.DATE:
            return parameter_constant(setting, self.place)
        hint = ""
        if setting.type.kind is Kind.NUMBER:
            hint = f"For a distance from today write `{{at least: ${name} ago}}`, for a day `today - ${name}`."
        sentence = f"A date is expected here, and the parameter `${name}` is {said_kind(setting.type)}."
        raise WrongError("wrong-type", self.place, sentence, hint)

    def length(self) -> Length:
        """`6 months`, `$settle_in` or `$count months`."""
        token = self.take()
        if token.sort not in ("number", "parameter"):
            raise WrongError(
                "bad-duration", self.place, f"`{self.text}` has no length of time where one is expected.", _LENGTH
            )
        unit = self.unit()
        if token.sort == "number":
            if "." in token.text or unit is None:
                what = "isn't whole" if unit else "has no unit"
                raise WrongError(
                    "bad-duration", self.place, f"The length of time {token.text} in `{self.text}` {what}.", _LENGTH
                )
            return Length(number_constant(int(token.text)), unit)
        return self.parameter_length(token.text[1:], unit)

    def unit(self) -> Unit | None:
        if self.next < len(self.tokens) and self.tokens[self.next].text in _UNIT_WORDS:
            self.next += 1
            return _UNIT_WORDS[self.tokens[self.next - 1].text]
        return None

    def parameter_length(self, name: str, unit: Unit | None) -> Length:
        setting = self.context.names.setting(name, self.place)
        own = _UNIT_WORDS.get(setting.type.unit or "")
        if own is None:
            has = f"the unit `{setting.type.unit}`" if setting.type.unit else "no unit"
            sentence = f"A length of time is expected here, and the parameter `${name}` has {has}."
            raise WrongError("unit-mismatch", self.place, sentence, "Its unit should be days, weeks, months or years.")
        if unit is not None and unit != own:
            sentence = f"`${name}` is in {own}, and here it stands with `{unit}`."
            raise WrongError(
                "unit-mismatch", self.place, sentence, f"Write `${name}` alone, or change the parameter's unit."
            )
        if setting.type.kind is not Kind.NUMBER or not setting.type.integer:
            sentence = f"The parameter `${name}` must be a whole number to be a length of time."
            raise WrongError("bad-duration", self.place, sentence)
        return Length(Parameter(name, setting.type), own)


_LENGTH = "Write a whole number and days, weeks, months or years, like `6 months`, or a parameter like `$settle_in`."


def said_kind(type: Type) -> str:
    """A type in a sentence."""
    words = {
        Kind.TEXT: "a text",
        Kind.NUMBER: "a number",
        Kind.BOOLEAN: "true or false",
        Kind.DATE: "a date",
        Kind.CHOICE: "a choice",
        Kind.TEXTS: "a list of texts",
    }
    return words[type.kind]


def read_number(context: Context, env: Env, node: Node) -> Operand:
    """A number, or an expression that gives one."""
    if isinstance(node, Scalar):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return number_constant(node.value)
        if isinstance(node.value, str):
            return _Expression(context, env, node.value, node.place).whole(Kind.NUMBER)
    raise WrongError("wrong-type", node.place, "A number is expected here.", _HOW)


def read_day(context: Context, env: Env, node: Node) -> Operand:
    """A full date, `today`, the name of a date, or one of them plus or minus a length of time."""
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return _Expression(context, env, node.value, node.place).whole(Kind.DATE)
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            day_of(str(node.value), node.place)
    hint = "Write a day like 2024-03-05, `today`, the name of a date, or `today - 6 months`."
    raise WrongError("wrong-type", node.place, "A date is expected here.", hint)


def read_expression(context: Context, env: Env, node: Node) -> Operand:
    """An expression of a computed fact: of dates if it begins with one, else of numbers."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        expression = _Expression(context, env, node.value, node.place)
        first = expression.tokens[0] if expression.tokens else _Token("", "")
        is_day = first.sort == "date" or first.text == "today"
        if first.sort == "name" and not is_day:
            is_day = context.names.find(first.text, env, node.place).type.kind is Kind.DATE
        return expression.whole(Kind.DATE if is_day else Kind.NUMBER)
    return read_number(context, env, node)


def read_length(context: Context, text: str, place: Place) -> Length:
    """A length of time."""
    expression = _Expression(context, Env(), text, place)
    length = expression.length()
    expression.finish()
    return length


def read_key_value(context: Context, env: Env, node: Node, column: Type) -> Operand:
    """What the key column of a lookup must equal: the name of a fact, a parameter, or a literal of a choice."""
    if column.kind is Kind.NUMBER:
        return read_number(context, env, node)
    if column.kind is Kind.DATE:
        return read_day(context, env, node)
    if not isinstance(node, Scalar) or not isinstance(node.value, (str, bool)):
        raise WrongError("wrong-type", node.place, "The name of a fact is expected here.")
    if isinstance(node.value, bool):
        return Constant(node.value, BOOLEAN)
    match = PARAMETER.match(node.value)
    if match:
        constant = parameter_constant(context.names.setting(match[1], node.place), node.place)
        is_text = column.ignore_case and isinstance(constant.value, str)
        return Constant(folded(str(constant.value)), column) if is_text else constant
    if node.value in column.choices:
        return Constant(node.value, column)
    return context.names.find(node.value, env, node.place)


def check_partial(text: str) -> bool:
    """True for a date or partial date that exists."""
    try:
        date_span(text)
    except ValueError:
        return False
    return True
