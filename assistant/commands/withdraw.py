"""`withdraw`: hides a story."""

from __future__ import annotations

import argparse

from assistant.commands.changing import declare_who_and_why, index_after_change, who
from assistant.commands.stories import open_library
from assistant.commands.terminal import argument_text, say, say_json

SUMMARY = "Hides a story; it can be restored."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("slug", metavar="SLUG", type=argument_text, help="such as 2015-cork")
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_who_and_why(parser)


def run(arguments: argparse.Namespace) -> int:
    """Withdraw the story and bring the index up to date."""
    changed = open_library().withdraw(arguments.slug, who(arguments), arguments.why)
    if not arguments.json:
        was = "withdrew" if changed else "was withdrawn already:"
        say(f"{was} {arguments.slug}")
    index = index_after_change(quiet=arguments.json)
    if arguments.json:
        say_json({"slug": arguments.slug, "changed": changed, "index": index})
    return 0
