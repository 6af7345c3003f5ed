"""Stories are changed and indexed in one process, as in the app, and it is killed on the way.

After a restart the library holds what was confirmed, and the index agrees with it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from corpus.library import Library
from index.store import Store
from index.sync import holds_exactly, sync_index
from tests.index.small_library import BOATS, DigestEncoder, make_story

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["chromadb.api.client", "chromadb.api.rust", "index.sync", "corpus.library"]
)
# Kills of each kind. Each takes a second or two, so fifty are for who asks for them: KILLS=50.
KILLS = int(os.environ.get("KILLS", "3"))
CHANGES = ("add", "replace", "withdraw", "sync")


def library_in(data: Path) -> Library:
    return Library(data / "stories", bundled=data / "none")


def sync(data: Path) -> None:
    encoder = DigestEncoder()
    store = Store(data / "index", encoder.fingerprint)
    try:
        sync_index(library_in(data).stories(), store, encoder)  # type: ignore[arg-type]
    finally:
        store.close()


def change_in_child(data: Path, what: str, begun: Connection) -> None:
    """Change a story again and again, tell each change that is done, and sync after it."""
    library = library_in(data)
    bergen = library.get("2021-bergen")
    begun.send("begun")
    for number in range(1000):
        if what == "add":
            library.add(make_story(f"Town{number}", f"{number} boats sail. {BOATS}"))
        elif what == "replace":
            library.save(replace(bergen, title=f"Title {number}"))
        elif what == "withdraw":
            (library.restore if number % 2 else library.withdraw)("2021-bergen")
        else:  # all changes at once, so that the kill strikes the sync that follows
            for town in range(3):
                library.save(make_story(f"Town{town}", f"{number} boats sail. {BOATS}"))
        begun.send(number)
        sync(data)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two stories, indexed; not to be changed."""
    data = tmp_path_factory.mktemp("begun")
    for city in ("Bergen", "Oslo"):
        library_in(data).save(make_story(city))
    sync(data)
    return data


def kill_in(data: Path, what: str, seconds: float) -> int:
    """Kill a process that changes stories; return the number of the last change it told."""
    here, there = PROCESSES.Pipe()
    child = PROCESSES.Process(target=change_in_child, args=(data, what, there))
    child.start()
    there.close()
    assert here.poll(120) and here.recv() == "begun"
    time.sleep(seconds)
    child.kill()
    child.join()
    last = -1
    try:
        while here.poll(0):
            last = here.recv()
    except (EOFError, OSError):
        pass
    return last


def assert_confirmed(library: Library, what: str, last: int) -> None:
    """Check that the changes up to the last one told are there; the next may be or not."""
    entries = {entry.slug: entry for entry in library.entries()}
    if what == "add":
        assert {f"2021-town{number}" for number in range(last + 1)} <= entries.keys()
    elif what == "replace" and last >= 0:
        title = entries["2021-bergen"].story.title
        assert title in (f"Title {last}", f"Title {last + 1}")
    elif what == "withdraw":
        hidden = [c.kind for c in library.history.of("2021-bergen")][-1] == "withdrawn"
        assert (entries["2021-bergen"].status == "withdrawn") == hidden
    elif what == "sync" and last >= 0:
        boats = {entries[f"2021-town{town}"].story.body.split(" boats")[0] for town in range(3)}
        assert all(int(text.split()[-1]) in (last, last + 1) for text in boats)


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_after_a_kill_library_and_index_agree_and_nothing_confirmed_is_missing(
    what: str, begun: Path, tmp_path: Path
) -> None:
    dice = random.Random(what)
    for number in range(KILLS):
        data = Path(shutil.copytree(begun, tmp_path / str(number)))
        last = kill_in(data, what, dice.uniform(0, 0.6))
        library = library_in(data)
        assert library.faults() == ()
        assert library.withdraw("2021-oslo")  # the next change brings a stopped one to its end
        assert library.history.noted() is None
        assert_confirmed(library, what, last)
        sync(data)
        store = Store(data / "index", DigestEncoder().fingerprint)
        assert holds_exactly(store, library.stories()) and store.is_sound()
        assert not store.records.unfinished()
        store.close()
        shutil.rmtree(data)
