"""`stories`: the list of the stories there are."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from assistant.commands.terminal import say, say_json
from assistant.settings import Settings

if TYPE_CHECKING:
    from corpus.library import Entry, Library

SUMMARY = "Lists the stories there are."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a line a story: its slug, city, country, year and status."""
    library = open_library()
    entries = library.entries()
    if arguments.json:
        say_json([_described(entry) for entry in entries])
        return 0
    width = max((len(entry.slug) for entry in entries), default=0)
    for entry in entries:
        status = "" if entry.status == "bundled" else f" [{entry.status}]"
        story = entry.story
        say(f"{entry.slug:<{width}}  {story.city}, {story.country} ({story.year}){status}")
    faults = len({fault.file for fault in library.faults()})
    if faults:
        say(f"{faults} with faults and left out: `learning-city check` names them.")
    return 0


def open_library() -> Library:
    """Return the library that the environment's settings name."""
    from corpus.library import Library

    return Library(Settings.from_environment().added)


def _described(entry: Entry) -> dict[str, Any]:
    story = entry.story
    return {
        "slug": entry.slug,
        "status": entry.status,
        "title": story.title,
        "city": story.city,
        "country": story.country,
        "country_code": story.country_code,
        "region": story.region,
        "year": story.year,
        "language": story.language,
        "themes": list(story.themes),
    }
