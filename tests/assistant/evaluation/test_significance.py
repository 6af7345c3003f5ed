"""Intervals and tests, against cases whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.significance import holm, intervals, randomisation_test


def units(*shares: tuple[float, float]) -> np.ndarray:
    return np.array(shares, float)


def test_the_same_results_are_no_difference():
    one = units((1, 1), (0, 1))
    assert randomisation_test(one, one) == 1.0


@pytest.mark.parametrize("count", [3, 8, 12])
def test_all_swaps_are_tried_where_few_units_differ(count: int):
    before, after = units(*[(0, 1)] * count), units(*[(1, 1)] * count)
    assert randomisation_test(before, after) == 2 / 2**count


def test_many_differing_units_are_drawn_from_and_give_nearly_the_same():
    # 15 better and 5 worse: by the binomial distribution 0.0414.
    before = units(*[(0, 1)] * 15, *[(1, 1)] * 5, *[(1, 1)] * 80)
    after = units(*[(1, 1)] * 15, *[(0, 1)] * 5, *[(1, 1)] * 80)
    assert randomisation_test(before, after) == pytest.approx(0.0414, abs=0.006)
    assert randomisation_test(before, after) == randomisation_test(before, after)


def test_an_interval_holds_its_share_and_narrows_with_more_questions():
    few, many = units(*[(1, 1), (0, 1)] * 10), units(*[(1, 1), (0, 1)] * 200)
    ((low, high),) = intervals([few])
    ((lower, higher),) = intervals([many])
    assert low < 0.5 < high and higher - lower < high - low
    # The standard error of .5 over 400 is .025.
    assert lower == pytest.approx(0.451, abs=0.01) and higher == pytest.approx(0.549, abs=0.01)


def test_what_has_no_questions_has_no_interval():
    assert intervals([units((0, 0), (0, 0))]) == [None]
    assert intervals([np.zeros((0, 2))]) == [None]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_correction_never_makes_a_chance_smaller_nor_turns_the_order(chances: list[float]):
    corrected = holm(chances)
    assert all(new >= min(old, 1) for new, old in zip(corrected, chances, strict=True))
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    assert [corrected[i] for i in order] == sorted(corrected)


def test_the_least_chance_counts_as_often_as_there_are_tests():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
