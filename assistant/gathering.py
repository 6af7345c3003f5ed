"""Which sentences become the quotes of a question, of one city or of several.

A question that wants to hear of several ("In which cities …?") is answered city by city. Which
cities do something is no fact of the catalogue, and similarity does not tell a story that does it
from one that is near: over 24 such questions a third of the eight nearest stories are right ones,
and they hold half of those there are. So a list claims nothing: it quotes the nearest ones with a
sentence each, and says that there may be more.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asked_for import asks_again
from assistant.evidence import ScoredSentence, choose, score_sentences
from assistant.question import Question
from corpus.catalogue import Catalogue
from index.retrieval import Retrieved

_STORIES = 8


def candidates(
    asked: Question, retrieved: Retrieved, fold: int | None = None
) -> list[ScoredSentence]:
    """Return the sentences among which a question's quotes are chosen, scored.

    :param retrieved: passages deep enough to be of several stories.
    :param fold: see `sentence_reader.read`.
    """
    cities = (
        [frozenset({slug}) for slug in _nearest(retrieved)] if asked.several else asked.compared
    )
    return score_sentences(asked.standalone, retrieved, cities, fold)


def select(
    asked: Question,
    sentences: Sequence[ScoredSentence],
    catalogue: Catalogue,
    brief: bool = False,
) -> list[ScoredSentence]:
    """Return the sentences to quote for a question, in reading order.

    :param sentences: what `candidates` returned.
    :param brief: only those that an answer cannot do without; a question of several parts is never
        answered so, as the sentences for its second part are often the worse ones.
    """
    if asked.several:
        return _one_of_each_story(sentences)
    brief = brief and not asks_again(asked.text)
    chosen = choose(sentences, asked.compared, brief)
    named = {s.slug for s in catalogue.stories if s.city in asked.mentions.cities}
    return [s for s in chosen if s.hit.passage.story in named] or chosen


def _nearest(retrieved: Retrieved) -> list[str]:
    """Return the stories nearest to the question, the nearest first."""
    return list(dict.fromkeys(hit.passage.story for hit in retrieved.hits))[:_STORIES]


def _one_of_each_story(sentences: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the best sentence of each story, the stories as their best passages rank."""
    best: dict[str, ScoredSentence] = {}
    for sentence in sentences:
        before = best.setdefault(sentence.hit.passage.story, sentence)
        if sentence.score > before.score:
            best[sentence.hit.passage.story] = sentence
    return list(best.values())
