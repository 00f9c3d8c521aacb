"""The declared names, and how a name in a rule is found: innermost thing, bound things, the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from advise.conditions import Of, Ref, Scope
from advise.errors import Place
from advise.facts_schema import protected_name
from advise.loading.context import SilentError, WrongError, did_you_mean, suggestion
from advise.rules import Computed, Conclusion, Derived, Setting, Table
from advise.types import Fact, ThingList, Type
from advise.values import UNITS

Key = tuple[str | None, str]


def dotted(key: Key) -> str:
    """A key as rules write it."""
    return f"{key[0]}.{key[1]}" if key[0] else key[1]


@dataclass(frozen=True, slots=True)
class Env:
    """What is visible at a place: `bound` scopes, outermost first; the plain names of `inner`.

    `conclusions` is False for computed facts, which can't read them. `broken`: something that should be bound
    couldn't be read, so that a name that isn't found is no fault of its own.
    """

    bound: tuple[Scope, ...] = ()
    inner: Scope | None = None
    conclusions: bool = True
    broken: bool = False

    def inside(self, scope: Scope) -> Env:
        """Inside the body of `scope`."""
        return replace(self, bound=(*self.bound, scope), inner=scope)

    def beside(self, scope: Scope) -> Env:
        """After `scope` has been bound: its names are visible with its name before them."""
        return replace(self, bound=(*self.bound, scope))


@dataclass(slots=True)
class Names:
    """Everything that is declared, filled while a knowledge base is read.

    `pending` are computed facts that haven't been read yet; reading one may need another's type. `broken`
    are names whose declaration is faulty: what uses them isn't reported again. `read` and `drawn` are the
    conclusions that something uses and that rules draw.
    """

    protected: frozenset[str]
    facts: Mapping[Key, Fact] = field(default_factory=dict)
    lists: Mapping[str, ThingList] = field(default_factory=dict)
    conclusions: dict[Key, Conclusion] = field(default_factory=dict)
    computed: dict[Key, Computed] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    rules: dict[str, bool] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    pending: dict[Key, Callable[[], None]] = field(default_factory=dict)
    reading: list[Key] = field(default_factory=list)
    broken: set[Key] = field(default_factory=set)
    broken_words: set[tuple[str, str]] = field(default_factory=set)
    columns: dict[str, Mapping[str, Type]] = field(default_factory=dict)
    read: set[Key] = field(default_factory=set)
    drawn: set[Key] = field(default_factory=set)

    # -------------------------------------------------------------------------------------- declaring

    def declare(self, sort: str, name: str, place: Place) -> None:
        """Notes that `name` is declared at `place`; WrongError when it is already, or is protected."""
        self.refuse_protected(name, place)
        first = self.places.setdefault((sort, name), place)
        if first != place:
            sentence = f"The {sort} `{name}` is declared twice; the first is at {first.file}, line {first.line}."
            raise WrongError("duplicate-id", place, sentence, "Rename one of them, or delete it.")

    def refuse_protected(self, name: str, place: Place) -> None:
        """WrongError when a part of `name` is a protected characteristic."""
        bad = next(
            (part for part in (name, *name.split(" ")[-1].split(".")) if protected_name(part) in self.protected), None
        )
        if bad is not None:
            sentence = f"`{bad}` is a protected characteristic, so no rule may use it."
            raise WrongError("protected-characteristic", place, sentence, "Delete it: advice must not depend on it.")

    def list_thing(self, name: str) -> str | None:
        """The thing whose list in the facts is called `name`."""
        return next((thing.thing for thing in self.lists.values() if thing.name == name), None)

    @property
    def things(self) -> frozenset[str]:
        """The things there are, tables' rows not among them."""
        return frozenset(thing.thing for thing in self.lists.values()) | frozenset(self.derived)

    # ---------------------------------------------------------------------------------------- finding

    def type_of(self, key: Key, place: Place) -> tuple[Of, Type] | None:
        """What `key` names and its type; None when nothing has that name."""
        if key in self.facts:
            return Of.FACT, self.facts[key].type
        if key in self.broken:
            raise SilentError
        if key in self.pending:
            self._read_pending(key)
            return self.type_of(key, place)
        if key in self.computed:
            return Of.COMPUTED, self.computed[key].type
        if key in self.reading:
            self._refuse_circle(key, place)
        if key in self.conclusions:
            return Of.CONCLUSION, self.conclusions[key].type
        column = self.columns.get(key[0] or "", {}).get(key[1])
        return None if column is None else (Of.COLUMN, column)

    def _read_pending(self, key: Key) -> None:
        read = self.pending.pop(key)
        self.reading.append(key)
        try:
            read()
        finally:
            self.reading.remove(key)
        if key not in self.computed:
            self.broken.add(key)

    def _refuse_circle(self, key: Key, place: Place) -> None:
        circle = [*self.reading[self.reading.index(key) :], key]
        sentence = f"These computed facts need each other: {' -> '.join(map(dotted, circle))}."
        raise WrongError("computed-cycle", place, sentence, "Work one of them out without the others.")

    def read_all_pending(self) -> None:
        """Reads the computed facts that nothing has asked for yet."""
        while self.pending:
            self._read_pending(next(iter(self.pending)))

    def find(self, name: str, env: Env, place: Place) -> Ref:
        """What `name` refers to; WrongError when nothing visible has that name."""
        self.refuse_protected(name, place)
        ref = self._find(name, env, place)
        if ref is None:
            raise SilentError if env.broken else self._unknown(name, env, place)
        if ref.of is Of.CONCLUSION:
            self.read.add(ref.key)
        if ref.of is Of.CONCLUSION and not env.conclusions:
            sentence = f"`{name}` is a conclusion, and a computed fact can't read conclusions."
            raise WrongError("computed-reads-conclusion", place, sentence, "Test it in a rule instead.")
        return ref

    def _find(self, name: str, env: Env, place: Place) -> Ref | None:
        if env.inner is not None:
            ref = self._ref(env.inner, name, place)
            if ref is not None:
                return ref
        for scope in reversed(env.bound):
            if name.startswith(scope.name + "."):
                return self._ref(scope, name[len(scope.name) + 1 :], place)
        found = self.type_of((None, name), place)
        return None if found is None else Ref(found[0], None, None, name, found[1])

    def _ref(self, scope: Scope, path: str, place: Place) -> Ref | None:
        if (scope.thing in self.tables) and ("table", scope.thing) in self.broken_words:
            raise SilentError
        found = self.type_of((scope.thing, path), place)
        return None if found is None else Ref(found[0], scope.name, scope.thing, path, found[1])

    def _unknown(self, name: str, env: Env, place: Place) -> WrongError:
        thing, _, path = name.removeprefix("other ").partition(".")
        bound = next((s for s in reversed(env.bound) if name.startswith(s.name + ".")), None)
        if path and bound is None and (thing in self.things or thing in self.tables):
            return _unbound(name, thing, place)
        group = [each for each in self.visible(env) if each.startswith(name + ".")]
        if group:
            sentence = f"`{name}` is a group of facts, not a fact."
            return WrongError("unknown-fact", place, sentence, f"Name one of them: {quoted_few(group)}.")
        where = bound or env.inner
        if where is not None and where.is_table:
            paths = list(self.columns.get(where.thing, {}))
            sentence = f"The table `{where.thing}` has no column `{name.removeprefix(where.name + '.')}`."
            return WrongError("unknown-column", place, sentence, did_you_mean(name, [*paths, *self.visible(env)]))
        sentence = f"There is no fact, computed fact or conclusion `{name}`" + (
            f" of the {where.thing}." if where else "."
        )
        return WrongError("unknown-fact", place, sentence, did_you_mean(name, self.visible(env)))

    def visible(self, env: Env) -> Iterator[str]:
        """Every name that could be written here."""
        by_thing: dict[str | None, list[str]] = {}
        for key in (*self.facts, *self.conclusions, *self.computed, *self.pending):
            by_thing.setdefault(key[0], []).append(key[1])
        for table, columns in self.columns.items():
            by_thing.setdefault(table, []).extend(columns)
        if env.inner is not None:
            yield from by_thing.get(env.inner.thing, ())
        for scope in env.bound:
            yield from (f"{scope.name}.{path}" for path in by_thing.get(scope.thing, ()))
        yield from by_thing.get(None, ())

    # ------------------------------------------------------------------------ things and parameters

    def scope(self, word: str, thing: str, other: bool, env: Env, place: Place) -> Scope:
        """The scope that `some job` or `each other job` opens; WrongError when there can't be one."""
        self.refuse_protected(thing, place)
        is_table = thing in self.tables
        if ("table", thing) in self.broken_words:
            raise SilentError
        if not is_table and thing not in self.things:
            single = self.list_thing(thing)
            hint = suggestion(thing, single) if single else did_you_mean(thing, [*self.things, *self.tables])
            raise WrongError("unknown-thing", place, f"There is no list or table of things called `{thing}`.", hint)
        name = f"other {thing}" if other else thing
        taken = {scope.name for scope in env.bound}
        if other and thing not in taken:
            sentence = f"`other {thing}` needs a `{thing}` to differ from, and none is bound here."
            raise WrongError("other-without-first", place, sentence, f"Write `{word} {thing}`.")
        if name in taken:
            hint = (
                "Compare with the one that is bound." if other else f"Write `{word} other {thing}` for a different one."
            )
            raise WrongError("scope-twice", place, f"`{name}` is already bound here, so the name would mean two.", hint)
        return Scope(name, thing, is_table, other)

    def setting(self, name: str, place: Place) -> Setting:
        """The parameter called `name`; WrongError when there is none."""
        if ("parameter", name) in self.broken_words:
            raise SilentError
        if name not in self.settings:
            hint = did_you_mean(f"${name}", [f"${setting}" for setting in self.settings])
            raise WrongError("unknown-parameter", place, f"There is no parameter `${name}`.", hint)
        return self.settings[name]


def _unbound(name: str, thing: str, place: Place) -> WrongError:
    if name.startswith("other "):
        hint = f"Write it inside `some other {thing}: {{..}}`, or bind one with `each other {thing}: {{..}}`."
    else:
        hint = f"Write it inside `some {thing}: {{..}}`, or bind one with `each {thing}: {{..}}`."
    sentence = f"`{name}` belongs to a thing (`{thing}`), and none is bound here."
    return WrongError("unbound-thing", place, sentence, hint)


def quoted_few(names: list[str]) -> str:
    """The first few names, in backquotes."""
    few = ", ".join(f"`{name}`" for name in names[:4])
    return few + (" …" if len(names) > 4 else "")


def is_time(unit: str | None) -> bool:
    """True for days, weeks, months and years."""
    return unit in UNITS
