"""The embedded model tells a sentence that states what is asked from one that is only near."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.alone import asked, begun, stated, taught, with_examples
from assistant.embedded_model import EmbeddedModel
from assistant.language_model import LanguageModel
from tests.assistant.cork import citation
from tests.assistant.model_stand_in import Server

PEOPLE = citation(1, "The Learning Neighbourhoods are run by 73 part-time coordinators.")
MONEY = citation(2, "The festival costs 180,000 euros a year, which the city council pays.")
ROOMS = citation(3, "Classes are held in libraries, schools and a former brewery.")


def test_a_model_that_was_not_taught_is_shown_examples():
    with Server().running() as server:
        stated(LanguageModel(server.address, "m", "", 30), "Who pays?", MONEY)
    [request] = server.asked
    assert len(request["messages"]) == len(with_examples()) + 1 > len(taught().messages) + 1
    assert request["messages"][-1]["content"] == asked("Who pays?", MONEY).content
    assert "Cork (2015): The festival costs" in request["messages"][-1]["content"]


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedModel]:
    model = EmbeddedModel(300, taught())
    model.wait()
    yield model
    model.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many people look after Cork's Learning Neighbourhoods?", PEOPLE),
        ("What does Cork's festival cost a year, and who pays?", MONEY),
        ("Wer bezahlt das Festival in Cork?", MONEY),
        ("Where are classes held in Cork?", ROOMS),
    ],
)
def test_the_sentence_that_states_what_is_asked_is_the_likeliest(
    embedded: EmbeddedModel, question: str, told
):
    said = {sentence.n: stated(embedded, question, sentence) for sentence in (PEOPLE, MONEY, ROOMS)}
    others = [yes for n, yes in said.items() if n != told.n]
    # Of the sentences it was taught with, a quarter stated what was asked: its yes is cautious.
    assert said[told.n] > 0.2 and said[told.n] > 5 * max(others)


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    ["What do Cork's coordinators earn?", "How many visitors come to Cork's festival from abroad?"],
)
def test_a_sentence_that_is_only_near_states_nothing(embedded: EmbeddedModel, question: str):
    assert max(stated(embedded, question, sentence) for sentence in (PEOPLE, MONEY, ROOMS)) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many people look after Cork's Learning Neighbourhoods?", "73"),
        ("What does Cork's festival cost a year, and who pays?", "180,000"),
    ],
)
def test_behind_its_yes_it_says_what_the_sentence_states(
    embedded: EmbeddedModel, question: str, told: str
):
    sentence = PEOPLE if told == "73" else MONEY
    with closing(begun(embedded, question, sentence, goes_on=True)) as said:
        reply = "".join(said.text())
    assert said.yes > 0.5 and reply.startswith("yes: ") and told in reply
    assert len(reply.split()) < 25
