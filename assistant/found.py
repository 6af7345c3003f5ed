"""What was found for a question, before anything is answered."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Citation, RetrievedPassage
from assistant.evidence import ScoredSentence
from assistant.sufficiency import Evidence
from index.retrieval import Hit


@dataclass(frozen=True)
class Found:
    """What was found for a question: evidence, and its quotes.

    `needed`: the sentences of the quotes that an answer must tell. `singly`: these, and then others
    that may add to them, each as a quote of its own.
    """

    evidence: Evidence
    citations: tuple[Citation, ...]
    needed: tuple[ScoredSentence, ...]
    singly: tuple[tuple[ScoredSentence, Citation], ...] = ()

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """The passages that were retrieved, best first."""
        return tuple(_reported(hit) for hit in self.evidence.retrieved.hits)


def _reported(hit: Hit) -> RetrievedPassage:
    passage = hit.passage
    return RetrievedPassage(passage.story, passage.section, passage.start, passage.end, hit.score)
