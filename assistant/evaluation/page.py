"""What an evaluation found, as one web page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.evaluation.comparison import Change, Comparison, Difference
from assistant.evaluation.judging import Item, item_key
from assistant.evaluation.measures import PASSAGE_DEPTHS, STORY_DEPTHS
from assistant.evaluation.model_judge import disagree
from assistant.evaluation.plots import Bar, Series, bars, lines
from assistant.evaluation.table import shown, table
from assistant.evaluation.way import Step, way

_GROUPS = (
    ("by_language", "As expected, by language"),
    ("by_set", "As expected, by set"),
    ("by_kind", "As expected, by kind"),
    ("by_region", "As expected, by region"),
    ("by_length", "As expected, by length of the question"),
)
_GOOD = ("right", "rightly refused")
# Questions that say what to work on come first.
_ORDER = ("invented", "wrong", "wrongly refused", "open", "right", "rightly refused")


def page(result: Mapping[str, Any], comparison: Comparison | None = None) -> str:
    """Return the page: losses, figures, plots, what changed, and each question's way.

    :param result: what `evaluate --json` writes.
    :param comparison: with an earlier run, if there is one.
    """
    metrics = result["metrics"]
    items = sorted(result["items"], key=lambda i: (_ORDER.index(i["outcome"]), item_key(i)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation</title><style>{_STYLE}</style></head><body><h1>Evaluation</h1>\n"
        f"{_head(metrics['all'], comparison)}\n"
        f'<h2>Figures</h2><div class="wide"><pre>{escape(table(metrics))}</pre></div>\n'
        f"{_changes(comparison)}"
        f'<h2>Plots</h2><div class="plots">{_plots(metrics, comparison)}</div>\n'
        f"<h2>Questions</h2>\n{''.join(map(_question, items))}\n</body></html>\n"
    )


def _head(figures: Mapping[str, Any], comparison: Comparison | None) -> str:
    """Say at which stage right answers were lost: that is what to work on."""
    before = comparison.losses if comparison else {}
    rows = [
        Bar(stage, count, before=before[stage][0] if before else None)
        for stage, count in figures["lost_at"].items()
    ]
    lost = sum(figures["lost_at"].values())
    title = f"{lost} of {figures['answerable']} right answers were lost, at"
    return (
        f"{bars(title, rows)}<p>Answered though the stories do not tell: "
        f"<b>{figures['invented']}</b> of {figures['unanswerable']}.</p>"
        f"{_faults(figures, comparison)}"
    )


def _faults(figures: Mapping[str, Any], comparison: Comparison | None) -> str:
    """Count the faults beside wrong facts, where there are any, now and before."""
    before = comparison.faults if comparison else {}
    counts = {**dict.fromkeys(before, 0), **figures["faults"]}
    rows = [Bar(f, n, before=before[f][0] if f in before else None) for f, n in counts.items()]
    return bars("Other faults, in answers", rows) if rows else ""


def _plots(metrics: Mapping[str, Any], comparison: Comparison | None) -> str:
    figures = metrics["all"]
    confidence = figures["confidence"]
    depths = {"passage": PASSAGE_DEPTHS, "story": STORY_DEPTHS, "facts": PASSAGE_DEPTHS}
    series = [
        Series(name, [(k, v) for k in at if (v := figures[f"{name}@{k}"]) is not None])
        for name, at in depths.items()
    ]
    calibration = [(g["confidence"], g["right"]) for g in reversed(confidence["calibration"])]
    plots = [
        lines("Found among the first k passages", series, "k", "share", max(PASSAGE_DEPTHS)),
        lines(
            f"Risk and coverage, area {shown(confidence['area'])}",
            [Series("risk", confidence["curve"])],
            "share of questions answered, surest first",
            "share wrong",
        ),
        lines(
            f"Calibration, error {shown(confidence['calibration_error'])}",
            [Series("right", calibration), Series("ideal", [(0, 0), (1, 1)])],
            "confidence",
            "share right",
        ),
        bars("Seconds", _times(figures["seconds"]), unit=" s"),
        *(bars(title, _group(metrics[name]), 1.0) for name, title in _GROUPS),
    ]
    if comparison:
        rows = [
            Bar(d.measure.name, d.after, before=d.before)
            for d in comparison.differences
            if d.after is not None
        ]
        plots.append(bars("After, and before as a line", rows, 1.0))
    return "".join(plots)


def _group(groups: Mapping[str, Any]) -> list[Bar]:
    return [
        Bar(
            f"{name} ({figures['questions']})",
            figures["as_expected"],
            figures["intervals"].get("as_expected"),
        )
        for name, figures in groups.items()
        if figures["as_expected"] is not None
    ]


def _times(seconds: Mapping[str, Mapping[str, float | None]]) -> list[Bar]:
    return [
        Bar(f"{name.replace('_', ' ')}, {what}", value)
        for name, time in seconds.items()
        for what, value in (("median", time["median"]), ("95th perc.", time["p95"]))
        if value is not None
    ]


def _changes(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    rows = "".join(_difference(d) for d in comparison.differences if d.before != d.after)
    parts = [
        f"<h2>Beside the baseline</h2><p>{comparison.pairs} questions are in both runs, "
        f"{comparison.unpaired} are not; {comparison.reworded} answers say the same worth in "
        "other words.</p>"
    ]
    if rows:
        parts.append(
            '<div class="wide"><table><tr><th>measure</th><th>before</th><th>after</th>'
            f"<th>by luck (p)</th><th></th></tr>{rows}</table></div>"
        )
    for title, changes in (("Worse", comparison.worse), ("Better", comparison.better)):
        if changes:
            parts.append(f"<h3>{title}: {len(changes)}</h3>{_list(changes)}")
    return "".join(parts)


def _difference(difference: Difference) -> str:
    said = "worse" if difference.lost else "significant" if difference.significant else ""
    return (
        f"<tr><td>{escape(difference.measure.name)}</td><td>{shown(difference.before)}</td>"
        f"<td>{shown(difference.after)}</td><td>{difference.chance:.4f}</td><td>{said}</td></tr>"
    )


def _list(changes: Sequence[Change]) -> str:
    return "".join(
        f'<details class="{"right" if c.gain > 0 else "wrong"}"><summary dir="auto">'
        f"<b>{escape(c.what)}</b> {_name(c.after)}</summary>"
        f"{_before(c.before)}{_steps(c.after)}</details>"
        for c in changes
    )


def _before(item: Item) -> str:
    return f'<h4>Answer before</h4><p dir="auto">{escape(item["answer"]["text"])}</p>'


def _question(item: Item) -> str:
    good = item["outcome"] in _GOOD
    mark = "right" if good else "open" if item["outcome"] == "open" else "wrong"
    lost = f" · lost at {escape(item['lost_at'])}" if item["lost_at"] else ""
    said = "".join(f" · {escape(what)} at {escape(at)}" for what, at in item["faults"].items())
    said += " · the judge disagrees" if disagree(item) else ""
    return (
        f'<details class="{mark}"><summary dir="auto"><b>{escape(item["outcome"])}</b>{lost}{said} '
        f"{_name(item)}</summary>{_expected(item)}{_steps(item)}</details>"
    )


def _name(item: Item) -> str:
    return f"<code>{escape(item_key(item))}</code> {escape(item['question'])}"


def _expected(item: Item) -> str:
    gold = item["gold"]
    place = "; ".join(gold["stories"]) + (f" — {gold['section']}" if gold["section"] else "")
    facts = "".join(
        f"<li>{'✓' if found else '✗'} {escape(fact)}</li>"
        for fact, found in zip(gold["facts"], item["facts_found"], strict=True)
    )
    return (
        f'<h4>Expected</h4><p dir="auto">{escape(gold["answer"])}</p>'
        f'<ul class="facts">{facts}</ul><p>{escape(place) or "not told"}</p>{_judge(item)}'
    )


def _judge(item: Item) -> str:
    """Say what a language model thought of the answer, where one was asked."""
    if "judge" not in item:
        return ""
    opinion = item["judge"]
    said = {True: "right", False: "not right", None: f"no opinion ({opinion['why']})"}
    return f"<p>The judge says: {escape(said[opinion['right']])}</p>"


def _steps(item: Item) -> str:
    return "".join(map(_step, way(item)))


def _step(step: Step) -> str:
    paragraphs = "".join(f'<p dir="auto">{escape(line)}</p>' for line in step.lines)
    return f"<h4>{escape(step.stage)} {step.mark}</h4>{paragraphs}"


_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
body{color:#1c2430;background:#fff}
.wide{overflow-x:auto}pre{font-size:.8rem}h4{font-size:.95rem;margin:.8rem 0 .2rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr));gap:1rem}
figure{margin:0;max-width:40rem}figcaption{font-weight:600}svg{width:100%;font-size:12px}
table{border-collapse:collapse}td,th{padding:.1rem .8rem .1rem 0;text-align:left}
details{border-left:.3rem solid #667;padding:.3rem .8rem;margin:.4rem 0;background:#f6f7f9}
details.right{border-color:#1a7f4b}details.wrong{border-color:#b3261e}
summary{cursor:pointer}.facts{list-style:none;padding:0}p{margin:.2rem 0}
"""
