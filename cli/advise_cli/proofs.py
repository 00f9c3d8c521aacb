"""Proofs of an outcome in words: what was tested, where the fact stands and what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from advise_cli.report import Code, Proof, Words, clean, code, joined, words

Raw = Mapping[str, Any]


def proofs(because: Iterable[Raw]) -> tuple[Proof, ...]:
    """A list of proof items as lines, each with those that it rests on."""
    return tuple(_proof(each) for each in because)


def _proof(item: Raw) -> Proof:
    said: list[str] = [clean(item["condition"])]
    if item.get("conclusion") == item["condition"]:
        said.append(_drawn(item))
    if item.get("rule"):
        said += [", drawn by rule ", Code(item["rule"])]
    seen = _seen(item)
    if seen:
        said += [" (", *joined(_fact(each) for each in seen), ")"]
    if item.get("shown"):
        said.append(", shown above")
    if item.get("cut"):
        said.append(", and so on")
    return Proof(words(*said), proofs([*item.get("because", ()), *item.get("parts", ())]))


def _drawn(item: Raw) -> str:
    """The value of a conclusion that stands for itself, and what it is about."""
    labels = [clean(each["label"] or "") for each in (item.get("about") or {}).values()]
    value = "no value" if item["value"] is None else clean(str(code(item["value"])))
    return f": {value}" + "".join(f" for {each}" for each in labels if each)


def _seen(item: Raw) -> list[Raw]:
    """The facts, or the thing, that a condition was true of."""
    if "facts" in item:
        return list(item["facts"])
    if "conclusion" not in item and "value" in item:
        return [item]
    return [{"pointer": item["thing"]}] if item.get("thing") else []


def _fact(seen: Raw) -> Words:
    """A fact and where it stands; a table's cell has no pointer."""
    if "value" not in seen:
        return (Code(seen["pointer"]),)
    value = code(seen["value"])
    if seen["pointer"] is None:
        return ("from a table: ", value)
    assumed = ("assumed, as nothing was said: ",) if seen.get("assumed") else ()
    return (*assumed, Code(f"{seen['pointer']} = {value}"))
