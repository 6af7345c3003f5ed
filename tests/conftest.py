"""The order of the tests, what is left out where there is no browser, and the real index."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from index.embedding import Encoder
    from index.store import Store

# The language model takes a gigabyte and half a minute: only the tests that are about it open it.
os.environ["LEARNING_CITY_LLM"] = "none"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _chromium() -> str | None:
    """Return the path of the Chromium that the browser tests drive."""
    named = os.environ.get("LEARNING_CITY_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _BROWSERS)), None)


def _weight(test: pytest.Item) -> int:
    """Return 0 for a fast test, 1 for a slow one, 2 for one in the browser."""
    return 2 if test.get_closest_marker("browser") else bool(test.get_closest_marker("slow"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put fast tests first, so that a fault shows within seconds; skip what needs a browser."""
    items.sort(key=_weight)
    if _chromium():
        return
    for test in items:
        if test.get_closest_marker("browser"):
            test.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_report_header() -> str:
    """Tell in one line whether the browser tests run."""
    return f"browser tests: {_chromium() or 'skipped, no Chromium found'}"


@pytest.fixture(scope="session")
def all_stories(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[tuple[Store, Encoder]]":
    """The bundled stories in an index of the real embedding; made once, as it takes a while."""
    from assistant.opening import open_index
    from assistant.settings import Settings
    from corpus.library import Library
    from index.embedding import Encoder

    encoder = Encoder()
    settings = Settings(data=tmp_path_factory.mktemp("all-stories"))
    store, _ = open_index(settings, Library(None), encoder)
    yield store, encoder
    store.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the Chromium to drive."""
    path = _chromium()
    assert path, "tests that need a browser are marked so, and skipped without one"
    return path
