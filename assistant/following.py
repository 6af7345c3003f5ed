"""What it takes for answers to follow the stories while questions are asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Protocol, Self, TypeVar

from assistant.opening import Progress
from corpus.errors import CorpusError
from corpus.library import Library
from corpus.story import Story
from index.embedding import Encoder
from index.errors import IndexFailure
from index.store import Store
from index.sync import SyncReport, sync_index

Changed = Callable[[], None]

_log = logging.getLogger(__name__)
_EVERY = 1.0  # seconds between looks at the folders; one takes milliseconds
_AGAIN = 30.0  # seconds until what failed is tried again


class SharedLock:
    """A lock that many hold at once for reading, or one alone for changing.

    Whoever wants to change goes before those who come to read later.
    """

    def __init__(self) -> None:
        """Begin with nobody holding it."""
        self._free = threading.Condition()
        self._readers = 0
        self._changing = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it together with others who read."""
        with self._free:
            self._free.wait_for(lambda: not self._changing)
            self._readers += 1
        try:
            yield
        finally:
            with self._free:
                self._readers -= 1
                self._free.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold it alone. Only one at a time may ask for this."""
        with self._free:
            self._changing += 1
            self._free.wait_for(lambda: not self._readers)
        try:
            yield
        finally:
            with self._free:
                self._changing -= 1
                self._free.notify_all()


class Following:
    """Looks now and then whether the stories changed, in a thread, and has the index follow."""

    def __init__(
        self,
        stamp: Callable[[], str],
        update: Callable[[], object],
        changed: Changed,
        every: float = _EVERY,
    ) -> None:
        """Begin to look.

        :param stamp: returns what differs when a story has changed.
        :param update: makes the index follow.
        :param changed: is called after that; also once at the beginning.
        :param every: seconds between two looks.
        """
        self._stamp = stamp
        self._update = update
        self._changed = changed
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns once a change that is under way is done."""
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        seen = ""
        told = ""
        wait = 0.0
        while not self._stopped.wait(wait):
            wait = self._every
            try:
                now = self._stamp()  # before the stories are read: what changes later, shows later
                if now != seen:
                    self._update()
                    seen, told = now, ""
                    self._changed()
            except (CorpusError, IndexFailure) as failure:
                wait = _AGAIN
                if str(failure) != told:
                    told = str(failure)
                    _log.warning("The answers cannot follow the stories yet: %s", failure)
            except Exception:  # a fault of ours must not end the following
                wait = _AGAIN
                _log.exception("The answers cannot follow the stories yet")


class _Moment(Protocol):
    """What is computed from the stories of one moment."""

    def after(self, changed: Mapping[str, Story | None]) -> Self:
        """Return the same for the moment after stories changed; None: one that is gone."""


Snapshot = TypeVar("Snapshot", bound=_Moment)


class Live(Generic[Snapshot]):
    """The snapshot of the stories that are answered from now, and how it turns with the index."""

    def __init__(self, first: Snapshot, library: Library, store: Store, encoder: Encoder) -> None:
        """Begin with the snapshot of the stories that the index holds."""
        self.snapshot = first
        self.store = store
        self._library = library
        self._encoder = encoder
        self._following: Following | None = None
        self._updating = threading.Lock()
        self._turning = SharedLock()

    @contextmanager
    def held(self) -> Iterator[Snapshot]:
        """Give the snapshot, and let the index hold its very stories meanwhile."""
        with self._turning.shared():
            yield self.snapshot

    def update(self, progress: Progress | None = None) -> SyncReport:
        """Make index and snapshot equal to the library now, and report what that took.

        :param progress: is told (what is done, how many done, how many in all).
        :raises IndexFailure: the index cannot be written; the snapshot stays as it was.
        """

        def count(done: int, total: int) -> None:
            if progress:
                progress("Indexing the stories", done, total)

        with self._updating:
            stories = self._library.stories()
            return sync_index(stories, self.store, self._encoder, count, self._turn)

    def follow(self, changed: Changed = lambda: None) -> None:
        """Update now, and from now on within seconds of every change of the stories.

        :param changed: is called in a thread of its own, now and after each change.
        """
        self.update()
        self._following = Following(self._library.stamp, self.update, changed)

    def stop(self) -> None:
        """Follow no more."""
        if self._following is not None:
            self._following.stop()

    @contextmanager
    def _turn(self, changed: Mapping[str, Story | None]) -> Iterator[None]:
        """Let nobody look at index and stories while both become those of another moment."""
        after = self.snapshot.after(changed)  # takes a while; nobody waits for it
        with self._turning.exclusive():
            yield
            self.snapshot = after
