"""What differs between two versions of a knowledge base: what was added, removed, renamed or changed, in words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from advise.authoring.differences.contents import SAME, Key, Names, Sort, content, doing, standing
from advise.authoring.differences.lines import DiffLine, all_said, difference
from advise.authoring.differences.words import Declarations, plainly
from advise.authoring.sentences import Line
from advise.errors import Place
from advise.loading.names import dotted
from advise.plan import refs
from advise.rules import Rule, Rulebook, written_table


class How(StrEnum):
    """What became of something that a knowledge base declares."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    `name` is its name now, or the one that it had if it was removed; `before` the name that it had if it was
    renamed. `lines` say what differs. `decides`: it can change somebody's advice, unlike a source or an owner.
    """

    how: How
    sort: Sort
    name: str
    title: str
    lines: tuple[DiffLine, ...] = ()
    before: str | None = None
    decides: bool = True
    place: Place | None = None

    @property
    def key(self) -> Key:
        """What it's about."""
        return self.sort, self.name


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two versions, and how names before map to names now."""

    all: tuple[Change, ...]
    names: Names

    @property
    def deciding(self) -> Mapping[Key, Change]:
        """Those that can change somebody's advice."""
        return {change.key: change for change in self.all if change.decides}


@dataclass(frozen=True, slots=True)
class _Declared:
    """Something as one version declares it. `says` is all of it, `decides` the part that advice can depend on."""

    sort: Sort
    name: str
    title: str
    value: Any
    says: Hashable
    decides: Hashable
    lines: Callable[[], Iterator[Line]]
    place: Place | None = None


_Book = Mapping[Key, _Declared]


def changes_between(old: Rulebook, new: Rulebook) -> Changes:
    """Compares two versions. What only stands elsewhere, or in another order or form, is the same."""
    after = _declared(new, SAME)
    names = _renamed(old, after)
    before = _declared(old, names)
    now = {(sort, names.now(sort, name)): (name, each) for (sort, name), each in before.items()}
    found = [_change(was, after.get(key), name) for key, (name, was) in now.items()]
    found += [_added(each) for key, each in after.items() if key not in now]
    order = {sort: place for place, sort in enumerate(Sort)}
    changes = sorted((each for each in found if each is not None), key=lambda each: (order[each.sort], each.name))
    return Changes(tuple(changes), names)


def _change(was: _Declared, now: _Declared | None, name: str) -> Change | None:
    if now is None:
        lines = tuple(all_said("-", was.lines()))
        return Change(How.REMOVED, was.sort, name, was.title, lines, decides=_may_decide(was), place=was.place)
    renamed = was.name != now.name
    if was.says == now.says and not renamed:
        return None
    lines = difference(tuple(was.lines()), tuple(now.lines())) if was.says != now.says else ()
    if was.says != now.says and not lines:
        lines = tuple(_apart(was.value, now.value))
    how = How.RENAMED if renamed else How.CHANGED
    before = was.name if renamed else None
    return Change(how, now.sort, now.name, now.title, lines, before, was.decides != now.decides, now.place)


def _added(now: _Declared) -> Change:
    lines = tuple(all_said("+", now.lines()))
    return Change(How.ADDED, now.sort, now.name, now.title, lines, decides=_may_decide(now), place=now.place)


def _may_decide(declared: _Declared) -> bool:
    return declared.decides is not None


def _apart(old: Any, new: Any) -> Iterator[DiffLine]:
    """What differs where the words are the same: facts of the same title, or else whole fields."""
    if isinstance(new, Rule):
        before, now = ({ref.name for ref in refs(rule.condition)} for rule in (old, new))
        yield from (DiffLine("-", f"It reads {name}") for name in sorted(before - now))
        yield from (DiffLine("+", f"It reads {name}") for name in sorted(now - before))
        if before != now:
            return
    yield DiffLine("~", f"{', '.join(_fields_apart(old, new))}: said otherwise")


def _fields_apart(old: Any, new: Any) -> Iterator[str]:
    """The names of the fields that differ."""
    if not is_dataclass(new):
        return
    for each in fields(new):
        if content(getattr(old, each.name)) != content(getattr(new, each.name)):
            yield each.name.replace("_", " ")


# ---------------------------------------------------------------------------------------------- renamed

_MAY_BE_RENAMED = frozenset({Sort.RULE, Sort.PARAMETER, Sort.TABLE, Sort.CONCLUSION, Sort.COMPUTED})


def _renamed(old: Rulebook, after: _Book) -> Names:
    """What stands in the old version under a name that is gone, and in the new one under another.

    Whatever names something that was renamed is compared after that, so it's looked for again until there's no more.
    """
    names = SAME
    while True:
        before = _declared(old, names)
        gone = {key: each for key, each in before.items() if (key[0], names.now(*key)) not in after}
        taken = {(sort, names.now(sort, name)) for sort, name in before}
        come = {key: each for key, each in after.items() if key not in taken}
        found = {key: now for key, was in gone.items() if (now := _same_as(was, gone, come)) is not None}
        if not found:
            return names
        names = Names({**names.renamed, **found})


def _same_as(was: _Declared, gone: _Book, come: _Book) -> str | None:
    """The new name of something: of the one thing that is just like it, else of the one that has its title."""
    if was.sort not in _MAY_BE_RENAMED:
        return None
    for likeness in (_decides, _titled, _both):
        alike = [each for each in come.values() if likeness(each) == likeness(was)]
        rivals = [each for each in gone.values() if likeness(each) == likeness(was)]
        if len(alike) == len(rivals) == 1:
            return alike[0].name
    return None


def _decides(declared: _Declared) -> Hashable:
    return declared.sort, declared.decides


def _titled(declared: _Declared) -> Hashable:
    return declared.sort, declared.title or declared.name


def _both(declared: _Declared) -> Hashable:
    return declared.sort, declared.title, declared.decides


# --------------------------------------------------------------------------------------------- declared


def _declared(book: Rulebook, names: Names) -> dict[Key, _Declared]:
    """All that a version declares, with the names that are used now inside it."""
    said = Declarations(book)
    found = [*_rules(book, said, names), *_worked_out(book, said, names), *_named(book, said, names)]
    found += [*_facts(book, said, names), *_settings(book)]
    return {(each.sort, each.name): each for each in found}


def _rules(book: Rulebook, said: Declarations, names: Names) -> Iterator[_Declared]:
    for rule in book.rules:
        does = doing(rule, names)
        yield _Declared(Sort.RULE, rule.id, rule.title, rule, (does, standing(rule)), does, _lines(said, rule),
                        rule.place if rule.place.file else None)  # fmt: skip


def _lines(said: Declarations, rule: Rule) -> Callable[[], Iterator[Line]]:
    return lambda: said.rule(rule)


def _worked_out(book: Rulebook, said: Declarations, names: Names) -> Iterator[_Declared]:
    for conclusion in book.conclusions.values():
        says = content((conclusion.thing, conclusion.type, conclusion.values, conclusion.report, conclusion.show,
                        conclusion.means), names)  # fmt: skip
        lines = _bound(said.conclusion, conclusion)
        yield _Declared(Sort.CONCLUSION, conclusion.name, conclusion.means, conclusion, says, says, lines)
    for computed in book.computed.values():
        decides = content((computed.thing, computed.type, computed.value), names)
        says = decides, computed.means
        lines = _bound(said.computed, computed)
        yield _Declared(Sort.COMPUTED, computed.name, computed.means, computed, says, decides, lines)
    for derived in book.derived.values():
        decides = content((derived.key, derived.among))
        lines = _bound(said.derived, derived)
        yield _Declared(Sort.DERIVED, derived.thing, derived.means, derived, content(derived), decides, lines)


def _named(book: Rulebook, said: Declarations, names: Names) -> Iterator[_Declared]:
    for setting in book.settings.values():
        decides = content((setting.type, setting.values))
        says = decides, content((setting.means, setting.because, setting.source))
        lines = _bound(said.parameter, setting)
        yield _Declared(Sort.PARAMETER, setting.name, setting.means, setting, says, decides, lines)
    for table in (each for name, each in book.tables.items() if written_table(name) == name):
        rows = frozenset(table.rows) if table.key else table.rows
        decides = content((table.key, table.columns, rows, table.spellings), names)
        says = decides, content((table.means, table.source))
        lines = _bound(said.table, table)
        yield _Declared(Sort.TABLE, table.name, table.means, table, says, decides, lines)
    for source in book.sources.values():
        lines = _bound(said.source, source)
        yield _Declared(Sort.SOURCE, source.key, source.title, source, content(source), None, lines)


def _facts(book: Rulebook, said: Declarations, names: Names) -> Iterator[_Declared]:
    for fact in book.facts.values():
        says, lines = content(fact, names), _bound(said.fact, fact)
        yield _Declared(Sort.FACT, dotted((fact.thing, fact.path)), fact.title, fact, says, says, lines)
    for listed in book.lists.values():
        says, lines = content(listed, names), _bound(said.list, listed)
        yield _Declared(Sort.LIST, listed.thing, listed.title, listed, says, says, lines)


def _settings(book: Rulebook) -> Iterator[_Declared]:
    """What the manifest says; the order of priorities and languages counts."""
    ranked = tuple(f"{place}. {title} ({name})" for place, (name, title) in enumerate(book.priorities.items(), 1))
    deciding: tuple[tuple[str, str, Any], ...] = (
        ("priorities", "The order of advice", ranked),
        ("first steps", "How many steps come first", book.first_steps),
        ("languages", "Languages, the usual one first", book.languages),
        ("protected", "Characteristics that are no facts", tuple(sorted(book.protected))),
    )
    other = (
        ("name", "Its name", book.name),
        ("title", "Its title", book.title),
        ("version", "Its version", book.version),
        ("as of", "The day that its examples are for", book.as_of.isoformat()),
    )
    for name, title, value in (*deciding, *other):
        decides = content(value) if (name, title, value) in deciding else None
        yield _Declared(Sort.SETTING, name, title, value, content(value), decides, _bound(plainly, value))
    for name, title in book.topics.items():
        yield _Declared(Sort.TOPIC, name, title, title, title, None, _bound(plainly, title))
    for name, form in book.imports.items():
        yield _Declared(Sort.IMPORT, name, name, form, content(form), None, _bound(plainly, form))


def _bound(say: Callable[[Any], Iterator[Line]], value: Any) -> Callable[[], Iterator[Line]]:
    return lambda: say(value)
