"""Stories published with Pageflow ("paged" type): by their markup, or copied as plain text.

Each page of the published HTML is `section.page` whose id opens the story at that page:
`address#id`. Copied as text, the pages lie between the lines of a link that each of them ends with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.reading.document import Block, Document

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PAGE_BREAK = "goto first page"
_FURNITURE = re.compile(
    r"""notice | let['’]s\ go!? | start | menu | mute | unmute | fullscreen | share | overview
    | (?:this\ multimedia\ (?:story|report)\ format) .*
    | use\ the\ mouse\ wheel .* | swipe\ to\ .* | scroll\ down\ to\ continue .*
    | use\ your\ (?:mouse|arrow|keyboard) .* | scroll\ (?:down|up)\b\W*
    | goto\ first\ page | skip\ (?:navigation|to\ (?:main\ )?content) .* | jump\ to\ .*
    | please\ make\ sure\ your\ speakers .* | (?:all\ )?media\ library""",
    re.IGNORECASE | re.VERBOSE,
)
_INSTRUCTION = re.compile(r"\s*\b(?:Scroll|Swipe) down to [^.!?]*[.!?]+")
_LOGO = re.compile(r"logo\b\s*(?P<address>https?://\S+)?\s*$", re.IGNORECASE)
_CREDITS = re.compile(r"©|\(c\)\s|copyright\b|(?:photos?|images?|credits?)\s*:", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_TEXT_OF_PAGE = (
    './/*[contains(concat(" ", normalize-space(@class), " "), " page_text ")]'
    '//*[contains(concat(" ", normalize-space(@class), " "), " paragraph ")]'
)
_OUT = ("print_image", "page_url", "to_top", "multimedia_alert", "scroll_indicator", "credits")


def is_pasted(text: str) -> bool:
    """Return whether a plain text is a Pageflow story as a browser copies it."""
    lines = Counter(line.strip().lower() for line in text.split("\n"))
    opens = any(line.startswith("this multimedia story format") for line in lines)
    return lines[_PAGE_BREAK] >= 2 or (opens and lines[_PAGE_BREAK] >= 1)


def read_pasted(text: str) -> Document:
    """Return a story copied as text: its pages' paragraphs, without what only works on screen."""
    title, address = _masthead(text)
    blocks: list[Block] = []
    number = 0
    for page in re.split(r"(?im)^[ \t]*goto first page[ \t]*$", text):
        kept = [*_pasted_paragraphs(page, title)]
        if kept:
            number += 1
            blocks += (Block(paragraph, place=f"page {number}") for paragraph in kept)
    return Document("pageflow", title, tuple(blocks), address)


def _masthead(text: str) -> tuple[str, str]:
    """Return the title and address, which stand before and behind the word Logo."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        logo = _LOGO.match(line)
        if logo:
            before = lines[number - 1] if number else ""
            return ("" if _FURNITURE.fullmatch(before) else before), logo["address"] or ""
    title = next((line for line in lines if not _FURNITURE.fullmatch(line)), "")
    return ("" if _ENDS_SENTENCE.search(title) else title), ""


def _pasted_paragraphs(page: str, title: str) -> Iterator[str]:
    lines = [line.strip() for line in page.split("\n") if line.strip()]
    lines = [line for line in lines if line != title and not _LOGO.match(line)]
    lines = [line for line in lines if not _FURNITURE.fullmatch(line)]
    end = next((n for n, line in enumerate(lines) if _CREDITS.match(line)), len(lines))
    # A line that is no sentence, right before the credits, is the label of a link or picture.
    while end < len(lines) and end and not _ENDS_SENTENCE.search(lines[end - 1]):
        end -= 1
    for line in lines[:end]:
        told = _INSTRUCTION.sub("", line).strip()
        if told:
            yield told


def is_published(page: HtmlElement) -> bool:
    """Return whether a web page is a Pageflow story by its markup."""
    return bool(_pages(page))


def read_published(page: HtmlElement, address: str) -> Document:
    """Return a published story; `anchor` of its blocks is the id of their page."""
    title = _first_text(page, '//meta[@property="og:title"]/@content') or page.findtext(".//title")
    blocks: list[Block] = []
    chapter = None
    for number, section in enumerate(_pages(page), 1):
        above = next(section.iterancestors("section"), None)
        place, anchor = f"page {number}", section.get("id") or ""
        if above is not None and above is not chapter:
            chapter = above
            blocks += (Block(text, 1, place, anchor) for text in _texts(above, "./h2|./*/h2"))
        blocks += _page_blocks(section, place, anchor)
    return Document("pageflow", title or "", tuple(blocks), address)


def _pages(page: HtmlElement) -> list[HtmlElement]:
    pages = page.xpath('//section[contains(concat(" ", normalize-space(@class), " "), " page ")]')
    return [each for each in pages if each.xpath(_TEXT_OF_PAGE) or _heading(each)]


def _page_blocks(section: HtmlElement, place: str, anchor: str) -> Iterator[Block]:
    heading = _heading(section)
    if heading:
        yield Block(heading, 2, place, anchor)
    for name in _OUT:
        for element in section.xpath(f'.//*[contains(@class, "{name}")]'):
            element.drop_tree()
    for text in section.xpath(_TEXT_OF_PAGE):
        for item in text.xpath(".//li"):
            item.text = "\n- " + (item.text or "")
        for paragraph in text.xpath(".//p|.//ul|.//ol|.//h3|.//h4|.//div"):
            paragraph.tail = "\n\n" + (paragraph.tail or "")
        for piece in re.split(r"\n\s*\n", text.text_content()):
            told = _INSTRUCTION.sub("", piece).strip()
            if told and not _FURNITURE.fullmatch(told) and not _CREDITS.match(told):
                yield Block(told, 0, place, anchor)


def _heading(section: HtmlElement) -> str:
    """Return a page's heading: tagline, title and subtitle, those that are there."""
    parts = [
        text
        for part in ("tagline", "title", "subtitle")
        for text in _texts(section, f'.//*[contains(@class, "page_header-{part}")]')
    ]
    if not parts:
        parts = _texts(section, './/*[contains(@class, "page_header")]')[:1]
    return ": ".join(dict.fromkeys(parts))


def _texts(element: HtmlElement, path: str) -> list[str]:
    found = (" ".join(each.text_content().split()) for each in element.xpath(path))
    return [text for text in found if text]


def _first_text(page: HtmlElement, path: str) -> str:
    found = page.xpath(path)
    return str(found[0]).strip() if found else ""
