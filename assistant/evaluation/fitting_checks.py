"""Fits the reviewed numbers by which the checker tells what follows from quotes.

`python -m assistant.evaluation.fitting_checks tests/checks/development.jsonl` fits two logistic
models, for sentences in the language of their quotes and in another. What a rule rejects is not
shown to them. In the language of the quotes the threshold is the lowest at which so many of the
sentences taken as supported are, held out by story, as `_PRECISION` asks. In another language the
rules leave too few false ones to fit on, so true sentences are also shown with another quote of
their story; the threshold keeps the share of true ones that `_KEPT` tells.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.checking import OTHER_LANGUAGE, SAME_LANGUAGE, Checker, features
from assistant.evaluation.checks import Item, read_items
from assistant.evaluation.measures import auroc
from index.embedding import Encoder

_FILE = Path("assistant/checking.json")
_PRECISION = 0.99
_KEPT = 0.7
_FOLDS, _REPEATS = 10, 5
_STRENGTH = 0.5
Matrix = NDArray[np.float64]


def _model() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))


def held_out(measured: Matrix, true: NDArray[np.bool_], stories: Sequence[str]) -> Matrix:
    """Return each sentence's likelihood by models that did not see its story, averaged."""
    names = sorted(set(stories))
    random = np.random.default_rng(0)
    total = np.zeros(len(true))
    for _ in range(_REPEATS):
        fold_of = dict(zip(names, random.permutation(len(names)) % _FOLDS, strict=True))
        folds = np.array([fold_of[story] for story in stories])
        for fold in range(_FOLDS):
            rest = folds != fold
            if not rest.all():
                model = _model().fit(measured[rest], true[rest])
                total[~rest] += model.predict_proba(measured[~rest])[:, 1]
    return total / _REPEATS


def threshold(likely: Matrix, true: NDArray[np.bool_]) -> float:
    """Return the lowest likelihood from which on the share that is true is high enough."""
    found = 1.0
    for candidate in sorted(likely, reverse=True):
        if true[likely >= candidate].mean() >= _PRECISION:
            found = float(candidate)
    return found


@dataclass(frozen=True)
class Example:
    """A sentence measured beside quotes; `made` if these are not the ones it cites."""

    true: bool
    made: bool
    story: str
    measured: tuple[float, ...]


def fit(examples: Sequence[Example], names: Sequence[str]) -> dict[str, Any]:
    """Return what checking.json holds for one of the models, and print what it reaches."""
    true = np.array([example.true for example in examples])
    measured = np.array([example.measured for example in examples])
    real = ~np.array([example.made for example in examples])
    likely = held_out(measured, true, [example.story for example in examples])
    kept = float(np.quantile(likely[true], 1 - _KEPT))
    limit = threshold(likely, true) if real.all() else kept
    shown = likely >= limit
    area = auroc(list(likely[true]), list(likely[~true]))
    sys.stdout.write(
        f"held out, after the rules: AUROC {area:.3f}; from {limit:.3f} on precision "
        f"{true[shown & real].mean():.3f}, recall {shown[true].mean():.3f} of {true.sum()}\n"
    )
    scaler, logistic = (step for _, step in _model().fit(measured, true).steps)
    weights = logistic.coef_[0] / scaler.scale_
    return {
        "threshold": round(limit, 4),
        "intercept": round(float(logistic.intercept_[0] - weights @ scaler.mean_), 4),
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
    }


def examples(checker: Checker, items: Sequence[Item], same: bool) -> list[Example]:
    """Return what the rules leave of the sentences, and for other languages the made ones."""
    found = []
    for item in items:
        match = checker.match(item.sentence, item.quotes, item.language)
        if match.same_language != same or checker.has_fault(match, item.quotes):
            continue
        found.append(Example(item.true, False, item.story, features(match)))
        if item.true and not same:
            found += _with_other_quotes(checker, item, items)
    return found


def _with_other_quotes(checker: Checker, item: Item, items: Sequence[Item]) -> list[Example]:
    """Return a true sentence beside each other quote of its story."""
    own = {quote.text for quote in item.quotes}
    others = {q for i in items if i.story == item.story for q in i.quotes if q.text not in own}
    return [
        Example(
            False,
            True,
            item.story,
            features(checker.match(item.sentence, [quote], item.language)),
        )
        for quote in sorted(others, key=lambda quote: quote.text)
    ]


def main(path: str) -> None:
    """Fit both models on the sentences of a file, write them, and print what they reach."""
    checker = Checker(Encoder())
    items = read_items(Path(path))
    stored: dict[str, Any] = {"made_by": "assistant.evaluation.fitting_checks"}
    stored["same_language"] = fit(examples(checker, items, True), SAME_LANGUAGE)
    stored["other_language"] = fit(examples(checker, items, False), OTHER_LANGUAGE)
    _FILE.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
