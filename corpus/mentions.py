"""What a question names: cities, countries, regions, years, themes, and places of no story."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from babel import localedata

from corpus.gazetteer import FarNames
from corpus.names import Kind, Meaning, NamesIndex, Part, word_list
from corpus.place import Place
from corpus.spelling import Word, is_joined, key, without_ending, without_prefix, words

_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d%]|[.,]\d|er\b|[’']?s\b)")
# What stands between a place and the country it lies in.
_LOCATED = re.compile(r"(?:['’]s)?(?:, | \(|,? in | en | em | - )")
_LONGEST_NAME = 6
_LONGEST_JOINED = 12
# What may follow a Korean name in the same word: city, district, particles.
_KOREAN_TAIL = re.compile(
    r"(?:특별시|광역시|시|구|군|도)?(?:의|에|에서|에는|에서는|에서도|에도|은|는|이|가|을|를|과|와|도|로|으로|만|까지|부터|이나|나|인|"
    r"에게|처럼|보다|이란|라는|이라는|입니까|인가요|이다|들은|들이|들의|들)?"
)


@dataclass(frozen=True)
class Mention:
    """One name in a question: `question[start:end] == text`.

    `value` is a city as the stories write it, a country code, the name of a part of the world, a
    year, a theme key, or for kind "elsewhere" the English name of a place no story is about.
    `firm` is False where the words may mean something else: "Greek" may be the language.
    """

    kind: Kind
    value: str
    text: str
    start: int
    end: int
    firm: bool = True


@dataclass(frozen=True)
class Mentions:
    """What a question names, in the order of the question, each once.

    `countries` are codes of countries with stories, also those of a named group such as the Nordic
    ones; `within` are the cities of stories in a named part of a country, such as Scotland or
    Seoul. `elsewhere` are cities and countries, named by noun, that no story is about.
    `firm_countries` and `firm_regions` are those that cannot well mean anything else.
    """

    cities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    firm_countries: tuple[str, ...] = ()
    firm_regions: tuple[str, ...] = ()
    spans: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class MentionReader:
    """Finds names in questions.

    `city_countries` maps each city with stories to the codes of its countries. `far` is called
    when first needed, because the gazetteer takes a moment to load.
    """

    names: NamesIndex
    parts: dict[str, Part]
    city_countries: dict[str, frozenset[str]]
    far: Callable[[], FarNames]

    def read(self, question: str) -> Mentions:
        """Return what a question names."""
        text = question
        found = sorted(
            [*self._names_in(text), *_years_in(text)], key=lambda each: (each.start, each.kind)
        )
        return self._gather(self._located(found, text))

    def _names_in(self, text: str) -> Iterator[Mention]:
        listed = words(text)
        small = not any(character.isupper() for character in text[1:])
        position = 0
        while position < len(listed):
            word = listed[position]
            if is_joined(word.text[0]):
                yield from self._joined_in(text, word)
                position += 1
                continue
            taken = 1
            for count in range(min(_LONGEST_NAME, len(listed) - position), 0, -1):
                run = listed[position : position + count]
                if count > 1 and re.search(r"[!?:;\n]", text[run[0].start : run[-1].end]):
                    continue
                here = Place(text, listed, position, count, small)
                mentions = list(self._known(here)) or list(self._far(here))
                if mentions:
                    yield from mentions
                    taken = count
                    break
            position += taken

    def _known(self, here: Place) -> Iterator[Mention]:
        for meaning in self._meanings(here.run):
            if meaning.cased and not here.capital and not self._may_be_small(meaning, here):
                continue
            if meaning.kind == "theme" and not here.capital and meaning.cased:
                continue
            firm = not meaning.adjective or here.beside_place_noun()
            if meaning.kind == "part" and meaning.value == "England" and not firm:
                continue
            yield _mention(here, meaning.kind, meaning.value, firm)

    def _meanings(self, run: Sequence[Word]) -> tuple[Meaning, ...]:
        folded = " ".join(word.folded for word in run)
        if folded in self.names.exact:
            return self.names.exact[folded]
        first, last = run[0], run[-1]
        rest = folded[len(first.folded) :]
        for cut in without_prefix(first):
            if cut + rest in self.names.exact:
                return self.names.exact[cut + rest]
        if len(run) == 1:
            for length in range(len(folded) - 1, 2, -1):
                if folded[:length] in self.names.beginnings:
                    return self.names.beginnings[folded[:length]]
        start = folded[: len(folded) - len(last.folded)]
        for cut in without_ending(last):
            stemmed = start + cut
            if stemmed in self.names.stems and (last.capital or len(run) > 1):
                return tuple(m for m in self.names.stems[stemmed] if self._inflects(m, last))
        return ()

    @staticmethod
    def _inflects(meaning: Meaning, word: Word) -> bool:
        """Countries' stems are too many to guess endings on, except where names always inflect."""
        return meaning.kind == "city" or word.script in ("GREEK", "CYRILLIC")

    def _may_be_small(self, meaning: Meaning, here: Place) -> bool:
        if meaning.kind == "city":
            return here.folded not in word_list("story_cities") or here.place_expected()
        if here.folded in word_list("country_words"):
            return False
        return here.all_small and meaning.kind != "theme"

    def _far(self, here: Place) -> Iterator[Mention]:
        far = self.far()
        city = far.large.get(here.folded)
        if city is None:
            endings = without_ending(here.run[-1]) if len(here.run) == 1 else []
            if here.run[0].script in ("GREEK", "CYRILLIC"):
                city = next((far.stems[cut] for cut in endings if cut in far.stems), None)
            for cut in without_prefix(here.run[0]) if len(here.run) == 1 else []:
                city = city or far.large.get(cut)
        if city is not None and here.may_name(city):
            yield _mention(here, "elsewhere", city.name)
            return
        little = far.small.get(here.folded)
        if little is not None and here.capital and here.place_expected() and here.stands_alone():
            yield _mention(here, "elsewhere", little.name)

    def _joined_in(self, text: str, word: Word) -> Iterator[Mention]:
        position = word.start
        far = self.far()
        while position < word.end:
            taken = 1
            for length in range(_LONGEST_JOINED, 1, -1):
                piece = text[position : position + length]
                if len(piece) < length or not _stands(text, position, length, word):
                    continue
                end = position + length
                meanings = self.names.joined.get(piece, ())
                for meaning in meanings:
                    yield Mention(meaning.kind, meaning.value, piece, position, end)
                if not meanings and piece in far.joined:
                    name = far.joined[piece].name
                    yield Mention("elsewhere", name, piece, position, end)
                    meanings = (Meaning("elsewhere", name),)
                if meanings:
                    taken = length
                    break
            position += taken

    def _located(self, found: list[Mention], text: str) -> list[Mention]:
        """Return the mentions with "Cuenca, Spain" taken as one place, and foreign countries moved.

        A country that only says where a place elsewhere lies stays a span and is not told again.
        """
        with_stories = frozenset().union(*self.city_countries.values())
        located: list[Mention] = []
        for mention in found:
            before = located[-1] if located else None
            if mention.kind == "country" and before is not None:
                beside = _LOCATED.fullmatch(text, before.end, mention.start) is not None
                if beside and self._is_namesake(before, mention.value):
                    name = f"{before.text}, {_english(mention.value)}"
                    located[-1] = replace(before, kind="elsewhere", value=name)
                if beside and located[-1].kind == "elsewhere":
                    located.append(mention)
                    continue
            foreign = mention.kind == "country" and mention.value not in with_stories
            if foreign and mention.firm:
                mention = replace(mention, kind="elsewhere", value=_english(mention.value))
            located.append(mention)
        return located

    def _is_namesake(self, city: Mention, country: str) -> bool:
        """Return whether another city of a story city's name lies in this country."""
        if city.kind != "city" or country in self.city_countries[city.value]:
            return False
        return (key(city.text), country) in self.far().twins

    def _gather(self, found: list[Mention]) -> Mentions:
        with_stories = frozenset().union(*self.city_countries.values())
        lists: dict[str, list[str]] = {name: [] for name in Mentions.__dataclass_fields__}
        for mention in found:
            for name, values in self._told(mention, with_stories):
                lists[name] += [value for value in values if value not in lists[name]]
        years = tuple(int(year) for year in lists.pop("years"))
        lists.pop("spans")
        return Mentions(
            years=years, spans=tuple(found), **{name: tuple(each) for name, each in lists.items()}
        )

    def _told(
        self, mention: Mention, with_stories: frozenset[str]
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield the field of Mentions and the values that a mention adds to it."""
        one = [mention.value]
        if mention.kind == "country" and mention.value in with_stories:
            yield "countries", one
            if mention.firm:
                yield "firm_countries", one
        elif mention.kind == "part":
            part = self.parts[mention.value]
            countries = [code for code in (*part.countries, part.within) if code in with_stories]
            yield "regions", [part.region] if part.region else []
            yield "firm_regions", [part.region] if part.region and mention.firm else []
            yield "countries", countries
            yield "firm_countries", countries if mention.firm else []
            yield "within", [city for city in part.cities if city in self.city_countries]
        else:
            fields = {"city": "cities", "theme": "themes", "year": "years"}
            if mention.kind in fields:
                yield fields[mention.kind], one
            elif mention.kind == "elsewhere":
                yield "elsewhere", one


def _mention(here: Place, kind: Kind, value: str, firm: bool = True) -> Mention:
    start, end = here.run[0].start, here.run[-1].end
    return Mention(kind, value, here.text[start:end], start, end, firm)


def _years_in(text: str) -> Iterator[Mention]:
    for match in _YEAR.finditer(text):
        year = str(int(match[0]))
        yield Mention("year", year, match[0], match.start(), match.end())


def _stands(text: str, position: int, length: int, word: Word) -> bool:
    """Return whether a piece of a joined script can be a word of its own where it stands."""
    first = text[position]
    if "\uac00" <= first <= "\ud7a3":
        if position != word.start:
            return False
        return bool(
            _KOREAN_TAIL.fullmatch(text[position + length : max(word.end, position + length)])
        )
    if "\u30a0" <= first <= "\u30ff":
        around = text[position - 1 : position] + text[position + length : position + length + 1]
        return not any(
            "\u30a0" <= character <= "\u30ff" and character != "・" for character in around
        )
    return True


def _english(code: str) -> str:
    return str(localedata.load("en")["territories"].get(code, code))
