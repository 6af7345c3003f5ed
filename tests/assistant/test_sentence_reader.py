"""The sentence reader: what it adds to likeness, and how it is trained."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from assistant.evaluation.facts import states_all
from assistant.evaluation.fitting import is_gold
from assistant.evaluation.fitting_reader import FOLDS, Example, cases, example_of, fold_of, train
from assistant.evaluation.questions import Question, load_questions
from assistant.evidence import beside, linear_score, score_sentences
from assistant.question import understand
from assistant.sentence_reader import Reading, read
from assistant.service import Assistant
from index.embedding import Encoder
from index.store import Store

TRAINING = Path(__file__).parents[1] / "training"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def assistant(all_stories: tuple[Store, Encoder]) -> Assistant:
    from corpus.library import Library

    store, encoder = all_stories
    return Assistant(Library(None), store, encoder)


@pytest.fixture(scope="module")
def harder() -> list[Question]:
    questions = [d[0] for d in load_questions([TRAINING / "answerable-harder.jsonl"])]
    return questions[1::6]


def found(assistant: Assistant, questions: list[Question], own_fold: bool) -> tuple[int, int]:
    """Return of how many questions the best three sentences state all facts.

    First by the linear score, then with the reader: all its networks, or the one that has not seen
    the question's story.
    """
    stories = sorted(story.slug for story in assistant.catalogue.stories)
    told = [0, 0]
    for question in questions:
        asked = understand(question.question, assistant.catalogue)
        fold = fold_of(question, stories) if own_fold else None
        sentences = score_sentences(asked.standalone, assistant.retrieve(asked), fold=fold)
        for way, scores in enumerate(([linear_score(s.features) for s in sentences], None)):
            ranked = sorted(
                zip(scores or [s.score for s in sentences], sentences, strict=True),
                key=lambda pair: -pair[0],
            )
            text = " ".join(s.hit.passage.label + s.text for _, s in ranked[:3])
            told[way] += states_all(text, question.facts)
    return told[0], told[1]


def test_it_finds_more_answers_in_the_bundled_stories(
    assistant: Assistant, harder: list[Question]
) -> None:
    before, after = found(assistant, harder, own_fold=False)
    assert after > before


def test_in_a_story_that_it_has_not_seen_it_does_little_harm(
    assistant: Assistant, harder: list[Question]
) -> None:
    before, after = found(assistant, harder, own_fold=True)
    assert after >= before - 0.06 * len(harder)


def test_what_it_says_does_not_depend_on_what_else_is_read(assistant: Assistant) -> None:
    asked = understand("How is the festival in Cork paid for?", assistant.catalogue)
    retrieved = assistant.retrieve(asked)
    seen = [beside(s) for s in score_sentences(asked.standalone, retrieved)]
    together, alone = read(retrieved.question, seen), read(retrieved.question, seen[2:3])
    assert math.isclose(together[2].relevance, alone[0].relevance, abs_tol=1e-3)
    assert math.isclose(together[2].stated, alone[0].stated, abs_tol=1e-3)


def test_of_another_embedding_it_says_nothing(assistant: Assistant) -> None:
    asked = understand("How is the festival in Cork paid for?", assistant.catalogue)
    retrieved = assistant.retrieve(asked)
    seen = [beside(s) for s in score_sentences(asked.standalone, retrieved)]
    other = replace(retrieved.question, embedding="all-MiniLM-L6-v2")
    assert set(read(other, seen)) == {Reading(0.0, 0.0)}
    assert read(retrieved.question, []) == []


def test_a_network_learns_the_marked_sentences(
    assistant: Assistant, harder: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cases(assistant, harder[:6])
    examples = [example for case in found if (example := example_of(case)) is not None]
    monkeypatch.setattr("assistant.evaluation.fitting_reader._EPOCHS", 25)
    network = train(examples, seed=1)

    def share_of_gold(example: Example) -> float:
        with torch.inference_mode():
            scores = example.linear + network(example.seen)[:, 0]
        return float(torch.softmax(scores, 0)[example.gold].sum())

    before = [float(torch.softmax(e.linear, 0)[e.gold].sum()) for e in examples]
    assert sum(map(share_of_gold, examples)) > sum(before)


def test_every_question_belongs_to_one_fold_and_a_story_to_one_alone(
    assistant: Assistant,
) -> None:
    stories = sorted(story.slug for story in assistant.catalogue.stories)
    folds: dict[str, set[int]] = {}
    for dialogue in load_questions([TRAINING]):
        question = dialogue[0]
        about = (*question.stories, *question.near)
        folds.setdefault(about[0], set()).add(fold_of(question, stories))
    assert {fold for of_story in folds.values() for fold in of_story} == set(range(FOLDS))
    assert all(len(of_story) == 1 for of_story in folds.values())


def test_training_questions_name_quotes_that_stand_in_their_story(assistant: Assistant) -> None:
    bodies = {story.slug: story.body for story in assistant.catalogue.stories}
    for dialogue in load_questions([TRAINING]):
        question = dialogue[0]
        assert question.answerable == bool(question.quotes)
        assert all(quote in bodies[question.stories[0]] for quote in question.quotes), question.id
        assert all(slug in bodies for slug in question.near), question.id


def test_no_training_question_is_a_development_question() -> None:
    def asked(folder: Path) -> set[str]:
        lines = [line for file in folder.rglob("*.jsonl") for line in file.read_text().split("\n")]
        found = [json.loads(line) for line in lines if line.strip()]
        turns = [turn for entry in found for turn in entry.get("turns", [entry])]
        return {turn["question"].casefold() for turn in turns}

    assert not asked(TRAINING) & asked(TRAINING.parent / "questions")


def test_a_sentence_is_gold_by_its_quotes(assistant: Assistant, harder: list[Question]) -> None:
    marked = [
        (case.question, sentence)
        for case in cases(assistant, harder[:5])
        for sentence in case.sentences
        if is_gold(case.question, sentence)
    ]
    assert marked
    assert all(any(s.text.strip() in quote for quote in q.quotes) for q, s in marked)
