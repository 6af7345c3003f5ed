"""`ask`: one question, one answer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.terminal import (
    argument_text,
    opened_assistant,
    say,
    say_json,
    wait_for_model,
    whole_number,
    wrapped,
)
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.answer import Answer, Citation, Sentence
    from assistant.question import Scope, Turn
    from assistant.service import Assistant

SUMMARY = "Answers one question."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("question", metavar="QUESTION", type=argument_text)
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object")
    parser.add_argument(
        "--quotes", action="store_true", help="answer in the stories' own words, by quotes alone"
    )
    parser.add_argument(
        "--explain", action="store_true", help="show the question's way to its answer, step by step"
    )
    parser.add_argument(
        "--history",
        metavar="FILE.json",
        type=Path,
        help='what was said before: a list of {"question": …, "answer": …}',
    )
    scope = parser.add_argument_group("only from stories of")
    for name in ("city", "country", "region", "theme"):
        scope.add_argument(f"--{name}", default="", type=argument_text)
    scope.add_argument("--year", type=whole_number, help="the year of the award")


def run(arguments: argparse.Namespace) -> int:
    """Answer the question and print the answer."""
    from assistant.question import Scope

    history = read_history(arguments.history) if arguments.history else ()
    scope = Scope(
        city=arguments.city,
        country=arguments.country,
        region=arguments.region,
        year=arguments.year,
        theme=arguments.theme,
    )
    with opened_assistant(arguments.quotes) as assistant:
        wait_for_model(assistant)
        if arguments.explain:
            return _explain(assistant, arguments, scope, history)
        answer, _ = assistant.answer(
            arguments.question, scope=scope, history=history, quotes=arguments.quotes
        )
    if arguments.json:
        say_json(answer.to_json())
    else:
        say_answer(answer)
    return 0


def _explain(
    assistant: Assistant, arguments: argparse.Namespace, scope: Scope, history: Sequence[Turn]
) -> int:
    """Print the steps of a question's way instead of the answer alone."""
    from assistant.evaluation.runner import explain

    answer, steps = explain(assistant, arguments.question, history, scope, arguments.quotes)
    if arguments.json:
        way = [{"stage": step.stage, "lines": list(step.lines)} for step in steps]
        say_json(answer.to_json() | {"way": way})
        return 0
    for step in steps:
        say(step.stage)
        for line in step.lines:
            say(wrapped(line, "  ", "    "))
    return 0


def read_history(file: Path) -> tuple[Turn, ...]:
    """Return the turns in a file of JSON: a list of objects with question and answer.

    Raises AssistantError if the file is something else, OSError if it cannot be read.
    """
    from assistant.question import Turn

    try:
        turns: Any = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Turn(_text(turn["question"]), _text(turn["answer"])) for turn in turns)
    except (ValueError, TypeError, KeyError) as error:
        raise AssistantError(
            f"The history '{file}' cannot be used: "
            'write a JSON list of objects {"question": "…", "answer": "…"}.'
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def say_answer(answer: Answer) -> None:
    """Print an answer with its numbers and sources, or a refusal with the nearest stories."""
    for sentence in answer.sentences:
        say(wrapped(_numbered(sentence)))
    if answer.citations:
        say()
        for citation in answer.citations:
            _say_reference(citation)
    if not answer.sentences:
        _say_refusal(answer)
    elif answer.message:
        say("\n" + wrapped(answer.message))


def _numbered(sentence: Sentence) -> str:
    return f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}"


def _say_reference(citation: Citation) -> None:
    place = f"{citation.city}, {citation.country} ({citation.year})"
    section = f" — {citation.section}" if citation.section else ""
    say(wrapped(f"[{citation.n}] {place}{section} · {citation.story}", rest="    "))
    for source in citation.sources:
        parts = (source.title, source.publisher, str(source.year or ""), source.url)
        say(wrapped(". ".join(part for part in parts if part), "    ", "      "))


def _say_refusal(answer: Answer) -> None:
    from assistant.phrases import phrase

    say(wrapped(answer.message))
    if answer.nearest:
        say(f"\n{phrase('nearest', answer.language)}:")
        for story in answer.nearest:
            place = f"{story.city}, {story.country} ({story.year})"
            say(wrapped(f"- {place}: {story.title}", rest="  "))
