"""Reporting an answer: only where a place for reports is named, and once an answer."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.feedback import read_feedback
from tests.browser.conftest import opening_pages, running_app

pytestmark = pytest.mark.browser

TOLD = "How much does Cork's festival week cost?"
NOT_TOLD = "What does Reykjavik do for adult learners?"
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback")


@pytest.fixture(scope="module")
def reporting(
    indexed: Path, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "LEARNING_CITY_FEEDBACK", str(place))
        with running_app(indexed, tmp_path_factory.mktemp("reporting"), "none") as address:
            yield address


@pytest.fixture
def open_reporting(browser: Browser, reporting: str) -> Iterator[OpenPage]:
    with opening_pages(browser, reporting) as opened:
        yield opened


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".turn .basis, .turn .refusal").last).to_be_visible()


def test_no_answer_can_be_reported_unless_a_place_is_named(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("[data-report]")).to_have_count(0)


def test_a_reported_answer_is_kept_once_and_becomes_a_question(
    open_reporting: OpenPage, place: Path
) -> None:
    page = open_reporting()
    ask(page, TOLD)
    ask(page, NOT_TOLD)
    expect(page.locator("[data-report]")).to_have_count(2)
    page.get_by_role("button", name="Report this answer").first.click()
    expect(page.locator("#turn-1 .reporting")).to_contain_text("Thank you")
    expect(page.locator("[data-report]")).to_have_count(1)
    page.get_by_role("button", name="Report this answer").click()
    expect(page.locator("#turn-2 .reporting")).to_contain_text("Thank you")
    kept = [json.loads(line) for line in (place / "feedback.jsonl").open(encoding="utf-8")]
    assert [line["question"] for line in kept] == [TOLD, NOT_TOLD]
    assert kept[0]["answer"]["citations"] and kept[0]["answer"]["seconds"]["total"] > 0
    assert kept[0]["retrieved"][0]["story"] == "2015-cork"
    assert [q.question for q in read_feedback(place)] == [TOLD, NOT_TOLD]
