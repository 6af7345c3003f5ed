"""What staff bring, a file or content with a name, brought to drafts: the door of this package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from corpus.errors import CorpusError
from corpus.front_matter import OPTIONAL, REQUIRED
from corpus.markdown import read_story, read_text
from corpus.reading.apart import LARGEST, SECONDS, read_document
from corpus.reading.cleaning import shown_name
from corpus.reading.draft import Draft, drafts_of
from corpus.reading.facts import Proposal
from corpus.story import Story

_STORY_FILE = re.compile(
    rb"(?:\xef\xbb\xbf)?---\r?\n(?s:.{0,20000}?)^(?:city|award):", re.MULTILINE
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SLUG = re.compile(r"(?:19|20)\d\d-[a-z0-9]+(?:-[a-z0-9]+)*")


def read_source(source: str, countries: Mapping[str, str] | None = None) -> tuple[Draft, ...]:
    """Return the drafts of what a person named: a web address, or the path of a file.

    Raises CorpusError if it cannot be had or read.
    """
    if _ADDRESS.match(source):
        return read_address(source, countries)
    return read_path(Path(source), countries)


def read_address(address: str, countries: Mapping[str, str] | None = None) -> tuple[Draft, ...]:
    """Return the drafts of a web page or file. Raises CorpusError if it cannot be had or read."""
    from corpus.fetching import fetch

    found = fetch(address)
    return read_content(
        found.content, "", address=found.address, charset=found.charset, countries=countries
    )


def read_path(path: Path, countries: Mapping[str, str] | None = None) -> tuple[Draft, ...]:
    """Return the drafts a file holds. Raises CorpusError if it is not there or cannot be read."""
    shown = shown_name(str(path))
    if path.is_dir():
        raise CorpusError(f"“{shown}” is a folder; name the files in it.")
    try:
        if path.stat().st_size > LARGEST:
            raise CorpusError(
                f"“{shown_name(path.name)}” was not read: it is larger than "
                f"{LARGEST // 1_000_000} MB; save it with smaller pictures or add the part that "
                "tells the story."
            )
        if not path.is_file():
            raise CorpusError(f"“{shown}” is no file.")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        raise CorpusError(f"“{shown}” cannot be opened ({reason}); check the path.") from None
    return read_content(content, path.name, countries=countries)


def read_content(
    content: bytes,
    name: str,
    *,
    address: str = "",
    charset: str = "",
    countries: Mapping[str, str] | None = None,
    seconds: int = SECONDS,
) -> tuple[Draft, ...]:
    """Return the drafts that content holds: one a city, where it tells of several.

    :param name: the file's name, "" for content fetched from an address.
    :param charset: the encoding that the server declared.
    :param countries: the names by which the library calls countries, by code.
    :param seconds: how long a processor may work at reading.
    :raises CorpusError: it cannot be read, in a sentence that names it.
    """
    if _STORY_FILE.match(content[:25_000]):
        return (_of_story_file(content, name or address),)
    document = read_document(content, name, address, charset, seconds)
    return drafts_of(document, shown_name(address or name), countries)


def _of_story_file(content: bytes, name: str) -> Draft:
    """Return the draft of a file that is a story file already: its facts are its own."""
    stem = Path(name).stem
    story = read_story(read_text(content, shown_name(name)), stem)
    proposals = {
        field: Proposal(getattr(story, field), "its front matter")
        for field in (*REQUIRED, *OPTIONAL)
        if getattr(story, field) is not None
    }
    return Draft(
        shown_name(name),
        "story file",
        _sections(story),
        story.sources,
        proposals,
        slug=stem if _SLUG.fullmatch(stem) else "",
    )


def _sections(story: Story) -> tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]:
    return tuple(
        (section.title, tuple((each.text, each.sources) for each in section.paragraphs))
        for section in story.sections
    )
