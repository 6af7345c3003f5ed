"""What was found for a question, before anything is answered."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Citation, RetrievedPassage
from assistant.composing import Span
from assistant.sufficiency import Evidence
from index.retrieval import Hit


@dataclass(frozen=True)
class Found:
    """What was found for a question: evidence, its quotes, and what of them must be told."""

    evidence: Evidence
    citations: tuple[Citation, ...]
    needed: tuple[Span, ...]

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """The passages that were retrieved, best first."""
        return tuple(_reported(hit) for hit in self.evidence.retrieved.hits)


def _reported(hit: Hit) -> RetrievedPassage:
    passage = hit.passage
    return RetrievedPassage(passage.story, passage.section, passage.start, passage.end, hit.score)
