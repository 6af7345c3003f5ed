"""The command line: `learning-city`, or `python -m assistant`.

Exit status: 0 done, 1 a failure told in one line on standard error, 2 used wrongly.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from assistant.commands import (
    add,
    ask,
    bench,
    check,
    evaluate,
    history,
    propose,
    restore,
    serve,
    show,
    stories,
    sync,
    weights,
    withdraw,
)
from assistant.commands.terminal import one_line
from assistant.errors import AssistantError
from corpus.errors import CorpusError
from index.errors import IndexFailure

# A command is a module with SUMMARY, declare(parser) and run(arguments), named as the command is.
# The modules load nothing heavy before they run, so that `--help` is there at once.
COMMANDS = {
    "ask": ask,
    "sync": sync,
    "stories": stories,
    "show": show,
    "add": add,
    "withdraw": withdraw,
    "restore": restore,
    "history": history,
    "check": check,
    "evaluate": evaluate,
    "propose": propose,
    "serve": serve,
    "weights": weights,
    "bench": bench,
}
DEBUG = "LEARNING_CITY_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; `arguments` default to the command line's."""
    parsed = make_parser().parse_args(arguments)
    try:
        status: int = COMMANDS[parsed.command].run(parsed)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read our output (`| head`) has had enough; Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get(DEBUG):
            import traceback

            traceback.print_exception(error)
        print(one_line(f"learning-city: {_told(error)}"), file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="learning-city",
        description="Answers questions about learning-city practice from the stories of the "
        "UNESCO Learning City Award, with a quote for every sentence.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY)
        module.declare(command)
    return parser


def _told(error: BaseException) -> str:
    """Return what the person at the terminal reads of an error."""
    if isinstance(error, AssistantError | CorpusError | IndexFailure):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Stopped."
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}. Check the path, its rights and the disk's room."
    kind = type(error).__name__
    return f"Something unexpected happened ({kind}: {error}). Set {DEBUG}=1 to see where."


if __name__ == "__main__":
    sys.exit(main())
