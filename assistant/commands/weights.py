"""`weights`: fetches and verifies the model files."""

from __future__ import annotations

import argparse
import os

from assistant.commands.terminal import progress_bar, say
from assistant.errors import AssistantError
from assistant.settings import EMBEDDED, NO_MODEL, Settings

SUMMARY = "Fetches the model files, and verifies those that are there."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--llm",
        choices=[NO_MODEL, EMBEDDED],
        help="which language model to fetch as well (default: the embedded one, if it is used)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Leave the model files complete and verified, byte for byte; print where they are."""
    from index.weights import EMBEDDINGS, LANGUAGE_MODELS, fetch

    name = os.environ.get("LEARNING_CITY_EMBEDDING") or "e5"
    if name not in EMBEDDINGS:
        raise AssistantError(
            f"There is no embedding '{name}': set LEARNING_CITY_EMBEDDING to one of "
            f"{', '.join(EMBEDDINGS)}."
        )
    wanted = [EMBEDDINGS[name]]
    if (arguments.llm or Settings.from_environment().llm) == EMBEDDED:
        wanted.append(LANGUAGE_MODELS["qwen-coder-1.5b"])
    for weights in wanted:
        with progress_bar() as bar:
            folder = fetch(weights, progress=bar, thorough=True)
        say(f"{weights.title}: complete and verified, in {folder}")
    return 0
