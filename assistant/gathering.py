"""Evidence city by city, for questions that want to hear of several ("In which cities …?").

Which cities do something is no fact of the catalogue, and similarity does not tell a story that
does it from one that is near: over 24 such questions a third of the eight nearest stories are right
ones, and they hold half of those there are. So a list claims nothing: it quotes the nearest ones
with a sentence each, and says that there may be more.
"""

from __future__ import annotations

from assistant.evidence import ScoredSentence, score_sentences
from index.retrieval import Retrieved

_STORIES = 8


def gather(question: str, retrieved: Retrieved) -> list[ScoredSentence]:
    """Return the best sentence of each of the nearest stories, the nearest story first.

    :param retrieved: passages deep enough to be of several stories.
    """
    slugs = list(dict.fromkeys(hit.passage.story for hit in retrieved.hits))[:_STORIES]
    scored = score_sentences(question, retrieved, [frozenset({slug}) for slug in slugs])
    return [
        max((s for s in scored if s.hit.passage.story == slug), key=lambda s: s.score)
        for slug in slugs
    ]
