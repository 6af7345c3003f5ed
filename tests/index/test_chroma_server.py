"""The vectors on a Chroma server instead of in the index folder: the same index, the same hits."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import IndexFailure
from index.passages import passages_of
from index.store import Store
from index.sync import holds_exactly, sync_index
from tests.index.small_library import BOATS, DigestEncoder, make_story, vector_of

pytestmark = pytest.mark.slow

STORIES = [make_story("Bergen"), make_story("Oslo"), make_story("Tromso")]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server of our own."""
    port = free_port()
    command = [Path(sys.executable).parent / "chroma", "run", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--path", str(tmp_path_factory.mktemp("server"))]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(f"{address}/api/v2/heartbeat", process)
            yield address
        finally:
            process.terminate()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def open_store(folder: Path, server: str, told: list[str] | None = None) -> Store:
    return Store(folder, "digest-1", server, [].append if told is None else told.append)


def fill(store: Store) -> None:
    sync_index(STORIES, store, DigestEncoder())
    assert store.is_sound() and holds_exactly(store, STORIES)


def test_a_server_holds_the_same_index_and_finds_the_same(server: str, tmp_path: Path) -> None:
    remote, local = open_store(tmp_path / "remote", server), open_store(tmp_path / "local", "")
    fill(remote)
    fill(local)
    for passage in [p for story in STORIES for p in passages_of(story)]:
        near = vector_of(passage.label + passage.text) + 0.02 * vector_of(passage.text)
        there, here = (store.vectors.search(near, 3) for store in (remote, local))
        assert [id for id, _ in there] == [id for id, _ in here]
        assert there[0][0] == passage.id
        assert [s for _, s in there] == pytest.approx([s for _, s in here], abs=1e-5)
        only = remote.vectors.search(near, 3, ["2021-oslo"])
        assert {id.split(":")[0] for id, _ in only} == {"2021-oslo"}
    remote.close()
    local.close()


def test_a_change_reaches_the_server(server: str, tmp_path: Path) -> None:
    store = open_store(tmp_path, server)
    fill(store)
    after = [STORIES[0], make_story("Oslo", "It is new.", BOATS)]
    report = sync_index(after, store, DigestEncoder())
    assert (len(report.changed), len(report.removed)) == (1, 1) and holds_exactly(store, after)
    store.close()


def test_what_others_keep_on_the_server_is_left_alone(server: str, tmp_path: Path) -> None:
    import chromadb

    address, port = server.removeprefix("http://").split(":")
    client = chromadb.HttpClient(host=address, port=int(port))
    client.create_collection("of-others")
    store = open_store(tmp_path, server)
    fill(store)
    store.forget()
    fill(store)
    store.close()
    assert "of-others" in {collection.name for collection in client.list_collections()}


def test_moving_the_vectors_to_a_server_is_told_and_builds_them_there(
    server: str, tmp_path: Path
) -> None:
    moves = []
    for address in ("", server, ""):
        told: list[str] = []
        store = open_store(tmp_path, address, told)
        fill(store)
        store.close()
        if store_moves := len(told) > 0:
            assert "elsewhere" in told[0]
        moves.append(store_moves)
    assert moves == [False, True, True]


def test_vectors_lost_on_the_server_are_noticed(server: str, tmp_path: Path) -> None:
    store = open_store(tmp_path, server)
    fill(store)
    store.vectors.delete(store.vectors.ids())
    assert not store.is_sound()
    store.forget()
    fill(store)
    store.close()


def test_a_server_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    store = open_store(tmp_path, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(IndexFailure, match="check that it is reachable") as told:
        store.is_sound()
    assert "\n" not in str(told.value)
    store.close()
