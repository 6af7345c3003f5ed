"""What all commands share about the terminal: clean text, JSON, a progress bar, the assistant."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

    from assistant.service import Assistant

# What moves a terminal's cursor, changes its colours or turns the order of text around.
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NARROW, _WIDE = 40, 100


def printable(text: str) -> str:
    """Return the text without control characters and marks that turn its order; lines stay."""
    return _HARMFUL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Return the text fit for one line of a terminal."""
    return printable(" ".join(text.split()))


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Return the text in lines that fit the terminal, indented by `first` and then `rest`."""
    width = max(_NARROW, min(_WIDE, shutil.get_terminal_size((_WIDE, 24)).columns - 1))
    return textwrap.fill(
        one_line(text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def say(text: str = "") -> None:
    """Print text, its control characters left out, to standard output."""
    print(printable(text))


def say_json(value: Any) -> None:
    """Print a value as JSON that a terminal can show and any reader of JSON reads unchanged."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    harmful = re.compile(rf"{_HARMFUL.pattern}|[\ud800-\udfff]")
    print(harmful.sub(_escaped, text))


def argument_text(argument: str) -> str:
    """Return a command line argument with bytes that are no UTF-8 shown as �."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def whole_number(argument: str) -> int:
    """Return the argument as a whole number from 1.

    Raises ArgumentTypeError, which argparse tells as a usage error.
    """
    if not argument.isdecimal() or int(argument) < 1:
        raise argparse.ArgumentTypeError(f"'{argument}' is not a whole number from 1")
    return int(argument)


class Bar:
    """A progress bar on standard error, shown only on a terminal and when it takes a while."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._task = ""

    def __call__(self, task: str, done: int, of: int) -> None:
        """Show that `done` of `of` steps of the task are done; a task of no steps is a notice."""
        if not of:
            print(one_line(task), file=sys.stderr)
            return
        from tqdm import tqdm

        if self._bar is None or task != self._task:
            self.close()
            self._task = task
            large = of > 100_000  # bytes rather than stories or passages
            self._bar = tqdm(
                total=of, desc=printable(task), delay=0.5, leave=False, disable=None,
                unit="B" if large else "", unit_scale=large, file=sys.stderr,
            )  # fmt: skip
        self._bar.total = of
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Lend a progress bar, and take it away at the end, whatever happened."""
    bar = Bar()
    try:
        yield bar
    finally:
        bar.close()


@contextmanager
def opened_assistant(quotes: bool = False) -> Iterator[Assistant]:
    """Lend the assistant that the environment's settings describe, its index made up to date.

    :param quotes: leave the language model away.
    """
    with _waiting("Getting ready …"), progress_bar() as bar:
        from assistant.service import Assistant
        from assistant.settings import NO_MODEL, Settings

        settings = Settings.from_environment()
        assistant = Assistant.open(replace(settings, llm=NO_MODEL) if quotes else settings, bar)
    with assistant:
        yield assistant


def wait_for_model(assistant: Assistant) -> None:
    """Return when the language model is ready; if it cannot be, say so and go on without."""
    from assistant.language_model import ModelFailure

    if assistant.model is None:
        return
    try:
        with _waiting("Loading the language model …"):
            assistant.model.wait()
    except ModelFailure as failure:
        print(f"No language model: {failure}. Answers are quotes.", file=sys.stderr)


@contextmanager
def _waiting(words: str) -> Iterator[None]:
    """Show words on a terminal's standard error for as long as something takes."""
    shown = sys.stderr.isatty()
    if shown:
        print(words, end="\r", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print(" " * len(words), end="\r", file=sys.stderr, flush=True)


def _escaped(harmful: re.Match[str]) -> str:
    # json.dumps has escaped what stands below a blank; the line ends left are its own layout.
    return harmful[0] if harmful[0] == "\n" else f"\\u{ord(harmful[0]):04x}"
