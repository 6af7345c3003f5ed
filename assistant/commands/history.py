"""`history`: what was changed, by whom, when and why."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.commands.stories import open_library
from assistant.commands.terminal import argument_text, say, say_json, whole_number, wrapped

if TYPE_CHECKING:
    from corpus.history import Change, History

SUMMARY = "Tells what was changed, by whom, when and why."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "slug", metavar="SLUG", nargs="?", type=argument_text,
        help="such as 2015-cork; without it: every story's changes, the newest first",
    )  # fmt: skip
    parser.add_argument(
        "--version", type=whole_number, metavar="N", help="show what this change did to the text"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a line a change, or one change's difference."""
    library = open_library()
    history = library.history
    if arguments.slug and arguments.version:
        _say_difference(history, arguments.slug, arguments.version)
        return 0
    if arguments.slug:
        library.title_of(arguments.slug)  # tells an unknown slug, with near ones
        changes = list(history.of(arguments.slug))
    else:
        every = (change for slug in history.slugs() for change in history.of(slug))
        changes = sorted(every, key=lambda change: (change.when, change.number), reverse=True)
    if arguments.json:
        say_json([asdict(change) for change in changes])
        return 0
    for change in changes:
        say(_line(change))
    if not changes:
        say("Nothing was changed yet.")
    return 0


def _line(change: Change) -> str:
    by = f" by {change.who}" if change.who else ""
    why = f": {change.why}" if change.why else ""
    return f"{change.when}  {change.slug} {change.number}  {change.kind}{by}{why}"


def _say_difference(history: History, slug: str, number: int) -> None:
    from corpus.history import difference

    after = history.version(slug, number)
    before = history.version(slug, number - 1) if number > 1 else ""
    for sign, text in difference(before, after):
        if sign != " ":
            say(wrapped(text, f"{sign} ", "  "))
