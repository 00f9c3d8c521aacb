"""What `advise diff` says, the same as text and as Markdown: arranged from what the library found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from advise_cli.report import clean, counted

if TYPE_CHECKING:
    from advise.authoring.differences import (
        Change,
        Compared,
        Decided,
        DiffLine,
        Explained,
        Found,
        Group,
        Person,
        Reason,
        Refused,
        Shift,
        Statement,
    )

_NAMED = 6
_FACTS = 4
_LONGEST = 60
_ALWAYS = ("Talk to", "Why", "Until", "Instead", "Depends on", "Taken to be")
_REFERRAL = "First of all"


class Difference(NamedTuple):
    """Everything that was found: the names of the versions, the knowledge base's title, what changed, for whom, and
    for each change that nobody meets, somebody who would; None if nobody was looked for."""

    old: str
    new: str
    title: str
    changes: tuple[Change, ...]
    compared: Compared
    found: tuple[tuple[Change, Found | None], ...] | None


class Cell(NamedTuple):
    """What one version says: where, what, and labelled details."""

    place: str
    text: str
    details: tuple[tuple[str, str], ...] = ()


class Block(NamedTuple):
    """Things said otherwise for the same reasons: for each what was said and what is said, None for nothing."""

    rows: tuple[tuple[Cell | None, Cell | None], ...]
    why: tuple[str, ...]


class Edit(NamedTuple):
    """One change: its headline, and its lines."""

    head: str
    lines: tuple[DiffLine, ...]


class People(NamedTuple):
    """Some people whose advice changes alike: who they are, what changes, and a remark."""

    head: str
    names: str
    blocks: tuple[Block, ...]
    remark: str = ""


class Nobody(NamedTuple):
    """A change that nobody meets: its headline, and the facts of somebody who would, as YAML, with what changes."""

    head: str
    facts: str
    blocks: tuple[Block, ...]


class Report(NamedTuple):
    """The whole, in sections; `slight` are people for whom only open advice is worded otherwise;
    `unmet` are changes that nobody meets, where nobody was looked for."""

    title: str
    old: str
    new: str
    summary: str
    edits: tuple[Edit, ...]
    people: tuple[People, ...]
    slight: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]
    nobody: tuple[Nobody, ...]
    unmet: tuple[str, ...]


def render(difference: Difference, form: str, width: int, colour: bool, encoding: str) -> str:
    """The text of a difference in a format."""
    if form == "json":
        from advise_cli import diff_json

        return diff_json.render(difference)
    report = arrange(difference)
    if form == "markdown":
        from advise_cli import diff_markdown

        return diff_markdown.render(report)
    from advise_cli import diff_text

    return diff_text.render(report, diff_text.Screen.of(width, colour, encoding))


def arrange(difference: Difference) -> Report:
    """A difference in words."""
    said = _Words({change.key: change for change in difference.changes})
    groups = [group for group in difference.compared.groups if not is_slight(group)]
    slight = [group for group in difference.compared.groups if is_slight(group)]
    return Report(
        clean(difference.title),
        clean(difference.old),
        clean(difference.new),
        _summary(difference, groups, slight),
        tuple(Edit(said.head(change), change.lines) for change in difference.changes),
        tuple(said.people(group) for group in groups),
        tuple(said.slight(group) for group in slight),
        tuple(_refused(each) for each in difference.compared.refused),
        tuple(said.nobody(change, found) for change, found in difference.found or ()),
        tuple(said.head(change) for change in difference.compared.unmet) if difference.found is None else (),
    )


def is_slight(group: Group) -> bool:
    """Whether only what open advice depends on is worded otherwise."""
    return all(shift.is_slight for shift, _ in group.shifts)


def _summary(difference: Difference, groups: list[Group], slight: list[Group]) -> str:
    if not difference.changes:
        return "Nothing that the knowledge base says differs."
    found, changed = difference.compared, counted(len(difference.changes), "change")
    if not any(change.decides for change in difference.changes):
        return f"{changed}, none of which can change advice."
    concerned, worded = (sum(len(group.people) for group in each) for each in (groups, slight))
    people = f"{concerned} of {counted(found.count, 'person', 'people')} {'gets' if concerned == 1 else 'get'}"
    more = f" For {worded} more, only what open advice depends on is worded otherwise." if worded else ""
    lost = f" {len(found.refused)} of them can't be compared." if found.refused else ""
    return f"{changed}. {people} other advice.{lost}{more}"


def _refused(refused: Refused) -> str:
    name = clean(refused.person.name)
    if refused.old and refused.new:
        return f"{name}: neither version takes these facts: {clean(refused.new)}"
    which, why = ("before", refused.old) if refused.old else ("now", refused.new)
    return f"{name}: these facts can't be used {which}: {clean(why)}"


class _Words:
    """Says what was found. `changes` are those that reasons name."""

    def __init__(self, changes: Mapping[Any, Change]) -> None:
        self.changes = changes

    def head(self, change: Change) -> str:
        """`rule water: Water it (changed, beds.yaml:12)`."""
        how = f"renamed from {change.before}" if change.before else str(change.how)
        if change.before and change.lines:
            how += " and changed"
        where = f", {change.place.file}:{change.place.line}" if change.place else ""
        title = "" if change.title == change.name else f": {change.title}"
        return clean(f"{change.sort} {change.name}{title} ({how}{where})")

    def people(self, group: Group) -> People:
        """A group of people and what changes for the first of them."""
        first, many = group.people[0], len(group.people)
        explained = [each for each in group.shifts if not each[0].is_slight]
        remarks = [f"Shown for {clean(first.name)}."] if many > 1 else []
        referred = [each for each in explained if _REFERRAL in _places(each[0])]
        if referred and len(referred) < len(explained):
            stops = any(shift.new is not None and shift.new.place == _REFERRAL for shift, _ in referred)
            rest = len(explained) - len(referred)
            remarks.append(f"Because of that, all else {'stops' if stops else 'begins'}: {rest} entries.")
            explained = referred
        slight = len(group.shifts) - sum(not shift.is_slight for shift, _ in group.shifts)
        if slight:
            remarks.append(f"Besides, {counted(slight, 'open piece', 'open pieces')} of advice worded otherwise.")
        head, names = counted(many, "person", "people"), _names(group.people)
        return People(head, names, self._blocks(explained, first), " ".join(remarks))

    def slight(self, group: Group) -> tuple[str, str]:
        """People for whom open advice is worded otherwise: which advice, and why; and who they are."""
        advice = dict.fromkeys(shift.about[1] for shift, _ in group.shifts)
        keys = dict.fromkeys(reason.change for _, reasons in group.shifts for reason in reasons)
        why = f" ({', '.join(map(self._short, keys))})" if keys else ""
        return f"{counted(len(group.people), 'person', 'people')}: {', '.join(advice)}{why}", _names(group.people)

    def nobody(self, change: Change, found: Found | None) -> Nobody:
        """A change that nobody meets."""
        if found is None:
            return Nobody(self.head(change), "", ())
        import yaml

        facts = yaml.safe_dump(_plain(found.person.facts), sort_keys=False, allow_unicode=True, width=100)
        explained = [each for each in found.shifts if not each[0].is_slight] or list(found.shifts)
        return Nobody(self.head(change), facts, self._blocks(explained, found.person))

    def _blocks(self, explained: Iterable[Explained], person: Person) -> tuple[Block, ...]:
        found: dict[tuple[str, ...], list[tuple[Cell | None, Cell | None]]] = {}
        for shift, reasons in explained:
            why = tuple(dict.fromkeys(self._why(reason, person.private) for reason in reasons))
            found.setdefault(why, []).append(
                (_cell(shift.old, shift, person.private), _cell(shift.new, shift, person.private))
            )
        return tuple(Block(tuple(rows), why) for why, rows in found.items())

    def _short(self, key: Any) -> str:
        change = self.changes[key]
        numbers = [line for line in change.lines if line.mark == "~" and line.before]
        if len(numbers) == 1 and len(change.lines) == 1:
            return f"{change.sort} {change.name}: {numbered(numbers[0])}"
        return f"{change.sort} {change.name} {'changed' if change.before else change.how}"

    def _why(self, reason: Reason, private: bool) -> str:
        through = reason.rule if reason.rule is not None and reason.rule != reason.change[1] else ""
        said = self._short(reason.change) + (f", through rule {through}" if through else "")
        decided = "; ".join(_decided(each, private) for each in reason.decided)
        return clean(f"{said}. {decided[:1].upper()}{decided[1:]}." if decided else f"{said}.")


def _places(shift: Shift) -> set[str]:
    return {said.place for said in (shift.old, shift.new) if said is not None}


def _decided(decided: Decided, private: bool) -> str:
    if decided.open:
        said = f"{'now' if decided.now else 'before'} it {'is' if decided.now else 'was'}n't known whether "
    else:
        said = "now it isn't so that " if decided.now else "before it wasn't so that "
    facts = () if private else decided.facts[:_FACTS]
    seen = ", ".join(f"{pointer} is {_value(value)}" for pointer, value in facts)
    return said + decided.sentence + (f" ({seen})" if seen else "")


def _value(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _cell(said: Statement | None, shift: Shift, private: bool) -> Cell | None:
    if said is None:
        return None
    if private:
        return Cell(said.place, clean(said.details.get("In short", said.title)))
    shown = shift.apart if shift.how == "said otherwise" else _ALWAYS
    details = tuple((name, clean(text)) for name, text in said.details.items() if name in shown and name != "In short")
    return Cell(said.place, clean(said.text), details)


def _names(people: Iterable[Person]) -> str:
    names = [clean(each.name) for each in people]
    more = f"; and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more


def _plain(value: Any) -> Any:
    """Facts as YAML can write them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def pieces(line: DiffLine) -> Iterator[tuple[str, bool]]:
    """A line whose numbers changed, in pieces: what is the same, and each `6 → 12`."""
    from advise.authoring.differences import pieces as in_pieces

    for was, now in in_pieces(line):
        yield (now, False) if was == now else (f"{was} → {now}", True)


def numbered(line: DiffLine) -> str:
    """A line whose numbers changed, as one."""
    return "".join(text for text, _ in pieces(line))
