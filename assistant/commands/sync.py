"""`sync`: makes the index equal to the library."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from assistant.commands.stories import open_library
from assistant.commands.terminal import one_line, progress_bar, say
from assistant.settings import Settings

if TYPE_CHECKING:
    from index.sync import SyncReport

SUMMARY = "Makes the index equal to the stories; prints what was added, changed and removed."


def declare(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Sync and print the report."""
    _say(make_equal())
    return 0


def make_equal() -> SyncReport:
    """Make the index equal to the library and return what that took.

    Raises IndexFailure if another program has the index, or it cannot be written.
    """
    # Without the whole assistant, whose parts take seconds to load and are not needed for this.
    from index.embedding import Encoder
    from index.store import Store
    from index.sync import sync_index

    settings = Settings.from_environment()
    encoder = Encoder()
    store = Store(settings.index, encoder.fingerprint, settings.chroma, _notice)
    try:
        with progress_bar() as bar:
            return sync_index(
                open_library().stories(),
                store,
                encoder,
                lambda done, of: bar("passages", done, of),
            )
    finally:
        store.close()


def _say(report: SyncReport) -> None:
    for name in ("added", "changed", "removed"):
        for slug in getattr(report, name):
            say(f"{name} {slug}")
    say(
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{len(report.unchanged)} unchanged"
    )


def _notice(sentence: str) -> None:
    print(one_line(sentence), file=sys.stderr)
