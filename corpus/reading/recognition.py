"""What a file is: told by its content, and held against the ending of its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

from corpus.errors import CorpusError
from corpus.reading.archive import Archive

Format = Literal["pdf", "docx", "odt", "pptx", "epub", "html", "markdown", "text"]

ENDINGS: dict[Format, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "docx": (".docx",),
    "odt": (".odt",),
    "pptx": (".pptx",),
    "epub": (".epub",),
    "html": (".html", ".htm", ".xhtml"),
    "markdown": (".md", ".markdown"),
    "text": (".txt", ".text"),
}
"""The endings that files of a format may have."""

NAMES: dict[Format, str] = {
    "pdf": "PDF",
    "docx": "Word",
    "odt": "OpenDocument",
    "pptx": "PowerPoint",
    "epub": "EPUB",
    "html": "a web page",
    "markdown": "Markdown",
    "text": "plain text",
}
"""The formats as people call them."""

KINDS = "PDF, Word (.docx), OpenDocument (.odt), PowerPoint (.pptx), EPUB, web page, Markdown, text"

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|article|main|section|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(?:[a-z]+[1-6]?|!--|/[a-z]+)\b[^<>]*>", re.IGNORECASE)
_PARTS: tuple[tuple[str, Format], ...] = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
)
_MIMETYPES: dict[bytes, Format] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/epub+zip": "epub",
}
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "it is an old Office file or locked with a password; save it as .docx."),
    (b"{\\rtf", "it is an RTF file; open it and save it as .docx."),
    (b"\x89PNG", "it is a picture; add the text instead."),
    (b"\xff\xd8\xff", "it is a picture; add the text instead."),
    (b"GIF8", "it is a picture; add the text instead."),
    (b"MZ", "it is a program; programs are never opened."),
    (b"\x7fELF", "it is a program; programs are never opened."),
    (b"#!", "it is a program; programs are never opened."),
)


def recognise(content: bytes, name: str) -> Format:
    """Return the format of a file's content; `name` is the file's, "" where it has none.

    Raises CorpusError if it is none that can be read, or not what the name's ending says.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise CorpusError("it is empty; check that it is the right file.")
    found = _by_content(content, _ending(name))
    ending = _ending(name)
    if ending and ending not in ENDINGS[found]:
        if not any(ending in endings for endings in ENDINGS.values()):
            raise CorpusError(f"files ending in {ending[:12]} are not read; these are: {KINDS}.")
        if {ending, *ENDINGS[found]} <= {*ENDINGS["markdown"], *ENDINGS["text"]}:
            return found
        raise CorpusError(
            f"its ending is {ending}, but its content is {NAMES[found]}; check that it is the "
            "right file."
        )
    return found


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _by_content(content: bytes, ending: str) -> Format:
    for beginning, reason in _FOREIGN:
        if content.startswith(beginning):
            raise CorpusError(reason)
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK"):
        return _of_archive(Archive(content))
    if _HTML.match(content[:10_000]):
        return "html"
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CorpusError(f"it is none of the kinds of file that are read: {KINDS}.")
    if ending in ENDINGS["html"] and _TAG.search(content[:100_000]):
        return "html"
    return "markdown" if ending in ENDINGS["markdown"] else "text"


def _of_archive(archive: Archive) -> Format:
    if "mimetype" in archive.names:
        kind = _MIMETYPES.get(archive.read("mimetype").strip())
        if kind:
            return kind
    for part, known in _PARTS:
        if part in archive.names:
            return known
    raise CorpusError(f"it is an archive, but none of the kinds that are read: {KINDS}.")
