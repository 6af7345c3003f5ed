"""Text of foreign files, made fit for a story: no control characters, no marks of Markdown."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# What the story file would read as a heading, a list of footnotes or the end of front matter.
_HEADING = re.compile(r"^#{1,6}(?=\s)")
_RULE = re.compile(r"^(?:-{3,}|={3,}|\*{3,})$")
_TAG_OPENS = re.compile(r"<(?=[/!?A-Za-z])")
_INVISIBLE = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e")
_TURNING = frozenset("\u2066\u2067\u2068\u2069")
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}


def clean(text: str) -> str:
    """Return a text on one line, as a story may hold it.

    Invisible and control characters go; a footnote's mark and a tag's opening lose what would
    make them one when the story file is read.
    """
    kept = "".join(" " if c in "\n\t\r\v\f" else c for c in text if not _is_unwanted(c))
    line = _SPACES.sub(" ", kept.translate(_LIGATURES)).strip()
    line = _HEADING.sub("", line).strip()
    if _RULE.match(line):
        return ""
    line = unicodedata.normalize("NFC", line)
    return _TAG_OPENS.sub("‹", line.replace("[^", "["))


def clean_lines(text: str) -> str:
    """Return a text whose lines are cleaned one by one; empty ones go."""
    lines = (clean(line) for line in _LINE_ENDS.sub("\n", text).split("\n"))
    return "\n".join(line for line in lines if line)


def shown_name(name: str) -> str:
    """Return a file's name or an address fit to stand in a sentence."""
    plain = clean(name) or "without a name"
    return plain if len(plain) <= 80 else f"{plain[:60]}…{plain[-19:]}"


def _is_unwanted(character: str) -> bool:
    if character in _INVISIBLE or character in _TURNING:
        return True
    category = unicodedata.category(character)
    # Private use: letters of a font that no other font has. Surrogates: halves of a character.
    return category in ("Co", "Cs", "Cn") or (category == "Cc" and character not in "\n\t\r\v\f")
