"""What people read of an evaluation on a terminal: the figures, and the comparison of two runs."""

from assistant.evaluation.comparison import compare
from assistant.evaluation.measures import summarize
from assistant.evaluation.table import table, told
from tests.assistant.evaluation.judged import ITEMS, changed


def test_where_right_answers_were_lost_comes_first():
    first = table(summarize(ITEMS)).splitlines()[0]
    assert "3 of 4, at: retrieved 1, chosen 1, refused 1" in first
    assert first.endswith("answered though not told: 1 of 2")


def test_the_table_has_a_line_for_all_and_for_each_group():
    lines = table(summarize(ITEMS)).splitlines()[2:]
    assert lines[1].split()[:2] == ["all", "7"]
    names = {" ".join(line.split()[:2]) for line in lines}
    assert names >= {"set single", "language en", "region Europe", "length 1", "why near-miss"}
    assert len({len(line) for line in lines[:4]}) == 1


def test_a_share_is_told_with_its_interval():
    (line,) = [row for row in table(summarize(ITEMS)).splitlines() if row.startswith("95%")]
    assert "right 0.250 (0.000 to" in line


def test_a_comparison_shows_each_measure_and_each_stage_before_and_after():
    later = changed(0, right=False, outcome="wrong", lost_at="chosen")
    lines = [row.split() for row in told(compare(ITEMS, later)).splitlines()]
    assert ["right", "0.250", "0.000", "-0.250", "1.0000"] in lines
    assert ["chosen", "1", "2"] in lines


def test_a_question_that_changed_is_shown_with_both_answers():
    answer = ITEMS[0]["answer"] | {"text": "Some."}
    later = changed(0, right=False, outcome="wrong", lost_at="chosen", answer=answer)
    text = told(compare(ITEMS, later))
    assert "right → wrong (chosen)" in text and "after:  Some." in text
    assert f"before: {ITEMS[0]['answer']['text']}" in text
