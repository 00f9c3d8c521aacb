"""Where a text that isn't YAML went wrong: often before the place at which the parser gave up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advise._reading import LINE_END, line_and_column
from advise._yaml_complaints import explained

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

_OPENED = {
    "[": ("In the list that opens here with [, a ',' or the ']' is missing.", "Close it with ], at its end."),
    "{": ("In the mapping that opens here with {, a ',' or the '}' is missing.", "Close it with }, at its end."),
}
_NAME_AND_VALUE = re.compile(r"[ -]*[\w.]+:\S")
_OUT_OF_LINE = (
    "mapping values are not allowed",
    "did not find expected key",
    "did not find expected '-'",
    "expected <block end>",
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, and where: a line and a column, counted from 1."""

    line: int
    column: int
    code: str
    sentence: str
    hint: str


def diagnosed(text: str, error: MarkedYAMLError) -> Diagnosis:
    """What a parser's error means for the person who wrote the text."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if "unexpected end of stream" in problem and error.context_mark is not None:
        mark = error.context_mark
    if mark is None:
        return Diagnosis(1, 1, *explained(problem, ""))
    at = (mark.line + 1, mark.column + 1)
    if mark.index >= len(text):
        at = line_and_column(text, len(text.rstrip()))
    found = _earlier(text, problem, mark, error.context_mark)
    return found or Diagnosis(*at, *explained(problem, text[mark.index : mark.index + 1]))


def _earlier(text: str, problem: str, mark: Any, context: Any) -> Diagnosis | None:
    """What went wrong before the place at which the parser gave up; None if it's that place."""
    sign = text[context.index : context.index + 1] if context is not None else ""
    is_open = "expected ',' or" in problem or "expected node content" in problem
    if is_open and sign in _OPENED and context.line < mark.line:
        return Diagnosis(context.line + 1, context.column + 1, "yaml-syntax", *_OPENED[sign])
    quote = _open_quote(text, mark)
    if quote is not None:
        hint = f"Add the closing quote. This one goes on to line {mark.line + 1}."
        return Diagnosis(*quote, "yaml-syntax", "The quote that opens here is never closed.", hint)
    if "could not find expected ':'" in problem and context is not None:
        code, sentence, hint = explained(problem, "")
        if _NAME_AND_VALUE.match(_line(text, context.line)):
            sentence, hint = "After the ':' of a name comes a space.", "Write `name: value`."
        return Diagnosis(context.line + 1, context.column + 1, code, sentence, hint)
    if any(words in problem for words in _OUT_OF_LINE):
        return _out_of_line(text, mark.line)
    return None


def _line(text: str, number: int) -> str:
    lines = LINE_END.split(text)
    return lines[number] if number < len(lines) else ""


def _open_quote(text: str, mark: Any) -> tuple[int, int] | None:
    """Where a quote opens that is closed only by the next one, just before the mark, on another line."""
    import yaml

    last = None
    try:
        for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if token.start_mark.index >= mark.index:
                break
            last = token if isinstance(token, yaml.ScalarToken) else last
    except yaml.YAMLError:
        pass  # the tokens before the fault are what is looked at
    if last is None or last.style not in ("'", '"') or last.start_mark.line == last.end_mark.line:
        return None
    is_next = not text[last.end_mark.index : mark.index].strip()
    return (last.start_mark.line + 1, last.start_mark.column + 1) if is_next else None


def _out_of_line(text: str, number: int) -> Diagnosis | None:
    """The line before, if it begins in another column than the lines above and below it."""
    lines = LINE_END.split(text)
    below = _indentation(lines[number]) if number < len(lines) else 0
    filled = [
        each for each in range(number - 1, -1, -1) if lines[each].strip() and not lines[each].lstrip().startswith("#")
    ]
    if len(filled) < 2 or not _indentation(lines[filled[0]]) < below == _indentation(lines[filled[1]]):
        return None
    sentence = "This line begins further to the left than the lines above and below it."
    hint = "Let lines that belong together start in the same column."
    return Diagnosis(filled[0] + 1, _indentation(lines[filled[0]]) + 1, "yaml-syntax", sentence, hint)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
