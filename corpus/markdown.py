"""The story file, Markdown with YAML front matter: read, checked, written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import CorpusError
from corpus.faults import Fault, character_faults, html_faults
from corpus.front_matter import read_front_matter
from corpus.rendering import source_line, story_text
from corpus.story import Source, Story, lay_out

__all__ = ["Fault", "find_faults", "find_faults_in_file", "read_story", "read_text", "write_story"]

_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_MARKS_AT_END = re.compile(r"(?:\s*\[\^[^\]\s]+\])+\s*\Z")
_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:\s*(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_LINKED = re.compile(
    r"\[(?P<title>.+)\]\((?P<url>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)\.(?: (?P<origin>.+)\.)?"
)
_UNLINKED = re.compile(r"(?P<title>.+?)\.(?: (?P<origin>(?:(?!\. ).)+)\.)?")
_DATED = re.compile(r"(?:(?P<publisher>.+), )?(?:(?P<month>[^\W\d_]+) )?(?P<year>[0-9]{4})")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass
class _Paragraph:
    text: str
    line: int
    sources: tuple[str, ...]


@dataclass
class _Section:
    title: str
    line: int
    paragraphs: list[_Paragraph] = field(default_factory=list)


@dataclass
class _Body:
    sections: list[_Section]
    sources: dict[str, tuple[int, Source]]
    faults: list[Fault]


def read_story(text: str, slug: str) -> Story:
    """Return the story a file's text holds.

    Raises CorpusError naming file, line and rule of the first fault, and how many more there are.
    """
    story, faults = _parse(text, f"{slug}.md", slug)
    if story is None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise CorpusError(f"{faults[0]}{more}")
    return story


def write_story(story: Story) -> str:
    """Return the text of the story's file.

    Raises CorpusError if reading that text would not give the same story back.
    """
    text = story_text(story)
    again = read_story(text, story.slug)
    if again != story:
        part = next(
            name
            for name in Story.__dataclass_fields__
            if getattr(again, name) != getattr(story, name)
        )
        raise CorpusError(
            f"The story {story.slug} cannot be written without loss: its {part} would come back "
            "changed; remove blank lines, line ends and Markdown marks from it."
        )
    return text


def read_text(content: bytes, name: str) -> str:
    """Return the bytes of a story file as text, without a byte order mark, lines ended by "\\n".

    Raises CorpusError naming the line where the bytes stop being UTF-8.
    """
    try:
        return _unified(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CorpusError(str(_encoding_fault(content, error, name))) from None


def find_faults(text: str, name: str) -> list[Fault]:
    """Return every fault in a story file's text, by line; an empty list means none."""
    return sorted(_parse(text, name, Path(name).stem)[1], key=lambda fault: fault.line)


def find_faults_in_file(path: Path) -> list[Fault]:
    """Return every fault in a story file.

    A file that is not UTF-8 has one fault, at the line where that shows.
    Raises CorpusError if the file cannot be opened.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        return find_faults(content.decode("utf-8"), path.name)
    except UnicodeDecodeError as error:
        return [_encoding_fault(content, error, path.name)]


def _encoding_fault(content: bytes, error: UnicodeDecodeError, name: str) -> Fault:
    line = content.count(b"\n", 0, error.start) + 1
    return Fault(name, line, "encoding", "Not UTF-8 text; save the file with encoding UTF-8.")


def _unified(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, name: str, slug: str) -> tuple[Story | None, list[Fault]]:
    lines = _unified(text).split("\n")
    faults = list(character_faults(lines, name))
    front = read_front_matter(lines, name)
    faults += front.faults
    if front.body_line == 1:
        return None, faults
    body = _read_body(lines, front.body_line, name)
    faults += body.faults
    faults += _body_faults(body, front.body_line, name)
    if faults:
        return None, faults
    optional = {"population": None, "status": None}
    sections = lay_out(
        (section.title, [(each.text, each.sources) for each in section.paragraphs])
        for section in body.sections
    )
    sources = tuple(source for _, source in body.sources.values())
    return Story(slug=slug, sections=sections, sources=sources, **(optional | front.values)), []


def _read_body(lines: list[str], first: int, name: str) -> _Body:
    body = _Body([_Section("", first)], {}, [])
    block: list[str] = []
    start = first
    for number, line in enumerate([*lines[first - 1 :], ""], first):
        heading = _HEADING.fullmatch(line.rstrip())
        definition = _DEFINITION.fullmatch(line.rstrip())
        if block and (heading or definition or not line.strip()):
            _add_paragraph(body, "\n".join(block), start, name)
            block = []
        if heading:
            _add_section(body, heading, number, name)
        elif definition:
            _add_source(body, definition, number, name)
        elif line.strip():
            if not block:
                start = number
            block.append(line.rstrip())
    return body


def _add_section(body: _Body, heading: re.Match[str], line: int, name: str) -> None:
    level, title = heading.groups()
    if level != "##":
        message = f"Headings of sections start with “## ”, this one with “{level} ”."
        body.faults.append(Fault(name, line, "heading-level", message))
    if any(section.title.casefold() == title.casefold() for section in body.sections):
        message = f"Two sections have the title “{title}”."
        body.faults.append(Fault(name, line, "duplicate-section", message))
    body.sections.append(_Section(title, line))


def _add_paragraph(body: _Body, block: str, line: int, name: str) -> None:
    marks = _MARKS_AT_END.search(block)
    text = (block[: marks.start()] if marks else block).strip()
    keys = tuple(_MARK.findall(marks[0])) if marks else ()
    inside = _MARK.findall(text)
    body.faults += html_faults(text, line, name)
    if inside:
        message = f"The mark [^{inside[0]}] stands inside the paragraph; move it to the end."
        body.faults.append(Fault(name, line, "mark-inside", message))
    elif not text:
        message = "A paragraph has footnote marks and no text."
        body.faults.append(Fault(name, line, "empty-paragraph", message))
    elif not keys:
        message = "The paragraph names no source; end it with a footnote mark such as [^story]."
        body.faults.append(Fault(name, line, "no-source", message))
    if len(set(keys)) < len(keys):
        message = "The paragraph names the same source twice."
        body.faults.append(Fault(name, line, "source-twice", message))
    body.sections[-1].paragraphs.append(_Paragraph(text, line, (*inside, *keys)))


def _add_source(body: _Body, definition: re.Match[str], line: int, name: str) -> None:
    key, rest = definition.groups()
    body.faults += html_faults(rest, line, name)
    if key in body.sources:
        message = f"The footnote [^{key}] is defined twice; first in line {body.sources[key][0]}."
        body.faults.append(Fault(name, line, "duplicate-footnote", message))
        return
    if not _KEY.fullmatch(key):
        message = (
            f"The footnote key “{key}” may hold letters A to Z, digits, “.”, “-” and “_” only."
        )
        body.faults.append(Fault(name, line, "footnote-key", message))
    source = _read_source(key, rest)
    if source is None or source_line(source) != f"[^{key}]: {rest}":
        message = f"The footnote [^{key}] must read “[Title](URL). Publisher, year.”"
        body.faults.append(Fault(name, line, "footnote-form", message))
    elif source.url is not None and not re.match(r"https?://[^/]", source.url):
        message = f"The address of [^{key}] must start with https:// or http://."
        body.faults.append(Fault(name, line, "footnote-address", message))
    body.sources[key] = (line, source or Source(key, rest))


def _read_source(key: str, rest: str) -> Source | None:
    match = _LINKED.fullmatch(rest) or _UNLINKED.fullmatch(rest)
    if not match:
        return None
    parts = match.groupdict()
    publisher, month, year = parts["origin"], None, None
    dated = _DATED.fullmatch(publisher) if publisher else None
    if dated:
        publisher, month, year = dated["publisher"], dated["month"], int(dated["year"])
    return Source(key, parts["title"], publisher, year, parts.get("url"), month)


def _body_faults(body: _Body, first: int, name: str) -> list[Fault]:
    """Return what is wrong with the body as a whole."""
    faults: list[Fault] = []
    lead, *sections = body.sections
    if not lead.paragraphs:
        message = "The story must open with a paragraph before its first heading."
        faults.append(Fault(name, first, "no-lead", message))
    for section in sections:
        if not section.paragraphs:
            message = f"The section “{section.title}” is empty."
            faults.append(Fault(name, section.line, "empty-section", message))
    if not body.sources:
        faults.append(Fault(name, first, "no-footnotes", "The story defines no footnotes."))
    return faults + _citation_faults(body, name)


def _citation_faults(body: _Body, name: str) -> list[Fault]:
    """Return what is cited and not defined, or defined and not cited."""
    faults: list[Fault] = []
    cited: set[str] = set()
    for section in body.sections:
        for paragraph in section.paragraphs:
            for key in paragraph.sources:
                if key not in body.sources and key not in cited:
                    message = f"The footnote [^{key}] is cited and not defined."
                    faults.append(Fault(name, paragraph.line, "undefined-footnote", message))
                cited.add(key)
    for key, (line, _) in body.sources.items():
        if key not in cited:
            message = f"The footnote [^{key}] is defined and never cited."
            faults.append(Fault(name, line, "uncited-footnote", message))
    return faults
