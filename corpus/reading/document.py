"""What every format is read into: headings and paragraphs, each with its place in the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from corpus.errors import CorpusError
from corpus.reading.cleaning import clean, clean_lines

# About the length of a thick book; a story has some thousand words.
MOST_CHARACTERS = 2_000_000
LONGEST_HEADING = 200
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph.

    `level`: 0 for a paragraph, 1 to 6 for a heading. `place`: where it stands, such as "page 3",
    or "". `anchor`: what follows # in an address that opens it there, or "".
    """

    text: str
    level: int = 0
    place: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Document:
    """A file or page as read: nothing of it is known yet but its text.

    `address` is where it is published, or ""; `notes` tell the person what was left out.
    """

    format: str
    title: str
    blocks: tuple[Block, ...]
    address: str = ""
    publisher: str = ""
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the document as values that JSON knows."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Document:
        """Return the document that `as_json` gave."""
        blocks = tuple(Block(**block) for block in values["blocks"])
        return cls(**{**values, "blocks": blocks, "notes": tuple(values["notes"])})


def cleaned(document: Document) -> Document:
    """Return the document with text that a story may hold, and without empty blocks.

    A heading too long for one becomes a paragraph. Raises CorpusError if there is no text at all
    or more than a book's.
    """
    blocks = tuple(_cleaned_blocks(document.blocks))
    length = sum(len(block.text) for block in blocks)
    if not any(block.level == 0 for block in blocks):
        raise CorpusError("it holds no text that could be read; check that it is the right file.")
    refuse_more_than_a_book(length)
    return replace(
        document,
        title=clean(document.title)[:_LONGEST_TITLE],
        publisher=clean(document.publisher)[:_LONGEST_TITLE],
        address=clean(document.address),
        blocks=blocks,
    )


def refuse_more_than_a_book(length: int) -> None:
    """Raise CorpusError if a text has more characters than a book."""
    if length > MOST_CHARACTERS:
        raise CorpusError(
            f"it holds {length:,} characters, more than a book; add the part that tells the story."
        )


def _cleaned_blocks(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        text = clean(block.text) if block.level else clean_lines(block.text)
        if any(map(str.isalnum, text)):
            level = block.level if len(text) <= LONGEST_HEADING else 0
            yield replace(block, text=text, level=level)
