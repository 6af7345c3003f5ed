"""`restore`: shows a withdrawn story again, or makes an earlier version the newest."""

from __future__ import annotations

import argparse

from assistant.commands.changing import declare_who_and_why, index_after_change, who
from assistant.commands.stories import open_library
from assistant.commands.terminal import argument_text, say, say_json, whole_number

SUMMARY = "Shows a withdrawn story again, or an earlier version of one."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("slug", metavar="SLUG", type=argument_text, help="such as 2015-cork")
    parser.add_argument(
        "--version", type=whole_number, metavar="N", help="the version, as `history SLUG` counts"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_who_and_why(parser)


def run(arguments: argparse.Namespace) -> int:
    """Restore the story and bring the index up to date."""
    library = open_library()
    changed = True
    if arguments.version is None:
        changed = library.restore(arguments.slug, who(arguments), arguments.why)
    else:
        library.restore_version(arguments.slug, arguments.version, who(arguments), arguments.why)
    if not arguments.json:
        say(f"{'restored' if changed else 'was not withdrawn:'} {arguments.slug}")
    index = index_after_change(quiet=arguments.json)
    if arguments.json:
        say_json({"slug": arguments.slug, "changed": changed, "index": index})
    return 0
