"""How each word of a written sentence is borne out by the words of its quotes.

In one language words are compared by their stems; what has no like there, and every word of another
language, by the encoder's token vectors, which lie near each other for one meaning in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.measured import CURRENCIES, TIMES, Quantity
from assistant.terms import Reading, Term
from index.words import content_words
from index.words import words as index_words

# Function words that, standing between two others, say which of them does what to which.
_FRAME = frozenset("than before after over under without instead".split())
# What stands between a part and its whole: "three of the five lines".
_PART_OF = re.compile(
    r"\s+(?:out\s+)?of\s+(?:(?:the|its|their|these|those|all)\s+)?", re.IGNORECASE
)
# How many words behind the counted one say what is told of the part.
_THEN = 2
# What a number is worth beside a place without it, when a word not found is worth about as much.
_OTHER_NUMBER = 0.6
# From this margin on the words beside numbers tell that these may stand in another order.
_BOUND = 0.03


@dataclass(frozen=True)
class Match:
    """A sentence beside its quotes: each word's best likeness there, 1 for the same word.

    `places` are the words' places among the quotes' words, -1 where nothing is the same.
    """

    sentence: Reading
    quotes: tuple[Reading, ...]
    label: frozenset[str]

    @cached_property
    def same_language(self) -> bool:
        """Whether sentence and quotes are in one language."""
        return all(quote.language == self.sentence.language for quote in self.quotes)

    @cached_property
    def likeness(self) -> NDArray[np.float32]:
        """Token by token: the sentence's tokens (m) beside the tokens of all quotes (n)."""
        others = np.concatenate([quote.tokens.vectors for quote in self.quotes])
        return np.asarray(self.sentence.tokens.vectors @ others.T, np.float32)

    @cached_property
    def best(self) -> NDArray[np.float32]:
        """Each word's likeness to the nearest in the quotes: 1 for the same stem or the label."""
        known = self.label.union(*(t.stems for quote in self.quotes for t in quote.terms))
        nearest = self.likeness.max(axis=1, initial=-1.0)
        values = []
        for term in self.sentence.terms:
            exact = bool(term.stems) and term.stems <= known
            near = float(nearest[list(term.rows)].mean()) if term.rows else 0.0
            values.append(1.0 if exact else near)
        return np.array(values, np.float32)

    @cached_property
    def weakest(self) -> str:
        """The word of the sentence that is borne out least; "" if all stand in the quotes."""
        terms = self.sentence.terms
        content = [(float(b), t.text) for b, t in zip(self.best, terms, strict=True) if t.content]
        likeness, word = min(content, default=(1.0, ""))
        return word if likeness < 1 else ""

    def is_told(self, quote: int, start: int, end: int, nearest: float) -> bool:
        """Tell whether a quote's word has a like in the sentence, at least so near."""
        reading = self.quotes[quote]
        stems = frozenset(index_words(reading.text[start:end]))
        if any(stems & term.stems for term in self.sentence.terms):
            return True
        if self.same_language:
            return False
        rows = np.flatnonzero(
            (reading.tokens.offsets[:, 0] < end) & (reading.tokens.offsets[:, 1] > start)
        )
        if not len(rows):
            return False
        first = sum(len(q.tokens.vectors) for q in self.quotes[:quote])
        return float(self.likeness[:, first + rows].max(axis=0, initial=-1.0).mean()) >= nearest

    @cached_property
    def _aligned(self) -> list[tuple[int, Term]]:
        """The words and numbers found once in the quotes: their place there, and themselves."""
        where: dict[str, list[int]] = {}
        position = 0
        for quote in self.quotes:
            for term in quote.terms:
                for stem in term.stems:
                    where.setdefault(stem, []).append(position)
                position += 1
        found = []
        for term in self.sentence.terms:
            # A short number may be a day here and a month there.
            if term.content or term.text.isdigit() and len(term.text) > 2:
                places = [where[stem] for stem in sorted(term.stems) if stem in where]
                if places and len(places[0]) == 1:
                    found.append((places[0][0], term))
        return found

    @cached_property
    def disorder(self) -> float:
        """The share of pairs of words found once in the quotes that stand there the other way."""
        places = [place for place, _ in self._aligned]
        pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
        return sum(a > b for a, b in pairs) / len(pairs) if pairs else 0.0

    @cached_property
    def turned_round(self) -> str:
        """Two words that have changed places around a third, or "".

        That is what "A pays B" made of "B pays A" does; a part that is merely moved to the front
        has nothing around which it turned. The passive voice does it too, so a "by" that only one
        of the texts has speaks for the sentence.
        """
        if not self.same_language or self._passive:
            return ""
        listed = [term for quote in self.quotes for term in quote.terms]
        terms = self.sentence.terms
        # Nothing is done to a number or by one: a date moves about, and `binding` looks after it.
        words = [(place, term) for place, term in self._aligned if term.content]
        for number, (place, term) in enumerate(words):
            for other_place, other in words[number + 1 :]:
                if place < other_place:
                    continue
                here = terms[terms.index(term) + 1 : terms.index(other)]
                there = listed[other_place + 1 : place]
                frame = _framing(here) & _framing(there)
                if frame:
                    return f"{term.text} … {other.text}"
        return ""

    @cached_property
    def _passive(self) -> bool:
        said = "by" in (term.text for term in self.sentence.terms)
        return said != any(term.text == "by" for quote in self.quotes for term in quote.terms)

    @cached_property
    def binding(self) -> float:
        """How much better the words around a number fit its place in the quotes than another.

        The least over all numbers that could have been taken for another of their class;
        negative where one stands where another belongs; 0.1 if there is nothing to confuse.
        """
        margins = [margin for number in self.sentence.numbers for margin in self._margins(number)]
        return min(margins, default=0.1)

    def _margins(self, number: Quantity) -> list[float]:
        kind = number_class(number)
        own: list[tuple[int, int]] = []
        rivals: list[tuple[int, int]] = []
        for q, quote in enumerate(self.quotes):
            for other in quote.numbers:
                place = (q, quote.segment_at(other.start, other.end))
                if number.equals(other):
                    own.append(place)
                elif number_class(other) == kind:
                    rivals.append(place)
        rivals = [place for place in rivals if place not in own]
        companions = self._companions(number)
        if not own or not rivals or not companions:
            return []
        middle = (number.start + number.end) / 2
        nearness = np.array([1 / (8 + abs((c.start + c.end) / 2 - middle)) for c in companions])
        nearness /= nearness.sum()
        here = np.max([self._fit(companions, place) for place in own], axis=0)
        return [float((here - self._fit(companions, place)) @ nearness) for place in rivals]

    def _companions(self, number: Quantity) -> list[Term | Quantity]:
        """Return the words and numbers that share the segment with a number."""
        segment = self.sentence.segment_at(number.start, number.end)
        numbers = [
            other
            for other in self.sentence.numbers
            if other is not number and self.sentence.segment_at(other.start, other.end) == segment
        ]
        terms = [t for t in self.sentence.terms if t.segment == segment and t.content]
        return [*terms, *numbers]

    def _fit(
        self, companions: Sequence[Term | Quantity], place: tuple[int, int]
    ) -> NDArray[np.float32]:
        """Return how near each companion is to the nearest of a segment of a quote."""
        reading, segment = self.quotes[place[0]], place[1]
        first = sum(len(q.tokens.vectors) for q in self.quotes[: place[0]])
        terms = [t for t in reading.terms if t.segment == segment]
        numbers = [n for n in reading.numbers if reading.segment_at(n.start, n.end) == segment]
        stems = frozenset().union(*(t.stems for t in terms))
        columns = [first + row for term in terms for row in term.rows]
        values = []
        for each in companions:
            if isinstance(each, Quantity):
                values.append(1.0 if any(each.equals(n) for n in numbers) else _OTHER_NUMBER)
            elif each.stems & stems and self.same_language:
                values.append(1.0)
            elif columns and each.rows:
                values.append(float(self.likeness[np.ix_(each.rows, columns)].max(axis=1).mean()))
            else:
                values.append(0.0)
        return np.array(values, np.float32)

    @cached_property
    def numbers_exchanged(self) -> bool:
        """Whether two numbers of one class stand in another order than in the quotes.

        Translations keep their order as a rule; where they do not, the words beside them tell.
        """
        told = [n for quote in self.quotes for n in quote.numbers]
        places = []
        for number in self.sentence.numbers:
            alike = [i for i, other in enumerate(told) if number.equals(other)]
            if len(alike) == 1:
                places.append((alike[0], number_class(number)))
        inverted = any(
            a > b and kind == other
            for i, (a, kind) in enumerate(places)
            for b, other in places[i + 1 :]
        )
        return inverted and self.binding < _BOUND

    @cached_property
    def miscounted(self) -> str:
        """A number with a word behind it that the quotes count by another number, or ""."""
        if not self.same_language:
            return ""
        counted = [pair for quote in self.quotes for pair in quote.counted]
        for number, stem in self.sentence.counted:
            values = [other for other, counts in counted if counts == stem]
            if values and not any(number.equals(other) for other in values):
                near = [o for o, _ in counted if number.equals(o) and o.end]
                if any(number_class(o) == number_class(number) for o in values) and near:
                    return self.sentence.text[number.start : number.end]
        return ""

    @cached_property
    def part_as_whole(self) -> str:
        """A number of which the sentence tells what a quote tells of a part of it, or "".

        "Three of the five lines concern people" does not make five lines concern people.
        """
        if not self.same_language:
            return ""
        told = self.sentence.numbers
        for row, part, whole in self._parts():
            said = next((number for number in told if whole.equals(number)), None)
            if said is None or any(part.equals(number) for number in told):
                continue
            terms = self.quotes[row].terms
            behind = [term for term in terms if term.content and term.start >= whole.end]
            if any(self.is_told(row, t.start, t.end, 1.0) for t in behind[1 : 1 + _THEN]):
                return self.sentence.text[said.start : said.end]
        return ""

    def _parts(self) -> Iterator[tuple[int, Quantity, Quantity]]:
        """Yield each part and whole that stand as such in a quote, with the quote's row."""
        for row, quote in enumerate(self.quotes):
            for part, whole in pairwise(quote.numbers):
                if _PART_OF.fullmatch(quote.text, part.end, whole.start):
                    yield row, part, whole


def _framing(terms: Sequence[Term]) -> frozenset[str]:
    """Return the stems of what may stand between two that do something to each other."""
    stems = [t.stems for t in terms if content_words(t.text) or t.text.casefold() in _FRAME]
    return frozenset().union(*stems)


def number_class(number: Quantity) -> str:
    """Return what a number could be mistaken for: a year, a share, a sum, a time, or a count."""
    if number.unit in CURRENCIES:
        return "money"
    if number.unit in TIMES and not (number.unit == "year" and number.values[0] > 1000):
        return "time"
    if number.unit not in ("", "year"):
        return number.unit
    if all(value == int(value) and 1500 <= value <= 2100 for value in number.values):
        return "year"
    return "count"
