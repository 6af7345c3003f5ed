"""`evaluate`: how good the answers to question files are."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.terminal import (
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
             "--report": arguments.report}  # fmt: skip
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
    from tqdm import tqdm

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
        with tqdm(total=count, desc="questions", file=sys.stderr, leave=False, disable=None) as bar:
            items = runner.evaluate(assistant, dialogues, journal, bar.update, arguments.quotes)
    return runner.result(items, settings)


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
