"""The sentences that the assistant itself says, in the reader's language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")
_FALLBACK = "en"


def phrase(key: str, language: str, **values: object) -> str:
    """Return the sentence `key` in a language, with the values in their places.

    `key` is the value of an `answer.Reason`, or another key of phrases.toml; `language` is a code
    such as "fr" or "pt-BR". English stands in for a language without sentences of its own.
    Raises KeyError if there is no such sentence, or a value for it is missing.
    """
    sentences = _sentences()
    language = language.casefold().replace("_", "-").partition("-")[0]
    return sentences.get(language, sentences[_FALLBACK])[key].format_map(values)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have sentences of their own."""
    return tuple(_sentences())


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
