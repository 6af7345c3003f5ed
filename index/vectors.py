"""The vectors of passages and sentences, in Chroma: embedded in the index folder or on a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    try:
        if not server:
            return chromadb.PersistentClient(path=str(folder / FOLDER), settings=settings)
        address = urlsplit(server)
        return chromadb.HttpClient(
            host=address.hostname or server,
            port=address.port or (443 if address.scheme == "https" else 8000),
            ssl=address.scheme == "https",
            settings=settings,
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a damaged store makes Chroma's Rust core panic
        where = f"The Chroma server {server}" if server else f"The vector store {folder / FOLDER}"
        raise IndexFailure(
            f"{where} cannot be opened ({error}): check that it is reachable and undamaged."
        ) from error


class Vectors:
    """One Chroma collection of unit vectors, each of which belongs to a story."""

    def __init__(self, client: ClientAPI, name: str) -> None:
        """Open the collection `name`, making it where there is none."""
        self._client = client
        self._collection = client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def close(self) -> None:
        """Let go of the store's files."""
        self._client.close()  # type: ignore[attr-defined]

    def put(self, story: str, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Write vectors of a story, (len(ids), dimension) float32; known ids are overwritten."""
        for first in range(0, len(ids), _BATCH):
            part = list(ids[first : first + _BATCH])
            self._collection.upsert(
                ids=part,
                embeddings=vectors[first : first + _BATCH],
                metadatas=[{"story": story}] * len(part),
            )

    def ids_of(self, story: str) -> set[str]:
        """Return the ids of a story's vectors."""
        return set(self._collection.get(where={"story": story}, include=[])["ids"])

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        return set(self._collection.get(include=[])["ids"])

    def delete(self, ids: Iterable[str]) -> None:
        """Delete vectors; ids that are not there are passed over."""
        gone = list(ids)
        for first in range(0, len(gone), _BATCH):
            self._collection.delete(ids=gone[first : first + _BATCH])

    def count(self) -> int:
        """Return the number of vectors."""
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
        found = self._collection.query(
            query_embeddings=[vector],
            n_results=min(limit, total),
            where=where,
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        return [(id, 1.0 - d) for id, d in zip(found["ids"][0], distances, strict=True)]


def drop_collections(client: ClientAPI, keep: Iterable[str] = ()) -> None:
    """Delete all collections but those to keep."""
    kept = set(keep)
    for collection in client.list_collections():
        if collection.name not in kept:
            client.delete_collection(collection.name)
