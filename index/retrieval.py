"""Question → ranked passages.

Two searches propose passages (the nearest vectors in Chroma, the words by BM25, and all passages
of a city that the question names); a weighted sum of three measures ranks them. The weights stand
in `ranking.json`, fitted on the development questions by `assistant.evaluation.fitting`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from index.embedding import Encoder, TokenVectors
from index.late_interaction import best_matches, even_weights, token_weights
from index.passages import Passage
from index.store import Store
from index.words import content_words

_NEAREST_VECTORS = 60
_BEST_WORDS = 30
# All passages of so many named stories are looked at; a question that names more is about many.
_MOST_NAMED = 8
RANKING_FEATURES = ("token_match", "rare_token_match", "preferred")


@dataclass(frozen=True)
class Query:
    """What to look for, and where.

    `stories`: the slugs to search in, none for all. `preferred`: how strongly the question names
    what a story is about, by slug; these stories come first, but do not exclude the others.
    `names`: the stretches of the text that say so. They are not compared with passages, because
    every passage of a named city would match them.
    """

    text: str
    stories: tuple[str, ...] = ()
    preferred: Mapping[str, float] = field(default_factory=dict)
    names: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class QuestionVectors:
    """A question as the encoder sees it: its vector, (384,), and its tokens.

    `rare_weights` and `even_weights` say how much each token counts, by rarity or alike; `rarity`
    is the inverse document frequency of the content words outside of names; `embedding` names the
    encoder.
    """

    vector: NDArray[np.float32]
    tokens: TokenVectors
    rare_weights: NDArray[np.float32]
    even_weights: NDArray[np.float32]
    rarity: Mapping[str, float]
    embedding: str


@dataclass(frozen=True, eq=False)
class Hit:
    """A passage found, with the measures that ranked it, in the order of RANKING_FEATURES."""

    passage: Passage
    tokens: TokenVectors
    features: tuple[float, ...]
    score: float

    @cached_property
    def text_offsets(self) -> NDArray[np.int32]:
        """The tokens' offsets counted from the passage's text; the label's are negative."""
        return self.tokens.offsets - len(self.passage.label)


@dataclass(frozen=True)
class Retrieved:
    """What a search returns: the question's vectors and the passages, best first."""

    question: QuestionVectors
    hits: tuple[Hit, ...]

    def first(self, count: int) -> Retrieved:
        """Return the same with the best `count` passages alone."""
        return Retrieved(self.question, self.hits[:count])


class Retrieval:
    """Finds passages in an open index."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        """Search `store` with questions encoded by `encoder`."""
        self._store = store
        self.encoder = encoder

    def retrieve(self, query: Query, limit: int = 10) -> Retrieved:
        """Return the passages that bear on a question, best first.

        :param limit: how many at most.
        """
        question = self._look_at(query)
        similar = dict(self._store.vectors.search(question.vector, _NEAREST_VECTORS, query.stories))
        by_words = self._store.records.search_words(
            content_words(query.text), _BEST_WORDS, query.stories
        )
        ids = dict.fromkeys([*similar, *(id for id, _ in by_words)])
        named = [
            slug
            for slug, weight in query.preferred.items()
            if weight >= 1 and (not query.stories or slug in query.stories)
        ]
        if named and len(named) <= _MOST_NAMED:
            ids.update(dict.fromkeys(p.id for p in self._store.records.passages_of(named)))
        passages = self._store.records.passages(ids)
        tokens = self._store.records.tokens(passages)
        hits = [self._measure(question, query, passages[id], tokens[id]) for id in passages]
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        return Retrieved(question, tuple(hits[:limit]))

    def _look_at(self, query: Query) -> QuestionVectors:
        vector, tokens = self.encoder.encode_question_with_tokens(query.text)
        asked = content_words(_without(query.text, query.names))
        total = self._store.records.count()
        found = self._store.records.document_frequencies(asked)
        rarity = {
            w: math.log(1 + (total - found.get(w, 0) + 0.5) / (found.get(w, 0) + 0.5))
            for w in asked
        }
        return QuestionVectors(
            vector,
            tokens,
            token_weights(query.text, tokens.offsets, rarity, query.names),
            even_weights(tokens.offsets, query.names),
            rarity,
            self.encoder.name,
        )

    def _measure(
        self, question: QuestionVectors, query: Query, passage: Passage, tokens: TokenVectors
    ) -> Hit:
        matches = best_matches(question.tokens.vectors, tokens.vectors)
        features = (
            float(matches @ question.even_weights),
            float(matches @ question.rare_weights),
            query.preferred.get(passage.story, 0.0),
        )
        return Hit(passage, tokens, features, rank_score(features, ranking_weights()))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with some stretches blanked out."""
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)


def rank_score(features: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted sum of a passage's ranking features."""
    return float(np.dot(features, weights))


@lru_cache(maxsize=1)
def ranking_weights() -> tuple[float, ...]:
    """Return the reviewed weights of RANKING_FEATURES."""
    stored = json.loads((files("index") / "ranking.json").read_text("utf-8"))
    return tuple(stored["weights"][name] for name in RANKING_FEATURES)
