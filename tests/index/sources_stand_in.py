"""Small stand-ins for the two places model files come from: a hub, and a package index."""

import base64
import contextlib
import hashlib
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Hub:
    """A hub on the loopback interface that serves one content, well or badly.

    `manner` is one of: right, truncated, altered, slow, missing, page.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.manner = "right"
        self.asked: list[str] = []
        hub = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append(self.headers.get("Range", "all"))
                with contextlib.suppress(ConnectionError):
                    hub._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def running(self) -> Iterator["Hub"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, to: BaseHTTPRequestHandler) -> None:
        if self.manner == "missing":
            to.send_error(404)
            return
        content, status, begin = self.content, 200, 0
        if self.manner == "altered":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if self.manner == "page":
            content = b"<html>Please sign in to the network</html>"
        asked = to.headers.get("Range")
        if asked:
            status, begin = 206, int(asked.removeprefix("bytes=").rstrip("-"))
        to.send_response(status)
        to.send_header("Content-Length", str(len(content) - begin))
        to.end_headers()
        half = begin + (len(content) - begin) // 2
        to.wfile.write(content[begin:half])
        to.wfile.flush()
        if self.manner == "truncated":
            to.close_connection = True
            return
        if self.manner == "slow":
            time.sleep(1)
        to.wfile.write(content[half:])


def put_wheel(folder: Path, package: str, member: str, content: bytes) -> None:
    """Write a wheel of version 1 that holds one file into `folder`."""
    name = package.replace("-", "_")
    information = f"{name}-1.dist-info"
    files = {
        member: content,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n".encode(),
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items())
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{information}/RECORD", f"{record}{information}/RECORD,,\n")


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
