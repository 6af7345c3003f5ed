"""`show`: one story."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from assistant.commands.stories import open_library
from assistant.commands.terminal import argument_text, say, wrapped

if TYPE_CHECKING:
    from corpus.story import Source, Story

SUMMARY = "Shows one story with its sources."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("slug", metavar="SLUG", type=argument_text, help="such as 2015-cork")
    parser.add_argument(
        "--body",
        action="store_true",
        help="print only the text that quotes are cut from: quote == body[start:end]",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the story."""
    story = open_library().get(arguments.slug)
    if arguments.body:
        # Written as it is: a character less would shift every offset.
        sys.stdout.write(story.body + ("" if story.body.endswith("\n") else "\n"))
    else:
        _say(story)
    return 0


def _say(story: Story) -> None:
    say(wrapped(story.title))
    say(wrapped(f"{story.city}, {story.country} · {story.award}, {story.year} · {story.region}"))
    say(wrapped("Themes: " + ", ".join(story.themes)))
    for section in story.sections:
        if section.title:
            say(f"\n{section.title}\n{'-' * len(section.title)}")
        for paragraph in section.paragraphs:
            marks = "".join(f" [{key}]" for key in paragraph.sources)
            say("\n" + wrapped(paragraph.text + marks))
    say("\nSources\n-------")
    for source in story.sources:
        say(wrapped(_reference(source), rest="    "))


def _reference(source: Source) -> str:
    parts = (source.title, source.publisher, str(source.year or ""), source.url)
    return f"[{source.key}] " + ". ".join(part for part in parts if part)
