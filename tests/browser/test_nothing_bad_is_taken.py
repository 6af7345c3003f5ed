"""Bad files and hostile addresses on the staff page: each is told, none changes anything."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from corpus.reading.cleaning import shown_name
from tests.browser.conftest import opening_pages, running_app
from tests.browser.test_staff_page import PASSWORD, log_in
from tests.corpus.reading.bad_files import bad_files
from tests.corpus.reading.test_bad_files import TECHNICAL
from tests.corpus.test_fetching import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_two_hundred_bad_files_and_sixty_hostile_addresses_change_nothing(
    browser: Browser, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _on_disk(tmp_path / "bad")
    assert len(files) >= 200 and len(HOSTILE) >= 60
    monkeypatch.setenv("LEARNING_CITY_STAFF_PASSWORD", PASSWORD)
    with (
        running_app(indexed, tmp_path, "none") as address,
        opening_pages(browser, address) as opened,
    ):
        page = log_in(opened("/staff"))
        before = _kept(tmp_path / "data")
        told = _told_about_files(page, files)
        assert len(told) == len(files)
        for sentence, file in zip(told, files, strict=True):
            assert sentence.startswith((f"“{file.name}” was not read: ", f"{file.name}, line "))
            _is_plain(sentence.removeprefix(f"“{file.name}”"))
        for typed in HOSTILE:
            (sentence,) = _told_about_address(page, typed)
            _, said, reason = sentence.partition("” was not fetched: ")
            assert said
            _is_plain(reason)
        assert _kept(tmp_path / "data") == before
    assert "Traceback" not in (tmp_path / "app.log").read_text("utf-8")


def _on_disk(folder: Path) -> list[Path]:
    """Write the bad files, each into a folder of its own, as some have the same name.

    Those whose badness is a path in their name are left out: no file on a disk has such a name, and
    from what a browser might send all the same, the server keeps the last part alone.
    """
    paths = []
    for number, (what, name, make) in enumerate(bad_files()):
        if not what.startswith("name "):
            paths.append(folder / str(number) / name)
            paths[-1].parent.mkdir(parents=True)
            paths[-1].write_bytes(make())
    return paths


def _told_about_files(page: Page, files: list[Path]) -> list[str]:
    page.locator("#files input[type=file]").set_input_files(files)
    expect(page.locator("#files .file-preview tr")).to_have_count(len(files), timeout=120_000)
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.locator("#add-told .failure")).to_be_visible(timeout=300_000)
    return _sentences(page)


def _told_about_address(page: Page, typed: str) -> list[str]:
    told = page.locator("#add-told .failure", has_text=f"“{shown_name(typed)}” was")
    for _ in range(30):  # a click that comes before the one before is done with is passed over
        page.get_by_label("Or a web address").fill(typed)
        page.get_by_role("button", name="Read", exact=True).click()
        with suppress(TimeoutError):
            told.wait_for(timeout=2_000)
            break
    return _sentences(page)


def _sentences(page: Page) -> list[str]:
    """Return what is told, if there is no draft to confirm beside it."""
    expect(page.locator("#draft")).to_be_hidden()
    expect(page.get_by_role("button", name="Add this story")).to_be_hidden()
    return page.locator("#add-told .failure p").all_inner_texts()


def _is_plain(sentence: str) -> None:
    assert "\n" not in sentence and len(sentence) < 400 and sentence[-1] in ".)"
    assert [word for word in TECHNICAL if word in sentence] == []


def _kept(data: Path) -> dict[str, str]:
    """Return a digest of every file of staff's stories with their history, and of the index.

    None is left out: an index that is only searched writes nothing, not even beside its files.
    """
    folders = (data / "stories", data / "index")
    return {
        str(path.relative_to(data)): sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
