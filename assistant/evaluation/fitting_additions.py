"""Fits the reviewed numbers by which a written answer is added to.

`python -m assistant.evaluation.fitting_additions tests/training` takes what the language model says
of the best sentences for questions about stories that it was not taught by (`said`). It chooses
how much its word and the sentence's score weigh, and from where on a sentence adds to the best: the
numbers of `assistant/evidence.json` with which most answers hold all facts while they have at most
`_WORDS` words on average. The sentence reader's word is that of the network that has not seen them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.evaluation.facts import states_all
from assistant.evaluation.fitting import renew
from assistant.evaluation.fitting_reader import fold_of
from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.said import LEFT_OUT, Said
from assistant.evidence import TELLS, EvidenceSettings, ScoredSentence, adds, settings, worth
from assistant.gathering import best_sentences, candidates
from assistant.question import understand
from assistant.quoting import cite
from assistant.service import Assistant
from assistant.settings import NO_MODEL, Settings
from assistant.written_answer import JUDGED

_FILE = Path("assistant/evidence.json")
_CANDIDATES = 40
_WORDS = 36.0
_SCORE, _STATED = (0.0, 0.1, 0.25, 0.5, 1.0), (0.0, 0.1, 0.25, 0.5, 1.0)
_THRESHOLDS = tuple(np.arange(-7.0, 0.1, 0.25))


@dataclass(frozen=True)
class Case:
    """A question's sentences, and the best of them with what the model says, as log-odds."""

    question: Question
    sentences: Sequence[ScoredSentence]
    singly: Sequence[tuple[ScoredSentence, float]]


def cases(assistant: Assistant, questions: Sequence[Question], said: Said) -> list[Case]:
    """Return the cases of questions whose answer one passage holds."""
    catalogue = assistant.catalogue
    stories = {story.slug: story for story in catalogue.stories}
    slugs, found = sorted(stories), []
    for question in tqdm(questions, desc="questions", leave=False):
        asked = understand(question.question, catalogue)
        retrieved = assistant.retrieve(asked, _CANDIDATES)
        sentences = candidates(asked, retrieved, fold_of(question, slugs))
        singly = []
        for sentence in best_sentences(asked, sentences, catalogue).singly:
            [quote] = cite([sentence], stories.__getitem__)
            odds = said.of(asked.standalone, quote)
            if odds is not None:
                singly.append((sentence, odds))
        if singly:
            found.append(Case(question, sentences, singly))
    return found


def answer(case: Case, numbers: EvidenceSettings) -> list[ScoredSentence]:
    """Return the sentences that an answer would rest on with these numbers."""
    best = case.singly[:JUDGED]
    likeliest = max(best, key=lambda each: worth(each[0], case.sentences, each[1], numbers))[0]
    first = next((sentence for sentence, said in best if said > TELLS), likeliest)
    chosen = [first]
    for sentence, said in case.singly:
        if sentence is not first and adds(sentence, case.sentences, chosen, said, numbers):
            chosen.append(sentence)
    return chosen


def outcome(found: Sequence[Case], numbers: EvidenceSettings) -> tuple[float, float, float]:
    """Return the share of answers with all facts, and their mean and median words."""
    answers = [answer(case, numbers) for case in found]
    right = [
        states_all(" ".join(s.hit.passage.label + s.text for s in chosen), case.question.facts)
        for case, chosen in zip(found, answers, strict=True)
    ]
    words = [sum(s.words for s in chosen) for chosen in answers]
    return float(np.mean(right)), float(np.mean(words)), float(np.median(words))


def main(paths: Sequence[str]) -> None:
    """Choose the numbers on the questions of these paths, write them, and print the outcome."""
    dialogues = load_questions([Path(path) for path in paths])
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        slugs = sorted(story.slug for story in assistant.catalogue.stories)
        told = [
            d[0]
            for d in dialogues
            if d[0].answerable and d[0].facts and d[0].section and fold_of(d[0], slugs) == LEFT_OUT
        ]
        found = cases(assistant, told, Said.load())
    tried = []
    for score, said, threshold in product(_SCORE, _STATED, _THRESHOLDS):
        numbers = replace(
            settings(), next_score=score, next_stated=said, next_threshold=float(threshold)
        )
        tried.append((outcome(found, numbers), numbers))
    for said in _STATED:
        _say(
            f"the model's word counts {said}", _best([t for t in tried if t[1].next_stated == said])
        )
    _, best = _best(tried)
    names = ("next_score", "next_stated", "next_threshold")
    renew(_FILE, {name: getattr(best, name) for name in names})


Tried = tuple[tuple[float, float, float], EvidenceSettings]


def _best(tried: Sequence[Tried]) -> Tried:
    """Return the numbers with the most right answers that are short enough, the shortest first."""
    short = [t for t in tried if t[0][1] <= _WORDS] or tried
    return max(short, key=lambda t: (t[0][0], -t[0][1]))


def _say(name: str, tried: Tried) -> None:
    (right, mean, median), numbers = tried
    sys.stdout.write(
        f"{name}: {right:.3f} right, {mean:.1f} words on average, {median:.0f} in the median; "
        f"score {numbers.next_score}, threshold {numbers.next_threshold}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
