"""Signs that an index folder is damaged, found before it is used.

SQLite tells of most damage itself. Chroma's files of its vector graph hold no checksum, and a
flipped byte in one of them ends the process without an exception. So they are sealed when the
index is closed, compared with the seal when it is opened, and a marker lies in the folder while
they are first read after a crash, when there is no seal.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

_SEAL = "seal.json"
MARKER = "suspect"
_SQLITE = "chroma.sqlite3"
# A larger database is not read through as a whole: that would take seconds at every start. What
# is damaged there is met when it is used; `mark_suspect` then has it rebuilt at the next start.
_READ_WHOLE = 200_000_000


def is_suspect(folder: Path) -> bool:
    """Tell whether the process before met damage here, or died while it looked for some."""
    return (folder / MARKER).exists()


def mark_suspect(folder: Path) -> None:
    """Have the index in a folder built anew at the next start."""
    with suppress(OSError):  # a full disk must not hide the error that led here
        (folder / MARKER).touch()


@contextmanager
def suspected(folder: Path) -> Iterator[None]:
    """Mark a folder as suspect for as long as something is done that damage could make fatal."""
    known = is_suspect(folder)
    mark_suspect(folder)
    try:
        yield
    finally:
        if not known:
            (folder / MARKER).unlink(missing_ok=True)


def has_vectors(folder: Path) -> bool:
    """Tell whether Chroma's embedded store was ever written to in `folder`."""
    database = folder / _SQLITE
    return database.exists() and database.stat().st_size > 0


def has_sound_vectors(folder: Path) -> bool:
    """Tell whether nothing speaks against the files of Chroma's embedded store in `folder`."""
    if not is_sound(folder / _SQLITE):
        return False
    try:
        return bool(json.loads((folder / _SEAL).read_text("utf-8")) == _graphs(folder))
    except FileNotFoundError:  # not closed in order: the first search tells
        return True
    except ValueError:
        return False


def seal(folder: Path) -> None:
    """Note what the files of the vector graph hold, now that nothing writes to them."""
    try:
        (folder / _SEAL).write_text(json.dumps(_graphs(folder)), "utf-8")
    except OSError:  # without a seal the files are looked at as after a crash
        unseal(folder)


def unseal(folder: Path) -> None:
    """Take the note away before the files change."""
    (folder / _SEAL).unlink(missing_ok=True)


def is_sound(database: Path) -> bool:
    """Tell whether SQLite finds a database undamaged; True where it cannot tell."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            if database.stat().st_size <= _READ_WHOLE:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            return True
    except sqlite3.Error as error:
        return not is_damage(error)


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file is damaged, not that it cannot be reached."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _graphs(folder: Path) -> dict[str, str]:
    """Return the digest of each file in the folders of Chroma's vector graphs."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.glob("*/*"))
        if path.is_file()
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
