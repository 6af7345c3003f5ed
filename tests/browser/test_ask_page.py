"""The Ask page as a person uses it, in a real browser over the real stories."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

TOLD = "How much does Cork's festival week cost?"
NOT_TOLD = "What does Reykjavik do for adult learners?"
OpenPage = Callable[..., Page]


def ask(page: Page, question: str) -> None:
    before = page.locator(".turn").count()
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".turn")).to_have_count(before + 1)
    expect(page.locator(".turn").last.locator(".basis, .refusal, .failure")).to_be_visible()


def in_view(page: Page, selector: str) -> bool:
    return page.locator(selector).evaluate(
        "e => { const r = e.getBoundingClientRect();"
        " return r.top >= 0 && r.top < innerHeight && r.left >= 0 && r.right <= innerWidth; }"
    )


def test_an_answer_comes_with_a_card_for_each_number(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator(".turn .answer")).to_contain_text("€25,000")
    numbers = page.locator(".turn .cite").all_inner_texts()
    assert numbers == page.locator(".card .n").all_inner_texts() != []
    card = page.locator(".card").first
    expect(card.locator("h3")).to_contain_text("Cork, Ireland")
    expect(card.locator("h3")).to_contain_text("2015")
    assert card.locator("mark").inner_text() in card.locator("blockquote").inner_text()


def test_the_quote_in_the_answer_is_the_one_marked_on_its_card(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    marked = page.locator("#card-1-1 mark").inner_text()
    assert f"“{marked}”" in page.locator(".turn .said").first.inner_text()


def test_public_sources_open_in_a_new_tab_and_learn_nothing_of_this_page(
    open_page: OpenPage,
) -> None:
    page = open_page()
    ask(page, TOLD)
    link = page.locator(".card .sources a").first
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")
    assert (link.get_attribute("href") or "").startswith("http")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_click_on_a_number_brings_its_card_into_view(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(size=size)
    ask(page, TOLD)
    number = page.locator(".turn .cite").last
    tie = number.get_attribute("data-cite")
    number.click()
    expect(page.locator(f"#card-{tie}")).to_be_focused()
    expect(page.locator(f"#card-{tie}")).to_have_class(re.compile("is-shown"))
    assert in_view(page, f"#card-{tie}")


def test_from_a_card_on_a_phone_there_is_a_way_back_to_its_number(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    ask(page, TOLD)
    page.locator("#cite-1-1").click()
    page.locator("#card-1-1").get_by_role("link", name="Back to the answer").click()
    expect(page.locator("#cite-1-1")).to_be_focused()
    assert in_view(page, "#cite-1-1")


def test_pointing_at_a_number_or_its_card_marks_both(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    tied = re.compile("is-tied")
    page.locator("#cite-1-1").hover()
    expect(page.locator("#card-1-1")).to_have_class(tied)
    page.locator("#card-1-1 blockquote").hover()
    expect(page.locator("#cite-1-1")).to_have_class(tied)
    page.get_by_label("Your question").hover()
    expect(page.locator("#cite-1-1")).not_to_have_class(tied)


def test_a_number_of_an_older_answer_shows_that_answers_cards(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    ask(page, NOT_TOLD)
    expect(page.locator("#card-1-1")).to_be_hidden()
    page.locator("#cite-1-1").click()
    expect(page.locator("#card-1-1")).to_be_visible()
    ask(page, NOT_TOLD)
    expect(page.locator("#card-1-1")).to_be_hidden()
    assert page.locator(".turn").count() == 3


def test_what_is_not_told_looks_different_and_cites_nothing(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, NOT_TOLD)
    refusal = page.locator(".refusal")
    expect(refusal).to_contain_text("Not told in the stories")
    expect(refusal.locator(".why")).not_to_be_empty()
    assert page.locator(".cite, .card").count() == 0
    assert page.locator(".answer").count() == 0


def test_the_nearest_stories_of_a_refusal_can_be_read(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, NOT_TOLD)
    with page.expect_popup() as opened:
        page.locator(".near a").first.click()
    expect(opened.value.locator("main h1")).to_be_visible()
    assert "/story/" in opened.value.url


def test_an_example_is_asked_by_clicking_it(open_page: OpenPage) -> None:
    page = open_page()
    example = page.locator(".examples a").first
    question = example.get_attribute("data-ask") or ""
    example.click()
    expect(page.locator(".turn .question")).to_have_text(question)
    expect(page.locator(".turn .basis")).to_be_visible()


def test_the_examples_show_answers_and_one_refusal(open_page: OpenPage) -> None:
    page = open_page()
    examples = [e.get_attribute("data-ask") or "" for e in page.locator(".examples a").all()]
    for question in examples:
        ask(page, question)
    assert page.locator(".turn .refusal").count() == 1
    assert page.locator(".turn .basis").count() == len(examples) - 1


def test_a_link_with_a_question_asks_it(open_page: OpenPage) -> None:
    page = open_page(f"/?q={quote(TOLD)}")
    expect(page.locator(".turn .question")).to_have_text(TOLD)
    expect(page.locator(".turn .basis")).to_be_visible()


def test_a_copied_link_leads_to_the_same_question(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.goto(copied)
    expect(page.locator(".turn .question")).to_have_text(TOLD)


def test_an_answer_is_copied_with_its_references(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    page.get_by_role("button", name="Copy with references").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "€25,000" in copied and "[1] Cork, Ireland (2015)" in copied and "http" in copied


def test_the_conversation_is_saved_as_markdown(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    ask(page, NOT_TOLD)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the conversation").click()
    assert saved.value.suggested_filename.endswith(".md")
    text = Path(saved.value.path()).read_text("utf-8")
    assert f"## {TOLD}" in text and f"## {NOT_TOLD}" in text
    assert "In the stories’ own words" in text and "Not told in the stories" in text
    assert page.locator("#card-1-1 mark").inner_text() in text and "<http" in text


def test_a_follow_up_shows_what_it_is_about_and_can_be_asked_without_the_conversation(
    open_page: OpenPage,
) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("#turn-1 .about")).to_have_text("About: Cork")
    expect(page.get_by_role("button", name="Ask without the conversation")).to_have_count(0)
    ask(page, "And who pays for it?")
    expect(page.locator("#turn-2 .about")).to_contain_text("Cork")
    page.get_by_role("button", name="Ask without the conversation").click()
    expect(page.locator("#turn-3 .question")).to_have_text("And who pays for it?")
    expect(page.locator("#turn-3").locator(".basis, .refusal")).to_be_visible()
    assert "Cork" not in "".join(page.locator("#turn-3 .about").all_inner_texts())


def test_each_answer_says_what_its_words_are(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("#turn-1 .mode")).to_have_text("In the stories’ own words")
    ask(page, "Which cities in Africa won the award?")
    expect(page.locator("#turn-2 .mode")).to_have_text("Counted from the stories")
    listed = page.locator("#turn-2 .counted .cite").all_inner_texts()
    assert listed == page.locator("#evidence-2 .card .n").all_inner_texts() != []


def test_small_talk_is_answered_without_evidence(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Thank you!")
    expect(page.locator(".refusal-label")).to_have_text("With pleasure")
    assert page.locator(".card").count() == 0


HOSTILE = (
    '<img src=x onerror="window.ran=1"><script>window.ran=1</script> **bold** [x](javascript:1) '
    "${window.ran=1} {{value}} <b>b</b>"
)


def test_html_in_a_question_is_read_and_never_run(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, HOSTILE)
    assert page.locator(".turn .question").inner_text() == HOSTILE
    page.goto(page.url.split("?")[0] + f"?q={quote(HOSTILE)}")
    expect(page.locator(".turn .question")).to_have_text(HOSTILE)
    assert page.evaluate("window.ran") is None
    assert page.locator(".turn img, .turn script, .turn b, #evidence-panel img").count() == 0


def test_an_empty_question_asks_nothing(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label("Your question").press("Enter")
    expect(page.locator("#status [role=status]")).to_have_text("Type a question first.")
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize("question", ["word " * 4000, "\u202e\u200f olleh \x01\x02", "¿?", "🙂"])
def test_a_strange_question_gets_a_sentence(open_page: OpenPage, question: str) -> None:
    page = open_page()
    ask(page, question)
    assert page.locator(".failure").count() == 0
    text = page.locator("body").inner_text()
    assert "Traceback" not in text and "Error" not in text


def test_a_question_in_arabic_runs_from_right_to_left(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "كيف تدعم مدينة تونس تعليم الكبار؟")
    direction = page.locator(".turn .question").evaluate("e => getComputedStyle(e).direction")
    assert direction == "rtl"


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    ask(page, TOLD)
    ask(page, "x" * 500)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.goto(f"{page.url.rstrip('/')}/story/2015-cork")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_page_can_be_used_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(TOLD)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .basis")).to_be_visible()
    press_until(page, "Shift+Tab", ".cite")
    tie = page.evaluate("document.activeElement.dataset.cite")
    page.keyboard.press("Enter")
    expect(page.locator(f"#card-{tie}")).to_be_focused()
    press_until(page, "Tab", ".card-actions a")
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("mark#quote")).to_be_visible()


def press_until(page: Page, key: str, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{key} never reached {selector}")


def test_the_first_stop_of_the_keyboard_skips_to_the_question(open_page: OpenPage) -> None:
    page = open_page()
    press_until(page, "Shift+Tab", ".skip")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_the_answer_is_announced(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("#status [role=status]")).to_contain_text("€25,000")
    ask(page, NOT_TOLD)
    expect(page.locator("#status [role=status]")).to_contain_text("Not told in the stories")


def test_two_people_asking_at_once_see_only_their_own(open_page: OpenPage) -> None:
    one, other = open_page(), open_page()
    for page, question in ((one, TOLD), (other, NOT_TOLD)):
        page.get_by_label("Your question").fill(question)
    one.get_by_role("button", name="Ask").click()
    other.get_by_role("button", name="Ask").click()
    expect(one.locator(".turn .basis")).to_be_visible()
    expect(other.locator(".turn .refusal")).to_be_visible()
    assert one.locator(".turn").count() == other.locator(".turn").count() == 1


def test_the_page_is_ours_and_not_gradios(open_page: OpenPage, address: str) -> None:
    page = open_page()
    assert page.title() == "Learning City Assistant"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("footer:visible").count() == 1
    assert "radio" not in page.locator("body").inner_text()
    with urlopen(address) as answer:
        head = answer.read().decode("utf-8").split("</head>")[0]
    assert "twitter" not in head and "raw.githubusercontent" not in head


def test_health_tells_that_the_app_is_ready(address: str) -> None:
    with urlopen(f"{address}/health") as answer:
        assert json.load(answer) == {"status": "ready", "stories": 58}
