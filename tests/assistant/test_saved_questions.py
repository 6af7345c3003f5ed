"""Saved questions: what readers get now that they did not get before a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Answer, Kind, Mode, Reason
from assistant.question import LONGEST
from assistant.saved_questions import MOST, SavedQuestions
from corpus.errors import CorpusError
from tests.index.small_library import make_story

BERGEN, OSLO = make_story("Bergen"), make_story("Oslo")


class Reader:
    """Answers every question with the same text, and counts the questions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[str] = []

    def __call__(self, question: str) -> Answer:
        self.asked.append(question)
        return Answer(
            question, question, "en", Kind.NOT_FOUND, Mode.QUOTES,
            reason=Reason.NO_SUCH_CITY, message=self.text,
        )  # fmt: skip


def test_questions_are_lines_of_a_file_beside_those_always_asked(tmp_path: Path):
    saved = SavedQuestions(tmp_path, ["What is paid?"])
    assert saved.questions() == ("What is paid?",) and saved.text() == ""
    assert saved.save("  Who  learns? \n\nWhat is paid?\nWho learns?\n") == 2
    assert saved.text() == "Who learns?\nWhat is paid?\n"
    assert saved.questions() == ("What is paid?", "Who learns?")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n".join(f"What about {n}?" for n in range(MOST + 1)), "are too many"),
        ("x" * (LONGEST + 1), "is too long"),
    ],
)
def test_what_cannot_be_saved_is_told_and_the_old_questions_stay(
    tmp_path: Path, text: str, told: str
):
    saved = SavedQuestions(tmp_path)
    saved.save("Who learns?")
    with pytest.raises(CorpusError, match=told):
        saved.save(text)
    assert saved.questions() == ("Who learns?",)


def test_an_answer_that_is_another_since_a_change_is_kept_with_what_changed(tmp_path: Path):
    saved = SavedQuestions(tmp_path, ["Who learns?"])
    saved.look([BERGEN], Reader("Nobody."))
    assert saved.differences() == ()
    saved.look([BERGEN, OSLO], Reader("Sailors."))
    (difference,) = SavedQuestions(tmp_path).differences()
    assert difference.question == "Who learns?" and difference.changed == ("2021-oslo",)
    assert (difference.before.text, difference.after.text) == ("Nobody.", "Sailors.")


def test_an_answer_that_stays_is_no_difference(tmp_path: Path):
    saved = SavedQuestions(tmp_path, ["Who learns?"])
    saved.look([BERGEN], Reader("Nobody."))
    saved.look([OSLO], Reader("Nobody."))
    assert saved.differences() == ()


def test_nothing_is_asked_again_where_nothing_changed(tmp_path: Path):
    saved = SavedQuestions(tmp_path, ["Who learns?"])
    reader = Reader("Nobody.")
    saved.look([BERGEN], reader)
    saved.look([BERGEN], reader)
    assert reader.asked == ["Who learns?"]
    saved.save("What is paid?")
    saved.look([BERGEN], reader)
    assert reader.asked == ["Who learns?", "What is paid?"]


def test_stopped_on_the_way_it_asks_no_further_and_keeps_what_was_known(tmp_path: Path):
    saved = SavedQuestions(tmp_path, ["Who sails?", "Who rows?", "Who swims?"])
    saved.look([BERGEN], Reader("Nobody."))
    reader = Reader("Sailors.")

    def stop_at_the_second(question: str) -> Answer:
        if len(reader.asked) == 1:
            saved.stop()
        return reader(question)

    saved.look([OSLO], stop_at_the_second)
    assert reader.asked == ["Who sails?", "Who rows?"] and not saved.differences()
    later = SavedQuestions(tmp_path, ["Who sails?", "Who rows?", "Who swims?"])
    later.look([OSLO], Reader("Sailors."))
    assert len(later.differences()) == 3


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stories": 1}', '{"answers": {"x": 3}}'])
def test_a_damaged_file_of_answers_is_begun_anew(tmp_path: Path, content: str):
    (tmp_path / "saved-answers.json").write_text(content)
    saved = SavedQuestions(tmp_path, ["Who learns?"])
    assert saved.differences() == ()
    saved.look([BERGEN], Reader("Nobody."))
    saved.look([OSLO], Reader("Sailors."))
    assert len(saved.differences()) == 1
