"""What takes a model long to make, kept in a file between two fittings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.language_model import Message


class Kept:
    """What a language model made of each prompt, kept in a JSON file."""

    def __init__(self, file: Path) -> None:
        """Take what the file holds; it need not exist yet."""
        self._file = file
        self._made: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def of(self, prompt: Sequence[Message], make: Callable[[], Any]) -> Any:
        """Return what was made of a prompt; what was not yet is made now and kept.

        :param make: returns it, as JSON can hold it.
        """
        key = hashlib.sha256("\n".join(m.content for m in prompt).encode()).hexdigest()
        if key not in self._made:
            self._made[key] = make()
            self._file.write_text(json.dumps(self._made, indent=0), "utf-8")
        return self._made[key]
