"""What the embedded model is taught by: sentences of the stories, and no development question."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.evaluation.fitting_adapter import Marks
from assistant.evaluation.fitting_reader import fold_of
from assistant.evaluation.questions import load_questions
from assistant.evaluation.said import LEFT_OUT, Said
from assistant.quoting import citation
from corpus.library import Library
from index.passages import passages_of
from index.words import words

TESTS = Path(__file__).parents[2]
TOLD = TESTS / "told"


@pytest.fixture(scope="module")
def marks():
    return Marks.load(TOLD)


@pytest.fixture(scope="module")
def own():
    return [d[0] for d in load_questions([TOLD / "questions.jsonl"])]


@pytest.fixture(scope="module")
def questions(own):
    return [*(d[0] for d in load_questions([TESTS / "training"])), *own]


def test_each_marked_sentence_is_one_of_its_story(marks):
    sentences = {
        (passage.story, passage.text[start:end])
        for story in Library(None).stories()
        for passage in passages_of(story)
        for start, end in passage.sentences
    }
    marked = {sentence for stated in marks.stated.values() for sentence in stated}
    assert len(marked) > 1000 and marked <= sentences
    assert {sentence for _, sentence in marks.near} <= sentences


def test_marks_are_of_questions_that_are_told(marks, questions):
    told = {question.id for question in questions if question.answerable}
    assert set(marks.stated) <= told and set(marks.in_words) <= told


def test_as_much_is_told_as_is_only_near(own):
    untold = [question for question in own if question.unanswerable]
    assert 0.48 < len(untold) / len(own) < 0.52
    assert all(question.near for question in untold)


def test_no_question_is_there_twice_or_is_a_development_question(marks, questions):
    taught = [question.question for question in questions]
    assert len(set(taught)) == len(taught)
    taught += [wording for wordings in marks.in_words.values() for wording in wordings]
    taught += [near for near, _ in marks.near]
    development = {
        frozenset(words(turn.question))
        for dialogue in load_questions([TESTS / "questions"])
        for turn in dialogue
    }
    worded = [frozenset(words(question)) for question in taught]
    assert not [question for question in worded if len(question) > 2 and question in development]


def test_what_the_model_said_is_of_the_prompts_that_it_is_asked(marks, questions):
    said = Said.load(TOLD)
    stories = {story.slug: story for story in Library(None).stories()}
    slugs = sorted(stories)
    asked = 0
    for question in questions[::20]:
        if fold_of(question, slugs) == LEFT_OUT:
            for slug, sentence in marks.stated.get(question.id, ()):
                start = stories[slug].body.index(sentence)
                quote = citation(1, stories[slug], start, start + len(sentence))
                asked += said.of(question.question, quote) is not None
    assert asked > 20
