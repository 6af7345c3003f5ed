"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re

# A full stop after one of these ends no sentence. Initials ("J. K. Rowling") and dotted
# abbreviations ("e.g.", "U.S.") are recognised by their form.
_ABBREVIATIONS = frozenset(
    """approx art av bd bn ca capt cf co col corp dept dr ed eds eng est etc fig fr ft gen gov hon
    inc incl jr lt ltd max min mio mr mrs ms mt nr no nos op p para pp prof rev sec sen sr st sta
    sto str tel univ vol vs bzw ggf inkl sog usw zb""".split()
)
_TERMINATOR = re.compile(
    # A row of marks is tried from its first one only: else a long row takes quadratic time.
    r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*"
    r"|(?<![؟।॥۔])[؟।॥۔]+[\"”»)]*(?=\s|$)"
    # White space lines and list items end a sentence too; a wrapped line does not.
    r"|\n\s*\n+|\n(?=\s*(?:[-*•]|\d+[.)])\s)"
)
_LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.[\"'”’»)\]]*$")


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, end) offsets of the sentences of a text, without surrounding spaces.

    Every character that is not white space lies in exactly one span.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _TERMINATOR.finditer(text):
        if match.end() < len(text) and not _ends_sentence(text, start, match):
            continue
        _append_trimmed(spans, text, start, match.end())
        start = match.end()
    _append_trimmed(spans, text, start, len(text))
    return tuple(spans)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if match.group()[0] != ".":
        return match.group()[0] not in "!?…" or not _continues(text, match.end())
    if _continues(text, match.end()):
        return False
    word = _LAST_WORD.search(text, start, match.end())
    if word is None:
        return True
    token = word.group(1)
    is_initial = len(token) == 1 and token.isupper()
    return not (is_initial or "." in token or token.casefold() in _ABBREVIATIONS)


def _continues(text: str, position: int) -> bool:
    """Whether what follows is in lower case, and so belongs to the same sentence."""
    following = text[position:].lstrip()
    return bool(following) and following[0].islower()


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        spans.append((start, end))
