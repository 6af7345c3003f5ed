"""The index folder: one owner, damage told and mended, failures in one plain sentence."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexFailure
from index.passages import passages_of
from index.records import FILE, Records
from index.store import Store
from index.sync import holds_exactly, sync_index
from index.vectors import FOLDER
from tests.index.small_library import BOATS, DigestEncoder, make_story, vector_of

ROOT = Path(__file__).parents[2]
STORIES = [make_story("Bergen"), make_story("Oslo"), make_story("Tromso")]
PASSAGES = sum(len(passages_of(story)) for story in STORIES)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose index equals STORIES; not to be changed."""
    folder = tmp_path_factory.mktemp("sound") / "index"
    fill(folder)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound index, to be spoilt."""
    return Path(shutil.copytree(sound, tmp_path / "index"))


def fill(folder: Path, server: str = "") -> list[str]:
    """Open an index as the assistant does, hold that it equals STORIES, and return what it told."""
    encoder, told = DigestEncoder(), []
    store = Store(folder, encoder.fingerprint, server, told.append)
    try:
        sync_index(STORIES, store, encoder)
        if not store.is_sound():
            store.forget()
            sync_index(STORIES, store, encoder)
        assert holds_exactly(store, STORIES) and store.is_sound()
    finally:
        store.close()
    return told


def failure(folder: Path, **options) -> str:
    """Open an index that cannot be opened, and return the sentence that is told."""
    with pytest.raises(IndexFailure) as told:
        Store(folder, "digest-1", **options)
    return plain(str(told.value))


def plain(sentence: str) -> str:
    assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
    return sentence


# One owner


def test_a_folder_that_is_open_is_refused_and_its_owner_named(folder: Path) -> None:
    owner = Store(folder, "digest-1")
    assert f"(process {os.getpid()})" in failure(folder)
    owner.close()
    Store(folder, "digest-1").close()


HOLD = """
import sys, time
from pathlib import Path
from index.store import Store
store = Store(Path(sys.argv[1]), "digest-1")
store.vectors.count()
print("open", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_a_killed_owner_leaves_the_folder_free(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as owner:
        assert owner.stdout is not None and owner.stdout.readline() == "open\n"
        assert f"(process {owner.pid})" in failure(folder)
        owner.send_signal(signal.SIGKILL)
    assert fill(folder) == []


def test_a_failure_to_open_gives_the_folder_back(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    assert "cannot be opened" in failure(folder)
    (folder / FILE).rmdir()
    fill(folder)


# Damage


def overwrite(path: Path, share: float = 1.0) -> None:
    """Put noise over the middle of a file; the same noise each time."""
    content = bytearray(path.read_bytes())
    size = max(16, int(len(content) * share))
    start = max(0, (len(content) - size) // 2)
    content[start : start + size] = np.random.default_rng(5).bytes(size)
    path.write_bytes(content)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def half(path: Path) -> None:
    overwrite(path, 0.5)


@pytest.mark.parametrize("spoil", [overwrite, half, cut, remove, empty])
@pytest.mark.parametrize("file", [FILE, f"{FOLDER}/chroma.sqlite3"])
def test_a_damaged_file_is_told_and_the_index_rebuilt(
    file: str, spoil: Callable[[Path], None], folder: Path
) -> None:
    spoil(folder / file)
    told = fill(folder)
    assert len(told) == 1 and "built anew from the stories" in plain(told[0])
    assert fill(folder) == []


def test_vectors_removed_as_a_whole_are_told_and_rebuilt(folder: Path) -> None:
    remove(folder / FOLDER)
    (told,) = fill(folder)
    assert "lost its vectors" in told


def test_a_removed_folder_is_a_first_sync(folder: Path) -> None:
    remove(folder)
    assert fill(folder) == []


def test_vectors_that_went_missing_are_noticed_and_rebuilt(folder: Path) -> None:
    store = Store(folder, "digest-1")
    store.vectors.delete(list(store.vectors.ids())[:1])
    store.close()
    (told,) = fill(folder)
    assert "damaged" in told


def test_vectors_of_no_passage_are_deleted_without_a_rebuild(folder: Path) -> None:
    store = Store(folder, "digest-1")
    store.vectors.put("2021-bergen", ["2021-bergen:stray"], vector_of("stray")[None])
    assert store.is_sound() and store.vectors.count() == PASSAGES
    store.close()


def test_an_index_of_another_layout_is_told_and_rebuilt(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    (told,) = fill(folder)
    assert "another version" in told


def test_damage_met_while_asking_is_told_and_mended_at_the_next_start(folder: Path) -> None:
    store = Store(folder, "digest-1")
    store.records._connection.close()
    store.records._connection = sqlite3.connect(":memory:")  # lets go of the cached pages
    records = Records(folder)
    records._connection.execute("PRAGMA cache_size = 0")
    records._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = folder / FILE
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    with pytest.raises(IndexFailure, match="start the program again") as told:
        records.all_ids()
    plain(str(told.value))
    records.close()
    store.close()
    assert len(fill(folder)) == 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of so many passages that Chroma keeps its vector graph in files."""
    folder = tmp_path_factory.mktemp("large") / "index"
    encoder = DigestEncoder()
    store = Store(folder, encoder.fingerprint)
    sync_index(MANY, store, encoder)
    store.close()
    assert len(graph_files(folder)) == 5
    return folder


MANY = [
    make_story(f"City{chr(97 + n)}", *(f"{BOATS} The {k}th year." for k in range(400)))
    for n in range(3)
]


def graph_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / FOLDER).glob("*/*") if path.stat().st_size)


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [overwrite, cut, remove])
def test_a_damaged_vector_graph_is_told_before_it_can_end_the_process(
    spoil: Callable[[Path], None], large: Path, tmp_path: Path
) -> None:
    for number in range(5):
        folder = Path(shutil.copytree(large, tmp_path / str(number)))
        spoil(graph_files(folder)[number])
        told: list[str] = []
        store = Store(folder, "digest-1", notice=told.append)
        assert len(told) == 1 and "damaged" in plain(told[0])
        assert store.records.hashes() == {}
        store.close()


SEARCH = """
import sys
from pathlib import Path
from index.store import Store
store = Store(Path(sys.argv[1]), "digest-1", notice=print)
print(store.records.count(), store.is_sound(), flush=True)
"""


@pytest.mark.slow
def test_a_graph_damaged_after_a_crash_ends_at_most_one_process(
    large: Path, tmp_path: Path
) -> None:
    """A crash leaves no seal; reading the graph may then be fatal, but not a second time."""
    folder = Path(shutil.copytree(large, tmp_path / "index"))
    (folder / FOLDER / "seal.json").unlink()
    overwrite(next(path for path in graph_files(folder) if path.name == "data_level0.bin"))
    command = [sys.executable, "-c", SEARCH, folder]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if first.returncode == 0:
        assert first.stdout.split()[-1] == "False"
    else:
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert "damaged" in second.stdout and second.stdout.endswith("0 True\n")


def test_what_follows_an_unclean_end_is_used_as_it_is(folder: Path) -> None:
    (folder / FOLDER / "seal.json").unlink()
    assert fill(folder) == []


@pytest.mark.slow
def test_a_large_index_opens_within_a_moment(large: Path) -> None:
    start = time.perf_counter()
    Store(large, "digest-1").close()
    assert time.perf_counter() - start < 1


# Folders that cannot be written


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "cannot be written" in failure(tmp_path / "data" / "index")


WRITE = """
import os, resource, sys
from pathlib import Path
from index.errors import IndexFailure
from index.store import Store
from index.sync import sync_index
from tests.index.small_library import DigestEncoder, make_story
import chromadb.api.rust, chromadb.api.client
if limit := int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
elif os.geteuid() == 0:  # root may write anywhere
    os.setuid(65534)
encoder, store = DigestEncoder(), None
try:
    store = Store(Path(sys.argv[1]), encoder.fingerprint, notice=print)
    long = make_story("Hamar", *(f"The {n}th of many boats came home. " * 20 for n in range(60)))
    sync_index([make_story("Bergen"), long], store, encoder)
except IndexFailure as told:
    print(told)
    sys.exit(3)
finally:
    if store:
        store.close()
"""


def write_in_vain(folder: Path, limit: int = 0) -> str:
    """Sync in a process that cannot write, and return the sentence that it told."""
    ended = subprocess.run(
        [sys.executable, "-c", WRITE, folder, str(limit)],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr == ""
    return plain(ended.stdout.rstrip("\n"))


@pytest.mark.slow
@pytest.mark.parametrize("above", [0, 4_000, 60_000, 150_000])
def test_a_full_disk_is_told_and_what_was_there_is_still_there(above: int, folder: Path) -> None:
    """Files may grow no further than by `above` bytes: as on a disk with that much room."""
    largest = max(path.stat().st_size for path in folder.rglob("*"))
    told = write_in_vain(folder, largest + above)
    assert "free" in told
    store = Store(folder, "digest-1", notice=pytest.fail)
    assert set(store.records.hashes()) >= {story.slug for story in STORIES}
    assert store.is_sound()
    store.close()
    assert fill(folder) == []


@pytest.mark.slow
def test_a_rebuild_on_a_full_disk_keeps_the_old_index(folder: Path) -> None:
    records = Records(folder)
    records.set_fact("embedding", "digest-0")
    records.close()
    assert "cannot be written" in write_in_vain(folder, 500_000)
    records = Records(folder)
    assert len(records.hashes()) == 3
    records.close()


@pytest.fixture
def read_only(sound: Path) -> Iterator[Path]:
    """An index folder that may be read only, where the user that root gives way to can reach it."""
    above = Path(tempfile.mkdtemp())
    folder = Path(shutil.copytree(sound, above / "index"))
    paths = [above, folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(above)


@pytest.mark.slow
def test_a_read_only_folder_is_told_and_left_as_it_is(read_only: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in read_only.rglob("*")}
    assert "cannot be written" in write_in_vain(read_only)
    assert {path: path.stat().st_mtime_ns for path in read_only.rglob("*")} == before
