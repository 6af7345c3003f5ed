"""`sync`: makes the index equal to the library."""

from __future__ import annotations

import argparse

SUMMARY = "Makes the index equal to the stories; prints what was added, changed and removed."


def declare(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Sync and print the report."""
    raise NotImplementedError
