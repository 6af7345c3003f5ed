"""Words that turn the sense of a sentence: negations, opposites, "all" for "some", plans for deeds.

The words of each language stand in `contrasts.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from corpus.spelling import is_joined, words
from index.words import content_words

# How many content words after a negation are taken to be what it negates.
_REACH = 2
_PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis")


class Turn(StrEnum):
    """How the sense is turned."""

    NEGATION = "negation"
    OPPOSITE = "opposite"
    STRONGER = "stronger"
    PLAN = "plan"


@dataclass(frozen=True)
class Contrast:
    """A turn of sense, and the words that make it."""

    turn: Turn
    what: str


# Tells whether a word of the quote, given by its place there, is also in the sentence.
IsTold = Callable[[int, int], bool]


def contrast(sentence: str, quote: str, language: str, is_told: IsTold) -> Contrast | None:
    """Return how a sentence turns what a quote in English says, or None; the gravest first.

    :param language: of the sentence.
    :param is_told: whether the quote's word at (start, end) has a like in the sentence.
    """
    return next(_contrasts(sentence, quote, language, is_told), None)


def is_known(language: str) -> bool:
    """Tell whether the words that turn the sense are known for a language (ISO 639-1)."""
    return language in _stored()


def joins(language: str) -> frozenset[str]:
    """Return the folded words at which a new member of a list or end of a range begins."""
    listed = _stored().get(language, {}).get("joins", "") + ", " + _stored()["en"]["joins"]
    return frozenset(word.strip() for word in listed.split(","))


def _contrasts(sentence: str, quote: str, language: str, is_told: IsTold) -> Iterator[Contrast]:
    if language not in _stored():
        return
    said = _Said(sentence, language)
    source = _Said(quote, "en")
    yield from _negations(said, source, is_told)
    if language == "en":
        yield from _prefixes(sentence, quote)
    yield from _turned(said, source)
    for kind in ("all", "only", "most", "unpaid"):
        if said.has(kind) and not source.has(kind):
            yield Contrast(Turn.STRONGER, said.first(kind))
    if not said.has("planned"):
        for start, end in source.places("planned"):
            if any(is_told(*place) for place in _following(quote, end)[:1]):
                yield Contrast(Turn.PLAN, quote[start:end])


def _negations(said: _Said, source: _Said, is_told: IsTold) -> Iterator[Contrast]:
    """Yield the negations that only one of the texts has, for what both speak of."""
    if said.has("not") and not source.has("not") and not source.has("free_of"):
        yield Contrast(Turn.NEGATION, said.first("not"))
    elif said.has("not") and said.has("free_of") and not source.has("not"):
        # "Not free" of what the quote calls free.
        yield Contrast(Turn.NEGATION, said.first("not"))
    negated = said.following("not")
    if said.language == "en":
        spared = source.following("not") + source.following("free_of")
        for following in negated:
            plain = [word for word in following if word in source.stems]
            if plain == following and not any(set(plain) & set(other) for other in spared):
                yield Contrast(Turn.NEGATION, said.first("not"))
    if not said.has("not") and not said.has("free_of"):
        for start, end in source.places("not"):
            following_places = _following(source.text, end)
            if following_places and all(is_told(*place) for place in following_places):
                yield Contrast(Turn.NEGATION, source.text[start:end])


def _turned(said: _Said, source: _Said) -> Iterator[Contrast]:
    """Yield the words whose opposite stands in the quote, at the same word or instead."""
    for one, other in _opposites():
        if not said.has(one):
            continue
        if (
            _exchanged(said, source, one, other)
            or not said.has(other)
            and source.has(other)
            and not source.has(one)
        ):
            yield Contrast(Turn.OPPOSITE, said.first(one))
        elif said.language == "en":
            here = {f[0] for f in said.following(one)} - {f[0] for f in said.following(other)}
            there = {f[0] for f in source.following(other)} - {f[0] for f in source.following(one)}
            if here & there:
                yield Contrast(Turn.OPPOSITE, said.first(one))


def _exchanged(said: _Said, source: _Said, one: str, other: str) -> bool:
    """Tell whether both texts name both sides of an opposite once, but the other way round."""
    here = [said.places(one), said.places(other)]
    there = [source.places(one), source.places(other)]
    if said.language == "en" or any(len(places) != 1 for places in here + there):
        return False
    return (here[0] < here[1]) != (there[0] < there[1])


def _prefixes(sentence: str, quote: str) -> Iterator[Contrast]:
    """Yield words that one text has with, the other without "un-", "il-", "non-" and the like."""
    here = {w.folded for w in words(sentence)}
    there = {w.folded for w in words(quote)}
    for mine, theirs in ((here, there), (there, here)):
        for word in mine - theirs:
            for prefix in _PREFIXES:
                bare = word.removeprefix(prefix)
                if bare != word and len(bare) >= 4 and bare in theirs and bare not in mine:
                    yield Contrast(Turn.NEGATION, word)


def _following(text: str, end: int) -> list[tuple[int, int]]:
    """Return the places of the content words behind a place, as far as a negation reaches."""
    clause = re.split(r"[.;:,]", text[end:])[0]
    found = [(end + w.start, end + w.end) for w in words(clause) if content_words(w.text)]
    return found[:_REACH]


class _Said:
    """A text, folded, in which the phrases of a kind are looked up."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.stems = frozenset(content_words(text))
        listed = words(text)
        self._folded = " ".join(w.folded for w in listed)
        self._starts: list[tuple[int, int]] = []
        position = 0
        for word in listed:
            self._starts.append((position, word.start))
            position += len(word.folded) + 1

    def places(self, kind: str) -> list[tuple[int, int]]:
        """Return where the text, as written, holds a phrase of this kind."""
        pattern = _pattern(kind, self.language)
        if pattern is None:
            return []
        return [
            (self._original(m.start()), self._original(m.end()))
            for m in pattern.finditer(self._folded)
        ]

    def following(self, kind: str) -> list[list[str]]:
        """Return for each phrase of this kind the content words behind it, stemmed."""
        found = []
        for _, end in self.places(kind):
            places = _following(self.text, end)
            if places:
                found.append([stem for a, b in places for stem in content_words(self.text[a:b])])
        return found

    def has(self, kind: str) -> bool:
        return bool(self.places(kind))

    def first(self, kind: str) -> str:
        start, end = self.places(kind)[0]
        return self.text[start:end].strip()

    def _original(self, position: int) -> int:
        """Return the place in the text of a place in the folded words (exact at word starts)."""
        before = [pair for pair in self._starts if pair[0] <= position]
        if not before:
            return 0
        folded, written = before[-1]
        return min(written + position - folded, len(self.text))


@cache
def _pattern(kind: str, language: str) -> re.Pattern[str] | None:
    listed = _stored()[language].get(kind)
    if not listed:
        return None
    parts = []
    for phrase in sorted(listed.split(","), key=len, reverse=True):
        stem = " ".join(w.folded for w in words(phrase.strip().rstrip("*")))
        if is_joined(stem[0]):
            parts.append(re.escape(stem))
        else:
            parts.append(rf"(?<!\w){re.escape(stem)}" + (r"\w*" if "*" in phrase else r"(?!\w)"))
    return re.compile("|".join(parts))


@cache
def _opposites() -> Sequence[tuple[str, str]]:
    pairs = [pair.strip().split("/") for pair in _stored()["opposites"]["pairs"].split(",")]
    return [sides for one, other in pairs for sides in ((one, other), (other, one))]


@cache
def _stored() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("assistant") / "contrasts.toml").read_text("utf-8"))
