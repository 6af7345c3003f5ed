"""Texts as vectors: a sentence-transformers encoder with prompts for questions and passages.

The torch stack is loaded by the first text that is encoded, never before: a sync that finds
nothing to embed, or a look at the fingerprint, costs milliseconds.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFailure
from index.weights import embedding_weights, fetch, origin

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]
Kind = Literal["question", "passage"]

WIDTH = 384
# Tokens in a batch, padding included. On two cores larger batches gain nothing and cost memory.
_BATCH_TOKENS = 2048
# Counts up when the same weights and prompts give other vectors than before.
_VERSION = 1


@dataclass(frozen=True)
class TokenVectors:
    """The tokens of one text, without prompt and special tokens.

    `vectors` is (tokens, 384), each row of unit length; `offsets` is (tokens, 2): the first
    character of each token in the text, and the one after its last.
    """

    vectors: Vectors
    offsets: NDArray[np.int32]


class _Loaded(NamedTuple):
    model: "SentenceTransformer"
    tokenizer: "Tokenizer"


class Encoder:
    """Turns questions and passages into vectors of unit length; may be shared between threads."""

    def __init__(self, name: str | None = None, root: Path | None = None) -> None:
        """Take the embedding called `name` ("e5", "minilm"; default: LEARNING_CITY_EMBEDDING).

        Its weights are fetched into `root` (default: the weights folder) if they are not there.
        Raises IndexFailure if there is no such embedding or its weights cannot be had.
        """
        weights = embedding_weights(name)
        assert weights.encoder is not None
        self._shape = weights.encoder
        self._prompts: dict[Kind, str] = {
            "question": self._shape.question_prompt,
            "passage": self._shape.passage_prompt,
        }
        self._folder = fetch(weights, root)
        made_of = [f"{file}:{source}" for file, source in origin(self._folder).items()]
        parts = [*made_of, *self._prompts.values(), "mean", "unit", str(_VERSION)]
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        self.name = weights.name
        self.fingerprint = f"{weights.name}-{digest[:16]}"
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def warm(self) -> None:
        """Load the model and run it once, so that the first question does not wait for that."""
        self.encode_questions(["warm"])

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, (n, 384)."""
        return self._encode(texts, "question", None)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Return the vectors of passages, (n, 384); `progress` is told (done, all)."""
        return self._encode(texts, "passage", progress)

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], TokenVectors]:
        """Return a question's vector, (384,), and its tokens, from one pass of the model."""
        _, pooled, tokens = next(self._passes([text], "question", with_tokens=True))
        return pooled[0], tokens[0]

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """Return the vectors of passages, (n, 384), and the tokens of each, from one pass."""
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        found: dict[int, TokenVectors] = {}
        for rows, pooled, tokens in self._passes(texts, "passage", with_tokens=True):
            vectors[rows] = pooled
            found.update(zip(rows, tokens, strict=True))
            if progress:
                progress(len(found), len(texts))
        return vectors, [found[row] for row in range(len(texts))]

    def token_vectors(self, texts: Sequence[str], kind: Kind = "passage") -> list[TokenVectors]:
        """Return the tokens of each text: the last hidden states, scaled to unit length."""
        found: dict[int, TokenVectors] = {}
        for rows, _, tokens in self._passes(texts, kind, with_tokens=True):
            found.update(zip(rows, tokens, strict=True))
        return [found[row] for row in range(len(texts))]

    def _encode(
        self, texts: Sequence[str], kind: Kind, progress: Callable[[int, int], None] | None
    ) -> Vectors:
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        done = 0
        for rows, pooled, _ in self._passes(texts, kind, with_tokens=False):
            vectors[rows] = pooled
            done += len(rows)
            if progress:
                progress(done, len(texts))
        return vectors

    def _passes(
        self, texts: Sequence[str], kind: Kind, with_tokens: bool
    ) -> Iterator[tuple[list[int], Vectors, list[TokenVectors]]]:
        """Run the model over batches of texts of similar length.

        Yields the batch's rows in `texts`, their pooled vectors (rows, 384) and, if asked for,
        their tokens.
        """
        if not texts:
            return
        model, tokenizer = self._load()
        prompt = self._prompts[kind]
        encodings = tokenizer.encode_batch([prompt + text for text in texts])
        for rows in _batches([len(e.ids) for e in encodings]):
            batch = [encodings[row] for row in rows]
            with self._lock:
                pooled, hidden = self._run(model, batch)
            tokens = []
            if with_tokens:
                tokens = [
                    _tokens(encoding, states, prompt + texts[row], len(prompt))
                    for row, encoding, states in zip(rows, batch, hidden, strict=True)
                ]
            yield rows, pooled, tokens

    def _run(
        self, model: "SentenceTransformer", batch: "list[Encoding]"
    ) -> tuple[Vectors, Vectors]:
        """Return pooled vectors (batch, 384) and hidden states (batch, longest, 384)."""
        import torch

        shape = (len(batch), max(len(e.ids) for e in batch))
        ids = np.full(shape, self._shape.padding[1], np.int64)
        mask = np.zeros(shape, np.int64)
        for row, encoding in enumerate(batch):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        features = {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask),
            "token_type_ids": torch.zeros(shape, dtype=torch.int64),
        }
        with torch.inference_mode():
            result = model(features)
        return result["sentence_embedding"].numpy(), result["token_embeddings"].numpy()

    def _load(self) -> _Loaded:
        """Return the model, loaded once, whoever asks first."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._folder, self._shape.tokens)
            return self._loaded


def _load(folder: Path, longest: int) -> _Loaded:
    """Load the model in `folder` without a look at the network."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    # Its report on tensors that this encoder has no use for would only puzzle people.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"add_pooling_layer": False}
    try:
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs=options
        )
        # The one that the model has loaded; a second would take 280 MB.
        tokenizer = model.tokenizer.backend_tokenizer
    except Exception as fault:  # whatever the loaders raise on a damaged file
        raise IndexFailure(
            f"The embedding in {folder} cannot be loaded ({type(fault).__name__}); "
            "run 'learning-city weights' to check and mend it."
        ) from fault
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return _Loaded(model.eval(), tokenizer)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the rows in batches, longest first, each of at most _BATCH_TOKENS with padding."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, _BATCH_TOKENS // lengths[order[start]])
        yield order[start : start + size]
        start += size


def _tokens(encoding: "Encoding", hidden: Vectors, text: str, prompt: int) -> TokenVectors:
    """Return the tokens of `text` that come after its prompt of `prompt` characters.

    A token that carries the space before its word gets the offsets of the word alone; one that
    is nothing but space is left out.
    """
    kept, spans = [], []
    marks = zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
    for row, ((start, end), special) in enumerate(marks):
        start = max(start, prompt)
        start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end and not special:
            kept.append(row)
            spans.append((start - prompt, end - prompt))
    vectors = hidden[kept]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return TokenVectors(vectors.astype(np.float32), np.array(spans, np.int32).reshape(-1, 2))
