"""The growing of question files: a person accepts, corrects or rejects what is proposed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.answer import Answer, Kind, Mode, RetrievedPassage, Sentence
from assistant.errors import AssistantError
from assistant.evaluation.proposing import propose
from assistant.evaluation.question_files import append, corrected, entry, missing
from assistant.evaluation.questions import load_questions
from assistant.feedback import read_feedback, report
from corpus.library import Library
from tests.assistant.cork import citation

CORK = Library(None).get("2015-cork")
PROPOSED = list(propose(CORK, 4))
ANSWER = Answer(
    "And what does it cost?", "What does Cork's festival cost?", "en", Kind.ANSWERED, Mode.QUOTES,
    sentences=(Sentence("A festival.", (1,)),), citations=(citation(1, "A festival."),),
)  # fmt: skip
RETRIEVED = (RetrievedPassage("2015-cork", "People", 0, 9, 0.5),)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEARNING_CITY_DATA", str(tmp_path / "data"))
    return tmp_path


def typing(monkeypatch: pytest.MonkeyPatch, lines: Sequence[str]) -> None:
    """Let a person at a terminal type these lines, and then close it."""
    typed: Iterator[str] = iter(lines)

    def line(prompt: str = "") -> str:
        if (text := next(typed, None)) is None:
            raise EOFError
        return text

    monkeypatch.setattr("builtins.input", line)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)


def ids(file: Path) -> list[str]:
    return [question.id for (question,) in load_questions([file])]


def test_accepted_questions_are_added_and_can_be_evaluated(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    typing(
        monkeypatch,
        ["y", "n", "question=What does the week cost?", "facts=500; 600|six hundred", "y"],
    )
    assert main(["propose", "2015-cork", "--limit", "3"]) == 0
    (first,), (second,) = load_questions([here / "2015-cork.jsonl"])
    assert first == replace(PROPOSED[0], set="single")
    assert second.question == "What does the week cost?"
    assert second.facts == (("500",), ("600", "six hundred"))
    assert "Added to 2015-cork.jsonl: 2." in capsys.readouterr().out


def test_who_quits_keeps_what_was_accepted(here: Path, monkeypatch: pytest.MonkeyPatch):
    typing(monkeypatch, ["y", "q"])
    assert main(["propose", "2015-cork", "--to", "sets/mine.jsonl"]) == 0
    assert ids(here / "sets/mine.jsonl") == ["2015-cork-p1"]


def test_nothing_accepted_makes_no_file(here: Path, monkeypatch: pytest.MonkeyPatch):
    typing(monkeypatch, ["n"] * 8)
    assert main(["propose", "2015-cork"]) == 0
    assert [*here.glob("*.jsonl")] == []


def test_a_wrong_field_is_told_and_asked_again(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    typing(monkeypatch, ["colour=red", "facts=", "y"])
    assert main(["propose", "2015-cork"]) == 0
    said = capsys.readouterr().out
    assert "'colour' is no field of a question" in said and "Say facts=…" in said


def test_a_story_file_may_be_named(here: Path, capsys: pytest.CaptureFixture[str]):
    file = Path(__file__).parents[2] / "corpus/stories/2015-cork.md"
    assert main(["propose", str(file), "--json", "--limit", "2"]) == 0
    found = json.loads(capsys.readouterr().out)["proposals"]
    assert found == [entry(question) for question in PROPOSED[:2]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2015-cork"], "a person must accept each question"),
        (["2015-korc", "--json"], "2015-korc"),
        (["nowhere.md", "--json"], "nowhere.md"),
        (["--feedback", "nowhere.jsonl", "--json"], "nowhere.jsonl"),
    ],
)
def test_a_failure_is_told_in_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
):
    assert main(["propose", *arguments]) == 1
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1 and "Traceback" not in error


def test_questions_get_ids_that_are_free(tmp_path: Path):
    file = tmp_path / "q.jsonl"
    append(file, PROPOSED[:1])
    file.write_text(file.read_text("utf-8").rstrip("\n"), encoding="utf-8")
    append(file, [*PROPOSED[:2], *PROPOSED[:1]])
    assert ids(file) == ["2015-cork-p1", "2015-cork-p1-2", "2015-cork-p2", "2015-cork-p1-3"]


def test_a_file_that_is_none_stays_as_it_is(tmp_path: Path):
    file = tmp_path / "q.jsonl"
    file.write_text("not JSON\n")
    with pytest.raises(AssistantError, match=r"q\.jsonl:1: this line is not JSON"):
        append(file, PROPOSED[:1])
    assert file.read_text() == "not JSON\n" and [*tmp_path.iterdir()] == [file]


def test_an_unanswerable_question_has_no_place_and_no_facts():
    question = corrected(PROPOSED[0], "kind", "unanswerable")
    assert not missing(question) and question.facts == question.stories == ()
    assert "why" in entry(corrected(question, "why", "near-miss"))


@pytest.mark.parametrize("folder", [True, False])
def test_a_reported_answer_becomes_a_question_once_a_person_says_what_is_right(
    here: Path, monkeypatch: pytest.MonkeyPatch, folder: bool
):
    place = here if folder else here / "kept.jsonl"
    report(place, ANSWER, RETRIEVED)
    report(place, ANSWER, RETRIEVED)
    kept = [
        json.loads(line) for line in (here / ("feedback.jsonl" if folder else "kept.jsonl")).open()
    ]
    assert kept[0].keys() == {"time", "question", "answer", "retrieved"}
    assert kept[0]["answer"]["citations"][0]["quote"] == "A festival."
    assert kept[0]["retrieved"] == [{"story": "2015-cork", "section": "People"}]
    typing(monkeypatch, ["y", "facts=25,000", "answer=About 25,000 euros.", "y", "q"])
    assert main(["propose", "--feedback", str(place), "--to", "more.jsonl"]) == 0
    ((question,),) = load_questions([here / "more.jsonl"])
    assert question.question == "What does Cork's festival cost?"
    assert (question.stories, question.section) == (("2015-cork",), "People")


def test_a_line_that_is_no_report_is_named(tmp_path: Path):
    (tmp_path / "feedback.jsonl").write_text('{"answer": []}\n')
    with pytest.raises(AssistantError, match=r"feedback\.jsonl:1: this line is no reported"):
        list(read_feedback(tmp_path))


def test_a_report_that_cannot_be_kept_is_told_in_a_sentence(tmp_path: Path):
    with pytest.raises(AssistantError, match="could not be kept"):
        report(tmp_path / "no/folder/x.jsonl", ANSWER, RETRIEVED)
