"""A question's way: the steps that were taken, with the verdict on each."""

from assistant.evaluation.way import way
from tests.assistant.evaluation.judged import ITEMS


def test_an_answer_of_quotes_has_no_steps_of_writing():
    steps = {step.stage: step for step in way(ITEMS[1])}
    assert list(steps) == ["understood", "retrieved", "chosen", "decided", "shown"]
    assert [step.mark for step in steps.values()] == ["", "✓", "✗", "✓", "✗"]
    assert steps["retrieved"].lines == ("1. limerick — Staff", "2. cork — Staff  ✓ tells it")
    assert steps["chosen"].lines == ("cork — Staff: Two staff members",)


def test_a_refusal_says_why_and_how_sure_it_was():
    (decision,) = [step for step in way(ITEMS[3]) if step.stage == "decided"]
    assert decision.lines == ("taken as not told (near_not_told), confidence 0.1",)
    assert decision.verdict is False


def test_what_was_written_and_what_the_checks_left_are_steps():
    steps = {s.stage: s for s in way(ITEMS[0] | {"written": "Two, or so.", "checked": "Two."})}
    assert steps["written"].lines == ("Two, or so.",) and steps["checked"].lines == ("Two.",)
