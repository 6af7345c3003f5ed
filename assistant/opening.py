"""Opening the index: taken, made equal to the stories, and tried before anybody is answered."""

from __future__ import annotations

from collections.abc import Callable

from assistant.settings import Settings
from corpus.library import Library
from index.embedding import Encoder
from index.store import Store
from index.sync import SyncReport, sync_index

Progress = Callable[[str, int, int], None]


def open_index(
    settings: Settings, library: Library, encoder: Encoder, progress: Progress | None = None
) -> tuple[Store, SyncReport]:
    """Return the index folder's store, made equal to the library, and what that took.

    The store is tried before it is returned: a damaged one is told and built anew.

    :raises IndexFailure: another process owns the index, or it cannot be written.
    """

    def tell(what: str) -> None:
        if progress:
            progress(what, 0, 0)

    def count(done: int, total: int) -> None:
        if progress:
            progress("Indexing the stories", done, total)

    store = Store(settings.index, encoder.fingerprint, settings.chroma, tell)
    try:
        report = sync_index(library.stories(), store, encoder, count)
        if not store.is_sound():
            store.forget()
            report = sync_index(library.stories(), store, encoder, count)
        return store, report
    except BaseException:
        store.close()
        raise
