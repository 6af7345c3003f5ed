"""Which sentences become the quotes of a question, of one city or of several.

A question that wants to hear of several ("In which cities …?") is answered city by city. Which
cities do something is no fact of the catalogue, and similarity does not tell a story that does it
from one that is near: over 24 such questions a third of the eight nearest stories are right ones,
and they hold half of those there are. So a list claims nothing: it quotes the nearest ones with a
sentence each, and says that there may be more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import (
    ScoredSentence,
    choose,
    coming_next,
    score_sentences,
)
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
    asked: Question, sentences: Sequence[ScoredSentence], catalogue: Catalogue
) -> list[ScoredSentence]:
    """Return the sentences to quote for a question, in reading order.

    :param sentences: what `candidates` returned.
    """
    if asked.several:
        return _one_of_each_story(sentences)
    chosen = choose(sentences, asked.compared)
    return _of_named(asked, chosen, catalogue) or chosen


@dataclass(frozen=True)
class BestSentences:
    """The best sentences for a written answer: those it must tell, then those that may add to it.

    `needed`: the few that it is about. `coming`: the best first.
    """

    needed: Sequence[ScoredSentence]
    coming: Sequence[ScoredSentence]

    @property
    def singly(self) -> list[ScoredSentence]:
        """What is judged sentence by sentence: what is needed first, each the best first."""
        return [*sorted(self.needed, key=lambda s: -s.score), *self.coming]


def best_sentences(
    asked: Question, sentences: Sequence[ScoredSentence], catalogue: Catalogue
) -> BestSentences:
    """Return the sentences for a written answer to a question.

    :param sentences: what `candidates` returned.
    """
    chosen = choose(sentences, asked.compared, brief=True)
    needed = _of_named(asked, chosen, catalogue) or chosen
    among = _of_named(asked, sentences, catalogue) or sentences
    return BestSentences(needed, coming_next(among, needed))


def _of_named(
    asked: Question, sentences: Sequence[ScoredSentence], catalogue: Catalogue
) -> list[ScoredSentence]:
    """Return the sentences of the stories whose city is named."""
    named = {s.slug for s in catalogue.stories if s.city in asked.mentions.cities}
    return [s for s in sentences if s.hit.passage.story in named]


def _nearest(retrieved: Retrieved) -> list[str]:
    """Return the stories nearest to the question, the nearest first."""
    return list(dict.fromkeys(hit.passage.story for hit in retrieved.hits))[:_STORIES]


def _one_of_each_story(sentences: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the best sentence of each story, the stories as their best passages rank."""
    of_story: dict[str, ScoredSentence] = {}
    for sentence in sentences:
        before = of_story.setdefault(sentence.hit.passage.story, sentence)
        if sentence.score > before.score:
            of_story[sentence.hit.passage.story] = sentence
    return list(of_story.values())
