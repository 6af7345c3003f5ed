"""A draft: what was read, laid out as a story, with proposals for the facts a person confirms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from corpus.errors import CorpusError
from corpus.front_matter import REQUIRED
from corpus.reading.booklet import by_city
from corpus.reading.document import Document
from corpus.reading.facts import Proposal, propose
from corpus.story import Source, Story, lay_out, make_slug

Sections = tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
Outline = list[tuple[str, list[tuple[str, tuple[str, ...]]]]]


@dataclass(frozen=True)
class Draft:
    """A story before a person has confirmed its facts.

    `name` is the file's or the address. `sections` and `sources` are as in `lay_out` and `Story`.
    `slug` is set where the file is a story file already, and its name fits.
    """

    name: str
    format: str
    sections: Sections
    sources: tuple[Source, ...]
    proposals: Mapping[str, Proposal]
    notes: tuple[str, ...] = ()
    slug: str = ""

    def story(self, **confirmed: Any) -> Story:
        """Return the story with what was confirmed, and else what was proposed.

        :param confirmed: fields of a story's front matter, and `slug`.
        :raises CorpusError: a fact that every story needs is in neither.
        """
        if missing := [name.replace("_", " ") for name in self.missing(confirmed)]:
            raise CorpusError(
                f"“{self.name}” does not tell its {_listed(missing)}: say "
                f"{'it' if len(missing) == 1 else 'them'} when you add it."
            )
        facts = self._facts(confirmed)
        slug = facts.pop("slug", "") or self.slug or make_slug(facts["year"], facts["city"])
        return self._as_story(slug, facts)

    def provisional(self, confirmed: Mapping[str, Any]) -> Story:
        """Return the story with gaps where a fact is missing yet: to look at, never to be saved."""
        facts = self._facts(confirmed)
        facts.pop("slug", None)
        gaps: dict[str, Any] = {**dict.fromkeys(REQUIRED, "?"), "year": 0, "themes": ()}
        return self._as_story("draft", {**gaps, **{n: fact for n, fact in facts.items() if fact}})

    def missing(self, confirmed: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the facts that every story needs and that are neither confirmed nor proposed.

        A country brings its code, so the code alone is never asked for.
        """
        facts = self._facts(confirmed)
        lacks = [name for name in REQUIRED if not facts.get(name)]
        return tuple(n for n in lacks if n != "country_code" or "country" not in lacks)

    def _facts(self, confirmed: Mapping[str, Any]) -> dict[str, Any]:
        proposed = {name: proposal.value for name, proposal in self.proposals.items()}
        return {**proposed, **confirmed}

    def _as_story(self, slug: str, facts: Mapping[str, Any]) -> Story:
        optional = {"population": None, "status": None}
        return Story(
            slug=slug,
            sections=lay_out(self.sections),
            sources=self.sources,
            **{**optional, **facts},
        )

    @property
    def words(self) -> int:
        """How many words the draft's paragraphs have."""
        return sum(len(text.split()) for _, paragraphs in self.sections for text, _ in paragraphs)


def drafts_of(
    document: Document, name: str, countries: Mapping[str, str] | None = None
) -> tuple[Draft, ...]:
    """Return the drafts that a document holds: one a city where it tells of several.

    `countries` gives the names by which the library calls countries, by code.
    """
    return tuple(_draft(part, document.title, name, countries or {}) for part in by_city(document))


def _draft(part: Document, whole: str, name: str, countries: Mapping[str, str]) -> Draft:
    origin = whole or part.title or name
    places = list(dict.fromkeys((b.place, b.anchor) for b in part.blocks if not b.level))
    keys = _keys(places)
    sections, notes = _as_sections(_outline(part, keys))
    return Draft(
        name,
        part.format,
        sections,
        tuple(_source(keys[place], *place, part, origin) for place in places),
        propose(part, countries),
        (*part.notes, *notes),
    )


def _keys(places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return a footnote key for each place, made of its words: "page-3"."""
    keys: dict[tuple[str, str], str] = {}
    for number, (place, anchor) in enumerate(places, 1):
        key = "-".join(re.findall(r"[A-Za-z0-9]+", place or anchor)).lower()[:60] or "source"
        keys[place, anchor] = f"{key}-{number}" if key in keys.values() else key
    return keys


def _outline(part: Document, keys: Mapping[tuple[str, str], str]) -> Outline:
    outline: Outline = [("", [])]
    for block in part.blocks:
        opens = len(outline) == 1 and not outline[0][1]
        if not block.level:
            outline[-1][1].append((block.text, (keys[block.place, block.anchor],)))
        elif opens and block.text == part.title:
            continue
        elif outline[-1][1] or len(outline) == 1:
            outline.append((block.text, []))
        else:
            # A heading right below another: both name what follows.
            outline.append((f"{outline.pop()[0]}: {block.text}", []))
    return outline


def _as_sections(outline: Outline) -> tuple[Sections, list[str]]:
    """Return sections as the story file wants them: a lead first, titles that differ, no empty."""
    notes: list[str] = []
    lead = outline[0][1]
    kept = [(title, list(paragraphs)) for title, paragraphs in outline[1:] if paragraphs]
    if outline[1:] and not outline[-1][1]:
        notes.append(f"The heading “{outline[-1][0]}” has no text and is left out.")
    if not lead and kept:
        title, paragraphs = kept[0]
        lead = [paragraphs.pop(0)]
        if not paragraphs:
            kept.pop(0)
            notes.append(f"The heading “{title}” is left out: a story opens without one.")
    named: dict[str, int] = {}
    sections: list[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]] = [("", tuple(lead))]
    for title, paragraphs in kept:
        number = named[title.casefold()] = named.get(title.casefold(), 0) + 1
        shown = title if number == 1 else f"{title} ({number})"
        sections.append((shown, tuple(paragraphs)))
    return tuple(sections), notes


def _source(key: str, place: str, anchor: str, part: Document, origin: str) -> Source:
    """Return the source that paragraphs rest on: the document, at the place where they stand."""
    title = f"{origin}, {place}" if place else origin
    publisher = _without_stops(part.publisher) or None
    if not part.address:
        # Without a link a full stop would end the title when the file is read.
        return Source(key, _without_stops(title), publisher)
    address = part.address.split("#")[0] + (f"#{quote(anchor, safe='=')}" if anchor else "")
    url = quote(address, safe=":/?#[]@!$&'*+,;=%~-._")
    return Source(key, title.replace("](", "] ("), publisher, url=url)


def _without_stops(text: str) -> str:
    return text.replace(". ", " · ").rstrip(". ")


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
