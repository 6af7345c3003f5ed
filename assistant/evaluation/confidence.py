"""Whether the confidence means something: by it, right answers should be told from others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.evaluation.judging import Item

_BINS = 5


def confidence_figures(items: Sequence[Item]) -> dict[str, Any]:
    """Return risk, coverage and calibration of what was answered, most confident first.

    `curve`: [coverage, risk] after each answer, coverage as a share of all questions that are
    judged, refused ones too. `area`: the mean risk along it; of two assistants that answer the
    same share, the lower one knows better when it is wrong. `calibration`: five groups of equal
    size with their mean confidence and the share that was right. `calibration_error`: the mean
    distance between the two. `brier`: mean squared distance of confidence from right (1) or not.
    Sources: Geifman and El-Yaniv, NeurIPS 2017 (risk and coverage); Naeini, Cooper and
    Hauskrecht, AAAI 2015 (calibration error, here with groups of equal size).
    """
    judged = [i for i in items if i["expected"] and i["outcome"] != "open"]
    answered = sorted(
        ((i["answer"]["confidence"], i["outcome"] == "right") for i in judged if not i["refused"]),
        key=lambda one: -one[0],
    )
    if not answered:
        return {"curve": [], "area": None, "calibration": [], "calibration_error": None,
                "brier": None}  # fmt: skip
    curve, wrong = [], 0
    for count, (_, right) in enumerate(answered, start=1):
        wrong += not right
        curve.append([round(count / len(judged), 4), round(wrong / count, 4)])
    groups = _groups(answered)
    error = sum(g["questions"] * abs(g["confidence"] - g["right"]) for g in groups)
    return {
        "curve": curve,
        "area": round(sum(risk for _, risk in curve) / len(curve), 4),
        "calibration": groups,
        "calibration_error": round(error / len(answered), 4),
        "brier": round(sum((c - right) ** 2 for c, right in answered) / len(answered), 4),
    }


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """Return the chance that a value of `higher` exceeds one of `lower`; ties count half.

    The area under the ROC curve as the Mann-Whitney statistic; .5 is a coin.
    """
    if not higher or not lower:
        return None
    wins = sum((a > b) + (a == b) / 2 for a in higher for b in lower)
    return round(wins / (len(higher) * len(lower)), 4)


def _groups(answered: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    edges = [round(len(answered) * n / _BINS) for n in range(_BINS + 1)]
    groups = []
    for first, last in zip(edges, edges[1:], strict=False):
        group = answered[first:last]
        if group:
            groups.append(
                {
                    "questions": len(group),
                    "confidence": round(sum(c for c, _ in group) / len(group), 4),
                    "right": round(sum(right for _, right in group) / len(group), 4),
                }
            )
    return groups
