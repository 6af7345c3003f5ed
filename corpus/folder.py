"""Writing files of a folder so that a crash leaves the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import CorpusError

_LOCK = ".changing"
_PATIENCE = 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def write_file(path: Path, content: bytes) -> None:
    """Put content in the place of what stood at path; makes the folder if there is none.

    Raises CorpusError if the disk is full or the folder cannot be written; the old content stays.
    """
    with plain_failure(path, "saved"):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(".tmp", f".{path.name}.", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _fsync_folder(path.parent)


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Keep other processes from changing a folder meanwhile; makes the folder if there is none.

    Raises CorpusError if the folder cannot be written, or another process takes too long.
    """
    import filelock

    with plain_failure(folder / _LOCK, "saved"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / _LOCK, timeout=_PATIENCE)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise CorpusError(
                f"Another program has been changing the folder {folder} for {_PATIENCE} seconds; "
                "try again."
            ) from None
    try:
        yield
    finally:
        lock.release()


def move_file(path: Path, to: Path) -> None:
    """Give a file another name, for good. Raises CorpusError if the folder cannot be written."""
    with plain_failure(to, "saved"):
        path.replace(to)
        _fsync_folder(to.parent)
        _fsync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove a file if it is there. Raises CorpusError if the folder cannot be written."""
    with plain_failure(path, "removed"):
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _fsync_folder(path.parent)


@contextlib.contextmanager
def plain_failure(path: Path, done: str) -> Iterator[None]:
    """Tell what the system refuses in one plain sentence: that path could not be `done`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            why, remedy = "the disk is full", "free some space and try again"
        elif error.errno in _FORBIDDEN:
            why, remedy = "it may not be written to", "make it writable or choose another folder"
        else:
            why, remedy = (error.strerror or str(error)), "choose another folder"
        raise CorpusError(
            f"{path.name} could not be {done} in the folder {path.parent}: {why}; {remedy}."
        ) from error


def _fsync_folder(folder: Path) -> None:
    """Make a rename or removal last through a power cut, where the system can."""
    with contextlib.suppress(OSError):  # Windows cannot open folders; some network disks refuse.
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
