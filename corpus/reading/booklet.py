"""A booklet of several cities: taken apart at the headings that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.reading.document import Block, Document
from corpus.reading.places import named_city


def by_city(document: Document) -> tuple[Document, ...]:
    """Return a document's parts, each of another city, or the document itself if it is of one.

    It is of several if headings of one level consist of different cities' names, each with text.
    """
    starts = _city_headings(document.blocks)
    if len(starts) < 2:
        return (document,)
    level = document.blocks[starts[0]].level
    ends = [*starts[1:], len(document.blocks)]
    parts = []
    for start, end in zip(starts, ends, strict=True):
        inside = document.blocks[start + 1 : end]
        closing = next((n for n, b in enumerate(inside) if 0 < b.level < level), len(inside))
        title = document.blocks[start].text
        notes = (*document.notes, f"The part “{title}” of “{document.title}”.")
        parts.append(replace(document, title=title, blocks=inside[:closing], notes=notes))
    return tuple(parts)


def _city_headings(blocks: Sequence[Block]) -> list[int]:
    """Return where the headings stand that begin a city's part: of the highest level with two."""
    for level in range(1, 7):
        starts = [n for n, b in enumerate(blocks) if b.level == level and named_city(b.text)]
        told = [
            start
            for start, end in zip(starts, [*starts[1:], len(blocks)], strict=False)
            if any(not block.level for block in blocks[start + 1 : end])
        ]
        if len({named_city(blocks[start].text) for start in told}) > 1:
            return told
    return []
