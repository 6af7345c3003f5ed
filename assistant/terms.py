"""A text cut into its words, with what each carries, its numbers and its vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.contrasts import joins
from assistant.measured import Quantity, is_unit
from assistant.quantities import quantities
from corpus.spelling import is_joined, words
from index.embedding import TokenVectors
from index.words import content_words
from index.words import words as index_words

# A comma within a number or before the year of a date parts nothing.
_PARTED = re.compile(r"[;:()，、；：。،؛]|\.(?!\d)|,(?!\d|\s*(?:19|20)\d\d\b)")
# In languages without a list of function words, shorter words carry little.
_SHORTEST = 4
# So far behind a number stands its unit: "10,000 Philippine pesos".
_UNIT_REACH = 14
# English words that add little of their own, so that a sentence may have them and its quote not.
_LIGHT = frozenset(
    word
    for text in """lie lies last lasts lasted provide provides provided give gives given take takes
    took taken part make makes made making set sets people person number numbers also use uses used
    hold holds held keep kept run runs cost costs total around nearly approximately say says said
    report reports reported reporting become became currently now include includes including
    included call called name named use get gets got come comes came go goes went work works
    organise organised consist consists consisted compose composed serve served offer offers
    offered there thing things way ways various several many since although though because however
    therefore thus while as well take place old older aged age kind form up out put help member
    receive received receives want wants need needs""".split()
    for word in index_words(text)
)


@dataclass(frozen=True)
class Term:
    """A word of a text: its place, its stems, whether it carries matter, and its tokens' rows."""

    text: str
    start: int
    end: int
    stems: frozenset[str]
    content: bool
    rows: tuple[int, ...]
    segment: int


@dataclass(frozen=True)
class Reading:
    """A text with its words, numbers and vectors; `vector` is (384,), of unit length."""

    text: str
    language: str
    vector: NDArray[np.float32]
    tokens: TokenVectors

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The words in order; scripts without spaces are cut where the encoder cuts them."""
        found: list[Term] = []
        segment = last = 0
        breaks = joins(self.language)
        for start, end in self._spans():
            text = self.text[start:end]
            mark = _PARTED.search(self.text, last)
            between = mark is not None and mark.start() < start
            folded = text.casefold()
            segment += bool(found) and (between or folded in breaks)
            last = end
            found.append(
                Term(
                    text,
                    start,
                    end,
                    frozenset(index_words(text)),
                    self._is_content(text) and not self._is_number(start, end),
                    self._rows(start, end),
                    segment,
                )
            )
        return tuple(found)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """The numbers, months and weekdays of the text, in order."""
        return tuple(quantities(self.text, self.language))

    @cached_property
    def counted(self) -> tuple[tuple[Quantity, str], ...]:
        """Each number with the stem of the word right behind it, if that carries matter."""
        found: list[tuple[Quantity, str]] = []
        for number in self.numbers:
            after = [t for t in self.terms if t.start >= number.end]
            if (
                after
                and after[0].content
                and not self.text[number.end : after[0].start].strip(" -")
            ):
                found += [(number, stem) for stem in sorted(after[0].stems)]
        return tuple(found)

    def _spans(self) -> list[tuple[int, int]]:
        spans = []
        for word in words(self.text):
            if not is_joined(word.text[0]):
                spans.append((word.start, word.end))
                continue
            offsets = [
                (max(int(a), word.start), min(int(b), word.end)) for a, b in self.tokens.offsets
            ]
            spans += [(a, b) for a, b in offsets if a < b]
        return spans

    def _rows(self, start: int, end: int) -> tuple[int, ...]:
        offsets = self.tokens.offsets
        inside = (offsets[:, 0] < end) & (offsets[:, 1] > start)
        return tuple(int(row) for row in np.flatnonzero(inside))

    def _is_content(self, text: str) -> bool:
        if text[0].isdigit():
            return False
        if self.language == "en":
            return any(stem not in _LIGHT for stem in content_words(text))
        return is_joined(text[0]) or len(text) >= _SHORTEST

    def _is_number(self, start: int, end: int) -> bool:
        """Tell whether a word is a number, or the unit behind one: both are compared as such."""
        unit = is_unit(self.text[start:end])
        return any(
            number.start < end
            and number.end > start
            or (unit and number.end <= start < number.end + _UNIT_REACH)
            for number in self.numbers
        )

    def segment_at(self, start: int, end: int) -> int:
        """Return the number of the segment in which a stretch of the text lies."""
        inside = [term.segment for term in self.terms if term.end > start and term.start < end]
        return inside[0] if inside else 0
