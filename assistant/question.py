"""A question understood: cleaned, its language, what it names, and where to look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.conversation import Meaning, follow, interpret
from assistant.listing import Listing
from assistant.small_talk import SmallTalk
from assistant.thread import Thread, Turn
from corpus.catalogue import Catalogue, Mentions
from corpus.story import Story

__all__ = ["EVERYWHERE", "LONGEST", "Question", "Scope", "Turn", "clean", "understand"]

LONGEST = 2000
# How strongly a story is preferred whose city, country, … the question names. A name of its city
# is a near certain sign; an award year alone says little, because other years are named too.
_CITY, _COUNTRY, _REGION, _YEAR = 1.0, 0.5, 0.25, 0.1
_NAMES = ("city", "country", "region", "within")


@dataclass(frozen=True)
class Scope:
    """Filters set by the reader, not by the question's words; empty means no filter."""

    city: str = ""
    country: str = ""
    region: str = ""
    year: int | None = None
    theme: str = ""


EVERYWHERE = Scope()


@dataclass(frozen=True)
class Question:
    """What a question asks, and of which stories.

    `standalone` is the question as it reads without its conversation; `inherited` says in words
    what it took from earlier turns, "" if nothing; `topic` is a section it took. `several`: it
    wants to hear of several cities and names none. `listing`: what it asks of the catalogue, and
    `small_talk`: how it is polite, where it does not ask what stories tell.

    `stories`: the slugs that the reader's filters leave, None without filters. `preferred`: by
    slug, between 0 and 1, how strongly the question's own words point to a story. `compared`: for
    each city of a question that names several, the slugs of its stories.
    """

    text: str
    standalone: str
    language: str
    mentions: Mentions
    stories: tuple[str, ...] | None = None
    preferred: Mapping[str, float] = field(default_factory=dict)
    compared: tuple[frozenset[str], ...] = ()
    inherited: str = ""
    topic: str = ""
    several: bool = False
    listing: Listing | None = None
    small_talk: SmallTalk | None = None

    @property
    def names(self) -> tuple[tuple[int, int], ...]:
        """The stretches of the stand-alone question that name a place of a story."""
        return tuple((m.start, m.end) for m in self.mentions.spans if m.kind in _NAMES)

    @property
    def about(self) -> str:
        """What was recognised, in words, such as "Cork, 2015"; empty if nothing was."""
        places = [*self.mentions.cities, *self.mentions.regions]
        words = [*places, self.topic, *map(str, self.mentions.years)]
        return ", ".join(filter(None, words))


def understand(
    text: str, catalogue: Catalogue, scope: Scope = EVERYWHERE, history: Sequence[Turn] = ()
) -> Question:
    """Return a question as the later steps need it.

    :param text: what the reader typed.
    :param catalogue: the stories it may name.
    :param scope: the reader's filters.
    :param history: earlier turns, oldest first; with none, the question inherits nothing.
    """
    cleaned = clean(text)
    thread = follow(history, catalogue) if history else Thread()
    meaning = interpret(cleaned[:LONGEST], thread, catalogue)
    mentions = meaning.mentions
    return Question(
        text=cleaned,
        standalone=meaning.standalone if len(cleaned) <= LONGEST else cleaned,
        language=meaning.language,
        mentions=mentions,
        stories=_filtered(catalogue, scope),
        preferred=_preferred(catalogue.stories, meaning),
        compared=_compared(catalogue.stories, mentions),
        inherited=meaning.inherited,
        topic=meaning.topic,
        several=meaning.several,
        listing=meaning.listing,
        small_talk=meaning.small_talk,
    )


def clean(text: str) -> str:
    """Return a question without control and direction characters, in one line, composed."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if c.isspace() else c
        for c in composed
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return re.sub(r" {2,}", " ", kept).strip()


def _filtered(catalogue: Catalogue, scope: Scope) -> tuple[str, ...] | None:
    if scope == EVERYWHERE:
        return None
    chosen = catalogue.select(
        city=scope.city or None,
        country=scope.country or None,
        region=scope.region or None,
        year=scope.year,
        theme=scope.theme or None,
    )
    return tuple(story.slug for story in chosen)


def _compared(stories: Sequence[Story], mentions: Mentions) -> tuple[frozenset[str], ...]:
    if len(mentions.cities) < 2:
        return ()
    return tuple(
        frozenset(story.slug for story in stories if story.city == city) for city in mentions.cities
    )


def _preferred(stories: Sequence[Story], meaning: Meaning) -> dict[str, float]:
    found: dict[str, float] = {}
    mentions = meaning.mentions
    for story in stories:
        # Of a city that won twice, the conversation may mean one story.
        meant = story.slug in meaning.focus or not meaning.focus
        named = max(
            (_CITY if meant else _COUNTRY) * (story.city in mentions.cities),
            _COUNTRY * (story.country_code in mentions.countries or story.city in mentions.within),
            _REGION * (story.region in mentions.regions),
        )
        weight = named + _YEAR * (story.year in mentions.years)
        if weight:
            found[story.slug] = weight
    return found
