"""What the YAML parser complains of, in words for the person who wrote the file."""

from __future__ import annotations

DIRECTIVE = ("A line that starts with % tells YAML how to read the file.", "Delete this line.")

QUOTE = "If it's part of a text, put the whole text in quotes; otherwise delete it."
_INDENT = "Check that lines that belong together start in the same column."

_COMPLAINTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "yaml-syntax",
        "A ': ' stands where no value can start.",
        "If it's part of a text, put the whole text in quotes. Otherwise give each `name: value` a line of its own, "
        "with lines that belong together in the same column.",
    ),
    (
        "could not find expected ':'",
        "yaml-syntax",
        "This should be 'name: value', but it has no ':'.",
        _INDENT,
    ),
    (
        "did not find expected key",
        "yaml-syntax",
        "This doesn't fit what stands above it.",
        _INDENT + " A text that starts with {, [ or a quote must stand in quotes as a whole.",
    ),
    ("expected <block end>", "yaml-syntax", "This doesn't fit what stands above it.", _INDENT),
    (
        "did not find expected '-'",
        "yaml-syntax",
        "A list item should start here, with '- '.",
        "Write '- ' before it. " + _INDENT,
    ),
    (
        "block sequence entries are not allowed",
        "yaml-syntax",
        "A list can't start here.",
        "Start it on a line of its own, or put the text in quotes.",
    ),
    (
        "unexpected end of stream",
        "yaml-syntax",
        "The quote that opens here is never closed.",
        "Add the closing quote.",
    ),
    ("unexpected document indicator", "yaml-syntax", "A quote is still open here.", "Add the closing quote."),
    ("expected ',' or ']'", "yaml-syntax", "In a list in [ ], a ',' or the ']' is missing here.", ""),
    ("expected ',' or '}'", "yaml-syntax", "In a mapping in { }, a ',' or the '}' is missing here.", ""),
    (
        "unknown escape character",
        "yaml-syntax",
        "In double quotes a backslash starts an escape, and this one doesn't exist.",
        "Use single quotes around a text that has a backslash.",
    ),
    (
        "expected alphabetic or numeric",
        "yaml-alias",
        "A text can't start with & or * unless it's in quotes.",
        QUOTE,
    ),
    ("undefined tag handle", "yaml-tag", "A '!' makes this a YAML tag, which isn't used here.", QUOTE),
    ("expected tag", "yaml-tag", "A '!' makes this a YAML tag, which isn't used here.", QUOTE),
    ("directive", "yaml-directive", *DIRECTIVE),
    (
        "did not find expected comment or line break",
        "yaml-syntax",
        "A text that starts with > or | goes on in the next line.",
        "For a comparison write `{at least: 3}` or `{more than: 3}`; put a text in quotes.",
    ),
    (
        "expected node content",
        "yaml-syntax",
        "A value is missing here, or a bracket that opened earlier isn't closed.",
        "Close every [ with ] and every { with }.",
    ),
    ("tab character", "yaml-syntax", "A tab stands where spaces belong.", "Indent with spaces."),
)


def explained(problem: str, sign: str) -> tuple[str, str, str]:
    """Code, sentence and hint for what the YAML parser complains of."""
    if "cannot start any token" in problem:
        if sign == "\t":
            return "yaml-syntax", "A tab stands where spaces belong.", "Indent with spaces."
        hint = "Put the whole text in quotes."
        if sign == ">":
            hint += " For a comparison write `{at least: 3}` or `{more than: 3}`."
        return "yaml-syntax", f"A text can't start with {sign} unless it's in quotes.", hint
    for words, code, sentence, hint in _COMPLAINTS:
        if words in problem:
            return code, sentence, hint
    return "yaml-syntax", f"This isn't YAML: {short(problem)}.", _INDENT


def short(text: str) -> str:
    """`text` as a sentence may quote it: at most 60 characters, all of them visible."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    return shown if shown.isprintable() else "".join(c if c.isprintable() else " " for c in shown)
