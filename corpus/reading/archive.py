"""The archives inside office files and electronic books: looked over before they are unpacked."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from corpus.errors import CorpusError

_MOST_ENTRIES = 5_000
_MOST_BYTES = 300_000_000
# Text and pictures pack to a tenth at best; what packs to a two-hundredth was made to swell.
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_LARGEST_TEXT = 50_000_000
_MACROS = re.compile(r"vbaproject|vbadata|/?macros?/|^basic/.+|\.bas$|activex", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\\|\0")
_MARKUP = (".xml", ".opf", ".ncx", ".xhtml", ".html", ".htm")
_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
_OWN_ENTITIES = "its XML declares entities of its own; it may do harm."
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, RuntimeError)


class Archive:
    """A zip archive of bounded size whose names stay inside it.

    Raises CorpusError, also when read, if it is damaged, encrypted, holds macros or would swell.
    """

    def __init__(self, content: bytes) -> None:
        """Open an archive and look it over."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (*_FAULTS, NotImplementedError):
            raise CorpusError("it is damaged or cut off; save or fetch it again.") from None
        entries = self._zip.infolist()
        self.names = frozenset(entry.filename for entry in entries)
        if len(entries) > _MOST_ENTRIES or len(self.names) < len(entries):
            raise CorpusError("its archive is built in a way no office program does.")
        packed = sum(entry.compress_size for entry in entries)
        if packed > len(content):
            raise CorpusError("its archive claims more than it holds; it may be made to do harm.")
        _check_sizes(entries)
        for entry in entries:
            if _ESCAPES.search(entry.filename):
                raise CorpusError("its archive names files outside of itself.")
            if entry.flag_bits & 1:
                raise CorpusError("it is locked with a password; save it without one.")
            if _MACROS.search(entry.filename):
                raise CorpusError("it holds macros (programs); save it without them.")

    def read(self, name: str) -> bytes:
        """Return what a member holds.

        Raises CorpusError if there is none, it is damaged, or too large for a text.
        """
        try:
            if self._zip.getinfo(name).file_size > _LARGEST_TEXT:
                raise CorpusError("a part of it is larger than any text.")
            return self._zip.read(name)
        except (*_FAULTS, NotImplementedError):
            raise CorpusError("it is damaged or cut off; save or fetch it again.") from None

    def check_no_entities(self) -> None:
        """Raise CorpusError if a part declares entities, which swell or reach for other files."""
        for name in self.names:
            if name.lower().endswith(_MARKUP) and _ENTITY.search(self.read(name)):
                raise CorpusError(_OWN_ENTITIES)

    def check_no_document_types(self) -> None:
        """Raise CorpusError if an XML part declares a document type, which office files never do.

        Entities, which swell or reach for other files, can only be declared in one.
        """
        for name in self.names:
            if name.endswith((".xml", ".rels", ".rdf")):
                beginning = self.read(name)
                if b"<!DOCTYPE" in beginning or b"<\0!\0D\0O\0C\0T" in beginning:
                    raise CorpusError(_OWN_ENTITIES)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swells = any(
        entry.file_size > _RATIO_COUNTS_FROM
        and entry.file_size > _HIGHEST_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if swells or unpacked > _MOST_BYTES:
        raise CorpusError(
            f"its archive would unpack to {unpacked:,} bytes; it may be made to do harm."
        )
