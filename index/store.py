"""The index folder: the record, the vectors, and the lock that says which process owns it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import filelock

from index.errors import IndexFailure
from index.records import FILE, Records
from index.vectors import FOLDER, Vectors, drop_collections, open_client

_LOCK = "owner.lock"
_OWNER = "owner.txt"
COLLECTION = "passages"


class Store:
    """The open index of one embedding, owned by this process until it is closed.

    Chroma's embedded store loses rows without an error when two processes write to it, so there
    is one owner at a time. The record names the embedding; another embedding means a rebuild,
    never a mixture. A damaged folder is told through `notice`, moved aside and begun anew: the
    stories are the truth.
    """

    def __init__(
        self,
        folder: Path,
        fingerprint: str,
        server: str = "",
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take the folder and open what is in it.

        :param fingerprint: what tells the embedding from others.
        :param server: the address of a Chroma server; "" for the embedded store.
        :param notice: is told in a sentence when the index must be built anew.
        :raises IndexFailure: another process owns the folder, or it cannot be written.
        """
        self.folder = folder
        self._server = server
        self._vectors: Vectors | None = None
        self._lock = _take(folder)
        try:
            self.records = self._open_records(notice)
            known = self.records.fact("embedding")
            if known and known != fingerprint:
                notice("The embedding changed: the index is built anew from the stories.")
                self._begin_anew()
            self.fingerprint = fingerprint
            if known != fingerprint:
                self.records.set_fact("embedding", fingerprint)
        except BaseException:
            self._lock.release()
            raise

    @property
    def vectors(self) -> Vectors:
        """The passages' vectors; opened when first asked for, as Chroma takes a second."""
        if self._vectors is None:
            name = f"{COLLECTION}-{self.fingerprint}"[:63]
            client = open_client(self.folder, self._server)
            drop_collections(client, keep=[name])
            self._vectors = Vectors(client, name)
        return self._vectors

    def forget(self, notice: Callable[[str], None]) -> None:
        """Drop all that is indexed, when record and vectors turned out not to agree."""
        notice("The index is damaged: it is built anew from the stories, nothing is lost.")
        self._begin_anew()
        self.records.set_fact("embedding", self.fingerprint)

    def close(self) -> None:
        """Close the files and give the folder back."""
        self.records.close()
        _close_chroma(self._vectors)
        self._vectors = None
        self._lock.release()

    def _open_records(self, notice: Callable[[str], None]) -> Records:
        missing_vectors = (
            not self._server and not (self.folder / FOLDER / "chroma.sqlite3").exists()
        )
        try:
            records = Records(self.folder)
            if not records.is_sound():
                records.close()
                raise IndexFailure("The index record is damaged.")
        except IndexFailure:
            if not os.access(self.folder, os.W_OK) or not (self.folder / FILE).exists():
                raise
            notice("The index is damaged: it is built anew from the stories, nothing is lost.")
            _empty(self.folder)
            return Records(self.folder)
        if missing_vectors and records.hashes():
            notice("The index has lost its vectors: it is built anew from the stories.")
            records.close()
            _empty(self.folder)
            return Records(self.folder)
        return records

    def _begin_anew(self) -> None:
        self.records.close()
        _close_chroma(self._vectors)
        self._vectors = None
        if self._server:
            drop_collections(open_client(self.folder, self._server))
        _empty(self.folder)
        self.records = Records(self.folder)


def _take(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / _LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        (folder / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
    except filelock.Timeout as error:
        owner = folder / _OWNER
        pid = owner.read_text(encoding="utf-8").strip() if owner.exists() else "unknown"
        raise IndexFailure(
            f"The index {folder} is in use by another program (process {pid}): ask there, or stop "
            "it and try again."
        ) from error
    except OSError as error:
        raise IndexFailure(
            f"The index folder {folder} cannot be written ({error.strerror or error}): check its "
            "rights and the free space, or set LEARNING_CITY_DATA to another folder."
        ) from error
    return lock


def _empty(folder: Path) -> None:
    """Remove the index's own files; the lock stays, because it is held."""
    for path in folder.iterdir():
        if path.name in (_LOCK, _OWNER):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _close_chroma(vectors: Vectors | None) -> None:
    if vectors is not None:
        vectors.close()
