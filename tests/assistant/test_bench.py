"""`bench`: the whole measurement once, and how figures are shown and compared."""

import json
import re
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.commands.bench import table
from assistant.evaluation.speed import NEUTRAL, Figure, ratios
from corpus.catalogue import Catalogue
from corpus.library import Library

FIGURES = {
    "first_sync": Figure("first sync, as a command", 20.0, "s"),
    "first_sync_memory": Figure("first sync, peak memory", 1000.0, "MiB"),
    "second_sync": Figure("second sync, as a command", 0.5, "s"),
    "app_page": Figure("app start to page answering", 4.0, "s"),
    "app_ready": Figure("app start to ready for questions", 8.0, "s"),
    "app_memory": Figure("app, peak memory", 1500.0, "MiB"),
    "embedding_median": Figure("embedding of a question, median", 0.02, "s"),
    "evidence_median": Figure("question to evidence, median", 0.06, "s"),
    "evidence_p95": Figure("question to evidence, 95th percentile", 0.12, "s"),
}


def test_two_things_compared_are_a_ratio():
    assert ratios(FIGURES) == {
        "second sync / first sync": 0.025,
        "evidence / question embedding": 3.0,
        "evidence 95th percentile / median": 2.0,
        "app ready / page answering": 2.0,
        "app's memory / sync's memory": 1.5,
    }


def test_the_table_shows_a_unit_to_each_figure_and_the_ratio_to_before():
    shown = table(FIGURES, ratios(FIGURES), {"first_sync": 40.0})
    assert re.search(r"first sync, as a command +20\.0 s +0\.50 × before", shown)
    assert re.search(r"question to evidence, median +60 ms\n", shown)
    assert re.search(r"app, peak memory +1500 MiB\n", shown)
    assert re.search(r"second sync / first sync +0\.025", shown)


@pytest.mark.parametrize("question", NEUTRAL)
def test_a_built_in_question_names_no_place(question: str):
    mentions = Catalogue(Library(None).stories()).mentions(question)
    assert not (mentions.cities or mentions.countries or mentions.years)


@pytest.mark.parametrize("content", ["", "[]", '{"figures": {"first_sync": 3}}'])
def test_a_baseline_of_another_kind_is_told_before_anything_is_measured(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "before.json"
    file.write_text(content)
    assert main(["bench", "--baseline", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "not an earlier measurement" in err and err.count("\n") == 1


@pytest.mark.slow
def test_bench_measures_commands_answers_and_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LEARNING_CITY_DATA", str(tmp_path / "data"))
    assert main(["bench", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"machine", "figures", "ratios"} and told["ratios"]
    figures = {name: figure["value"] for name, figure in told["figures"].items()}
    assert all(value > 0 for value in figures.values())
    assert figures["second_sync"] < figures["first_sync"]
    assert figures["app_page"] <= figures["app_ready"]
    assert figures["evidence_median"] <= figures["evidence_p95"]
    assert not (tmp_path / "data").exists(), "the person's own data is left alone"


@pytest.mark.slow
def test_a_command_that_fails_while_it_is_measured_says_why_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LEARNING_CITY_EMBEDDING", "none-such")
    assert main(["bench"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "none-such" in err and err.count("\n") == 1
