"""`evaluate`: how good the answers to question files are."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.terminal import (
    argument_text,
    opened_assistant,
    progress_bar,
    say,
    wait_for_model,
    whole_number,
)
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.evaluation.comparison import Comparison
    from assistant.evaluation.journal import Journal
    from assistant.service import Assistant

SUMMARY = "Measures the answers to question files."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="question files (.jsonl, .csv) or folders of them; or sets with passages of their "
        "own: SQuAD's JSON, BEIR folders",
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path,
        help="write everything found there; a run that was stopped goes on where it was",
    )  # fmt: skip
    parser.add_argument("--report", metavar="DIR", type=Path, help="write a web page there")
    parser.add_argument("--quotes", action="store_true", help="answer by quotes alone")
    parser.add_argument(
        "--baseline", metavar="FILE.json", type=Path,
        help="compare with an earlier run; fail if a watched measure is significantly worse",
    )  # fmt: skip
    parser.add_argument(
        "--renew", metavar="FILE.json", type=Path, help="write the baseline of later runs there"
    )
    parser.add_argument(
        "--passages", metavar="SET", type=Path,
        help="search a set's questions in the passages of this one, of another language",
    )  # fmt: skip
    parser.add_argument(
        "--limit", metavar="N", type=whole_number,
        help="ask only N of the questions; a conversation counts as one",
    )  # fmt: skip
    parser.add_argument(
        "--seed", metavar="S", type=int, default=0,
        help="which of them --limit takes, and what chance draws in the tests (default 0)",
    )  # fmt: skip
    _declare_judge(parser)


def _declare_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge", metavar="ADDRESS", type=_model_address,
        help="let a language model judge the answers as well, at an OpenAI-compatible address; "
        "its key is LEARNING_CITY_JUDGE_KEY",
    )  # fmt: skip
    parser.add_argument(
        "--judge-model", metavar="NAME", default="default", type=argument_text,
        help="what that server calls the model (default: default)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Ask, measure, write what was asked for, and print the figures."""
    from assistant.evaluation.passage_sets import is_passage_set

    if any(map(is_passage_set, arguments.paths)):
        return _search(arguments)
    return _answer(arguments)


def _answer(arguments: argparse.Namespace) -> int:
    from assistant.evaluation.baseline import read_baseline, write_baseline
    from assistant.evaluation.comparison import compare
    from assistant.evaluation.page import page
    from assistant.evaluation.questions import load_questions, sample
    from assistant.evaluation.table import table, told

    dialogues = sample(load_questions(arguments.paths), arguments.limit, arguments.seed)
    baseline = read_baseline(arguments.baseline, _bodies()) if arguments.baseline else None
    if arguments.report:
        arguments.report.mkdir(parents=True, exist_ok=True)
    result = _evaluate(dialogues, arguments)
    if arguments.judge:
        _judge(result, arguments)
    comparison = compare(baseline, result["items"], arguments.seed) if baseline else None
    if arguments.json:
        _write(arguments.json, result)
        _journal_file(arguments).unlink(missing_ok=True)
    if arguments.report:
        (arguments.report / "index.html").write_text(page(result, comparison), encoding="utf-8")
    if arguments.renew:
        write_baseline(arguments.renew, result)
    say(table(result["metrics"]))
    if comparison:
        say("\n" + told(comparison))
        _fail_on_loss(comparison)
    return 0


def _search(arguments: argparse.Namespace) -> int:
    """Measure retrieval alone, on sets that bring their own passages."""
    from assistant.evaluation.passage_sets import is_passage_set, read_passage_set
    from assistant.evaluation.searching import search, search_figures, search_table
    from index.embedding import Encoder

    others = [path for path in arguments.paths if not is_passage_set(path)]
    unfit = {"--baseline": arguments.baseline, "--renew": arguments.renew,
             "--report": arguments.report, "--judge": arguments.judge}  # fmt: skip
    if others or any(unfit.values()):
        raise AssistantError(
            "A set with passages of its own measures retrieval alone: name no question files and "
            f"none of {', '.join(unfit)} beside it."
        )
    found = [read_passage_set(path, arguments.passages) for path in arguments.paths]
    encoder, items = Encoder(), []
    with progress_bar() as bar:
        for one in found:
            items += search(one, encoder, arguments.limit, arguments.seed, bar)
    figures = search_figures(items)
    if arguments.json:
        settings = {"sets": list(figures), "limit": arguments.limit, "seed": arguments.seed}
        _write(arguments.json, {"settings": settings, "metrics": figures, "items": items})
    say(search_table(figures))
    return 0


def _write(file: Path, result: object) -> None:
    text = json.dumps(result, ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def _bodies() -> dict[str, str]:
    from assistant.settings import Settings
    from corpus.library import Library

    stories = Library(Settings.from_environment().added).stories()
    return {story.slug: story.body for story in stories}


def _fail_on_loss(comparison: Comparison) -> None:
    """Raise AssistantError if a watched measure is significantly worse."""
    lost = [f"{d.measure.name} {d.before} → {d.after}" for d in comparison.lost]
    if lost:
        raise AssistantError(
            f"Significantly worse than the baseline: {', '.join(lost)}; read the questions that "
            "got worse, and renew the baseline with --renew if that is what you want."
        )


def _evaluate(dialogues: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from assistant.evaluation import runner

    settings = {
        "paths": [path.name for path in arguments.paths],
        "limit": arguments.limit,
        "seed": arguments.seed,
        "quotes": arguments.quotes,
    }
    with opened_assistant(arguments.quotes) as assistant:
        wait_for_model(assistant)
        settings["stories"] = len(assistant.library.stories())
        journal = _journal(arguments, assistant) if arguments.json else None
        count = sum(len(dialogue) for dialogue in dialogues)
        with _counting(count, "questions") as asked:
            items = runner.evaluate(assistant, dialogues, journal, asked, arguments.quotes)
    return runner.result(items, settings)


def _judge(result: dict[str, Any], arguments: argparse.Namespace) -> None:
    """Add a language model's opinion of the answers to what was found."""
    from assistant.evaluation.model_judge import judge_figures, judge_items
    from assistant.language_model import LanguageModel
    from assistant.settings import Settings

    settings = Settings.from_environment()
    name = arguments.judge_model
    judge = LanguageModel(arguments.judge, name, settings.judge_key, settings.llm_seconds)
    try:
        with _counting(len(result["items"]), "judged") as count:
            result["items"] = judge_items(result["items"], judge, count)
    finally:
        judge.close()
    result["settings"]["judge"] = name
    result["metrics"]["judge"] = judge_figures(result["items"], name)


@contextmanager
def _counting(count: int, what: str) -> Iterator[Callable[[], object]]:
    """Lend what is called after each of `count` steps, and shows them on a terminal."""
    from tqdm import tqdm

    with tqdm(total=count, desc=what, file=sys.stderr, leave=False, disable=None) as bar:
        yield bar.update


def _model_address(argument: str) -> str:
    """Return the argument as the address of a model's server.

    Raises ArgumentTypeError, which argparse tells as a usage error.
    """
    if not re.match(r"https?://[^/\s]", argument):
        raise argparse.ArgumentTypeError(
            f"'{argument}' is not the address of a server, such as http://127.0.0.1:11434/v1"
        )
    return argument


def _journal(arguments: argparse.Namespace, assistant: Assistant) -> Journal:
    """Return the journal beside the file to be written: a stopped run left its answers there."""
    from assistant.evaluation.journal import Journal, state_of
    from index.embedding import Encoder

    # Which questions were chosen changes no answer: a run with --limit helps one without.
    settings = {"quotes": arguments.quotes}
    state = state_of(assistant.library.stories(), Encoder().fingerprint, settings)
    return Journal(_journal_file(arguments), state)


def _journal_file(arguments: argparse.Namespace) -> Path:
    file: Path = arguments.json
    return file.with_name(file.name + ".journal")
