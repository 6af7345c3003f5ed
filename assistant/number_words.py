"""Numbers in words and in Chinese numerals, and shares such as "one in four"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.measured import HAN_POWERS, Quantity, lookup, measured, number_words, scales, shares
from corpus.spelling import Word, fold, words

_HAN = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
_HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九两兩十百千万萬亿億]+")
_HAN_SHARE = re.compile(
    r"([一二三四五六七八九十百]+|\d+)分(?:之|の)([一二三四五六七八九十百]+|\d+)"
)
_COUNTED = re.compile(
    r"[个個所名辆輛种種项項家座次届届倍位门門节節年月日周天人岁歳館校回台]|小时|地区"
)
_ONE_IN = re.compile(
    r"\b(one|two|three|four|\d)(?: \w+)? (?:in|out of|of every)(?: every)? (\w+)\b", re.IGNORECASE
)


def han_shares(text: str) -> Iterator[Quantity]:
    """Yield shares such as 三分之一."""
    for match in _HAN_SHARE.finditer(text):
        whole, part = (float(m) if m.isdecimal() else _han_value(m) for m in (match[1], match[2]))
        if whole:
            yield Quantity((part / whole,), "percent", match.start(), match.end())


def han_numbers(text: str, language: str) -> Iterator[Quantity]:
    """Yield numbers in Chinese numerals; a single one only before what it counts."""
    if language not in ("zh", "ja"):
        return
    for match in _HAN_NUMBER.finditer(text):
        single = len(match[0]) == 1
        if match[0] in ("一", "万", "千", "百") or single and not _COUNTED.match(text, match.end()):
            continue
        if text[match.start() - 1 : match.start()] in ("第", "统", "之"):
            continue
        yield measured(text, (_han_value(match[0]),), match.start(), match.end())


def _han_value(numerals: str) -> float:
    total = section = digit = 0
    for character in numerals:
        if character in _HAN:
            digit = digit * 10 + _HAN[character] if digit else _HAN[character]
            continue
        power = HAN_POWERS[character]
        if power < 10**4:
            section += (digit or 1) * power
        else:
            total = (total + section + digit or 1) * power
            section = 0
        digit = 0
    return float(total + section + digit)


def shares_in_words(text: str, language: str) -> Iterator[Quantity]:
    """Yield shares such as "one child in four" and "two out of three"."""
    known = number_words("en") | {"one": 1.0}
    for match in _ONE_IN.finditer(text):
        part, whole = (
            float(word) if word.isdecimal() else known.get(fold(word), 0.0)
            for word in match.groups()
        )
        if part < whole <= 100:
            yield Quantity((part / whole,), "percent", match.start(), match.end())


def word_numbers(text: str, language: str) -> Iterator[Quantity]:
    """Yield numbers in words: neighbouring ones are one number, as in "two hundred and ten"."""
    known = number_words("en") | number_words(language)
    listed = words(text)
    position = 0
    while position < len(listed):
        if listed[position].folded in ("third", "fifth") and _is_part(listed, position):
            value, taken = 0.0, 0
        else:
            value, taken = _word_value(text, listed, position, known)
        share = _share_at(listed, position + taken)
        start = listed[position].start
        if share is not None and (not taken or value < 10):
            last = listed[position + taken]
            # "the second half": an order, not two halves.
            factor = value if taken and last.folded.endswith(("ers", "fths", "rds")) else 1
            if taken and factor == 1:
                yield measured(text, (value,), start, listed[position + taken - 1].end)
            yield Quantity((round(factor * share, 6),), "percent", last.start, last.end)
            position += taken + 1
        elif taken:
            yield measured(text, (value,), start, listed[position + taken - 1].end)
            position += taken
        else:
            scale = lookup(scales(), listed[position].folded) or 0
            if scale >= 1000 and not listed[position].folded.endswith(("s", "k", "m")):
                yield measured(text, (1.0,), start, start)
            position += 1


def _is_part(listed: list[Word], position: int) -> bool:
    """Tell whether "a third", "a fifth" is a share: "of" follows, or "a" stands before."""
    after = listed[position + 1].folded if position + 1 < len(listed) else ""
    before = listed[position - 1].folded if position else ""
    return after == "of" and before in ("a", "one", "than", "nearly", "almost", "about", "two")


def _word_value(
    text: str, listed: list[Word], position: int, known: dict[str, float]
) -> tuple[float, int]:
    """Return the value of the number words from a position on, and how many words they are."""
    value, taken = 0.0, 0
    while position + taken < len(listed):
        word = listed[position + taken]
        one = known.get(word.folded)
        if one is None and word.folded.startswith("و"):
            one = known.get(word.folded[1:])
        if one is None and word.script == "HANGUL":
            one = known.get(word.folded) or known.get(word.folded.rstrip("개명곳"))
        gap = text[listed[position + taken - 1].end : word.start] if taken else ""
        if one is None and taken:
            joined = _after_and(listed, position + taken, value, known)
            if joined is not None:
                value, taken = value + joined, taken + 2
                continue
        if one is None or gap.strip(" -"):
            break
        if taken and not _goes_on(value, one, word):
            break
        value = value * one if taken and (one == 100 or (value, one) == (4, 20)) else value + one
        taken += 1
    return value, taken


def _after_and(
    listed: list[Word], position: int, value: float, known: dict[str, float]
) -> float | None:
    """Return what an "and" at this position adds: a hundred *and ten*, treinta *y dos*."""
    word = listed[position].folded
    if position + 1 == len(listed) or word not in ("and", "y", "e", "et", "και"):
        return None
    following = known.get(listed[position + 1].folded)
    whole = value >= 20 and (value % 100 == 0 or (value % 10 == 0 and word != "and"))
    return following if following is not None and whole and following < value else None


def _goes_on(value: float, following: float, word: Word) -> bool:
    """Tell whether a number word goes on with the number before it rather than beginning another.

    Twenty-five, on iki, soixante-quinze, quatre-vingts, ثلاثة عشر, two hundred, خمسة وعشرون.
    """
    if following == 100:
        return value < 10
    if value >= 100:
        return value % 100 == 0 and following < 100
    if word.folded.startswith("و") or word.script == "ARABIC" and following == 10:
        return value < 10
    teens = value in (60, 80) and following < 20 or (value, following) == (4, 20)
    return teens or value >= 10 and value % 10 == 0 and following < 10


def _share_at(listed: list[Word], position: int) -> float | None:
    return lookup(shares(), listed[position].folded) if position < len(listed) else None
