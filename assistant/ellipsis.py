"""Questions that are not whole ("And in Limerick?"), and the earlier one that completes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.wording import has_phrases, says
from corpus.catalogue import Catalogue, Mention, Mentions
from corpus.spelling import is_joined, words
from index.words import content_words

# A question of so few words (or characters, in scripts without spaces) may be a fragment; in a
# language whose question words are not known, only one of very few.
_FRAGMENT_WORDS, _FRAGMENT_CHARACTERS, _BARE_WORDS = 8, 14, 3
# A question with so few words of its own matter needs the topic of the one before it.
_THIN = 5


def corrects_year(text: str, spoken: Sequence[str]) -> bool:
    """Tell whether a question only moves the year of the one before it."""
    moves = says("year_after", text, spoken) or says("year_before", text, spoken)
    return moves and says("corrects", text, spoken) and not text.rstrip().endswith(("?", "？", "؟"))


def is_fragment(text: str, spoken: Sequence[str]) -> bool:
    """Tell whether a question is no whole one: short, and without what makes a question."""
    if says("asks", text, spoken):
        return False
    if not any(has_phrases(language) for language in spoken):
        return len(words(text)) <= _BARE_WORDS
    joined = sum(is_joined(character) for character in text)
    if joined > len(text) / 3:
        return joined <= _FRAGMENT_CHARACTERS
    return len(words(text)) <= _FRAGMENT_WORDS


def is_thin(text: str) -> bool:
    """Tell whether a question says so little that it needs the topic of the one before it."""
    return len(content_words(text)) <= _THIN


def own_matter(text: str, mentions: Mentions) -> list[str]:
    """Return the words of a fragment that are no names and no function words."""
    kept = list(text)
    for span in mentions.spans:
        kept[span.start : span.end] = " " * (span.end - span.start)
    return content_words("".join(kept))


def at_year(earlier: str, text: str, mentions: Mentions, spoken: Sequence[str]) -> str:
    """Return an earlier question with its year as a correction or fragment has it."""
    step = says("year_after", text, spoken) - says("year_before", text, spoken)
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", earlier)
    if year is None:
        return earlier
    if step:
        return earlier.replace(year[0], str(int(year[0]) + step))
    if len(mentions.years) == 1:
        return earlier.replace(year[0], str(mentions.years[0]))
    return earlier


def at_place(earlier: str, place: str, catalogue: Catalogue) -> str:
    """Return an earlier question with another place in the stead of its own."""
    spans: list[Mention] = [
        s
        for s in catalogue.mentions(earlier).spans
        if s.kind in ("city", "country", "part", "elsewhere")
    ]
    if not spans or not place:
        return f"{earlier} ({place})" if place else earlier
    for number, span in reversed(list(enumerate(spans))):
        new = place if number == 0 else ""
        earlier = earlier[: span.start] + new + earlier[span.end :]
    return re.sub(r" {2,}", " ", earlier)
