"""From retrieved passages to the sentences that bear on the question.

Each sentence of the best passages gets a score, a weighted sum of measures that mean something;
the weights stand in `evidence.json`, made by `assistant.evaluation.fitting`. To that the sentence
reader adds what it reads (`sentence_reader`). Then sentences are taken, best first, until the
answer is as long as a reader wants it. Where a language model answers, it is given the first few of
them, and of those that come `next` it says which add to that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.asked_for import Thing, holds, things_asked
from assistant.sentence_reader import Beside, read
from index.late_interaction import best_matches
from index.retrieval import Hit, QuestionVectors, Retrieved

# Sentences are chosen from this many of the best passages.
PASSAGES = 5
# Above these log-odds, where yes is likelier than no, a sentence is taken to tell what is asked.
TELLS = 0.0
# Passages and sentences beyond these places are all alike to the reader.
_LAST_RANK, _LAST_NUMBER = 9, 5
SENTENCE_FEATURES = (
    "passage",
    "rare_token_match",
    "token_match",
    "similarity",
    "amount_given",
    "amount_missing",
    "date_given",
)
Vector = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ScoredSentence:
    """A sentence of a passage: `story.body[start:end] == text`, the `number`-th of its passage.

    `rank`: its passage's, from 0. `vectors`: its token vectors, (n, 384). `matches`: for each token
    of the question, its similarity to the nearest token of the sentence. `stated`: the log-odds
    that it states what is asked, as the sentence reader takes it.
    """

    hit: Hit
    rank: int
    text: str
    start: int
    end: int
    number: int
    features: tuple[float, ...]
    score: float
    vectors: Vector
    matches: Vector
    stated: float = 0.0

    @property
    def words(self) -> int:
        """How many words a reader reads."""
        return len(self.text.split())


def score_sentences(
    question: str,
    retrieved: Retrieved,
    cities: Sequence[frozenset[str]] = (),
    fold: int | None = None,
) -> list[ScoredSentence]:
    """Return the sentences of the best passages with their scores, in the passages' order.

    :param cities: for each city that a comparison names, the slugs of its stories; the best
        passage of each is looked at, however it ranks.
    :param fold: see `sentence_reader.read`.
    """
    asked = things_asked(question)
    first = [next((h for h in retrieved.hits if h.passage.story in city), None) for city in cities]
    hits = list(dict.fromkeys([*retrieved.hits[:PASSAGES], *(h for h in first if h)]))
    found = [
        sentence
        for rank, hit in enumerate(hits)
        for sentence in _sentences(hit, rank, hits[0].score, retrieved.question, asked)
    ]
    said = read(retrieved.question, [beside(sentence) for sentence in found], fold)
    return [
        replace(
            s, score=s.score + settings().reader_weight * reading.relevance, stated=reading.stated
        )
        for s, reading in zip(found, said, strict=True)
    ]


def linear_score(features: Sequence[float]) -> float:
    """Return a sentence's score by its measures alone.

    :param features: in the order of SENTENCE_FEATURES.
    """
    return float(np.dot(features, settings().sentence_weights))


def beside(sentence: ScoredSentence) -> Beside:
    """Return a sentence as the sentence reader sees it."""
    passage, rare, even, similarity, *_ = sentence.features
    measures = (
        passage,
        min(sentence.rank, _LAST_RANK) / _LAST_RANK,
        min(sentence.number, _LAST_NUMBER) / _LAST_NUMBER,
        float(sentence.number == 0),
        # Cosines lie between .6 and .95 here.
        *(5 * likeness - 4 for likeness in (rare, even, similarity)),
    )
    return Beside(sentence.vectors, sentence.matches, measures)


def _sentences(
    hit: Hit, rank: int, best: float, question: QuestionVectors, asked: frozenset[Thing]
) -> list[ScoredSentence]:
    offsets = hit.text_offsets
    label = best_matches(question.tokens.vectors, hit.tokens.vectors[offsets[:, 0] < 0])
    found = []
    for number, (start, end) in enumerate(hit.passage.sentences):
        text = hit.passage.text[start:end]
        inside = hit.tokens.vectors[(offsets[:, 0] >= start) & (offsets[:, 0] < end)]
        matches = best_matches(question.tokens.vectors, inside)
        with_label = np.maximum(matches, label)
        pooled = inside.mean(axis=0) if len(inside) else np.zeros_like(question.vector)
        asks_amount = Thing.AMOUNT in asked
        gives_amount = holds(text, Thing.AMOUNT)
        features = (
            hit.score - best,
            float(with_label @ question.rare_weights),
            float(with_label @ question.even_weights),
            float(question.vector @ pooled / max(float(np.linalg.norm(pooled)), 1e-9)),
            float(asks_amount and gives_amount),
            float(asks_amount and not gives_amount),
            float(Thing.DATE in asked and holds(text, Thing.DATE)),
        )
        found.append(
            ScoredSentence(
                hit=hit,
                rank=rank,
                text=text,
                start=hit.passage.start + start,
                end=hit.passage.start + end,
                number=number,
                features=features,
                score=linear_score(features),
                vectors=inside,
                matches=matches,
            )
        )
    return found


def choose(
    sentences: Sequence[ScoredSentence],
    cities: Sequence[frozenset[str]] = (),
    brief: bool = False,
) -> list[ScoredSentence]:
    """Return the sentences to show, those of the passage with the best one first.

    Sentences are taken one by one, the best first; one that stands next to a chosen one is worth
    a little more, as facts that belong together are told together. It ends where the next one is
    much worse than the best; one that would make the answer too long is passed over. Of each city
    that a comparison names, the best sentence is taken first.

    :param brief: end sooner: only the few that an answer begins with.
    """
    limits = settings()
    most = limits.brief_most if brief else len(sentences)
    worst = max((s.score for s in sentences), default=0.0)
    worst -= limits.brief_range if brief else limits.score_range
    chosen = [max(of, key=lambda s: s.score) for of in _by_city(sentences, cities)]
    left = [s for s in sentences if s not in chosen]
    total = sum(s.words for s in chosen)
    while left and len(chosen) < most:
        values = [s.score + limits.worth_of_beside * _is_beside(s, chosen) for s in left]
        best = int(np.argmax(values))
        sentence = left.pop(best)
        if chosen and values[best] < worst:
            break
        if chosen and total + sentence.words > limits.word_budget:
            continue
        chosen.append(sentence)
        total += sentence.words
    return in_reading_order(chosen)


def coming_next(
    sentences: Sequence[ScoredSentence], chosen: Sequence[ScoredSentence]
) -> list[ScoredSentence]:
    """Return the best sentences that were not chosen, the best first: they may add something."""
    left = sorted((s for s in sentences if s not in chosen), key=lambda s: -s.score)
    return left[: max(0, settings().looked_at - len(chosen))]


def adds(
    sentence: ScoredSentence,
    sentences: Sequence[ScoredSentence],
    chosen: Sequence[ScoredSentence],
    said: float,
    numbers: EvidenceSettings | None = None,
) -> bool:
    """Tell whether a sentence states something that those chosen before it leave out.

    One of another story must tell by itself: beside an answer about one city, what may be a part of
    one about another misleads.

    :param said: the log-odds that it states a part of what is asked, as a language model says.
    :param numbers: others than the reviewed ones, to compare with.
    """
    if chosen and said <= TELLS and not any(_is_of(sentence, other) for other in chosen):
        return False
    numbers = numbers or settings()
    value = worth(sentence, sentences, said, numbers)
    value += numbers.worth_of_beside * _is_beside(sentence, chosen)
    words = sentence.words + sum(s.words for s in chosen)
    return value >= numbers.next_threshold and words <= numbers.word_budget


def worth(
    sentence: ScoredSentence,
    sentences: Sequence[ScoredSentence],
    said: float,
    numbers: EvidenceSettings | None = None,
) -> float:
    """Return how much a sentence is worth beside others, by its score and what a model says.

    :param said: the log-odds that it states a part of what is asked, as a language model says.
    """
    numbers = numbers or settings()
    behind = sentence.score - max(s.score for s in sentences)
    return numbers.next_score * behind + numbers.next_stated * said


def _by_city(
    sentences: Sequence[ScoredSentence], cities: Sequence[frozenset[str]]
) -> list[list[ScoredSentence]]:
    """Return the sentences of each city of a comparison; none unless there are two or more."""
    groups = [[s for s in sentences if s.hit.passage.story in city] for city in cities]
    return [group for group in groups if group] if len(cities) > 1 else []


def in_reading_order(chosen: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Order by story, then passage, each led by its best sentence, then as the text runs."""
    best_of_story: dict[str, float] = {}
    best_of_passage: dict[str, float] = {}
    for s in chosen:
        story, passage = s.hit.passage.story, s.hit.passage.id
        best_of_story[story] = max(best_of_story.get(story, s.score), s.score)
        best_of_passage[passage] = max(best_of_passage.get(passage, s.score), s.score)
    return sorted(
        chosen,
        key=lambda s: (
            -best_of_story[s.hit.passage.story],
            s.hit.passage.story,
            -best_of_passage[s.hit.passage.id],
            s.start,
        ),
    )


def _is_of(sentence: ScoredSentence, other: ScoredSentence) -> bool:
    return sentence.hit.passage.story == other.hit.passage.story


def _is_beside(sentence: ScoredSentence, chosen: Sequence[ScoredSentence]) -> bool:
    return any(
        sentence.hit is other.hit and abs(sentence.number - other.number) == 1 for other in chosen
    )


@dataclass(frozen=True)
class EvidenceSettings:
    """The reviewed numbers of `evidence.json`."""

    sentence_weights: tuple[float, ...]
    reader_weight: float
    word_budget: int
    score_range: float
    worth_of_beside: float
    brief_range: float
    brief_most: int
    looked_at: int
    next_score: float
    next_stated: float
    next_threshold: float


@lru_cache(maxsize=1)
def settings() -> EvidenceSettings:
    """Return the reviewed numbers by which evidence is chosen."""
    stored: dict[str, Any] = json.loads((files("assistant") / "evidence.json").read_text("utf-8"))
    del stored["made_by"]
    weights = stored.pop("sentence_weights")
    return EvidenceSettings(tuple(weights[name] for name in SENTENCE_FEATURES), **stored)
