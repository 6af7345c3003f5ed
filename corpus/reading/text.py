"""Plain text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.reading import pageflow
from corpus.reading.document import Block, Document, refuse_more_than_a_book
from corpus.reading.encoding import decoded

if TYPE_CHECKING:
    from markdown_it.token import Token

_BLANK = re.compile(r"\n[ \t]*\n\s*")
_ENDS_SENTENCE = re.compile(r"[.!?:;,。！？؟।…][\"'”’»)\]]*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s+")
_LONGEST_HEADING = 90
# Short lines are a text wrapped by hand; long ones are paragraphs of their own.
_WRAPPED_AT = 100


def read_text(content: bytes, name: str) -> Document:
    """Return a plain text: paragraphs between blank lines, short lines alone as headings."""
    text = _of_a_story(content).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    if pageflow.is_pasted(text):
        return pageflow.read_pasted(text)
    pieces = [piece.strip("\n") for piece in _BLANK.split(text) if piece.strip()]
    blocks = [block for piece in pieces for block in _plain_blocks(piece)]
    title = blocks[0].text if blocks and blocks[0].level else ""
    return Document("text", title, tuple(blocks))


def read_markdown(content: bytes, name: str) -> Document:
    """Return a Markdown text (CommonMark); HTML in it is left out."""
    from markdown_it import MarkdownIt

    text = _without_front_matter(_of_a_story(content))
    blocks = tuple(_marked_blocks(MarkdownIt("commonmark").enable("table").parse(text)))
    title = next((block.text for block in blocks if block.level), "")
    return Document("markdown", title, blocks)


def _of_a_story(content: bytes) -> str:
    """Return a text that is no longer than a book's: taking a longer one apart takes a minute."""
    text = decoded(content)
    refuse_more_than_a_book(len(text))
    return text


def _plain_blocks(piece: str) -> Iterator[Block]:
    lines = [line.strip() for line in piece.split("\n") if line.strip()]
    if len(lines) == 1 and _may_be_heading(lines[0]):
        yield Block(lines[0], 2)
    elif any(_LIST_ITEM.match(line) for line in lines):
        yield Block("\n".join(_LIST_ITEM.sub("- ", line) for line in lines))
    elif max(map(len, lines)) <= _WRAPPED_AT:
        yield Block(" ".join(lines))
    else:
        yield from (Block(line) for line in lines)


def _may_be_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and not _ENDS_SENTENCE.search(line)


def _without_front_matter(text: str) -> str:
    match = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    return text[match.end() :] if match else text


def _marked_blocks(tokens: list[Token]) -> Iterator[Block]:
    items: list[str] = []
    depth = 0
    heading = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open", "table_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close", "table_close"):
            depth -= 1
            if not depth and items:
                yield Block("\n".join(f"- {item}" for item in items))
                items = []
        elif token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "inline":
            text = _shown(token)
            if depth:
                items.append(text)
            else:
                yield Block(text, heading)
            heading = 0
        elif token.type in ("fence", "code_block"):
            yield Block(token.content)


def _shown(token: Token) -> str:
    """Return the text of a line's parts, without links' addresses, pictures and HTML."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)
