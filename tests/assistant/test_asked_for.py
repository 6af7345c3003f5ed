"""What a question asks for: its parts."""

import pytest

from assistant.asked_for import asks_again


@pytest.mark.parametrize(
    "question",
    [
        "How much does the festival cost, and who pays for it?",
        "When was it founded and by whom?",
        "¿Quién lo paga y cuánto cuesta?",
        "Qui paie, et combien ?",
        "Wer bezahlt das, und seit wann?",
        "Кто платит и сколько?",
        "من يدفع وكم؟",
        "谁负责，多少钱？",
        "누가 내고, 얼마예요?",
    ],
)
def test_a_second_question_behind_the_first_is_noticed(question: str) -> None:
    assert asks_again(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many people look after it?",
        "Which city helps households whose children are not enrolled?",
        "Does Cork, an old port, have a festival?",
        "¿Qué hace Medellín y su región?",
        "谁负责？",
    ],
)
def test_one_question_is_one(question: str) -> None:
    assert not asks_again(question)
