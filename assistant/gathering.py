"""Which sentences become the quotes of a question, of one city or of several.

A question that wants to hear of several ("In which cities …?") is answered city by city. Which
cities do something is no fact of the catalogue, and similarity does not tell a story that does it
from one that is near: over 24 such questions a third of the eight nearest stories are right ones,
and they hold half of those there are. So a list claims nothing: it quotes the nearest ones with a
sentence each, and says that there may be more.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evidence import ScoredSentence, choose, score_sentences
from assistant.question import Question
from corpus.catalogue import Catalogue
from index.retrieval import Retrieved

_STORIES = 8


def select(
    asked: Question,
    retrieved: Retrieved,
    sentences: Sequence[ScoredSentence],
    catalogue: Catalogue,
) -> list[ScoredSentence]:
    """Return the sentences to quote for a question, in reading order.

    :param retrieved: passages deep enough to be of several stories.
    :param sentences: those of the best passages, scored.
    """
    if asked.several:
        return gather(asked.standalone, retrieved)
    chosen = choose(sentences, asked.compared)
    named = {s.slug for s in catalogue.stories if s.city in asked.mentions.cities}
    return [s for s in chosen if s.hit.passage.story in named] or chosen


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
