"""Reading in a process of its own, with bounds on memory and time.

A parser that a file makes hang, swell or crash takes only that process with it. The process gets
the content on its standard input and answers with JSON; it may open no file to write, start no
program and reach no network.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from corpus.reading.cleaning import shown_name
from corpus.reading.document import Document, cleaned
from corpus.reading.recognition import Format, recognise

LARGEST = 50_000_000
"""The largest file that is read, in bytes."""

SECONDS = 60
"""How long a processor may work at reading; on a busy machine it may take some times as long."""

_BUSY = 3
_OUT_OF_TIME = getattr(signal, "SIGXCPU", signal.SIGTERM)
_MEMORY = 2_000_000_000
_MODULES: dict[Format, str] = {
    "pdf": "pdf",
    "docx": "office",
    "odt": "office",
    "pptx": "office",
    "epub": "epub",
    "html": "html",
    "markdown": "text",
    "text": "text",
}
# What a parser has no reason to do. ("open" is looked at by itself: reading is needed for imports.)
_FORBIDDEN = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove",
    "os.rename", "os.mkdir", "os.rmdir", "shutil.rmtree", "socket.connect", "socket.getaddrinfo",
    "socket.bind", "ftplib.connect", "urllib.Request",
)  # fmt: skip


def read_document(
    content: bytes, name: str, address: str = "", charset: str = "", seconds: int = SECONDS
) -> Document:
    """Return the text of a file in a process of its own.

    :param name: the file's name; its ending is held against the content. "" for none.
    :param address: where it was fetched from.
    :param charset: the encoding that the server declared.
    :param seconds: how long a processor may work at it.
    :raises CorpusError: it cannot be read, in a sentence that names it.
    """
    try:
        if len(content) > LARGEST:
            raise CorpusError(
                f"it is larger than {LARGEST // 1_000_000} MB; save it with smaller pictures or "
                "add the part that tells the story."
            )
        if any(bad in name for bad in ("/", "\\", "\0")) or name.startswith("."):
            raise CorpusError("a file's name must not hold slashes or start with a dot; rename it.")
        return _answer_of(content, json.dumps([name, address, charset]), seconds)
    except CorpusError as error:
        shown = shown_name(address or name)
        raise CorpusError(f"“{shown}” was not read: {error}") from None


def _answer_of(content: bytes, request: str, seconds: int) -> Document:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    too_long = CorpusError(
        f"it takes longer than {seconds} seconds; add the part that tells the story."
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "corpus.reading.apart", request, str(seconds)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_BUSY * seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise too_long from None
    if done.returncode in (-_OUT_OF_TIME, -signal.SIGKILL):
        raise too_long
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise CorpusError(
            "it takes more memory than a story needs, or is damaged; save it again."
        ) from None
    if "reason" in answer:
        raise CorpusError(answer["reason"])
    return Document.from_json(answer)


def read_here(content: bytes, name: str, address: str = "", charset: str = "") -> Document:
    """Return the text of a file, read in this process.

    Raises CorpusError with a reason that does not name the file.
    """
    form = recognise(content, name)
    module = importlib.import_module(f"corpus.reading.{_MODULES[form]}")
    read: Callable[..., Document] = getattr(module, f"read_{form}")
    extra = (address, charset) if form == "html" else ()
    document = cleaned(read(content, name, *extra))
    if address:
        document = Document.from_json({**document.as_json(), "address": address})
    return document


def _bound(seconds: int) -> None:
    """Give this process little memory and time, and the right to read only."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit of the parent holds.
        pass
    else:
        for limit, value in (
            (resource.RLIMIT_AS, _MEMORY),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (value, value))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = flags is not None and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
            raise PermissionError(event)


def _main() -> None:
    sys.dont_write_bytecode = True
    _bound(int(sys.argv[2]))
    sys.setrecursionlimit(3_000)
    try:
        answer = read_here(sys.stdin.buffer.read(), *json.loads(sys.argv[1])).as_json()
    except CorpusError as error:
        answer = {"reason": str(error)}
    except RecursionError:
        answer = {"reason": "its parts are nested deeper than any text."}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode())


if __name__ == "__main__":
    _main()
