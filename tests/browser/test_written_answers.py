"""An answer that a language model writes, as a person sees it come.

The model is a small server that stands for a foreign one, so that it writes what a test needs and
waits where a test looks. The marked test is with the embedded model.
"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assistant import model_stand_in as stand_in
from tests.browser.conftest import DESKTOP, PHONE, opening_pages, running_app, serious_faults

pytestmark = pytest.mark.browser

TOLD = "How much does Cork's festival week cost?"
WRITTEN = ("The festival week costs about €25,000. [1]", "It has around 500 events. [1]")
OpenPage = Callable[..., Page]


class Writer(stand_in.Server):
    """A model that writes one sentence after the other, each when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.manner = write
        self.may_write = threading.Semaphore(0)
        self.begin()

    def begin(self, yes: float = 0.99, sentences: int = 0) -> None:
        """Forget what was before; let so many sentences be written."""
        self.yes = yes
        self.endless = False
        self.closed.clear()
        self.may_write = threading.Semaphore(sentences)


def write(server: stand_in.Server, to: Any, asked: dict[str, Any]) -> None:
    assert isinstance(server, Writer)
    if stand_in.about_one_sentence(asked):
        if server.yes < 0.5:
            server.may_write.acquire(timeout=30)
        return stand_in.well(server, to, asked)
    stand_in.begin(to, "text/event-stream")
    allowed = server.may_write
    try:
        for sentence in WRITTEN:
            while not allowed.acquire(timeout=0.05):
                to.wfile.write(stand_in.piece(""))
            to.wfile.write(stand_in.piece(sentence + "\n"))
        while server.endless:  # goes on until its reader leaves
            to.wfile.write(stand_in.piece(""))
            time.sleep(0.05)
        to.wfile.write(stand_in.piece("", ended=True) + b"data: [DONE]\n\n")
    except ConnectionError:
        server.closed.set()


@pytest.fixture(scope="module")
def written(
    indexed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Writer, str]]:
    """Yield the model and the address of an app that uses it."""
    with (
        Writer().running() as model,
        running_app(indexed, tmp_path_factory.mktemp("writing"), model.address) as address,
    ):
        assert isinstance(model, Writer)
        yield model, address


@pytest.fixture
def model(written: tuple[Writer, str]) -> Writer:
    written[0].begin()
    return written[0]


@pytest.fixture
def open_page(browser: Browser, written: tuple[Writer, str]) -> Iterator[OpenPage]:
    with opening_pages(browser, written[1]) as opened:
        yield opened


def ask(page: Page, question: str) -> None:
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")


def test_the_evidence_is_there_before_anything_is_written(
    open_page: OpenPage, model: Writer
) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("#card-1-1")).to_be_visible()
    expect(page.locator(".waiting")).to_contain_text("Writing the answer")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    model.may_write.release()
    expect(page.locator(".is-arriving .said")).to_contain_text("€25,000")
    model.may_write.release()
    expect(page.locator(".mode")).to_have_text("Written from the quotes and checked")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_written_sentence_does_not_look_like_a_quote(open_page: OpenPage, model: Writer) -> None:
    model.begin(sentences=2)
    page = open_page()
    ask(page, TOLD)
    expect(page.locator(".mode")).to_be_visible()
    prose = page.locator(".answer .said:not(.quoted)")
    expect(prose).to_have_count(1)
    expect(prose).to_contain_text("The festival week costs about €25,000.")
    for quoted in page.locator(".answer .said.quoted").all():
        assert "“" in quoted.inner_text()
    numbers = set(page.locator(".turn .cite").all_inner_texts())
    assert numbers == set(page.locator(".card .n").all_inner_texts()) != set()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_came_before_stop_stays_and_the_next_question_can_be_asked(
    open_page: OpenPage, model: Writer, size: tuple[int, int]
) -> None:
    model.begin(sentences=1)
    page = open_page(size=size)
    ask(page, TOLD)
    expect(page.locator(".is-arriving .said")).to_contain_text("€25,000")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".stopped")).to_be_visible(timeout=2000)
    expect(page.locator(".answer .said")).to_contain_text("€25,000")
    expect(page.locator("#card-1-1")).to_be_attached()
    expect(page.get_by_label("Your question")).to_be_focused()
    model.may_write.release(5)
    ask(page, TOLD)
    expect(page.locator("#turn-2 .basis")).to_be_visible()


def test_stop_reaches_the_model_with_its_next_sentence(open_page: OpenPage, model: Writer) -> None:
    model.begin(sentences=1)
    model.endless = True
    page = open_page()
    ask(page, TOLD)
    expect(page.locator(".is-arriving .said")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".stopped")).to_be_visible()
    model.may_write.release()
    assert model_left(page, model)


def test_a_closed_browser_ends_the_writing(open_page: OpenPage, model: Writer) -> None:
    model.begin(sentences=1)
    model.endless = True
    page = open_page()
    ask(page, TOLD)
    expect(page.locator(".is-arriving .said")).to_be_visible()
    page.close()
    time.sleep(1)
    model.may_write.release()
    assert model.closed.wait(5)


def model_left(page: Page, model: Writer) -> bool:
    """Tell whether the reader of what the model writes went away; lets the page live meanwhile."""
    for _ in range(50):
        if model.closed.is_set():
            return True
        page.wait_for_timeout(100)
    return False


def test_cards_give_way_where_the_model_reads_that_they_do_not_tell(
    open_page: OpenPage, model: Writer
) -> None:
    model.begin(yes=0.001)
    page = open_page()
    ask(page, TOLD)
    expect(page.locator("#card-1-1")).to_be_visible()
    model.may_write.release(9)
    expect(page.locator(".refusal")).to_contain_text("Not told in the stories")
    expect(page.locator(".near a").first).to_be_visible()
    assert page.locator(".card, .answer, .cite").count() == 0


def test_who_wants_only_quotes_does_not_wait_for_another_readers_answer(
    open_page: OpenPage, model: Writer
) -> None:
    one, other = open_page(), open_page()
    ask(one, TOLD)
    expect(one.locator(".waiting")).to_contain_text("Writing the answer")
    other.get_by_label("Only quotes").check()
    ask(other, TOLD)
    expect(other.locator(".mode")).to_have_text("In the stories’ own words")
    expect(one.locator(".is-arriving")).to_be_attached()
    third = open_page()
    ask(third, TOLD)
    expect(third.locator("#card-1-1")).to_be_visible()
    model.may_write.release(9)
    expect(one.locator(".mode")).to_be_visible()
    expect(third.locator(".mode")).to_be_visible()


def test_the_next_question_can_be_typed_while_an_answer_arrives(
    open_page: OpenPage, model: Writer
) -> None:
    page = open_page()
    ask(page, TOLD)
    expect(page.locator(".waiting")).to_contain_text("Writing the answer")
    page.get_by_label("Your question").fill("And who pays?")
    model.may_write.release(2)
    expect(page.locator(".mode")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("And who pays?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["writing", "written", "stopped"])
def test_axe_finds_nothing_serious_while_an_answer_comes_and_after(
    open_page: OpenPage, model: Writer, axe: str, state: str, scheme: str
) -> None:
    model.begin(sentences=2 if state == "written" else 1)
    page = open_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    ask(page, TOLD)
    if state == "written":
        expect(page.locator(".mode")).to_be_visible()
    else:
        expect(page.locator(".is-arriving .said")).to_be_visible()
    if state == "stopped":
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".stopped")).to_be_visible()
    assert serious_faults(page, axe) == []


@pytest.mark.slow
def test_the_embedded_model_writes_an_answer_on_the_page(
    browser: Browser, indexed: Path, tmp_path: Path
) -> None:
    with (
        running_app(indexed, tmp_path, "embedded") as address,
        opening_pages(browser, address) as opened,
    ):
        until = time.monotonic() + 120
        while time.monotonic() < until:  # until the model is loaded, answers are quotes
            page = opened()
            ask(page, "How many learners were enrolled in Bouaké in 2021–2022?")
            expect(page.locator(".mode")).to_be_visible(timeout=60_000)
            if "Written" in page.locator(".mode").inner_text():
                break
            time.sleep(5)
        expect(page.locator(".mode")).to_have_text("Written from the quotes and checked")
        expect(page.locator(".answer")).to_contain_text("2,091")
