"""A thousand stories: adding the next takes about as long as adding the tenth."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from corpus.library import Library
from corpus.markdown import write_story
from corpus.story import Story
from index.embedding import TokenVectors, Vectors
from index.store import Store
from index.sync import holds_exactly, sync_index
from tests.index.small_library import DigestEncoder, make_story

pytestmark = pytest.mark.slow


PACE = 35  # passages a second that the real encoder embeds on two cores


class PacedEncoder(DigestEncoder):
    """Embeds by digest; one story takes as long as with the real encoder, a thousand do not."""

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """Return what a `DigestEncoder` does, later."""
        if len(texts) < PACE:
            time.sleep(len(texts) / PACE)
        return super().encode_passages_with_tokens(texts, progress)


class Shelf:
    """A library and its index, both open as in the app."""

    def __init__(self, folder: Path, stories: int) -> None:
        """Make a shelf of so many stories; they are written without a history, which is quicker."""
        (folder / "stories").mkdir(parents=True)
        for number in range(stories):
            story = told(number)
            (folder / "stories" / f"{story.slug}.md").write_text(write_story(story), "utf-8")
        self.library = Library(folder / "stories", bundled=folder / "none")
        self.encoder = PacedEncoder()
        self.store = Store(folder / "index", self.encoder.fingerprint)
        self.sync()

    def sync(self) -> None:
        """Make the index equal to the library."""
        sync_index(self.library.stories(), self.store, self.encoder)  # type: ignore[arg-type]

    def seconds_to_add(self, number: int) -> float:
        """Return how long it takes until a story is saved and found."""
        began = time.perf_counter()
        self.library.add(told(number))
        self.sync()
        return time.perf_counter() - began


def told(number: int) -> Story:
    """Return a story of ordinary length, unlike the others: twelve paragraphs, 700 words."""
    paragraphs = [
        " ".join(f"Word{number * 7 + part}x{n}" for n in range(58)) + "." for part in range(12)
    ]
    return make_story(f"City{number}", *paragraphs)


def test_the_next_of_a_thousand_takes_little_longer_than_the_tenth(tmp_path: Path) -> None:
    few, many = Shelf(tmp_path / "few", 9), Shelf(tmp_path / "many", 1000)
    for shelf in (few, many):
        shelf.seconds_to_add(2000)  # opens what is opened once
    # In turn, so that what else the machine does slows both alike.
    pairs = [(few.seconds_to_add(n), many.seconds_to_add(n)) for n in range(2001, 2010)]
    ratio = statistics.median(after / before for before, after in pairs)
    for shelf in (few, many):
        assert holds_exactly(shelf.store, shelf.library.stories())
        shelf.store.close()
    assert ratio <= 1.5, f"{ratio:.2f}"
