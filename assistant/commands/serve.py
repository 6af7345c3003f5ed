"""`serve`: the web app."""

from __future__ import annotations

import argparse
import os
import runpy

from assistant.commands.terminal import argument_text, whole_number
from assistant.errors import AssistantError
from assistant.settings import PREFIX

SUMMARY = "Starts the web app."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--host", type=argument_text, help="the address to listen on")
    parser.add_argument("--port", type=whole_number, help="the port to listen on")


def run(arguments: argparse.Namespace) -> int:
    """Run the program `app` until it is stopped.

    It is started by its name, as `python app.py` would, with its settings in the environment:
    the app imports this package, and a package never imports what stands above it.
    Raises AssistantError if the app is not installed beside this package.
    """
    for name in ("host", "port"):
        value = getattr(arguments, name)
        if value is not None:
            os.environ[f"{PREFIX}{name.upper()}"] = str(value)
    try:
        runpy.run_module("app", run_name="__main__")
    except ImportError as error:
        if error.name not in (None, "app"):
            raise
        raise AssistantError(
            "The web app (app.py) is not installed beside the assistant: "
            "run this in the project's folder, or install the project anew."
        ) from error
    return 0
