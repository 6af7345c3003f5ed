"""Plots as inline SVG: they need no script, no library and no network, and their text is text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _ROW, _LABEL, _VALUE = 600, 24, 240, 70
_HEIGHT, _EDGE, _LEGEND = 260, 44, 150
# Told apart in grey as well, by their order of lightness and by their dashes.
_LINES = (("#1f5fa8", ""), ("#b3541e", "6 3"), ("#3b7d3c", "2 3"))


@dataclass(frozen=True)
class Bar:
    """A row: its value; the 95% interval and the value of an earlier run, where there are any."""

    label: str
    value: float
    interval: tuple[float, float] | None = None
    before: float | None = None


@dataclass(frozen=True)
class Series:
    """A line through points (x, y)."""

    label: str
    points: Sequence[tuple[float, float]]


def bars(title: str, rows: Sequence[Bar], most: float | None = None, unit: str = "") -> str:
    """Return horizontal bars, one a row.

    :param most: the value of a full bar; by default the largest there is.
    """
    reach = most or max((max(r.value, r.before or 0) for r in rows), default=0) or 1
    scale = (_WIDTH - _LABEL - _VALUE) / reach
    parts = [_bar(row, n * _ROW + 4, scale, unit) for n, row in enumerate(rows)]
    return _figure(title, len(rows) * _ROW + 8, "".join(parts))


def lines(title: str, series: Sequence[Series], across: str, up: str, most: float = 1.0) -> str:
    """Return lines over an area from 0 to the largest x and from 0 to 1.

    :param across: what the x axis shows; `up`: what the y axis shows.
    :param most: the largest x.
    """
    width, height = _WIDTH - _LEGEND - _EDGE, _HEIGHT - 2 * _EDGE

    def place(x: float, y: float) -> str:
        return f"{_EDGE + x / most * width:.1f},{_EDGE + (1 - y) * height:.1f}"

    parts = [_axes(across, up, most, width, height)]
    for n, one in enumerate(series):
        colour, dashes = _LINES[n % len(_LINES)]
        points = " ".join(place(x, y) for x, y in one.points)
        y = _EDGE + 12 + n * 20
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
            f'<line x1="{_EDGE + width + 14}" x2="{_EDGE + width + 38}" y1="{y - 4}" y2="{y - 4}" '
            f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
            f'<text x="{_EDGE + width + 44}" y="{y}">{escape(one.label)}</text>'
        )
    return _figure(title, _HEIGHT, "".join(parts))


def _bar(row: Bar, y: float, scale: float, unit: str) -> str:
    parts = [
        f'<text x="{_LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(row.label)}</text>'
        f'<rect x="{_LABEL}" y="{y}" width="{row.value * scale:.1f}" height="18" fill="#9dbfe3"/>'
    ]
    if row.interval:
        low, high = (_LABEL + end * scale for end in row.interval)
        parts.append(
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y + 9}" y2="{y + 9}" stroke="#1f3f66"/>'
        )
    if row.before is not None:
        x = _LABEL + row.before * scale
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 2}" y2="{y + 20}" stroke="#b3261e" '
            'stroke-width="2"/>'
        )
    value = f"{row.value}" if isinstance(row.value, int) else f"{row.value:.3f}"
    parts.append(f'<text x="{_WIDTH - _VALUE + 8}" y="{y + 14}">{value}{unit}</text>')
    return "".join(parts)


def _axes(across: str, up: str, most: float, width: float, height: float) -> str:
    parts = []
    for step in (0, 0.25, 0.5, 0.75, 1):
        y, x = _EDGE + (1 - step) * height, _EDGE + step * width
        parts.append(
            f'<line x1="{_EDGE}" x2="{_EDGE + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d5dae1"/>'
            f'<text x="{_EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{step:g}</text>'
            f'<text x="{x:.1f}" y="{_EDGE + height + 16}" text-anchor="middle">'
            f"{step * most:g}</text>"
        )
    middle = _EDGE + width / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="4" y="{_EDGE - 16}">{escape(up)}</text>'
    )
    return "".join(parts)


def _figure(title: str, height: float, content: str) -> str:
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        f"{content}</svg></figure>"
    )
