"""Takes the pictures of README and docs from a running app:
`python -m tests.browser.take_pictures http://127.0.0.1:7860 [STAFF_PASSWORD]`.

With the password also those of the staff page; they withdraw a story and restore it.
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.corpus.reading import made_files

DOCS = Path(__file__).parent.parent.parent / "docs"
QUESTION = "How do cities bring learning to people who cannot read?"
PICTURES = {"ask-page.png": (1366, 850), "ask-page-phone.png": (390, 844)}
SAVED = "What does Jeera in Amman mean?"


def take_pictures(address: str, password: str = "") -> None:
    """Write the pictures to docs/: an answer, its first number tied to its card; the staff page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        if password:
            take_staff_pictures(browser, address, password)
        else:
            take_answers(browser, address)
        browser.close()


def take_answers(browser: Browser, address: str) -> None:
    """Write the pictures of the Ask page."""
    for name, (width, height) in PICTURES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/?q={quote(QUESTION)}")
        page.locator(".turn .basis").wait_for()
        page.locator("#cite-1-1").hover()
        page.wait_for_timeout(1000)  # for the colours to settle
        page.screenshot(path=DOCS / name)


def take_staff_pictures(browser: Browser, address: str, password: str) -> None:
    """Write the pictures of the staff page."""
    page = browser.new_page(viewport={"width": 1200, "height": 850})
    page.set_default_timeout(120_000)
    page.goto(f"{address}/staff")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Your name").fill("Ana")
    booklet = [{"name": "turku.pdf", "mimeType": "", "buffer": made_files.pdf()}]
    page.locator("#files input[type=file]").set_input_files(booklet)
    page.locator("#files .file-preview").wait_for()
    page.get_by_role("button", name="Read", exact=True).click()
    page.locator("#passages li").first.wait_for()
    page.get_by_label("Try a question").fill("How many learners came aboard?")
    page.get_by_role("button", name="Try", exact=True).click()
    page.locator("#try-answer blockquote").wait_for()
    page.locator("#draft").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#draft-heading').scrollIntoView()")
    _picture(page, "staff-add.png")
    page.get_by_role("tab", name="What readers get").click()
    page.get_by_label("Saved questions").fill(SAVED)
    page.get_by_role("button", name="Save the questions").click()
    page.locator("#questions-told .told").wait_for()
    page.get_by_role("tab", name="Stories").click()
    page.get_by_label("Search by").fill("jordan")
    page.locator(".rows a").first.click()
    box = page.get_by_label("The story’s file", exact=True)
    page.locator("#story-heading h2").wait_for()
    right = box.input_value()
    box.fill(right.replace("year: 2015", "year: 215"))
    page.get_by_role("button", name="Check").click()
    page.locator("#faults .line").first.wait_for()
    box.evaluate("e => { e.scrollTop = 0; }")
    page.evaluate("window.scrollTo(0, 0)")
    _picture(page, "staff-edit.png", whole=True)
    page.get_by_role("button", name="Withdraw").click()
    page.locator("#story-told .told p").wait_for()
    page.get_by_role("tab", name="What readers get").click()
    while not page.locator(".difference", has_text=SAVED).count():
        page.get_by_role("button", name="Look again").click()
        page.wait_for_timeout(1000)
    _picture(page, "staff-readers.png")
    page.get_by_role("tab", name="Stories").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    page.locator("#story-told .told p").wait_for()


def _picture(page: Page, name: str, whole: bool = False) -> None:
    page.wait_for_timeout(1000)
    page.screenshot(path=DOCS / name, full_page=whole)


if __name__ == "__main__":
    take_pictures(*sys.argv[1:])
