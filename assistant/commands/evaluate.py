"""`evaluate`: how good the answers to question files are."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from assistant.commands.terminal import opened_assistant, say, whole_number
from assistant.errors import AssistantError

SUMMARY = "Measures the answers to question files."


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help=".jsonl files, or folders of them"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything found there")
    parser.add_argument("--report", metavar="DIR", type=Path, help="write a web page there")
    parser.add_argument("--quotes", action="store_true", help="answer by quotes alone")
    parser.add_argument(
        "--baseline", metavar="FILE.json", type=Path, help="compare with an earlier --json FILE"
    )
    parser.add_argument(
        "--limit", metavar="N", type=whole_number,
        help="ask only N of the questions; a conversation counts as one",
    )  # fmt: skip
    parser.add_argument(
        "--seed", metavar="S", type=int, default=0, help="which of them --limit takes (default 0)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask, measure, write what was asked for, and print the figures."""
    from assistant.evaluation import report
    from assistant.evaluation.questions import load_questions, sample

    dialogues = sample(load_questions(arguments.paths), arguments.limit, arguments.seed)
    baseline = _read_baseline(arguments.baseline) if arguments.baseline else None
    if arguments.report:
        arguments.report.mkdir(parents=True, exist_ok=True)
    result = _evaluate(dialogues, arguments)
    if arguments.json:
        text = json.dumps(result, ensure_ascii=False, indent=1)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    if arguments.report:
        (arguments.report / "index.html").write_text(report.page(result), encoding="utf-8")
    say(report.table(result["metrics"]))
    if baseline is not None:
        say("\n" + report.compare(baseline, result))
    return 0


def _evaluate(dialogues: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from tqdm import tqdm

    from assistant.evaluation import runner

    settings = {
        "paths": [path.name for path in arguments.paths],
        "limit": arguments.limit,
        "seed": arguments.seed,
        "quotes": True,  # every answer is made of quotes so far
    }
    with opened_assistant() as assistant:
        settings["stories"] = len(assistant.library.stories())
        count = sum(len(dialogue) for dialogue in dialogues)
        with tqdm(total=count, desc="questions", file=sys.stderr, leave=False, disable=None) as bar:
            judged = runner.play(assistant, dialogues, bar.update)
    return runner.result(judged, settings)


def _read_baseline(file: Path) -> dict[str, Any]:
    try:
        baseline = json.loads(file.read_text(encoding="utf-8"))
        _ = baseline["metrics"]["all"], [item["id"] for item in baseline["items"]]
    except (ValueError, TypeError, KeyError) as error:
        raise AssistantError(
            f"'{file}' is not an earlier evaluation: name a file that `evaluate --json` wrote."
        ) from error
    return dict(baseline)
