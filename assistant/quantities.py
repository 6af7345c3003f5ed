"""Numbers, dates and what they count, in a text of any language.

A number is read from digits of any script, from words, or from Chinese numerals. One spelling may
have two readings ("1.200" is 1200 in Spanish and 1.2 in English); both are kept. The names of
months and days come from Unicode CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from babel import Locale, UnknownLocaleError

from assistant.measured import Quantity, measured, stored
from assistant.number_words import han_numbers, han_shares, shares_in_words, word_numbers
from corpus.spelling import Word, fold, key, words

_DIGITS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’٫٬]\d+)*")
_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:h]00(?!\d)")
# "2019-20" and "2019/20" are two years.
_TWO_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)[-–/](\d\d)(?![\d-])")
_MONTH_YEAR = re.compile(r"(?<![\d./])(\d{1,2})/(\d{4})(?![\d/])")


def quantities(text: str, language: str) -> list[Quantity]:
    """Return the numbers, months and weekdays of a text, in order; never raises.

    :param language: ISO 639-1 code; English number words are always known.
    """
    plain = _with_plain_digits(text)
    found = [*_dates(plain)]
    taken = [(q.start, q.end) for q in found]
    for quantity in (
        *han_shares(plain),
        *_digit_numbers(plain, language),
        *shares_in_words(plain, language),
        *_calendar_names(plain, language),
        *han_numbers(plain, language),
        *word_numbers(plain, language),
    ):
        if not any(quantity.start < end and quantity.end > start for start, end in taken):
            found.append(quantity)
            taken.append((quantity.start, quantity.end))
    return sorted(found, key=lambda q: q.start)


def frequencies(text: str) -> frozenset[str]:
    """Return how often things are said to be: "daily", "weekly", "monthly", "yearly"."""
    folded = key(text)
    return frozenset(name for name, pattern in _frequency_patterns().items() if pattern(folded))


def _with_plain_digits(text: str) -> str:
    """Return a text of the same length with 0-9 for the digits of any script."""
    marks = {"٪": "%", "％": "%", "٫": ".", "٬": ","}
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else marks.get(c, c) for c in text)


def _dates(text: str) -> Iterator[Quantity]:
    """Yield day, month and year of dates in figures; day and month may stand either way."""
    for match in _DATE.finditer(text):
        first, second, year = (float(match[n]) for n in (1, 3, 4))
        month = tuple(v for v in (second, first) if v <= 12) or (second,)
        yield Quantity((first, second), "", match.start(1), match.end(1))
        yield Quantity(month, "month name", match.start(3), match.end(3))
        yield Quantity((year,), "", match.start(4), match.end(4))
    for match in _ISO_DATE.finditer(text):
        yield Quantity((float(match[1]),), "", match.start(1), match.end(1))
        yield Quantity((float(match[3]),), "month name", match.start(3), match.end(3))
        yield Quantity((float(match[4]),), "", match.start(4), match.end(4))
    for match in _CLOCK.finditer(text):
        yield Quantity((float(match[1]),), "", match.start(), match.end())
    for match in _TWO_YEARS.finditer(text):
        first = float(match[1])
        yield Quantity((first,), "", match.start(1), match.end(1))
        second = first - first % 100 + float(match[2])
        yield Quantity((second, float(match[2])), "", match.start(2), match.end(2))
    for match in _MONTH_YEAR.finditer(text):
        if float(match[1]) <= 12:
            yield Quantity((float(match[1]),), "month name", match.start(1), match.end(1))
            yield Quantity((float(match[2]),), "", match.start(2), match.end(2))


def _digit_numbers(text: str, language: str) -> Iterator[Quantity]:
    for match in _DIGITS.finditer(text):
        values = _readings(match[0], language)
        yield measured(text, values, match.start(), match.end())


def _readings(digits: str, language: str) -> tuple[float, ...]:
    """Return what a number in figures may mean: separators part thousands or decimals."""
    groups = re.split(r"\D", digits)
    if len(groups) == 1:
        return (float(digits),)
    thousands = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    readings = []
    if thousands and (language != "en" or "." not in digits):
        readings.append(float("".join(groups)))
    last = next(c for c in reversed(digits) if not c.isdigit())
    if (
        last in ".,"
        and digits.count(last) == 1
        and not (thousands and language == "en" and last == ",")
    ):
        readings.append(float("".join(groups[:-1]) + "." + groups[-1]))
    return tuple(readings or [float("".join(groups))])


def _calendar_names(text: str, language: str) -> Iterator[Quantity]:
    """Yield the months and weekdays that a text names."""
    for word in words(text):
        for code in dict.fromkeys((language, "en")):
            named = _calendar(code).get(word.folded)
            if named is None and word.script in ("CYRILLIC", "GREEK"):
                named = _calendar(code).get(word.folded[:5] + "…")
            if named is None or code == "en" and not word.capital:
                continue
            if word.folded in ("may", "march") and not _is_dated(text, word):
                continue
            yield Quantity((float(named[1]),), named[0], word.start, word.end)
            break


def _is_dated(text: str, word: Word) -> bool:
    """Tell whether "May" or "March" is a month: a number or a preposition stands beside it."""
    before = words(text[: word.start])[-1:]
    after = text[word.end :].lstrip()[:1]
    names = "in of since until by to from and early late mid last next each every every".split()
    return after.isdigit() or any(w.folded in names or w.folded.isdigit() for w in before)


@cache
def _calendar(language: str) -> dict[str, tuple[str, int]]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, tuple[str, int]] = {}
    for form in ("format", "stand-alone"):
        for number, name in locale.days.get(form, {}).get("wide", {}).items():
            found.setdefault(fold(name), ("weekday", number))
        for number, name in locale.months.get(form, {}).get("wide", {}).items():
            folded = fold(name)
            if not folded[:1].isdecimal():
                found[folded] = ("month name", number)
                found.setdefault(folded[:5] + "…", ("month name", number))
    return found


@cache
def _frequency_patterns() -> dict[str, Callable[[str], re.Match[str] | None]]:
    def alternatives(listed: list[str]) -> Callable[[str], re.Match[str] | None]:
        parts = []
        for phrase in listed:
            open_ended = phrase.endswith("*")
            folded = re.escape(key(phrase.rstrip("*")))
            bounded = phrase[0] < "\u3000"
            parts.append(
                (r"\b" if bounded else "") + folded + ("" if open_ended or not bounded else r"\b")
            )
        return re.compile("|".join(parts)).search

    return {name: alternatives(listed) for name, listed in stored()["frequencies"].items()}
