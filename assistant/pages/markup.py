"""The pieces of HTML that more than one page is made of. Whatever comes from a person or a story
passes through `escaped` here, so that a `<script>` in a question is read and never run."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

from corpus.story import Source

_NEW_TAB = '<span class="sr-only"> (opens in a new tab)</span>'
_NOT_IN_HTML = {code: "\ufffd" for code in (*range(9), 11, *range(14, 32), 127)}


def escaped(text: str) -> str:
    """Return the text as HTML that shows it literally, also inside a quoted attribute."""
    return escape(text.translate(_NOT_IN_HTML), quote=True)


def marked(text: str, start: int, end: int, *, mark_id: str = "") -> str:
    """Return a paragraph as HTML with the characters from `start` to `end` highlighted.

    Offsets count from the paragraph's first character; what lies outside of it is ignored.
    """
    start, end = max(start, 0), min(end, len(text))
    if start >= end:
        return escaped(text)
    attribute = f' id="{mark_id}"' if mark_id else ""
    before, quote, after = text[:start], text[start:end], text[end:]
    return f"{escaped(before)}<mark{attribute}>{escaped(quote)}</mark>{escaped(after)}"


def source_item(source: Source, *, item_id: str = "") -> str:
    """Return a public source as a list item; a link only where the address is a web address."""
    title = f'<bdi class="source-title">{escaped(source.title)}</bdi>'
    if source.url and urlsplit(source.url).scheme in ("http", "https"):
        title = (
            f'<a href="{escaped(source.url)}" target="_blank" rel="noopener noreferrer">{title}'
            f"{_NEW_TAB}</a>"
        )
    date = " ".join(str(part) for part in (source.month, source.year) if part)
    origin = ", ".join(part for part in (source.publisher, date) if part)
    detail = f' <span class="source-origin"><bdi>{escaped(origin)}</bdi></span>' if origin else ""
    attribute = f' id="{escaped(item_id)}"' if item_id else ""
    return f"<li{attribute}>{title}{detail}</li>"


def story_address(slug: str, start: int | None = None, end: int | None = None) -> str:
    """Return the address of a story, relative to the start page; with offsets, of a quote in it."""
    if start is None or end is None:
        return f"story/{slug}"
    return f"story/{slug}?{urlencode({'quote': f'{start}-{end}'})}#quote"


def story_link(address: str, inner: str) -> str:
    """Return a link to a story in a tab of its own, so that the conversation stays; `inner` is
    HTML."""
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener">{inner}{_NEW_TAB}</a>'


def question_address(question: str) -> str:
    """Return the address that opens the start page and asks the question there."""
    return f"./?{urlencode({'q': question})}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return "1 quote", "3 quotes"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
