"""What the commands that change stories share: who does it, why, and the index that follows."""

from __future__ import annotations

import argparse
import getpass

from assistant.commands.sync import make_equal
from assistant.commands.terminal import argument_text, say
from index.errors import IndexFailure

UPDATED, FOLLOWS = "updated", "follows"


def declare_who_and_why(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that the history keeps."""
    parser.add_argument(
        "--who", type=argument_text, default="", help="who does it (default: your user name)"
    )
    parser.add_argument("--why", type=argument_text, default="", help="why, for the history")


def who(arguments: argparse.Namespace) -> str:
    """Return who makes a change: as said, else the name of the system's user."""
    try:
        return str(arguments.who or getpass.getuser())
    except (KeyError, OSError):  # a user without a name, as in some containers
        return ""


def index_after_change(quiet: bool) -> str:
    """Make the index equal to the changed stories; return UPDATED, or FOLLOWS if an app has it.

    The change is saved already: whoever opens the index next brings it up to date.
    Raises IndexFailure if the index cannot be written; the change stays.
    """
    try:
        make_equal()
    except IndexFailure as failure:
        if "in use by another program" not in str(failure):
            raise
        if not quiet:
            say("The app that runs has the index; its answers follow within seconds.")
        return FOLLOWS
    if not quiet:
        say("The index is up to date.")
    return UPDATED
