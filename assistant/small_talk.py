"""What is said to be polite, and asks nothing of the stories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from assistant.wording import folded, languages_saying, says
from corpus.catalogue import Mentions

_LONGEST = 15
_POLITE = ("greets", "thanks", "closes", "offers")
_SENTENCE = re.compile(r"[^.!?。！？؟।;…]+[.!?。！？؟।;…]*")


class SmallTalk(StrEnum):
    """How a politeness is answered; the values are keys of phrases.toml."""

    GREETING = "greeting"
    THANKS = "thanks"


def small_talk(text: str, mentions: Mentions, languages: Sequence[str]) -> SmallTalk | None:
    """Return how to answer a text that asks nothing; None if any sentence of it asks.

    :param languages: of the text and its conversation, ISO 639-1.
    """
    sentences = [match[0] for match in _SENTENCE.finditer(text) if folded(match[0])]
    if not sentences or len(folded(text).split()) > _LONGEST * len(sentences):
        return None
    if mentions.cities or mentions.countries or mentions.regions or mentions.elsewhere:
        return None
    if not any(languages_saying(_POLITE, sentence) for sentence in sentences):
        return None
    if not all(_asks_nothing(sentence, languages) for sentence in sentences):
        return None
    thanks = languages_saying(("thanks", "closes"), text)
    return SmallTalk.THANKS if thanks else SmallTalk.GREETING


def language_of_small_talk(text: str, likely: Sequence[str]) -> str:
    """Return the language of a text that is small talk, the likely ones before others."""
    spoken = languages_saying(_POLITE, text)
    return next((language for language in (*likely, *spoken) if language in spoken), "en")


def _asks_nothing(sentence: str, languages: Sequence[str]) -> bool:
    """Tell whether a sentence is polite and no more; thanks are often said in another language."""
    if languages_saying(("offers",), sentence):
        return True
    asks = says("asks", sentence, languages) or sentence.rstrip().endswith(("?", "？", "؟"))
    return not asks and bool(languages_saying(_POLITE, sentence))
