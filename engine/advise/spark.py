"""Advice on a Spark cluster: the columnar evaluator on each Arrow batch of a DataFrame. Needs the extra `spark`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from advise.errors import AdviseError, UsageError
from advise.knowledge_base import KnowledgeBase, day_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

EXTRA = "pip install 'advise-engine[spark]'"
# As many rows as are worked on at once, whatever the size of Spark's batches.
_ROWS = 1 << 14


def advise_dataframe(
    people: DataFrame,
    knowledge_base: KnowledgeBase,
    *,
    as_of: date | str | None = None,
    keep: Sequence[str],
    questions: bool = False,
) -> DataFrame:
    """The advice for each row of a Spark DataFrame: one row for each person and item, worked out where the data are.

    `people` has a column for each fact, as the table of `KnowledgeBase.advise_table`; null is absent. `keep` are
    columns to copy to the advice, which say whose it is. `as_of` is the day that it holds for; left out, it's
    today on the machine that calls this, and the same for every task. `questions`: as in `advise_batches`.
    The result has the columns kept, then those of `advise_batches` without `row`, in which texts are strings. It's
    lazy: no row is read before you ask for some. Rows that can't be used come as rows of kind `rejected`.
    Raises UsageError when the extra `spark` isn't installed, when nothing is kept, and for columns that can't
    be facts or can't be kept; FactsError for a day that is none.
    """
    day = day_of(as_of)
    _check(people, keep)
    advisor = _Advisor(knowledge_base, day, tuple(keep), questions)
    empty = _empty(people)
    _check_types(empty.schema, knowledge_base)
    (advice,) = advisor([_no_rows(empty.schema)])
    return people.mapInArrow(advisor, _schema(people, advice.schema, keep))


@dataclass(frozen=True, slots=True)
class _Advisor:
    """What each task runs. Sent to it by name, with the knowledge base in its arguments."""

    knowledge_base: KnowledgeBase
    as_of: date
    keep: tuple[str, ...]
    questions: bool

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            # One piece at least, since Spark may send a batch without rows.
            for first in range(0, max(batch.num_rows, 1), _ROWS):
                yield self._advice(batch.slice(first, _ROWS))

    def _advice(self, people: Any) -> Any:
        try:
            (advice,) = self.knowledge_base.advise_batches(
                [people], as_of=self.as_of, keep=self.keep, questions=self.questions
            )
            return _plain(advice)
        except AdviseError:
            raise
        except Exception as error:
            # Spark logs a worker's traceback, and what numpy and Arrow say may quote a fact.
            *_, last = extract_tb(error.__traceback__)
            sentence = f"A batch of {people.num_rows} people can't be advised: a {type(error).__name__} in"
            raise AdviseError(f"{sentence} {last.name}, line {last.lineno} of {last.filename}.") from None


def _plain(advice: Any) -> Any:
    """A batch of advice as Spark can take it: without the number of the row, without dictionaries."""
    import pyarrow as pa

    rest = advice.drop_columns(["row"])
    return rest.cast(pa.schema([field.with_type(_plain_type(field.type)) for field in rest.schema]))


def _plain_type(type_: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(type_):
        return type_.value_type
    return pa.list_(_plain_type(type_.value_type)) if pa.types.is_list(type_) else type_


def _check(people: DataFrame, keep: Sequence[str]) -> None:
    for module in ("pyspark.sql", "pandas", "pyarrow", "numpy"):  # Spark asks for pandas too, and late
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            raise UsageError(f"For Spark, {error.name} is needed: {EXTRA}") from None
    if not hasattr(people, "mapInArrow"):
        raise UsageError(f"advise_dataframe takes a Spark DataFrame, not a {type(people).__name__}.")
    if isinstance(keep, str) or not keep:
        raise UsageError(
            'Name the columns to keep as a list, keep=["id"] say: in a cluster rows have no number, so without one '
            "nobody would know whose advice is whose."
        )
    again = [name for name, count in Counter(name.casefold() for name in people.columns).items() if count > 1]
    if again:
        raise UsageError(f"Two columns are called '{again[0]}'. Rename or drop one.")
    odd = [name for name in people.columns if "." in name or "`" in name]
    if odd:
        raise UsageError(f"Spark can't hand over a column called '{odd[0]}'. Rename it without '.' and '`'.")


def _empty(people: DataFrame) -> Any:
    """The DataFrame's columns without rows, as an Arrow table: none is read for it."""
    from pyspark.errors import PySparkTypeError, UnsupportedOperationException

    try:
        return people.limit(0).toArrow()
    except (PySparkTypeError, UnsupportedOperationException) as error:
        raise UsageError(f"Spark can't give these columns to Python: {error}") from None


def _no_rows(schema: Any) -> Any:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([], schema)


def _check_types(fields: Iterable[Any], knowledge_base: KnowledgeBase) -> None:
    from advise.evaluate.columnar.misfits import misfits
    from advise.evaluate.columnar.vocabulary import Vocabulary

    sentences = misfits(fields, knowledge_base.rulebook, Vocabulary())
    if sentences:
        raise UsageError(" ".join(sentences) + " Cast or drop what doesn't fit.")


def _schema(people: DataFrame, advice: Any, keep: Sequence[str]) -> Any:
    """The Spark schema of the advice: of the columns kept as they are, of the others as Arrow has them."""
    from pyspark.sql.types import StructField, StructType

    kept = [people.schema[name] for name in keep]
    taken = {name.casefold() for name in advice.names[len(kept) :]}
    clash = next((name for name in keep if name.casefold() in taken), None)
    if clash is not None:
        raise UsageError(f"The column to keep, '{clash}', is called like a column of the advice. Rename it.")
    return StructType(kept + [StructField(field.name, _spark_type(field.type)) for field in list(advice)[len(kept) :]])


def _spark_type(type_: Any) -> Any:
    import pyarrow as pa
    from pyspark.sql import types

    if pa.types.is_list(type_):
        return types.ArrayType(_spark_type(type_.value_type))
    return {pa.string(): types.StringType, pa.int32(): types.IntegerType, pa.int64(): types.LongType}[type_]()
