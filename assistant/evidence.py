"""From retrieved passages to the sentences that bear on the question.

Each sentence of the best passages gets a score, a weighted sum of measures that mean something;
the weights stand in `evidence.json`, fitted on the development questions by
`assistant.evaluation.fitting`. Then sentences are taken, best first, until the answer is as long
as a reader wants it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.asked_for import Thing, holds, things_asked
from index.late_interaction import best_matches
from index.retrieval import Hit, QuestionVectors, Retrieved
from index.words import words

# Sentences are chosen from this many of the best passages.
PASSAGES = 8
SENTENCE_FEATURES = (
    "passage",
    "rare_token_match",
    "rare_token_match_with_label",
    "token_match_with_label",
    "similarity",
    "words_covered",
    "amount_given",
    "amount_missing",
    "date_given",
)
Vector = NDArray[np.float32]


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence of a passage: `story.body[start:end] == text`.

    `matches`: for each token of the question, its similarity to the nearest token of the sentence
    or of its label.
    """

    hit: Hit
    text: str
    start: int
    end: int
    features: tuple[float, ...]
    score: float
    matches: Vector

    @property
    def words(self) -> int:
        """How many words a reader reads."""
        return len(self.text.split())


def score_sentences(question: str, retrieved: Retrieved) -> list[ScoredSentence]:
    """Return the sentences of the best passages with their scores, in the passages' order."""
    asked = things_asked(question)
    hits = retrieved.hits[:PASSAGES]
    return [
        sentence
        for hit in hits
        for sentence in _sentences(hit, hits[0].score, retrieved.question, asked)
    ]


def _sentences(
    hit: Hit, best: float, question: QuestionVectors, asked: frozenset[Thing]
) -> list[ScoredSentence]:
    offsets = hit.text_offsets
    label = best_matches(question.tokens.vectors, hit.tokens.vectors[offsets[:, 0] < 0])
    found = []
    for start, end in hit.passage.sentences:
        text = hit.passage.text[start:end]
        inside = hit.tokens.vectors[(offsets[:, 0] >= start) & (offsets[:, 0] < end)]
        matches = best_matches(question.tokens.vectors, inside)
        with_label = np.maximum(matches, label)
        pooled = inside.mean(axis=0) if len(inside) else np.zeros_like(question.vector)
        amount = Thing.AMOUNT in asked
        features = (
            hit.score - best,
            float(matches @ question.weights),
            float(with_label @ question.weights),
            float(with_label.mean()),
            float(question.vector @ pooled / max(float(np.linalg.norm(pooled)), 1e-9)),
            _coverage(text, question),
            float(amount and holds(text, Thing.AMOUNT)),
            float(amount and not holds(text, Thing.AMOUNT)),
            float(Thing.DATE in asked and holds(text, Thing.DATE)),
        )
        found.append(
            ScoredSentence(
                hit=hit,
                text=text,
                start=hit.passage.start + start,
                end=hit.passage.start + end,
                features=features,
                score=float(np.dot(features, settings().sentence_weights)),
                matches=with_label,
            )
        )
    return found


def _coverage(text: str, question: QuestionVectors) -> float:
    """Return the share of the question's words, weighted by rarity, that a text holds."""
    total = sum(question.rarity.values())
    held = set(words(text))
    return sum(r for w, r in question.rarity.items() if w in held) / total if total else 0.0


def choose(sentences: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences to show, in the order of their passages' ranks and of the text.

    Sentences are taken by score while they fit the word budget and are not much worse than the
    best one.
    """
    ranked = sorted(sentences, key=lambda s: -s.score)
    chosen: list[ScoredSentence] = []
    total = 0
    for sentence in ranked:
        if sentence.score < ranked[0].score - settings().score_range:
            break
        if chosen and total + sentence.words > settings().word_budget:
            continue
        chosen.append(sentence)
        total += sentence.words
    return sorted(chosen, key=sentences.index)


@dataclass(frozen=True)
class EvidenceSettings:
    """The reviewed numbers of `evidence.json`."""

    sentence_weights: tuple[float, ...]
    word_budget: int
    score_range: float


@lru_cache(maxsize=1)
def settings() -> EvidenceSettings:
    """Return the reviewed numbers by which evidence is chosen."""
    stored: dict[str, Any] = json.loads((files("assistant") / "evidence.json").read_text("utf-8"))
    return EvidenceSettings(
        sentence_weights=tuple(stored["sentence_weights"][name] for name in SENTENCE_FEATURES),
        word_budget=stored["word_budget"],
        score_range=stored["score_range"],
    )
