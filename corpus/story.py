"""The model of a story: what a city did, paragraph by paragraph, and the sources it rests on."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from corpus.errors import CorpusError
from corpus.rendering import body_text, story_text
from corpus.vocabulary import COUNTRY_CODES, REGIONS, THEMES

__all__ = [
    "COUNTRY_CODES",
    "REGIONS",
    "THEMES",
    "Paragraph",
    "Section",
    "Source",
    "Story",
    "lay_out",
    "make_slug",
]


@dataclass(frozen=True)
class Source:
    """A public source that paragraphs of one story name in a footnote.

    `month` is what stands before the year in a few sources ("March" in "March 2012").
    """

    key: str
    title: str
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    month: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """A paragraph without its footnote marks: `story.body[start:end] == text`.

    `sources` are the keys of the story's sources that it names, in their order.
    """

    text: str
    start: int
    end: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Paragraphs under one heading; the lead is the section with the title ""."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Story:
    """The story of one city's award. Make the sections of a new one with `lay_out`."""

    slug: str
    title: str
    city: str
    country: str
    country_code: str
    region: str
    award: str
    year: int
    language: str
    themes: tuple[str, ...]
    population: int | None
    status: str | None
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]

    @cached_property
    def body(self) -> str:
        """The text a quote is cut from: lead and sections with headings, no footnote marks."""
        return body_text(self)

    @cached_property
    def content_hash(self) -> str:
        """The sha256, in hex, of the story's file text: equal hash, equal story."""
        return hashlib.sha256(story_text(self).encode("utf-8", "surrogatepass")).hexdigest()

    def source(self, key: str) -> Source:
        """Return the source with this footnote key.

        Raises CorpusError if the story has none.
        """
        for source in self.sources:
            if source.key == key:
                return source
        raise CorpusError(f"The story {self.slug} has no source [^{key}].")


def lay_out(
    sections: Iterable[tuple[str, Iterable[tuple[str, tuple[str, ...]]]]],
) -> tuple[Section, ...]:
    """Return sections whose paragraphs know their place in the body.

    `sections`: pairs of a title ("" for the lead) and paragraphs, each a pair of its text and the
    keys of its sources. Offsets count characters, as Python's slices do.
    """
    laid: list[Section] = []
    position = 0
    for title, paragraphs in sections:
        if title:
            position += len(f"## {title}\n\n")
        placed: list[Paragraph] = []
        for text, sources in paragraphs:
            placed.append(Paragraph(text, position, position + len(text), sources))
            position += len(text) + len("\n\n")
        laid.append(Section(title, tuple(placed)))
    return tuple(laid)


def make_slug(year: int, city: str) -> str:
    """Return the name of a story's file: the award year and the city in plain letters.

    Raises CorpusError if the city's name holds no Latin letter or digit to make a name from.
    """
    folded = city.casefold().translate(str.maketrans("øłđı", "oldi"))
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    name = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
    if not name:
        raise CorpusError(
            f"No file name can be made from “{city}”; give the story a slug yourself."
        )
    return f"{year}-{name}"
