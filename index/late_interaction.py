"""Late interaction: a question's tokens compared with each token of a passage.

A passage's one vector blurs what its sentences say; comparing token by token ("MaxSim" of
Khattab and Zaharia, ColBERT, 2020) keeps "how much", "per year" and "toddlers" apart. The token
vectors are the encoder's last hidden states; no further model is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.words import content_words, words

Matrix = NDArray[np.float32]

# A word that the stories never use cannot outweigh all the others together.
_HIGHEST_WEIGHT = 6.0
# What a function word ("how", "many") weighs beside a content word: it still tells the form.
_FUNCTION_WEIGHT = 0.3
_WORD = re.compile(r"\w+")


def pack(vectors: Matrix) -> NDArray[np.int8]:
    """Return unit vectors as int8, each scaled to its largest component; a quarter of the room."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    packed: NDArray[np.int8] = np.round(vectors / np.maximum(largest, 1e-9) * 127).astype(np.int8)
    return packed


def unpack(packed: NDArray[np.int8]) -> Matrix:
    """Return packed vectors as unit vectors; cosines are kept to about 0.001."""
    vectors = packed.astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def token_weights(
    question: str,
    offsets: NDArray[np.int32],
    rarity: Mapping[str, float],
    passed_over: Sequence[tuple[int, int]] = (),
) -> NDArray[np.float32]:
    """Return how much each token of a question counts, summing to 1.

    A word's weight is its inverse document frequency, shared among its tokens.

    :param offsets: (tokens, 2), the first character of each token and the one after its last.
    :param rarity: the inverse document frequency of each of the question's content words.
    :param passed_over: stretches of the question whose tokens do not count.
    """
    content = set(content_words(question))
    weights = np.zeros(len(offsets), np.float32)
    for match in _WORD.finditer(question):
        inside = np.flatnonzero((offsets[:, 0] < match.end()) & (offsets[:, 1] > match.start()))
        parts = [rarity.get(w, _FUNCTION_WEIGHT) for w in words(match.group()) if w in content]
        weight = min(max(parts, default=_FUNCTION_WEIGHT), _HIGHEST_WEIGHT)
        for token in inside:
            weights[token] = max(weights[token], weight / len(inside))
    return _shares(weights * _counted(offsets, passed_over))


def even_weights(
    offsets: NDArray[np.int32], passed_over: Sequence[tuple[int, int]] = ()
) -> NDArray[np.float32]:
    """Return equal weights, summing to 1, for the tokens that are not passed over."""
    return _shares(_counted(offsets, passed_over))


def _counted(
    offsets: NDArray[np.int32], passed_over: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    counted = np.ones(len(offsets), np.float32)
    for start, end in passed_over:
        counted[(offsets[:, 0] < end) & (offsets[:, 1] > start)] = 0
    return counted


def _shares(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale weights to a sum of 1; where nothing counts, everything counts alike."""
    total = float(weights.sum())
    if not total:
        return np.full(len(weights), 1 / max(1, len(weights)), np.float32)
    return (weights / np.float32(total)).astype(np.float32)


def best_matches(question: Matrix, text: Matrix) -> NDArray[np.float32]:
    """Return for each question token its similarity to the nearest token of a text.

    :param question: (m, dimension) unit vectors.
    :param text: (n, dimension) unit vectors.
    """
    if not len(text):
        return np.zeros(len(question), np.float32)
    return np.asarray((question @ text.T).max(axis=1), np.float32)
