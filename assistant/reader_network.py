"""The network of the sentence reader: a transformer over a question beside a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from index.embedding import WIDTH
from index.retrieval import QuestionVectors

if TYPE_CHECKING:
    from assistant.sentence_reader import Beside

# Numbers that stand for a sentence as a whole; `evidence` makes them.
MEASURES = 7
LONGEST_QUESTION = 63
_INNER, _LAYERS, _HEADS, _DROPPED = 128, 2, 4, 0.2
# Unit vectors have components of about 1/20: brought to about the size of the others.
_VECTOR_SCALE = 8.0


class Inputs(NamedTuple):
    """One question of m tokens beside k sentences of at most n tokens.

    `question` (m, 384), `weights` (m, 2), `sentences` (k, n, 384), `absent` (k, n): no token there,
    `matches` (k, m) and `nearest` (k, n): the likeness to the other side's nearest token,
    `measures` (k, MEASURES).
    """

    question: Tensor
    weights: Tensor
    sentences: Tensor
    absent: Tensor
    matches: Tensor
    nearest: Tensor
    measures: Tensor


class ReaderNetwork(nn.Module):
    """Says of each sentence how much it bears on the question, and whether it states the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Linear(WIDTH, _INNER)
        self.of_question = nn.Linear(3, _INNER)
        self.of_sentence = nn.Linear(1, _INNER)
        self.of_whole = nn.Linear(MEASURES, _INNER)
        self.part = nn.Parameter(torch.randn(3, _INNER) * 0.02)
        self.place = nn.Embedding(LONGEST_QUESTION, _INNER)
        nn.init.normal_(self.place.weight, std=0.02)
        layer = nn.TransformerEncoderLayer(
            _INNER, _HEADS, 2 * _INNER, _DROPPED, nn.functional.gelu, batch_first=True,
            norm_first=True,
        )  # fmt: skip
        self.layers = nn.TransformerEncoder(layer, _LAYERS, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(_INNER)
        self.drop = nn.Dropout(_DROPPED)
        self.verdict = nn.Linear(_INNER, 2)
        nn.init.zeros_(self.verdict.weight)
        nn.init.zeros_(self.verdict.bias)

    def forward(self, seen: Inputs) -> Tensor:
        """Return (k, 2) log-odds: relevance, which adds to the linear score, and stated."""
        k, m = seen.matches.shape
        weights = seen.weights.expand(k, m, 2)
        marks = torch.cat([weights, _spread(seen.matches)], -1)
        question = (
            self.drop(self.token(seen.question * _VECTOR_SCALE)).expand(k, m, _INNER)
            + self.of_question(marks)
            + self.part[0]
            + self.place(torch.arange(m))
        )
        sentence = (
            self.drop(self.token(seen.sentences * _VECTOR_SCALE))
            + self.of_sentence(_spread(seen.nearest))
            + self.part[1]
        )
        whole = self.of_whole(seen.measures)[:, None] + self.part[2]
        absent = torch.cat([torch.zeros(k, 1 + m, dtype=torch.bool), seen.absent], 1)
        read = self.layers(torch.cat([whole, question, sentence], 1), src_key_padding_mask=absent)
        verdict: Tensor = self.verdict(self.norm(read[:, 0]))
        return verdict

    @staticmethod
    def inputs(question: QuestionVectors, sentences: Sequence[Beside]) -> Inputs:
        """Return a question and sentences as tensors."""
        tokens = np.asarray(question.tokens.vectors[:LONGEST_QUESTION], np.float32)
        m = len(tokens)
        weights = np.stack([question.rare_weights, question.even_weights], -1)
        longest = max(max(len(s.vectors) for s in sentences), 1)
        vectors = np.zeros((len(sentences), longest, WIDTH), np.float32)
        absent = np.ones((len(sentences), longest), bool)
        for row, sentence in enumerate(sentences):
            vectors[row, : len(sentence.vectors)] = sentence.vectors
            absent[row, : len(sentence.vectors)] = False
        return Inputs(
            torch.from_numpy(tokens),
            torch.from_numpy(np.asarray(weights[:m] * len(weights), np.float32)),
            torch.from_numpy(vectors),
            torch.from_numpy(absent),
            torch.from_numpy(np.stack([s.matches[:m] for s in sentences]).astype(np.float32)),
            torch.from_numpy((tokens @ vectors.transpose(0, 2, 1)).max(1)),
            torch.tensor([s.measures for s in sentences], dtype=torch.float32),
        )

    @classmethod
    def from_stored(cls, stored: Mapping[str, Tensor]) -> tuple[ReaderNetwork, ...]:
        """Return the networks that `to_store` has put into one mapping, ready to read."""
        networks = []
        for number in sorted({int(name.partition(".")[0]) for name in stored}):
            network = cls()
            begin = f"{number}."
            network.load_state_dict(
                {n.removeprefix(begin): t.float() for n, t in stored.items() if n.startswith(begin)}
            )
            networks.append(network.eval())
        return tuple(networks)


def to_store(networks: Sequence[ReaderNetwork]) -> dict[str, Tensor]:
    """Return the weights of several networks as one mapping, in half precision."""
    return {
        f"{number}.{name}": tensor.half().contiguous()
        for number, network in enumerate(networks)
        for name, tensor in network.state_dict().items()
    }


def _spread(likeness: Tensor) -> Tensor:
    """Bring cosines, which lie between .6 and .95 here, to about -1 to 1."""
    return (likeness * 4 - 3)[..., None]
