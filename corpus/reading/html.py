"""Web pages: the main text alone, without navigation, notices and footers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.errors import CorpusError
from corpus.reading import pageflow
from corpus.reading.document import Block, Document
from corpus.reading.encoding import decoded_page

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def read_html(content: bytes, name: str, address: str = "", charset: str = "") -> Document:
    """Return the main text of a page, found by trafilatura; Pageflow stories by their markup."""
    text = decoded_page(content, charset)
    page = parsed(text)
    address = address or _own_address(page)
    if pageflow.is_published(page):
        return pageflow.read_published(page, address)
    has_text = page.find("body") is not None and page.find("body").text_content().strip()
    blocks = tuple(_main_blocks(text, _anchors(page))) if has_text else ()
    if not any(block.level == 0 for block in blocks):
        raise CorpusError("it holds no main text; it may show its text by a script only.")
    title = _title(page) or next((block.text for block in blocks if block.level), "")
    return Document("html", title, blocks, address, _publisher(page))


def parsed(text: str) -> HtmlElement:
    """Return the tree of a page; nothing is loaded and nothing in it is run.

    Raises CorpusError if there is nothing to make a tree of.
    """
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        raise CorpusError("it is no web page that could be read.") from None
    for unwanted in page.xpath("//script|//style|//template|//noscript|//comment()"):
        if unwanted.getparent() is not None:
            unwanted.drop_tree()
    _keep_line_breaks(page, "br")
    return page


def body_blocks(page: HtmlElement, place: str = "") -> Iterator[Block]:
    """Yield all headings, paragraphs, lists and tables of a page that is main text throughout."""
    for element in page.iter("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "table", "dl",
                             "blockquote", "pre"):  # fmt: skip
        if any(above.tag in ("ul", "ol", "table", "p") for above in element.iterancestors()):
            continue
        if element.tag[0] == "h" and element.tag[1:].isdigit():
            level, text = int(element.tag[1]), _line(element)
        elif element.tag == "table":
            level, text = 0, "\n".join(_rows(element, "tr", "td", "th"))
        elif element.tag in ("ul", "ol", "dl"):
            level, text = 0, "\n".join(f"- {_line(item)}" for item in element.iter("li", "dd"))
        elif element.tag == "blockquote" and element.xpath(".//p|.//ul|.//ol"):
            continue
        else:
            level, text = 0, _line(element)
        if text.strip(" -\n"):
            yield Block(text, level, place, element.get("id") or "")


def _main_blocks(text: str, anchors: dict[str, str]) -> Iterator[Block]:
    import trafilatura

    found = trafilatura.bare_extraction(
        text, include_comments=False, include_tables=True, include_images=False,
        include_links=False, include_formatting=False, with_metadata=False, favor_recall=True,
    )  # fmt: skip
    body: Any = getattr(found, "body", None)
    if body is None:
        return
    _keep_line_breaks(body, "lb")
    place = anchor = ""
    for element in body:
        line = _line(element)
        if element.tag == "head":
            anchor = anchors.get(line.casefold(), "")
            place = f"section “{line}”" if anchor else ""
            level = int((element.get("rend") or "h2")[1:2] or 2)
            yield Block(line, level, place, anchor)
        elif element.tag == "list":
            items = (f"- {_line(item)}" for item in element.iter("item"))
            yield Block("\n".join(items), 0, place, anchor)
        elif element.tag == "table":
            yield Block("\n".join(_rows(element, "row", "cell")), 0, place, anchor)
        elif line:
            yield Block(line, 0, place, anchor)


def _keep_line_breaks(tree: Any, tag: str) -> None:
    for line_break in tree.iter(tag):
        line_break.tail = "\n" + (line_break.tail or "")


def _rows(table: Any, row_tag: str, *cell_tags: str) -> Iterator[str]:
    for row in table.iter(row_tag):
        cells = [_line(cell) for cell in row.iter(*cell_tags)]
        if any(cells):
            yield "- " + " · ".join(filter(None, cells))


def _line(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _anchors(page: HtmlElement) -> dict[str, str]:
    """Return the ids that open a page at its headings: of the heading, in it, or of its section."""
    anchors: dict[str, str] = {}
    for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        near = [heading, *heading.iter("a", "span")]
        above = heading.getparent()
        if above is not None and above.tag in ("section", "article", "div"):
            near.append(above)
        found = next((each.get("id") or each.get("name") for each in near
                      if each.get("id") or each.get("name")), "")  # fmt: skip
        if found:
            anchors.setdefault(_line(heading).casefold(), found)
    return anchors


def _title(page: HtmlElement) -> str:
    for path in ('//meta[@property="og:title"]/@content', "//h1", "//title"):
        for found in page.xpath(path):
            text = found if isinstance(found, str) else _line(found)
            if text.strip():
                return str(text).strip()
    return ""


def _publisher(page: HtmlElement) -> str:
    found = page.xpath('//meta[@property="og:site_name"]/@content')
    return str(found[0]).strip() if found else ""


def _own_address(page: HtmlElement) -> str:
    """Return the address that a saved page names as its own."""
    for path in ('//link[@rel="canonical"]/@href', '//meta[@property="og:url"]/@content'):
        for found in page.xpath(path):
            address = str(found).strip()
            if urlsplit(address).scheme in ("http", "https"):
                return address
    return ""
