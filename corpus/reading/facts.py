"""What a story's front matter needs, proposed from its text: with where it was found, or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus.names import data
from corpus.reading import places
from corpus.reading.document import Block, Document
from corpus.spelling import key, words

AWARD = "UNESCO Learning City Award"
_AWARD = re.compile(r"\bLearning Cit(?:y|ies) Award", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,/-])(20[12]\d)(?![\d%]|[.,]\d)")
_TITLED = re.compile(r"\b(?:Awardee|Laureate|Winner|GNLC)", re.IGNORECASE)
_GIVEN = re.compile(r"\b(?:receiv|won\b|win|award(?:ed)\b|confer|honou?r|laureat)", re.IGNORECASE)
_NUMBER = r"(\d{1,3}(?:[,.\u00a0\u202f ’']\d{3})+|\d+(?:\.\d+)? million|\d{4,9})"
_PEOPLE = (
    r"(?:inhabitants|residents|citizens|people|habitants|habitantes|Einwohner\w*|abitanti"
    r"|жител\w+|sakin)"
)
_SIZED = r"city|town|municipality|ville|ciudad|cidade|Stadt"
_POPULATION = tuple(
    (score, re.compile(pattern, re.IGNORECASE))
    for score, pattern in (
        (3, rf"\bpopulation (?:of|is|was|reached) (?:\w+ ){{0,2}}{_NUMBER}"),
        (3, rf"\b(?:{_SIZED}) (?:of|with|de|mit) (?:\w+ ){{0,2}}{_NUMBER}"),
        (2, rf"\b(?:its|home to|all|the) (?:\w+ ){{0,2}}{_NUMBER} {_PEOPLE}"),
        (1, rf"{_NUMBER} {_PEOPLE}"),
    )
)
_SMALLEST, _LARGEST = 1_000, 40_000_000
# A figure further than this from the gazetteer's counts something else than the city's people.
_FACTOR, _NEAR_FACTOR = 3.0, 1.5
_MOST_THEMES, _THEME_SAID, _LONGEST_THEME = 7, 2, 3
_LONGEST_QUOTE = 110
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Proposal:
    """A value for one field, and where it was found, in words for the person who confirms it."""

    value: Any
    found: str


@dataclass(frozen=True)
class _Sentence:
    text: str
    place: str

    def quoted(self, around: str = "") -> str:
        """Return the sentence in short, with where it stands."""
        text = self.text
        if len(text) > _LONGEST_QUOTE:
            start = max(0, text.find(around) - _LONGEST_QUOTE // 2)
            text = ("…" if start else "") + text[start : start + _LONGEST_QUOTE].strip() + "…"
        return f"{self.place or 'text'}: “{text}”"


def propose(document: Document, countries: Mapping[str, str]) -> dict[str, Proposal]:
    """Return field → proposal for those fields that the document tells.

    `countries` gives the names by which the library calls countries, by code.
    """
    sentences = [each for block in document.blocks for each in _sentences(block)]
    text = "\n".join(block.text for block in document.blocks if not block.level)
    found: dict[str, Proposal] = {}
    if document.title:
        found["title"] = Proposal(document.title, "the title of the document")
    found |= _place(document, text, sentences, countries)
    found |= _award(document, sentences)
    found |= _population(sentences, found)
    found |= {"language": Proposal(_language(text), "told by its words")}
    found |= _themes(text)
    return found


def _sentences(block: Block) -> list[_Sentence]:
    return [_Sentence(part, block.place) for part in _SENTENCE_END.split(block.text)]


def _place(
    document: Document, text: str, sentences: Sequence[_Sentence], countries: Mapping[str, str]
) -> dict[str, Proposal]:
    headings = [block.text for block in document.blocks if block.level]
    city = places.city_of(document.title, headings, text, document.address)
    if city is None:
        return {}
    found = {"city": Proposal(city.name, _where_named(city.name, document.title, sentences))}
    code, reason = _country(city.name, f"{document.title}\n{text}", sentences)
    if not code:
        return found
    name = countries.get(code) or country_name(code)
    found["country"] = Proposal(name, reason)
    found["country_code"] = Proposal(code, f"the code of {name}")
    region = places.regions().get(code)
    if region:
        found["region"] = Proposal(region, f"UNESCO's region of {name}")
    return found


def _where_named(name: str, title: str, sentences: Sequence[_Sentence]) -> str:
    if key(name) in key(title):
        return f"title: “{title}”"
    return next((each.quoted(name) for each in sentences if name in each.text), "text")


def _country(city: str, text: str, sentences: Sequence[_Sentence]) -> tuple[str, str]:
    """Return the country of a city and why it is that one; ("", "") where that is not plain."""
    beside = places.country_beside(city, text)
    if beside:
        return beside, _where_named(city, "", [s for s in sentences if city in s.text]) or "text"
    possible = places.countries_of(city)
    named = places.countries_named(text)
    if len(possible) == 1:
        return possible[0], f"GeoNames knows one city named {city}"
    if possible:
        fitting = [code for code in named if code in possible]
        if len(fitting) == 1:
            return fitting[0], "the text names the country"
        return "", ""
    if len(named) == 1 and named.total() > 1:
        return next(iter(named)), "the only country that the text names"
    return "", ""


def country_name(code: str) -> str:
    """Return a country's English name (Unicode CLDR)."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


def _award(document: Document, sentences: Sequence[_Sentence]) -> dict[str, Proposal]:
    found: dict[str, Proposal] = {}
    years: dict[int, tuple[int, str]] = {}
    for sentence in [_Sentence(document.title, "title"), *sentences]:
        named = _AWARD.search(sentence.text)
        if named and "award" not in found:
            found["award"] = Proposal(AWARD, sentence.quoted(named[0]))
        titled = sentence.place == "title" and bool(_TITLED.search(sentence.text))
        if not named and not titled:
            continue
        score = 1 + 2 * bool(named) + 2 * bool(_GIVEN.search(sentence.text))
        named_years = list(_YEAR.finditer(sentence.text))
        for match in named_years:
            alone = len(named_years) == 1
            if alone and named and not _stand_together(sentence.text, match, named):
                continue
            year = int(match[1])
            if score > years.get(year, (0, ""))[0]:
                years[year] = (score, sentence.quoted(match[0]))
    best = max((score for score, _ in years.values()), default=0)
    fitting = [year for year, (score, _) in years.items() if score == best]
    if len(fitting) == 1:
        found["year"] = Proposal(fitting[0], years[fitting[0]][1])
    return found


def _stand_together(text: str, year: re.Match[str], award: re.Match[str]) -> bool:
    """Return whether no other clause stands between a year and the award."""
    first, second = sorted((year, award), key=lambda match: match.start())
    return not re.search(r"\band\b|;", text[first.end() : second.start()])


def _population(
    sentences: Sequence[_Sentence], known: Mapping[str, Proposal]
) -> dict[str, Proposal]:
    told = 0
    if "city" in known and "country_code" in known:
        told = places.inhabitants(known["city"].value, known["country_code"].value)
    candidates: list[tuple[int, int, str]] = []
    for sentence in sentences:
        for score, pattern in _POPULATION:
            for match in pattern.finditer(sentence.text):
                number = _number(match[1])
                factor = _FACTOR if score > 1 else _NEAR_FACTOR
                fits = told / factor <= number <= told * factor if told else score > 1
                if _SMALLEST <= number <= _LARGEST and fits:
                    candidates.append((score, number, sentence.quoted(match[1])))
    best = max((score for score, _, _ in candidates), default=0)
    numbers = {number: where for score, number, where in candidates if score == best}
    if len(numbers) != 1:
        return {}
    number, where = next(iter(numbers.items()))
    return {"population": Proposal(number, where)}


def _number(text: str) -> int:
    if text.endswith(" million"):
        return round(float(text.removesuffix(" million")) * 1_000_000)
    return int(re.sub(r"\D", "", text))


def _language(text: str) -> str:
    return str(_identifier().classify(text[:20_000].casefold())[0])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def _themes(text: str) -> dict[str, Proposal]:
    """Return the themes whose words a text says most, each with how often."""
    said: Counter[str] = Counter()
    find = _theme_finder()
    listed = [word.folded for word in words(text)]
    position = 0
    while position < len(listed):
        for count in range(_LONGEST_THEME, 0, -1):
            theme = find(" ".join(listed[position : position + count]))
            if theme:
                said[theme] += 1
                position += count - 1
                break
        position += 1
    often = [(theme, count) for theme, count in said.most_common(_MOST_THEMES)
             if count >= _THEME_SAID]  # fmt: skip
    if not often:
        return {}
    counted = ", ".join(f"{theme} {count} times" for theme, count in often)
    return {"themes": Proposal(tuple(theme for theme, _ in often), f"their words: {counted}")}


@lru_cache(maxsize=1)
def _theme_finder() -> Callable[[str], str]:
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for theme, spellings in data("themes").items():
        for spelling in spellings:
            table = beginnings if spelling.endswith("*") else whole
            table[key(spelling.rstrip("*"))] = theme
    lengths = sorted({len(beginning) for beginning in beginnings}, reverse=True)

    @lru_cache(maxsize=50_000)
    def find(run: str) -> str:
        if run in whole:
            return whole[run]
        if " " in run:
            return ""
        return next((beginnings[run[:n]] for n in lengths if run[:n] in beginnings), "")

    return find
