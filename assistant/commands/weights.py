"""`weights`: fetches and verifies the model files."""

from __future__ import annotations

import argparse

from assistant.commands.terminal import progress_bar, say

SUMMARY = "Fetches the model files, or verifies those that are there."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--llm", choices=["none"], default="none", help="which language model to fetch as well"
    )


def run(arguments: argparse.Namespace) -> int:
    """Leave the model files complete and verified, byte for byte; print where they are."""
    raise NotImplementedError
