"""The committed run: small, a line a question, and as good to compare with as the whole."""

import json
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.evaluation.baseline import read_baseline, write_baseline
from assistant.evaluation.comparison import compare
from assistant.evaluation.runner import result
from tests.assistant.evaluation.judged import BODY, ITEMS


def test_a_run_compared_with_its_own_baseline_shows_no_difference(tmp_path: Path):
    write_baseline(tmp_path / "b.json", result(ITEMS, {}))
    found = compare(read_baseline(tmp_path / "b.json", {"cork": BODY}), ITEMS)
    assert found.pairs == len(ITEMS) and not found.changes and not found.reworded
    assert all(difference.before == difference.after for difference in found.differences)


def test_a_question_is_a_line_and_a_quote_is_kept_by_its_place(tmp_path: Path):
    file = tmp_path / "b.json"
    write_baseline(file, result(ITEMS, {"quotes": True}))
    text = file.read_text("utf-8")
    assert "{cork:0-33}" in text and BODY[:33] not in text
    assert sum(line.startswith('{"id"') for line in text.splitlines()) == len(ITEMS)
    assert json.loads(text)["metrics"]["all"]["right"] == 0.25
    assert "seconds" not in text


def test_a_quote_of_a_story_that_is_gone_stays_a_place(tmp_path: Path):
    write_baseline(tmp_path / "b.json", result(ITEMS, {}))
    assert "{cork:0-33}" in read_baseline(tmp_path / "b.json", {})[0]["answer"]["text"]


def test_what_evaluate_writes_with_json_serves_as_well(tmp_path: Path):
    file = tmp_path / "all.json"
    file.write_text(json.dumps(result(ITEMS, {})), encoding="utf-8")
    assert compare(read_baseline(file, {}), ITEMS).pairs == len(ITEMS)


@pytest.mark.parametrize("text", ["", "[]", '{"items": [3]}', '{"items": [{"id": "q1"}]}'])
def test_another_file_is_told(tmp_path: Path, text: str):
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(AssistantError, match="not an earlier evaluation"):
        read_baseline(tmp_path / "b.json", {})
