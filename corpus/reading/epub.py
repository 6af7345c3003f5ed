"""Electronic books (EPUB 2 and 3): their chapters in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from corpus.errors import CorpusError
from corpus.reading.archive import Archive
from corpus.reading.document import Block, Document
from corpus.reading.encoding import decoded_page
from corpus.reading.html import body_blocks, parsed
from corpus.reading.office import parsed_xml

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_MOST_CHAPTERS = 2_000
_DC = "{http://purl.org/dc/elements/1.1/}"


def read_epub(content: bytes, name: str) -> Document:
    """Return a book's text; `place` of its blocks is "chapter N", counted in reading order.

    Raises CorpusError if it is damaged or its text is locked.
    """
    archive = Archive(content)
    archive.check_no_entities()
    if "META-INF/encryption.xml" in archive.names and b"EncryptedData" in archive.read(
        "META-INF/encryption.xml"
    ):
        raise CorpusError("its text is locked (DRM); only unlocked books can be read.")
    folder, package = _package(archive)
    blocks: list[Block] = []
    number = 0
    for path in _reading_order(package, folder):
        page = parsed(decoded_page(archive.read(path)))
        if _is_contents(page):
            continue
        found = [*body_blocks(page)]
        if any(not block.level for block in found):
            number += 1
            blocks += (Block(b.text, b.level, f"chapter {number}") for b in found)
    title = next((_text(each) for each in package.iter(f"{_DC}title")), "")
    publisher = next((_text(each) for each in package.iter(f"{_DC}publisher")), "")
    return Document("epub", title, tuple(blocks), publisher=publisher)


def _package(archive: Archive) -> tuple[str, Any]:
    for element in parsed_xml(archive.read(_CONTAINER)).iter("{*}rootfile"):
        path = element.get("full-path", "")
        if path in archive.names:
            return posixpath.dirname(path), parsed_xml(archive.read(path))
    raise CorpusError("it lacks the list of its chapters; it is damaged.")


def _reading_order(package: Any, folder: str) -> Iterator[str]:
    paths = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        for item in package.iter("{*}item")
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    }
    for place, reference in enumerate(package.iter("{*}itemref")):
        if place < _MOST_CHAPTERS and reference.get("idref") in paths:
            yield paths[reference.get("idref")]


def _is_contents(page: Any) -> bool:
    """Return whether a page is a table of contents: hardly any text but links."""
    body = page.find("body")
    if body is None:
        return True
    text = len("".join(body.text_content().split()))
    links = sum(len("".join(link.text_content().split())) for link in body.iter("a"))
    return text == 0 or links > 0.7 * text


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
