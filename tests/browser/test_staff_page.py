"""The staff page as a person uses it: from a file to a cited answer, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.browser.conftest import DESKTOP, PHONE, opening_pages, running_app, serious_faults
from tests.browser.test_ask_page import ask
from tests.corpus.reading import made_files

pytestmark = pytest.mark.browser

PASSWORD = "nets and boats, 640 of them"
OpenPage = Callable[..., Page]
QUESTION = "How many learners came aboard the river boats of Turku?"
# By file: how many learners it tells of, which keeps the texts apart, and where that is cited.
BROUGHT = {
    "turku.pdf": (640, "page 3"),
    "turku.docx": (642, "Learning on the river"),
    "turku.epub": (643, "chapter 3"),
    "pageflow.html": (644, "page 3"),
    "pageflow.txt": (645, "page 3"),
}


@pytest.fixture(scope="module")
def address(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an app with a staff page."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEARNING_CITY_STAFF_PASSWORD", PASSWORD)
        with running_app(indexed, tmp_path_factory.mktemp("staff"), "none") as address:
            yield address


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    with opening_pages(browser, address) as opened:
        yield opened


@pytest.fixture
def staff(open_page: OpenPage) -> Page:
    return log_in(open_page("/staff"))


def log_in(page: Page) -> Page:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("tab", name="Add")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Or a web address")).to_be_visible()
    return page


def bring(page: Page, *files: tuple[str, bytes]) -> None:
    """Upload files and have them read."""
    payload = [{"name": n, "mimeType": "", "buffer": content} for n, content in files]
    page.locator("#files input[type=file]").set_input_files(payload)  # type: ignore[arg-type]
    expect(page.locator("#files")).to_contain_text(Path(files[-1][0]).stem[:6])
    page.get_by_role("button", name="Read", exact=True).click()


def open_story(page: Page, slug: str) -> None:
    page.get_by_role("tab", name="Stories").click()
    page.get_by_label("Search by").fill(slug)
    page.locator(f'.rows a[data-with="{slug}"]').click()
    expect(page.locator("#story-heading")).to_contain_text(slug)


def told(page: Page, place: str, text: str) -> None:
    expect(page.locator(place)).to_contain_text(text, timeout=60_000)


def made(name: str, learners: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return a file whose story tells of so many learners."""
    (first, (title, text)) = made_files.SECTIONS
    other = text.replace("640", str(learners))
    monkeypatch.setattr(made_files, "SECTIONS", (first, (title, other)))
    return made_files.FILES[name]()


@pytest.mark.parametrize("name", BROUGHT)
def test_a_file_is_read_looked_at_confirmed_and_cited(
    open_page: OpenPage, staff: Page, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    learners, place = BROUGHT[name]
    slug = f"2026-{name.replace('.', '-')}"
    bring(staff, (name, made(name, learners, monkeypatch)))
    told(staff, "#passages", f"{learners} learners")
    expect(staff.get_by_label("City", exact=True)).to_have_value("Turku")
    expect(staff.get_by_label("Inhabitants")).to_have_value("195000")
    told(staff, "#found-city", "GNLC Awardee: Turku")
    staff.get_by_label("Try a question").fill("How many learners came aboard?")
    staff.get_by_role("button", name="Try", exact=True).click()
    told(staff, "#try-answer", f"{learners} learners")
    staff.get_by_label("File name").fill(slug)
    staff.get_by_label("Why, for the history").first.fill("the award of 2026")
    told(staff, "#place", f"It becomes {slug}.")
    staff.get_by_role("button", name="Add this story").click()
    told(staff, "#add-told", f"{slug} is added, and readers are answered from it.")
    reader = open_page()
    ask(reader, QUESTION)
    expect(reader.locator(".turn .answer")).to_contain_text(f"{learners} learners")
    card = reader.locator(".card", has_text=f"{learners} learners").first
    expect(card.locator("h3")).to_contain_text("Turku, Finland")
    expect(card).to_contain_text(place)
    open_story(staff, slug)
    told(staff, "#history", "the award of 2026")
    staff.get_by_role("button", name="Withdraw").click()
    told(staff, "#story-told", f"{slug} is withdrawn")
    expect(staff.get_by_role("button", name="Restore", exact=True)).to_be_visible()
    ask(reader, QUESTION)
    assert f"{learners} learners" not in reader.locator(".turn").last.inner_text()


def test_several_files_at_once_are_looked_at_one_by_one(
    staff: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made("turku.docx", 651, monkeypatch)
    other = made("turku.md", 652, monkeypatch)
    bring(staff, ("one.docx", one), ("bad.pdf", made_files.pdf()[:500]), ("other.md", other))
    expect(staff.locator("#chooser label")).to_have_count(2, timeout=60_000)
    told(staff, "#add-told", "“bad.pdf” was not read")
    staff.get_by_label("City", exact=True).fill("Åbo")
    staff.locator("#chooser label").nth(1).click()
    told(staff, "#draft-heading", "other.md")
    expect(staff.get_by_label("City", exact=True)).to_have_value("Turku")
    staff.locator("#chooser label").first.click()
    told(staff, "#draft-heading", "one.docx")
    expect(staff.get_by_label("City", exact=True)).to_have_value("Åbo")
    for left in ("other.md", ""):
        staff.get_by_role("button", name="Leave it out").click()
        told(staff, "#draft-heading" if left else "#add-told", left or "It was left out.")
    expect(staff.locator("#draft")).to_be_hidden()


@pytest.mark.parametrize(
    "typed", ["http://127.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/latest"]
)
def test_an_address_that_is_not_public_is_refused_in_a_sentence(staff: Page, typed: str) -> None:
    staff.get_by_label("Or a web address").fill(typed)
    staff.get_by_role("button", name="Read", exact=True).click()
    told(staff, "#add-told .failure", "was not fetched")
    expect(staff.locator("#draft")).to_be_hidden()


def test_a_files_name_and_text_are_read_and_never_run(staff: Page) -> None:
    text = b"# <img src=x onerror=window.ran=1>\n\nIn 2024 the **city** ![x](http://192.0.2.1/x.png).\n"
    bring(staff, ("<img src=x onerror=window.ran=1>.md", text))
    expect(staff.locator("#draft-heading h2, #add-told .failure")).to_be_visible(timeout=60_000)
    staff.wait_for_timeout(500)
    assert staff.evaluate("window.ran") is None
    assert staff.locator("#staff img").count() == 0


def test_a_fact_that_is_missing_is_asked_for(staff: Page) -> None:
    bring(staff, ("a.txt", b"A town that nobody named\n\nPeople learn to mend nets by the quay.\n"))
    told(staff, "#found-city", "The text does not tell: please say it.")
    staff.get_by_role("button", name="Add this story").click()
    told(staff, "#add-told .failure", "does not tell its")
    # It is told at the top of the tab, far above the button.
    expect(staff.locator("#add-told .failure")).to_be_in_viewport()


def test_a_story_is_corrected_with_its_faults_at_the_line_and_brought_back(
    open_page: OpenPage, staff: Page
) -> None:
    staff.get_by_label("Your name").fill("Ana")
    open_story(staff, "2015-amman")
    box = staff.get_by_label("The story’s file", exact=True)
    text = box.input_value()
    box.fill(text.replace("Amman's learning city project", "Amman's <b>learning</b> project"))
    staff.get_by_role("button", name="Save", exact=True).click()
    told(staff, "#faults", "Holds the HTML tag <b>")
    staff.locator("#faults .line").first.click()
    chosen = box.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
    assert chosen.startswith("Amman's <b>learning</b>")
    box.fill(text.replace("a good neighbour and a good host", "a good guest and a good host"))
    staff.get_by_role("button", name="Check").click()
    told(staff, "#faults", "No faults.")
    staff.get_by_role("button", name="Save", exact=True).click()
    told(staff, "#story-told", "2015-amman is saved")
    staff.locator("#history summary").first.click()
    expect(staff.locator("#history ins mark").first).to_have_text("guest")
    expect(staff.locator("#history li").first).to_contain_text("Ana")
    staff.locator("#history [data-with='1']").click()
    told(staff, "#story-told", "2015-amman is as it was in version 1.")
    expect(box).to_have_value(text)
    expect(staff.locator("#history li")).to_have_count(3)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    open_page: OpenPage, staff: Page
) -> None:
    other = open_page("/staff")
    log_in(other)
    for page in (staff, other):
        open_story(page, "2015-beijing")
    for page, word in ((other, "first"), (staff, "second")):
        box = page.get_by_label("The story’s file", exact=True)
        box.fill(box.input_value().replace("\n\n## ", f"\n\n## {word.title()}: ", 1))
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#story-told .told p, #story-told .failure")).to_be_visible()
    told(other, "#story-told", "is saved")
    told(staff, "#story-told", "was changed by somebody else since you opened it")


def test_readers_other_answers_are_shown(staff: Page) -> None:
    staff.get_by_role("tab", name="What readers get").click()
    staff.get_by_label("Saved questions").fill("What does Amman mean by Jeera?\nWho won in 2015?")
    staff.get_by_role("button", name="Save the questions").click()
    told(staff, "#questions-told", "2 questions are saved.")
    open_story(staff, "2015-amman")
    staff.get_by_role("button", name="Withdraw").click()
    told(staff, "#story-told", "2015-amman is withdrawn")
    staff.get_by_role("tab", name="What readers get").click()
    for _ in range(60):  # the questions are asked after the change is told as done
        staff.get_by_role("button", name="Look again").click()
        staff.wait_for_timeout(500)
        if staff.locator(".difference", has_text="Jeera").count():
            break
    difference = staff.locator(".difference", has_text="Jeera").first
    expect(difference).to_contain_text("after a change of 2015-amman")
    open_story(staff, "2015-amman")
    staff.get_by_role("button", name="Restore", exact=True).click()
    told(staff, "#story-told", "2015-amman is restored")


def test_a_session_that_ended_leads_to_the_password(staff: Page) -> None:
    staff.context.clear_cookies()
    with suppress(TimeoutError):  # the page may have noticed by itself, and be gone
        staff.get_by_role("button", name="Read", exact=True).click(timeout=3_000)
    expect(staff.get_by_label("Password")).to_be_visible()


def test_after_logging_out_the_page_is_closed(staff: Page, address: str) -> None:
    staff.get_by_role("button", name="Log out").click()
    expect(staff.get_by_label("Password")).to_be_visible()
    staff.goto(f"{address}/staff/")
    expect(staff.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation_and_nothing_is_too_wide(
    open_page: OpenPage, axe: str, size: tuple[int, int], scheme: str
) -> None:
    page = open_page("/staff", size)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    look_at(page, axe, size)
    log_in(page)
    look_at(page, axe, size)
    bring(page, ("turku.md", made_files.markdown()))
    told(page, "#passages", "3 passages")
    look_at(page, axe, size)
    open_story(page, "2015-cork")
    box = page.get_by_label("The story’s file", exact=True)
    box.fill(box.input_value().replace("year: 2015", "year: soon"))
    page.get_by_role("button", name="Check").click()
    told(page, "#faults", "award year")
    look_at(page, axe, size)
    page.get_by_role("tab", name="What readers get").click()
    look_at(page, axe, size)


def look_at(page: Page, axe: str, size: tuple[int, int]) -> None:
    assert serious_faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
