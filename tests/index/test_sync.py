"""A sync makes the index equal to the library, whatever was there and wherever it was stopped."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.story import Story
from index.errors import IndexFailure
from index.passages import passages_of
from index.records import FILE, Records
from index.store import Store
from index.sync import SyncReport, holds_exactly, sync_index
from tests.index.small_library import BOATS, DigestEncoder, make_story, sync_in_child, vector_of

BERGEN, OSLO, TROMSO = make_story("Bergen"), make_story("Oslo"), make_story("Tromso")
OTHER_OSLO = make_story("Oslo", "A new paragraph stands here. It is short.", BOATS)
BODO = make_story("Bodo")
BEFORE, AFTER = [BERGEN, OSLO, TROMSO], [BERGEN, OTHER_OSLO, BODO]

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["chromadb.api.client", "chromadb.api.rust", "index.sync", "tests.index.small_library"]
)


def sync(folder: Path, stories: Sequence[Story], encoder: DigestEncoder | None = None):
    """Sync an index that is open for no longer; return the report and what was told."""
    encoder = encoder or DigestEncoder()
    told: list[str] = []
    store = Store(folder, encoder.fingerprint, notice=told.append)
    try:
        report = sync_index(stories, store, encoder)
        assert holds_exactly(store, stories)
        assert store.is_sound()
        assert not store.records.unfinished()
        return report, told
    finally:
        store.close()


def test_a_first_sync_adds_every_story(tmp_path: Path) -> None:
    report, told = sync(tmp_path, BEFORE)
    assert report == SyncReport(added=tuple(s.slug for s in BEFORE), changed=(), removed=(),
                                unchanged=())  # fmt: skip
    assert told == []


def test_only_what_changed_is_embedded_replaced_or_removed(tmp_path: Path) -> None:
    sync(tmp_path, BEFORE)
    encoder = DigestEncoder()
    report, _ = sync(tmp_path, AFTER, encoder)
    assert report == SyncReport(
        added=(BODO.slug,), changed=(OSLO.slug,), removed=(TROMSO.slug,), unchanged=(BERGEN.slug,)
    )
    assert {text.split(",")[0] for text in encoder.encoded} == {"Bodo", "Oslo"}


def test_a_sync_with_nothing_to_do_embeds_nothing_and_leaves_chroma_closed(tmp_path: Path) -> None:
    sync(tmp_path, BEFORE)
    encoder = DigestEncoder()
    store = Store(tmp_path, encoder.fingerprint)
    report = sync_index(BEFORE, store, encoder)
    assert report.unchanged == tuple(s.slug for s in BEFORE) and encoder.encoded == []
    assert store._vectors is None
    store.close()


def test_a_change_of_the_front_matter_alone_is_a_change(tmp_path: Path) -> None:
    sync(tmp_path, [BERGEN])
    moved = replace(BERGEN, year=2022)
    report, _ = sync(tmp_path, [moved])
    assert report.changed == (BERGEN.slug,)


def test_an_empty_library_empties_the_index(tmp_path: Path) -> None:
    sync(tmp_path, BEFORE)
    report, _ = sync(tmp_path, [])
    assert len(report.removed) == 3


def test_progress_counts_the_passages_up_to_all_of_them(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    stories = [make_story(f"City{chr(97 + n)}") for n in range(20)]
    encoder = DigestEncoder()
    store = Store(tmp_path, encoder.fingerprint)
    sync_index(stories, store, encoder, lambda done, of: calls.append((done, of)))
    store.close()
    assert calls == sorted(calls) and calls[-1] == (40, 40)


def test_another_embedding_means_a_rebuild_that_is_told_never_a_mixture(tmp_path: Path) -> None:
    sync(tmp_path, BEFORE)
    report, told = sync(tmp_path, BEFORE, DigestEncoder("digest-2"))
    assert len(report.added) == 3
    assert len(told) == 1 and "embedding changed" in told[0]


def test_an_encoder_that_is_not_the_stores_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path, "digest-1")
    with pytest.raises(IndexFailure, match="digest-1, not of digest-2"):
        sync_index(BEFORE, store, DigestEncoder("digest-2"))
    store.close()


def test_stories_are_embedded_before_anything_is_deleted(tmp_path: Path) -> None:
    sync(tmp_path, BEFORE)
    encoder = DigestEncoder()
    encoder.encode_passages_with_tokens = _fail
    store = Store(tmp_path, encoder.fingerprint)
    with pytest.raises(MemoryError):
        sync_index(AFTER, store, encoder)
    assert holds_exactly(store, BEFORE) and not store.records.unfinished()
    store.close()


def _fail(*_: object) -> None:
    raise MemoryError


# What a process leaves behind that is killed on its way.


def kill_in(folder: Path, stories: Sequence[Story], *, step: int = 0, seconds: float = 0) -> int:
    """Kill a process that syncs, at a step or after a time; return the steps it took."""
    steps, started = PROCESSES.Value("i", 0, lock=False), PROCESSES.Event()
    child = PROCESSES.Process(target=sync_in_child, args=(folder, stories, step, steps, started))
    child.start()
    started.wait(60)
    if seconds:
        time.sleep(seconds)
        child.kill()
    child.join(60)
    assert child.exitcode in ((-9,) if step else (-9, 0) if seconds else (0,))
    return int(steps.value)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose index equals BEFORE; not to be changed."""
    folder = tmp_path_factory.mktemp("indexed")
    sync(folder, BEFORE)
    return folder


def assert_stories_are_whole(folder: Path) -> None:
    """Read the record as it was left: each story is there as it was, as it will be, or not."""
    if not (folder / FILE).exists():
        return
    records = Records(folder)
    hashes = records.hashes()
    for slug in {s.slug for s in (*BEFORE, *AFTER)}:
        held = records.passages_of([slug])
        versions = [s for s in (*BEFORE, *AFTER) if s.slug == slug]
        if slug not in hashes:
            assert held == [], "only a story whose hash is noted has passages"
        else:
            (whole,) = {
                s.content_hash: s for s in versions if s.content_hash == hashes[slug]
            }.values()
            assert held == list(passages_of(whole))
    records.close()


def assert_recovers(folder: Path, stories: Sequence[Story]) -> None:
    assert_stories_are_whole(folder)
    sync(folder, stories)
    store = Store(folder, "digest-1")
    passage = passages_of(stories[1])[1]
    found = store.vectors.search(vector_of(passage.label + passage.text), 1)
    store.close()
    assert found[0][0] == passage.id


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False], ids=["first sync", "sync of changes"])
def test_a_sync_killed_at_any_step_is_made_good_by_the_next(
    first: bool, indexed: Path, tmp_path: Path
) -> None:
    """Twenty-odd steps spread over the whole sync, each end included."""

    def folder(name: object) -> Path:
        path = tmp_path / str(name)
        return path if first else Path(shutil.copytree(indexed, path))

    total = kill_in(folder("whole"), AFTER)
    assert total > 40
    for step in sorted({1, total, *range(3, total, max(1, total // 18))}):
        place = folder(step)
        kill_in(place, AFTER, step=step)
        assert_recovers(place, AFTER)


@pytest.mark.slow
def test_a_sync_killed_at_any_moment_is_made_good_by_the_next(
    indexed: Path, tmp_path: Path
) -> None:
    place = Path(shutil.copytree(indexed, tmp_path / "timed"))
    start = time.perf_counter()
    kill_in(place, AFTER)
    life = time.perf_counter() - start
    moments = random.Random(2).sample(range(1, 100), 12)
    for number, percent in enumerate(moments):
        place = Path(shutil.copytree(indexed, tmp_path / str(number)))
        kill_in(place, AFTER, seconds=life * percent / 100)
        assert_recovers(place, AFTER)


@pytest.mark.slow
def test_a_rebuild_killed_at_any_step_is_made_good_by_the_next(
    indexed: Path, tmp_path: Path
) -> None:
    """The old index is of another embedding, so it is thrown away on the way."""
    other = Path(shutil.copytree(indexed, tmp_path / "other"))
    records = Records(other)
    records.set_fact("embedding", "digest-0")
    records.close()
    total = kill_in(Path(shutil.copytree(other, tmp_path / "whole")), AFTER)
    for step in range(2, total, max(1, total // 10)):
        place = Path(shutil.copytree(other, tmp_path / str(step)))
        kill_in(place, AFTER, step=step)
        assert_recovers(place, AFTER)


@pytest.mark.slow
def test_after_many_kills_in_a_row_one_sync_is_enough(indexed: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(indexed, tmp_path / "index"))
    for number, step in enumerate((20, 35, 15, 40, 28, 33)):
        kill_in(place, BEFORE if number % 2 else AFTER, step=step)
        assert_stories_are_whole(place)
    assert_recovers(place, AFTER)
