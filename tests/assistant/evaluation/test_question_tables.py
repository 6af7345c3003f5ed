"""Questions and answers as a table, the form in which a city keeps its own."""

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.evaluation.questions import Question, load_questions


def read(folder: Path, text: str) -> list[Question]:
    (folder / "city.csv").write_text(text, encoding="utf-8-sig")
    return [question for (question,) in load_questions([folder])]


def test_two_columns_are_enough(tmp_path: Path):
    (one, two) = read(tmp_path, "question,answer\nHow many?,400.\nWarum?,Weil der Fluss so oft\n")
    assert (one.id, one.facts, one.language, one.set) == ("city-1", (("400",),), "en", "city")
    assert one.answerable and two.language == "de"


def test_whether_a_long_answer_is_right_stays_open(tmp_path: Path):
    (one,) = read(tmp_path, "question;answer\nWhy?;Because the river floods the school yearly\n")
    assert one.facts == () and one.answerable


def test_further_columns_say_what_is_known(tmp_path: Path):
    (one,) = read(
        tmp_path,
        "id,question,answer,facts,stories,section,kind,language\n"
        'x,"Who, and when?",A long answer in seven whole words,two|2;May,2015-cork,Staff,how,en\n',
    )
    assert (one.id, one.question, one.kind) == ("x", "Who, and when?", "how")
    assert one.facts == (("two", "2"), ("May",))
    assert (one.stories, one.section) == (("2015-cork",), "Staff")


def test_an_unanswerable_question_has_no_facts(tmp_path: Path):
    (one,) = read(tmp_path, "question,answer,kind\nWho pays?,Not told.,unanswerable\n")
    assert one.unanswerable and not one.facts


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "question\nWhy?\n"])
def test_a_table_without_the_two_columns_is_told(tmp_path: Path, text: str):
    with pytest.raises(AssistantError, match="'question' and 'answer'"):
        read(tmp_path, text)
