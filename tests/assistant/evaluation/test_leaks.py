"""No words of a single test question are built into the assistant."""

from pathlib import Path

import pytest

from assistant.evaluation.leaks import files_to_look_at, leaks, main, story_texts
from assistant.evaluation.questions import load_questions
from tests.assistant.evaluation.judged import ask

QUESTIONS = Path(__file__).parents[2] / "questions"
ASKED = [
    (ask(id="a", question="Which harbour museum lends microscopes to pupils of the town?"),),
    (ask(id="b", question="Which harbour museum teaches adults to read on Saturdays?"),),
    (ask(id="c", question="Quel musée prête des microscopes ?", language="fr"),),
]


def found(tmp_path: Path, text: str, told: tuple[str, ...] = ()) -> list[str]:
    (file := tmp_path / "prompts.toml").write_text(text, encoding="utf-8")
    return [f"{leak.question}: {' '.join(leak.words)}" for leak in leaks(ASKED, [file], told)]


def test_the_assistant_holds_no_words_of_a_single_question():
    dialogues = load_questions([QUESTIONS])
    assert [str(leak) for leak in leaks(dialogues, files_to_look_at(), story_texts())] == []


def test_what_is_looked_at_are_code_prompts_and_phrases():
    names = {file.name for file in files_to_look_at()}
    assert {"app.py", "prompts.toml", "phrases.toml", "service.py", "retrieval.py"} <= names
    assert not {"2015-cork.md", "leaks.py", "ranking.json"} & names


@pytest.mark.parametrize(
    "text",
    [
        'example = "Museum lends microscopes to pupils"',
        'a = "a museum lends\nmicroscopes to pupils"',
        'special_case = ["lending microscopes"]',
    ],
)
def test_rows_of_words_and_pairs_of_rare_ones_are_found(tmp_path: Path, text: str):
    assert any(leak.startswith("a: ") for leak in found(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "harbour museum",  # of two questions
        "Which of the adults lends?",
        "Un musée prête un livre.",
        "microscopes = 1\nlends = 2",
    ],
)
def test_what_is_not_one_questions_own_is_no_leak(tmp_path: Path, text: str):
    assert found(tmp_path, text) == []


def test_what_the_stories_tell_belongs_to_all(tmp_path: Path):
    text, story = "lends microscopes", "The museum lends microscopes to pupils of the town."
    assert found(tmp_path, text) and not found(tmp_path, text, (story,))


def test_the_command_tells_and_fails(capsys: pytest.CaptureFixture[str]):
    assert main([str(QUESTIONS)]) == 0
    assert "0 leaks of" in capsys.readouterr().out
    assert main(["nowhere"]) == 1
