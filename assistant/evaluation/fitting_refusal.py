"""Fits the reviewed numbers by which the assistant says that the stories do not tell.

`python -m assistant.evaluation.fitting_refusal tests/training` measures the evidence of questions
of both kinds and fits a logistic model in which each measure speaks in the direction of its
meaning. Unanswerable questions are few, so each answerable one is also shown without the passages
that answer it: near, but not told. These made ones count less.
What the sentence reader says is that of the network that has not seen the question's story.
The threshold is the one at which so many answerable questions are refused, held out by story, as
`_FALSE_REFUSALS` allows.

Where a language model judges the best sentences, what it says of the likeliest is weighed with the
measures by a second logistic model, fitted on what the first one says of stories it has not seen.
The questions are about stories that the model's adapter was not trained on (`fitting_adapter`), as
many as `_JUDGED` of each kind. It takes seconds a question; what it said is kept in `alone.json` of
the data folder, so that a changed measure is fitted anew in minutes. A new adapter needs a new
`alone.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm import tqdm

from assistant import alone
from assistant.answer import Citation
from assistant.evaluation.fitting_adapter import LEFT_OUT
from assistant.evaluation.fitting_reader import fold_of
from assistant.evaluation.kept import Kept
from assistant.evaluation.measures import auroc
from assistant.evaluation.questions import Question, load_questions
from assistant.gathering import best_sentences, candidates
from assistant.language_model import LanguageModel
from assistant.question import understand
from assistant.quoting import cite
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.sufficiency import SUFFICIENCY_FEATURES, Evidence, features, log_odds
from assistant.written_answer import JUDGED
from index.retrieval import Retrieved

_FILE = Path("assistant/sufficiency.json")
_CANDIDATES = 40
_SHOWN = 10
_FOLDS, _REPEATS = 8, 5
_WEIGHT_OF_MADE = 0.2
# Questions of each kind of which the language model judges the sentences.
_JUDGED = 96
_FALSE_REFUSALS = 0.045
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


def judged(model: LanguageModel, asked: str, quote: Citation, kept: Kept) -> float:
    """Return how likely a quote states what is asked, as the model says or once said."""
    prompt = (*alone.taught().messages, alone.asked(asked, quote))
    return float(kept.of(prompt, partial(alone.stated, model, asked, quote)))


def examples(assistant: Assistant, questions: Sequence[Question], kept: Kept) -> list[Example]:
    """Return the examples that questions of both kinds give.

    :param kept: what the language model said of sentences before.
    """
    assert assistant.model is not None
    model = assistant.model
    stories = {story.slug: story for story in assistant.catalogue.stories}
    slugs = sorted(stories)
    to_judge = _sample(questions, slugs)
    found = []
    for question in tqdm(questions, desc="questions", leave=False):
        asked = understand(question.question, assistant.catalogue)
        whole = assistant.retrieve(asked, _CANDIDATES)
        distance = assistant.topic.distance(whole.question.vector)
        views = [(question.answerable, False, whole)]
        if question.answerable and question.section:
            views.append((False, True, _without_answer(whole, question)))
        for told, made, view in views:
            shown = view.first(_SHOWN)
            fold = fold_of(question, slugs)
            sentences = candidates(asked, view, fold)
            evidence = Evidence(asked, shown, sentences, assistant.catalogue, distance)
            said = None
            if question.id in to_judge and not made:
                best = best_sentences(asked, sentences, assistant.catalogue).singly[:JUDGED]
                quotes = [cite([sentence], stories.__getitem__)[0] for sentence in best]
                said = log_odds(max(judged(model, asked.standalone, q, kept) for q in quotes))
            found.append(Example(question, told, made, features(evidence), said))
    return found


def _sample(questions: Sequence[Question], slugs: Sequence[str]) -> frozenset[str]:
    """Return the ids of the questions that the language model judges, as many of each kind."""
    random = np.random.default_rng(0)
    ids: list[str] = []
    for told in (True, False):
        kind = [q.id for q in questions if q.answerable is told and fold_of(q, slugs) == LEFT_OUT]
        ids += [kind[i] for i in random.permutation(len(kind))[:_JUDGED]]
    return frozenset(ids)


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
        "threshold": _threshold(found, joint),
    }
    return numbers, joint


def _threshold(found: Sequence[Example], confidence: NDArray[np.float64]) -> float:
    """Return the confidence below which the allowed share of answerable questions lies.

    Those count that one passage answers: what is told across many cities is never told whole.
    """
    told = sorted(
        c for e, c in zip(found, confidence, strict=True) if e.told and e.question.section
    )
    return float(told[int(_FALSE_REFUSALS * len(told))])


def _say(name: str, found: Sequence[Example], confidence: NDArray[np.float64]) -> None:
    told = [c for e, c in zip(found, confidence, strict=True) if e.told]
    untold = [c for e, c in zip(found, confidence, strict=True) if not e.told]
    threshold = _threshold(found, confidence)
    refused = sum(c < threshold for c in untold) / len(untold)
    sys.stdout.write(
        f"{name}, held out: AUROC {auroc(told, untold):.3f}; at {threshold:.3f} refused "
        f"{refused:.3f} of {len(untold)} unanswerable, {_FALSE_REFUSALS} of {len(told)} "
        "answerable\n"
    )


def main(paths: Sequence[str]) -> None:
    """Fit the models on the questions of these paths, write them, and print what they reach."""
    dialogues = load_questions([Path(path) for path in paths])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    settings = Settings.from_environment()
    with Assistant.open(settings) as assistant:
        if assistant.model is None:
            raise SystemExit("The fitting needs a language model: set LEARNING_CITY_LLM.")
        assistant.model.wait()
        found = examples(assistant, questions, Kept(settings.data / "alone.json"))
    confidence = held_out(found)
    real = [e for e in found if not e.made]
    of_real = np.array([c for e, c in zip(found, confidence, strict=True) if not e.made])
    asked = [e for e in real if e.said is not None]
    of_asked = np.array([c for e, c in zip(real, of_real, strict=True) if e.said is not None])
    numbers, joint = with_judgement(asked, of_asked)
    _say("measures alone", real, of_real)
    _say("measures alone, those judged", asked, of_asked)
    _say("with judgement", asked, joint)
    model = _fitted(found)
    stored = {
        "made_by": "assistant.evaluation.fitting_refusal",
        "threshold": round(_threshold(real, of_real), 4),
        "intercept": round(model.intercept, 4),
        "weights": {
            n: round(float(w), 4) for n, w in zip(SUFFICIENCY_FEATURES, model.weights, strict=True)
        },
        "judged": {name: round(number, 4) for name, number in numbers.items()},
    }
    _FILE.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
