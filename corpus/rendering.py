"""The text of a story file, from a story. Reading it back is `corpus.markdown`'s."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.story import Source, Story

_PLAIN = re.compile(r"[^\W\d_][\w '’.()/-]*(?<! )")
# YAML 1.1 reads these words as true, false or nothing: `country_code: NO` would not be Norway.
_NOT_TEXT_IN_YAML = frozenset(["y", "n", "yes", "no", "true", "false", "on", "off", "null"])


def body_text(story: Story) -> str:
    """Return what a reader sees of a story: lead and sections, without footnote marks."""
    blocks: list[str] = []
    for section in story.sections:
        if section.title:
            blocks.append(f"## {section.title}")
        blocks.extend(paragraph.text for paragraph in section.paragraphs)
    return "\n\n".join(blocks)


def story_text(story: Story) -> str:
    """Return the whole text of the story's file, in the one form all story files have.

    It does not ask whether the text can be read back; `corpus.markdown.write_story` does.
    """
    blocks: list[str] = []
    for section in story.sections:
        if section.title:
            blocks.append(f"## {section.title}")
        for paragraph in section.paragraphs:
            marks = "".join(f" [^{key}]" for key in paragraph.sources)
            blocks.append(paragraph.text + marks)
    front = "\n".join(_front_matter(story))
    notes = "\n".join(source_line(source) for source in story.sources)
    return f"---\n{front}\n---\n\n" + "\n\n".join([*blocks, notes]) + "\n"


def source_line(source: Source) -> str:
    """Return the footnote that defines a source: `[^key]: [Title](URL). Publisher, year.`"""
    title = f"[{source.title}]({source.url})" if source.url else source.title
    date = " ".join(str(part) for part in (source.month, source.year) if part)
    origin = ", ".join(part for part in (source.publisher, date) if part)
    return f"[^{source.key}]: {title}." + (f" {origin}." if origin else "")


def _front_matter(story: Story) -> Iterator[str]:
    yield f"title: {json.dumps(story.title, ensure_ascii=False)}"
    for key in ("city", "country", "country_code", "region", "award"):
        yield f"{key}: {_scalar(getattr(story, key))}"
    yield f"year: {story.year}"
    if story.population is not None:
        yield f"population: {story.population}"
    yield f"language: {_scalar(story.language)}"
    yield f"themes: [{', '.join(_scalar(theme) for theme in story.themes)}]"
    if story.status is not None:
        yield f"status: {_scalar(story.status)}"


def _scalar(value: str) -> str:
    """Return a YAML scalar: bare where every YAML reader sees text in it, else quoted."""
    if _PLAIN.fullmatch(value) and value.casefold() not in _NOT_TEXT_IN_YAML:
        return value
    return json.dumps(value, ensure_ascii=False)
