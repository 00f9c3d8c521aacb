"""Arrow arrays as raw columns: values, where they're known, and where they break the facts schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from advise._case_schema import DATE_PATTERN, LARGEST_NUMBER
from advise.evaluate.columnar.arrays import UNKNOWN_CODE, Array, Bools, Floats, Ints, owners
from advise.evaluate.columnar.vocabulary import Vocabulary
from advise.types import LONGEST_LIST, LONGEST_TEXT, Fact, Kind, Type, folded
from advise.values import date_span

_DATE = re.compile(DATE_PATTERN)
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Raw:
    """A fact as a table gives it. `known` is None when all are; `bad` are masks with what is wrong there.

    `low` and `high` are numbers or days (the same array when exact), `codes` anything else, and a list of
    texts is `codes[start:stop]`. `keys` are the codes of what tells one derived thing from another. Where nobody
    `reads` the fact, it's only looked at whether it's right.
    """

    size: int
    known: Bools | None = None
    low: Floats | None = None
    high: Floats | None = None
    codes: Array | None = None
    start: Ints | None = None
    stop: Ints | None = None
    keys: Array | None = None
    bad: list[tuple[Bools, str]] = field(default_factory=list)
    reads: bool = True

    def complain(self, wrong: Bools, sentence: str) -> None:
        """Notes where something is wrong, among what is known."""
        if self.known is not None:
            wrong = wrong & self.known
        if wrong.any():
            self.bad.append((wrong, sentence))


def bits(buffer: Any, array: Any) -> Bools:
    """A bitmap of an Arrow array: its validity, or its truth values. Arrow's own way takes ten times as long."""
    start, size = array.offset, len(array)
    if not size:
        return np.zeros(0, np.bool_)
    first = start // 8
    whole = np.frombuffer(buffer, np.uint8, (start + size + 7) // 8 - first, first)
    return np.unpackbits(whole, count=start % 8 + size, bitorder="little")[start % 8 :].view(np.bool_)


def plain(array: Any) -> Array:
    """The numbers or days of an Arrow array; anything where one is null."""
    type_ = pa.int32() if pa.types.is_date32(array.type) else array.type
    kind = np.dtype(type_.to_pandas_dtype())
    if not len(array):
        return np.zeros(0, kind)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)


def known_of(array: Any) -> Bools | None:
    """Where an Arrow array isn't null; None: everywhere."""
    if not array.null_count:
        return None
    if pa.types.is_null(array.type):
        return np.zeros(len(array), np.bool_)
    buffer = array.buffers()[0]
    if buffer is None:
        return np.asarray(array.is_valid().to_numpy(zero_copy_only=False))
    return bits(buffer, array)


def raw_of(array: Any, fact: Fact, vocabulary: Vocabulary, reads: bool = True) -> Raw:
    """A column of a table as a raw column; without values, if it's only to be checked."""
    array = _ordinary(array)
    raw = Raw(len(array), known_of(array), reads=reads)
    if pa.types.is_null(array.type):
        pass
    elif not _READ[fact.type.kind](raw, array, fact, vocabulary):
        everywhere = np.ones(raw.size, np.bool_)
        raw.complain(everywhere, f"'{fact.title}' takes {_TAKES[fact.type.kind]}, not {array.type}.")
        raw.known = np.zeros(raw.size, np.bool_)
    return raw


def _ordinary(array: Any) -> Any:
    """The array without what is only another way to store it."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    if pa.types.is_dictionary(array.type) and (array.dictionary.null_count or not _is_text(array.type.value_type)):
        array = array.dictionary_decode()
    return array


def misfit(type_: Any, fact: Fact, vocabulary: Vocabulary) -> str | None:
    """Why no column of an Arrow type can hold a fact; None when one can."""
    if pa.types.is_null(type_) or _READ[fact.type.kind](Raw(0), pa.array([], type_), fact, vocabulary):
        return None
    return f"'{fact.title}' takes {_TAKES[fact.type.kind]}, not {type_}."


_TAKES = {
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.CHOICE: "a text",
    Kind.TEXT: "a text",
    Kind.DATE: "a date, as a day or a text",
    Kind.TEXTS: "a list of texts",
}


def _is_text(type_: Any) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def _numbers(raw: Raw, array: Any, fact: Fact, _: Vocabulary) -> bool:
    type_ = array.type
    if not (pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)):
        return False
    if pa.types.is_decimal(type_):
        array = pc.cast(array, pa.float64())
    values = plain(array)
    low, high = _bounds(fact.type)
    # With NaN among them, neither comparison is true.
    inside = not len(values) or bool(values.min() >= low and values.max() <= high)
    if inside and not raw.reads and pa.types.is_integer(type_):
        return True
    found: Floats = values.astype(np.float64)
    raw.low = raw.high = found
    if not inside:
        raw.complain(~((found >= low) & (found <= high)), f"'{fact.title}' must be {_range(fact.type)}.")
    if fact.type.integer and not pa.types.is_integer(type_):
        raw.complain(np.isfinite(found) & (found != np.floor(found)), f"'{fact.title}' takes a whole number.")
    return True


def _bounds(type_: Type) -> tuple[float, float]:
    low = -LARGEST_NUMBER if type_.low is None else max(type_.low, -LARGEST_NUMBER)
    high = LARGEST_NUMBER if type_.high is None else min(type_.high, LARGEST_NUMBER)
    return low, high


def _range(type_: Type) -> str:
    low, high = _bounds(type_)
    if type_.low is not None and type_.high is not None:
        return f"from {low:g} to {high:g}"
    if type_.low is not None:
        return f"{low:g} or more"
    return f"{high:g} or less" if type_.high is not None else "a number of a sensible size"


def _booleans(raw: Raw, array: Any, fact: Fact, _: Vocabulary) -> bool:  # noqa: ARG001
    if not pa.types.is_boolean(array.type):
        return False
    raw.codes = raw.keys = bits(array.buffers()[1], array).view(np.int8)
    return True


def _distinct(array: Any) -> tuple[Ints, list[str | None]] | None:
    """For each place the place of its text among the distinct ones, and these (None for a broken one)."""
    if not pa.types.is_dictionary(array.type):
        if not _is_text(array.type):
            return None
        array = array.dictionary_encode()
    elif len(array.dictionary) > len(array):
        # A part of a larger table: most of the dictionary isn't meant.
        array = array.cast(array.type.value_type).dictionary_encode()
    places = plain(array.indices)
    try:
        return places, array.dictionary.to_pylist()
    except UnicodeDecodeError:
        return places, [_decoded(each) for each in array.dictionary.cast(pa.large_binary()).to_pylist()]


def _decoded(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


_NO_CODES, _NOWHERE = np.zeros(0, np.int32), np.zeros(1, np.bool_)


def _by_text(raw: Raw, array: Any, one: Callable[[str], int | None]) -> tuple[Array, Bools] | None:
    """The code of each text, worked out once for each distinct one, and where there's none."""
    found = _distinct(array)
    if found is None:
        return None
    places, texts = found
    given = [None if text is None else one(text) for text in texts]
    if not raw.reads and None not in given:
        return _NO_CODES, _NOWHERE
    codes = np.array([UNKNOWN_CODE if code is None else code for code in given] or [UNKNOWN_CODE])
    kind = np.int16 if codes.max() < 32_000 else np.int32
    wrong = np.array([code is None for code in given] or [True])
    if any(text is None for text in texts) and raw.known is None:
        raw.known = np.ones(raw.size, np.bool_)
    # Where a text is null there may be any place.
    mode: Literal["raise", "clip"] = "raise" if raw.known is None else "clip"
    found_codes = codes.astype(kind).take(places, mode=mode)
    return found_codes, wrong.take(places, mode=mode) if wrong.any() and len(places) else _NOWHERE


def _choices(raw: Raw, array: Any, fact: Fact, vocabulary: Vocabulary) -> bool:
    allowed = set(fact.type.choices)
    found = _by_text(raw, array, lambda text: vocabulary.code(text) if text in allowed else None)
    if found is None:
        return False
    raw.codes = raw.keys = found[0]
    raw.complain(found[1], f"'{fact.title}' can only be: {', '.join(fact.type.choices)}.")
    return True


def _longest(type_: Type) -> int:
    return LONGEST_TEXT if type_.high is None else int(type_.high)


def _are_fine(texts: Any, longest: int) -> bool:
    """Whether texts are surely none too long and none broken."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    lengths = pc.max(pc.binary_length(texts)).as_py()
    return (lengths is None or lengths <= longest) and not pc.any(pc.equal(texts, "\uffff")).as_py()


def _code_of_text(type_: Type, vocabulary: Vocabulary) -> Callable[[str], int | None]:
    longest = _longest(type_)

    def code(text: str) -> int | None:
        if len(text) > longest or text == "\uffff":
            return None
        return vocabulary.code(folded(text) if type_.ignore_case else text)

    return code


def _texts(raw: Raw, array: Any, fact: Fact, vocabulary: Vocabulary) -> bool:
    if not raw.reads and _is_text(array.type) and _are_fine(array, _longest(fact.type)):
        return True
    found = _by_text(raw, array, _code_of_text(fact.type, vocabulary))
    if found is None:
        return False
    raw.codes = raw.keys = found[0]
    raw.complain(found[1], f"'{fact.title}' is too long, or has a broken character in it.")
    return True


def _days(raw: Raw, array: Any, fact: Fact) -> Ints | None:
    """Days as numbers of days since 1970; those of points in time too, when these are midnights of no zone."""
    if pa.types.is_date(array.type):
        found: Ints = plain(array.cast(pa.date32())).astype(np.int64)
        return found
    if not pa.types.is_timestamp(array.type) or array.type.tz is not None:
        return None
    a_day = _UNITS_OF_A_DAY[array.type.unit]
    days, over = np.divmod(plain(array.cast(pa.int64())), a_day)
    raw.complain(over != 0, f"'{fact.title}' takes a day, without a time of day.")
    return days


_UNITS_OF_A_DAY = {unit: 86_400 * count for unit, count in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9))}


def _dates(raw: Raw, array: Any, fact: Fact, vocabulary: Vocabulary) -> bool:
    days = _days(raw, array, fact)
    if days is not None:
        found = days + _EPOCH
        inside = (found >= 1) & (found <= date.max.toordinal())
        raw.low = raw.high = found.astype(np.float64)
        raw.complain(~inside, f"'{fact.title}' must be in the years 1 to 9999.")
        distinct, places = np.unique(np.where(inside, found, 1), return_inverse=True)
        raw.keys = vocabulary.coded(date.fromordinal(day).isoformat() for day in distinct.tolist()).take(places)
        return True
    if pa.types.is_integer(array.type):
        array = array.cast(pa.string())
    spans: list[tuple[float, float]] = []

    def place(text: str) -> int | None:
        if _DATE.fullmatch(text) is None:
            return None
        span = date_span(text)
        spans.append((span.low, span.high))
        return len(spans) - 1

    coded = _by_text(raw, array, place)
    if coded is None:
        return False
    if coded[0] is _NO_CODES:
        return True
    ends = np.array(spans or [(0, 0)], np.float64)
    raw.low = raw.high = ends[:, 0].take(coded[0])
    if (ends[:, 0] != ends[:, 1]).any():
        raw.high = ends[:, 1].take(coded[0])
    raw.complain(coded[1], f"'{fact.title}' takes a date that exists, such as 2024-03-05, 2024-03 or 2024.")
    keys = _by_text(raw, array, vocabulary.code)
    raw.keys = None if keys is None else keys[0]
    return True


def _lists_of_texts(raw: Raw, array: Any, fact: Fact, vocabulary: Vocabulary) -> bool:
    if not is_list(array.type):
        return False
    counts, inner = flattened(array)
    if pa.types.is_dictionary(inner.type):
        inner = inner.dictionary_decode()
    if not (_is_text(inner.type) or pa.types.is_null(inner.type)):
        return False
    raw.stop = np.cumsum(counts)
    raw.start = raw.stop - counts
    raw.complain(counts > LONGEST_LIST, f"'{fact.title}' takes at most {LONGEST_LIST:,} entries.")
    group = owners(counts)
    texts = Raw(len(inner), known_of(inner), reads=raw.reads)
    inner = inner.cast(pa.large_string())
    found = _by_text(texts, inner, _code_of_text(fact.type, vocabulary))
    assert found is not None
    raw.codes = found[0]
    wrong = np.broadcast_to(found[1], (len(inner),))
    if inner.null_count:
        wrong = wrong | inner.is_null().to_numpy(zero_copy_only=False)
    if wrong.any():
        rows = np.zeros(raw.size, np.bool_)
        rows[group[wrong]] = True
        raw.complain(rows, f"'{fact.title}' has an entry that is empty, too long or broken.")
    return True


def is_list(type_: Any) -> bool:
    """Whether an Arrow type is one of lists."""
    kinds = ("list", "large_list", "fixed_size_list", "list_view", "large_list_view")
    return any(getattr(pa.types, f"is_{kind}")(type_) for kind in kinds)


def flattened(array: Any) -> tuple[Ints, Any]:
    """The lengths of lists, 0 for null, and their items one after the other."""
    lengths = pc.list_value_length(array)
    counts = (lengths.fill_null(0) if lengths.null_count else lengths).to_numpy(zero_copy_only=False).astype(np.int64)
    return counts, pc.list_flatten(array)


_READ: dict[Kind, Callable[[Raw, Any, Fact, Vocabulary], bool]] = {
    Kind.NUMBER: _numbers,
    Kind.BOOLEAN: _booleans,
    Kind.CHOICE: _choices,
    Kind.TEXT: _texts,
    Kind.DATE: _dates,
    Kind.TEXTS: _lists_of_texts,
}
