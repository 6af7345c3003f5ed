"""The real app in a process of its own, and a Chromium that reaches nothing but this app."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
DESKTOP = (1366, 850)
PHONE = (390, 844)

_QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
_START = 240  # seconds; on a busy machine


@dataclass
class Heard:
    """What a page did that it must not do."""

    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with an index of all stories, to be copied."""
    data = tmp_path_factory.mktemp("indexed")
    environment = {**os.environ, "LEARNING_CITY_DATA": str(data)}
    subprocess.run(
        [sys.executable, "-m", "assistant", "sync"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    return data


@contextmanager
def running_app(indexed: Path, folder: Path, llm: str) -> Iterator[str]:
    """Start the app over a copy of an index with a language model; yield its address once ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = folder / "app.log"
    environment = {
        **os.environ,
        "LEARNING_CITY_DATA": str(shutil.copytree(indexed, folder / "data")),
        "LEARNING_CITY_HOST": "127.0.0.1",
        "LEARNING_CITY_PORT": str(port),
        "LEARNING_CITY_LLM": llm,
    }
    with log.open("wb") as out:
        app = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        _wait(f"http://127.0.0.1:{port}", app, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(timeout=60)  # it finishes what it looks into; on a busy machine


@pytest.fixture(scope="session")
def address(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an app that answers by quotes alone."""
    with running_app(indexed, tmp_path_factory.mktemp("quoting"), "none") as address:
        yield address


def _wait(address: str, app: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until and app.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            if b'"ready"' in answer.read():
                return
        time.sleep(0.2)
    pytest.fail(f"The app did not get ready:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield a Chromium with a profile of its own that is thrown away."""
    expect.set_options(timeout=20_000)  # on a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a path of the app in a window of a given size."""
    with opening_pages(browser, address) as opened:
        yield opened


@contextmanager
def opening_pages(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a path of the app at an address in a window of a given size.

    However a test ends, no page of it may have reached out or reported an error.
    """
    heard = Heard()
    contexts = []

    def listen(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            heard.elsewhere.append(request.url)

    def opened(path: str = "/", size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.on("request", listen)
        page = context.new_page()
        page.on("pageerror", lambda error: heard.errors.append(str(error)))
        page.goto(address + path)
        if path.startswith("/?") or path == "/":
            page.locator("#question textarea[dir=auto]").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard.elsewhere == [], "the page asked another host"
    assert heard.errors == []


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the accessibility checker's script."""
    if not AXE.exists():
        pytest.skip("no axe-core (npm ci --prefix tests/browser)")
    return AXE.read_text("utf-8")


def serious_faults(page: Page, axe: str) -> list[str]:
    """Return what keeps a person out of a page as it is now: each fault, and where it is first."""
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    assert found["passes"], "axe did not look at anything"
    return [
        f"{fault['id']}: {fault['nodes'][0]['html']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
