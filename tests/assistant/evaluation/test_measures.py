"""The measures, on cases small enough to work out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.judging import item
from assistant.evaluation.measures import auroc, measure, percentile, share, summarize
from tests.assistant.evaluation.judged import (
    GOLD,
    INCOMPLETE,
    ITEMS,
    RIGHT,
    WRONGLY_REFUSED,
    answered,
    ask,
    cite,
    judge,
)


def test_the_figures_are_shares_of_the_questions_they_are_about():
    figures = measure(ITEMS)
    assert (figures["questions"], figures["answerable"], figures["unanswerable"]) == (7, 4, 2)
    assert [figures[f"passage@{k}"] for k in (1, 3, 5, 10)] == [0.5, 0.75, 0.75, 0.75]
    assert (figures["story@1"], figures["story@5"]) == (0.75, 1.0)
    assert (figures["facts@1"], figures["facts@3"]) == (0.5, 0.75)
    assert (figures["right"], figures["right_in_quotes"]) == (0.25, 0.25)
    assert figures["facts_found"] == round(3 / 8, 4)
    assert (figures["refusal_recall"], figures["false_refusals"]) == (0.5, 0.25)
    assert figures["refused"] == round(3 / 7, 4)
    assert figures["gold_cited"] == 1.0
    assert figures["lost_at"] == {
        "retrieved": 1, "chosen": 1, "refused": 1, "written": 0, "checked": 0, "shown": 0,
    }  # fmt: skip


def test_small_talk_refusals_and_right_answers_are_as_expected():
    figures = measure(ITEMS)
    assert figures["as_expected"] == round(3 / 7, 4) and figures["invented"] == 1
    assert measure([item(judge(ask(facts=()), answered(cite(0, 33))))])["as_expected"] is None


def test_words_are_the_median_of_what_is_shown_where_something_is():
    figures = measure([item(one) for one in (RIGHT, INCOMPLETE, WRONGLY_REFUSED)])
    assert (figures["words"], figures["words_in_quotes"]) == (7, 4)


def test_passages_are_not_measured_where_no_section_is_gold():
    figures = measure([item(judge(ask(section=""), answered(cite(0, 33)), GOLD))])
    assert (figures["passage@1"], figures["with_section"], figures["story@1"]) == (None, 0, 1.0)


def test_figures_of_a_group_are_those_of_its_questions_alone():
    metrics = summarize(ITEMS)
    alone = {key: value for key, value in metrics["all"].items() if key != "confidence"}
    assert alone == measure(ITEMS)
    assert metrics["by_kind"]["lookup"] == measure(ITEMS[:4])
    assert metrics["by_why"] == {"near-miss": measure(ITEMS[4:6])}
    assert list(metrics["by_region"]) == ["Europe and North America"]
    assert list(metrics["by_length"]) == ["1 to 10 words"]
    assert list(metrics["by_language"]) == ["en"] and list(metrics["by_set"]) == ["single"]


def test_no_questions_give_no_figures_and_no_error():
    figures = measure([])
    assert figures["right"] is None and figures["seconds"]["total"] == {"median": None, "p95": None}


def test_confidence_tells_answerable_from_unanswerable_questions():
    # answerable .9 .9 .9 .1 against unanswerable .1 .4: 3×2 wins, and one tie of .1
    assert measure(ITEMS)["confidence_auroc"] == round(6.5 / 8, 4)


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_auroc_of_swapped_sides_adds_up_to_one(higher: list[float], lower: list[float]):
    first, second = auroc(higher, lower), auroc(lower, higher)
    assert first is not None and second is not None
    assert first + second == pytest.approx(1, abs=2e-4)


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(1, 100))
def test_a_percentile_is_a_value_that_enough_of_the_others_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100


def test_the_95th_percentile_of_twenty_is_the_nineteenth():
    assert percentile(list(range(1, 21)), 95) == 19


def test_a_share_leaves_out_what_has_no_value():
    assert share([True, None, False]) == 0.5
    assert share([None]) is None
