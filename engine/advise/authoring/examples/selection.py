"""Which examples to run: those of a rule, a topic, a file, with a word in their name, or that differed last time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from advise.authoring.examples.testing import Suite, Verdict
from advise.cache import directory
from advise.errors import UsageError
from advise.loading.context import did_you_mean
from advise.rules import Example, Rulebook

KINDS = ("example", "case", "person")
_OF_RULES = frozenset(
    {"given", "not given", "first", "later", "notes", "not now", "open", "not open", "refers", "fires", "not fires"}
)
Name = tuple[str, str, str]
"""What tells one example from another: file, rule (empty for none) and name."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to run; what is left empty selects everything.

    Examples must fit every part, and one of the values in it. `rules` and `files` may have the wildcards `*` and
    `?`. An example is about the rule that it stands in, and about those that its expectations name.
    """

    rules: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    failed: frozenset[Name] | None = None

    def of(self, suite: Suite) -> tuple[Example, ...]:
        """The examples selected. Raises UsageError for a rule, topic or file that there isn't, and for no example."""
        found = [each for each in suite.examples if not self.kinds or each.kind in self.kinds]
        if self.rules or self.topics:
            wanted = self._rules(suite.ready.rulebook)
            found = [each for each in found if wanted & set(_rules_of(each))]
        if self.files:
            files = self._files(suite)
            found = [each for each in found if each.place.file in files]
        if self.words:
            low = [word.casefold() for word in self.words]
            found = [each for each in found if any(word in each.name.casefold() for word in low)]
        if self.failed is not None:
            found = [each for each in found if name_of(each) in self.failed]
        elif not found and self != Selection():
            raise UsageError(self._nothing())
        return tuple(found)

    def _nothing(self) -> str:
        if self.words and not (self.rules or self.topics or self.files or self.kinds):
            return f"No example has {' or '.join(f'`{word}`' for word in self.words)} in its name."
        return "No example fits all of that."

    def rules_of(self, book: Rulebook, folder: Path) -> frozenset[str]:
        """The rules that `rules`, `topics` and `files` select, all where these are empty. Raises UsageError as `of`
        does, and for no rule."""
        found = {rule.id for rule in book.rules}
        if self.rules or self.topics:
            found &= self._rules(book)
        if self.files:
            found &= {rule for pattern in self.files for rule in _rules_in(pattern, book, folder)}
        if not found and book.rules:
            raise UsageError("No rule fits all of that.")
        return frozenset(found)

    def _rules(self, book: Rulebook) -> frozenset[str]:
        names = [rule.id for rule in book.rules]
        for topic in self.topics:
            if topic not in book.topics:
                raise UsageError(_unknown("topic", topic, book.topics))
        for pattern in self.rules:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise UsageError(_unknown("rule", pattern, names))
        by_id = {name for name in names if any(fnmatchcase(name, pattern) for pattern in self.rules)}
        by_topic = {rule.id for rule in book.rules if rule.topic in self.topics}
        return frozenset(by_id & by_topic if self.rules and self.topics else by_id | by_topic)

    def _files(self, suite: Suite) -> frozenset[str]:
        there = {each.place.file for each in suite.examples}
        found: set[str] = set()
        for pattern in self.files:
            fits = {name for name in there if _fits(name, pattern, suite.folder)}
            if not fits:
                raise UsageError(_no_file(pattern, there, suite.folder))
            found |= fits
        return frozenset(found)


def _rules_in(pattern: str, book: Rulebook, folder: Path) -> frozenset[str]:
    found = frozenset(rule.id for rule in book.rules if _fits(rule.place.file, pattern, folder))
    if not found:
        raise UsageError(f"There's no file `{pattern}` with rules in {folder}.")
    return found


def _fits(name: str, pattern: str, folder: Path) -> bool:
    """Whether a file is meant: by its path in the knowledge base, its name, its path from here, or its folder."""
    path = PurePosixPath(name)
    as_seen = (folder / name).as_posix()
    candidates = [name, path.name, as_seen, *(str(each) for each in path.parents if str(each) != ".")]
    candidates += [(folder / each).as_posix() for each in path.parents if str(each) != "."]
    wanted = pattern.replace("\\", "/").removeprefix("./").rstrip("/")
    if any(fnmatchcase(each.removeprefix("./"), wanted) for each in candidates):
        return True
    with suppress(OSError):
        return Path(pattern).resolve() == (folder / name).resolve()
    return False


def _no_file(pattern: str, there: Iterable[str], folder: Path) -> str:
    names = sorted(there)
    if (folder / pattern).is_file() or Path(pattern).is_file():
        return f"There are no examples in {pattern}."
    by_end = {PurePosixPath(name).name: name for name in names}
    end = get_close_matches(PurePosixPath(pattern).name, by_end, n=1)
    near = f"did you mean `{by_end[end[0]]}`?" if end else ""
    return _sentence(f"There's no file `{pattern}` with examples in {folder}", near)


def _unknown(sort: str, name: str, options: Iterable[str]) -> str:
    return _sentence(f"There's no {sort} `{name}`", did_you_mean(name, options))


def _sentence(said: str, hint: str) -> str:
    return f"{said}; {hint}" if hint else f"{said}."


def _rules_of(example: Example) -> Iterator[str]:
    """The rule that an example stands in, and those that its expectations name."""
    if example.rule is not None:
        yield example.rule
    for word, names in example.expect.items():
        if word in _OF_RULES:
            yield from names


# ------------------------------------------------------------------------------------------ the last run


def name_of(example: Example) -> Name:
    """What tells an example from others, from one run to the next."""
    return example.place.file, example.rule or "", example.name


def differed_last_time(folder: Path) -> frozenset[Name] | None:
    """The examples that differed when they were last run; None when that isn't known."""
    path = _path(folder)
    try:
        found = json.loads(path.read_bytes()) if path is not None else None
        return None if found is None else frozenset((str(f), str(r), str(n)) for f, r, n in found)
    except (OSError, ValueError, TypeError):
        return None


def remember(folder: Path, results: Iterable[Verdict]) -> None:
    """Keeps which examples differed; what wasn't run stays as it was. Where nothing can be kept, nothing happens."""
    path = _path(folder)
    if path is None:
        return
    verdict = {name_of(each.example): each.differs for each in results}
    before = (differed_last_time(folder) or frozenset()) - verdict.keys()
    differ = sorted(before | {name for name, differs in verdict.items() if differs})
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps(differ), "utf-8")


def _path(folder: Path) -> Path | None:
    kept = directory()
    if kept is None:
        return None
    return kept / "tests" / f"{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]}.json"
