"""The HTML document around the Ask page and the staff page.

Gradio serves its own document: its title, its preview picture on another host, its name in every
forwarded link. What a reader sees before and around the page is ours, so the head is rewritten.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = Path(__file__).parent / "assets"
TITLE = "Learning City Assistant"
STAFF_TITLE = f"For staff · {TITLE}"
_DESCRIPTION = (
    "Ask what the cities of the UNESCO Learning City Award have done for learning. "
    "Every sentence of an answer is a quote or was checked against the quotes it cites, with their "
    "stories and public sources."
)
# The <base> goes too: with it, a link to a place on this page would leave the page's address.
_NOT_OURS = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<base\s[^>]*>|<link rel="manifest"[^>]*>'
)
_WITHOUT_SCRIPTS = "<noscript><p>This page needs JavaScript.</p></noscript>"


def _head(title: str, pages: str, own: str) -> str:
    """Return a head; `pages` is the folder with our files, relative to the page; `own` is HTML."""
    return f"""<title>{title}</title>
<meta name="description" content="{_DESCRIPTION}" />
<meta property="og:title" content="{title}" />
<meta property="og:description" content="{_DESCRIPTION}" />
<meta property="og:type" content="website" />
<link rel="icon" href="{pages}/icon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="{pages}/page.css" />
{own}
</head>"""


_STAFF_FILES = (
    '<link rel="stylesheet" href="../pages/staff.css" />'
    '<script defer src="../pages/staff.js"></script>'
)
# By the path of the page.
_HEADS = {
    "/": _head(TITLE, "./pages", '<script defer src="./pages/page.js"></script>'),
    "/staff/": _head(STAFF_TITLE, "../pages", _STAFF_FILES),
}


def our_document(document: str, path: str) -> str:
    """Return Gradio's start document of the page at a path, our head in place of its own."""
    document = _NOT_OURS.sub("", document).replace("</head>", _HEADS[path], 1)
    return document.replace("<gradio-app", f"{_WITHOUT_SCRIPTS}<gradio-app", 1)


class OurDocument:
    """ASGI middleware that gives both pages our head and leaves every other answer alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] not in _HEADS or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def rewrite(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if message["type"] != "http.response.body":  # an extension of the server's
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = our_document(b"".join(parts).decode("utf-8"), scope["path"]).encode("utf-8")
            headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, rewrite)
