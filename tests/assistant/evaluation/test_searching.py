"""Public sets: read as they are, and measured as an independent library measures them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from assistant.__main__ import main
from assistant.errors import AssistantError
from assistant.evaluation.passage_sets import is_passage_set, read_passage_set
from assistant.evaluation.searching import DEPTH, measures

SETS = Path(__file__).parent / "sets"
ENGLISH, SPANISH, BEIR = SETS / "town.en.json", SETS / "town.es.json", SETS / "town-beir"
THEIRS = {
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "success@10": Success @ 10,
    "rr@10": RR @ 10,
    "recall@10": R @ 10,
    "ndcg@10": nDCG @ 10,
}


def by_library(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    run = {"q": {id: float(-rank) for rank, id in enumerate(ranked)}}
    found = ir_measures.calc_aggregate(THEIRS.values(), {"q": dict(relevant)}, run)
    return {name: found[measure] for name, measure in THEIRS.items()}


@settings(deadline=None)  # the first call loads what measures
@given(
    st.permutations([f"d{n}" for n in range(15)]),
    st.dictionaries(st.sampled_from([f"d{n}" for n in range(20)]), st.integers(1, 3), min_size=1),
)
def test_our_measures_are_those_of_a_known_library(ranked, relevant):
    assert measures(ranked[:DEPTH], relevant) == pytest.approx(by_library(ranked, relevant))


def test_a_squad_file_gives_its_contexts_once_and_its_questions():
    found = read_passage_set(ENGLISH)
    assert (found.name, len(found.passages), len(found.questions)) == ("town.en", 6, 12)
    assert found.questions[2].relevant == {"p2": 1}


def test_a_question_that_squad_calls_impossible_has_no_passage(tmp_path: Path):
    set_ = json.loads(ENGLISH.read_text("utf-8"))
    set_["data"][0]["paragraphs"][0]["qas"][0]["is_impossible"] = True
    (tmp_path / "set.json").write_text(json.dumps(set_))
    assert len(read_passage_set(tmp_path / "set.json").questions) == 11


def test_questions_of_one_language_may_search_the_passages_of_another():
    found = read_passage_set(SPANISH, ENGLISH)
    assert found.name == "town.es over town.en"
    assert found.questions[0].text.startswith("¿") and "bridge" in found.passages["p1"].text
    assert found.questions[0].relevant == {"p1": 1}


def test_a_beir_folder_gives_titles_grades_and_the_questions_that_are_judged():
    found = read_passage_set(BEIR)
    assert found.passages["d4"].title == "Night school"
    assert [q.id for q in found.questions] == ["n1", "n2", "n3", "n4"]
    assert found.questions[1].relevant == {"d4": 2}


def test_a_set_is_told_from_question_files():
    assert is_passage_set(ENGLISH) and is_passage_set(BEIR)
    assert not is_passage_set(SETS) and not is_passage_set(SETS / "x.jsonl")


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [{"paragraphs": [{}]}]}'])
def test_a_file_of_another_form_is_told(tmp_path: Path, text: str):
    (tmp_path / "set.json").write_text(text)
    with pytest.raises(AssistantError, match="neither SQuAD's JSON nor"):
        read_passage_set(tmp_path / "set.json")


def test_sets_of_other_questions_cannot_be_crossed():
    with pytest.raises(AssistantError, match="the other set"):
        read_passage_set(ENGLISH, BEIR)


def test_sets_with_passages_of_their_own_are_measured_by_themselves(
    capsys: pytest.CaptureFixture[str],
):
    questions = SETS.parents[2] / "questions"
    assert main(["evaluate", str(ENGLISH), str(questions)]) == 1
    assert "retrieval alone" in capsys.readouterr().err


@pytest.mark.slow
def test_one_command_measures_sets_as_an_independent_computation_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "found.json"
    sets = [str(SPANISH), str(ENGLISH)]
    assert main(["evaluate", *sets, "--passages", str(ENGLISH), "--json", str(file)]) == 0
    assert main(["evaluate", str(BEIR)]) == 0
    shown = capsys.readouterr().out
    assert "town.es over town.en: 12 questions" in shown and "town-beir: 4 questions" in shown
    found = json.loads(file.read_text("utf-8"))
    for name, figures in found["metrics"].items():
        items = [item for item in found["items"] if item["set"] == name]
        run = {
            item["id"]: {p["story"]: float(-rank) for rank, p in enumerate(item["retrieved"])}
            for item in items
        }
        judged = {item["id"]: item["relevant"] for item in items}
        theirs = ir_measures.calc_aggregate(THEIRS.values(), judged, run)
        for key, measure in THEIRS.items():
            assert figures[key] == pytest.approx(theirs[measure], abs=1e-4)
        assert figures["rr@10"] > 0.8
