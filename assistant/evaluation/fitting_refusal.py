"""Fits the reviewed numbers by which the assistant says that the stories do not tell.

`python -m assistant.evaluation.fitting_refusal tests/questions` measures the evidence of questions
of both kinds and fits a logistic model. Unanswerable questions are few, so each answerable one is
also shown without the passages that answer it: near, but not told. These made ones count less.
The threshold is the one at which so many answerable questions are refused, held out by story, as
`_FALSE_REFUSALS` allows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.evaluation.measures import auroc
from assistant.evaluation.questions import Question, load_questions
from assistant.evidence import score_sentences
from assistant.question import understand
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.sufficiency import SUFFICIENCY_FEATURES, features
from index.retrieval import Retrieved

_FILE = Path("assistant/sufficiency.json")
_CANDIDATES = 40
_SHOWN = 10
_FOLDS, _REPEATS = 8, 5
_WEIGHT_OF_MADE = 0.2
_FALSE_REFUSALS = 0.045
_STRENGTH = 0.5


@dataclass(frozen=True)
class Example:
    """Evidence measured: `told` if it answers; `made` if its answering passages were taken out."""

    question: Question
    told: bool
    made: bool
    features: tuple[float, ...]

    @property
    def group(self) -> str:
        """Examples of one story are held out together."""
        return self.question.stories[0] if self.question.stories else self.question.id


def examples(assistant: Assistant, questions: Sequence[Question]) -> list[Example]:
    """Return the examples that questions of both kinds give."""
    found = []
    for question in questions:
        asked = understand(question.question, assistant.catalogue)
        whole = assistant.retrieve(asked, _CANDIDATES)
        distance = assistant.topic.distance(whole.question.vector)
        views = [(question.answerable, False, whole)]
        if question.answerable and question.section:
            views.append((False, True, _without_answer(whole, question)))
        for told, made, view in views:
            shown = view.first(_SHOWN)
            sentences = score_sentences(asked.standalone, shown)
            measured = features(asked, shown, sentences, assistant.catalogue, distance)
            found.append(Example(question, told, made, measured))
    return found


def held_out(found: Sequence[Example]) -> NDArray[np.float64]:
    """Return each example's confidence by models that did not see its story, averaged."""
    groups = sorted({e.group for e in found})
    random = np.random.default_rng(0)
    total = np.zeros(len(found))
    for _ in range(_REPEATS):
        fold_of = dict(zip(groups, random.permutation(len(groups)) % _FOLDS, strict=True))
        folds = np.array([fold_of[e.group] for e in found])
        for fold in range(_FOLDS):
            model = _fitted([e for e, f in zip(found, folds, strict=True) if f != fold])
            rows = np.flatnonzero(folds == fold)
            total[rows] += model.predict_proba([found[int(r)].features for r in rows])[:, 1]
    return total / _REPEATS


def _without_answer(retrieved: Retrieved, question: Question) -> Retrieved:
    hits = tuple(
        hit
        for hit in retrieved.hits
        if hit.passage.story not in question.stories or hit.passage.section != question.section
    )
    return Retrieved(retrieved.question, hits)


def _fitted(found: Sequence[Example]):  # type: ignore[no-untyped-def]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
    weights = [_WEIGHT_OF_MADE if e.made else 1.0 for e in found]
    return model.fit(
        [e.features for e in found],
        [e.told for e in found],
        logisticregression__sample_weight=weights,
    )


def main(paths: Sequence[str]) -> None:
    """Fit the model on the questions of these paths, write it, and print what it reaches."""
    dialogues = load_questions([Path(path) for path in paths])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    with Assistant.open(Settings.from_environment()) as assistant:
        found = examples(assistant, questions)
    confidence = held_out(found)
    real = [(e, c) for e, c in zip(found, confidence, strict=True) if not e.made]
    told = sorted(c for e, c in real if e.told)
    untold = [c for e, c in real if not e.told]
    threshold = float(told[int(_FALSE_REFUSALS * len(told))])
    refused = sum(c < threshold for c in untold) / len(untold)
    sys.stdout.write(
        f"held out: AUROC {auroc(told, untold):.3f}; at {threshold:.3f} refused {refused:.3f} of "
        f"{len(untold)} unanswerable, {_FALSE_REFUSALS} of {len(told)} answerable\n"
    )
    scaler, logistic = (step for _, step in _fitted(found).steps)
    weights = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - weights @ scaler.mean_)
    stored = {
        "made_by": "assistant.evaluation.fitting_refusal",
        "threshold": round(threshold, 4),
        "intercept": round(intercept, 4),
        "weights": {
            n: round(float(w), 4) for n, w in zip(SUFFICIENCY_FEATURES, weights, strict=True)
        },
    }
    _FILE.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
