"""Whether the confidence means something, on cases worked out by hand."""

from assistant.evaluation.confidence import confidence_figures
from tests.assistant.evaluation.judged import ITEMS


def sure(confidence: float, outcome: str = "right") -> dict:
    return ITEMS[0] | {"outcome": outcome, "answer": {"confidence": confidence}}


def test_the_risk_of_the_surest_answers_is_told_for_each_coverage():
    refused = sure(0.1, "wrongly refused") | {"refused": True}
    found = confidence_figures([sure(0.5, "wrong"), sure(0.9), sure(0.8, "invented"), refused])
    assert found["curve"] == [[0.25, 0.0], [0.5, 0.5], [0.75, 0.6667]]
    assert found["area"] == round((0 + 0.5 + 0.6667) / 3, 4)
    assert found["brier"] == round((0.1**2 + 0.8**2 + 0.5**2) / 3, 4)


def test_confidence_that_equals_the_share_of_right_answers_has_no_error():
    items = [sure(1.0)] * 5 + [sure(0.0, "wrong")] * 5
    found = confidence_figures(items)
    assert found["calibration_error"] == 0.0 and found["brier"] == 0.0
    assert sum(group["questions"] for group in found["calibration"]) == 10


def test_what_is_open_or_small_talk_says_nothing_about_confidence():
    assert confidence_figures([ITEMS[6], sure(0.9, "open")])["curve"] == []
