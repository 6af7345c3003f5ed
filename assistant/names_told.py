"""Whether the names in a written sentence are told by its quotes or by their city."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant.measured import is_unit
from assistant.quantities import quantities
from corpus.catalogue import Catalogue
from corpus.spelling import Word, words
from index.words import content_words

# Names that every quote may be told with, because every story is about this award.
_ALWAYS = frozenset("learning city cities award global network".split())
# German writes every noun with a capital; there, capitals tell nothing.
CAPITAL_NOUNS = frozenset({"de"})
_ALIKE = 0.75
_BEGINNING = 5
_PLACES = ("city", "country", "elsewhere")


def foreign_place(
    sentence: str,
    labels: Sequence[str],
    quotes: Sequence[str],
    catalogue: Catalogue,
    same_language: bool = False,
) -> str | None:
    """Return a city or country, as the sentence names it, that stands in the wrong place, or None.

    That is one that neither a quote nor a label names, or the label's city in the stead of another
    one that the quotes name. Names are understood in the languages that `corpus.names` knows.

    :param same_language: the sentence is in the quotes' language. Then a place must be spelled in
        them: "Moroccan" does not tell "Morocco".
    """
    named = [m for m in catalogue.mentions(sentence).spans if m.kind in _PLACES and m.firm]
    if not named:
        return None
    in_quotes = [m for text in quotes for m in catalogue.mentions(text).spans]
    in_labels = [m for text in labels for m in catalogue.mentions(text).spans]
    known = {m.value for m in (in_labels if same_language else in_quotes + in_labels)}
    spelled = {word.folded for text in (*labels, *quotes) for word in words(text)}
    for mention in named:
        written = all(word.folded in spelled for word in words(mention.text))
        if mention.value not in known and not written:
            return mention.text
    values = {m.value for m in named}
    cities = {m.value for m in in_quotes if m.kind in ("city", "elsewhere") and m.firm}
    stead = [m for m in named if m.kind == "city" and m.value not in {q.value for q in in_quotes}]
    return stead[0].text if stead and cities and not cities & values else None


def guessed_owner(sentence: str, cities: Sequence[str], quotes: Sequence[str]) -> str | None:
    """Return what a sentence in English says is a city's where the quotes have a pronoun, or None.

    "Its extension" may be the programme's; whose it is, the quote alone does not tell.
    """
    for city in cities:
        for owned in re.findall(rf"\b{re.escape(city)}['’]s?\s+(\w+)", sentence):
            pronoun = re.compile(rf"\b(?:its|their|his|her)\s+{re.escape(owned)}\b", re.IGNORECASE)
            if any(pronoun.search(quote) for quote in quotes):
                return f"{city}'s {owned}"
    return None


def unknown_name(sentence: str, told: Sequence[str], language: str) -> str | None:
    """Return a capitalised word of a sentence that no text in `told` has, or None.

    Only for a sentence in the language of the quotes: elsewhere names are translated. The first
    word does not count unless a second capital follows, and neither does a known abbreviation.
    """
    if language in CAPITAL_NOUNS:
        return None
    listed = words(sentence)
    spelled = {word.folded for text in told for word in words(text)}
    dates = {(q.start, q.end) for q in quantities(sentence, language)}
    initials = {run for text in told for run in _initials(words(text))}
    for number, word in enumerate(listed):
        if not word.capital or len(word.text) < 2 or word.folded in spelled | _ALWAYS | initials:
            continue
        if is_unit(word.text) or (word.start, word.end) in dates:
            continue
        if number == 0 or _opens(sentence, word):
            following = listed[number + 1 : number + 2]
            if not (following and following[0].capital and content_words(word.text)):
                continue
        if not any(_alike(word.folded, other) for other in spelled):
            return word.text
    return None


def names_not_alike(sentence: str, told: Sequence[str]) -> list[tuple[int, str]]:
    """Return the Latin capitalised words, and their places, that no text has in a like spelling.

    For a sentence in another language than its quotes: such a word is either a name that they do
    not tell, or a translated one, which only its meaning can tell. The first word does not count.
    """
    spelled = {word.folded for text in told for word in words(text)}
    return [
        (word.start, word.text)
        for word in words(sentence)[1:]
        if word.script == "LATIN" and word.capital and len(word.text) > 1
        if word.folded not in spelled | _ALWAYS
        if not any(_alike(word.folded, other) for other in spelled)
    ]


def _opens(sentence: str, word: Word) -> bool:
    return sentence[: word.start].rstrip(" \"'“‘«(").endswith((".", "!", "?", ":"))


def _alike(name: str, other: str) -> bool:
    """Tell whether two folded words are one name: an ending apart, or nearly spelled alike."""
    if len(name) >= _BEGINNING and len(other) >= _BEGINNING and name[:5] == other[:5]:
        return True
    if abs(len(name) - len(other)) > 3 or min(len(name), len(other)) < 4:
        return name.removesuffix("s") == other.removesuffix("s")
    return name[0] == other[0] and SequenceMatcher(None, name, other).ratio() >= _ALIKE


def _initials(listed: Sequence[Word]) -> list[str]:
    """Return the abbreviations that runs of capitalised words give."""
    found, run = [], ""
    for word in listed:
        if word.capital:
            run += word.folded[0]
            found += [run[-n:] for n in range(2, len(run) + 1)]
        elif len(word.text) > 3:
            run = ""
    return found
