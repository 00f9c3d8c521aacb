"""The columnar evaluator: whole tables of people at once, with numpy. Needs the extra `columnar`."""

from advise.evaluate.columnar.evaluator import Columnar, Fired, Firings

__all__ = ["Columnar", "Fired", "Firings"]
