"""What the staff page tells after each click: that it is done, what failed, how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.pages.markup import escaped


def done(text: str, *links: str) -> str:
    """Return that something is done; `links` are HTML."""
    more = "".join(f" {link}" for link in links)
    return f'<div class="told" role="status"><p>{escaped(text)}{more}</p></div>'


def failed(*sentences: str) -> str:
    """Return what failed, a sentence each; "" for none."""
    if not sentences:
        return ""
    items = "".join(f"<p>{escaped(sentence)}</p>" for sentence in sentences)
    return f'<div class="failure" role="alert">{items}</div>'


def progress(what: str, now: int, total: int) -> str:
    """Return a progress bar; `total` 0: nobody knows how much there is."""
    extent = f' value="{now}" max="{total}"' if total else ""
    return (
        f'<div class="told" role="status"><label>{escaped(what)} '
        f"<progress{extent}></progress></label></div>"
    )


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
