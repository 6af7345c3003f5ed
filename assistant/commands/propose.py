"""`propose`: a story, or reported answers → proposed questions → accepted ones in a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.stories import open_library
from assistant.commands.terminal import (
    argument_text,
    one_line,
    say,
    say_json,
    whole_number,
    wrapped,
)
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.evaluation.questions import Question
    from assistant.language_model import LanguageModel
    from corpus.story import Story

SUMMARY = "Proposes questions for evaluation, for a person to accept, correct or reject."
_ASKED = "Accept it? [y]es, [n]o, [q]uit, or FIELD=VALUE to correct it: "
_REWORD = (
    "Reword each question as a reader would ask who has not read the story (question=…): one in "
    "the story's own words is easier to find than any that is really asked."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "story", metavar="SLUG_OR_FILE", nargs="?", type=argument_text,
        help="a story of the library, such as 2015-cork, or a story file (.md)",
    )  # fmt: skip
    source.add_argument(
        "--feedback", metavar="FILE", type=Path, help="answers that readers reported"
    )
    parser.add_argument(
        "--to", metavar="FILE.jsonl", type=Path,
        help="where accepted questions go (default: SLUG.jsonl or reported.jsonl here)",
    )  # fmt: skip
    parser.add_argument(
        "--limit", metavar="N", type=whole_number, default=8,
        help="propose at most N questions of a story (default 8)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the proposals; add nothing")


def run(arguments: argparse.Namespace) -> int:
    """Propose, let a person decide, and add what was accepted."""
    if not arguments.json and not sys.stdin.isatty():
        raise AssistantError(
            "Nothing was added, for a person must accept each question: run it in a terminal, "
            "or with --json to print the proposals."
        )
    if arguments.feedback:
        from assistant.feedback import read_feedback

        return _offer(read_feedback(arguments.feedback), "reported", arguments)
    from assistant.evaluation.proposing import propose

    story = _story(arguments.story)
    with _model() as model:
        return _offer(propose(story, arguments.limit, model), story.slug, arguments)


def _story(name: str) -> Story:
    """Return the story of a file, or of the library by its slug."""
    if not name.endswith(".md"):
        return open_library().get(name)
    from corpus.markdown import read_story, read_text

    file = Path(name)
    return read_story(read_text(file.read_bytes(), file.name), file.stem)


@contextmanager
def _model() -> Iterator[LanguageModel | None]:
    """Lend the language model of the settings, ready; None where there is none."""
    from assistant.embedded_model import open_model
    from assistant.settings import Settings

    model = open_model(Settings.from_environment())
    try:
        yield model if model and _is_ready(model) else None
    finally:
        if model:
            model.close()


def _is_ready(model: LanguageModel) -> bool:
    """Wait for the model; tell whether it came."""
    from assistant.language_model import ModelFailure

    try:
        model.wait()
        return True
    except ModelFailure as failure:
        print(one_line(f"No language model: {failure}. Proposals have gaps."), file=sys.stderr)
        return False


def _offer(proposals: Iterable[Question], name: str, arguments: argparse.Namespace) -> int:
    from assistant.evaluation.question_files import append, entry

    if arguments.json:
        say_json({"proposals": [entry(question) for question in proposals]})
        return 0
    file = arguments.to or Path(f"{name}.jsonl")
    accepted = 0
    say(wrapped(_REWORD))
    for proposal in proposals:
        try:
            question = _decided(proposal)
        except EOFError:
            break
        if question is not None:
            append(file, [question])  # at once: who quits keeps what was accepted
            accepted += 1
    if accepted:
        say(f"Added to {file}: {accepted}. Measure with 'learning-city evaluate {file}'.")
    else:
        say("Nothing was added.")
    return 0


def _decided(question: Question) -> Question | None:
    """Return a question as a person accepted it, None if it was rejected.

    Raises EOFError if the person wants no more.
    """
    from assistant.evaluation.question_files import corrected, missing

    while True:
        _say_question(question)
        answer = input(_ASKED).strip()
        match answer.lower():
            case "y" | "yes":
                if not (wanting := missing(question)):
                    return question
                say(wanting)
            case "n" | "no" | "":
                return None
            case "q" | "quit":
                raise EOFError
            case _:
                field, _, value = answer.partition("=")
                try:
                    question = corrected(question, field.strip().lower(), value)
                except AssistantError as error:
                    say(one_line(str(error)))


def _say_question(question: Question) -> None:
    from assistant.evaluation.question_files import FIELDS, entry

    shown: dict[str, Any] = entry(question)
    say()
    for name in FIELDS:
        value = shown.get(name, "")
        text = "; ".join(value) if isinstance(value, list) else value
        if text:
            say(wrapped(f"{name + ':':<10}{text}", rest=" " * 10))
