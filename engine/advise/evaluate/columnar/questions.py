"""The questions worth asking for a whole table, as `advise.outcome` has them for one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from advise.evaluate.columnar.arrays import Bools, Ints, Spans, full, picked
from advise.evaluate.columnar.evaluator import Columnar, Fired, Firings
from advise.evaluate.columnar.frames import People, Store
from advise.evaluate.columnar.lacking import Marks, Words, merged
from advise.evaluate.columnar.waiting import Block, Waiting, Walk, blocks
from advise.plan import Key
from advise.rules import Ask, Rulebook
from advise.types import Kind

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask: whom, for which fact or list (its place in `TableQuestions.names`), of which thing.

    `index` is -1 for a person's own facts and for whole lists. `decides` are indexes of rules, one question after
    the other, `counts` how many each has. Person after person; for each, what is assumed meanwhile comes last,
    what decides most first, then by name and by the place of the thing in its list.
    """

    people: Ints
    index: Ints
    fact: Ints
    decides: Ints
    counts: Ints


class TableQuestions:
    """Finds questions for batches of people. Made once for each plan; threads may share it.

    `holders` are the rules that hold each piece of advice.
    """

    def __init__(self, columnar: Columnar, holders: Mapping[int, tuple[int, ...]]) -> None:
        self._plan = columnar.plan
        self._book = columnar.plan.rulebook
        self._waiting = Waiting(columnar, holders)
        rules = self._book.rules
        decided = [i for i, rule in enumerate(rules) if rule.advise is not None or rule.refer is not None]
        self._decided = sorted(decided, key=lambda i: rules[i].id)
        self._asking = [(i, rule.ask) for i, rule in enumerate(rules) if rule.ask is not None]
        facts = {key: fact.name for key, fact in self._book.facts.items()}
        lists = {(thing, ""): listed.name for thing, listed in self._book.lists.items()}
        names = sorted((name, key) for key, name in (facts | lists).items())
        self.names = [name for name, _ in names]
        self._numbers = {key: number for number, (_, key) in enumerate(names)}
        self._keys = [key for _, key in names]
        self._assumed = self._assumed_facts(holders)

    def _assumed_facts(self, holders: Mapping[int, tuple[int, ...]]) -> list[tuple[Key, frozenset[int]]]:
        """The facts with a default that may be asked for, each with the advice and referrals that depend on it."""
        read = self._plan.facts_read
        always = frozenset[Key]().union(*(read[rule] for rule in self._waiting.referrers))
        depends = {i: always.union(read[i], *(read[h] for h in holders.get(i, ()))) for i in self._decided}
        return [
            (key, frozenset(i for i in self._decided if key in depends[i]))
            for key, fact in self._book.facts.items()
            if fact.default is not None and fact.question
        ]

    def of(self, firings: Firings) -> Questions:
        """The questions for a batch of people."""
        count = firings.people.count
        referred = np.zeros(count, np.bool_)
        for rule in self._waiting.referrers:
            referred |= firings.rules[rule].frame.gathered(firings.rules[rule].certain, None)
        gathered = _Gathered(count, firings.people.stores)
        if firings.rules and not referred.all():
            with np.errstate(all="ignore"):
                self._gather(gathered, firings, referred)
        return gathered.questions(self._keys)

    def _gather(self, gathered: _Gathered, firings: Firings, referred: Bools) -> None:
        walk, lists = Walk(self._waiting, firings, referred), _Lists(self._book, firings.people)
        for block in blocks(self._decided):
            found = self._lacking(walk.marks(block), lists)
            undecided: dict[Key, Bools] = {key: np.any(bits, axis=1) for key, bits in found.items()}
            self._assume(found, firings, walk, block, ~referred)
            for key, bits in found.items():
                gathered.decide(self._numbers[key], bits, undecided.get(key), block)
        for index, ask in self._asking:
            fired = firings.rules[index]
            for key, rows, assumed in self._asked(ask, fired, walk.allowed(fired, fired.certain), lists):
                chosen = np.flatnonzero(rows)
                gathered.ask(self._numbers[key], chosen, np.full(len(chosen), not assumed))

    def _lacking(self, marks: Marks, lists: _Lists) -> dict[Key, Words]:
        """The advice that waits for each fact, and each list, to be given."""
        found = marks.facts
        for thing, bits in marks.unnamed.items():
            for key, rows, person in lists.lacking(thing):
                waiting = bits[rows] if person is None else bits[person[rows]]
                before = found.setdefault(key, np.zeros((len(rows), marks.words), np.uint64))
                before[rows] |= waiting
        lists.put_keys_home(found)
        return found

    # ----------------------------------------------------------------------------------- what is assumed

    def _assume(self, found: dict[Key, Words], firings: Firings, walk: Walk, block: Block, asked: Bools) -> None:
        """Adds the facts that are assumed, and that advice, or whether to refer, depends on."""
        people = firings.people
        about = {key: advice for key, rules in self._assumed if (advice := [r for r in rules if r in block.bits])}
        absent = {key: rows for key in about if (rows := _assumed(people, self._book, key)) is not None}
        if not absent:
            return
        standing = _Standing(firings, walk, block, asked)
        for key, rows in absent.items():
            bits = standing.of(key[0]) & block.mask(iter(about[key]))
            bits[~rows] = 0
            if bits.any():
                found[key] = found[key] | bits if key in found else bits

    # -------------------------------------------------------------------------------- what rules ask for

    def _asked(self, ask: Ask, fired: Fired, certain: Bools, lists: _Lists) -> Iterator[tuple[Key, Bools, bool]]:
        """What a rule asks for where it certainly holds: the fact, the rows, and whether it's assumed meanwhile."""
        people, thing, key = fired.frame.batch.people, ask.thing, (ask.thing, ask.path)
        persons = fired.frame.gathered(certain, None)
        if not persons.any():
            return
        if thing is not None and not ask.path:
            if thing in self._book.lists:
                yield key, persons & lists.absent(thing), self._book.lists[thing].assumed_empty
            return
        absent = _absent(people, key)
        if absent is None:
            return
        assumed = self._book.facts[key].default is not None
        if thing is None:
            yield key, persons & absent, assumed
            return
        name = next((scope.name for scope in fired.rule.each if scope.thing == thing), None)
        store = people.stores[thing]
        rows = persons[store.person] if name is None else fired.frame.gathered(certain, name)
        there = rows & absent if store.phantom is None else rows & absent & ~store.phantom
        yield key, there, assumed
        if store.phantom is not None and name is None:
            unnamed = np.zeros(people.count, np.bool_)
            unnamed[store.person[store.phantom & rows]] = True
            for other, lacking, person in lists.lacking(thing):
                has_default = bool(other[1]) and self._book.facts[other].default is not None
                yield other, lacking & picked(unnamed, person), has_default


def _absent(people: People, key: Key) -> Bools | None:
    """Where nobody gave a fact, phantoms included; None: nowhere."""
    column = people.columns[key]
    size = people.count if key[0] is None else people.stores[key[0]].size
    return None if column.absent is None else full(column.absent, size)


def _assumed(people: People, book: Rulebook, key: Key) -> Bools | None:
    """Where a fact's default is assumed; None: nowhere."""
    absent = None if key not in people.columns else _absent(people, key)
    if absent is None or book.facts[key].default is None:
        return None
    phantom = None if key[0] is None else people.stores[key[0]].phantom
    found = absent if phantom is None else absent & ~phantom
    return found if found.any() else None


class _Standing:
    """The advice of a block that stands, whatever becomes of it, and all its referrals.

    `persons` has their bits by person, `bound` those of advice by the things of a kind that it binds.
    """

    def __init__(self, firings: Firings, walk: Walk, block: Block, asked: Bools) -> None:
        self._people = firings.people
        self._persons = np.zeros((firings.people.count, block.words), np.uint64)
        self._bound: dict[str, Words] = {}
        self._binding: dict[str, Words] = {}
        for rule, (word, bit) in block.bits.items():
            fired = firings.rules[rule]
            if fired.rule.refer is not None:
                self._persons[asked, word] |= bit
                continue
            rows = walk.allowed(fired, fired.possible)
            self._persons[fired.frame.gathered(rows, None), word] |= bit
            for scope in fired.rule.each:
                if not scope.is_table:
                    self._binds(scope.thing)[fired.frame.gathered(rows, scope.name), word] |= bit
                    self._binding[scope.thing][word] |= bit

    def _binds(self, thing: str) -> Words:
        words = self._persons.shape[1]
        self._binding.setdefault(thing, np.zeros(words, np.uint64))
        return self._bound.setdefault(thing, np.zeros((self._people.stores[thing].size, words), np.uint64))

    def of(self, thing: str | None) -> Words:
        """By thing: the advice that binds it, and all that binds none of its kind. By person, without a thing."""
        if thing is None:
            return self._persons.copy()
        person = self._people.stores[thing].person
        if thing not in self._bound:
            return self._persons[person]
        found: Words = self._bound[thing] | (self._persons & ~self._binding[thing])[person]
        return found


class _Lists:
    """The lists of a batch of people: which aren't complete, and why."""

    def __init__(self, book: Rulebook, people: People) -> None:
        self._book = book
        self._people = people

    def absent(self, thing: str) -> Bools:
        """The people who didn't give a list."""
        listed = self._people.lists.get(thing)
        if listed is None:
            return np.ones(self._people.count, np.bool_)
        return np.zeros(self._people.count, np.bool_) if listed.absent is None else listed.absent

    def lacking(self, thing: str) -> Iterator[tuple[Key, Bools, Ints | None]]:
        """Why a list of things may not be complete: the fact or list, where it lacks, and whose each row is."""
        derived = self._book.derived.get(thing)
        sources = (thing, *(() if derived is None else derived.among))
        for source in dict.fromkeys(each for each in sources if each in self._book.lists):
            if not self._book.lists[source].assumed_empty:
                yield (source, ""), self.absent(source), None
            if derived is not None and source != thing:
                key, store = (source, derived.key), self._people.stores[source]
                lacking = _absent(self._people, key)
                if lacking is not None:
                    yield key, lacking if store.phantom is None else lacking & ~store.phantom, store.person

    def put_keys_home(self, found: dict[Key, Words]) -> None:
        """The key of a derived thing that isn't stated stands where it came from. Only a date may lack something."""
        for thing, derived in self._book.derived.items():
            bits = found.get((thing, derived.key))
            if bits is not None and self._book.facts[thing, derived.key].type.kind is Kind.DATE:
                store, listed = self._people.stores[thing], self._people.lists.get(thing)
                stated = np.zeros(self._people.count, np.int64) if listed is None else listed.counts
                place = np.arange(store.size) - store.offsets[store.person]
                rows = np.flatnonzero((place >= stated[store.person]) & bits.any(axis=1))
                self._put_home(found, (thing, derived.key), rows, [s for s in derived.among if s != thing])

    def _put_home(self, found: dict[Key, Words], key: Key, rows: Ints, sources: list[str]) -> None:
        """Moves the bits of some rows to the first thing in the sources with the same key."""
        bits, left = found[key], rows
        for source in dict.fromkeys(sources):
            wanted, own = self._dated(key, left), self._dated((source, key[1]), None)
            distinct, first = np.unique(own, axis=0, return_index=True)
            both, at = np.unique(np.concatenate([distinct, wanted]), axis=0, return_inverse=True)
            home = np.full(len(both), -1, np.int64)
            home[at.reshape(-1)[: len(first)]] = first
            to = home[at.reshape(-1)[len(first) :]]
            moved, target = left[to >= 0], to[to >= 0]
            target, waiting = merged(target, bits[moved])
            before = found.setdefault((source, key[1]), np.zeros((len(own), bits.shape[1]), np.uint64))
            before[target] |= waiting
            bits[moved] = 0
            left = left[to < 0]

    def _dated(self, key: Key, rows: Ints | None) -> Ints:
        """Person, first and last day of the dates in some rows; None: in all."""
        store, values = self._people.stores[key[0] or ""], self._people.columns[key].values
        assert isinstance(values, Spans)
        columns = (store.person, full(values.low, store.size), full(values.high, store.size))
        return np.stack([picked(each, rows) for each in columns], axis=1)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What some of the facts gathered decide: their places, how many rules each, and those rules one after another."""

    places: Ints
    counts: Ints
    rules: Ints


class _Gathered:
    """Gathers what to ask, each fact of a thing once, and puts it into order."""

    def __init__(self, people: int, stores: Mapping[str, Store]) -> None:
        self._stores = stores
        self._span = 1 + max([people, *(store.size for store in stores.values())])
        self._size = 0
        self._codes: list[Ints] = [np.zeros(0, np.int64)]
        self._undecided: list[Bools] = [np.zeros(0, np.bool_)]
        self._decided: list[_Decided] = []

    def ask(self, number: int, rows: Ints, undecided: Bools) -> Ints:
        """Adds a fact to ask for in some rows of its store, or of the people; gives their places.

        `undecided` is where it isn't just assumed.
        """
        self._codes.append(number * self._span + rows)
        self._undecided.append(undecided)
        places: Ints = self._size + np.arange(len(rows))
        self._size += len(rows)
        return places

    def decide(self, number: int, bits: Words, undecided: Bools | None, block: Block) -> None:
        """Adds a fact with what it decides in each row; `undecided` as in `ask`; None: nowhere.

        Blocks come in the order of their rules' ids.
        """
        rows = np.flatnonzero(bits.any(axis=1))
        places = self.ask(number, rows, np.zeros(len(rows), np.bool_) if undecided is None else undecided[rows])
        rules = np.array(list(block.bits), np.int64)
        for first in range(0, len(rows), _CHUNK):
            some = slice(first, first + _CHUNK)
            each = np.unpackbits(bits[rows[some]].astype("<u8").view(np.uint8), axis=1, bitorder="little")
            place = np.flatnonzero(each) % each.shape[1]
            counts = each.sum(axis=1, dtype=np.int64)
            self._decided.append(_Decided(places[some], counts, rules[place]))

    def questions(self, keys: list[Key]) -> Questions:
        """The questions, in order."""
        codes, inverse = np.unique(np.concatenate(self._codes), return_inverse=True)
        assumed = np.ones(len(codes), np.bool_)
        assumed[inverse[np.concatenate(self._undecided)]] = False
        counts = np.zeros(len(codes), np.int64)
        for each in self._decided:
            counts[inverse[each.places]] += each.counts
        fact, row = np.divmod(codes, self._span)
        people, index = row.copy(), np.full(len(codes), -1, np.int64)
        for number in np.unique(fact).tolist():
            thing, path = keys[number]
            if thing is not None and path:
                chosen, store = slice(*np.searchsorted(fact, [number, number + 1])), self._stores[thing]
                people[chosen] = store.person[row[chosen]]
                index[chosen] = row[chosen] - store.offsets[people[chosen]]
        # They are in the order of facts and things already, and a stable sort leaves them so.
        most = int(counts.max(initial=0))
        order = np.argsort((people * 2 + assumed) * (most + 1) + (most - counts), kind="stable")
        decides = self._in_order(inverse, order, counts)
        return Questions(people[order], index[order], fact[order], decides, counts[order])

    def _in_order(self, inverse: Ints, order: Ints, counts: Ints) -> Ints:
        """What each question decides, question after question."""
        first = np.empty_like(counts)
        first[order] = np.cumsum(counts[order]) - counts[order]
        found = np.empty(int(counts.sum()), np.int64)
        for each in self._decided:
            question = inverse[each.places]
            ends = np.cumsum(each.counts)
            to = np.repeat(first[question] - (ends - each.counts), each.counts) + np.arange(len(each.rules))
            found[to] = each.rules
            first[question] += each.counts
        return found
