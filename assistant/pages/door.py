"""The door of the staff page: everything behind it is for who knows the password.

It stands around the whole mounted app and not before single routes, so that no route of Gradio's
can be forgotten. A request that changes something must also come from our own page.
"""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.pages.login_page import login_page, nothing_here_page
from assistant.pages.session import HOURS, Password, Sessions

COOKIE = "learning-city-staff"
PATH = "/staff"

_LOCAL = ("localhost", "127.0.0.1", "::1")
_LONGEST_PASSWORD = 1000
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_ELSEWHERE = "This did not come from the staff page itself: open the page and do it there."
_NOT_SECURE = (
    "A password must not travel unencrypted. Open this page by https, or on the machine itself."
)
_WRONG = "This is not the password."


class StaffDoor:
    """ASGI middleware that lets requests pass that belong to a session."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # a websocket: the page needs none
            await send({"type": "websocket.close", "code": 1008})
        elif refusal := self._refusal(Request(scope)):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        """Return the answer to who may not pass; None if the request may."""
        if not self._sessions.is_open(request.cookies.get(COOKIE, "")):
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse(f"{PATH}/login", 303)
            return PlainTextResponse("Log in first.", 401)
        if request.method not in ("GET", "HEAD") and not is_from_here(request):
            return PlainTextResponse(_ELSEWHERE, 403)
        return None


def staff_routes(password: Password, sessions: Sessions) -> APIRouter:
    """Return the routes that stand before the door: logging in and out."""
    routes = APIRouter(prefix=PATH)

    @routes.get("")
    def staff() -> RedirectResponse:
        return RedirectResponse(f"{PATH}/", 307)

    @routes.get("/login")
    def form(request: Request) -> Response:
        if sessions.is_open(request.cookies.get(COOKIE, "")):
            return RedirectResponse(f"{PATH}/", 303)
        return _form("" if _is_secure(request) else _NOT_SECURE)

    @routes.post("/login")
    async def log_in(request: Request, said: str = Form("", alias="password")) -> Response:
        return _refused(request, said, password) or _let_in(sessions)

    @routes.post("/logout")
    def log_out(request: Request) -> Response:
        if not is_from_here(request):
            return PlainTextResponse(_ELSEWHERE, 403)
        sessions.close(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(f"{PATH}/login", 303)
        answer.delete_cookie(COOKIE, path=PATH, secure=True, httponly=True, samesite="strict")
        return answer

    return routes


def _refused(request: Request, said: str, password: Password) -> Response | None:
    """Return the answer to who may not log in; None if the password is right."""
    address = request.client.host if request.client else ""
    if not is_from_here(request):
        return _form(_ELSEWHERE, 403)
    if not _is_secure(request):
        return _form(_NOT_SECURE, 403)
    if wait := math.ceil(password.wait(address)):
        return _busy(wait)
    if not password.is_right(said[:_LONGEST_PASSWORD], address):
        return _form(_WRONG, 401)
    return None


def _let_in(sessions: Sessions) -> Response:
    answer = RedirectResponse(f"{PATH}/", 303)
    answer.set_cookie(
        COOKIE,
        sessions.begin(),
        max_age=HOURS * 3600,
        path=PATH,
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return answer


def no_staff_routes() -> APIRouter:
    """Return the routes of an app without a password: there is no staff page."""
    routes = APIRouter()
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    def nothing(rest: str = "") -> HTMLResponse:
        return HTMLResponse(nothing_here_page(), 404)

    for path in (PATH, PATH + "/{rest:path}"):
        routes.add_api_route(path, nothing, methods=methods)
    return routes


def is_from_here(request: Request) -> bool:
    """Tell whether a browser sent a request from a page of this very host.

    `Sec-Fetch-Site` says so where there is encryption; else `Origin` names the page's host. What
    has neither was sent by no browser's page.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return bool(origin) and origin == request.headers.get("host")


def _is_secure(request: Request) -> bool:
    """Tell whether a cookie for encrypted connections comes back from this browser."""
    return request.url.scheme == "https" or (request.url.hostname or "") in _LOCAL


def _busy(seconds: int) -> Response:
    unit = "second" if seconds == 1 else "seconds"
    answer = _form(f"Too many wrong passwords: try again in {seconds} {unit}.", 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _form(message: str, status: int = 200) -> HTMLResponse:
    headers = {name.decode(): value.decode() for name, value in _HEADERS}
    return HTMLResponse(login_page(message), status, {**headers, "Cache-Control": "no-store"})


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            kinds = dict(headers).get(b"content-type", b"")
            if kinds.startswith(b"text/html"):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*headers, *_HEADERS]}
        await send(message)

    return sending
