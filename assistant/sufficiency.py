"""Whether the evidence answers the question, or the stories do not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answer import Reason
from assistant.evidence import ScoredSentence
from assistant.question import Question
from corpus.catalogue import Catalogue
from index.retrieval import Retrieved


@dataclass(frozen=True)
class Verdict:
    """How likely the evidence answers the question; with a reason if it is taken not to.

    `names` are the values that the reason's words need, such as the places.
    """

    confidence: float
    reason: Reason | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def judge(
    asked: Question,
    retrieved: Retrieved,
    sentences: Sequence[ScoredSentence],
    catalogue: Catalogue,
) -> Verdict:
    """Return whether a question's best sentences answer it."""
    if not sentences:
        return Verdict(0.0, Reason.NOTHING_NEAR)
    return Verdict(1.0)
