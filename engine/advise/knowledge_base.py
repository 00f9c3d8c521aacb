"""The library's front door: a knowledge base, loaded once, that advises any number of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advise.case import Case, CaseMaker
from advise.errors import FactsError, Problem, UsageError
from advise.evaluate import Evaluation
from advise.evaluate.compiled import Compiled
from advise.evaluate.reference import evaluate as reference
from advise.outcome import Outcome
from advise.outcome import outcome as make_outcome
from advise.plan import Plan
from advise.rules import Rulebook

if TYPE_CHECKING:
    import pyarrow

    from advise.evaluate.columnar import Columnar
    from advise.evaluate.columnar.advice import TableAdvice
    from advise.evaluate.durable import Durable
    from advise.session import Session

COLUMNAR_EXTRA = "pip install 'advise-engine[columnar]'"


class KnowledgeBase:
    """A checked knowledge base. Immutable: threads may share one, and pickled it can be sent to other processes.

    `folder` is where it was loaded from, `rulebook` everything that stands in it. A process to which it's sent
    needs this package in the same version, but not the folder; it gets the same object for the same knowledge base.
    """

    def __init__(self, rulebook: Rulebook, folder: Path, module: Mapping[str, Any] | None = None) -> None:
        self.rulebook = rulebook
        self.folder = folder
        self.plan = Plan(rulebook)
        self._module = module

    @classmethod
    def load(cls, path: Path | str | None = None) -> KnowledgeBase:
        """Reads and checks a knowledge base; without a path, the career one that comes with the package.

        Raises KnowledgeBaseError with every finding when there are any.
        """
        from advise.cache import load

        folder = career_folder() if path is None else Path(path)
        rulebook, module = load(folder)
        return cls(rulebook, folder, module)

    @property
    def name(self) -> str:
        """The id that the manifest gives it."""
        return self.rulebook.name

    @property
    def title(self) -> str:
        """Its title for people."""
        return self.rulebook.title

    @property
    def version(self) -> str:
        """Its version."""
        return self.rulebook.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its texts, the default first."""
        return self.rulebook.languages

    def advise(
        self,
        facts: Mapping[str, Any],
        *,
        as_of: date | str | None = None,
        language: str | None = None,
        evaluator: str = "compiled",
    ) -> Outcome:
        """The outcome for one person.

        `facts` are plain JSON values as the facts schema describes them; they aren't changed, and mustn't
        change while the outcome is in use. `as_of` is the day that it holds for (a date or `2026-01-15`;
        today if left out). `language` is one of `languages`. `evaluator` is `compiled`, or one of those that
        give the same and are slower for one person: `reference`, `durable` and `columnar` (docs/engines.md).
        Raises FactsError when the facts can't be used, UsageError for another language or evaluator, AdviseError
        when an evaluator fails.
        """
        if language is not None and language not in self.languages:
            raise UsageError(f"This knowledge base speaks {', '.join(self.languages)}, not {language}.")
        case = self.case(facts, as_of)
        return make_outcome(self.plan, case, self.evaluate(case, evaluator), language)

    def session(
        self, facts: Mapping[str, Any] | None = None, *, as_of: date | str | None = None, language: str | None = None
    ) -> Session:
        """A session in which one person's facts are set one by one. Takes and raises what `advise` does."""
        from advise.session import Session

        return Session(self, facts or {}, as_of, language)

    def case(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Case:
        """The facts, checked and made ready for an evaluation. Raises FactsError."""
        return self._maker.make(facts, day_of(as_of))

    def evaluate(self, case: Case, evaluator: str = "compiled") -> Evaluation:
        """The rules that hold for a case, without texts and proofs. Raises UsageError, AdviseError."""
        try:
            return self._evaluators[evaluator](case)
        except KeyError:
            if evaluator in self._evaluators:
                raise
            known = ", ".join(self._evaluators)
            raise UsageError(f"There is no evaluator {evaluator!r}; there are {known}.") from None

    def advise_table(
        self,
        table: Any,
        *,
        as_of: date | str | None = None,
        keep: Sequence[str] = (),
        questions: bool = False,
        threads: int | None = None,
    ) -> pyarrow.Table:
        """The advice for a whole table of people: one row for each person and item.

        `table` is an Arrow table, or anything that gives one (a DataFrame): a column for each fact, a list of
        structs for each list of things; null is absent. `keep` are columns to copy to the advice, an id say.
        `threads` is how many work on it (as many as there are processors if left out).
        The result has `row` (of the person, from 0), the columns kept, `kind` (`given`, `not now`, `open`,
        `refer`, or `rejected` with the `reason` why a row can't be used), `rule` (its id) and `about` (the
        indexes of the things that it binds; null for one that may still be named). With `questions` there's a
        row of the kind `question` for each one worth asking as well: the `fact` or list that is lacking, the
        index of the thing that it's `about`, if any, and the ids of the advice and referrals that it `decides`.
        Raises UsageError when the extra `columnar` isn't installed, for what isn't a table, for a column that is
        neither a fact nor kept, and for a column to keep that isn't there.
        """
        return self._table_advice.advise(table, day_of(as_of), keep, questions, threads)

    def advise_batches(
        self,
        batches: Iterable[Any],
        *,
        as_of: date | str | None = None,
        keep: Sequence[str] = (),
        questions: bool = False,
        threads: int | None = None,
    ) -> Iterator[pyarrow.RecordBatch]:
        """As `advise_table`, for a stream of Arrow record batches: one batch of advice for each batch of people.

        The batches may be DataFrames too, or the stream a reader. Rows are numbered on from batch to batch. A few
        batches are read ahead, as many as the threads need; memory doesn't grow with the length of the stream.
        """
        return self._table_advice.batches(batches, day_of(as_of), keep, questions, threads)

    def imported(self, document: Any, as_of: date | str | None = None) -> tuple[Any, tuple[str, ...]]:
        """A document in a foreign form that the knowledge base knows (a résumé) as facts, with what was done.

        Anything else comes back as it is, with no notices. Raises FactsError when the document is in such a
        form but wrong.
        """
        from advise.imports import imported

        return imported(self.rulebook, document, day_of(as_of))

    @cached_property
    def _maker(self) -> CaseMaker:
        return CaseMaker(self.rulebook)

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self.plan, self._module)

    @cached_property
    def _durable(self) -> Durable:
        # Imported here, because few people have durable_rules.
        from advise.evaluate.durable import Durable

        return Durable(self.plan)

    @cached_property
    def _columnar(self) -> Columnar:
        try:
            from advise.evaluate.columnar import Columnar
        except ModuleNotFoundError as error:
            raise UsageError(f"For whole tables, {error.name} is needed: {COLUMNAR_EXTRA}") from None
        return Columnar(self.plan)

    @cached_property
    def _table_advice(self) -> TableAdvice:
        columnar = self._columnar
        from advise.evaluate.columnar.advice import TableAdvice

        return TableAdvice(columnar)

    @cached_property
    def _evaluators(self) -> Mapping[str, Callable[[Case], Evaluation]]:
        return {
            "compiled": lambda case: self._compiled.evaluate(case),
            "reference": lambda case: reference(self.plan, case),
            "durable": lambda case: self._durable.evaluate(case),
            "columnar": lambda case: self._columnar.evaluate([case])[0],
        }

    @cached_property
    def _packed(self) -> bytes:
        from advise.packed import pack

        return pack(self.rulebook, self.folder)

    def __reduce__(self) -> tuple[Callable[[bytes], KnowledgeBase], tuple[bytes]]:
        from advise.packed import unpack

        return unpack, (self._packed,)

    def __repr__(self) -> str:
        return f"<KnowledgeBase {self.name} {self.version}: {len(self.rulebook.rules)} rules>"


def career_folder() -> Path:
    """Where the career knowledge base is installed."""
    import advise_rules

    return Path(advise_rules.__file__).parent


def day_of(as_of: date | str | None) -> date:
    """The day of some advice; today if it's left out. Raises FactsError for what isn't a day."""
    if as_of is None:
        return date.today()
    if isinstance(as_of, datetime):
        return as_of.date()
    if isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except (TypeError, ValueError):
        problem = Problem("", "impossible-date", "The day of the advice isn't a date.", "Write it as 2026-01-15.")
        raise FactsError((problem,)) from None
