"""Two hundred files that must not be read, and why: a name to tell each by, its file name, content.

Content is made when asked for, because some of it is large.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.corpus.reading import made_files
from tests.corpus.reading.made_files import archive, pdf_of

Make = Callable[[], bytes]
Bad = tuple[str, str, Make]

_BINARY = {
    "pdf": made_files.pdf,
    "docx": made_files.word,
    "pptx": made_files.slides,
    "odt": made_files.open_document,
    "epub": made_files.book,
}
_TEXT = {"html": made_files.web_page, "md": made_files.markdown, "txt": made_files.plain_text}
_UNREAD = (
    "exe js sh bat com docm pptm xlsx xls doc ppt rtf jar svg xml json csv zip gz mp4 png py php"
)
_SIGNATURES = {
    "program for Windows": b"MZ\x90\x00",
    "program for Linux": b"\x7fELF\x02\x01",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "picture png": b"\x89PNG\r\n\x1a\n",
    "picture jpeg": b"\xff\xd8\xff\xe0",
    "picture gif": b"GIF89a",
    "old Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "RTF": b"{\\rtf1\\ansi hello}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "rar": b"Rar!\x1a\x07\x01\x00",
    "database": b"SQLite format 3\x00",
    "film": b"\x00\x00\x00\x18ftypmp42",
}
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


def bad_files() -> Iterator[Bad]:
    """Yield all of them."""
    yield from _cut_off()
    yield from _wrong_endings()
    yield from _empty_and_large()
    yield from _archives()
    yield from _pdfs()
    yield from _encodings()
    yield from _names()
    yield from _pages()
    yield from _story_files()


def _cut_off() -> Iterator[Bad]:
    for kind, make in _BINARY.items():
        for percent in (1, 10, 30, 50, 70, 90, 98):
            yield f"{kind} cut at {percent}%", f"a.{kind}", partial(_part, make, percent)
        yield f"{kind} without its middle", f"a.{kind}", partial(_without_middle, make)


def _part(make: Make, percent: int) -> bytes:
    content = make()
    return content[: max(5, len(content) * percent // 100)]


def _without_middle(make: Make) -> bytes:
    content = make()
    third = len(content) // 3
    return content[:third] + bytes(third) + content[2 * third :][: third - 30]


def _wrong_endings() -> Iterator[Bad]:
    every = _BINARY | _TEXT
    for kind, make in every.items():
        for ending in every:
            if ending != kind and {ending, kind} != {"md", "txt"}:
                yield f"{kind} named {ending}", f"a.{ending}", make
    for ending in _UNREAD.split():
        yield f"text named {ending}", f"a.{ending}", made_files.plain_text
    for what, beginning in _SIGNATURES.items():
        for ending in ("pdf", "txt"):
            yield f"{what} named {ending}", f"a.{ending}", partial(_filled, beginning)


def _filled(beginning: bytes) -> bytes:
    return beginning + bytes(range(256)) * 20


def _empty_and_large() -> Iterator[Bad]:
    for ending in ("pdf", "docx", "epub", "html", "md", "txt"):
        yield f"empty {ending}", f"a.{ending}", bytes
    for what, content in {
        "blanks": b" \n\t" * 100,
        "zeros": bytes(5_000),
        "a mark alone": b"\xef\xbb\xbf",
        "rules alone": b"---\n***\n===\n",
        "a heading alone": b"Turku\n",
    }.items():
        yield what, "a.txt", partial(bytes, content)
    yield "100 MB of text", "a.txt", lambda: b"Learning is for all. " * 5_000_000
    yield "100 MB of zeros", "a.pdf", lambda: b"%PDF-1.4" + bytes(100_000_000)
    yield "a line of 30 MB", "a.txt", lambda: b"x" * 30_000_000
    yield "a book of 3 MB", "a.md", lambda: b"# Book\n\n" + b"Learning is for all.\n\n" * 140_000


def _archives() -> Iterator[Bad]:
    word = "word/document.xml"
    types = ("[Content_Types].xml", "<Types/>")
    swelling = bytes(200_000_000)
    for kind, first in {
        "docx": (types, (word, swelling)),
        "pptx": (types, ("ppt/presentation.xml", swelling)),
        "odt": (("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", swelling)),
        "epub": (("mimetype", "application/epub+zip"), ("a.xhtml", swelling)),
    }.items():
        yield f"{kind} that swells", f"a.{kind}", partial(archive, *first)
    yield (
        "docx of many parts",
        "a.docx",
        partial(archive, (word, "<x/>"), *((f"word/{n}.xml", "") for n in range(6_000))),
    )
    yield "docx that claims more than it holds", "a.docx", _overlapping
    for what, prolog in (("laughs", _LAUGHS), ("an outside file", _OUTSIDE)):
        xml = f'<?xml version="1.0"?>{prolog}<x>&b;</x>'
        yield f"docx with {what}", "a.docx", partial(_with, made_files.word, (word, xml))
        yield (
            f"docx with {what} in UTF-16",
            "a.docx",
            partial(_with, made_files.word, (word, xml.replace("1.0", "1.0").encode("utf-16"))),
        )
        yield (
            f"pptx with {what}",
            "a.pptx",
            partial(_with, made_files.slides, ("ppt/slides/slide1.xml", xml)),
        )
        yield (
            f"odt with {what}",
            "a.odt",
            partial(_with, made_files.open_document, ("content.xml", xml)),
        )
        yield (
            f"epub with {what}",
            "a.epub",
            partial(_with, made_files.book, ("OEBPS/c0.xhtml", xml)),
        )
        yield (
            f"epub with {what} in its list",
            "a.epub",
            partial(_with, made_files.book, ("OEBPS/book.opf", xml)),
        )
    for kind, part in (
        ("docx", "word/vbaProject.bin"),
        ("docx", "word/activeX/activeX1.bin"),
        ("pptx", "ppt/vbaProject.bin"),
        ("odt", "Basic/Standard/Module1.xml"),
    ):
        yield f"{kind} with {part}", f"a.{kind}", partial(_with, _BINARY[kind], (part, "x"))
    for part in ("../../evil.xml", "/etc/passwd", "..\\evil.xml", "C:/evil.xml"):
        yield f"docx that holds {part}", "a.docx", partial(_with, made_files.word, (part, "x"))
    for kind in ("docx", "odt", "epub"):
        yield f"{kind} with a password", f"a.{kind}", partial(_locked, _BINARY[kind])
    yield (
        "epub with locked text",
        "a.epub",
        partial(_with, made_files.book, ("META-INF/encryption.xml", "<x><EncryptedData/></x>")),
    )
    yield (
        "epub without chapters",
        "a.epub",
        partial(
            archive,
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", "<container/>"),
        ),
    )
    yield (
        "odt without content",
        "a.odt",
        partial(archive, ("mimetype", "application/vnd.oasis.opendocument.text")),
    )
    yield "spreadsheet named docx", "a.docx", partial(archive, types, ("xl/workbook.xml", "<x/>"))
    yield "archive of nothing", "a.docx", archive
    yield "docx of broken XML", "a.docx", partial(_with, made_files.word, (word, "<w:document"))


def _with(make: Make, *parts: tuple[str, str | bytes]) -> bytes:
    """Return an archive with parts put in or replaced."""
    with zipfile.ZipFile(io.BytesIO(make())) as packed:
        kept = {name: packed.read(name) for name in packed.namelist()}
    return archive(*{**kept, **dict(parts)}.items())


def _locked(make: Make) -> bytes:
    """Return an archive whose members say that they need a password."""
    content = bytearray(make())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _overlapping() -> bytes:
    """Return an archive whose many entries all mean the same bytes."""
    packed = archive(("word/document.xml", "<x>" + "a" * 200_000 + "</x>"))
    start = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    entry = packed[start:end]
    entries = b"".join(
        entry[:46] + f"word/docum{n:04}.xml".encode()[: len(entry) - 46] + entry[46 + 17 :]
        for n in range(1_000)
    )
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), start, 0)
    return packed[:start] + entries + closing


def _pdfs() -> Iterator[Bad]:
    line = [(72, 700, 11, "Turku is a learning city.")]
    yield "PDF of a picture", "a.pdf", _scanned
    yield "PDF without pages", "a.pdf", partial(pdf_of, ())
    yield "PDF of empty pages", "a.pdf", partial(pdf_of, ([], []))
    yield "PDF with a password", "a.pdf", partial(
        pdf_of, (line,), trailer=f"/ID[<{'00' * 16}><{'00' * 16}>]/Encrypt<</Filter/Standard/V 2"
        f"/R 3/Length 128/P -44/O<{'11' * 32}>/U<{'22' * 32}>>>",
    )  # fmt: skip
    yield (
        "PDF locked in an unknown way",
        "a.pdf",
        partial(pdf_of, (line,), trailer="/Encrypt<</Filter/Other/V 9/R 9>>"),
    )
    yield "PDF of junk", "a.pdf", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 50 + b"\n%%EOF"
    yield "PDF head alone", "a.pdf", lambda: b"%PDF-1.7\n%%EOF"
    yield "PDF without a catalogue", "a.pdf", lambda: made_files.pdf().replace(b"/Root", b"/Rott")
    yield (
        "PDF whose pages are their own parent",
        "a.pdf",
        lambda: pdf_of(()).replace(b"/Kids[]", b"/Kids[2 0 R]"),
    )
    yield (
        "PDF of endless nesting",
        "a.pdf",
        lambda: pdf_of((), extra="/A" + "[" * 50_000 + "]" * 50_000),
    )
    yield "PDF that swells", "a.pdf", _swelling_pdf


def _scanned() -> bytes:
    picture = (
        "<</Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8"
        "/Length 4>>\nstream\nabcd\nendstream"
    )
    drawing = "q 500 0 0 700 50 50 cm /I Do Q"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>"
        "/Contents 5 0 R>>",
        picture,
        f"<</Length {len(drawing)}>>\nstream\n{drawing}\nendstream",
    ]
    return made_files.numbered(objects)


def _swelling_pdf() -> bytes:
    packed = zlib.compress(b"BT (x) Tj ET " * 12_000_000, 9).decode("latin-1")
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        f"<</Filter/FlateDecode/Length {len(packed)}>>\nstream\n{packed}\nendstream",
    ]
    return made_files.numbered(objects)


def _encodings() -> Iterator[Bad]:
    text = "Café Zürich: Bürgerinnen und Bürger lernen gemeinsam. Жители учатся вместе. 市民学习。"
    for name in ("utf-16-le", "utf-16-be", "utf-32", "gb18030", "koi8-r", "cp1251", "shift-jis",
                 "iso-8859-1", "cp037"):  # fmt: skip
        yield f"text in {name}", "a.txt", partial(text.encode, name, "ignore")
    yield "broken UTF-8", "a.txt", lambda: b"Good morning \xc3\x28 and \xf0\x28\x8c\x28 night."
    yield "surrogates", "a.md", lambda: b"# A\n\n\xed\xa0\x80\xed\xb0\x80 text"
    yield "characters lost before", "a.txt", lambda: "Z\ufffdrich learns.".encode()
    for charset in ("utf-8", "ascii-art", "utf-16", "unicode_escape", "zlib_codec"):
        page = f'<html><head><meta charset="{charset}"></head><p>'.encode()
        yield (
            f"page that claims {charset}",
            "a.html",
            partial(bytes, page + b"Caf\xe9 \xff\xfe</p>"),
        )


def _names() -> Iterator[Bad]:
    for name in (
        "../a.txt", "../../etc/passwd.txt", "/etc/passwd.txt", "a/b.txt", "a/../../b.txt",
        "..\\a.txt", "C:\\a.txt", "\\\\server\\a.txt", ".a.txt", "..txt", "a\0.txt", "a.txt\0.exe",
        "~/../a.txt",
    ):  # fmt: skip
        yield f"name {name!r}", name, made_files.plain_text


def _pages() -> Iterator[Bad]:
    for what, body in {
        "made by a script": "<div id=app></div><script>document.write('Turku learns')</script>",
        "of a script alone": "<script>alert(1)</script>",
        "of styles": "<style>p::before { content: 'Turku learns' }</style>",
        "of a frame": "<iframe src='https://example.org'></iframe>",
        "of a template": "<template><p>Turku learns</p></template>",
        "of pictures": "<img src=a.png alt=''><svg onload=alert(1)></svg>",
        "of a form": "<form action=//x><input name=a></form>",
        "of an object": "<object data='a.swf'></object><embed src='b.swf'>",
        "of a comment": "<!-- Turku learns -->",
    }.items():
        page = f"<!DOCTYPE html><html><body>{body}</body></html>"
        yield f"page {what}", "a.html", partial(page.encode)


def _story_files() -> Iterator[Bad]:
    good = (
        '---\ntitle: "T"\ncity: Turku\ncountry: Finland\ncountry_code: FI\n'
        "region: Europe and North America\naward: A\nyear: 2026\nlanguage: en\n"
        "themes: [culture]\n---\n\nText. [^a]\n\n[^a]: [T](https://example.org/). P, 2026.\n"
    )
    for what, (old, new) in {
        "year": ("2026\nlang", "soon\nlang"),
        "code": ("FI\n", "XX\n"),
        "region": ("Europe and North America", "Europe"),
        "theme": ("[culture]", "[cultures]"),
        "key": ("award: A", "aword: A"),
        "closing line": ("]\n---", "]\n"),
        "mark": ("Text. [^a]", "Text."),
        "footnote": ("[^a]:", "[^b]:"),
        "address": ("https://example.org/", "javascript:alert(1)"),
        "tag": ("Text.", "<script>alert(1)</script>"),
        "turned text": ("Text.", "Te\u202ext."),
        "YAML": ("title:", "title: [\n"),
    }.items():
        yield (
            f"story file with a wrong {what}",
            "2026-turku.md",
            partial(good.replace(old, new, 1).encode),
        )
