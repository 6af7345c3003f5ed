"""The stories there are: those that come with the project, and what staff added or withdrew."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from corpus.errors import CorpusError
from corpus.faults import Fault
from corpus.history import History
from corpus.ledger import WITHDRAWN, Ledger
from corpus.likeness import same_text
from corpus.markdown import find_faults_in_file, read_story, read_text, write_story
from corpus.story import Story

BUNDLED = Path(__file__).parent / "stories"
Status = Literal["bundled", "added", "replaced", "withdrawn"]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 100


@dataclass(frozen=True)
class Entry:
    """A line of the library's list. "replaced": staff's file stands in a bundled one's place."""

    slug: str
    status: Status
    story: Story


@dataclass(frozen=True)
class _Reading:
    stamp: tuple[int, int, int]
    story: Story | None
    error: str


class Library:
    """The stories of two folders: bundled ones, never written to, and staff's own.

    Each call looks at the folders anew, so that what another process saved is seen; a file is
    parsed again only when it changed. A withdrawn story has an empty file SLUG.withdrawn beside
    staff's stories: two processes that withdraw at once cannot undo each other's work.
    """

    def __init__(self, added: Path | None, bundled: Path = BUNDLED) -> None:
        """Open a library; `added` is the folder of staff's stories, None for a library as shipped.

        The folder need not exist before the first save.
        """
        self._added = added
        self._bundled = bundled
        self._readings: dict[Path, _Reading] = {}

    def stories(self) -> tuple[Story, ...]:
        """Return the stories that are shown, by slug; files with faults are left out."""
        return tuple(entry.story for entry in self.entries() if entry.status != "withdrawn")

    def entries(self) -> tuple[Entry, ...]:
        """Return every readable story with its status, withdrawn ones too, by slug."""
        bundled = self._read_folder(self._bundled)
        added = self._read_folder(self._added)
        withdrawn = self._withdrawn()
        entries = []
        for slug in sorted(bundled.keys() | added.keys()):
            status: Status = "added" if slug in added else "bundled"
            if slug in withdrawn:
                status = "withdrawn"
            elif slug in added and slug in bundled:
                status = "replaced"
            entries.append(Entry(slug, status, added.get(slug) or bundled[slug]))
        return tuple(entries)

    def faults(self) -> tuple[Fault, ...]:
        """Return every fault of the files that are left out, folder by folder."""
        faults: list[Fault] = []
        for folder in (self._bundled, self._added):
            for path, stamp in _story_files(folder):
                reading = self._reading(path, stamp)
                if reading.story is None:
                    faults += _faults_of(path, reading.error)
        return tuple(faults)

    def get(self, slug: str) -> Story:
        """Return the story with this slug.

        Raises CorpusError if it is withdrawn or there is none; near slugs are named then.
        """
        entry = self._entry(slug)
        if entry.status == "withdrawn":
            raise CorpusError(f"The story {slug} is withdrawn; restore it to see it again.")
        return entry.story

    def title_of(self, slug: str) -> str:
        """Return a story's title, also of a withdrawn one.

        Raises CorpusError if there is none; near slugs are named then.
        """
        return self._entry(slug).story.title

    def add(self, story: Story, who: str = "", why: str = "") -> Path:
        """Save a story whose words no other story has; else as `save`.

        Raises CorpusError also if a story, shown or withdrawn, says the very same.
        """
        known = same_text(story, (entry.story for entry in self.entries()))
        if known is not None and (known.slug != story.slug or known == story):
            withdrawn = self._entry(known.slug).status == "withdrawn"
            remedy = "restore that one" if withdrawn else "there is nothing to add"
            raise CorpusError(f"The story {known.slug} has the very same text; {remedy}.")
        return self.save(story, who, why)

    def save(self, story: Story, who: str = "", why: str = "") -> Path:
        """Write a story to staff's folder and return its file; it replaces one of the same slug.

        What it replaces stays in the history.
        Raises CorpusError if the story breaks a rule or the folder cannot be written; then what
        was there before is still there.
        """
        if not _SLUG.fullmatch(story.slug) or len(story.slug) > _LONGEST_SLUG:
            raise CorpusError(
                f"“{story.slug[:120]}” cannot be a story's slug; use small letters a to z, digits "
                f"and single hyphens, at most {_LONGEST_SLUG}, such as 2021-clermont-ferrand."
            )
        text = write_story(story)
        folder = self._own_folder()
        known = any((place / f"{story.slug}.md").exists() for place in (folder, self._bundled))
        self._ledger().change(story.slug, "replaced" if known else "added", text, who, why)
        return folder / f"{story.slug}.md"

    def withdraw(self, slug: str, who: str = "", why: str = "") -> bool:
        """Hide a story; return False if it was hidden already.

        Raises CorpusError if there is no such story or the folder cannot be written.
        """
        if self._entry(slug).status == "withdrawn":
            return False
        self._ledger().change(slug, "withdrawn", None, who, why)
        return True

    def restore(self, slug: str, who: str = "", why: str = "") -> bool:
        """Show a withdrawn story again; return False if it was not withdrawn.

        Raises CorpusError if there is no such story or the folder cannot be written.
        """
        if self._entry(slug).status != "withdrawn":
            return False
        self._ledger().change(slug, "restored", None, who, why)
        return True

    def restore_version(self, slug: str, number: int, who: str = "", why: str = "") -> Story:
        """Make an earlier version of a story the newest, show it, and return it.

        Raises CorpusError if there is no such version or the folder cannot be written.
        """
        story = read_story(self.history.version(slug, number), slug)
        self._ledger().change(slug, "restored", write_story(story), who, why)
        return story

    @property
    def history(self) -> History:
        """The changes that were made to stories."""
        return self._ledger().history

    def free_slug(self, slug: str) -> str:
        """Return a slug that no story has: this one, or with a number behind it."""
        taken = {entry.slug for entry in self.entries()} | set(self.history.slugs())
        numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
        return slug if slug not in taken else next(each for each in numbered if each not in taken)

    def countries(self) -> dict[str, str]:
        """Return the names by which the stories call countries, by code."""
        return {story.country_code: story.country for story in self.stories()}

    def stamp(self) -> str:
        """Return what changes whenever a story's file or its being withdrawn does; quick."""
        files = [*_story_files(self._bundled), *_story_files(self._added)]
        listed = repr((files, sorted(self._withdrawn())))
        return hashlib.sha256(listed.encode()).hexdigest()

    def _ledger(self) -> Ledger:
        return Ledger(self._own_folder(), self._bundled)

    def _entry(self, slug: str) -> Entry:
        entries = {entry.slug: entry for entry in self.entries()}
        if slug in entries:
            return entries[slug]
        near = get_close_matches(slug, entries, 3, 0.5)
        near += [
            each for each in entries if slug and each.endswith(f"-{slug}") and each not in near
        ]
        hint = f"; near are: {', '.join(near)}." if near else "."
        raise CorpusError(f"There is no story {slug[:120]!r}{hint}")

    def _own_folder(self) -> Path:
        if self._added is None:
            raise CorpusError(
                "This library has no folder of its own; name a data folder to change stories."
            )
        return self._added

    def _withdrawn(self) -> frozenset[str]:
        if self._added is None or not self._added.is_dir():
            return frozenset()
        return frozenset(
            name.removesuffix(WITHDRAWN)
            for name in os.listdir(self._added)
            if name.endswith(WITHDRAWN) and not name.startswith(".")
        )

    def _read_folder(self, folder: Path | None) -> dict[str, Story]:
        stories: dict[str, Story] = {}
        for path, stamp in _story_files(folder):
            story = self._reading(path, stamp).story
            if story is not None:
                stories[path.stem] = story
        return stories

    def _reading(self, path: Path, stamp: tuple[int, int, int]) -> _Reading:
        known = self._readings.get(path)
        if known is not None and known.stamp == stamp:
            return known
        try:
            if not _SLUG.fullmatch(path.stem):
                raise CorpusError("Name the file with small letters a to z, digits and hyphens.")
            reading = _Reading(
                stamp, read_story(read_text(path.read_bytes(), path.name), path.stem), ""
            )
        except CorpusError as error:
            reading = _Reading(stamp, None, str(error))
        except OSError as error:
            reading = _Reading(stamp, None, f"The file cannot be read: {error.strerror}.")
        self._readings[path] = reading
        return reading


def _story_files(folder: Path | None) -> list[tuple[Path, tuple[int, int, int]]]:
    """Return the story files of a folder, each with a stamp that changes when the file does."""
    if folder is None or not folder.is_dir():
        return []
    files: list[tuple[Path, tuple[int, int, int]]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if (
                    entry.name.endswith(".md")
                    and not entry.name.startswith(".")
                    and entry.is_file()
                ):
                    status = entry.stat()
                    stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                    files.append((Path(entry.path), stamp))
    except OSError as error:
        raise CorpusError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    return sorted(files)


def _faults_of(path: Path, error: str) -> list[Fault]:
    try:
        found = find_faults_in_file(path)
    except CorpusError:
        found = []
    return found or [Fault(path.name, 1, "file", error)]
