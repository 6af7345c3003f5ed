"""Regressions planted on purpose: each is found as no luck, and at the stage where it was planted.

Everything is real but the language model, for which a small server stands that writes known text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import assistant.writing as assistant_writing
from assistant.checking import Checked, Checker
from assistant.evaluation.comparison import Comparison, compare
from assistant.evaluation.questions import Dialogue, Question, load_questions, sample
from assistant.evaluation.runner import evaluate
from assistant.language_model import LanguageModel
from assistant.service import Assistant
from corpus.library import Library
from index.embedding import Encoder
from index.store import Store
from index.sync import sync_index
from tests.assistant.model_stand_in import (
    Server,
    about_one_sentence,
    begin,
    piece,
    well,
)

pytestmark = pytest.mark.slow

QUESTIONS = Path(__file__).parents[2] / "questions"
# As many as it takes for the lost prefix to be told from luck; the other faults need fewer.
SAMPLE, FEW = 150, 20
INVENTED = "The mayor of Atlantis pays every teacher a yearly bonus of 9,731 euros."
FRENCH = "Le maire paie chaque année une prime à tous les enseignants de la ville."


@pytest.fixture(scope="module")
def assistant(all_stories: tuple[Store, Encoder]) -> Assistant:
    return Assistant(Library(None), *all_stories)


@pytest.fixture(scope="module")
def dialogues() -> tuple[Dialogue, ...]:
    files = [QUESTIONS / "single", QUESTIONS / "answerable-twins.jsonl"]
    return sample(load_questions(files), SAMPLE, seed=0)


@pytest.fixture
def server(assistant: Assistant) -> Iterator[Server]:
    with Server().running() as running:
        assistant.model = LanguageModel(running.address, "m", "", 30)
        yield running
        assistant.model.close()
        assistant.model = None


def lost(found: Comparison) -> set[str]:
    return {difference.measure.name for difference in found.lost}


def write(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any], more: str) -> None:
    """Write the first quote in its own words, and then something that no quote tells."""
    if about_one_sentence(asked):
        return well(server, to, asked)
    read = asked["messages"][-1]["content"]
    quoted = re.search(r"^\[1\] .+?: (.+)$", read, re.MULTILINE)
    assert quoted
    begin(to, "text/event-stream")
    to.wfile.write(piece(f"{quoted[1]} [1]\n{more}", ended=True) + b"data: [DONE]\n\n")


def test_a_run_against_itself_shows_no_difference(assistant: Assistant, dialogues):
    before, after = (evaluate(assistant, dialogues[:FEW], quotes=True) for _ in range(2))
    found = compare(before, after)
    assert found.pairs == FEW and not found.lost and not found.changes and not found.reworded
    assert all(difference.chance == 1 for difference in found.differences)


def test_passages_without_their_prefix_lose_answers_from_where_they_are_retrieved(
    assistant: Assistant,
    all_stories: tuple[Store, Encoder],
    dialogues,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    before = evaluate(assistant, dialogues, quotes=True)
    monkeypatch.setattr("index.passages._label", lambda story, section: "")
    store = Store(tmp_path, all_stories[1].fingerprint)
    sync_index(assistant.library.stories(), store, all_stories[1])
    with Assistant(assistant.library, store, all_stories[1]) as planted:
        after = evaluate(planted, dialogues, quotes=True)
    found = compare(before, after)
    assert {"passage@5", "right"} <= lost(found)
    old, new = found.losses["retrieved"]
    assert new > old


def test_checks_that_are_off_let_through_what_no_quote_tells(
    assistant: Assistant, server: Server, dialogues, monkeypatch: pytest.MonkeyPatch
):
    server.manner = partial(write, more=f"{INVENTED} [1]\n")
    before = evaluate(assistant, dialogues[:FEW])
    monkeypatch.setattr(Checker, "check", lambda *_: Checked(True, 1.0))
    found = compare(before, evaluate(assistant, dialogues[:FEW]))
    assert lost(found) == {"grounded"}
    old, new = found.faults["ungrounded at checked"]
    assert old == 0 and new >= FEW // 2


def in_french(assistant: Assistant) -> list[Dialogue]:
    """Return thanks and questions in French; the last four are of cities without a story."""
    stories = assistant.library.stories()[:FEW]
    told = [f"Comment {story.city} aide-t-elle les adultes ?" for story in stories]
    cities = ("Reykjavik", "Toulouse", "Lyon", "Marseille")
    not_told = [f"Comment la ville de {city} aide-t-elle les adultes ?" for city in cities]
    kinds = [
        ("smalltalk", "Merci beaucoup !"),
        *(("lookup", text) for text in told),
        *(("unanswerable", text) for text in not_told),
    ]
    return [
        (
            Question(
                id=f"fr-{number}", question=text, answer="", facts=(), stories=(), section="",
                kind=kind, language="fr", set="french",
            ),
        )
        for number, (kind, text) in enumerate(kinds)
    ]  # fmt: skip


def test_a_model_told_the_wrong_language_that_no_check_sees_is_found_where_it_writes(
    assistant: Assistant, server: Server, monkeypatch: pytest.MonkeyPatch
):
    def as_told(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        server.text = FRENCH
        told = "Answer in English" in asked["messages"][-1]["content"]
        (partial(write, more="") if told else well)(server, to, asked)

    server.manner = as_told
    monkeypatch.setattr("assistant.checking._is_copied", lambda sentence, quotes: False)
    before = evaluate(assistant, in_french(assistant))
    monkeypatch.setattr(assistant_writing, "_name", lambda language: "English")
    found = compare(before, evaluate(assistant, in_french(assistant)))
    assert lost(found) == {"language_kept"}
    old, new = found.faults["language at written"]
    assert old == 0 and new >= FEW // 2


def test_a_question_whose_language_is_mistaken_is_found_where_it_is_understood(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
):
    asked = [
        (replace(question, id=f"{hello}{question.id}", question=hello + question.question),)
        for hello in ("", "Et alors : ", "Dites-moi : ")
        for (question,) in in_french(assistant)[-4:]
    ]
    before = evaluate(assistant, asked, quotes=True)
    monkeypatch.setattr("assistant.conversation.language_of", lambda text: "en")
    found = compare(before, evaluate(assistant, asked, quotes=True))
    assert lost(found) == {"language_kept"}
    old, new = found.faults["language at understood"]
    assert old == 0 and new >= FEW // 2
