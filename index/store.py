"""The index folder: the record, the vectors, and the lock that says which process owns it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import filelock
import numpy as np

from index.damage import (
    MARKER,
    has_sound_vectors,
    has_vectors,
    is_sound,
    is_suspect,
    seal,
    suspected,
    unseal,
)
from index.errors import IndexFailure
from index.records import FILE, LAYOUT, Records, layout_of
from index.vectors import FOLDER, Vectors, close_client, drop_collections, open_client

_LOCK = "owner.lock"
_OWNER = "owner.txt"
_DISCARDED = "discarded"
COLLECTION = "learning-city-passages"
Notice = Callable[[str], None]

_DAMAGED = "The index is damaged: it is built anew from the stories, nothing is lost."
_LOST = "The index has lost its vectors: it is built anew from the stories, nothing is lost."
_OTHER_LAYOUT = "The index is of another version of this program: it is built anew."
_OTHER_SERVER = "The vectors are kept elsewhere now: the index is built anew from the stories."
_OTHER_EMBEDDING = "The embedding changed: the index is built anew from the stories."
# Vectors looked at one by one when the store is checked.
_SAMPLE = 50
# What must fit on the disk before an index is thrown away to be built anew.
_ROOM = 1_000_000


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
        notice: Notice = lambda _: None,
    ) -> None:
        """Take the folder and open what is in it.

        :param fingerprint: what tells the embedding from others.
        :param server: the address of a Chroma server; "" for the embedded store.
        :param notice: is told in a sentence when the index must be built anew.
        :raises IndexFailure: another process owns the folder, or it cannot be written.
        """
        self.folder = folder
        self.fingerprint = fingerprint
        self._server = server
        self._notice = notice
        self._vectors: Vectors | None = None
        self._found_sound = False
        self._opening = threading.Lock()
        self._lock = _take(folder)
        try:
            self.records = self._open_records()
            known = self.records.fact("embedding")
            if known and known != fingerprint:
                self._begin_anew(_OTHER_EMBEDDING, known)
            elif known and self.records.fact("server") != server:
                self._begin_anew(_OTHER_SERVER)
            elif not known:
                self._describe()
        except BaseException:
            self.close()
            raise

    @property
    def vectors(self) -> Vectors:
        """The passages' vectors; opened when first asked for, as Chroma takes a second.

        :raises IndexFailure: they cannot be opened.
        """
        with self._opening:
            if self._vectors is None:
                self._vectors = self._open_vectors()
            return self._vectors

    def is_sound(self) -> bool:
        """Tell whether each passage has its vector and is found by it.

        Takes a second for Chroma to open. Vectors that belong to no passage are deleted.

        :raises IndexFailure: the Chroma server does not answer.
        """
        if self._server:
            return self._agrees()
        with suspected(self.folder):
            try:
                return self._agrees()
            except IndexFailure:
                return False

    def was_sound(self) -> bool:
        """Tell whether it is sound; an embedded one is looked at once, as nobody else writes to it.

        :raises IndexFailure: as `is_sound`.
        """
        if self._server or not self._found_sound:
            self._found_sound = self.is_sound()
        return self._found_sound

    def forget(self) -> None:
        """Drop all that is indexed, when record and vectors turned out not to agree.

        :raises IndexFailure: there is no room for a new index; the old one is still there.
        """
        self._begin_anew(_DAMAGED, self.fingerprint)

    def close(self) -> None:
        """Close the files and give the folder back."""
        try:
            if hasattr(self, "records"):
                self.records.close()
            self._close_vectors()
        finally:
            self._lock.release()

    def _agrees(self) -> bool:
        recorded, held = self.records.all_ids(), self.vectors.ids()
        if recorded - held:
            return False
        self.vectors.delete(held - recorded)
        ids = sorted(recorded)
        sample = self.vectors.look_up(ids[:: max(1, len(ids) // _SAMPLE)])
        if not sample:
            return not ids
        found = self.vectors.search(next(iter(sample.values())), 1)
        return bool(found) and found[0][1] > 0.99 and all(map(_is_unit, sample.values()))

    def _open_vectors(self) -> Vectors:
        where = self._server or str(self.folder / FOLDER)
        name = _collection(self.fingerprint)
        client = open_client(self.folder, self._server)
        try:
            if not self._server:  # a server may hold what is not ours
                unseal(self.folder / FOLDER)
                drop_collections(client, where, lambda found: found != name)
            return Vectors(client, name, where)
        except BaseException:
            close_client(client)
            raise

    def _open_records(self) -> Records:
        if reason := self._reason_to_begin_anew():
            return self._emptied(reason)
        records = Records(self.folder)
        was_here = not self._server and not records.fact("server")
        if was_here and records.hashes() and not has_vectors(self.folder / FOLDER):
            records.close()
            return self._emptied(_LOST)
        return records

    def _reason_to_begin_anew(self) -> str:
        """Say why what lies in the folder cannot be used; "" if it can, or is not there yet."""
        shutil.rmtree(self.folder / _DISCARDED, ignore_errors=True)
        record, vectors = self.folder / FILE, self.folder / FOLDER
        if is_suspect(self.folder) or (record.exists() and not is_sound(record)):
            return _DAMAGED
        layout = layout_of(record) if record.exists() else 0
        if layout not in (0, LAYOUT):
            return _OTHER_LAYOUT
        if self._server or not has_vectors(vectors):
            return ""
        return "" if layout and has_sound_vectors(vectors) else _DAMAGED

    def _begin_anew(self, reason: str, embedding: str = "") -> None:
        """Empty the folder; on a server, drop the vectors of an embedding."""
        self.records.close()
        self._close_vectors()
        if self._server and embedding:
            client = open_client(self.folder, self._server)
            drop_collections(client, self._server, lambda name: name == _collection(embedding))
            close_client(client)
        self.records = self._emptied(reason)
        self._describe()

    def _emptied(self, reason: str) -> Records:
        _ensure_room(self.folder)
        self._notice(reason)
        _empty(self.folder)
        return Records(self.folder)

    def _describe(self) -> None:
        with self.records.transaction():
            self.records.set_fact("embedding", self.fingerprint)
            self.records.set_fact("server", self._server)

    def _close_vectors(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None
            if not self._server:
                seal(self.folder / FOLDER)


def _collection(fingerprint: str) -> str:
    return f"{COLLECTION}-{fingerprint}"[:63]


def _is_unit(vector: np.ndarray) -> bool:
    return abs(float(np.linalg.norm(vector)) - 1) < 0.01


def _take(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / _LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        owner = folder / _OWNER
        pid = owner.read_text(encoding="utf-8").strip() if owner.exists() else ""
        raise IndexFailure(
            f"The index {folder} is in use by another program (process {pid or 'unknown'}): ask "
            "there, or stop it and try again."
        ) from error
    except OSError as error:
        raise _not_written(folder, error) from error
    try:
        (folder / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
    except OSError as error:
        lock.release()
        raise _not_written(folder, error) from error
    return lock


def _not_written(folder: Path, error: OSError) -> IndexFailure:
    return IndexFailure(
        f"The index folder {folder} cannot be written ({error.strerror or error}): check its "
        "rights and the free space, or set LEARNING_CITY_DATA to another folder."
    )


def _ensure_room(folder: Path) -> None:
    """Raise IndexFailure if nothing can be written: then an old index is better than none."""
    probe = folder / "room"
    try:
        try:
            with probe.open("wb") as file:
                file.write(bytes(_ROOM))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(folder, error) from error


def _empty(folder: Path) -> None:
    """Remove the index's own files; the lock stays, because it is held.

    They are moved aside first, the vectors before the record and the mark of damage last, so that
    a crash on the way leaves a folder that is seen to lack something, never one that looks whole.
    """
    order = {FOLDER: 0, MARKER: 2}
    discarded = folder / _DISCARDED
    shutil.rmtree(discarded, ignore_errors=True)
    try:
        discarded.mkdir(exist_ok=True)
        for path in sorted(folder.iterdir(), key=lambda path: order.get(path.name, 1)):
            if path.name not in (_LOCK, _OWNER, _DISCARDED):
                path.replace(discarded / path.name)
    except OSError as error:
        raise _not_written(folder, error) from error
    shutil.rmtree(discarded, ignore_errors=True)
