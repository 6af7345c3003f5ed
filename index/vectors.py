"""The vectors of passages and sentences, in Chroma: embedded in the index folder or on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from index.errors import IndexFailure

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

FOLDER = "chroma"
# Chroma takes a bounded number of rows a call; this stays below its smallest bound.
_BATCH = 1000


def open_client(folder: Path, server: str = "") -> ClientAPI:
    """Return a Chroma client over a folder, or of a server where one is named.

    :param server: "" for the embedded store, or `http(s)://host:port`.
    :raises IndexFailure: the folder is damaged or the server does not answer.
    """
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with _plain_failure(server or str(folder / FOLDER), "opened"):
        if not server:
            return chromadb.PersistentClient(path=str(folder / FOLDER), settings=settings)
        address = urlsplit(server)
        return chromadb.HttpClient(
            host=address.hostname or server,
            port=address.port or (443 if address.scheme == "https" else 8000),
            ssl=address.scheme == "https",
            settings=settings,
        )


def close_client(client: ClientAPI) -> None:
    """Let go of what a client holds open."""
    client.close()  # type: ignore[attr-defined]


@contextmanager
def _plain_failure(where: str, done: str) -> Iterator[None]:
    """Turn whatever Chroma raises into one sentence: its Rust core panics where it is damaged."""
    try:
        yield
    except (IndexFailure, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise IndexFailure(
            f"The vectors in {where} could not be {done} ({reason}): check that it is reachable "
            "and has free space, then run 'learning-city sync'; nothing is lost."
        ) from error


class Vectors:
    """One Chroma collection of unit vectors, each of which belongs to a story."""

    def __init__(self, client: ClientAPI, name: str, where: str) -> None:
        """Open the collection `name`, making it where there is none.

        :param where: the folder or address that a failure names.
        :raises IndexFailure: as every method here does if Chroma fails.
        """
        self._client = client
        self._where = where
        with _plain_failure(where, "opened"):
            self._collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )

    def close(self) -> None:
        """Let go of the store's files."""
        close_client(self._client)

    def put(self, story: str, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Write vectors of a story, (len(ids), dimension) float32; known ids are overwritten."""
        for first in range(0, len(ids), _BATCH):
            part = list(ids[first : first + _BATCH])
            with _plain_failure(self._where, "written"):
                self._collection.upsert(
                    ids=part,
                    embeddings=vectors[first : first + _BATCH],
                    metadatas=[{"story": story}] * len(part),
                )

    def ids_of(self, story: str) -> set[str]:
        """Return the ids of a story's vectors."""
        with _plain_failure(self._where, "read"):
            return set(self._collection.get(where={"story": story}, include=[])["ids"])

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        with _plain_failure(self._where, "read"):
            return set(self._collection.get(include=[])["ids"])

    def look_up(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Return vectors by id; ids that are not there are left out."""
        if not ids:
            return {}
        with _plain_failure(self._where, "read"):
            found = self._collection.get(ids=list(ids), include=["embeddings"])
            vectors = np.asarray(found["embeddings"], np.float32)
            return dict(zip(found["ids"], vectors, strict=True))

    def delete(self, ids: Iterable[str]) -> None:
        """Delete vectors; ids that are not there are passed over."""
        gone = list(ids)
        for first in range(0, len(gone), _BATCH):
            with _plain_failure(self._where, "deleted"):
                self._collection.delete(ids=gone[first : first + _BATCH])

    def count(self) -> int:
        """Return the number of vectors."""
        with _plain_failure(self._where, "read"):
            return int(self._collection.count())

    def search(
        self, vector: np.ndarray, limit: int, stories: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """Return (id, cosine similarity) of the vectors nearest to a question's, best first.

        :param vector: (dimension,) float32, unit length.
        :param stories: the slugs to search in; none for all.
        """
        total = self.count()
        if not total:
            return []
        where: Any = {"story": {"$in": list(stories)}} if stories else None
        with _plain_failure(self._where, "searched"):
            found = self._collection.query(
                query_embeddings=[vector],
                n_results=min(limit, total),
                where=where,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [(id, 1.0 - d) for id, d in zip(found["ids"][0], distances, strict=True)]


def drop_collections(client: ClientAPI, where: str, unwanted: Callable[[str], bool]) -> None:
    """Delete the collections whose names are unwanted.

    :param where: the folder or address that a failure names.
    :raises IndexFailure: Chroma fails.
    """
    with _plain_failure(where, "deleted"):
        for collection in client.list_collections():
            if unwanted(collection.name):
                client.delete_collection(collection.name)
