"""Story → passages: what is found, with the offsets back into the story."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from corpus.story import Paragraph, Section, Story
from index.sentences import sentence_spans

# Paragraphs of the bundled stories have 101 words at most. Longer ones, in a story that staff
# add, are cut between sentences so that a passage stays one thought and fits the encoder.
MAX_WORDS = 120
# The same for a sentence without an end or a script without spaces: about what the encoder reads.
MAX_CHARACTERS = 900
_BREAK = re.compile(r"\s+")


@dataclass(frozen=True)
class Passage:
    """A stretch of one paragraph: `text == story.body[start:end]`.

    `id` is made of the story's slug and the passage's content, so that it stays the same when
    other paragraphs come and go. `label` is put before the text when it is embedded.
    """

    id: str
    story: str
    label: str
    section: str
    text: str
    start: int
    end: int
    paragraph: int

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The (start, end) offsets of the sentences, counted from the passage's first character."""
        return sentence_spans(self.text)


def passages_of(story: Story) -> tuple[Passage, ...]:
    """Return the passages of a story, in reading order."""
    found: list[Passage] = []
    seen: dict[str, int] = {}
    number = 0
    for section in story.sections:
        for paragraph in section.paragraphs:
            for start, end in _pieces(paragraph):
                text = story.body[start:end]
                digest = hashlib.sha256(f"{section.title}\n{text}".encode()).hexdigest()[:12]
                repeat = seen[digest] = seen.get(digest, 0) + 1
                suffix = f"-{repeat}" if repeat > 1 else ""
                found.append(
                    Passage(
                        id=f"{story.slug}:{digest}{suffix}",
                        story=story.slug,
                        label=_label(story, section),
                        section=section.title,
                        text=text,
                        start=start,
                        end=end,
                        paragraph=number,
                    )
                )
            number += 1
    return tuple(found)


def _label(story: Story, section: Section) -> str:
    place = f"{story.city}, {story.country} ({story.year})"
    return f"{place} — {section.title}: " if section.title else f"{place}: "


def _pieces(paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Yield the body offsets of a paragraph's passages: whole, or cut between sentences."""
    first: int | None = None
    last, words = 0, 0
    for start, end in _units(paragraph.text):
        count = len(paragraph.text[start:end].split())
        if first is not None and (words + count > MAX_WORDS or end - first > MAX_CHARACTERS):
            yield paragraph.start + first, paragraph.start + last
            first, words = None, 0
        first = start if first is None else first
        last, words = end, words + count
    if first is not None:
        yield paragraph.start + first, paragraph.start + last


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a text; one that is too long by itself, in parts between words."""
    for start, end in sentence_spans(text):
        while end - start > MAX_CHARACTERS or len(text[start:end].split()) > MAX_WORDS:
            cut, following = _cut(text, start)
            yield start, cut
            start = following
        yield start, end


def _cut(text: str, start: int) -> tuple[int, int]:
    """Return where the first part of a long sentence ends, and where the next begins."""
    limit = start + MAX_CHARACTERS
    spaces = list(islice(_BREAK.finditer(text, start, limit), MAX_WORDS))
    if not spaces:
        return limit, limit
    following = spaces[-1].end()
    while text[following].isspace():
        following += 1
    return spaces[-1].start(), following
