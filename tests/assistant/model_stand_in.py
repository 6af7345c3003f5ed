"""A small server that stands for a foreign language model, well or badly behaved."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Manner = Callable[["Server", BaseHTTPRequestHandler, dict[str, Any]], None]


class Server:
    """A server on the loopback interface that says yes and then writes `text`, in its `manner`.

    `asked` holds the requests, `keys` what stood in their Authorization; `closed` is set when a
    reader went away while it was writing.
    """

    def __init__(self, text: str = "", yes: float = 0.99) -> None:
        self.text, self.yes = text, yes
        self.manner: Manner = well
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.closed = threading.Event()
        server = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(json.loads(body))
                server.keys.append(self.headers.get("Authorization"))
                with contextlib.suppress(ConnectionError):
                    server.manner(server, self, server.asked[-1])
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        yield self
        self._server.shutdown()
        self._server.server_close()


def begin(to: BaseHTTPRequestHandler, kind: str, status: int = 200) -> None:
    """Send the head of a reply whose end is the connection's."""
    to.send_response(status)
    to.send_header("Content-Type", kind)
    to.end_headers()


def said(word: str, chances: dict[str, float] | None = None) -> dict[str, Any]:
    """Return a whole reply of one word, with the logarithms of what could have stood there."""
    likely = [{"token": token, "logprob": log} for token, log in (chances or {}).items()]
    content = [{"token": word, "logprob": -0.1, "top_logprobs": likely}]
    return {
        "id": "1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": "length",
                "message": {"role": "assistant", "content": word},
                "logprobs": {"content": content} if chances else None,
            }
        ],
    }


def piece(text: object, ended: bool = False) -> bytes:
    """Return a piece of a streamed reply."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop" if ended else None}
    return b"data: " + json.dumps({"id": "1", "choices": [choice]}).encode() + b"\n\n"


def well(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Answer as agreed, a few letters at a time."""
    import math

    if not asked.get("stream"):
        chances = {"yes": math.log(server.yes), " No": math.log(1 - server.yes)}
        begin(to, "application/json")
        to.wfile.write(json.dumps(said("yes", chances)).encode())
        return
    begin(to, "text/event-stream")
    for start in range(0, len(server.text), 3):
        to.wfile.write(piece(server.text[start : start + 3]))
    to.wfile.write(piece("", ended=True) + b"data: [DONE]\n\n")


def endlessly(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Write on and on, until the reader goes away."""
    if not asked.get("stream"):
        well(server, to, asked)
        return
    begin(to, "text/event-stream")
    try:
        while True:
            to.wfile.write(piece(server.text + "\n"))
            to.wfile.flush()
            time.sleep(0.02)
    except ConnectionError:
        server.closed.set()


def only_comments(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Keep the connection alive, and say nothing on it."""
    begin(to, "text/event-stream")
    for _ in range(100):
        to.wfile.write(b": one moment\n\n")
        to.wfile.flush()
        time.sleep(0.05)


def with_status(status: int) -> Manner:
    """Return the manner that answers every request with an error."""

    def fail(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        begin(to, "application/json", status)
        to.wfile.write(b'{"error": {"message": "no"}}')

    return fail


def with_body(body: bytes, kind: str = "application/json") -> Manner:
    """Return the manner that answers every request with this."""

    def tell(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        begin(to, kind)
        to.wfile.write(body)

    return tell


def after(seconds: float) -> Manner:
    """Return the manner that lets one wait for the first byte."""

    def wait(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        time.sleep(seconds)
        well(server, to, asked)

    return wait


def only_reading(manner: Manner) -> Manner:
    """Return the manner that says yes as agreed, and only writes in the given one."""

    def split(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        (manner if asked.get("stream") else well)(server, to, asked)

    return split
