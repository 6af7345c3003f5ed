"""An interrupted evaluation goes on where it stopped, and only if nothing else changed."""

from pathlib import Path

import pytest

from assistant.evaluation.journal import Journal, state_of
from corpus.library import Library
from tests.assistant.evaluation.judged import ITEMS, ask

ONE, TWO = (ask(),), (ask(id="q2"),)


def test_what_was_found_is_there_when_the_journal_is_opened_again(tmp_path: Path):
    file = tmp_path / "a.journal"
    first = Journal(file, "state")
    assert first.found(ONE) is None
    first.add(ONE, [ITEMS[0]])
    again = Journal(file, "state")
    assert again.found(ONE) == [ITEMS[0]] and again.found(TWO) is None


def test_a_line_that_was_cut_is_asked_again_and_harms_no_other(tmp_path: Path):
    file = tmp_path / "a.journal"
    Journal(file, "state").add(ONE, [ITEMS[0]])
    Journal(file, "state").add(TWO, [ITEMS[1]])
    file.write_bytes(file.read_bytes()[:-30])
    again = Journal(file, "state")
    assert again.found(ONE) and again.found(TWO) is None
    again.add(TWO, [ITEMS[1]])
    assert Journal(file, "state").found(TWO) == [ITEMS[1]]


def test_another_state_or_another_wording_of_a_question_is_asked_anew(tmp_path: Path):
    file = tmp_path / "a.journal"
    Journal(file, "state").add(ONE, [ITEMS[0]])
    assert Journal(file, "state").found((ask(facts=(("three",),)),)) is None
    assert Journal(file, "other").found(ONE) is None


def test_the_state_is_that_of_stories_embedding_settings_and_environment(
    monkeypatch: pytest.MonkeyPatch,
):
    stories = Library(None).stories()[:3]
    states = {state_of(stories, "e5", {}), state_of(stories[:2], "e5", {})}
    states |= {state_of(stories, "minilm", {}), state_of(stories, "e5", {"quotes": False})}
    monkeypatch.setenv("LEARNING_CITY_DATA", "elsewhere")
    assert state_of(stories, "e5", {}) in states
    monkeypatch.setenv("LEARNING_CITY_EMBEDDING", "minilm")
    assert len(states | {state_of(stories, "e5", {})}) == 5
