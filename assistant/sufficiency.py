"""Whether the evidence answers the question, or the stories do not tell.

Similarity alone says nothing about this: what is near but not told is as similar as what is told.
The decision rests on features that mean something (is a sum of money there where one is asked
for, is the place named one of the stories' places, does another city's story match better),
joined by a logistic model whose reviewed numbers stand in `sufficiency.json`;
`assistant.evaluation.fitting_refusal` makes them. Where a language model has judged the best
sentences, how likely it says that one states what is asked is weighed with that: it sees near
misses, which look alike to every other measure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Reason
from assistant.asked_for import Thing, holds, things_asked
from assistant.evidence import ScoredSentence
from assistant.question import Question
from corpus.catalogue import Catalogue
from index.late_interaction import best_matches
from index.retrieval import Retrieved

SUFFICIENCY_FEATURES = (
    "best_match",
    "weakest_match",
    "beyond_best",
    "similarity",
    "lead",
    "share_far",
    "money_far",
    "reason_asked",
    "year_missing",
    "nothing_named",
    "other_city_nearer",
    "elsewhere_alone",
    "off_topic",
    "off_topic_and_nothing_named",
    "stated",
    "stated_by_few",
)
# The share of a question's weight that lies below its "weakest match".
_WEAKEST_SHARE = 0.2
# How much worse a sentence with the thing asked for can count as being, at most.
_FARTHEST = 5.0
# From this distance on a question counts as off topic; most on topic are at -0.03 and below.
_OFF_TOPIC, _OFF_TOPIC_BARE = -0.01, -0.02
# Below this confidence, by the measures alone, nothing in the stories is even near.
_NOTHING_NEAR = 0.1
# Below this one the sentences are not even judged.
_HOPELESS = 0.02
# The sentences that most likely state what is asked; an answer rests on about so many.
_FEW = 3
# Probabilities nearer to 0 or 1 than this say no more than this one.
_SUREST = 1e-4


@dataclass(frozen=True)
class Verdict:
    """How likely the evidence answers the question; with a reason if it is taken not to.

    `names` are the values that the reason's words need, such as the places.
    """

    confidence: float
    reason: Reason | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What was found for a question; `topic_distance` is the question's, from `Topic.distance`."""

    asked: Question
    retrieved: Retrieved
    sentences: Sequence[ScoredSentence]
    catalogue: Catalogue
    topic_distance: float


def judge(found: Evidence, said: float | None = None) -> Verdict:
    """Return whether a question's best sentences answer it.

    :param said: the log-odds that one of them states what is asked, as a language model says of the
        likeliest; None where none has judged them.
    """
    if not found.sentences:
        return Verdict(0.0, Reason.NOTHING_NEAR)
    measured = features(found)
    model = _model()
    score = float(np.dot(measured, model.weights)) + model.intercept
    by_measures = confidence = _probability(score)
    threshold = model.threshold
    if said is not None:
        judged = model.judged
        confidence = _probability(judged.intercept + judged.measures * score + judged.said * said)
        threshold = judged.threshold
    if confidence >= threshold:
        return Verdict(confidence)
    by_name = dict(zip(SUFFICIENCY_FEATURES, measured, strict=True))
    return Verdict(confidence, *_reason(by_measures, found.asked, by_name))


def hopeless(verdict: Verdict) -> bool:
    """Tell whether no judgement of the sentences could turn a refusal into an answer."""
    return verdict.reason is not None and verdict.confidence < _HOPELESS


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability, kept finite."""
    kept = min(max(probability, _SUREST), 1 - _SUREST)
    return math.log(kept / (1 - kept))


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def features(found: Evidence) -> tuple[float, ...]:
    """Return the measures by which evidence is judged, in the order of SUFFICIENCY_FEATURES.

    Similarities are multiplied by ten, so that all weights are of one size.
    """
    asked, retrieved, sentences = found.asked, found.retrieved, found.sentences
    weights, hits = retrieved.question.rare_weights, retrieved.hits
    best = max(sentences, key=lambda s: s.score)
    things = things_asked(asked.standalone)
    others = [hit.score for hit in hits[1:6]] or [hits[0].score]
    nothing_named = not asked.names
    elsewhere = any(m.kind == "elsewhere" for m in asked.mentions.spans)
    return (
        10 * best.features[1],
        10 * _quantile(_told(retrieved, sentences), weights, _WEAKEST_SHARE),
        10 * max(0.0, hits[0].features[1] - best.features[1]),
        10 * max(s.features[3] for s in sentences),
        hits[0].score - float(np.mean(others)),
        _far(Thing.SHARE, things, sentences),
        _far(Thing.MONEY, things, sentences),
        float(Thing.REASON in things),
        float(_year_missing(asked, retrieved, found.catalogue)),
        float(nothing_named),
        _other_city_nearer(asked, retrieved, found.catalogue),
        float(elsewhere and nothing_named),
        10 * max(0.0, found.topic_distance - _OFF_TOPIC),
        10 * max(0.0, found.topic_distance - _OFF_TOPIC_BARE) * nothing_named,
        max(s.stated for s in sentences),
        float(np.mean(sorted((s.stated for s in sentences), reverse=True)[:_FEW])),
    )


def _told(retrieved: Retrieved, sentences: Sequence[ScoredSentence]) -> NDArray[np.float32]:
    """Return how well each token of the question is matched anywhere near."""
    first = retrieved.hits[0]
    label = best_matches(
        retrieved.question.tokens.vectors, first.tokens.vectors[first.text_offsets[:, 0] < 0]
    )
    return np.asarray(np.max([label, *(s.matches for s in sentences)], axis=0), np.float32)


def _far(thing: Thing, asked: frozenset[Thing], sentences: Sequence[ScoredSentence]) -> float:
    """Return how much worse than the best the best sentence is that holds a thing asked for."""
    if thing not in asked:
        return 0.0
    holding = max((s.score for s in sentences if holds(s.text, thing)), default=-math.inf)
    return min(max(s.score for s in sentences) - holding, _FARTHEST)


def _year_missing(asked: Question, retrieved: Retrieved, catalogue: Catalogue) -> bool:
    """Tell whether a year is asked about that the best passages do not name.

    Award years do not count: "the city that won in 2017" need not be told in its passage.
    """
    text = " ".join(hit.passage.label + hit.passage.text for hit in retrieved.hits[:3])
    years = set(asked.mentions.years) - set(catalogue.years)
    return any(str(year) not in text for year in years)


def _other_city_nearer(asked: Question, retrieved: Retrieved, catalogue: Catalogue) -> float:
    """Return by how much a passage of a city that is not named matches better."""
    cities = set(asked.mentions.cities)
    named = {story.slug for story in catalogue.stories if story.city in cities}
    near = [h.features[1] for h in retrieved.hits if h.passage.story in named]
    far = [h.features[1] for h in retrieved.hits if h.passage.story not in named]
    return 10 * max(0.0, max(far) - max(near)) if near and far else 0.0


def _quantile(values: NDArray[np.float32], weights: NDArray[np.float32], share: float) -> float:
    """Return the value below which a share of the weight lies."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order[min(int(np.searchsorted(reached, share)), len(order) - 1)]])


def _reason(
    confidence: float, asked: Question, measured: Mapping[str, float]
) -> tuple[Reason, Mapping[str, str]]:
    """Return the reason of a refusal that weighs most for a reader, and the names in it.

    :param confidence: by the measures alone: a model is as sure that what is near does not tell it
        as that what is far does not.
    """
    elsewhere = [m.text for m in asked.mentions.spans if m.kind == "elsewhere"]
    if measured["elsewhere_alone"] and elsewhere:
        return Reason.CITY_WITHOUT_STORY, {"places": ", ".join(dict.fromkeys(elsewhere))}
    if measured["other_city_nearer"] > 0 and len(asked.mentions.cities) == 1:
        return Reason.OTHER_CITY, {"city": asked.mentions.cities[0]}
    if confidence < _NOTHING_NEAR or measured["off_topic"] > 0:
        return Reason.NOTHING_NEAR, {}
    return Reason.NEAR_NOT_TOLD, {}


@dataclass(frozen=True)
class _Judged:
    """How much the measures and what a language model says of the sentences weigh together."""

    measures: float
    said: float
    intercept: float
    threshold: float


@dataclass(frozen=True)
class _Model:
    weights: tuple[float, ...]
    intercept: float
    threshold: float
    judged: _Judged


@lru_cache(maxsize=1)
def _model() -> _Model:
    stored = json.loads((files("assistant") / "sufficiency.json").read_text("utf-8"))
    weights = tuple(stored["weights"][name] for name in SUFFICIENCY_FEATURES)
    return _Model(weights, stored["intercept"], stored["threshold"], _Judged(**stored["judged"]))
