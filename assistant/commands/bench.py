"""`bench`: how fast the assistant is, and how much memory it needs."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.terminal import progress_bar, say, say_json, whole_number
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.evaluation.speed import Figure

SUMMARY = "Measures speed and memory, with the bundled stories in a temporary folder."
_QUESTIONS = 40


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path,
        help="question files, or folders of them, to ask from; without any: a dozen general ones",
    )  # fmt: skip
    parser.add_argument(
        "--limit", metavar="N", type=whole_number, default=_QUESTIONS,
        help=f"ask only N of the questions, always the same (default {_QUESTIONS})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument(
        "--baseline", metavar="FILE.json", type=Path,
        help="show each figure as a ratio to an earlier one: what --json printed",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Measure and print the figures."""
    baseline = _read_baseline(arguments.baseline) if arguments.baseline else None
    with progress_bar() as bar:
        from assistant.evaluation import speed

        asked = _questions(arguments.paths, arguments.limit)
        figures = speed.measure(asked or speed.NEUTRAL, lambda _, done, of: bar("bench", done, of))
    compared = speed.ratios(figures)
    if arguments.json:
        say_json(_as_json(figures, compared))
    else:
        say(table(figures, compared, baseline))
    return 0


def table(
    figures: Mapping[str, Figure],
    compared: Mapping[str, float],
    baseline: Mapping[str, float] | None = None,
) -> str:
    """Return figures and ratios as lines of text, beside an earlier measurement if there is one."""
    lines = []
    for name, figure in figures.items():
        line = f"{figure.title:<42}{_shown(figure):>12}"
        before = (baseline or {}).get(name)
        if before:
            line += f"   {figure.value / before:6.2f} × before"
        lines.append(line)
    lines.append("")
    lines += [f"{title:<42}{ratio:>12.3f}" for title, ratio in compared.items()]
    return "\n".join(lines)


def _shown(figure: Figure) -> str:
    if figure.unit == "s":
        return f"{figure.value * 1000:.0f} ms" if figure.value < 1 else f"{figure.value:.1f} s"
    return f"{figure.value:.0f} {figure.unit}"


def _questions(paths: list[Path], limit: int) -> tuple[str, ...]:
    from assistant.evaluation.questions import load_questions, sample

    if not paths:
        return ()
    return tuple(dialogue[0].question for dialogue in sample(load_questions(paths), limit, 0))


def _as_json(figures: Mapping[str, Figure], compared: Mapping[str, float]) -> dict[str, Any]:
    return {
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "figures": {
            name: {"value": round(figure.value, 4), "unit": figure.unit}
            for name, figure in figures.items()
        },
        "ratios": dict(compared),
    }


def _read_baseline(file: Path) -> dict[str, float]:
    try:
        figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
        return {name: float(figure["value"]) for name, figure in figures.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssistantError(
            f"'{file}' is not an earlier measurement: name a file that `bench --json` printed."
        ) from error
