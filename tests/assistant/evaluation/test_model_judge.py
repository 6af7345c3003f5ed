"""A language model as a second judge: reported beside the facts measure, never mixed into it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from assistant.__main__ import main
from assistant.evaluation.measures import summarize
from assistant.evaluation.model_judge import GIVEN_UP, NONSENSE, judge_figures, judge_items
from assistant.evaluation.page import page
from assistant.evaluation.runner import result
from assistant.evaluation.table import judge_told
from assistant.language_model import LanguageModel
from tests.assistant import model_stand_in as stand_in
from tests.assistant.evaluation.judged import ITEMS
from tests.assistant.model_stand_in import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server("Yes.").running() as running:
        yield running


@pytest.fixture
def judge(server: Server) -> Iterator[LanguageModel]:
    model = LanguageModel(server.address, "j", "key", 2)
    yield model
    model.close()


def opinions(items) -> list[bool | None]:
    return [item["judge"]["right"] for item in items if "judge" in item]


def test_the_judge_reads_question_known_answer_and_answer(server: Server, judge: LanguageModel):
    judge_items(ITEMS[:1], judge)
    read = server.asked[0]["messages"][-1]["content"]
    for part in ("How many staff?", "Two, part-time.", ITEMS[0]["answer"]["text"]):
        assert part in read
    assert server.keys == ["Bearer key"]


def test_only_answers_that_have_a_known_one_are_judged(judge: LanguageModel):
    judged = judge_items(ITEMS, judge)
    assert [i["id"] for i in judged if "judge" in i] == ["q0", "q1", "q2"]
    assert opinions(judged) == [True, True, True]


def test_what_the_judge_says_changes_no_other_figure(server: Server, judge: LanguageModel):
    server.text = "no"
    judged = judge_items(ITEMS, judge)
    assert summarize(judged) == summarize(ITEMS)


def test_agreement_with_the_facts_measure_is_told(judge: LanguageModel):
    figures = judge_figures(judge_items(ITEMS, judge), "j")
    assert (figures["answers"], figures["judged"], figures["both_ways"]) == (3, 3, 3)
    assert (figures["both"], figures["judge_alone"], figures["facts_alone"]) == (1, 2, 0)
    assert figures["agreement"] == 0.3333 and figures["kappa"] == 0.0
    assert "agrees with the facts measure on 0.333 of 3" in judge_told(figures)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_kappa_is_that_of_a_known_library(pairs):
    items = [{"right": f, "judge": {"right": j, "why": ""}} for f, j in pairs]
    found = judge_figures(items, "j")["kappa"]
    if len(set(pairs)) == 1 and pairs[0][0] == pairs[0][1]:
        assert found is None  # all alike: chance alone agrees
    else:
        assert found == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)), abs=1e-4)


@pytest.mark.parametrize("text", ["", "Perhaps.", "notable", "<html>", "The answer is yes"])
def test_nonsense_leaves_a_question_unjudged_and_is_told(
    server: Server, judge: LanguageModel, text: str
):
    server.text = text
    judged = judge_items(ITEMS, judge)
    assert opinions(judged) == [None, None, None] and len(server.asked) == 3
    figures = judge_figures(judged, "j")
    assert figures["unjudged"] == {NONSENSE: 3} and figures["kappa"] is None
    assert f"3 left unjudged ({NONSENSE}: 3)" in judge_told(figures)


def test_a_judge_that_is_away_is_not_asked_for_ever(server: Server, judge: LanguageModel):
    server.manner = stand_in.with_status(500)
    judged = judge_items([ITEMS[0]] * 5, judge)
    assert opinions(judged) == [None] * 5 and len(server.asked) == 3
    reasons = judge_figures(judged, "j")["unjudged"]
    assert reasons == {"it answered with error 500": 3, GIVEN_UP: 2}


def test_the_report_says_where_the_judge_disagrees(judge: LanguageModel):
    judged = judge_items(ITEMS, judge)
    metrics = result(judged, {})
    metrics["metrics"]["judge"] = judge_figures(judged, "j")
    text = page(metrics)
    assert text.count("the judge disagrees") == 2 and "judge &#x27;j&#x27;" in text
    assert "The judge says: right" in text


def test_what_is_no_address_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "x.jsonl", "--judge", "gpt-4"])
    assert ended.value.code == 2 and "is not the address of a server" in capsys.readouterr().err
