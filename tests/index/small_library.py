"""A library of a few tiny stories, an encoder that costs nothing, and a sync to be killed.

The encoder makes a vector of a text's digest: what these tests look at is what is kept of the
vectors, not what they mean, and a process that loads the real one takes seconds to start.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from corpus.story import Source, Story, lay_out
from index.embedding import WIDTH, TokenVectors, Vectors

BOATS = "Fishers teach children to mend nets. More than 1,200 of them took part in 2019."
SOURCE = Source("book", "Nets of the North", "Harbour Press", 2019, "https://example.org/nets")


def make_story(
    city: str = "Bergen", *paragraphs: str, section: str = "Boats", year: int = 2021
) -> Story:
    """Return a story with a lead and one section of paragraphs."""
    lead = f"{city} learns by the sea. It won an award."
    placed = [(text, ("book",)) for text in paragraphs or (BOATS,)]
    return Story(
        slug=f"{year}-{city.casefold()}",
        title=f"Learning in {city}",
        city=city,
        country="Norway",
        country_code="NO",
        region="Europe and North America",
        award="UNESCO Learning City Award",
        year=year,
        language="en",
        themes=("literacy",),
        population=None,
        status=None,
        sections=lay_out([("", [(lead, ("book",))]), (section, placed)]),
        sources=(SOURCE,),
    )


class DigestEncoder:
    """An encoder whose vectors are drawn from a text's digest: equal text, equal vector."""

    def __init__(self, fingerprint: str = "digest-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """Return a vector for each text, and one for each of its words."""
        self.encoded += texts
        if progress:
            progress(len(texts), len(texts))
        return np.array([vector_of(text) for text in texts]), [self._words(t) for t in texts]

    def _words(self, text: str) -> TokenVectors:
        ends = [end for end in range(1, len(text) + 1) if text[end : end + 1] in ("", " ")]
        starts = [0, *(end + 1 for end in ends[:-1])]
        spans = np.array([*zip(starts, ends, strict=True)], np.int32)
        return TokenVectors(np.array([vector_of(text[a:b]) for a, b in spans]), spans)


def vector_of(text: str) -> Vectors:
    """Return a unit vector that belongs to a text."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=WIDTH).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def sync_in_child(
    folder: Path, stories: Sequence[Story], die_at: int, steps: Any, started: Any
) -> None:
    """Sync an index, and die by SIGKILL at the `die_at`-th step of writing (0: never).

    A step is the beginning or the end of a function that writes; `steps` counts them.
    """
    from index.store import Store
    from index.sync import sync_index

    written = {"put", "delete", "_rows", "open_client", "seal", "unseal", "_take"}
    written |= {"_empty", "replace", "rmtree", "_rmtree_safe_fd", "mark_suspect"}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "return") and frame.f_code.co_name in written:
            steps.value += 1
            if steps.value == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    started.set()
    sys.setprofile(watch)
    encoder = DigestEncoder()
    store = Store(folder, encoder.fingerprint)
    sync_index(stories, store, encoder)  # type: ignore[arg-type]
    store.close()
    sys.setprofile(None)
