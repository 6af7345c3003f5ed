"""Office files: Word (python-docx), PowerPoint (python-pptx), OpenDocument text (lxml)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError
from corpus.reading.archive import Archive
from corpus.reading.document import Block, Document

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from pptx.slide import Slide

_DAMAGED = "it is damaged or cut off; save or fetch it again."
_HEADING = re.compile(r"(?:heading|berschrift|titre|título|titolo|kop)\s*(\d)", re.IGNORECASE)
_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODF_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_LONGEST_BOLD_HEADING = 90


def read_docx(content: bytes, name: str) -> Document:
    """Return a Word file's headings, paragraphs, lists and tables; text boxes are left out."""
    import docx

    Archive(content).check_no_document_types()
    try:
        document = docx.Document(io.BytesIO(content))
        blocks = tuple(_with_lists(_docx_blocks(document.iter_inner_content())))
        title = document.core_properties.title or ""
    except CorpusError:
        raise
    except Exception:  # python-docx passes on what zip, XML and its own assumptions raise
        raise CorpusError(_DAMAGED) from None
    heading = next((block.text for block in blocks if block.level), "")
    return Document("docx", heading or title, blocks)


def read_pptx(content: bytes, name: str) -> Document:
    """Return a presentation's text; `place` of its blocks is their slide. Notes are left out."""
    import pptx

    Archive(content).check_no_document_types()
    blocks: list[Block] = []
    try:
        presentation = pptx.Presentation(io.BytesIO(content))
        for number, slide in enumerate(presentation.slides, 1):
            blocks += _slide_blocks(slide, f"slide {number}")
        title = presentation.core_properties.title or ""
    except Exception:  # as above
        raise CorpusError(_DAMAGED) from None
    heading = next((block.text for block in blocks if block.level), "")
    unnamed = title.casefold() in ("", "powerpoint presentation", "presentation")
    return Document("pptx", heading if unnamed else title, tuple(blocks))


def read_odt(content: bytes, name: str) -> Document:
    """Return an OpenDocument text's headings, paragraphs, lists and tables."""
    archive = Archive(content)
    archive.check_no_document_types()
    if "content.xml" not in archive.names:
        raise CorpusError(_DAMAGED)
    body = parsed_xml(archive.read("content.xml")).find(f".//{_ODF_OFFICE}text")
    if body is None:
        raise CorpusError(_DAMAGED)
    for tag in ("tracked-changes", "note", "table-of-content", "sequence-decls"):
        for element in [*body.iter(f"{_ODF_TEXT}{tag}")]:
            element.clear(keep_tail=True)
    blocks = tuple(_odt_blocks(body))
    title = ""
    if "meta.xml" in archive.names:
        title = parsed_xml(archive.read("meta.xml")).findtext(f".//{_DC_TITLE}") or ""
    return Document("odt", title or next((b.text for b in blocks if b.level), ""), blocks)


def parsed_xml(content: bytes) -> Any:
    """Return the tree of an XML part; entities stay unresolved and nothing is loaded.

    Raises CorpusError if it is not well formed.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                             huge_tree=False)  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        raise CorpusError(_DAMAGED) from None


def _docx_blocks(parts: Iterator[Paragraph | Table]) -> Iterator[Block]:
    for part in parts:
        if hasattr(part, "rows"):
            rows = [_row(cell.text for cell in row.cells) for row in part.rows]
            yield Block("\n".join(row for row in rows if row))
            continue
        text = part.text.strip()
        if not text:
            continue
        style = (part.style.name or "") if part.style is not None else ""
        if re.match(r"(?:toc|table of contents|header|footer)\b", style, re.IGNORECASE):
            continue
        numbered = (
            "list" in style.lower() or part._p.pPr is not None and (part._p.pPr.numPr is not None)
        )
        level = _docx_level(part, style, text)
        yield Block(f"- {text}" if numbered and not level else text, level)


def _docx_level(part: Paragraph, style: str, text: str) -> int:
    if style.lower() == "title":
        return 1
    numbered = _HEADING.search(style)
    if numbered:
        return min(6, max(1, int(numbered[1])))
    runs = [run for run in part.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold for run in runs)
    return 3 if bold and len(text) <= _LONGEST_BOLD_HEADING and text[-1] not in ".!?,;" else 0


def _with_lists(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks, neighbouring list items as the lines of one."""
    items: list[str] = []
    for block in blocks:
        if not block.level and block.text.startswith("- ") and "\n" not in block.text:
            items.append(block.text)
            continue
        if items:
            yield Block("\n".join(items))
            items = []
        yield block
    if items:
        yield Block("\n".join(items))


def _row(cells: Iterator[str]) -> str:
    # A cell that spans several columns is given once for each.
    texts = dict.fromkeys(" ".join(cell.split()) for cell in cells)
    row = " · ".join(text for text in texts if text)
    return f"- {row}" if row else ""


def _slide_blocks(slide: Slide, place: str) -> Iterator[Block]:
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield Block(title.text_frame.text, 2, place)
    for shape in _shapes(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.is_placeholder and "NUMBER" in str(shape.placeholder_format.type):
            continue
        if shape.has_text_frame:
            lines = [p.text.strip() for p in shape.text_frame.paragraphs if p.text.strip()]
            short = len(lines) > 1 and max(map(len, lines)) < 200
            if short:
                yield Block("\n".join(f"- {line}" for line in lines), 0, place)
            else:
                yield from (Block(line, 0, place) for line in lines)
        elif getattr(shape, "has_table", False):
            rows = (_row(cell.text for cell in row.cells) for row in shape.table.rows)
            yield Block("\n".join(row for row in rows if row), 0, place)


def _shapes(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _odt_blocks(body: Any) -> Iterator[Block]:
    for element in body:
        if element.tag == f"{_ODF_TEXT}h":
            level = int(element.get(f"{_ODF_TEXT}outline-level", "1") or 1)
            yield Block(_odt_text(element), min(6, max(1, level)))
        elif element.tag == f"{_ODF_TEXT}p":
            yield Block(_odt_text(element))
        elif element.tag == f"{_ODF_TEXT}list":
            items = (_odt_text(item) for item in element.iter(f"{_ODF_TEXT}p", f"{_ODF_TEXT}h"))
            yield Block("\n".join(f"- {item}" for item in items if item.strip()))
        elif element.tag == f"{_ODF_TABLE}table":
            rows = (
                _row(_odt_text(cell) for cell in row.iter(f"{_ODF_TABLE}table-cell"))
                for row in element.iter(f"{_ODF_TABLE}table-row")
            )
            yield Block("\n".join(row for row in rows if row))
        elif element.tag == f"{_ODF_TEXT}section":
            yield from _odt_blocks(element)


def _odt_text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag in (f"{_ODF_TEXT}s", f"{_ODF_TEXT}tab", f"{_ODF_TEXT}line-break"):
            parts.append(" ")
        elif isinstance(child.tag, str):
            parts.append(_odt_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
