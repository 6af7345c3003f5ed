"""Which of the cities spoken of a question points at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.wording import folded, patterns, says
from corpus.catalogue import Catalogue, Mention, Mentions
from corpus.selection import Places, places_named
from corpus.story import Story

_CLAUSE_END = re.compile(r"[:：.。،，!！]")
# A word that tells which of several cities stands at the beginning: "And the last of them: …".
_FIRST_WORDS = 8


@dataclass(frozen=True)
class Pool:
    """The stories that words may point at, by slug: see `conversation.Thread`."""

    catalogue: Catalogue
    focus: tuple[str, ...]
    listed: tuple[str, ...]
    seen: tuple[str, ...]

    def stories(self, slugs: Sequence[str]) -> list[Story]:
        """Return the stories of slugs, in the order of the slugs."""
        by_slug = {story.slug: story for story in self.catalogue.stories}
        return [by_slug[slug] for slug in slugs if slug in by_slug]


def pointed_at(
    text: str, mentions: Mentions, pool: Pool, languages: Sequence[str]
) -> tuple[str, ...]:
    """Return the slugs of the stories that a question points at; () if it points at none.

    A city that it names comes first; in "As for the Danish city: …" only what stands before
    the colon points.
    """
    clause = _returning_clause(text, languages)
    spans = [s for s in mentions.spans if clause is None or s.end <= clause]
    head = text if clause is None else text[:clause]
    cities = [s.value for s in spans if s.kind == "city"]
    if cities and not says("except", head, languages):
        named = [s for s in pool.catalogue.stories if s.city in cities]
        return _one_win(head, named, spans, languages)
    return (
        _described(head, spans, pool, languages)
        or _numbered(head, pool, languages)
        or _one_win_of_focus(head, spans, pool, languages)
    )


def _returning_clause(text: str, languages: Sequence[str]) -> int | None:
    """Return where a first clause ends that goes back to something; None if there is none."""
    end = _CLAUSE_END.search(text)
    if end and says("returns", text[: end.start()], languages):
        return end.start()
    return None


def _one_win(
    text: str, stories: Sequence[Story], spans: Sequence[Mention], languages: Sequence[str]
) -> tuple[str, ...]:
    """Return the stories of a city, or the one award of several that the question means."""
    slugs = tuple(story.slug for story in stories)
    if len({story.city for story in stories}) != 1 or len(stories) < 2:
        return slugs
    by_year = sorted(stories, key=lambda story: story.year)
    if says("first_win", text, languages):
        return (by_year[0].slug,)
    if says("later_win", text, languages):
        return (by_year[-1].slug,)
    years = {span.value for span in spans if span.kind == "year"}
    dated = tuple(story.slug for story in stories if str(story.year) in years)
    return dated if len(dated) == 1 else slugs


def _one_win_of_focus(
    text: str, spans: Sequence[Mention], pool: Pool, languages: Sequence[str]
) -> tuple[str, ...]:
    if not (says("first_win", text, languages) or says("later_win", text, languages)):
        return ()
    cities = {story.city for story in pool.stories(pool.focus)}
    wins = [story for story in pool.catalogue.stories if story.city in cities]
    chosen = _one_win(text, wins, spans, languages)
    return chosen if len(chosen) == 1 else ()


def _described(
    text: str, spans: Sequence[Mention], pool: Pool, languages: Sequence[str]
) -> tuple[str, ...]:
    """Return the one city spoken of that lies where the question says, or won in its year."""
    places = places_named(span for span in spans if span.kind in ("country", "part"))
    years = {int(span.value) for span in spans if span.kind == "year"}
    if not places and not (years and says("the_one", text, languages)):
        return ()
    for slugs in (pool.listed, pool.seen):
        fits = [s for s in pool.stories(slugs) if _fits(s, places, years if not places else set())]
        if len({story.city for story in fits}) == 1:
            return tuple(story.slug for story in fits)
    return ()


def _fits(story: Story, places: Places, years: set[int]) -> bool:
    return (not places or places.hold(story)) and (not years or story.year in years)


def _numbered(text: str, pool: Pool, languages: Sequence[str]) -> tuple[str, ...]:
    """Return the city that the question counts out: the first one, the last, the other."""
    listed = pool.listed
    if len(listed) > 1:
        for number, kind in ((0, "first_of"), (1, "second_of"), (2, "third_of"), (-1, "last_of")):
            if _early(kind, text, languages) and number < len(listed):
                return (listed[number],)
    if _early("other_of", text, languages):
        others = [slug for slug in listed or pool.seen if slug not in pool.focus]
        cities = {story.city for story in pool.stories(others)}
        if others and (len(cities) == 1 or not listed):
            return (others[-1],)
    return ()


def _early(kind: str, text: str, languages: Sequence[str]) -> bool:
    """Tell whether a phrase stands among the first words of a question or ends it."""
    words = folded(text)
    for pattern in patterns(kind, languages):
        for match in pattern.finditer(words):
            before = len(words[: match.start()].split())
            if before < _FIRST_WORDS or match.end() == len(words):
                return True
    return False
