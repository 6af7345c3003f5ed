"""`check`: every fault of every story file at once."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from assistant.commands.terminal import one_line, say
from assistant.errors import AssistantError
from assistant.settings import Settings

SUMMARY = "Names every fault of the story files: file, line, rule and what to do."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path,
        help="story files, or folders of them; without any: all stories of the library",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print a line a fault; 1 if there is any."""
    from corpus.library import BUNDLED
    from corpus.markdown import find_faults_in_file

    paths = arguments.paths or [BUNDLED, Settings.from_environment().added]
    files = list(dict.fromkeys(file for path in paths for file in _files(path, arguments.paths)))
    count = 0
    for file in files:
        for fault in find_faults_in_file(file):
            say(one_line(f"{file}:{fault.line}: {fault.rule}: {fault.message}"))
            count += 1
    if not count:
        say(f"{len(files)} story files, no faults.")
    return 1 if count else 0


def _files(path: Path, named: list[Path]) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(path.rglob("*.md"))
    elif path.exists():
        yield path
    elif named:
        raise AssistantError(f"There is no story file or folder '{path}': correct the path.")
