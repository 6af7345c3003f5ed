"""What the words of a question do in a conversation: refer back, go on, correct, greet, list.

The phrases of each language stand in `conversation.toml` and `listing.toml`. They are compared
with folded words (no case, no accents, no punctuation), so that a careless spelling still counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from corpus.spelling import is_joined, key

_FALLBACK = "en"
_FILES = ("conversation", "listing")
# Malay and Indonesian share these words, and short texts of the two cannot be told apart.
_KIN = {"ms": "id"}


def folded(text: str) -> str:
    """Return a text as its phrases are compared: folded words with one blank between them."""
    return key(text)


def languages_saying(kinds: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the languages in which a text holds a phrase of one of the kinds."""
    words, wanted = folded(text), tuple(kinds)
    return tuple(
        language
        for language, known in _patterns().items()
        if any(kind in known and known[kind].search(words) for kind in wanted)
    )


def has_phrases(language: str, kind: str = "asks") -> bool:
    """Tell whether phrases of a kind are known in a language."""
    return kind in _patterns().get(_KIN.get(language, language), {})


def says(kind: str, text: str, languages: Iterable[str]) -> bool:
    """Tell whether a text holds a phrase of a kind in one of the languages (English besides).

    :param kind: a key of `conversation.toml` or `listing.toml`.
    :param languages: ISO 639-1 codes.
    """
    words = folded(text)
    return any(pattern.search(words) for pattern in patterns(kind, languages))


def without(kind: str, words: str, languages: Iterable[str]) -> str:
    """Return folded words with the phrases of a kind blanked out."""
    for pattern in patterns(kind, languages):
        words = pattern.sub(" ", words)
    return words


def patterns(kind: str, languages: Iterable[str]) -> list[re.Pattern[str]]:
    """Return one pattern a language for a kind of phrase."""
    known = _patterns()
    codes = dict.fromkeys([*(_KIN.get(code, code) for code in languages), _FALLBACK])
    return [known[code][kind] for code in codes if kind in known.get(code, {})]


@cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for name in _FILES:
        stored = tomllib.loads((files("assistant") / f"{name}.toml").read_text("utf-8"))
        for language, kinds in stored.items():
            for kind, phrases in kinds.items():
                ordered = sorted(phrases, key=len, reverse=True)
                found.setdefault(language, {})[kind] = re.compile("|".join(map(_pattern, ordered)))
    return found


def _pattern(phrase: str) -> str:
    """Return a phrase as a regular expression over folded words.

    In a phrase `^` and `$` stand for the text's ends, `*` for any ending of a word, `#` for a
    number, `_` for any one word.
    """
    joined = any(is_joined(character) for character in phrase)
    parts = []
    for part in phrase.strip("^$").split():
        if part == "_":
            parts.append("[^ ]+")
        elif part == "#":
            parts.append("[0-9]+")
        else:
            parts.append(re.escape(key(part.strip("*"))) + ("[^ ]*" if part.endswith("*") else ""))
    body = (" ?" if joined else r"\ ").join(parts).replace(r"\ ", " ")
    if not joined:
        body = rf"(?:^|(?<= )){body}(?= |$)"
    return ("^" if phrase.startswith("^") else "") + body + ("$" if phrase.endswith("$") else "")
