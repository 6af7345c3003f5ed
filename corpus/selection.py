"""Which stories a set of facts leaves: places, award years, themes, inhabitants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.mentions import Mention
from corpus.names import parts
from corpus.spelling import key
from corpus.story import Story


@dataclass(frozen=True)
class Places:
    """Places joined by "or": cities by name, countries by code, regions as UNESCO names them."""

    cities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def hold(self, story: Story) -> bool:
        """Tell whether a story's city is one of the places or lies in one."""
        return (
            story.city in self.cities
            or story.country_code in self.countries
            or story.region in self.regions
        )

    def __bool__(self) -> bool:
        return bool(self.cities or self.countries or self.regions)


@dataclass(frozen=True)
class Selection:
    """Facts joined by "and"; an empty one is no condition.

    `since` and `until` are award years, both included. `more_than` and `fewer_than` count
    inhabitants; a story that tells no number is not selected by them.
    """

    places: Places = Places()
    without: Places = Places()
    years: tuple[int, ...] = ()
    since: int | None = None
    until: int | None = None
    themes: tuple[str, ...] = ()
    more_than: int | None = None
    fewer_than: int | None = None

    @property
    def dated(self) -> bool:
        """Whether award years are a condition."""
        return bool(self.years) or self.since is not None or self.until is not None

    @property
    def counted(self) -> bool:
        """Whether inhabitants are a condition."""
        return self.more_than is not None or self.fewer_than is not None

    def of(self, stories: Iterable[Story]) -> tuple[Story, ...]:
        """Return the stories that fit every condition, by year and city."""
        chosen = [story for story in stories if self._fits(story)]
        return tuple(sorted(chosen, key=lambda story: (story.year, story.city)))

    def _fits(self, story: Story) -> bool:
        people = story.population
        return (
            (not self.places or self.places.hold(story))
            and not self.without.hold(story)
            and (not self.years or story.year in self.years)
            and (self.since is None or story.year >= self.since)
            and (self.until is None or story.year <= self.until)
            and set(self.themes) <= set(story.themes)
            and (self.more_than is None or (people is not None and people > self.more_than))
            and (self.fewer_than is None or (people is not None and people < self.fewer_than))
        )


def places_named(spans: Iterable[Mention]) -> Places:
    """Return the places that mentions name, each part of the world as it is made up."""
    found: dict[str, list[str]] = {"cities": [], "countries": [], "regions": []}
    for span in spans:
        if span.kind == "city":
            found["cities"].append(span.value)
        elif span.kind == "country":
            found["countries"].append(span.value)
        elif span.kind == "part":
            part = parts()[span.value]
            if part.region:
                found["regions"].append(part.region)
            elif part.countries:
                found["countries"].extend(part.countries)
            else:
                found["cities"].extend(part.cities)
    return Places(**{kind: tuple(dict.fromkeys(each)) for kind, each in found.items()})


def country_called(
    words: str, codes: Iterable[str], names: Iterable[tuple[str, str]]
) -> str | None:
    """Return the one of some countries that is called so in part: "the Republic", "the Kingdom".

    :param words: folded words.
    :param names: pairs of a country's name and its code.
    """
    known: Mapping[str, set[str]] = {code: set() for code in codes}
    for name, code in names:
        if code in known:
            known[code].update(key(name).split())
    called = [code for code, own in known.items() if set(words.split()) <= own]
    return called[0] if words and len(called) == 1 else None
