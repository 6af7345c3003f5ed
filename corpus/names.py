"""Every name a question may use for a place or a theme, in any language, and what it means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import localedata

from corpus.spelling import has_case, is_joined, key, stem, words
from corpus.vocabulary import COUNTRY_CODES

Kind = Literal["city", "country", "part", "theme", "year", "elsewhere"]

# The languages whose country names are known: those with most speakers and readers.
LANGUAGES = tuple(
    """en ar bg bn ca cs da de el es et eu fa fi fil fr gl he hi hr hu id it ja ko lt lv mr ms nb nl
    pl pt ro ru sk sl sr sv sw ta te th tr uk ur vi zh zh_Hant am""".split()
)  # fmt: skip
_SHORTEST = 4
_DATA = Path(__file__).parent


@dataclass(frozen=True)
class Meaning:
    """What a name stands for; `cased`: only with a capital, where the script has any.

    `value` is a city's name as in the stories, a country code, a part of the world's name, or a
    theme key. `adjective`: "Korean" rather than "Korea".
    """

    kind: Kind
    value: str
    cased: bool = True
    adjective: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the world or of a country: a UNESCO region, or countries, or cities of stories."""

    name: str
    region: str = ""
    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    within: str = ""


@dataclass
class NamesIndex:
    """Names by their folded words; stems, beginnings and joined scripts apart.

    `exact`: folded words with spaces between; `stems`: the same less its last vowels, for names
    that take case endings; `beginnings`: entries that ended in *; `joined`: names in scripts
    without spaces, as written.
    """

    exact: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    stems: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    beginnings: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    joined: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)

    def add(self, name: str, kind: Kind, value: str, adjective: bool = False) -> None:
        """Add one spelling; in data files * at its end stands for any ending."""
        open_ended = name.endswith("*")
        name = name.rstrip("*").strip()
        if not name:
            return
        meaning = Meaning(kind, value, has_case(name) and name[0].isupper(), adjective)
        if is_joined(name[0]):
            for spelling in {name, "".join(name.split()), name.replace("・", "")}:
                _append(self.joined, spelling, meaning)
            return
        folded = key(name)
        _append(self.exact, folded, meaning)
        if open_ended:
            _append(self.beginnings, folded, meaning)
        elif has_case(name) and not adjective and kind != "theme" and len(folded) >= _SHORTEST:
            _append(self.stems, stem(folded), meaning)

    def add_all(self, other: NamesIndex) -> None:
        """Add every name of another index."""
        for own, others in (
            (self.exact, other.exact),
            (self.stems, other.stems),
            (self.beginnings, other.beginnings),
            (self.joined, other.joined),
        ):
            for name, meanings in others.items():
                if name not in own:
                    own[name] = meanings
                    continue
                for meaning in meanings:
                    _append(own, name, meaning)


def _append(table: dict[str, tuple[Meaning, ...]], name: str, meaning: Meaning) -> None:
    others = []
    for known in table.get(name, ()):
        if (known.kind, known.value) == (meaning.kind, meaning.value):
            meaning = replace(
                meaning,
                cased=meaning.cased and known.cased,
                adjective=meaning.adjective and known.adjective,
            )
        else:
            others.append(known)
    table[name] = (*others, meaning)


@lru_cache(maxsize=1)
def country_names() -> tuple[tuple[str, str], ...]:
    """Return (name, country code) for every country in every language known (Unicode CLDR)."""
    return tuple(dict.fromkeys(_country_names()))


def _country_names() -> Iterator[tuple[str, str]]:
    dropped = {key(name) for name in data("words")["not_countries"]}
    for language in LANGUAGES:
        if not localedata.exists(language):
            continue
        territories: dict[str, str] = localedata.load(language, merge_inherited=False).get(
            "territories", {}
        )
        for code, name in territories.items():
            if code not in COUNTRY_CODES:
                continue
            folded = key(name)
            short = not is_joined(name[0]) and len(folded) < _SHORTEST
            if folded not in dropped and not (short and has_case(name)):
                yield name, code
    for code, names in data("countries")["names"].items():
        for name in names:
            yield name, code


@lru_cache(maxsize=1)
def country_keys() -> dict[str, frozenset[str]]:
    """Return the folded names of countries, each with the codes it may stand for."""
    keys: dict[str, set[str]] = {}
    for name, code in country_names():
        keys.setdefault(key(name), set()).add(code)
    return {name: frozenset(codes) for name, codes in keys.items()}


@lru_cache(maxsize=1)
def parts() -> dict[str, Part]:
    """Return the parts of the world and of countries that have names of their own, by name."""
    return {
        entry["name"]: Part(
            entry["name"],
            entry.get("region", ""),
            tuple(entry.get("countries", ())),
            tuple(entry.get("cities", ())),
            entry.get("within", ""),
        )
        for entry in data("regions")["part"]
    }


@lru_cache(maxsize=1)
def general_names() -> NamesIndex:
    """Return the index of what does not depend on the stories: countries, parts, themes."""
    index = NamesIndex()
    for entry in data("regions")["part"]:
        for spelling in entry["spellings"]:
            index.add(spelling, "part", entry["name"], spelling[:1].islower())
        for spelling in entry.get("adjectives", ()):
            index.add(spelling, "part", entry["name"], True)
    for name, code in country_names():
        index.add(name, "country", code)
    for code, adjectives in data("countries")["adjectives"].items():
        for adjective in adjectives:
            index.add(adjective, "country", code, True)
    for theme, spellings in data("themes").items():
        for spelling in spellings:
            index.add(spelling, "theme", theme)
    return index


@lru_cache(maxsize=8)
def data(name: str) -> dict[str, Any]:
    """Return a data file of names, as its TOML says."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def word_list(name: str) -> frozenset[str]:
    """Return one list of words.toml, folded."""
    listed = data("words")[name]
    entries: Iterable[str] = listed.split() if isinstance(listed, str) else listed
    return frozenset(key(entry) for entry in entries) | frozenset(
        word.folded for entry in entries for word in words(entry)[:1]
    )


@lru_cache(maxsize=1)
def place_prepositions() -> frozenset[str]:
    """Return the words after which a place is named; with accents, for French à is no Spanish a."""
    return frozenset(data("words")["place_prepositions"].split())
