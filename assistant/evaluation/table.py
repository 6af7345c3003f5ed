"""What an evaluation found, as text for a terminal: the figures, and the comparison of two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.evaluation.comparison import Change, Comparison, Difference

_COLUMNS = (
    ("questions", "n"),
    ("as_expected", "as exp."),
    ("passage@1", "pass@1"),
    ("passage@5", "pass@5"),
    ("story@1", "story@1"),
    ("story@5", "story@5"),
    ("facts@5", "facts@5"),
    ("right", "right"),
    ("right_in_quotes", "in quotes"),
    ("words", "words"),
    ("words_in_quotes", "quoted"),
    ("refusal_recall", "refused ok"),
    ("false_refusals", "refused wr."),
    ("citation_precision", "cit.prec"),
    ("citation_recall", "cit.rec"),
    ("grounded", "grounded"),
    ("gold_cited", "gold cit."),
    ("language_kept", "lang."),
)
_GROUPS = ("by_set", "by_kind", "by_language", "by_region", "by_length", "by_why")
_INTERVALS = ("as_expected", "right", "passage@5", "refusal_recall", "false_refusals")


def table(metrics: Mapping[str, Any]) -> str:
    """Return where right answers were lost, then a line of figures for all and each group."""
    rows = [["", *(title for _, title in _COLUMNS)]]
    for name, figures in groups(metrics):
        rows.append([name, *(shown(figures[key]) for key, _ in _COLUMNS)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    figures = metrics["all"]
    below = [_intervals(figures), _trust(figures), _times(figures)]
    if "judge" in metrics:
        below.append(judge_told(metrics["judge"]))
    return "\n".join([_losses(figures), "", *lines, "", *below])


def told(comparison: Comparison) -> str:
    """Return each measure before and after, losses by stage, and the questions that changed."""
    lines = [
        f"{comparison.pairs} questions are in both runs; {comparison.unpaired} are not.",
        f"{len(comparison.better)} answers got better, {len(comparison.worse)} worse, "
        f"{comparison.reworded} say the same worth in other words.",
        "",
        "right answers lost at   before  after",
        *_before_and_after(comparison.losses),
        *(["other faults"] if comparison.faults else []),
        *_before_and_after(comparison.faults),
        "",
        "measure                 before   after   change  by luck",
        *(_difference(difference) for difference in comparison.differences),
    ]
    for title, changes in (("worse", comparison.worse), ("better", comparison.better)):
        if changes:
            lines += ["", f"{title}, what matters most first: {len(changes)}"]
            lines += [line for change in changes for line in _change(change)]
    return "\n".join(lines)


def judge_told(judge: Mapping[str, Any]) -> str:
    """Return what a language model thought of the answers, and whether the facts measure does."""
    unjudged = ", ".join(f"{why}: {count}" for why, count in judge["unjudged"].items())
    left = judge["answers"] - judge["judged"]
    return (
        f"judge '{judge['name']}': right {shown(judge['right'])} of {judge['judged']} answers; "
        f"agrees with the facts measure on {shown(judge['agreement'])} of {judge['both_ways']}, "
        f"kappa {shown(judge['kappa'])} (right by the facts alone {judge['facts_alone']}, "
        f"by the judge alone {judge['judge_alone']})"
        + (f"; {left} left unjudged ({unjudged})" if left else "")
    )


def groups(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the figures of all, then of each set, kind, language, …, with their names."""
    yield "all", metrics["all"]
    for group in _GROUPS:
        for name, figures in metrics[group].items():
            yield f"{group.removeprefix('by_')} {name}", figures


def shown(value: float | None) -> str:
    """Return a figure as it is written in tables."""
    if value is None:
        return "–"
    if isinstance(value, int) or value >= 10:
        return f"{value:.0f}"
    return f"{value:.3f}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join(cells)


def _losses(figures: Mapping[str, Any]) -> str:
    stages = ", ".join(f"{stage} {count}" for stage, count in figures["lost_at"].items() if count)
    lost = sum(figures["lost_at"].values())
    return (
        f"right answers lost: {lost} of {figures['answerable']}, at: {stages or '–'}; "
        f"answered though not told: {figures['invented']} of {figures['unanswerable']}"
        + "".join(f"; {fault}: {count}" for fault, count in figures["faults"].items())
    )


def _intervals(figures: Mapping[str, Any]) -> str:
    parts = []
    for name in _INTERVALS:
        if pair := figures["intervals"].get(name):
            parts.append(f"{name} {shown(figures[name])} ({pair[0]:.3f} to {pair[1]:.3f})")
    return "95% intervals: " + (", ".join(parts) or "–")


def _trust(figures: Mapping[str, Any]) -> str:
    confidence = figures["confidence"]
    return (
        f"confidence: tells told from not told (AUROC) {shown(figures['confidence_auroc'])}, "
        f"area under risk and coverage {shown(confidence['area'])}, "
        f"calibration error {shown(confidence['calibration_error'])}"
    )


def _times(figures: Mapping[str, Any]) -> str:
    parts = [
        f"{name.replace('_', ' ')} {shown(time['median'])} / {shown(time['p95'])}"
        for name, time in figures["seconds"].items()
    ]
    return "seconds (median / 95th percentile): " + ", ".join(parts)


def _before_and_after(counts: Mapping[str, tuple[int, int]]) -> list[str]:
    return [f"  {name:<20} {old:>7}{new:>7}" for name, (old, new) in counts.items()]


def _difference(difference: Difference) -> str:
    old, new = difference.before, difference.after
    moved = f"{new - old:+8.3f}" if old is not None and new is not None else " " * 8
    chance = f"{difference.chance:8.4f}" if old != new else " " * 8
    mark = "  worse" if difference.lost else "  *" if difference.significant else ""
    return f"{difference.measure.name:<22} {shown(old):>7} {shown(new):>7} {moved} {chance}{mark}"


def _change(change: Change) -> list[str]:
    return [
        f"  {change.key}: {change.after['question']}",
        f"    {change.what}",
        f"    before: {change.before['answer']['text']}",
        f"    after:  {change.after['answer']['text']}",
    ]
