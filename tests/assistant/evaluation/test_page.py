"""The web page of an evaluation: it needs nothing else, and shows where answers were lost."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from assistant.evaluation.comparison import compare
from assistant.evaluation.page import page
from assistant.evaluation.runner import result
from tests.assistant.evaluation.judged import ITEMS, changed

RESULT = result(ITEMS, {"quotes": True})
LATER = changed(
    0, right=False, outcome="wrong", lost_at="chosen", faults={"ungrounded": "checked"},
    judge={"right": True, "why": ""},
)  # fmt: skip


def test_the_page_needs_nothing_else_and_shows_no_markup_of_its_content():
    text = page(result(changed(0, question="<script>alert(1)</script>"), {}))
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "http" not in text and "src=" not in text and "url(" not in text


def test_the_count_of_losses_by_stage_heads_the_page():
    text = page(RESULT)
    assert text.index("3 of 4 right answers were lost") < text.index("<h2>")


def test_each_question_is_there_with_its_way_and_those_to_work_on_first():
    text = page(RESULT)
    assert text.count("<details") == len(ITEMS) and "lost at chosen" in text
    assert "<h4>retrieved ✓</h4>" in text and "<h4>chosen ✗</h4>" in text
    assert text.index("<b>invented</b>") < text.index("<b>right</b>")


def test_what_changed_is_shown_with_both_answers():
    text = page(result(LATER, {}), compare(ITEMS, LATER))
    assert "Worse: 1" in text and "right → wrong (chosen)" in text and "Answer before" in text
    assert "Other faults" in text and "ungrounded at checked" in text
    assert "the judge disagrees" in text and "The judge says: right" in text


def test_a_run_without_questions_of_a_kind_still_gives_a_page():
    assert page(result(ITEMS[4:], {})).endswith("</html>\n")


def test_the_tags_of_the_page_are_balanced():
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br"):
                opened.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(page(result(LATER, {}), compare(ITEMS, LATER)))
    assert opened == []


@pytest.fixture
def browser(chromium: str):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 390])
def test_the_page_opens_from_disk_without_a_request_or_an_error(
    tmp_path: Path, browser: Browser, width: int
):
    file = tmp_path / "index.html"
    file.write_text(page(result(LATER, {}), compare(ITEMS, LATER)), encoding="utf-8")
    asked: list[str] = []
    errors: list[str] = []
    shown = browser.new_page(viewport={"width": width, "height": 800})
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on("console", lambda message: errors.append(message.text))
    shown.goto(file.as_uri())
    shown.locator("summary").first.click()
    assert asked == [file.as_uri()] and errors == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
