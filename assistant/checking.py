"""Whether what a language model wrote follows from the quotes it cites; no model is asked.

First rules that name their fault: numbers, dates and units must stand in the quotes, names too, and
no word may turn the sense. Then a logistic model over how near each word is to the quotes' words;
its reviewed numbers stand in `checking.json`, made by `assistant.evaluation.fitting_checks`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from assistant.contrasts import Turn, contrast, is_known
from assistant.language import language_of
from assistant.measured import Quantity, comparable, is_demanded
from assistant.names_told import (
    CAPITAL_NOUNS,
    foreign_place,
    guessed_owner,
    names_not_alike,
    unknown_name,
)
from assistant.quantities import frequencies
from assistant.terms import Reading
from assistant.word_match import Match, number_class
from corpus.catalogue import Catalogue
from corpus.library import Library
from index.embedding import Encoder
from index.words import content_words
from index.words import words as index_words

SAME_LANGUAGE = ("added_words", "lowest", "second_lowest", "mean")
OTHER_LANGUAGE = ("lowest", "second_lowest", "quantile", "mean", "similarity")
# A word of another language this near to one of the quote's is taken to say the same.
_TOLD = 0.8
# A capitalised word less near than this is no translated name but one that the quotes lack.
_NAME_TOLD = 0.83
# The place from below at which the quantile of the words' likeness is taken.
_QUANTILE = 0.2
# A number whose neighbours fit another number's place so much better stands where that one belongs.
_MISPLACED = -0.06
# Of the words that follow each other in a sentence, so large a share must do so in a quote as well.
_JOINED, _WITHIN = 0.6, 3
# A sentence of which so large a share of the content words stands in its quotes is taken from them.
_COPIED = 0.6
# Of fewer pairs of words a share says nothing.
_FEWEST_PAIRS = 3
_CALENDAR = ("month name", "weekday")


class Fault(StrEnum):
    """Why a sentence is not shown."""

    LANGUAGE = "language"
    NUMBER = "number"
    UNIT = "unit"
    NAME = "name"
    NEGATION = "negation"
    REVERSED = "reversed"
    STRONGER = "stronger"
    ADDED = "added"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Quote:
    """Words of a story as cited, and what the reader sees beside them."""

    text: str
    city: str
    country: str
    year: int
    language: str = "en"


@dataclass(frozen=True)
class Checked:
    """Whether a sentence is supported, how likely that is (0 to 1), and the words that failed."""

    supported: bool
    confidence: float
    fault: Fault | None = None
    what: str = ""


class Checker:
    """Checks written sentences against quotes; may be shared between threads."""

    def __init__(self, encoder: Encoder, catalogue: Catalogue | None = None) -> None:
        """Take the encoder of the index, and the stories whose places are known.

        :param catalogue: default: the bundled stories.
        """
        self._encoder = encoder
        self._catalogue = catalogue or Catalogue(Library(None).stories())

    def check(self, sentence: str, quotes: Sequence[Quote], language: str) -> Checked:
        """Return whether a sentence in this language (ISO 639-1) follows from the quotes it cites.

        Never raises on any text; an empty sentence or one without quotes is not supported.
        """
        quotes = [quote for quote in quotes if quote.text.strip()]
        if not sentence.strip() or not quotes:
            return Checked(False, 0.0, Fault.UNSUPPORTED, sentence.strip())
        match = self.match(sentence, quotes, language)
        if not match.sentence.terms or not any(quote.terms for quote in match.quotes):
            return Checked(False, 0.0, Fault.UNSUPPORTED, sentence.strip())
        confidence = likelihood(match)
        if not is_known(match.sentence.language):
            # What turns the sense there, such as a "not", would be overlooked.
            return Checked(False, confidence, Fault.UNSUPPORTED, language)
        for fault, what in self._faults(match, quotes):
            return Checked(False, confidence, fault, what)
        if confidence >= _model(match.same_language).threshold:
            return Checked(True, confidence)
        weakest = match.weakest
        return Checked(False, confidence, Fault.ADDED if weakest else Fault.UNSUPPORTED, weakest)

    def match(self, sentence: str, quotes: Sequence[Quote], language: str) -> Match:
        """Return a sentence beside its quotes, word by word."""
        language = language.casefold().replace("_", "-").partition("-")[0]
        texts = [sentence, *(quote.text for quote in quotes)]
        vectors, tokens = self._encoder.encode_passages_with_tokens(texts)
        languages = [language, *(quote.language for quote in quotes)]
        first, *others = (
            Reading(*each) for each in zip(texts, languages, vectors, tokens, strict=True)
        )
        label = "city " + " ".join(f"{quote.city} {quote.country} {quote.year}" for quote in quotes)
        return Match(first, tuple(others), frozenset(index_words(label)))

    def has_fault(self, match: Match, quotes: Sequence[Quote]) -> bool:
        """Tell whether a rule speaks against a sentence."""
        return next(self._faults(match, quotes), None) is not None

    def _faults(self, match: Match, quotes: Sequence[Quote]) -> Iterator[tuple[Fault, str]]:
        """Yield what the rules find, the surest first."""
        yield from number_faults(match, quotes)
        sentence, language = match.sentence.text, match.sentence.language
        labels = [f"{quote.city}, {quote.country}" for quote in quotes]
        told = [*labels, *(quote.text for quote in quotes)]
        texts = told[len(labels) :]
        place = foreign_place(sentence, labels, texts, self._catalogue, match.same_language)
        name = (
            unknown_name(sentence, told, language)
            if match.same_language
            else _far_name(match, told)
        )
        if place or name:
            yield Fault.NAME, place or name or ""
        if match.same_language:
            if owner := guessed_owner(sentence, [quote.city for quote in quotes], texts):
                yield Fault.NAME, owner
            if joined_share(sentence, texts, [quote.city for quote in quotes]) < _JOINED:
                yield Fault.UNSUPPORTED, sentence
        turned = {
            Turn.NEGATION: Fault.NEGATION,
            Turn.OPPOSITE: Fault.REVERSED,
            Turn.STRONGER: Fault.STRONGER,
            Turn.PLAN: Fault.STRONGER,
        }
        found = contrast(
            sentence, "\n".join(quote.text for quote in quotes), language, _is_told_in(match)
        )
        if found:
            yield turned[found.turn], found.what
        if not match.same_language and _is_copied(sentence, quotes):
            yield Fault.LANGUAGE, sentence.strip()


def _is_copied(sentence: str, quotes: Sequence[Quote]) -> bool:
    """Tell whether a sentence is in the language of the quotes, and in their words."""
    words, known = (
        set(content_words(text)) for text in (sentence, " ".join(quote.text for quote in quotes))
    )
    copied = len(words & known) >= _COPIED * len(words)
    return copied and language_of(sentence) in {quote.language for quote in quotes}


def number_faults(match: Match, quotes: Sequence[Quote]) -> Iterator[tuple[Fault, str]]:
    """Yield the numbers, units and frequencies of a sentence that its quotes do not have."""
    yield from _untold_numbers(match, quotes)
    text = match.sentence.text
    exchanged = not match.same_language and match.numbers_exchanged
    if match.binding < _MISPLACED or exchanged:
        yield Fault.REVERSED, ", ".join(text[n.start : n.end] for n in match.sentence.numbers)
    if match.miscounted:
        yield Fault.NUMBER, match.miscounted
    if match.part_as_whole:
        yield Fault.STRONGER, match.part_as_whole
    if match.turned_round:
        yield Fault.REVERSED, match.turned_round
    often = frequencies(text)
    if often and not often <= frozenset().union(*(frequencies(q.text) for q in match.quotes)):
        yield Fault.UNIT, ", ".join(sorted(often))


def _untold_numbers(match: Match, quotes: Sequence[Quote]) -> Iterator[tuple[Fault, str]]:
    told = [number for quote in match.quotes for number in quote.numbers]
    units = {number.unit for number in told}
    # The year that stands beside the quote is the award's; it dates nothing else.
    dated = any(number_class(number) == "year" for number in told)
    years = frozenset() if dated else frozenset(float(quote.year) for quote in quotes)
    for number in match.sentence.numbers:
        written = match.sentence.text[number.start : number.end]
        # "One" is mostly an article.
        article = 1.0 in number.values and number.unit not in (*_CALENDAR, "percent")
        if article or not is_demanded(written):
            continue
        alike = [other for other in told if _same(number, other)]
        if not alike and not years.intersection(number.values):
            yield (Fault.UNIT if _counts_else(number, told) else Fault.NUMBER), written
        elif alike and not any(_one_unit(number, other, units) for other in alike):
            yield Fault.UNIT, written


def _far_name(match: Match, told: Sequence[str]) -> str | None:
    """Return a name, as capitals tell it, that is neither spelled nor meant in the quotes."""
    if match.sentence.language in CAPITAL_NOUNS:
        return None
    likeness = dict(zip((t.start for t in match.sentence.terms), match.best, strict=True))
    for start, name in names_not_alike(match.sentence.text, told):
        if likeness.get(start, 1.0) < _NAME_TOLD:
            return name
    return None


def _same(number: Quantity, other: Quantity) -> bool:
    if number.unit in _CALENDAR or other.unit in _CALENDAR:
        return number.equals(other) and number.unit == other.unit
    shares = (number.unit == "percent", other.unit == "percent")
    return number.equals(other) and shares[0] == shares[1]


def _counts_else(number: Quantity, told: Sequence[Quantity]) -> bool:
    """Tell whether the quotes have a number's value, but of another measure."""
    values = set(number.values)
    return any(values & set(other.values) and other.unit not in _CALENDAR for other in told)


def _one_unit(number: Quantity, other: Quantity, told: set[str]) -> bool:
    """Tell whether two equal numbers count the same, as far as their units are known."""
    if number.unit == other.unit or not number.unit:
        return True
    if number.unit == "year" and number.values[0] > 1000:
        return True
    if other.unit:
        return comparable(number.unit, other.unit)
    return number.unit in told


def joined_share(sentence: str, quotes: Sequence[str], cities: Sequence[str]) -> float:
    """Return the share of neighbouring content words that are near neighbours in a quote as well.

    A sentence whose words all stand in its quote may still tie them together otherwise. Words that
    no quote has do not count here, nor does the name of the city.
    """
    known = set(content_words(" ".join(quotes))) - set(content_words(" ".join(cities)))
    told = [[word for word in index_words(quote) if word in known] for quote in quotes]
    pairs = list(pairwise(word for word in index_words(sentence) if word in known))
    near = {
        (a, b)
        for words in told
        for n, a in enumerate(words)
        for b in words[n + 1 : n + 1 + _WITHIN]
    }
    enough = len(pairs) >= _FEWEST_PAIRS
    return sum(pair in near for pair in pairs) / len(pairs) if enough else 1.0


def features(match: Match) -> tuple[float, ...]:
    """Return the measures of a sentence, in the order of SAME_LANGUAGE or OTHER_LANGUAGE."""
    terms = match.sentence.terms
    rows = [i for i, t in enumerate(terms) if t.content] or list(range(len(terms)))
    best = np.sort(match.best[rows]) if rows else np.zeros(1)
    lowest, mean = float(best[0]), float(best.mean())
    second = float(best[min(1, len(best) - 1)])
    if match.same_language:
        return (float((best < 1).sum()) / 4, lowest, second, mean)
    similarity = max(float(q.vector @ match.sentence.vector) for q in match.quotes)
    return (lowest, second, float(np.quantile(best, _QUANTILE)), mean, similarity)


def likelihood(match: Match) -> float:
    """Return how likely a sentence is supported, by the model alone."""
    model = _model(match.same_language)
    score = float(np.dot(features(match), model.weights)) + model.intercept
    return 1 / (1 + math.exp(-min(max(score, -30.0), 30.0)))


def _is_told_in(match: Match) -> Callable[[int, int], bool]:
    """Return what tells whether the word at a place of the joined quotes is in the sentence."""

    def is_told(start: int, end: int) -> bool:
        for number, quote in enumerate(match.quotes):
            if start <= len(quote.text):
                return match.is_told(number, start, end, _TOLD)
            start, end = start - len(quote.text) - 1, end - len(quote.text) - 1
        return False

    return is_told


@dataclass(frozen=True)
class _Model:
    weights: tuple[float, ...]
    intercept: float
    threshold: float


@lru_cache(maxsize=2)
def _model(same_language: bool) -> _Model:
    stored = json.loads((files("assistant") / "checking.json").read_text("utf-8"))
    model = stored["same_language" if same_language else "other_language"]
    names = SAME_LANGUAGE if same_language else OTHER_LANGUAGE
    return _Model(
        tuple(model["weights"][name] for name in names), model["intercept"], model["threshold"]
    )
