"""Reads a question beside a sentence: is this what is asked for, and is it stated there?

Similarity takes "who pays for it" and "with help from the lottery" for strangers. A small
transformer (Vaswani et al., 2017) over both together learns such ties from questions with marked
answers. It reads the token vectors that the index keeps, so nothing is encoded again, and it adds
to the linear score instead of replacing it. Its weights, `sentence_reader.safetensors`, belong to
one embedding; `assistant.evaluation.fitting_reader` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.retrieval import QuestionVectors

if TYPE_CHECKING:  # torch takes seconds to import
    from assistant.reader_network import ReaderNetwork

Vector = NDArray[np.float32]
# The embedding whose token vectors the weights were fitted on.
_EMBEDDING = "multilingual-e5-small"
_FILE = "sentence_reader.safetensors"


@dataclass(frozen=True)
class Reading:
    """What the reader says of one sentence, as log-odds.

    `relevance` adds to the linear score that ranks; `stated` is high where it states what is asked.
    """

    relevance: float
    stated: float


@dataclass(frozen=True, eq=False)
class Beside:
    """A sentence as the reader sees it beside a question of m tokens.

    `vectors`: its token vectors, (n, 384). `matches`: for each of the question's tokens its
    similarity to the nearest token, (m,). `measures`: MEASURES numbers that stand for the whole.
    """

    vectors: Vector
    matches: Vector
    measures: tuple[float, ...]


def read(
    question: QuestionVectors, sentences: Sequence[Beside], fold: int | None = None
) -> list[Reading]:
    """Return what the reader says of each sentence; of another embedding's vectors, nothing.

    :param fold: ask only the network that was trained without the stories of this fold.
    """
    if not sentences or question.embedding != _EMBEDDING:
        return [Reading(0.0, 0.0)] * len(sentences)
    import torch

    networks = _networks() if fold is None else (_networks()[fold],)
    with torch.inference_mode():
        said = torch.stack([net(net.inputs(question, sentences)) for net in networks]).mean(0)
    return [Reading(float(row[0]), float(row[1])) for row in said]


@lru_cache(maxsize=1)
def _networks() -> tuple[ReaderNetwork, ...]:
    from safetensors.torch import load

    from assistant.reader_network import ReaderNetwork

    stored = load((files("assistant") / _FILE).read_bytes())
    return ReaderNetwork.from_stored(stored)
