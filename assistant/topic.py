"""Whether a question is about what cities do for learning, or about something else."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from index.embedding import Encoder

_NEIGHBOURS = 3


class Topic:
    """Compares questions with examples of both kinds, which stand in `examples.toml`."""

    def __init__(self, encoder: Encoder) -> None:
        """Encode the examples, which takes about a second."""
        examples = tomllib.loads((files("assistant") / "examples.toml").read_text("utf-8"))
        self._about_cities = encoder.encode_questions(examples["about_cities"])
        self._about_else = encoder.encode_questions(examples["about_something_else"])

    def distance(self, question: NDArray[np.float32]) -> float:
        """Return how much nearer a question, (384,), is to other topics; negative is on topic.

        The measure is the mean cosine to its three nearest neighbours of either kind.
        """
        return _nearness(self._about_else, question) - _nearness(self._about_cities, question)


def _nearness(examples: NDArray[np.float32], question: NDArray[np.float32]) -> float:
    return float(np.sort(examples @ question)[-_NEIGHBOURS:].mean())
