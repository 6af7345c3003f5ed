"""Questions proposed from a story: the fact stands in the sentence, not in the question."""

from collections.abc import Iterator

import pytest

from assistant.evaluation.facts import states, states_all
from assistant.evaluation.proposing import GAP, propose
from assistant.language_model import LanguageModel
from corpus.library import Library
from corpus.story import Story
from tests.assistant import model_stand_in as stand_in
from tests.assistant.model_stand_in import Server

STORIES = Library(None).stories()
CORK = next(story for story in STORIES if story.slug == "2015-cork")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_every_story_gives_questions_that_it_answers(story: Story):
    found = list(propose(story, 6))
    assert 3 <= len(found) <= 6
    for question in found:
        assert question.answer in story.body and question.stories == (story.slug,)
        assert states_all(question.answer, question.facts)
        assert GAP in question.question and story.city in question.question
        assert question.section in {section.title for section in story.sections}


def test_what_is_left_out_is_named_by_what_it_is():
    asked = {question.facts[0][0]: question.question for question in propose(CORK, 8)}
    assert asked["25,000"].startswith("Which sum of money is left out here, of Cork:")
    assert asked["65"].startswith("Which number of events is left out")
    assert asked["2014"].startswith("Which year")
    assert asked["50%"].startswith("Which percentage")
    assert asked["PASCAL International Exchanges"].startswith("Which name")


def test_the_sections_take_turns():
    sections = [question.section for question in propose(CORK, 5)]
    assert len(set(sections)) == 5


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def worded(server: Server) -> tuple[str, tuple[str, ...]]:
    model = LanguageModel(server.address, "m", "", 2)
    question = [q for q in propose(CORK, 8, model) if q.section == "Funding"][0]
    model.close()
    return question.question, question.facts[0]


def test_a_language_model_words_the_question(server: Server):
    server.text = "Question: What does Cork's week of learning cost?\nAnswer: €25,000."
    assert worded(server) == ("What does Cork's week of learning cost?", ("€25,000",))


@pytest.mark.parametrize(
    "text",
    [
        "Sure! Here you are.",
        "Question: What does it cost?\nAnswer: €99,000",
        "Question: Does it cost 25,000 euros?\nAnswer: 25,000",
        "Question: What does it cost?\nAnswer:",
        "",
    ],
)
def test_what_the_model_gets_wrong_is_proposed_without_it(server: Server, text: str):
    server.text = text
    question, fact = worded(server)
    assert question.startswith("Which sum of money") and fact == ("25,000",)


def test_a_model_that_is_away_is_done_without(server: Server):
    server.manner = stand_in.with_status(500)
    assert worded(server)[1] == ("25,000",)


def test_no_question_states_its_own_fact():
    for question in propose(CORK, 8):
        assert not states(question.question, question.facts[0])
