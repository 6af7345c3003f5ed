"""Questions for cities by facts that the catalogue holds, read from their words.

"How many African cities have won since 2019?" is answered exactly, because countries, regions,
years, themes and inhabitants are counted and not searched. A question counts as such only if its
words hold nothing else; whatever is left over ("… where residents vote on the budget") is a matter
for the stories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.wording import folded, patterns, says, without
from corpus.catalogue import Catalogue, Mention, Mentions
from corpus.names import country_names
from corpus.selection import Places, Selection, country_called, places_named
from corpus.story import Story

_PLACES = ("city", "country", "part")
# What stands beside a year, the more telling first: "before the year" holds "the year".
_YEARS = ("before", "after", "until", "since", "through")
# Taken from a question before it is seen whether a word is left, the telling ones first.
_CONSUMED = (
    "more_than", "fewer_than", "million", "thousand", "myriad", "most", "fewest", "people",
    "first_round", "last_round", "years", "count", "lists", "cities", "latest", "earliest",
    "except", "none", "filler", "corrects", "the_one", "continues", "refers",
)  # fmt: skip
# In these languages "except" follows what is left out, within so many words.
_LEAVING_OUT_AFTER, _BESIDE = ("ko", "ja", "tr", "hi"), 2
# One piece at a time, for scripts that write words together.
_SMALLEST = 1


class Wanted(StrEnum):
    """What is asked of the cities that fit."""

    CITIES = "cities"
    COUNT = "count"
    YEARS = "years"
    OTHER_YEARS = "other_years"


class Edge(StrEnum):
    """Which of the stories that fit: the last or first to win, those of most or fewest people."""

    LATEST = "latest"
    EARLIEST = "earliest"
    MOST = "most"
    FEWEST = "fewest"


@dataclass(frozen=True)
class Listing:
    """A question for cities by facts.

    `elsewhere`: places that it names and no story is about.
    """

    selection: Selection
    wanted: Wanted = Wanted.CITIES
    edge: Edge | None = None
    elsewhere: tuple[str, ...] = ()

    def stories(self, among: Iterable[Story]) -> tuple[Story, ...]:
        """Return those of some stories that fit, by year and city."""
        if self.elsewhere and not self.selection.places:
            return ()
        found = self.selection.of(among)
        if self.edge in (Edge.LATEST, Edge.EARLIEST) and found:
            year = max(s.year for s in found) if self.edge is Edge.LATEST else found[0].year
            return tuple(story for story in found if story.year == year)
        counted = [s for s in found if s.population is not None]
        if self.edge in (Edge.MOST, Edge.FEWEST) and counted:
            people = [s.population or 0 for s in counted]
            edge = max(people) if self.edge is Edge.MOST else min(people)
            return tuple(story for story in counted if story.population == edge)
        return () if self.edge in (Edge.MOST, Edge.FEWEST) else found


def read_listing(
    text: str,
    mentions: Mentions,
    languages: Sequence[str],
    catalogue: Catalogue,
    before: Listing | None = None,
) -> Listing | None:
    """Return what a question asks of the catalogue; None if it asks anything else.

    :param languages: of the question and its conversation, ISO 639-1.
    :param before: the listing that a follow-up may narrow or correct.
    """
    if before is None and not says("cities", text, languages):
        return None
    spans = _spans(mentions, text, languages)
    left = _left_over(text, spans, languages)
    called = _called(left, before) if before and left else None
    if left and not called:
        return None
    own = _selection(text, spans, languages, catalogue)
    if called:
        own = replace(own, places=Places(countries=(called,)))
    elsewhere = tuple(s.value for s in spans if s.kind == "elsewhere")
    wanted, edge = _wanted(text, languages), _edge(text, languages)
    restricted = own != Selection() or edge is not None or bool(elsewhere)
    if not _is_listing(text, own, wanted, edge, restricted, languages, before is not None):
        return None
    if before is not None:
        own = _joined(before.selection, own)
    return Listing(own, wanted or (before.wanted if before else Wanted.CITIES), edge, elsewhere)


def _is_listing(
    text: str,
    own: Selection,
    wanted: Wanted | None,
    edge: Edge | None,
    restricted: bool,
    languages: Sequence[str],
    follows: bool,
) -> bool:
    """Tell whether what was read makes a question of cities by facts."""
    people = says("people", text, languages)
    if people and not own.counted and edge not in (Edge.MOST, Edge.FEWEST):
        return False
    years_asked = wanted in (Wanted.YEARS, Wanted.OTHER_YEARS)
    if own.places.cities and not years_asked:
        # A city that is named is asked about; it is not what is looked for.
        return _only_part(own, text)
    if own.themes and not (follows or wanted is Wanted.COUNT or own.places or own.dated):
        return False
    if follows:
        return restricted
    return wanted is not None and (restricted or wanted is Wanted.COUNT)


def _only_part(own: Selection, text: str) -> bool:
    """Tell whether the cities of a selection stand for a part of a country, as Seoul's do."""
    words = f" {folded(text)} "
    return not any(f" {folded(city)} " in words for city in own.places.cities)


def _spans(mentions: Mentions, text: str, languages: Sequence[str]) -> tuple[Mention, ...]:
    """Return the mentions that are conditions; a theme's word may be one for inhabitants."""
    people = says("people", text, languages)
    return tuple(
        span
        for span in mentions.spans
        if span.kind != "theme"
        or not (people and not without("people", folded(span.text), languages).strip())
    )


def _left_over(text: str, spans: Sequence[Mention], languages: Sequence[str]) -> str:
    """Return the words of a question that are neither a condition nor the form of a listing."""
    kept = list(text)
    for span in spans:
        if span.kind != "year":
            kept[span.start : span.end] = " " * (span.end - span.start)
    words = folded("".join(kept))
    for kind in (*_YEARS, *_CONSUMED):
        words = re.sub(" +", " ", without(kind, words, languages)).strip()
    words = re.sub(r"(?:^|(?<= ))[0-9]+(?= |$)", " ", words)
    return " ".join(word for word in words.split() if len(word) > _SMALLEST or not word.isascii())


def _called(left: str, before: Listing | None) -> str | None:
    if before is None:
        return None
    return country_called(left, before.selection.places.countries, country_names())


def _selection(
    text: str, spans: Sequence[Mention], languages: Sequence[str], catalogue: Catalogue
) -> Selection:
    named = [span for span in spans if span.kind in _PLACES]
    out = [span for span in named if _is_left_out(span, text, languages)]
    excluded = bool(out)
    since, until = _since(text, languages), _until(text, languages)
    years = tuple(int(span.value) for span in spans if span.kind == "year")
    if says("except", text, languages) and (since, until) != (None, None) and not excluded:
        # What is left out before a year leaves what has come since.
        since, until = (
            (until + 1 if until is not None else None),
            (since - 1 if since is not None else None),
        )
    if (since, until) != (None, None):
        years = ()
    elif says("first_round", text, languages):
        years = catalogue.years[:1]
    elif says("last_round", text, languages):
        years = catalogue.years[-1:]
    more, fewer = _people(text, languages)
    return Selection(
        places=places_named(span for span in named if span not in out),
        without=places_named(out),
        years=years,
        since=since,
        until=until,
        themes=tuple(dict.fromkeys(span.value for span in spans if span.kind == "theme")),
        more_than=more,
        fewer_than=fewer,
    )


def _is_left_out(span: Mention, text: str, languages: Sequence[str]) -> bool:
    """Tell whether a place is one of those to leave out: what leaves it out stands beside it."""
    if languages[0] in _LEAVING_OUT_AFTER:
        return says("except", " ".join(folded(text[span.end :]).split()[:_BESIDE]), languages)
    return says("except", text[: span.start], languages)


def _joined(before: Selection, own: Selection) -> Selection:
    """Return a selection with its conditions replaced by those a follow-up names."""
    return Selection(
        places=own.places or before.places,
        without=own.without or before.without,
        years=own.years if own.dated else before.years,
        since=own.since if own.dated else before.since,
        until=own.until if own.dated else before.until,
        themes=own.themes or before.themes,
        more_than=own.more_than if own.counted else before.more_than,
        fewer_than=own.fewer_than if own.counted else before.fewer_than,
    )


def _since(text: str, languages: Sequence[str]) -> int | None:
    after = _year_beside("after", text, languages)
    return after + 1 if after is not None else _year_beside("since", text, languages)


def _until(text: str, languages: Sequence[str]) -> int | None:
    before = _year_beside("before", text, languages)
    if before is not None:
        return before - 1
    until = _year_beside("until", text, languages)
    if until is None and _year_beside("since", text, languages) is not None:
        return _year_beside("through", text, languages)
    return until


def _year_beside(kind: str, text: str, languages: Sequence[str]) -> int | None:
    words = folded(text)
    for telling in _YEARS[: _YEARS.index(kind)]:
        words = without(telling, words, languages)
    for pattern in patterns(kind, languages):
        for match in pattern.finditer(words):
            number = re.search("[0-9]+", match[0])
            if number and len(number[0]) == 4:
                return int(number[0])
    return None


def _people(text: str, languages: Sequence[str]) -> tuple[int | None, int | None]:
    """Return more than and fewer than how many inhabitants are asked for."""
    number = _number(text, languages)
    if number is None or not says("people", text, languages):
        return None, None
    if says("fewer_than", text, languages) and not says("more_than", text, languages):
        return None, number
    return (number, None) if says("more_than", text, languages) else (None, None)


def _number(text: str, languages: Sequence[str]) -> int | None:
    sizes = {"million": 1_000_000, "myriad": 10_000, "thousand": 1_000}
    size = next((n for kind, n in sizes.items() if says(kind, text, languages)), 1)
    for match in re.finditer(r"\d+(?:[.,\s'’]\d{3})+|\d+(?:[.,]\d+)?", text):
        digits = re.sub(r"[.,\s'’](?=\d{3}(?!\d))", "", match[0]).replace(",", ".")
        value = round(float(digits) * size)
        if value >= 1_000 and not (size == 1 and 1900 <= value <= 2100):
            return value
    return size if size > 1 else None


def _wanted(text: str, languages: Sequence[str]) -> Wanted | None:
    if says("years", text, languages):
        return Wanted.OTHER_YEARS if says("none", text, languages) else Wanted.YEARS
    if says("count", text, languages):
        return Wanted.COUNT
    return Wanted.CITIES if says("lists", text, languages) else None


def _edge(text: str, languages: Sequence[str]) -> Edge | None:
    if says("people", text, languages) and _number(text, languages) is None:
        if says("fewest", text, languages):
            return Edge.FEWEST
        return Edge.MOST if says("most", text, languages) else None
    if says("first_round", text, languages) or says("last_round", text, languages):
        return None
    if says("latest", text, languages):
        return Edge.LATEST
    return Edge.EARLIEST if says("earliest", text, languages) else None
