"""Which city a text is about, and where it lies: only what the text or the gazetteer says."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.gazetteer import City, cities
from corpus.names import country_keys, data, word_list
from corpus.spelling import key, words

_WORD = r"[^\W\d_a-z][\w'’ʼ-]*"
_NAME = rf"{_WORD}(?:(?: (?:de|do|da|dos|del|la|las|los|le|el|al|am|an|upon))* {_WORD}){{0,3}}"
# Where the city itself is named, whatever the gazetteer knows.
_NAMING = (
    (6, re.compile(rf"\b(?:Awardee|Awardees|Winner|Laureate|Story)\b[^:\n]{{0,20}}: *({_NAME})")),
    (4, re.compile(rf"\b[Cc]ity of ({_NAME})")),
    (
        4,
        re.compile(
            rf"({_NAME}) (?:has )?(?:received|receives|won|was awarded|was given|was one)"
            r"\b[^.]{0,60}\bAward\b"
        ),
    ),  # fmt: skip
    (3, re.compile(rf"({_NAME}) is (?:a|an|the) (?:[\w-]+ ){{0,3}}(?:city|town|municipality)\b")),
)
_HEADING = re.compile(
    rf"(?:\d{{1,2}}[.)]?\s+)?(?:[Cc]ity of )?({_NAME})"
    rf"(?:(?:, | \(| [–-] )({_NAME})\)?)?(?:,? \(?(?:19|20)\d\d\)?)?"
)
_NO_CITIES = frozenset(
    """learning unesco award the a this our its and for education lifelong city global
    network""".split()
)
_LONGEST_NAME = 4
_IN_TITLE, _IN_ADDRESS, _IN_HEADING, _IN_LEAD, _MOST_IN_TEXT = 4, 4, 2, 3, 4
_OPENING = 3
_LEAD = 600
_LEAST = 5
# How much better the best must be than the next, to be proposed at all.
_CLEAR = 1.3


@dataclass(frozen=True)
class Candidate:
    """A name that may be the city's, as the text writes it, and how much speaks for it."""

    name: str
    score: float


def city_of(title: str, headings: Sequence[str], text: str, address: str) -> Candidate | None:
    """Return the city that a text is about, or None where none stands out."""
    scores: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for name, score in _namings(title, headings, text):
        folded = key(name)
        if folded and not set(folded.split()) & _NO_CITIES and folded not in country_keys():
            scores[folded] += score
            written.setdefault(folded, Counter())[name] += 1
    slug = f" {key(address.replace('-', ' ').replace('_', ' '))} "
    for folded in list(scores):
        if f" {folded} " in slug:
            scores[folded] += _IN_ADDRESS
    folded_text = f" {key(text)} "
    told = frozenset(name for name in scores if f" {name} " in folded_text)
    return _best(scores, written, told)


def _namings(title: str, headings: Sequence[str], text: str) -> Iterator[tuple[str, int]]:
    """Yield the names that may be the city's, each with how much its place speaks for it."""
    for score, pattern in _NAMING:
        for found in list(pattern.finditer(f"{title}. {text}"))[:3]:
            yield _longest_known(found[1]), score
    for name in _known_names(title):
        yield name, _IN_TITLE
    for heading in headings:
        for name in _known_names(heading):
            yield name, _IN_HEADING
    for name in set(_known_names(text[:_LEAD])):
        yield name, _IN_LEAD
    counted = Counter(_known_names(text))
    for name in list(counted)[:1]:
        yield name, _OPENING
    for name, count in counted.items():
        yield name, min(count, _MOST_IN_TEXT)


def _best(
    scores: Counter[str], written: dict[str, Counter[str]], told: frozenset[str]
) -> Candidate | None:
    # What only a title names is more often a sea or a mountain than the city of the story.
    ranked = Counter({name: scores[name] for name in scores if name in told}).most_common(2)
    if not ranked or ranked[0][1] < _LEAST:
        return None
    if len(ranked) > 1 and ranked[0][1] < _CLEAR * ranked[1][1]:
        return None
    folded, score = ranked[0]
    names = written[folded]
    # "Clermont-Ferrand" rather than "Clermont Ferrand": as the text mostly writes it.
    return Candidate(names.most_common(1)[0][0], score)


def countries_of(city: str) -> tuple[str, ...]:
    """Return the codes of the countries with a city of this name, the largest city first."""
    found = [each.country_code for each in _by_name().get(key(city), ())]
    own = [
        str(each["country"]) for each in data("cities")["city"] if key(each["name"]) == key(city)
    ]
    return tuple(dict.fromkeys([*own, *found]))


def inhabitants(city: str, country_code: str) -> int:
    """Return how many people the gazetteer gives a city; 0 where it does not know it."""
    for each in _by_name().get(key(city), ()):
        if each.country_code == country_code:
            return each.population
    return 0


def countries_named(text: str) -> Counter[str]:
    """Return how often a text names each country, by noun or adjective."""
    found: Counter[str] = Counter()
    names = country_keys()
    adjectives = _adjectives()
    listed = words(text)
    for position, word in enumerate(listed):
        if not word.capital:
            continue
        for count in (4, 3, 2, 1):
            folded = " ".join(each.folded for each in listed[position : position + count])
            codes = names.get(folded) or (adjectives.get(folded, ()) if count == 1 else ())
            if len(codes) == 1:
                found[next(iter(codes))] += 1
                break
    return found


def country_beside(city: str, text: str) -> str:
    """Return the code of the country that stands right behind a city: "Cuenca, Ecuador"; or ""."""
    pattern = re.compile(rf"{re.escape(city)}(?:, | \(|, in )((?:the )?{_NAME})")
    for found in pattern.finditer(text):
        parts = found[1].removeprefix("the ").split()
        for count in range(len(parts), 0, -1):
            codes = country_keys().get(key(" ".join(parts[:count])), frozenset())
            if len(codes) == 1:
                return next(iter(codes))
    return ""


@lru_cache(maxsize=1)
def regions() -> dict[str, str]:
    """Return country code → UNESCO region, for UNESCO's member states."""
    file = Path(__file__).parent / "unesco_regions.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8"))
    return {code: region for region, codes in listed.items() for code in codes.split()}


def named_city(heading: str) -> str:
    """Return the city that a heading consists of, its country and number aside; or ""."""
    match = _HEADING.fullmatch(heading.strip())
    if not match:
        return ""
    name, country = match.groups()
    if country:
        return name if key(country) in country_keys() else ""
    if key(name) in country_keys() or key(name) in word_list("places"):
        return ""
    return name if _is_city(key(name)) else ""


def _known_names(text: str) -> Iterator[str]:
    """Yield the names of cities in a text, the longest where several begin at one word."""
    ambiguous = word_list("places")
    listed = words(text)
    position = 0
    while position < len(listed):
        taken = 1
        if listed[position].capital:
            for count in range(_LONGEST_NAME, 0, -1):
                run = listed[position : position + count]
                folded = " ".join(word.folded for word in run)
                if len(run) == count and len(folded) > 2 and _is_city(folded):
                    if folded not in ambiguous:
                        yield text[run[0].start : run[-1].end]
                    taken = count
                    break
        position += taken


def _longest_known(name: str) -> str:
    """Return a name without the words behind it that happen to have capitals."""
    parts = name.split(" ")
    for count in range(len(parts), 0, -1):
        if _is_city(key(" ".join(parts[:count]))):
            return " ".join(parts[:count])
    return name


def _is_city(folded: str) -> bool:
    return folded in _by_name() or folded in _own()


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[City]]:
    named: dict[str, list[City]] = {}
    for city in cities():
        named.setdefault(key(city.name), []).append(city)
    return named


@lru_cache(maxsize=1)
def _own() -> frozenset[str]:
    return frozenset(key(str(each["name"])) for each in data("cities")["city"])


@lru_cache(maxsize=1)
def _adjectives() -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for code, forms in data("countries")["adjectives"].items():
        for form in forms:
            folded = key(form.rstrip("*"))
            named[folded] = (*named.get(folded, ()), code)
    return named
