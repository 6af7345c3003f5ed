"""Every change to a story: who made it, when and why, and the text it left behind.

A change is one JSON file, `history/SLUG/NUMBER.json` beside staff's stories, written whole and
never altered. What stood there before the first change is kept as a version of its own.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from corpus.errors import CorpusError
from corpus.folder import move_file, plain_failure, remove_file, write_file

Kind = Literal["found", "added", "replaced", "withdrawn", "restored"]
Sign = Literal[" ", "-", "+"]
_UNDERWAY = "underway.json"


@dataclass(frozen=True)
class Change:
    """One version of a story.

    `kind` "found": what stood there when the first change came. `when`: UTC, ISO 8601. `text`: the
    story file's text, None where the change did not touch it. `before`: the sha256, in hex, of the
    file that the change replaced, None if there was none.
    """

    slug: str
    number: int
    kind: Kind
    when: str
    who: str
    why: str
    text: str | None
    before: str | None = None


class History:
    """The changes kept in one folder."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; it need not exist before the first change."""
        self._folder = folder
        self._note = folder / _UNDERWAY

    def of(self, slug: str) -> tuple[Change, ...]:
        """Return a story's changes, oldest first; none where nothing ever changed.

        Raises CorpusError if one of them cannot be read.
        """
        folder = self._folder / slug
        files = sorted(folder.glob("[0-9]*.json")) if folder.is_dir() else []
        return tuple(_read(file) for file in files)

    def slugs(self) -> tuple[str, ...]:
        """Return the slugs of the stories that ever changed."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(each.name for each in self._folder.iterdir() if each.is_dir()))

    def last_number(self, slug: str) -> int:
        """Return the number of a story's newest change; 0 if there is none."""
        folder = self._folder / slug
        numbers = [int(file.stem) for file in folder.glob("[0-9]*.json")] if folder.is_dir() else []
        return max(numbers, default=0)

    def last_text(self, slug: str) -> str | None:
        """Return the newest text that a change of a story left; None if there is none."""
        return next((c.text for c in reversed(self.of(slug)) if c.text is not None), None)

    def record(self, change: Change) -> None:
        """Keep a change. Raises CorpusError if the folder cannot be written."""
        self.note(change)
        self.confirm(change)

    def note(self, change: Change) -> None:
        """Note a change that is about to be made. Raises CorpusError if that cannot be written."""
        with plain_failure(self._note, "saved"):
            (self._folder / change.slug).mkdir(parents=True, exist_ok=True)
        write_file(self._note, json.dumps(asdict(change), ensure_ascii=False, indent=1).encode())

    def noted(self) -> Change | None:
        """Return the change that was noted and neither confirmed nor dropped; None if none was."""
        return _read(self._note) if self._note.exists() else None

    def confirm(self, change: Change) -> None:
        """Make the note of a change its record. It needs no room on the disk."""
        move_file(self._note, self._folder / change.slug / f"{change.number:04}.json")

    def drop_note(self) -> None:
        """Remove the note of a change that was not made."""
        remove_file(self._note)

    def version(self, slug: str, number: int) -> str:
        """Return the story file's text as of one of its changes.

        Raises CorpusError if there is no such change.
        """
        changes = self.of(slug)
        if not any(change.number == number for change in changes):
            known = ", ".join(str(change.number) for change in changes) or "none"
            raise CorpusError(f"The story {slug} has no version {number}; there are: {known}.")
        text = next(
            (c.text for c in reversed(changes) if c.number <= number and c.text is not None), None
        )
        if text is None:
            raise CorpusError(f"Version {number} of the story {slug} kept no text.")
        return text


def difference(before: str, after: str) -> tuple[tuple[Sign, str], ...]:
    """Return the paragraphs of two texts in order, each with " " kept, "-" gone or "+" new."""
    lines: list[tuple[Sign, str]] = []
    signs: dict[str, Sign] = {" ": " ", "-": "-", "+": "+"}
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] in signs and line[2:].strip():
            lines.append((signs[line[0]], line[2:]))
    return tuple(lines)


def _read(file: Path) -> Change:
    try:
        return Change(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise CorpusError(
            f"The version {file.parent.name}/{file.name} cannot be read; restore it from a backup."
        ) from None
