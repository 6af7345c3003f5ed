"""Answers follow the stories while the app runs, each from one moment and never from two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.answer import Finished
from assistant.following import Following, SharedLock
from assistant.service import Assistant
from corpus.errors import CorpusError
from corpus.library import Library
from index.embedding import Encoder
from index.store import Store
from index.sync import holds_exactly, sync_index
from tests.index.small_library import make_story

QUESTION = "How many children mend nets in Bergen?"


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)


def mended(number: int) -> str:
    """Return a version of a paragraph; in each the numbers stand elsewhere."""
    return f"{'Every year ' * number}fishers teach {number}00 children to mend nets by the quay."


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant over one story of staff's own."""
    library = Library(tmp_path / "stories", bundled=tmp_path / "none")
    library.save(make_story("Bergen", mended(1)))
    encoder = Encoder()
    store = Store(tmp_path / "index", encoder.fingerprint)
    sync_index(library.stories(), store, encoder)
    with Assistant(library, store, encoder) as assistant:
        yield assistant
        assert holds_exactly(store, library.stories())


def test_a_change_is_followed_once_and_told():
    stamps, done = ["a"], []
    following = Following(
        lambda: stamps[-1],
        lambda: done.append(f"updated {stamps[-1]}"),
        lambda: done.append("told"),
        every=0.01,
    )
    until(lambda: len(done) == 2)
    stamps.append("b")
    until(lambda: len(done) == 4)
    time.sleep(0.1)
    following.stop()
    assert done == ["updated a", "told", "updated b", "told"]


def test_a_failure_is_told_once_and_does_not_end_the_following(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("assistant.following._AGAIN", 0.01)
    tries = []

    def update() -> None:
        tries.append(1)
        if len(tries) < 4:
            raise CorpusError("The disk is full.")

    told: list[int] = []
    following = Following(lambda: "a", update, lambda: told.append(1), every=0.01)
    until(lambda: told)
    following.stop()
    assert len(tries) == 4 and len(caplog.records) == 1 and "disk is full" in caplog.text


def test_who_changes_waits_for_readers_and_goes_before_later_ones():
    lock, order = SharedLock(), []
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with lock.shared():
            inside.set()
            leave.wait()
            order.append("reader")

    def change() -> None:
        with lock.exclusive():
            order.append("change")

    def later() -> None:
        with lock.shared():
            order.append("later reader")

    threads = [threading.Thread(target=each) for each in (first, change, later)]
    threads[0].start()
    inside.wait()
    threads[1].start()
    until(lambda: lock._changing)
    threads[2].start()
    time.sleep(0.05)
    leave.set()
    for thread in threads:
        thread.join()
    assert order == ["reader", "change", "later reader"]


@pytest.mark.slow
def test_what_another_process_changes_is_answered_within_seconds(
    assistant: Assistant, tmp_path: Path
):
    told: list[tuple[str, ...]] = []
    assistant.live.follow(lambda: told.append(assistant.catalogue.cities))
    # Another library over the same folder, as the command line has it.
    Library(tmp_path / "stories", bundled=tmp_path / "none").save(make_story("Bergen", mended(7)))
    until(lambda: "700 children" in assistant.answer(QUESTION)[0].text)
    Library(tmp_path / "stories", bundled=tmp_path / "none").withdraw("2021-bergen")
    until(lambda: not assistant.answer(QUESTION)[0].citations)
    until(lambda: len(told) == 3)
    assert told == [("Bergen",), ("Bergen",), ()]


@pytest.mark.slow
def test_an_answer_under_way_keeps_the_stories_it_was_begun_with(assistant: Assistant):
    events = assistant.ask(QUESTION)
    first = next(events)
    assistant.library.save(make_story("Bergen", mended(9)))
    assistant.live.update()
    finished = [event for event in events if isinstance(event, Finished)]
    assert finished[0].answer.citations == first.citations
    assert "100 children" in finished[0].answer.text
    assert "900 children" in assistant.answer(QUESTION)[0].text


@pytest.mark.slow
def test_no_answer_mixes_two_versions(assistant: Assistant):
    """Questions by four threads while the story changes as fast as it can."""
    ended, failures, seen = threading.Event(), [], set()
    versions = {make_story("Bergen", mended(n)).body for n in range(1, 6)}

    def ask() -> None:
        while not ended.is_set():
            try:
                answer, _ = assistant.answer(QUESTION)
                cited = [(c.quote, c.start, c.end) for c in answer.citations]
                whole = [v for v in versions if all(v[s:e] == q for q, s, e in cited)]
                assert cited and whole, cited
                seen.update(whole)
            except Exception as failure:
                failures.append(failure)
                return

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in (2, 3, 4, 5, 1, 2, 3, 4, 5):
        assistant.library.save(make_story("Bergen", mended(number)))
        assistant.live.update()
    ended.set()
    for reader in readers:
        reader.join()
    assert failures == [] and len(seen) > 1


@pytest.mark.slow
def test_stories_that_cannot_be_indexed_change_no_answer(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError("no space")

    assistant.library.save(make_story("Bergen", mended(8)))
    with monkeypatch.context() as patched:
        patched.setattr(assistant.live.store.records, "replace_story", full)
        with pytest.raises(OSError, match="no space"):
            assistant.live.update()
    assert "100 children" in assistant.answer(QUESTION)[0].text
    assistant.live.update()
    assert "800 children" in assistant.answer(QUESTION)[0].text
