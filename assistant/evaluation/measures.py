"""The measures: figures over judged answers, with how far they can be trusted.

Retrieval measures (passage@k, story@k) are hit rates: whether one of the first k passages is gold.
Every share is None where there is nothing to take a share of.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.evaluation.confidence import auroc, confidence_figures
from assistant.evaluation.judging import STAGES, Item
from assistant.evaluation.significance import Totals, intervals

__all__ = [
    "MEASURES",
    "auroc",
    "faults",
    "measure",
    "percentile",
    "share",
    "summarize",
    "unit_totals",
]

PASSAGE_DEPTHS = (1, 3, 5, 10)
STORY_DEPTHS = (1, 5)
# Up to so many words a question belongs to a group.
_LENGTHS = ((10, "1 to 10 words"), (20, "11 to 20 words"), (math.inf, "21 words and more"))

Figures = dict[str, Any]
Values = Sequence[bool | None] | None


@dataclass(frozen=True)
class Measure:
    """A share: what one answered question gives to it, as a list of yes and no; None: nothing.

    `better`: 1 if more is better, -1 if less is. `watched`: whether a loss of it fails a
    comparison with the baseline.
    """

    name: str
    values: Callable[[Item], Values]
    better: int = 1
    watched: bool = False


def _of(key: str) -> Callable[[Item], Values]:
    """Measure answerable questions by a verdict of theirs."""
    return lambda i: [i[key]] if i["expected"] == "answer" else None


def _within(rank: str, depth: int) -> Callable[[Item], Values]:
    """Measure answerable questions by a rank, where what is ranked is known."""
    needed = {"passage_rank": "section", "story_rank": "stories", "facts_rank": "facts"}[rank]

    def values(item: Item) -> Values:
        if item["expected"] != "answer" or not item["gold"][needed]:
            return None
        return [item[rank] is not None and item[rank] <= depth]

    return values


def _refused(expected: str) -> Callable[[Item], Values]:
    return lambda i: [i["refused"]] if i["expected"] == expected else None


def _gold_cited(item: Item) -> Values:
    answered = item["expected"] == "answer" and not item["refused"]
    return [item["gold_cited"]] if answered else None


def _as_expected(item: Item) -> Values:
    if item["outcome"] == "open":
        return None
    return [item["outcome"] in ("right", "rightly refused")]


MEASURES = (
    Measure("as_expected", _as_expected, watched=True),
    *(Measure(f"passage@{k}", _within("passage_rank", k), watched=k == 5) for k in PASSAGE_DEPTHS),
    *(Measure(f"story@{k}", _within("story_rank", k)) for k in STORY_DEPTHS),
    *(Measure(f"facts@{k}", _within("facts_rank", k)) for k in PASSAGE_DEPTHS),
    Measure("right", _of("right"), watched=True),
    Measure("right_in_quotes", _of("right_in_quotes")),
    Measure("facts_found", lambda i: i["facts_found"] if i["expected"] == "answer" else None),
    Measure("refused", lambda i: [i["refused"]], better=0),
    Measure("refusal_recall", _refused("refusal"), watched=True),
    Measure("false_refusals", _refused("answer"), better=-1, watched=True),
    Measure("citation_precision", lambda i: i["supported"], watched=True),
    Measure("grounded", lambda i: i.get("grounded"), watched=True),
    Measure("citation_recall", lambda i: i["cited"], watched=True),
    Measure("quotes_exact", lambda i: i["exact"], watched=True),
    Measure("gold_cited", _gold_cited),
    Measure("language_kept", lambda i: [i["language_kept"]], watched=True),
)


def summarize(items: Sequence[Item]) -> Figures:
    """Return the figures over all, and by question set, kind, language, region, length, reason."""
    return {
        "all": measure(items) | {"confidence": confidence_figures(items)},
        "by_set": _by(items, lambda i: i["set"]),
        "by_kind": _by(items, lambda i: i["kind"]),
        "by_language": _by(items, lambda i: i["language"]),
        "by_region": _by(items, lambda i: i["region"]),
        "by_length": _by(items, _length),
        "by_why": _by(items, lambda i: i["gold"]["why"]),
    }


def measure(items: Sequence[Item]) -> Figures:
    """Return the figures over these answers, each over the questions that it can be asked of.

    Seconds and words are medians, seconds also 95th percentiles; words are of answers not
    refused. `intervals`: of each share the 95% interval.
    """
    answerable = [i for i in items if i["expected"] == "answer"]
    unanswerable = [i for i in items if i["expected"] == "refusal"]
    answered = [i for i in answerable if not i["refused"]]
    shares = {m.name: share(v for i in items for v in m.values(i) or ()) for m in MEASURES}
    spread = intervals([unit_totals(items, m) for m in MEASURES])
    return {
        "questions": len(items),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "with_section": sum(bool(i["gold"]["section"]) for i in answerable),
        **shares,
        "words": _median([i["words"] for i in answered]),
        "words_in_quotes": _median([i["words_in_quotes"] for i in answered]),
        "confidence_auroc": auroc(
            [i["answer"]["confidence"] for i in answerable],
            [i["answer"]["confidence"] for i in unanswerable],
        ),
        "lost_at": {s: sum(i["lost_at"] == s for i in answerable) for s in STAGES},
        "faults": faults(items),
        "invented": sum(i["outcome"] == "invented" for i in items),
        "seconds": _seconds([i["seconds"] for i in items]),
        "intervals": {m.name: pair for m, pair in zip(MEASURES, spread, strict=True) if pair},
    }


def faults(items: Sequence[Item]) -> dict[str, int]:
    """Return how many answers have what other fault at which stage, as "language at written"."""
    found = (f"{what} at {stage}" for i in items for what, stage in i.get("faults", {}).items())
    return dict(sorted(Counter(found).items()))


def unit_totals(items: Sequence[Item], measured: Measure) -> Totals:
    """Return for each question or conversation how many yes of how many, (units, 2)."""
    units = {name: n for n, name in enumerate(dict.fromkeys(i["id"] for i in items))}
    totals = np.zeros((len(units), 2))
    for item in items:
        known = [v for v in measured.values(item) or () if v is not None]
        totals[units[item["id"]]] += (sum(known), len(known))
    return totals


def share(values: Iterable[bool | None]) -> float | None:
    """Return the share of true among those that are not None; None if there are none."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that `percent` of the values do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _seconds(times: Sequence[Item]) -> Figures:
    return {
        name: {
            "median": _median([time[name] for time in times]),
            "p95": percentile([time[name] for time in times], 95),
        }
        for name in ("evidence", "first_text", "total")
    }


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 4) if values else None


def _length(item: Item) -> str:
    return next(name for most, name in _LENGTHS if item["length"] <= most)


def _by(items: Sequence[Item], name: Callable[[Item], str]) -> dict[str, Figures]:
    """Return the figures of each group; what has no name is in none."""
    groups: dict[str, list[Item]] = {}
    for one in items:
        if group := name(one):
            groups.setdefault(group, []).append(one)
    return {key: measure(groups[key]) for key in sorted(groups)}
