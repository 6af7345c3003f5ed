"""What is wrong with a story file: where, which rule, and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(r"<(?:/?[A-Za-z][^<>\n]*|!--|![A-Za-z]|\?)[^<>\n]*>?")
# These show a text in another order than it is stored in: a quote could read as its contrary.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Line ends in some programs, nothing in others: offsets would come to mean different places.
_ODD_LINE_ENDS = frozenset("\x85\u2028\u2029")
_INVISIBLE = frozenset("\u200b\u2060\ufeff")


@dataclass(frozen=True)
class Fault:
    """One broken rule in one story file; `line` counts from 1."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message} ({self.rule})"


def character_faults(lines: list[str], name: str) -> Iterator[Fault]:
    """Yield a fault for each line with characters that a story must not hold."""
    for number, line in enumerate(lines, 1):
        if line.isascii() and line.isprintable():
            continue
        for character in sorted({c for c in line if not c.isprintable()}):
            rule, what = _forbidden(character)
            if rule:
                code = f"U+{ord(character):04X}"
                yield Fault(name, number, rule, f"Holds {what} ({code}); delete it.")


def html_faults(text: str, line: int, name: str) -> Iterator[Fault]:
    """Yield a fault for each HTML tag in a text that starts at the given line."""
    for tag in _TAG.finditer(text):
        at = line + text.count("\n", 0, tag.start())
        shown = tag[0] if len(tag[0]) <= 40 else tag[0][:39] + "…"
        yield Fault(name, at, "html", f"Holds the HTML tag {shown}; write plain text instead.")


def _forbidden(character: str) -> tuple[str, str]:
    if character in _BIDI:
        return "bidi-override", "a character that reverses the direction of text"
    if character in _INVISIBLE:
        return "invisible-character", "an invisible character"
    if character in _ODD_LINE_ENDS or (
        character != "\t" and unicodedata.category(character) in ("Cc", "Cs")
    ):
        return "control-character", "a control character"
    return "", ""
