"""What an evaluation found, for people: a table, a comparison with an earlier one, a web page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

Result = Mapping[str, Any]

_COLUMNS = (
    ("questions", "n"),
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
    ("gold_cited", "gold cit."),
)
_GROUPS = ("by_set", "by_kind", "by_language", "by_why")


def table(metrics: Mapping[str, Any]) -> str:
    """Return the figures as a table of text: all, then each set, kind, language and reason."""
    rows = [["", *(title for _, title in _COLUMNS)]]
    for name, figures in _groups(metrics):
        rows.append([name, *(_shown(figures[key]) for key, _ in _COLUMNS)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, "", _losses(metrics["all"]), _times(metrics["all"])])


def compare(before: Result, after: Result) -> str:
    """Return per measure before and after, and the questions that changed in each direction."""
    old, new = _flat(before["metrics"]["all"]), _flat(after["metrics"]["all"])
    lines = ["measure                     before    after   change"]
    for key, value in new.items():
        past = old.get(key)
        change = f"{value - past:+8.3f}" if value is not None and past is not None else " " * 8
        lines.append(f"{key:<24} {_shown(past):>9}{_shown(value):>9} {change}")
    return "\n".join([*lines, *_changes(before, after)])


def page(result: Result) -> str:
    """Return one self-contained HTML page: the summary, and what became of each question."""
    questions = "\n".join(_question(item) for item in result["items"])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation</title><style>{_STYLE}</style></head><body><h1>Evaluation</h1>\n"
        f'<div class="wide"><pre>{escape(table(result["metrics"]))}</pre></div>\n'
        f"<h2>Questions</h2>\n{questions}\n</body></html>\n"
    )


def item_key(item: Mapping[str, Any]) -> str:
    """Return the name of a question in lists: its id, and the turn inside a conversation."""
    return f"{item['id']}.{item['turn']}" if "turn" in item else str(item["id"])


def _groups(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "all", metrics["all"]
    for group in _GROUPS:
        for name, figures in metrics[group].items():
            yield f"{group.removeprefix('by_')} {name}", figures


def _shown(value: float | None) -> str:
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
    stages = ", ".join(f"{stage} {count}" for stage, count in figures["lost_at"].items())
    told_apart = _shown(figures["confidence_auroc"])
    return f"right answers lost at: {stages}; confidence tells apart (AUROC): {told_apart}"


def _times(figures: Mapping[str, Any]) -> str:
    parts = [
        f"{name.replace('_', ' ')} {_shown(time['median'])} / {_shown(time['p95'])}"
        for name, time in figures["seconds"].items()
    ]
    return "seconds (median / 95th percentile): " + ", ".join(parts)


def _flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in figures.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key} ")
        else:
            flat[prefix + key] = value
    return flat


def _changes(before: Result, after: Result) -> list[str]:
    old = {item_key(item): item for item in before["items"]}
    pairs = [(old[item_key(i)], i) for i in after["items"] if item_key(i) in old]
    lists = (
        ("now right", [_named(n) for o, n in pairs if n["right"] and o["right"] is False]),
        ("no longer right", [_named(n) for o, n in pairs if o["right"] and n["right"] is False]),
        ("now rightly refused", _refused(pairs, "refusal", True)),
        ("no longer refused, though not told", _refused(pairs, "refusal", False)),
        ("no longer wrongly refused", _refused(pairs, "answer", False)),
        ("now wrongly refused", _refused(pairs, "answer", True)),
    )
    lines = [f"\n{len(pairs)} questions are in both."]
    for title, names in lists:
        if names:
            lines += [f"\n{title}: {len(names)}", *(f"  {name}" for name in names)]
    return lines


def _refused(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], expected: str, now: bool
) -> list[str]:
    return [
        _named(new)
        for old, new in pairs
        if new["expected"] == expected and new["refused"] is now and old["refused"] is not now
    ]


def _named(item: Mapping[str, Any]) -> str:
    return f"{item_key(item)}: {item['question']}"


def _verdict(item: Mapping[str, Any]) -> str:
    if item["expected"] == "refusal":
        return "right" if item["refused"] else "wrong"
    return {True: "right", False: "wrong", None: "open"}[item["right"]]


def _question(item: Mapping[str, Any]) -> str:
    verdict, gold, answer = _verdict(item), item["gold"], item["answer"]
    lost = f" · lost at {escape(item['lost_at'])}" if item["lost_at"] else ""
    place = "; ".join(gold["stories"]) + (f" — {gold['section']}" if gold["section"] else "")
    return (
        f'<details class="{verdict}"><summary dir="auto"><b>{verdict}</b>{lost} '
        f"<code>{escape(item_key(item))}</code> {escape(item['question'])}</summary>"
        f'<h3>Expected</h3><p dir="auto">{escape(gold["answer"])}</p>{_facts(item)}'
        f"<p>{escape(place) or 'not told'}</p>"
        f"<h3>Answer ({escape(answer['kind'])}, confidence {answer['confidence']})</h3>"
        f'<p dir="auto">{escape(answer["text"])}</p>{_quotes(answer)}'
        f"<h3>Retrieved</h3>{_retrieved(item)}</details>"
    )


def _facts(item: Mapping[str, Any]) -> str:
    pairs = zip(item["gold"]["facts"], item["facts_found"], strict=True)
    rows = (f"<li>{'✓' if found else '✗'} {escape(fact)}</li>" for fact, found in pairs)
    return f'<ul class="facts">{"".join(rows)}</ul>'


def _quotes(answer: Mapping[str, Any]) -> str:
    rows = (
        f"<li><b>{escape(c['story'])} — {escape(c['section'])}</b>: {escape(c['quote'])}</li>"
        for c in answer["citations"]
    )
    return f"<ol>{''.join(rows)}</ol>"


def _retrieved(item: Mapping[str, Any]) -> str:
    gold = item["gold"]
    rows = []
    for passage in item["retrieved"]:
        told = passage["story"] in gold["stories"]
        exact = told and gold["section"] in ("", passage["section"])
        mark = " ✓ gold" if exact else " (gold story)" if told else ""
        rows.append(f"<li>{escape(passage['story'])} — {escape(passage['section'])}{mark}</li>")
    return f"<ol>{''.join(rows)}</ol>"


_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
body{color:#1c2430}
.wide{overflow-x:auto}pre{font-size:.8rem}h3{font-size:1rem;margin:.8rem 0 .2rem}
details{border-left:.3rem solid #888;padding:.3rem .8rem;margin:.4rem 0;background:#f6f7f9}
details.right{border-color:#1a7f4b}details.wrong{border-color:#b3261e}
summary{cursor:pointer}.facts{list-style:none;padding:0}p{margin:.2rem 0}
"""
