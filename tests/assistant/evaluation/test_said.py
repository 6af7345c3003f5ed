"""What the model said of sentences is kept, and found again by the prompt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation.said import Said
from tests.assistant.cork import citation

QUESTION = "Who supports the Learning Neighbourhoods?"
QUOTE = citation(1, "Two part-time staff support the work.")


def test_what_was_said_is_there_after_it_was_stored(tmp_path: Path):
    said = Said()
    said.add(QUESTION, QUOTE, 0.75)
    said.store(tmp_path)
    assert Said.load(tmp_path).of(QUESTION, QUOTE) == pytest.approx(1.1, abs=0.01)


def test_another_wording_sentence_or_city_is_another_prompt():
    said = Said()
    said.add(QUESTION, QUOTE, 0.75)
    assert said.of("Who supports them?", QUOTE) is None
    assert said.of(QUESTION, citation(1, "Two part-time staff support it.")) is None
    assert said.of(QUESTION, replace(QUOTE, city="Limerick")) is None


def test_a_sure_word_stays_finite(tmp_path: Path):
    said = Said()
    said.add(QUESTION, QUOTE, 0.0)
    said.add("Who pays them?", QUOTE, 1.0)
    said.store(tmp_path)
    values = json.loads((tmp_path / "said.json").read_text("utf-8")).values()
    assert sorted(values) == [pytest.approx(-9.21), pytest.approx(9.21)]
