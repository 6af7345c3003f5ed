"""The commands that answer, on the real stories with the real embedding and index."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.commands.ask import say_answer
from assistant.commands.terminal import argument_text, printable, say_json
from assistant.evaluation.questions import load_questions
from assistant.evaluation.runner import play
from assistant.service import Assistant
from assistant.settings import Settings
from corpus.library import Library
from tests.assistant.model_stand_in import Server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "questions"
ASKED = "How many people look after the Learning Neighbourhoods of Cork, and on what hours?"
KEYS = {"question", "standalone", "language", "kind", "text", "sentences", "citations", "mode"}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose index equals the bundled stories."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("data")
        environment.setenv("LEARNING_CITY_DATA", str(folder))
        assert main(["sync"]) == 0
        yield folder


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["ask", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_second_sync_finds_nothing_to_do_within_a_second(indexed: Path):
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        command = [sys.executable, "-m", "assistant", "sync"]
        told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        seconds.append(time.perf_counter() - start)
        assert told.stdout == "0 added, 0 changed, 0 removed, 58 unchanged\n"
    assert min(seconds) <= 1


def test_ask_answers_with_quotes_that_stand_in_the_stories(
    indexed: Path, capsys: pytest.CaptureFixture[str]
):
    told = answer(capsys, ASKED, "--quotes")
    assert told.keys() >= KEYS and told["kind"] == "answered" and told["mode"] == "quotes"
    assert told["seconds"].keys() == {"evidence", "first_text", "total"}
    library = Library(None)
    for citation in told["citations"]:
        body = library.get(citation["story"]).body
        assert body[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_for_people_shows_numbers_and_their_sources(
    indexed: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["ask", ASKED]) == 0
    shown = capsys.readouterr().out
    assert "\n[1] Cork, Ireland" in shown and "https://" in shown


def test_ask_takes_history_and_filters(
    indexed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"question": "What does Cork do?", "answer": "A festival."}]))
    told = answer(capsys, "Who pays for it?", "--history", str(history), "--year", "2015")
    assert {citation["year"] for citation in told["citations"]} <= {2015}


def test_evaluate_writes_what_the_contract_says_and_compares(
    indexed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file, report = tmp_path / "result.json", tmp_path / "report"
    asked = [str(QUESTIONS), "--limit", "8", "--seed", "3"]
    assert main(["evaluate", *asked, "--json", str(file), "--report", str(report)]) == 0
    assert "passage" not in capsys.readouterr().err
    result = json.loads(file.read_text(encoding="utf-8"))
    assert result.keys() == {"settings", "metrics", "items"}
    assert str(tmp_path) not in file.read_text() and str(ROOT) not in file.read_text()
    for item in result["items"]:
        keys = {"id", "question", "language", "kind", "retrieved", "answer", "right"}
        assert item.keys() >= keys and item["answer"].keys() >= KEYS
        assert all(passage.keys() == {"story", "section"} for passage in item["retrieved"])
    assert result["metrics"]["all"]["citation_precision"] in (1, None)
    assert (report / "index.html").stat().st_size > 1000
    assert main(["evaluate", *asked, "--baseline", str(file)]) == 0
    assert "now right" not in capsys.readouterr().out, "the same questions, the same answers"


def test_a_language_model_may_judge_the_answers_of_a_run(
    indexed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("LEARNING_CITY_JUDGE_KEY", "secret")
    file, questions = tmp_path / "run.json", tmp_path / "questions.jsonl"
    question = {
        "id": "q1",
        "question": "How much does Cork's festival week cost?",
        "answer": "About 25,000 euros.",
        "facts": ["25,000"],
        "stories": ["2015-cork"],
        "kind": "lookup",
    }
    questions.write_text(json.dumps(question), "utf-8")
    asked = ["evaluate", str(questions), "--quotes"]
    with Server("yes").running() as server:
        judge = ["--judge", server.address, "--judge-model", "grader"]
        assert main([*asked, *judge, "--json", str(file)]) == 0
    assert "judge 'grader': right 1.000 of 1 answers" in capsys.readouterr().out
    found = json.loads(file.read_text("utf-8"))
    assert found["items"][0]["judge"] == {"right": True, "why": ""}
    assert found["metrics"]["judge"]["judged"] == 1 and found["settings"]["judge"] == "grader"
    assert server.keys == ["Bearer secret"] and server.asked[0]["model"] == "grader"
    assert "secret" not in file.read_text("utf-8")


@pytest.fixture(scope="module")
def assistant(indexed: Path) -> Iterator[Assistant]:
    """An assistant that owns the index from here to the end of this file."""
    with Assistant.open(Settings.from_environment()) as opened:
        yield opened


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n",
        "a" * 20_000,
        "\x1b[2J\x00\x07 Cork?",
        "\u202eCork\u202c?",
        "<b>**Cork**</b>",
        "ⵣ" * 9,
        argument_text("C\udcffork?"),
    ],
)
def test_no_question_breaks_the_answer_or_the_terminal(
    question: str, assistant: Assistant, capsys: pytest.CaptureFixture[str]
):
    answer, _ = assistant.answer(question)
    say_json(answer.to_json())
    told = json.loads(capsys.readouterr().out)
    assert told["text"] and told["kind"] in ("answered", "partly", "not_found")
    say_answer(answer)
    shown = capsys.readouterr().out
    assert shown.strip() and printable(shown) == shown


@pytest.mark.parametrize("command", ["sync", "ask", "evaluate"])
def test_an_index_in_use_is_told_and_left_alone(
    command: str, assistant: Assistant, capsys: pytest.CaptureFixture[str]
):
    operands = {"sync": [], "ask": ["Why?"], "evaluate": [str(QUESTIONS / "across.jsonl")]}
    assert main([command, *operands[command]]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "in use" in err and err.count("\n") == 1


def test_a_conversation_is_played_turn_by_turn_with_its_own_answers(assistant: Assistant):
    dialogue = load_questions([QUESTIONS / "conversations.jsonl"])[0]
    calls: list[int] = []
    judged = play(assistant, [dialogue], lambda: calls.append(1))
    assert [one.question.turn for one in judged] == list(range(1, len(dialogue) + 1))
    assert len(calls) == len(dialogue)
    for one in judged:
        assert 0 < one.seconds.evidence <= one.seconds.first_text <= one.seconds.total
        assert len(one.retrieved) <= 10
