"""A small server that stands for a foreign language model, well or badly behaved."""

from __future__ import annotations

import contextlib
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Manner = Callable[["Server", BaseHTTPRequestHandler, dict[str, Any]], None]


class Server:
    """A server on the loopback interface that says yes or writes `text`, in its `manner`.

    `yes` is how likely it says that a sentence states what is asked, given what it is asked.
    `asked` holds the requests, `keys` what stood in their Authorization; `closed` is set when a
    reader went away while it was writing.
    """

    def __init__(self, text: str = "", yes: float | Callable[[str], float] = 0.99) -> None:
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


def piece(text: object, ended: bool = False, chances: dict[str, float] | None = None) -> bytes:
    """Return a piece of a streamed reply, with the logarithms of what could have stood there."""
    choice: dict[str, Any] = {
        "index": 0,
        "delta": {"content": text},
        "finish_reason": "stop" if ended else None,
    }
    if chances is not None:
        likely = [{"token": token, "logprob": log} for token, log in chances.items()]
        choice["logprobs"] = {"content": [{"token": text, "logprob": -0.1, "top_logprobs": likely}]}
    return b"data: " + json.dumps({"id": "1", "choices": [choice]}).encode() + b"\n\n"


def about_one_sentence(asked: dict[str, Any]) -> bool:
    """Tell whether a request asks of one sentence only whether it states what is asked."""
    return bool(asked["max_tokens"] == 1)


def yes_or_no(server: Server, asked: dict[str, Any]) -> bytes:
    """Return the one word that is asked for, with its probability."""
    return _yes_or_no(server, asked) + piece("", ended=True)


def _yes_or_no(server: Server, asked: dict[str, Any]) -> bytes:
    about = asked["messages"][-1]["content"]
    yes = server.yes(about) if callable(server.yes) else server.yes
    chances = {"yes": math.log(yes), " No": math.log(1 - yes)}
    return piece("yes" if yes >= 0.5 else "no", chances=chances)


def well(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Answer as agreed, a few letters at a time."""
    begin(to, "text/event-stream")
    if about_one_sentence(asked):
        to.wfile.write(yes_or_no(server, asked))
        return
    for start in range(0, len(server.text), 3):
        to.wfile.write(piece(server.text[start : start + 3]))
    to.wfile.write(piece("", ended=True) + b"data: [DONE]\n\n")


def going_on(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Say yes or no, and go on with the text where there is room for it, as one that was taught."""
    begin(to, "text/event-stream")
    to.wfile.write(_yes_or_no(server, asked))
    if not about_one_sentence(asked):
        to.wfile.write(piece(f": {server.text}"))
    to.wfile.write(piece("", ended=True))


def endlessly(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Write on and on, until the reader goes away."""
    begin(to, "text/event-stream")
    if about_one_sentence(asked):
        to.wfile.write(yes_or_no(server, asked))
        return
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


def breaking_off(rest: bytes) -> Manner:
    """Return the manner that says yes as agreed, and writes these bytes."""

    def tell(server: Server, to: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        begin(to, "text/event-stream")
        to.wfile.write(yes_or_no(server, asked) if about_one_sentence(asked) else rest)

    return tell
