"""What stands before the staff page: who does not know the password gets nothing behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from app import build_app
from assistant.pages.door import COOKIE
from assistant.pages.office import Office
from assistant.saved_questions import SavedQuestions
from corpus.library import Library

if TYPE_CHECKING:
    from assistant.service import Assistant

PASSWORD = "a long, long password ü"
HERE = "https://ask.example.org"
OURS = {"origin": HERE}
BEHIND = [
    ("GET", "/staff/"),
    ("GET", "/staff/config"),
    ("GET", "/staff/gradio_api/info"),
    ("GET", "/staff/gradio_api/queue/data?session_hash=x"),
    ("GET", "/staff/gradio_api/file=/etc/hostname"),
    ("GET", "/staff/gradio_api/heartbeat/x"),
    ("GET", "/staff/assets/none.js"),
    ("GET", "/staff//config"),
    ("GET", "/staff/login/../config"),
    ("GET", "/staff/x%2f..%2fconfig"),
    ("POST", "/staff/gradio_api/queue/join"),
    ("POST", "/staff/gradio_api/upload"),
    ("POST", "/staff/gradio_api/run/begin"),
    ("POST", "/staff/gradio_api/call/begin"),
    ("POST", "/staff/gradio_api/cancel"),
    ("DELETE", "/staff/gradio_api/upload"),
]


def client(app: Any) -> TestClient:
    """Return a browser at the app's address; each is another person."""
    return TestClient(app, base_url=HERE, follow_redirects=False)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The app with a staff page; its assistant never gets ready."""
    data: Path = tmp_path_factory.mktemp("data")
    library = Library(data / "stories")
    opening: Future[Assistant] = Future()
    return build_app(library, opening, Office(library, opening, SavedQuestions(data)), PASSWORD)


@pytest.fixture
def stranger(app: Any) -> TestClient:
    return client(app)


@pytest.fixture
def staff(app: Any) -> Iterator[TestClient]:
    browser = client(app)
    answer = log_in(browser)
    assert answer.status_code == 303
    yield browser


def log_in(browser: TestClient, password: str = PASSWORD, **headers: str) -> Any:
    return browser.post("/staff/login", data={"password": password}, headers={**OURS, **headers})


@pytest.mark.parametrize(("method", "path"), BEHIND)
def test_nothing_behind_the_door_is_given_to_a_stranger(
    stranger: TestClient, method: str, path: str
):
    answer = stranger.request(method, path, headers=OURS)
    assert answer.status_code in (401, 404) and len(answer.content) < 2000
    assert "Learning" not in answer.text or answer.status_code == 404


def test_a_stranger_who_opens_the_page_is_led_to_the_form(stranger: TestClient):
    answer = stranger.get("/staff/", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login")
    assert stranger.get("/staff").headers["location"] == "/staff/"
    form = stranger.get("/staff/login")
    assert form.status_code == 200 and 'type="password"' in form.text
    assert form.headers["x-frame-options"] == "DENY"


def test_a_websocket_is_refused(stranger: TestClient):
    with pytest.raises(Exception), stranger.websocket_connect("/staff/x"):  # noqa: B017
        pass


def test_the_password_opens_the_page_and_the_cookie_is_guarded(app: Any):
    browser = client(app)
    answer = log_in(browser)
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/staff", "Max-Age="):
        assert part in cookie
    page = browser.get("/staff/")
    assert page.status_code == 200 and page.headers["x-frame-options"] == "DENY"
    assert "<title>For staff · Learning City Assistant</title>" in page.text
    assert "staff.js" in page.text and "no-store" in page.headers["cache-control"]
    assert browser.get("/staff/config").status_code == 200


def test_the_password_stands_in_no_page(staff: TestClient):
    for path in ("/staff/", "/staff/config", "/"):
        assert PASSWORD not in staff.get(path).text


def test_who_is_logged_in_is_led_past_the_form(staff: TestClient):
    assert staff.get("/staff/login").headers["location"] == "/staff/"


def test_a_wrong_password_is_told_and_opens_nothing(stranger: TestClient):
    answer = log_in(stranger, "wrong")
    assert answer.status_code == 401 and "This is not the password." in answer.text
    assert "set-cookie" not in answer.headers
    assert stranger.get("/staff/config").status_code == 401


def test_after_wrong_passwords_even_the_right_one_must_wait(app: Any):
    browser = TestClient(app, HERE, follow_redirects=False, client=("198.51.100.7", 1))
    for _ in range(3):
        assert log_in(browser, "wrong").status_code == 401
    answer = log_in(browser)
    assert answer.status_code == 429 and re.search(r"try again in \d seconds?\.", answer.text)
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert "set-cookie" not in answer.headers


def test_logging_out_ends_the_session_for_good(staff: TestClient):
    token = staff.cookies[COOKIE]
    assert staff.post("/staff/logout", headers=OURS).headers["location"] == "/staff/login"
    staff.cookies.set(COOKIE, token, domain="ask.example.org", path="/staff")
    assert staff.get("/staff/config").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
        {"origin": "https://ask.example.org.evil.example"},
        {"origin": f"{HERE}:8443"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/staff/gradio_api/queue/join", "/staff/gradio_api/upload", "/staff/logout"]
)
def test_another_sites_page_can_do_nothing_with_the_session(
    staff: TestClient, path: str, headers: dict[str, str]
):
    answer = staff.post(path, json={}, headers=headers)
    assert answer.status_code == 403 and "open the page and do it there" in answer.text
    assert staff.get("/staff/config").status_code == 200


def test_our_own_page_gets_through(staff: TestClient):
    for headers in (OURS, {"sec-fetch-site": "same-origin"}):
        assert (
            staff.post("/staff/gradio_api/queue/join", json={}, headers=headers).status_code == 422
        )


def test_another_sites_page_cannot_log_anybody_in(stranger: TestClient):
    answer = log_in(stranger, PASSWORD, origin="https://evil.example")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_the_password_is_not_taken_unencrypted(app: Any):
    browser = TestClient(app, "http://ask.example.org", follow_redirects=False)
    assert "unencrypted" in browser.get("/staff/login").text
    answer = log_in(browser, origin="http://ask.example.org")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    local = TestClient(app, "http://127.0.0.1:7860", follow_redirects=False)
    assert log_in(local, origin="http://127.0.0.1:7860").status_code == 303


def test_the_ask_page_needs_no_password_and_takes_no_files(stranger: TestClient):
    assert stranger.get("/").status_code == 200
    assert "pages/page.js" in stranger.get("/").text
    files = {"files": ("a.txt", b"text")}
    assert stranger.post("/gradio_api/upload", files=files).status_code == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/staff"), ("GET", "/staff/login"), ("POST", "/staff/login"), *BEHIND],
)
def test_without_a_password_there_is_no_staff_page(tmp_path: Path, method: str, path: str):
    browser = client(_without_password())
    answer = browser.request(method, path, headers={**OURS, "accept": "text/html"})
    assert answer.status_code == 404 and "There is nothing here" in answer.text


_apps: list[Any] = []


def _without_password() -> Any:
    """Return an app without a password, made once."""
    if not _apps:
        _apps.append(build_app(Library(None), Future()))
    return _apps[0]
