"""PDF: the text in reading order, with its pages, through columns and hyphens.

pdfminer.six gives lines with their places and letter sizes. Lines are put in order by cutting the
page at its widest gaps (the recursive X-Y cut of Nagy and Seth, 1984), then joined to paragraphs.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any

from corpus.errors import CorpusError
from corpus.reading.document import Block, Document
from corpus.reading.page_layout import Line, in_reading_order, without_running_heads

_MOST_PAGES = 1_000
# Of what a page is drawn by, in bytes; a page of text takes some ten thousand.
_LARGEST_PAGE = 50_000_000
_HYPHENATED = re.compile(r"([^\W\d_]{2,})[-\u00ad\u2010]$")
_OPENS_SMALL = re.compile(r"[^\W\d_]+")
_ENDS_SENTENCE = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
_BULLET = re.compile(r"^(?:[•▪◦‣●■\uf0b7–-]|\(?\d{1,2}[.)])\s+(?=\S)")
_LONGEST_HEADING = 160
# Some programs write a little behind a PDF's end.
_TAIL = 8_000
# A table of contents: dots that lead to a page's number.
_LEADS_TO_PAGE = re.compile(r"(?:\s?[.…]){5,}\s*\w{0,6}$")


@dataclass
class _Paragraph:
    """Lines taken together so far."""

    lines: list[Line]
    page: int

    @property
    def last(self) -> Line:
        return self.lines[-1]


def read_pdf(content: bytes, name: str) -> Document:
    """Return a PDF's text; `place` and `anchor` of its blocks are their page.

    Raises CorpusError if it is damaged, locked, or pictures of pages without text.
    """
    if b"%%EOF" not in content[-_TAIL:]:
        raise CorpusError("it is cut off; save or fetch it again.")
    pages, pictures, title = _lines_of_pages(content)
    if not sum(len(line.text) for page in pages for line in page) > 20 * (pictures > 0):
        if pictures:
            raise CorpusError(
                "it holds pictures of pages and no text; have its text recognised (OCR) and add "
                "the result."
            )
        raise CorpusError("it holds no text.")
    body = _usual_size(pages)
    pages = [in_reading_order(page) for page in without_running_heads(pages, body)]
    words = Counter(word.lower() for page in pages for line in page
                    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))  # fmt: skip
    sizes = sorted({line.size for page in pages for line in page if line.size > body * 1.12})
    blocks = []
    for paragraph in _paragraphs(pages):
        text = _joined([line.text for line in paragraph.lines], words)
        level = _level(paragraph, text, body, sizes[::-1])
        if not level:
            text = _BULLET.sub("- ", text)
        blocks.append(Block(text, level, f"page {paragraph.page}", f"page={paragraph.page}"))
    return Document("pdf", title or _headline(blocks), tuple(blocks))


def _lines_of_pages(content: bytes) -> tuple[list[list[Line]], int, str]:
    """Return the lines of each page, how many pictures there are, and the title it names."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    pages: list[list[Line]] = []
    pictures = 0
    try:
        document = PDFDocument(PDFParser(io.BytesIO(content)))
        layout = LAParams(boxes_flow=None, line_margin=0.3, detect_vertical=False)
        fonts = PDFResourceManager()
        device = PDFPageAggregator(fonts, laparams=layout)
        interpreter = PDFPageInterpreter(fonts, device)
        for page in islice(PDFPage.create_pages(document), _MOST_PAGES):
            _refuse_endless(page)
            interpreter.process_page(page)
            lines, images = _contents(device.get_result())
            pages.append(lines)
            pictures += images
    except PDFPasswordIncorrect:
        raise CorpusError("it is locked with a password; save it without one.") from None
    except CorpusError:
        raise
    except Exception:  # pdfminer has no error that all of its errors are
        raise CorpusError("it is damaged or cut off; save or fetch it again.") from None
    if not pages:
        raise CorpusError("it has no pages; it may be damaged or cut off.")
    return pages, pictures, _named_title(document.info)


def _refuse_endless(page: Any) -> None:
    """Raise CorpusError if a page swells so much that drawing it would take minutes."""
    from pdfminer.pdftypes import stream_value

    if sum(len(stream_value(part).get_data()) for part in page.contents) > _LARGEST_PAGE:
        raise CorpusError(
            "one of its pages is larger than any page of text; add the part that tells the story."
        )


def _contents(page: Any) -> tuple[list[Line], int]:
    from pdfminer.layout import LTChar, LTFigure, LTImage, LTTextLine

    lines: list[Line] = []
    pictures = 0
    open_ = [page]
    while open_:
        for part in open_.pop():
            if isinstance(part, LTTextLine):
                letters = [each for each in part if isinstance(each, LTChar)]
                text = part.get_text().strip()
                # A letter that no table of the font names comes as "(cid:71)".
                if (
                    letters
                    and not _LEADS_TO_PAGE.search(text)
                    and text.count("(cid:") * 4 < len(text.split()) + 3
                ):
                    upright = [each for each in letters if each.upright]
                    if len(upright) * 2 >= len(letters):
                        lines.append(_line(part, letters, re.sub(r"\(cid:\d+\)", "", text), page))
            elif isinstance(part, LTImage):
                pictures += 1
            elif isinstance(part, LTFigure) or hasattr(part, "get_text"):
                open_.append(part) if hasattr(part, "__iter__") else None
    return lines, pictures


def _line(part: Any, letters: list[Any], text: str, page: Any) -> Line:
    size = round(median(letter.size for letter in letters) * 2) / 2
    bold = sum("bold" in letter.fontname.lower() for letter in letters) * 2 > len(letters)
    return Line(
        text, part.x0, page.height - part.y1, part.x1, page.height - part.y0, size, bold,
        page.height,
    )  # fmt: skip


def _named_title(info: Sequence[Any]) -> str:
    """Return the title in a PDF's properties, unless a program made it of a file's name."""
    from pdfminer.utils import decode_text

    for properties in info:
        value = properties.get("Title")
        if isinstance(value, bytes):
            text = " ".join(decode_text(value).split())
            if len(text) > 3 and not re.search(r"\.\w{2,4}$|^Microsoft |untitled", text, re.I):
                return text
    return ""


def _usual_size(pages: list[list[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _paragraphs(pages: list[list[Line]]) -> Iterator[_Paragraph]:
    """Yield the lines grouped to paragraphs; one that goes on over a page's end stays one."""
    current: _Paragraph | None = None
    for number, page in enumerate(pages, 1):
        for line in page:
            if current is not None and _goes_on(current, line, number):
                current.lines.append(line)
            else:
                if current is not None:
                    yield current
                current = _Paragraph([line], number)
    if current is not None:
        yield current


def _goes_on(paragraph: _Paragraph, line: Line, page: int) -> bool:
    last = paragraph.last
    if abs(last.size - line.size) > 0.6 or last.bold != line.bold or _BULLET.match(line.text):
        return False
    gap = line.top - last.bottom
    below = page == paragraph.page and -0.5 * line.size < gap
    if below and gap < 0.7 * line.size and line.left < last.right and last.left < line.right:
        indented = line.left - last.left > 0.8 * line.size and _ENDS_SENTENCE.search(last.text)
        return not indented
    # The next column or page: only what plainly is the rest of the sentence.
    ends = _ENDS_SENTENCE.search(last.text)
    goes_on = line.text[:1].islower() or bool(_HYPHENATED.search(last.text))
    return not ends and goes_on and len(last.text) > 20


def _joined(lines: list[str], words: Counter[str]) -> str:
    """Return lines as one text; a word that was parted at a line's end is put together."""
    text = lines[0]
    for line in lines[1:]:
        parted, rest = _HYPHENATED.search(text), _OPENS_SMALL.match(line)
        if parted and rest and rest[0][0].islower():
            first, second = parted[1].lower(), rest[0].lower()
            # "long-term" keeps its hyphen where the text has it elsewhere and never "longterm".
            keeps = words[f"{first}-{second}"] > words[first + second]
            text = text[: parted.end() - 1] + ("-" if keeps else "") + line
        else:
            text = f"{text} {line}"
    return text


def _level(paragraph: _Paragraph, text: str, body: float, larger: list[float]) -> int:
    """Return a heading's level by its size among the sizes larger than the text's; else 0."""
    if len(text) > _LONGEST_HEADING or not re.search(r"[^\W\d_]", text):
        return 0
    size = paragraph.lines[0].size
    if size in larger:
        return min(6, larger.index(size) + 1)
    alone = paragraph.lines[0].bold and len(paragraph.lines) <= 2
    if alone and size >= body and not _ENDS_SENTENCE.search(text) and not _BULLET.match(text):
        return min(6, len(larger) + 1)
    return 0


def _headline(blocks: list[Block]) -> str:
    """Return the highest heading of the first two pages."""
    near = [b for b in blocks if b.level and b.place in ("page 1", "page 2")]
    return min(near, key=lambda block: block.level).text if near else ""
