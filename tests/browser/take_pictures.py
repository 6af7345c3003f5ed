"""Takes the README's pictures from a running app:
`python tests/browser/take_pictures.py http://127.0.0.1:7860`."""

import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent.parent.parent / "docs"
QUESTION = "How do cities bring learning to people who cannot read?"
PICTURES = {"ask-page.png": (1366, 850), "ask-page-phone.png": (390, 844)}


def take_pictures(address: str) -> None:
    """Write both pictures to docs/: an answer, and its first number tied to its card."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{address}/?q={quote(QUESTION)}")
            page.locator(".turn .basis").wait_for()
            page.locator("#cite-1-1").hover()
            page.wait_for_timeout(1000)  # for the colours to settle
            page.screenshot(path=DOCS / name)
        browser.close()


if __name__ == "__main__":
    take_pictures(sys.argv[1])
