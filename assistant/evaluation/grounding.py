"""Whether a written sentence says what its quotes say, found without the assistant's own checks.

A coarse measure with no part in writing an answer, so that it notices when the checks are off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer import Answer, Citation, Mode
from assistant.evaluation.facts import normalize
from assistant.language import language_of
from index.words import content_words

# Share of a sentence's words that must stand in what it cites.
LEAST = 0.6
# Smaller ones are written in words as often as in figures.
_SMALL = 12
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def sentences_grounded(answer: Answer) -> list[bool | None] | None:
    """Tell of each written sentence whether it is grounded; None where no model wrote."""
    if answer.mode is not Mode.WRITTEN:
        return None
    quotes = {citation.n: _read(citation) for citation in answer.citations}
    return [
        is_grounded(sentence.text, [quotes[n] for n in sentence.citations])
        for sentence in answer.sentences
        if not sentence.quoted
    ]


def is_grounded(sentence: str, quotes: Sequence[str]) -> bool | None:
    """Tell whether a sentence's numbers and most of its words stand in what it cites.

    :param quotes: each with the city, country and year that stand beside it.
    :return: None where they are in another language: their words cannot be compared so.

    Source: K-Precision, the share of an answer's words that its passages hold, is what comes
    closest to people's judgement of faithfulness among measures of words (Adlakha and others,
    TACL 2024). Here of content words, as stems, and with all numbers held to stand there.
    """
    told = "\n".join(quotes)
    if language_of(sentence) != language_of(told):
        return None
    numbers = {n for n in _numbers(sentence) if not (n.isdigit() and int(n) <= _SMALL)}
    return numbers <= _numbers(told) and k_precision(sentence, told) >= LEAST


def faults_of(answer: Answer, language: str, language_kept: bool | None) -> dict[str, str]:
    """Return what is wrong with an answer beside the facts, and at which stage it became so.

    `language` lies with `understood` if the question's was mistaken, else with `written`;
    `ungrounded`, a written sentence that does not say what it cites, with `checked`.

    :param language: the question's; `language_kept`: whether the answer's words are in it.
    """
    found = {}
    if language_kept is False:
        found["language"] = "written" if answer.language == language else "understood"
    if False in (sentences_grounded(answer) or ()):
        found["ungrounded"] = "checked"
    return found


def k_precision(sentence: str, told: str) -> float:
    """Return the share of a sentence's content words that stand in a text; 1 of none."""
    words = content_words(sentence)
    held = set(content_words(told))
    return sum(word in held for word in words) / len(words) if words else 1.0


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(normalize(text)))


def _read(citation: Citation) -> str:
    return f"{citation.city}, {citation.country} ({citation.year}): {citation.quote}"
