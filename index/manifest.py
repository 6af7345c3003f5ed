"""What is written down about the files of a model's folder, to see later that they are the same."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from index.sources import sha256_of

_NAME = "weights.json"
_EDGE = 1 << 16


@dataclass(frozen=True)
class Entry:
    """A file as it was when it was complete.

    `origin` is the identity of what it was made from; `edges` is a hash of its first and last
    64 KiB, a look that costs the same for a file of any size.
    """

    origin: str
    size: int
    sha256: str
    edges: str

    @classmethod
    def of(cls, path: Path, origin: str) -> "Entry":
        """Return the entry of the file at `path`."""
        return cls(origin, path.stat().st_size, sha256_of(path), _edges(path))

    def describes(self, path: Path, thorough: bool) -> bool:
        """Return whether the file at `path` is still the same: by every byte if `thorough`."""
        try:
            if path.stat().st_size != self.size:
                return False
            return sha256_of(path) == self.sha256 if thorough else _edges(path) == self.edges
        except OSError:
            return False


def read(folder: Path) -> dict[str, Entry]:
    """Return the entries of `folder` by file name; none if they are missing or damaged."""
    try:
        written = json.loads((folder / _NAME).read_text("utf-8"))
        return {name: Entry(**entry) for name, entry in written.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(folder: Path, entries: dict[str, Entry]) -> None:
    """Write down the entries of `folder`, whole or not at all."""
    half = folder / (_NAME + ".half")
    content = {name: asdict(entry) for name, entry in entries.items()}
    half.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    os.replace(half, folder / _NAME)


def _edges(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(_EDGE)
        file.seek(max(0, path.stat().st_size - _EDGE))
        return hashlib.sha256(first + file.read(_EDGE)).hexdigest()
