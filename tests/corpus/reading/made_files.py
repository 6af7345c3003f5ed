"""Files in all formats, made here, with one story in them: what reading must bring back."""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Iterable, Sequence

TITLE = "GNLC Awardee: Turku"
LEAD = (
    "In 2026, the city of Turku in Finland received the UNESCO Learning City Award. "
    "It offers courses to all of its 195,000 residents."
)
GOVERNANCE = (
    "A board of eleven residents meets in the old library on every second Tuesday. "
    "It decides on 4% of the education budget, which the council may not change."
)
BOATS = (
    "On three river boats, retired shipwrights teach young people to read charts. "
    "In the first summer 640 learners came aboard, most of them for the first time."
)
SECTIONS = (("Governance", GOVERNANCE), ("Learning on the river", BOATS))
FACTS = {
    "city": "Turku",
    "country": "Finland",
    "country_code": "FI",
    "region": "Europe and North America",
    "award": "UNESCO Learning City Award",
    "year": 2026,
    "population": 195000,
    "language": "en",
}
ADDRESS = "https://stories.example.org/gnlc-awardee-turku"


def plain_text() -> bytes:
    parts = [TITLE, LEAD, *(part for section in SECTIONS for part in section)]
    return "\n\n".join(textwrap.fill(part, 72) for part in parts).encode()


def markdown() -> bytes:
    sections = "".join(f"## {title}\n\n{text}\n\n" for title, text in SECTIONS)
    return f"# {TITLE}\n\n{LEAD}\n\n{sections}".encode()


def web_page() -> bytes:
    sections = "".join(
        f'<section id="{title.split()[0].lower()}"><h2>{title}</h2><p>{text}</p></section>'
        for title, text in SECTIONS
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>
<link rel="canonical" href="{ADDRESS}"><meta property="og:site_name" content="City Stories">
<style>p {{ color: red }}</style><script>document.write("written by a script")</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<div class="cookie-banner">We use cookies. <button>Accept</button></div>
<main><article><h1>{TITLE}</h1><p>{LEAD}</p>{sections}</article></main>
<aside>Related: <a href="/x">Ten tips for autumn</a></aside>
<footer>© 2026 City Stories. All rights reserved. <a href="/i">Imprint</a></footer></body></html>
""".encode()


def pageflow_page() -> bytes:
    def page(number: int, heading: str, text: str) -> str:
        return f"""<section class="page" id="{1200 + number}" data-template="background_image">
<div class="content_and_background"><div class="page_header">
<h2><span class="page_header-tagline"></span><span class="page_header-title">{heading}</span></h2>
</div><div class="page_text"><div class="paragraph"><p>{text}</p></div></div>
<div class="print_image">A picture</div><a class="to_top" href="#">Goto first page</a>
<div class="page_url">{ADDRESS}#{1200 + number}</div></div></section>"""

    pages = "".join(page(n, *section) for n, section in enumerate(SECTIONS, 2))
    return f"""<!DOCTYPE html><html><head><title>{TITLE}</title>
<link rel="canonical" href="{ADDRESS}"></head><body>
<div id="skipLinks"><a href="#content">Skip navigation</a></div>
<div class="multimedia_alert">This multimedia story format uses video and audio footage.</div>
<nav class="navigation"><a href="#1201">One</a></nav>
<main><section class="chapter" id="chapter_1">{page(1, TITLE, LEAD)}</section>
<section class="chapter" id="chapter_2"><h2>What the city does</h2>{pages}</section></main>
<div class="credits">Photos: Somebody</div></body></html>""".encode()


def pageflow_text() -> bytes:
    pages = "\n".join(f"{text}\nGoto first page" for _, text in SECTIONS)
    return f"""Notice

This multimedia story format uses video and audio footage. Please make sure your speakers are on.

Use the mouse wheel or the arrow keys on your keyboard to navigate between pages.

Swipe to navigate between pages.

Let's go

{TITLE}

Logo {ADDRESS}

{LEAD}
Goto first page
{pages}
Goto first page
The award honours cities. Scroll down to learn more about them!

Global Network

© Getty Images / somebody; City of Turku.
Goto first page
Scroll down to continue Swipe to continue
Swipe to continue""".encode()


def word() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(LEAD)
    for title, text in SECTIONS:
        document.add_heading(title, 1)
        document.add_paragraph(text)
    document.add_paragraph("carpentry", style="List Bullet")
    document.add_paragraph("navigation", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Year", "Learners"), ("2025", "640")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return _saved(document)


def slides() -> bytes:
    import pptx

    presentation = pptx.Presentation()
    for title, text in ((TITLE, LEAD), *SECTIONS):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    return _saved(presentation)


def open_document() -> bytes:
    sections = "".join(
        f'<text:h text:outline-level="1">{title}</text:h><text:p>{text}</text:p>'
        for title, text in SECTIONS
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "meta")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:text><text:p>{LEAD}</text:p>"
        f"{sections}</office:text></office:body></office:document-content>"
    )
    meta = (
        f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        f"<dc:title>{TITLE}</dc:title></office:meta></office:document-meta>"
    )
    return archive(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        ("meta.xml", meta),
    )


def book() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(3)
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in range(3))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{TITLE}</dc:title><dc:publisher>City Press</dc:publisher></metadata>"
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    chapters = [
        (
            f"OEBPS/c{n}.xhtml",
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
            f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>{title}</h1><p>{text}</p>'
            "</body></html>",
        )
        for n, (title, text) in enumerate(((TITLE, LEAD), *SECTIONS))
    ]
    return archive(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OEBPS/book.opf", package),
        *chapters,
    )


def pdf() -> bytes:
    """Three pages with header and page number; the second in two columns with parted words."""
    columns = [
        *_set((TITLE,), 72, 700, 20),
        *_set(textwrap.wrap(LEAD, 70), 72, 660, 11),
    ]
    second = [
        *_set(("Governance",), 72, 720, 16),
        *_set(
            "A board of eleven residents meets in|the old library on every second Tues-|day."
            " It decides on 4% of the educa-".split("|"), 72, 690, 11,
        ),
        *_set(
            "tion budget, which the council may|not change.".split("|"), 320, 690, 11,
        ),
    ]  # fmt: skip
    third = [
        *_set(("Learning on the river",), 72, 720, 16),
        *_set(textwrap.wrap(BOATS, 70), 72, 690, 11),
    ]
    return pdf_of(
        [*page, (72, 770, 9, "City Stories 2026"), (300, 30, 9, f"{number}")]
        for number, page in enumerate((columns, second, third), 1)
    )


def booklet() -> bytes:
    """One Markdown file of two cities, after a foreword."""
    return f"""# Cities that learn

A foreword about learning cities in general.

## Turku, Finland

{LEAD}

### Governance

{GOVERNANCE}

## Tampere, Finland

Tampere won the UNESCO Learning City Award in 2026. Its 250,000 residents learn in saunas.
""".encode()


FILES = {
    "turku.txt": plain_text,
    "turku.md": markdown,
    "turku.html": web_page,
    "pageflow.html": pageflow_page,
    "pageflow.txt": pageflow_text,
    "turku.docx": word,
    "turku.pptx": slides,
    "turku.odt": open_document,
    "turku.epub": book,
    "turku.pdf": pdf,
}


def archive(*parts: tuple[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return file.getvalue()


def pdf_of(
    pages: Iterable[Sequence[tuple[float, float, float, str]]], extra: str = "", trailer: str = ""
) -> bytes:
    """Return a PDF with lines of text at (x, y, letter size, text), measured from below."""
    objects: list[str] = ["", ""]
    kids = []
    for page in pages:
        stream = "".join(
            f"BT /F1 {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET\n" for x, y, size, text in page
        )
        objects.append(f"<</Length {len(stream.encode('cp1252'))}>>\nstream\n{stream}\nendstream")
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1<</Type/Font"
            "/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>>>"
            f"/Contents {len(objects)} 0 R>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{extra}>>"
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    return numbered(objects, trailer)


def numbered(objects: Sequence[str], trailer: str = "") -> bytes:
    """Return a PDF of objects, the first of them its catalogue."""
    content = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(content)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return content + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
        f"<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n"
    ).encode("latin-1")


def _set(
    lines: Iterable[str], x: float, top: float, size: float
) -> list[tuple[float, float, float, str]]:
    return [(x, top - number * size * 1.25, size, line) for number, line in enumerate(lines)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()
