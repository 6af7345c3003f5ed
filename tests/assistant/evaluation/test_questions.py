"""Question files: read as they are, and faults told with file and line."""

import json
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.evaluation.questions import load_questions, sample

FILES = Path(__file__).parents[2] / "questions"
QUESTION = {
    "id": "q1",
    "question": "How many?",
    "answer": "Two.",
    "facts": ["two|2", "part-time"],
    "stories": ["2015-cork"],
    "section": "Funding",
    "kind": "lookup",
    "language": "en",
}


def write(file: Path, *lines: object) -> Path:
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_a_folder_gives_the_questions_of_all_files_in_it():
    dialogues = load_questions([FILES])
    sets = {question.set for dialogue in dialogues for question in dialogue}
    assert sets == {"single", "across", "conversations", "unanswerable", "twins"}
    assert len(dialogues) == len({d[0].id for d in dialogues}) == 324
    assert sum(len(dialogue) for dialogue in dialogues) == 427


def test_a_set_keeps_its_name_whatever_folder_it_is_read_from():
    assert {d[0].set for d in load_questions([FILES / "single"])} == {"single"}
    assert {d[0].set for d in load_questions([FILES / "single" / "2015-cork.jsonl"])} == {"single"}


def test_a_file_named_twice_counts_once(tmp_path: Path):
    file = write(tmp_path / "a.jsonl", QUESTION)
    assert len(load_questions([file, tmp_path])) == 1


def test_a_question_keeps_all_that_is_known_of_it(tmp_path: Path):
    ((question,),) = load_questions([write(tmp_path / "a.jsonl", QUESTION)])
    assert question.facts == (("two", "2"), ("part-time",))
    assert (question.stories, question.section) == (("2015-cork",), "Funding")
    assert question.answerable and not question.unanswerable and question.turn == 0


def test_a_conversation_gives_its_turns_in_order_in_its_language(tmp_path: Path):
    turn = {key: QUESTION[key] for key in ("question", "answer", "facts", "stories", "section")}
    turns = [turn | {"kind": "how"}, turn | {"kind": "unanswerable", "facts": []}]
    file = write(tmp_path / "a.jsonl", {"id": "c1", "language": "ko", "turns": turns})
    (dialogue,) = load_questions([file])
    assert [(q.id, q.turn, q.language) for q in dialogue] == [("c1", 1, "ko"), ("c1", 2, "ko")]
    assert [q.unanswerable for q in dialogue] == [False, True]


def test_small_talk_is_neither_answerable_nor_unanswerable(tmp_path: Path):
    talk = QUESTION | {"kind": "smalltalk", "facts": [], "stories": []}
    ((question,),) = load_questions([write(tmp_path / "a.jsonl", talk)])
    assert not question.answerable and not question.unanswerable


@pytest.mark.parametrize(
    "line", ["{", "3", '{"id": "x"}', '{"id": "x", "turns": 3}', '{"id": "x", "turns": [1]}']
)
def test_a_line_that_is_no_question_is_told_with_its_place(tmp_path: Path, line: str):
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(QUESTION) + "\n" + line, encoding="utf-8")
    with pytest.raises(AssistantError, match=r"a\.jsonl:2: "):
        load_questions([file])


def test_a_wrong_path_encoding_or_empty_folder_is_told(tmp_path: Path):
    with pytest.raises(AssistantError, match="no question file"):
        load_questions([tmp_path / "none.jsonl"])
    with pytest.raises(AssistantError, match="No questions"):
        load_questions([tmp_path])
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe{}")
    with pytest.raises(AssistantError, match="UTF-8"):
        load_questions([tmp_path])


def test_a_sample_is_the_same_for_the_same_seed_and_keeps_the_order():
    dialogues = load_questions([FILES])
    chosen = sample(dialogues, 20, seed=1)
    assert chosen == sample(dialogues, 20, seed=1) != sample(dialogues, 20, seed=2)
    assert len(chosen) == 20
    assert list(chosen) == [dialogue for dialogue in dialogues if dialogue in chosen]
    assert sample(dialogues, None, seed=1) == sample(dialogues, 9999, seed=1) == dialogues
