"""The turns of a conversation, and what they have come to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.listing import Listing
from corpus.catalogue import Catalogue

_QUOTED = re.compile("“([^”]{20,})”")


@dataclass(frozen=True)
class Turn:
    """An earlier question of a conversation and the answer it got.

    `told`: the slug and section of each passage that the answer cited, in its order. Without it,
    they are looked for in the answer's quotes.
    """

    question: str
    answer: str
    told: tuple[tuple[str, str], ...] = ()


def turn_of(answer: Answer) -> Turn:
    """Return the turn that an answer makes in its conversation."""
    told = tuple((citation.story, citation.section) for citation in answer.citations)
    return Turn(answer.question, answer.text, told)


@dataclass(frozen=True)
class Thread:
    """What a conversation has come to.

    `focus`: slugs of the stories it is about now; `seen`: of all it has named, the latest last;
    `listed`: of those its last list gave. `question`: the last question as it stands alone.
    """

    focus: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    question: str = ""
    section: str = ""
    listing: Listing | None = None
    language: str = ""


def told_in(answer: str, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return the slug and section of each quote that an answer holds."""
    found = []
    for quote in _QUOTED.findall(answer):
        for story in catalogue.stories:
            at = story.body.find(quote)
            if at >= 0:
                titles = [s.title for s in story.sections for p in s.paragraphs if p.start <= at]
                found.append((story.slug, titles[-1] if titles else ""))
                break
    return tuple(found)


def named_in(answer: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the slugs of the stories of all cities that an answer names."""
    cities = catalogue.mentions(answer[:2_000]).cities
    return tuple(s.slug for city in cities for s in catalogue.stories if s.city == city)


def appended(seen: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    """Return the slugs seen, the new ones last, each once."""
    added = tuple(new)
    return (*(slug for slug in seen if slug not in added), *added)
