"""Nothing on the pages keeps a person out: axe-core finds no serious fault."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, serious_faults

pytestmark = pytest.mark.browser

PLACES = {
    "empty": ("/", ".examples"),
    "answer": ("/?q=How+much+does+Cork%27s+festival+week+cost%3F", ".basis"),
    "counted": ("/?q=Which+cities+in+Africa+won+the+award%3F", ".counted"),
    "refusal": ("/?q=What+does+Reykjavik+do+for+adult+learners%3F", ".refusal"),
    "story": ("/story/2015-cork?quote=0-60#quote", "mark"),
    "no story": ("/story/none", "h1"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_no_serious_violation(
    open_page: Callable[..., Page], axe: str, place: str, size: tuple[int, int], scheme: str
) -> None:
    path, shown = PLACES[place]
    page = open_page(path, size)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    expect(page.locator(shown).first).to_be_visible()
    assert serious_faults(page, axe) == []
