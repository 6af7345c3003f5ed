"""Fits the reviewed numbers by which the assistant says that the stories do not tell.

`python -m assistant.evaluation.fitting_refusal tests/training` measures the evidence of questions
of both kinds and fits a logistic model in which each measure speaks in the direction of its
meaning. Unanswerable questions are few, so each answerable one is also shown without the passages
that answer it: near, but not told. These made ones count less.
What the sentence reader says is that of the network that has not seen the question's story.
The threshold is the one at which so many answerable questions are refused, held out by story, as
`_FALSE_REFUSALS` allows.

Where a language model judges the best sentences, what it says of the likeliest is weighed with the
measures by a second logistic model, fitted on what it says of stories by whose questions it was not
taught (`said`), of the same questions and of those in `tests/told`, on which the measures are not
fitted. There `_FALSE_REFUSALS_JUDGED` may be refused: of the stories that come with the assistant,
by which it was taught, it is surer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm import tqdm

from assistant.evaluation.fitting_reader import fold_of
from assistant.evaluation.measures import auroc
from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.said import LEFT_OUT, TOLD, Said
from assistant.gathering import best_sentences, candidates
from assistant.question import understand
from assistant.quoting import cite
from assistant.service import Assistant
from assistant.settings import NO_MODEL, Settings
from assistant.sufficiency import SUFFICIENCY_FEATURES, Evidence, features, log_odds
from assistant.written_answer import JUDGED
from index.retrieval import Retrieved

_FILE = Path("assistant/sufficiency.json")
_MORE = TOLD / "questions.jsonl"
_CANDIDATES = 40
_SHOWN = 10
_FOLDS, _REPEATS = 8, 5
_WEIGHT_OF_MADE = 0.2
_FALSE_REFUSALS, _FALSE_REFUSALS_JUDGED = 0.045, 0.06
_STRENGTH = 0.5
# What a measure means says in which direction it may speak. Unbound, one that few examples have at
# its end can come out against its meaning there, and refuse the plainest question.
_FOR = frozenset("best_match weakest_match similarity lead stated stated_by_few".split())
_AGAINST = frozenset(
    "beyond_best share_far money_far year_missing other_city_nearer elsewhere_alone off_topic "
    "off_topic_and_nothing_named".split()
)


@dataclass(frozen=True)
class Example:
    """Evidence measured: `told` if it answers; `made` if its answering passages were taken out.

    `said`: the log-odds that a sentence states what is asked, as the language model says of the
    likeliest; None where it was not asked.
    """

    question: Question
    told: bool
    made: bool
    features: tuple[float, ...]
    said: float | None = None

    @property
    def group(self) -> str:
        """Examples of one story are held out together."""
        return (*self.question.stories, *self.question.near, self.question.id)[0]


def examples(
    assistant: Assistant, questions: Sequence[Question], said: Said, also_made: bool = True
) -> list[Example]:
    """Return the examples that questions of both kinds give.

    :param said: what the language model says of stories by whose questions it was not taught.
    :param also_made: whether answerable ones are also shown without what answers them.
    """
    stories = {story.slug: story for story in assistant.catalogue.stories}
    slugs = sorted(stories)
    found = []
    for question in tqdm(questions, desc="questions", leave=False):
        asked = understand(question.question, assistant.catalogue)
        whole = assistant.retrieve(asked, _CANDIDATES)
        distance = assistant.topic.distance(whole.question.vector)
        views = [(question.answerable, False, whole)]
        if also_made and question.answerable and question.section:
            views.append((False, True, _without_answer(whole, question)))
        for told, made, view in views:
            sentences = candidates(asked, view, fold_of(question, slugs))
            evidence = Evidence(asked, view.first(_SHOWN), sentences, assistant.catalogue, distance)
            likeliest = None
            if not made:
                best = best_sentences(asked, sentences, assistant.catalogue).singly[:JUDGED]
                quotes = [cite([sentence], stories.__getitem__)[0] for sentence in best]
                odds = [o for q in quotes if (o := said.of(asked.standalone, q)) is not None]
                # Of a question about another story, or whose sentences were not all judged: none.
                if len(odds) == len(quotes):
                    likeliest = max(odds, default=None)
            found.append(Example(question, told, made, features(evidence), likeliest))
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
            total[rows] += model.confidence([found[int(r)].features for r in rows])
    return total / _REPEATS


def _questions(paths: Sequence[Path]) -> list[Question]:
    return [d[0] for d in load_questions(paths) if d[0].answerable or d[0].unanswerable]


def _without_answer(retrieved: Retrieved, question: Question) -> Retrieved:
    hits = tuple(
        hit
        for hit in retrieved.hits
        if hit.passage.story not in question.stories or hit.passage.section != question.section
    )
    return Retrieved(retrieved.question, hits)


@dataclass(frozen=True)
class Logistic:
    """A logistic model over the measures, in their order."""

    weights: NDArray[np.float64]
    intercept: float

    def confidence(self, measures: Sequence[tuple[float, ...]]) -> NDArray[np.float64]:
        """Return how likely each row of measures is told, (n,)."""
        return np.asarray(expit(np.array(measures) @ self.weights + self.intercept))


def _fitted(found: Sequence[Example]) -> Logistic:
    """Return the model of the least penalized loss in which each measure speaks as it means."""
    measures = np.array([e.features for e in found])
    told = np.array([1.0 if e.told else -1.0 for e in found])
    counts = np.array([_WEIGHT_OF_MADE if e.made else 1.0 for e in found])
    mean, scale = measures.mean(0), measures.std(0) + 1e-9
    scaled = (measures - mean) / scale

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, intercept = numbers[:-1], numbers[-1]
        margins = told * (scaled @ weights + intercept)
        slopes = -counts * told * expit(-margins)
        value = float(counts @ np.logaddexp(0, -margins) + weights @ weights / (2 * _STRENGTH))
        return value, np.append(scaled.T @ slopes + weights / _STRENGTH, slopes.sum())

    bounds = [
        (0 if n in _FOR else None, 0 if n in _AGAINST else None) for n in SUFFICIENCY_FEATURES
    ]
    best = minimize(
        loss, np.zeros(len(bounds) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]
    ).x
    weights = best[:-1] / scale
    return Logistic(weights, float(best[-1] - weights @ mean))


def with_judgement(
    found: Sequence[Example], confidence: NDArray[np.float64]
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Return the numbers that weigh measures and judgement together, and held-out confidences.

    :param found: the examples whose sentences were judged.
    :param confidence: of each by the measures alone, held out.
    """
    rows = np.array([(log_odds(c), e.said or 0.0) for c, e in zip(confidence, found, strict=True)])
    told = [e.told for e in found]
    groups = [e.group for e in found]
    model = LogisticRegression()
    joint = cross_val_predict(
        model, rows, told, groups=groups, cv=GroupKFold(_FOLDS), method="predict_proba"
    )[:, 1]
    model.fit(rows, told)
    numbers = {
        "measures": float(model.coef_[0][0]),
        "said": float(model.coef_[0][1]),
        "intercept": float(model.intercept_[0]),
        "threshold": _threshold(found, joint, _FALSE_REFUSALS_JUDGED),
    }
    return numbers, joint


def _threshold(
    found: Sequence[Example], confidence: NDArray[np.float64], refused: float = _FALSE_REFUSALS
) -> float:
    """Return the confidence below which the allowed share of answerable questions lies.

    Those count that one passage answers: what is told across many cities is never told whole.
    """
    told = sorted(
        c for e, c in zip(found, confidence, strict=True) if e.told and e.question.section
    )
    return float(told[int(refused * len(told))])


def _say(
    name: str,
    found: Sequence[Example],
    confidence: NDArray[np.float64],
    allowed: float = _FALSE_REFUSALS,
) -> None:
    told = [c for e, c in zip(found, confidence, strict=True) if e.told]
    untold = [c for e, c in zip(found, confidence, strict=True) if not e.told]
    threshold = _threshold(found, confidence, allowed)
    refused = sum(c < threshold for c in untold) / len(untold)
    wrongly = sum(c < threshold for c in told) / len(told)
    sys.stdout.write(
        f"{name}, held out: AUROC {auroc(told, untold):.3f}; at {threshold:.3f} refused "
        f"{refused:.3f} of {len(untold)} unanswerable, {wrongly:.3f} of {len(told)} answerable\n"
    )


def main(paths: Sequence[str]) -> None:
    """Fit the models on the questions of these paths, write them, and print what they reach."""
    questions = _questions([Path(path) for path in paths])
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        slugs = sorted(story.slug for story in assistant.catalogue.stories)
        said = Said.load()
        found = examples(assistant, questions, said)
        left_out = [q for q in _questions([_MORE]) if fold_of(q, slugs) == LEFT_OUT]
        also = examples(assistant, left_out, said, also_made=False)
    model = _fitted(found)
    confidence = held_out(found)
    real = [not e.made for e in found]
    every = [*found, *also]
    by_measures = np.append(confidence, model.confidence([e.features for e in also]))
    judged = [e.said is not None for e in every]
    of_judged = list(compress(every, judged))
    numbers, joint = with_judgement(of_judged, by_measures[judged])
    _say("measures alone", list(compress(found, real)), confidence[real])
    _say("measures alone, those judged", of_judged, by_measures[judged])
    _say("with judgement", of_judged, joint, _FALSE_REFUSALS_JUDGED)
    stored = {
        "made_by": "assistant.evaluation.fitting_refusal",
        "threshold": round(_threshold(list(compress(found, real)), confidence[real]), 4),
        "intercept": round(model.intercept, 4),
        "weights": {
            n: round(float(w), 4) for n, w in zip(SUFFICIENCY_FEATURES, model.weights, strict=True)
        },
        "judged": {name: round(number, 4) for name, number in numbers.items()},
    }
    _FILE.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
