"""Changing staff's folder so that no crash leaves half a change, and each is in the history.

A change is first noted whole, then made, then the note becomes its record. Whoever changes the
folder next finds the note of a change that was stopped and brings it to its end, unless somebody
edited the file by hand meanwhile.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from corpus.folder import one_writer, remove_file, write_file
from corpus.history import Change, History, Kind

WITHDRAWN = ".withdrawn"
"""What follows a slug in the name of the empty file that hides a story."""


class Ledger:
    """The one way in which staff's folder is changed."""

    def __init__(self, folder: Path, bundled: Path) -> None:
        """Take staff's folder, and the bundled stories' that are never changed."""
        self._folder = folder
        self._bundled = bundled
        self.history = History(folder / "history")

    def change(self, slug: str, kind: Kind, text: str | None, who: str, why: str) -> None:
        """Make a change and record it.

        :param text: the story file's new text; None leaves it as it is.
        :raises CorpusError: the folder cannot be written; what was there is still there.
        """
        with one_writer(self._folder):
            self._finish()
            self._keep_what_is_there(slug)
            change = Change(
                slug,
                self.history.last_number(slug) + 1,
                kind,
                datetime.now(UTC).isoformat(timespec="seconds"),
                " ".join(who.split())[:200],
                " ".join(why.split())[:2000],
                text,
                self._digest(slug),
            )
            self.history.note(change)
            try:
                self._make(change)
            except BaseException:
                # It is told as failed, so it must not be brought to its end later.
                self.history.drop_note()
                raise
            self.history.confirm(change)

    def _finish(self) -> None:
        """Bring a change that was stopped to its end."""
        change = self.history.noted()
        if change is None:
            return
        wanted = None if change.text is None else _sha256(change.text.encode())
        if wanted is None or self._digest(change.slug) in (wanted, change.before):
            self._make(change)
            self.history.confirm(change)
        else:
            self.history.drop_note()

    def _make(self, change: Change) -> None:
        if change.text is not None:
            write_file(self._file(change.slug), change.text.encode())
        hidden = self._folder / f"{change.slug}{WITHDRAWN}"
        if change.kind == "withdrawn":
            write_file(hidden, b"")
        elif change.kind in ("added", "restored"):
            remove_file(hidden)

    def _keep_what_is_there(self, slug: str) -> None:
        """Record the text that stands there, if no change left it: bundled, or edited by hand."""
        file = self._file(slug)
        if not file.exists():
            file = self._bundled / f"{slug}.md"
        if not file.exists():
            return
        text = file.read_bytes().decode("utf-8", "replace")
        if text != self.history.last_text(slug):
            when = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
            number = self.history.last_number(slug) + 1
            self.history.record(Change(slug, number, "found", when, "", "", text))

    def _file(self, slug: str) -> Path:
        return self._folder / f"{slug}.md"

    def _digest(self, slug: str) -> str | None:
        file = self._file(slug)
        return _sha256(file.read_bytes()) if file.exists() else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
