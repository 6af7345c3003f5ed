"""Fits the reviewed numbers: how passages are ranked and sentences chosen.

`python -m assistant.evaluation.fitting tests/training` plays the questions of one story through
the real steps, fits the weights of `index/ranking.json` and `assistant/evidence.json`, and prints
what they reach on stories that were held out. Both are linear models of a listwise softmax (the
"ListNet top one" loss of Cao et al., 2007): raise the share of the score that falls on what holds
the answer. `fitting_reader` and then `fitting_refusal` go on from there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.evaluation.facts import states
from assistant.evaluation.questions import Question, load_questions
from assistant.evidence import SENTENCE_FEATURES, ScoredSentence, score_sentences
from assistant.question import understand
from assistant.service import Assistant
from assistant.settings import Settings
from index.passages import Passage
from index.retrieval import RANKING_FEATURES, Retrieved, rank_score

_CANDIDATES = 60
_FOLDS = 8
# Keeps weights small where few questions speak for them, such as those of dates.
_RIDGE = 0.02
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question with a gold section, and its candidates with the features as measured now."""

    question: Question
    retrieved: Retrieved
    fold: int


@dataclass(frozen=True)
class Choice:
    """Candidates of one question: (n, features), and which of them hold the answer."""

    features: Matrix
    gold: NDArray[np.bool_]
    fold: int


def cases(assistant: Assistant, questions: Sequence[Question]) -> list[Case]:
    """Return the answerable questions that name one gold section, retrieved."""
    told = [q for q in questions if q.answerable and q.facts and q.section]
    stories = sorted({q.stories[0] for q in told})
    return [
        Case(
            q,
            assistant.retrieve(understand(q.question, assistant.catalogue), _CANDIDATES),
            stories.index(q.stories[0]) % _FOLDS,
        )
        for q in told
    ]


def fit(choices: Sequence[Choice]) -> tuple[float, ...]:
    """Return the weights that put most of the softmax of the scores on what is gold."""
    scale = np.concatenate([c.features - c.features.mean(0) for c in choices]).std(0) + 1e-9
    usable = [((c.features - c.features.mean(0)) / scale, c.gold) for c in choices if c.gold.any()]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        value, slope = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for features, gold in usable:
            scores = features @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            on_gold = shares[gold] / shares[gold].sum()
            value -= float(np.log(shares[gold].sum())) / len(usable)
            slope = slope + (features.T @ shares - features[gold].T @ on_gold) / len(usable)
        return value, slope

    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B")
    return tuple(float(w) for w in found.x / scale)


def held_out(choices: Sequence[Choice]) -> dict[int, tuple[float, ...]]:
    """Return for each fold the weights fitted on the other folds."""
    folds = {c.fold for c in choices}
    return {fold: fit([c for c in choices if c.fold != fold]) for fold in folds}


def passage_choice(case: Case) -> Choice:
    """Return a case's passages: gold are those of the gold story and section."""
    hits = case.retrieved.hits
    gold = [_in_gold_section(case.question, hit.passage) for hit in hits]
    return Choice(np.array([hit.features for hit in hits]), np.array(gold), case.fold)


def sentence_choice(case: Case, sentences: Sequence[ScoredSentence]) -> Choice:
    """Return a case's sentences, and which of them state the answer."""
    gold = [is_gold(case.question, sentence) for sentence in sentences]
    return Choice(np.array([s.features for s in sentences]), np.array(gold), case.fold)


def is_gold(question: Question, sentence: ScoredSentence) -> bool:
    """Tell whether a sentence states the answer: by the gold quotes, or by facts without these."""
    passage = sentence.hit.passage
    if not question.answerable or passage.story not in question.stories:
        return False
    if question.quotes:
        text = sentence.text.strip()
        return any(text in quote or quote in text for quote in question.quotes)
    stated = any(states(sentence.text, fact) for fact in question.facts)
    return stated and _in_gold_section(question, passage)


def ranked(case: Case, weights: Sequence[float]) -> Retrieved:
    """Return a case's passages ranked by other weights."""
    hits = [replace(hit, score=rank_score(hit.features, weights)) for hit in case.retrieved.hits]
    hits.sort(key=lambda hit: -hit.score)
    return Retrieved(case.retrieved.question, tuple(hits))


def _in_gold_section(question: Question, passage: Passage) -> bool:
    """Tell whether a passage is of the gold story, and of its gold section if one is named."""
    in_story = passage.story in question.stories
    return in_story and question.section in ("", passage.section)


def _report_ranking(found: Sequence[Case], rank: Callable[[Case], Retrieved]) -> str:
    first = fifth = 0
    for case in found:
        hits = rank(case).hits
        first += hits[0].passage.story in case.question.stories
        fifth += any(_in_gold_section(case.question, hit.passage) for hit in hits[:5])
    n = len(found)
    return f"held out, {n} questions: story@1 {first / n:.3f}, passage@5 {fifth / n:.3f}"


def main(paths: Sequence[str]) -> None:
    """Fit the weights on the questions of these paths, write them, and print what they reach."""
    questions = [d[0] for d in load_questions([Path(path) for path in paths])]
    with Assistant.open(Settings.from_environment()) as assistant:
        found = cases(assistant, questions)
    passages = [passage_choice(case) for case in found]
    by_fold = held_out(passages)
    sys.stdout.write(_report_ranking(found, lambda c: ranked(c, by_fold[c.fold])) + "\n")
    ranking = fit(passages)
    renew(Path("index/ranking.json"), {"weights": _named(RANKING_FEATURES, ranking)})
    sentences = []
    for case in found:
        retrieved = ranked(case, ranking)
        scored = score_sentences(case.question.question, retrieved)
        sentences.append(sentence_choice(case, scored))
    chosen = fit(sentences)
    weights = _named(SENTENCE_FEATURES, chosen)
    renew(Path("assistant/evidence.json"), {"sentence_weights": weights})
    sys.stdout.write("Now run 'learning-city evaluate tests/questions --quotes'.\n")


def renew(file: Path, numbers: Mapping[str, Any]) -> None:
    """Put numbers by name into a file of reviewed numbers; its other numbers stay."""
    stored = json.loads(file.read_text("utf-8")) | numbers
    file.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


def _named(names: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    return {n: round(w, 3) for n, w in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main(sys.argv[1:])
