"""Texts as numbers: each distinct text of a batch, and of the rules, has one code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from advise.evaluate.columnar.arrays import Array, Bools


class Vocabulary:
    """Text -> code. The codes of the rules' texts come first and are the same in every batch."""

    def __init__(self, known: Mapping[str, int] | None = None) -> None:
        self.codes: dict[str, int] = dict(known or {})
        self._texts: list[str] = list(self.codes)

    def code(self, text: str) -> int:
        """The code of a text, a new one if it has none."""
        found = self.codes.get(text)
        if found is None:
            found = self.codes[text] = len(self._texts)
            self._texts.append(text)
        return found

    def coded(self, texts: Iterable[str]) -> Array:
        """The codes of texts."""
        return np.fromiter((self.code(text) for text in texts), np.int32)

    def text(self, code: int) -> str:
        """The text of a code."""
        return self._texts[code]

    def __len__(self) -> int:
        return len(self._texts)

    def places(self, codes: Array) -> Array:
        """For each of some distinct codes its place in the order of their texts."""
        order = sorted(range(len(codes)), key=lambda i: self._texts[codes[i]])
        found = np.empty(len(codes), np.int64)
        found[order] = np.arange(len(codes))
        return found

    def judged(self, codes: Array, test: Callable[[str], bool]) -> Bools:
        """Whether each code's text passes a test that is made once for each distinct text."""
        distinct, inverse = np.unique(codes, return_inverse=True)
        passed = [code >= 0 and test(self._texts[code]) for code in distinct.tolist()]
        return np.array(passed, np.bool_)[inverse]


def base(texts: Sequence[str]) -> Mapping[str, int]:
    """The codes of the texts that rules mention."""
    return {text: code for code, text in enumerate(dict.fromkeys(texts))}
