"""A draft, asked before it is added: the same answering, over this one story."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.answer import Answer, Finished
from assistant.service import Assistant, Snapshot
from corpus.story import Story
from index.retrieval import Retrieval
from index.store import Store
from index.sync import sync_index


def answer_from(story: Story, question: str, assistant: Assistant) -> Answer:
    """Return the answer by quotes that a question gets from one story alone.

    The library and the index are not touched; the story gets an index of its own that is thrown
    away, which takes a second or two.

    :raises IndexFailure: there is no room for it.
    """
    with _snapshot(story, assistant) as snapshot:
        *_, last = snapshot.ask(question)
    assert isinstance(last, Finished), "the stream of an answer ends with Finished"
    return last.answer


@contextmanager
def _snapshot(story: Story, assistant: Assistant) -> Iterator[Snapshot]:
    encoder = assistant.encoder
    with tempfile.TemporaryDirectory(prefix="learning-city-draft-") as folder:
        store = Store(Path(folder), encoder.fingerprint)
        try:
            sync_index([story], store, encoder)
            yield Snapshot([story], Retrieval(store, encoder), assistant.topic)
        finally:
            store.close()
