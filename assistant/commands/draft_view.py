"""A draft, as a person confirms it and as a program reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.commands.terminal import say, wrapped
from corpus.errors import CorpusError
from corpus.front_matter import REQUIRED
from corpus.likeness import Likeness
from corpus.reading.draft import Draft

_SHOWN = ("title", "city", "country", "region", "award", "year", "population", "language", "themes")
_WIDTH = 11


def say_draft(draft: Draft, said: Mapping[str, Any], near: tuple[Likeness, ...]) -> None:
    """Print what was read: facts with where they were found, sections, near stories."""
    say(wrapped(f"{draft.name}: {draft.words} words, read as {draft.format}"))
    for name in _SHOWN:
        proposal = draft.proposals.get(name)
        if name in said:
            value, found = said[name], "as you say"
        elif proposal is not None:
            value, found = proposal.value, proposal.found
        else:
            value, found = "?", "not told" + ("" if name in REQUIRED else ", may be left out")
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        say(wrapped(f"{shown}  ({found})", f"  {name:<{_WIDTH}}", " " * (_WIDTH + 4)))
    for title, paragraphs in draft.sections:
        count = f"{len(paragraphs)} paragraph{'' if len(paragraphs) == 1 else 's'}"
        say(wrapped(f"{title or 'opening'}: {count}", "  - ", "    "))
    for note in draft.notes:
        say(wrapped(f"Note: {note}", "  ", "  "))
    for likeness in near:
        say(wrapped(f"Much of it stands in {likeness.known.slug} ({likeness.share:.0%}):", "  "))
        for own, other in likeness.pairs:
            say(wrapped(own, "    new:   ", "           "))
            say(wrapped(other, "    known: ", "           "))


def described(draft: Draft, said: Mapping[str, Any], near: tuple[Likeness, ...]) -> dict[str, Any]:
    """Return a draft as JSON has it."""
    fields = {
        name: {"value": _plain(proposal.value), "found": proposal.found}
        for name, proposal in draft.proposals.items()
    }
    fields |= {name: {"value": _plain(value), "found": "said"} for name, value in said.items()}
    try:
        slug = draft.story(**said).slug
    except CorpusError:
        slug = ""
    return {
        "name": draft.name,
        "format": draft.format,
        "slug": slug,
        "fields": fields,
        "missing": list(draft.missing(said)),
        "sections": [
            {"title": title, "paragraphs": [text for text, _ in paragraphs]}
            for title, paragraphs in draft.sections
        ],
        "sources": [{"title": source.title, "url": source.url} for source in draft.sources],
        "notes": list(draft.notes),
        "alike": [
            {
                "slug": likeness.known.slug,
                "share": round(likeness.share, 3),
                "pairs": [{"new": own, "known": other} for own, other in likeness.pairs],
            }
            for likeness in near
        ],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
