"""What people read of an evaluation: the table, the comparison, the page."""

import copy
from html.parser import HTMLParser

from assistant.evaluation.report import compare, page, table
from assistant.evaluation.runner import result
from tests.assistant.evaluation.test_measures import ALL

RESULT = result(ALL, {"quotes": True})
for _number, _item in enumerate(RESULT["items"]):
    _item["id"] = f"q{_number}"


def changed(number: int, **changes) -> dict:
    later = copy.deepcopy(RESULT)
    later["items"][number] |= changes
    return later


def test_an_item_says_what_was_retrieved_answered_and_lost():
    item = RESULT["items"][1]
    assert item["retrieved"][1] == {"story": "cork", "section": "Staff"}
    assert item["answer"]["citations"][0]["quote"] == "Two staff members"
    assert (item["right"], item["lost_at"], item["expected"]) == (False, "evidence", "answer")
    assert "turn" not in item


def test_the_table_has_a_line_for_all_and_for_each_group():
    lines = table(RESULT["metrics"]).splitlines()
    assert lines[1].split()[:2] == ["all", "7"]
    names = {" ".join(line.split()[:2]) for line in lines}
    assert names >= {"set single", "language en", "why near-miss"}
    assert len({len(line) for line in lines[:4]}) == 1


def test_a_comparison_lists_the_questions_that_changed_in_each_direction():
    told = compare(RESULT, changed(1, right=True))
    assert "now right: 1\n  q1: How many staff?" in told and "no longer right" not in told
    told = compare(RESULT, changed(0, right=False))
    assert "no longer right: 1\n  q0" in told
    assert "now wrongly refused: 1\n  q0" in compare(RESULT, changed(0, refused=True))
    assert "now rightly refused: 1\n  q5" in compare(RESULT, changed(5, refused=True))
    assert "no longer refused, though not told: 1\n  q4" in compare(
        RESULT, changed(4, refused=False)
    )


def test_a_comparison_shows_each_measure_before_and_after():
    later = copy.deepcopy(RESULT)
    later["metrics"]["all"]["right"] = 0.5
    (line,) = [row for row in compare(RESULT, later).splitlines() if row.startswith("right ")]
    assert line.split() == ["right", "0.250", "0.500", "+0.250"]


def test_a_comparison_with_other_questions_says_how_many_are_in_both():
    later = copy.deepcopy(RESULT)
    later["items"] = later["items"][:2]
    assert "2 questions are in both" in compare(RESULT, later)


def test_the_page_needs_nothing_else_and_shows_no_markup_of_its_content():
    harmful = changed(0, question="<script>alert(1)</script>")
    text = page(harmful)
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "http" not in text
    assert text.count("<details") == len(RESULT["items"])
    assert "lost at evidence" in text


def test_the_tags_of_the_page_are_balanced():
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(page(RESULT))
    assert opened == []
