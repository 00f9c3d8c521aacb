"""Writes values as YAML in the ways that people have: quotes of all kinds, odd indentation, comments everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from random import Random
from typing import Any

from advise.source import resolved

_SAFE = re.compile(r"[^\W_][\w äöü.,;'()/$+*-]*[\w.)]\Z|[a-z]\Z")
_COMMENTS = (
    "# a remark",
    "#no space",
    "# name: value",
    '# it\'s "quoted" [ { here',
    "#",
    "# Überraschung „hier“ 🚲",
    "#: # ##",
)
_NUMBERS = {1: ("1", "+1", "1e0"), 0: ("0", "-0"), 1000: ("1000", "1e3", "1E+3"), 2.5: ("2.5", "2.50")}
_CONSTANTS = {True: ("true", "True", "TRUE"), False: ("false", "False", "FALSE"), None: ("null", "~", "Null", "NULL")}


class Ugly:
    """Writes YAML with every choice of style made at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments = 0
        self._in_text = False  # after a text that goes on as long as lines are indented

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def text(self, data: dict[str, Any]) -> str:
        """A whole file."""
        head = self.random.choice(["", "", "# first\n", "\n\n", "---\n", "# first\n---\n", self._remark() + "\n"])
        body = (
            head + "\n".join(self._mapping(data, 0)) + self.random.choice(["\n", "\n", "", "\n\n# last\n", "\n...\n"])
        )
        return body.replace("\n", "\r\n") if self.chance(0.15) else body

    # ------------------------------------------------------------------------------------- blocks

    def _mapping(self, data: dict[str, Any], indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items():
            lines += self._between(indent)
            name = self._key(key)
            if self.chance(0.02):
                first, *rest = self._value(value, indent)
                lines += [f"{' ' * indent}? {name}", f"{' ' * indent}:{first}", *rest]
                continue
            first, *rest = self._value(value, indent)
            lines += [f"{' ' * indent}{name}{self.random.choice(['', '', '', ' '])}:{first}", *rest]
        return lines

    def _between(self, indent: int) -> list[str]:
        """Blank lines and remarks before an entry."""
        was_text, self._in_text = self._in_text, False
        if not self.chance(0.25):
            return []
        if was_text:
            return self.random.choice([[""], [" " * indent + self._remark()], ["", " " * indent + self._remark()]])
        at = self.random.choice([indent, indent, 0, indent + 3])
        blank = self.random.choice(["", "  ", ""])
        return self.random.choice(
            [[blank], [" " * at + self._remark()], [blank, " " * at + self._remark(), blank], [blank] * 3]
        )

    def _remark(self) -> str:
        self.comments += 1
        return f"{self.random.choice(_COMMENTS)} {self.comments}"

    def _after(self) -> str:
        """What may stand after the end of a value."""
        return self.random.choice(["", "", "", "", "", " ", "   " + self._remark(), " " + self._remark()])

    def _value(self, value: Any, indent: int, least: int = 0) -> list[str]:
        """What stands after `name:` or a dash, from its space on."""
        space = " " * self.random.choice([1, 1, 1, 2, 5])
        if isinstance(value, dict) and value and self.chance(0.6):
            deeper = indent + self.random.choice([1, 2, 2, 3, 4, 7])
            return [self._after(), *self._mapping(value, deeper)]
        if isinstance(value, list) and value and self.chance(0.6):
            return [self._after(), *self._sequence(value, indent + max(least, self.random.choice([0, 1, 2, 2, 5])))]
        if isinstance(value, dict | list):
            return self._flow_lines(value, space, indent)
        if isinstance(value, str) and self.chance(0.3):
            return self._long_text(value, space, indent)
        return [space + self._scalar(value, flow=False) + self._after()]

    def _sequence(self, items: Iterable[Any], indent: int) -> list[str]:
        lines: list[str] = []
        for item in items:
            lines += self._between(indent)
            dash = " " * indent + "-"
            if isinstance(item, dict) and item and self.chance(0.7):
                space = self.random.choice([1, 1, 1, 2, 3])
                inner = self._mapping(item, indent + 1 + space)
                while not inner[0].strip() or inner[0].strip().startswith("#"):
                    remark = inner.pop(0).strip()
                    lines.append(" " * indent + remark if remark else "")
                lines += [dash + " " * space + inner[0].lstrip(), *inner[1:]]
            else:
                first, *rest = self._value(item, indent, least=1)
                lines += [dash + first, *rest]
        return lines

    # --------------------------------------------------------------------------------------- flow

    def _flow_lines(self, value: Any, space: str, indent: int) -> list[str]:
        """A value in braces or brackets, on one line or several."""
        if self.chance(0.6) or not value:
            return [space + self._flow(value) + self._after()]
        pad = " " * (indent + self.random.choice([1, 2, 4, 9]))
        is_mapping = isinstance(value, dict)
        items = (
            [f"{self._key(k, True)}: {self._flow(v)}" for k, v in value.items()]
            if is_mapping
            else list(map(self._flow, value))
        )
        lines = [space + ("{" if is_mapping else "[") + self.random.choice(["", " " + self._remark()])]
        for number, item in enumerate(items, 1):
            comma = "," if number < len(items) or self.chance(0.3) else ""
            lines.append(f"{pad}{item}{comma}{self.random.choice(['', '', ' ' + self._remark()])}")
        close = "}" if is_mapping else "]"
        return [*lines, f"{pad}{close}{self._after()}"]

    def _flow(self, value: Any) -> str:
        space = self.random.choice(["", "", " "])
        comma = self.random.choice([", ", ", ", ",  ", " , "])
        if isinstance(value, dict):
            inner = comma.join(f"{self._key(k, True)}: {space}{self._flow(v)}" for k, v in value.items())
            return "{" + space + inner + space + "}"
        if isinstance(value, list):
            single = len(value) == 1 and isinstance(value[0], dict) and len(value[0]) == 1 and self.chance(0.3)
            if single:  # a pair without its braces
                ((key, inner_value),) = value[0].items()
                return f"[{self._key(key, True)}: {self._flow(inner_value)}]"
            return "[" + space + comma.join(map(self._flow, value)) + space + "]"
        return self._scalar(value, flow=True)

    # ------------------------------------------------------------------------------------- scalars

    def _key(self, key: str, flow: bool = False) -> str:
        ways = [json.dumps(key, ensure_ascii=False), "'" + key.replace("'", "''") + "'"]
        if self._is_plain(key, flow):
            ways = [key] * 12 + ways
        return self.random.choice(ways)

    def _is_plain(self, text: str, flow: bool) -> bool:
        return bool(_SAFE.match(text)) and resolved(text) == text and not (flow and "," in text)

    def _scalar(self, value: Any, flow: bool) -> str:
        if value is None or isinstance(value, bool):
            return self.random.choice(_CONSTANTS[value])
        if isinstance(value, int | float):
            return self.random.choice(_NUMBERS.get(value, (str(value),)))
        ways = [_escaped(value) if self.chance(0.2) else json.dumps(value, ensure_ascii=False)]
        if "\n" not in value:
            ways.append("'" + value.replace("'", "''") + "'")
            ways += [value] * 4 if self._is_plain(value, flow) else []
        return self.random.choice(ways)

    def _long_text(self, value: str, space: str, indent: int) -> list[str]:
        """A text over several lines, in one of the ways there are for it."""
        pad = " " * (indent + self.random.choice([1, 2, 2, 4, 8]))
        words = value.split(" ")
        is_simple = "\n" not in value and all(words) and value.isprintable()
        ways = (
            ["literal"] if value and not value[0].isspace() and not value.endswith("\n") and value.isprintable() else []
        )
        if is_simple and len(words) > 1:
            ways += ["folded", "double", "single"]
            ways += ["plain"] if self._is_plain(value, False) else []
        if not ways:
            return [space + self._scalar(value, False) + self._after()]
        broken = self._broken(words)
        match self.random.choice(ways):
            case "literal":
                self._in_text = True
                return [f"{space}|-{self._after()}", *(f"{pad}{line}" for line in value.split("\n"))]
            case "folded":
                self._in_text = True
                return [f"{space}>-{self._after()}", *(f"{pad}{line}" for line in broken)]
            case "double":
                quoted = [json.dumps(line, ensure_ascii=False)[1:-1] for line in broken]
                return self._over_lines(space, '"', quoted, pad)
            case "single":
                return self._over_lines(space, "'", [line.replace("'", "''") for line in broken], pad)
            case _:
                return self._over_lines(space, "", broken, pad)

    def _over_lines(self, space: str, quote: str, lines: list[str], pad: str) -> list[str]:
        first, *rest = [space + quote + lines[0], *(pad + line for line in lines[1:])]
        whole = [first, *rest]
        whole[-1] += quote + self._after()
        return whole

    def _broken(self, words: list[str]) -> list[str]:
        lines = [words[0]]
        for word in words[1:]:
            if self.chance(0.3):
                lines.append(word)
            else:
                lines[-1] += " " + word
        return lines


def _escaped(text: str) -> str:
    """A text in double quotes, with an escape for each sign that isn't ASCII."""
    return json.dumps(text, ensure_ascii=False).translate(_Escapes())


class _Escapes(dict[int, str]):
    def __missing__(self, sign: int) -> str:
        return chr(sign) if sign < 128 else f"\\U{sign:08X}"
