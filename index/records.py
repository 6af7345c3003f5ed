"""What the index holds, in one SQLite file: the stories' hashes, their passages, and the words.

This file is the index's record: a vector in Chroma counts only if its passage stands here. A
story's rows change in one transaction, so a reader sees a story whole, old or new.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from index.damage import is_damage, mark_suspect
from index.embedding import WIDTH, TokenVectors
from index.errors import IndexFailure
from index.late_interaction import pack, unpack
from index.passages import Passage
from index.words import words

FILE = "records.sqlite3"
# Counts up when the layout, the cutting of passages or the words change: the index is rebuilt.
LAYOUT = 2
_SCHEMA = """
CREATE TABLE stories (slug TEXT PRIMARY KEY, content_hash TEXT NOT NULL);
CREATE TABLE unfinished (slug TEXT PRIMARY KEY);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, story TEXT NOT NULL, label TEXT NOT NULL,
    section TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    paragraph INTEGER NOT NULL, tokens BLOB NOT NULL, offsets BLOB NOT NULL);
CREATE INDEX passages_of_story ON passages (story);
CREATE VIRTUAL TABLE words USING fts5 (label, text, tokenize = "unicode61 tokenchars '.'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
"""
_PASSAGE = 'id, story, label, section, text, start, "end", paragraph'


class Records:
    """The open SQLite file; safe to use from several threads of one process."""

    def __init__(self, folder: Path) -> None:
        """Open the file in a folder, making it where there is none.

        :raises IndexFailure: the file is damaged or cannot be written.
        """
        self._lock = threading.RLock()
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                folder / FILE, check_same_thread=False, isolation_level=None
            )
        except (sqlite3.Error, OSError) as error:
            raise _not_opened(folder / FILE, error) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise _not_opened(folder / FILE, error) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside hold together, or none; one inside another is part of it."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._rows("BEGIN IMMEDIATE")
            try:
                yield
                self._rows("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._rows("ROLLBACK")
                raise

    def fact(self, name: str) -> str:
        """Return a fact about the index, such as the embedding's fingerprint; "" if unknown."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def set_fact(self, name: str, value: str) -> None:
        """Record a fact about the index."""
        self._rows("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def hashes(self) -> dict[str, str]:
        """Return the content hash of each story indexed, by slug."""
        return dict(self._rows("SELECT slug, content_hash FROM stories"))

    def unfinished(self) -> tuple[str, ...]:
        """Return the slugs whose change was begun and not ended, as after a crash."""
        return tuple(row[0] for row in self._rows("SELECT slug FROM unfinished ORDER BY slug"))

    def begin_change(self, slug: str) -> None:
        """Note that vectors of a story are about to change."""
        self._rows("INSERT OR IGNORE INTO unfinished VALUES (?)", (slug,))

    def end_change(self, slug: str) -> None:
        """Note that the vectors of a story agree with its rows again."""
        self._rows("DELETE FROM unfinished WHERE slug = ?", (slug,))

    def replace_story(
        self,
        slug: str,
        content_hash: str,
        passages: Sequence[Passage],
        tokens: Sequence[TokenVectors],
    ) -> None:
        """Put a story's passages in the place of those it had, in one transaction.

        :param tokens: for each passage the tokens of its label and text.
        """
        with self.transaction():
            self._delete_rows(slug)
            self._rows("INSERT INTO stories VALUES (?, ?)", (slug, content_hash))
            for passage, vectors in zip(passages, tokens, strict=True):
                row = self._rows(
                    f"INSERT INTO passages ({_PASSAGE}, tokens, offsets) "
                    "VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING row",
                    (
                        passage.id, passage.story, passage.label, passage.section, passage.text,
                        passage.start, passage.end, passage.paragraph,
                        pack(vectors.vectors).tobytes(),
                        vectors.offsets.astype(np.int32).tobytes(),
                    ),
                )[0][0]  # fmt: skip
                self._rows(
                    "INSERT INTO words (rowid, label, text) VALUES (?, ?, ?)",
                    (row, " ".join(words(passage.label)), " ".join(words(passage.text))),
                )

    def remove_story(self, slug: str) -> None:
        """Remove a story's rows, in one transaction."""
        with self.transaction():
            self._delete_rows(slug)

    def passage_ids(self, slug: str) -> set[str]:
        """Return the ids of a story's passages."""
        return {row[0] for row in self._rows("SELECT id FROM passages WHERE story = ?", (slug,))}

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return passages by id; ids that the record does not hold are left out."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._rows(f"SELECT {_PASSAGE} FROM passages WHERE id IN ({marks})", wanted)
        return {row[0]: Passage(*row) for row in rows}

    def passages_of(self, slugs: Iterable[str]) -> list[Passage]:
        """Return all passages of some stories, in reading order."""
        wanted = list(slugs)
        marks = ",".join("?" * len(wanted))
        rows = self._rows(
            f"SELECT {_PASSAGE} FROM passages WHERE story IN ({marks}) ORDER BY story, start",
            wanted,
        )
        return [Passage(*row) for row in rows]

    def tokens(self, ids: Iterable[str]) -> dict[str, TokenVectors]:
        """Return the tokens of passages by id: of the label and the text, offsets over both."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._rows(f"SELECT id, tokens, offsets FROM passages WHERE id IN ({marks})", wanted)
        return {
            id: TokenVectors(
                unpack(np.frombuffer(vectors, np.int8).reshape(-1, WIDTH)),
                np.frombuffer(offsets, np.int32).reshape(-1, 2),
            )
            for id, vectors, offsets in rows
        }

    def all_ids(self) -> set[str]:
        """Return the ids of all passages."""
        return {row[0] for row in self._rows("SELECT id FROM passages")}

    def count(self) -> int:
        """Return the number of passages."""
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """Return in how many passages each word occurs; words that occur nowhere are left out."""
        marks = ",".join("?" * len(tokens))
        return dict(self._rows(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", tokens))

    def search_words(
        self, tokens: Sequence[str], limit: int, stories: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """Return (passage id, BM25 score, higher is better) of the passages holding the words."""
        if not tokens:
            return []
        query = " OR ".join(f'"{token}"' for token in tokens)
        chosen = f"AND p.story IN ({','.join('?' * len(stories))})" if stories else ""
        return [
            (id, -score)
            for id, score in self._rows(
                "SELECT p.id, bm25(words, 0.5, 1.0) AS score FROM words "
                f"JOIN passages p ON p.row = words.rowid WHERE words MATCH ? {chosen} "
                "ORDER BY score, p.id LIMIT ?",
                (query, *stories, limit),
            )
        ]

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, LAYOUT):
            raise sqlite3.DatabaseError(f"it has layout {version}, this program knows {LAYOUT}")
        if version == 0:
            self._connection.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA user_version = {LAYOUT}; COMMIT;"
            )

    def _delete_rows(self, slug: str) -> None:
        of_story = "SELECT row FROM passages WHERE story = ?"
        self._rows(f"DELETE FROM words WHERE rowid IN ({of_story})", (slug,))
        self._rows("DELETE FROM passages WHERE story = ?", (slug,))
        self._rows("DELETE FROM stories WHERE slug = ?", (slug,))

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            remedy = "free some space or check the folder's rights, then try again"
            if is_damage(error):
                mark_suspect(self._folder)
                remedy = "start the program again and it is rebuilt from the stories"
            raise IndexFailure(
                f"The index record {self._folder / FILE} cannot be used ({error}): {remedy}; "
                "nothing is lost."
            ) from error


def layout_of(file: Path) -> int:
    """Return the layout of a record; 0 if nothing was written to it yet.

    :raises IndexFailure: the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise _not_opened(file, error) from error


def _not_opened(file: Path, error: Exception) -> IndexFailure:
    return IndexFailure(
        f"The index record {file} cannot be opened ({error}): check the folder's rights and free "
        "space, or delete the folder and it is rebuilt from the stories."
    )
