"""A story read in full, and the place in it that a citation points to."""

from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from corpus.library import Library
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("size", [(1366, 850), PHONE])
def test_a_card_leads_to_the_very_place_in_the_story(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("/?q=How+much+does+the+festival+week+of+Cork+cost%3F", size)
    card = page.locator(".card").first
    marked = card.locator("mark").inner_text()
    with page.expect_popup() as opened:
        card.get_by_role("link", name="Read in the story").click()
    quote = opened.value.locator("mark#quote")
    expect(quote).to_have_text(marked)
    expect(quote).to_be_in_viewport()


def test_the_story_is_shown_whole(open_page: OpenPage) -> None:
    story = Library(None).get("2015-cork")
    page = open_page("/story/2015-cork")
    expect(page.locator("h1")).to_have_text(story.title)
    for section in story.sections:
        for paragraph in section.paragraphs:
            expect(page.locator(f"#p-{paragraph.start}")).to_contain_text(paragraph.text)
    assert page.locator(".story-sources li").count() == len(story.sources)


@pytest.mark.parametrize("quote", ["", "5", "9999999-99999999", "7-3", "a-b", "%3Cscript%3E"])
def test_a_damaged_link_still_opens_the_story(open_page: OpenPage, quote: str) -> None:
    page = open_page(f"/story/2015-cork?quote={quote}")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("mark").count() == 0


@pytest.mark.parametrize("slug", ["no-such-story", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", ".."])
def test_a_story_that_is_not_there_is_told_in_a_sentence(address: str, slug: str) -> None:
    with pytest.raises(HTTPError) as raised:
        urlopen(f"{address}/story/{slug}")
    page = raised.value.read().decode("utf-8")
    assert raised.value.code == 404
    assert "<script>alert" not in page and "Traceback" not in page
