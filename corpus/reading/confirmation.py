"""What a person says about a draft's facts, in words, as the fields of a story."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from corpus.errors import CorpusError
from corpus.names import country_keys
from corpus.reading import places
from corpus.reading.facts import country_name
from corpus.spelling import key
from corpus.vocabulary import COUNTRY_CODES, REGIONS, THEMES

FIELDS = (
    "title",
    "city",
    "country",
    "region",
    "award",
    "year",
    "population",
    "language",
    "themes",
    "slug",
)
"""What can be said; a country brings its code and region."""


def confirmed(said: Mapping[str, str], countries: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a story that a person's words give.

    :param said: field → what was said; empty words are passed over.
    :param countries: the names by which the library calls countries, by code.
    :raises CorpusError: a value that cannot be one of its field, with what would be.
    """
    fields: dict[str, Any] = {}
    for field, raw in said.items():
        value = " ".join(raw.split())
        if not value:
            continue
        if field == "country":
            fields |= _country(value, countries)
        elif field in FIELDS:
            fields[field] = _READ.get(field, str)(value)
        else:
            raise CorpusError(f"There is no field “{field}”; there are: {', '.join(FIELDS)}.")
    if said.get("region"):
        fields["region"] = _region(said["region"])  # what is said goes before the country's own
    return fields


def _country(value: str, countries: Mapping[str, str]) -> dict[str, str]:
    codes = {value} if value in COUNTRY_CODES else country_keys().get(key(value), frozenset())
    if len(codes) != 1:
        raise CorpusError(f"“{value}” is no country; give its name or its code, such as FI.")
    code = next(iter(codes))
    found = {"country": countries.get(code) or country_name(code), "country_code": code}
    region = places.regions().get(code)
    return found | ({"region": region} if region else {})


def _region(value: str) -> str:
    for region in REGIONS:
        if key(region) == key(value):
            return region
    raise CorpusError(f"“{value}” is no UNESCO region; there are: {', '.join(REGIONS)}.")


def _year(value: str) -> int:
    if not re.fullmatch(r"(?:19|20)\d\d", value):
        raise CorpusError(f"“{value}” is no award year; give four digits, such as 2024.")
    return int(value)


def _population(value: str) -> int:
    digits = re.sub(r"[,.\s’']", "", value)
    if not re.fullmatch(r"[1-9][0-9]{0,9}", digits):
        raise CorpusError(f"“{value}” is no number of inhabitants; give digits, such as 144000.")
    return int(digits)


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise CorpusError(f"“{value}” is no language code; give one such as en or pt-BR.")
    return value


def _themes(value: str) -> tuple[str, ...]:
    labels = {key(label): theme for theme, label in THEMES.items()}
    listed = [part.strip() for part in value.strip("[]").split(",") if part.strip()]
    themes = [part if part in THEMES else labels.get(key(part), "") for part in listed]
    if "" in themes or not themes:
        wrong = listed[themes.index("")] if themes else value
        raise CorpusError(f"“{wrong}” is no theme; there are: {', '.join(THEMES)}.")
    return tuple(dict.fromkeys(themes))


_READ: dict[str, Callable[[str], Any]] = {
    "region": _region,
    "year": _year,
    "population": _population,
    "language": _language,
    "themes": _themes,
}
