"""Facts over all stories: which there are, how many, and which of them a question names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Literal

from corpus.gazetteer import FarNames, far_names, spellings
from corpus.mentions import Mention, MentionReader, Mentions
from corpus.names import NamesIndex, general_names, parts
from corpus.spelling import is_joined, key
from corpus.story import Story

__all__ = ["Catalogue", "Mention", "Mentions"]

Facet = Literal["city", "country", "region", "year", "theme"]


class Catalogue:
    """Facts over a set of stories. The stories do not change; make a new one when they do."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Take the stories; nothing is computed before it is asked for."""
        self.stories: tuple[Story, ...] = tuple(sorted(stories, key=lambda story: story.slug))

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """The cities, each once, in the alphabet's order."""
        return tuple(sorted({story.city for story in self.stories}))

    @cached_property
    def countries(self) -> dict[str, str]:
        """Country code to the name the stories use, in the order of names."""
        named = {story.country_code: story.country for story in self.stories}
        return dict(sorted(named.items(), key=lambda pair: pair[1]))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The UNESCO regions that have stories."""
        return tuple(sorted({story.region for story in self.stories}))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The award years, from the first."""
        return tuple(sorted({story.year for story in self.stories}))

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """The theme keys that stories carry."""
        return tuple(sorted({theme for story in self.stories for theme in story.themes}))

    @cached_property
    def populations(self) -> dict[str, int]:
        """Slug to inhabitants, for the stories that tell them."""
        return {s.slug: s.population for s in self.stories if s.population is not None}

    def select(
        self,
        *,
        city: str | None = None,
        country: str | None = None,
        region: str | None = None,
        year: int | None = None,
        theme: str | None = None,
    ) -> tuple[Story, ...]:
        """Return the stories that fit every value given; `country` is a code or a name.

        Cities and countries match without regard to case and accents.
        """

        def fits(story: Story) -> bool:
            return (
                (city is None or key(city) == key(story.city))
                and (
                    country is None
                    or country.upper() == story.country_code
                    or key(country) == key(story.country)
                )
                and (region is None or key(region) == key(story.region))
                and (year is None or year == story.year)
                and (theme is None or theme in story.themes)
            )

        return tuple(story for story in self.stories if fits(story))

    def counts(self, by: Facet) -> dict[str | int, int]:
        """Return how many stories each value of a facet has, the most frequent first.

        A city that won twice counts twice: these are stories, one an award.
        """
        values: list[str | int] = []
        for story in self.stories:
            if by == "theme":
                values += story.themes
            else:
                values.append(getattr(story, by))
        return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], str(pair[0]))))

    def mentions(self, question: str) -> Mentions:
        """Return what a question in any language names; never raises."""
        return self._reader.read(question)

    def prepare(self) -> None:
        """Load all names now, so that the first question need not wait for them (about 1 s)."""
        self.mentions("Where?")
        self._far  # noqa: B018
        self._folded_bodies  # noqa: B018

    def stories_naming(self, place: str) -> tuple[str, ...]:
        """Return the slugs of the stories whose text has a name as whole words, by slug."""
        name = key(place)
        if not name:
            return ()
        if is_joined(place.strip()[0]):
            return tuple(story.slug for story in self.stories if place.strip() in story.body)
        return tuple(slug for slug, body in self._folded_bodies.items() if f" {name} " in body)

    @cached_property
    def _folded_bodies(self) -> dict[str, str]:
        return {story.slug: _folded(story.body) for story in self.stories}

    @cached_property
    def _names(self) -> NamesIndex:
        index = NamesIndex()
        index.add_all(general_names())
        for city, code in sorted({(s.city, s.country_code) for s in self.stories}):
            index.add_all(_names_of(city, code))
        return index

    @cached_property
    def _far(self) -> FarNames:
        return far_names(frozenset((s.city, s.country_code) for s in self.stories))

    @cached_property
    def _reader(self) -> MentionReader:
        countries: dict[str, frozenset[str]] = {}
        for story in self.stories:
            known = countries.get(story.city, frozenset())
            countries[story.city] = known | {story.country_code}
        return MentionReader(self._names, parts(), countries, lambda: self._far)


@lru_cache(maxsize=20_000)  # of a thousand cities it takes a second to fold all names
def _names_of(city: str, country_code: str) -> NamesIndex:
    index = NamesIndex()
    for name in spellings(city, country_code):
        index.add(name, "city", city)
    return index


@lru_cache(maxsize=20_000)  # a story that stays needs no folding when another one changes
def _folded(body: str) -> str:
    return f" {key(body)} "
