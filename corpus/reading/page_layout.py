"""Lines on a printed page: the order they are read in, and what every page repeats."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

# Gaps between columns, and between what stands above and below, in the page's letter size.
_COLUMN_GAP, _ROW_GAP = 0.8, 0.2
_MARGIN = 0.12
_DEEPEST = 40
_BULLETS = frozenset("•▪◦‣●■–-\uf0b7")
# Letters this much larger than the text's are a title's, not a running head's.
_LARGE = 1.15


@dataclass(frozen=True)
class Line:
    """A line of text with its place on the page in points, from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    page_height: float


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Return a page's lines column by column; what spans columns parts them."""
    return _cut(_with_bullets([line for line in lines if line.text]), 0)


def _with_bullets(lines: list[Line]) -> list[Line]:
    """Return the lines with bullets that stand by themselves put before the line beside them."""
    bullets = [line for line in lines if line.text in _BULLETS]
    rest = [line for line in lines if line.text not in _BULLETS]
    for bullet in bullets:
        middle = (bullet.top + bullet.bottom) / 2
        beside = [n for n, line in enumerate(rest)
                  if line.top <= middle <= line.bottom and line.left >= bullet.left]  # fmt: skip
        if beside:
            nearest = min(beside, key=lambda n: rest[n].left)
            line = rest[nearest]
            rest[nearest] = replace(line, text=f"• {line.text}", left=bullet.left)
    return rest


def _cut(lines: list[Line], depth: int) -> list[Line]:
    if len(lines) < 2 or depth > _DEEPEST:
        return sorted(lines, key=lambda line: (round(line.top), line.left))
    size = sorted(line.size for line in lines)[len(lines) // 2]
    columns = _parted([(line.left, line.right, line) for line in lines], _COLUMN_GAP * size)
    if sum(len(column) > 1 for column in columns) > 1:
        return [line for column in columns for line in _cut(column, depth + 1)]
    rows = _parted([(line.top, line.bottom, line) for line in lines], _ROW_GAP * size)
    if len(rows) > 1:
        return [line for group in _grouped(rows, size) for line in _cut(group, depth + 1)]
    if len(columns) > 1:
        return [line for column in columns for line in _cut(column, depth + 1)]
    return sorted(lines, key=lambda line: (round(line.top), line.left))


def _grouped(rows: list[list[Line]], size: float) -> list[list[Line]]:
    """Put rows together as long as the same gap between columns runs through them."""
    groups: list[list[Line]] = []
    for row in rows:
        if groups and _gap_runs_on(groups[-1], row, size):
            groups[-1] = groups[-1] + row
        else:
            groups.append(row)
    return groups if len(groups) > 1 else rows


def _gap_runs_on(group: list[Line], row: list[Line], size: float) -> bool:
    together = _parted([(line.left, line.right, line) for line in group + row], _COLUMN_GAP * size)
    apart = _parted([(line.left, line.right, line) for line in group], _COLUMN_GAP * size)
    own = _parted([(line.left, line.right, line) for line in row], _COLUMN_GAP * size)
    return len(together) >= max(2, len(apart), len(own))


def _parted(spans: list[tuple[float, float, Line]], gap: float) -> list[list[Line]]:
    """Return lines parted wherever a gap runs through between all of them."""
    parts: list[list[Line]] = []
    reached = 0.0
    for start, end, line in sorted(spans, key=lambda span: span[:2]):
        if parts and start - reached < gap:
            parts[-1].append(line)
            reached = max(reached, end)
        else:
            parts.append([line])
            reached = end
    return parts


def without_running_heads(pages: list[list[Line]], usual: float) -> list[list[Line]]:
    """Return the pages without headers, footers and page numbers; `usual`: the text's letter size.

    A line near the upper or lower edge is one if the same, its numbers aside, stands there on
    two pages and on a third of all, or if it is nothing but the page's number.
    """
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_form(line) for line in page if _at_edge(line)})
    often = max(2, len(pages) / 3)

    def belongs(line: Line) -> bool:
        if not _at_edge(line):
            return True
        runs = seen[_form(line)] >= often and line.size <= _LARGE * usual
        return not runs and not _is_number(line)

    return [[line for line in page if belongs(line)] for page in pages]


def _at_edge(line: Line) -> bool:
    middle = (line.top + line.bottom) / 2 / line.page_height
    return middle < _MARGIN or middle > 1 - _MARGIN


def _form(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text.casefold())


def _is_number(line: Line) -> bool:
    return bool(re.fullmatch(r"\W*(?:page|p\.)?\s*\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*",
                             line.text, re.IGNORECASE))  # fmt: skip
