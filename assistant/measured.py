"""A number with its scale and its unit; the words for these stand in `quantities.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.spelling import Word, fold, words

# Words with what they stand for, and beginnings of words likewise, the longest first.
Table = tuple[dict[str, Any], list[tuple[str, Any]]]
CURRENCIES = frozenset(
    """dollar euro pound peso ringgit riyal yuan won yen rupee rupiah real franc dirham dinar lira
    shilling rand""".split()
)
# Behind these words stands no unit of the number before: "20 a month", "10 and two hours".
_ENDS_A_NUMBER = frozenset(
    "and et y und e in of to from a an per each every par por pro al".split()
)
TIMES = frozenset("second minute hour day week month year decade semester".split())
# Times that can be turned into one another.
_LENGTHS = (
    {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0},
    {"month": 1.0, "year": 12.0, "decade": 120.0},
)
HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_KOREAN_POWERS = {"천": 1000, "만": 10**4, "억": 10**8}
_JOINED_FIRST = re.compile(r"^(个|個|か|ヶ|多|余|餘|여|数)?")


@dataclass(frozen=True)
class Quantity:
    """A number of a text: `text[start:end]`, the values it may stand for, and its unit.

    `unit` is a key of [units] in quantities.toml, "month name" (values 1 to 12), "weekday", or "".
    A share has the value of its fraction: 25% is 0.25 of unit "percent".
    """

    values: tuple[float, ...]
    unit: str
    start: int
    end: int

    def equals(self, other: Quantity) -> bool:
        """Tell whether both may stand for one value; 18 months are a year and a half."""
        mine, theirs = _in_common(self, other)
        return any(abs(a - b) <= 1e-5 * max(abs(a), 1) for a in mine for b in theirs)


def _in_common(one: Quantity, other: Quantity) -> tuple[list[float], list[float]]:
    """Return the values of two numbers in a unit common to both, where they have one."""
    for scale in _LENGTHS:
        if one.unit in scale and other.unit in scale:
            mine = [value * scale[one.unit] for value in one.values]
            return mine, [value * scale[other.unit] for value in other.values]
    return list(one.values), list(other.values)


def comparable(unit: str, other: str) -> bool:
    """Tell whether two units are one, or can be turned into each other."""
    return unit == other or any(unit in scale and other in scale for scale in _LENGTHS)


def is_unit(word: str) -> bool:
    """Tell whether a word is one of the units known, in any language."""
    return lookup(_units(), fold(word)) is not None


def is_demanded(number: str) -> bool:
    """Tell whether a number must stand in the quotes: "both" and "second" count what is listed."""
    return fold(number) not in stored()["not_demanded"].split()


def measured(
    text: str, values: tuple[float, ...], start: int, end: int, share: bool = False
) -> Quantity:
    """Return a number with the scale and the unit that stand beside it."""
    factor, end = _joined_scale(text, end)
    following = words(text[end : end + 60])
    position = 0
    while position < min(len(following), 3) and _adjacent(text, end, following, position):
        scale = lookup(scales(), following[position].folded)
        if scale is None or following[position].folded == "m" and position:
            break
        factor = factor * scale if scale > 0 else factor - scale
        values = tuple(v - scale for v in values) if scale < 0 else values
        factor = 1.0 if scale < 0 else factor
        position += 1
    stop = end + following[position - 1].end if position else end
    if position == 1 and following[0].text == "mil" and start and stop == end + 3:
        # Written at the number, "RM8mil", it is short for million.
        values = tuple(v * 1000 for v in values)
    values = tuple(v * factor for v in values)
    unit = _unit_before(text, start) or _unit_after(text, stop)
    if unit == "percent":
        values = tuple(v / 100 for v in values)
    if _is_month(text, stop) and all(1 <= v <= 12 for v in values):
        unit = "month name"
    if share:
        unit = unit if unit in CURRENCIES else "percent"
    return Quantity(values, unit, start, stop)


def _joined_scale(text: str, end: int) -> tuple[float, int]:
    """Return the power that East Asian scripts write right behind a number: 25万, 3만."""
    factor = 1.0
    powers = HAN_POWERS | _KOREAN_POWERS
    if text[end : end + 1] in ("多", "余", "餘", "数", "여") and text[end + 1 : end + 2] in powers:
        end += 1
    while end < len(text) and text[end] in powers and not text.startswith("만나", end):
        factor *= powers[text[end]]
        end += 1
    return factor, end


def _adjacent(text: str, end: int, following: list[Word], position: int) -> bool:
    """Tell whether nothing but blanks, hyphens or "de" parts a word from the number before."""
    before = following[position - 1].end if position else 0
    return not text[end + before : end + following[position].start].strip(" -\u00a0")


def _is_month(text: str, end: int) -> bool:
    rest = text[end : end + 2].lstrip()
    return rest.startswith(("月", "월")) and not rest.startswith("月間")


def _unit_after(text: str, end: int) -> str:
    """Return the unit that stands behind a number, with at most one word between them."""
    rest = text[end : end + 60]
    symbol = re.match(r"\s*([%€$£¥₹₩])", rest)
    if symbol:
        return lookup(_units(), symbol[1]) or ""
    clause = re.split(r"[.;:,()。，；：]", rest)[0]
    listed = words(clause)[:4]
    for skip in range(min(3, len(listed))):
        if skip == 2 and listed[1].folded not in ("of", "de", "di", "d"):
            break
        for count in (2, 1):
            name = " ".join(w.folded for w in listed[skip : skip + count])
            unit = lookup(_units(), _JOINED_FIRST.sub("", name) if skip == 0 else name)
            unit = unit or lookup(_units(), name)
            if unit and (skip == 0 or unit in CURRENCIES | {"hectare", "kilometre"} | TIMES):
                return str(unit)
        if listed[skip].folded in _ENDS_A_NUMBER:
            break
    return ""


def _unit_before(text: str, start: int) -> str:
    """Return the currency that stands before a number, or Turkish "yüzde" for its share."""
    before = text[max(0, start - 12) : start].rstrip()
    match = re.search(r"([A-Za-z]{0,3}[€$£¥₹₩]|[A-Za-z]{2,4}|y[uü]zde|百分之)$", before)
    if not match:
        return ""
    name = fold(match[1])
    if name in ("yuzde", "百分之"):
        return "percent"
    unit = lookup(_units(), name) or lookup(_units(), name[-1])
    return str(unit) if unit in CURRENCIES and (match[1].isupper() or not name.isalpha()) else ""


def lookup(table: Table, name: str) -> Any:
    """Return what a folded word stands for in a table of words and beginnings, or None."""
    exact, beginnings = table
    if name in exact:
        return exact[name]
    return next((value for start, value in beginnings if name.startswith(start)), None)


def _table(entries: dict[str, Any]) -> Table:
    exact = {name: value for name, value in entries.items() if not name.endswith("*")}
    starts = [(name[:-1], value) for name, value in entries.items() if name.endswith("*")]
    return exact, sorted(starts, key=lambda entry: -len(entry[0]))


@cache
def stored() -> dict[str, Any]:
    """Return quantities.toml."""
    return tomllib.loads((files("assistant") / "quantities.toml").read_text("utf-8"))


@cache
def number_words(language: str) -> dict[str, float]:
    """Return the folded number words of a language (ISO 639-1), with their values."""
    pairs = (pair.split("=") for pair in stored()["words"].get(language, "").split())
    return {fold(word): float(number) for word, number in pairs}


@cache
def scales() -> Table:
    """Return the words that multiply the number before them; negative ones are added."""
    return _table({_folded(w): float(n) for w, n in stored()["scales"].items()})


@cache
def shares() -> Table:
    """Return the words for shares."""
    return _table({_folded(w): float(n) for w, n in stored()["shares"].items()})


@cache
def _units() -> Table:
    return _table({_folded(w): unit for unit, listed in stored()["units"].items() for w in listed})


def _folded(entry: str) -> str:
    return fold(entry.rstrip("*")) + ("*" if entry.endswith("*") else "")
