"""What an interrupted evaluation has found, so that the next one goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.questions import Dialogue
from assistant.settings import PREFIX
from corpus.story import Story

_ROOT = Path(__file__).parents[2]
_CODE = ("corpus", "index", "assistant")
_KINDS = (".py", ".json", ".toml")
# Where things lie, where the web app listens and who judges an answer changes none.
_INDIFFERENT = {"data", "host", "port", "chroma", "judge_key", "feedback"}


class Journal:
    """A file of judged dialogues, written as they come; of one state of code and stories.

    Each line is JSON; the first names the state. A line that was cut by a crash is passed over.
    """

    def __init__(self, file: Path, state: str) -> None:
        """Open the journal; what another state of code, settings or stories left is dropped.

        :param state: what the answers depend on, from `state_of`.
        """
        self._file = file
        self._items: dict[str, list[dict[str, Any]]] = {}
        lines = _lines(file)
        if lines and lines[0].get("state") == state:
            self._items = {line["dialogue"]: line["items"] for line in lines[1:]}
        # Written anew, so that a cut line does not run into the next one.
        with file.open("w", encoding="utf-8") as out:
            for line in [{"state": state}, *map(_line, self._items.items())]:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def found(self, dialogue: Dialogue) -> list[dict[str, Any]] | None:
        """Return what was found of a dialogue; None if it is still to be played."""
        return self._items.get(_name(dialogue))

    def add(self, dialogue: Dialogue, items: Sequence[dict[str, Any]]) -> None:
        """Note what was found of a dialogue."""
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(_line((_name(dialogue), items)), ensure_ascii=False) + "\n")


def state_of(stories: Sequence[Story], embedding: str, settings: Mapping[str, Any]) -> str:
    """Return a digest of all that answers depend on: code, numbers, stories, models, settings."""
    digest = hashlib.sha256()
    for package in _CODE:
        for file in sorted((_ROOT / package).rglob("*")):
            if file.suffix in _KINDS and "pages" not in file.parts:
                digest.update(file.read_bytes())
    environment = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in _INDIFFERENT
    }
    hashes = sorted(f"{story.slug}:{story.content_hash}" for story in stories)
    known = [embedding, hashes, dict(settings), environment]
    digest.update(json.dumps(known, sort_keys=True).encode())
    return digest.hexdigest()


def _lines(file: Path) -> list[dict[str, Any]]:
    lines = []
    for line in file.read_bytes().split(b"\n") if file.exists() else []:
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return lines


def _line(found: tuple[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
    return {"dialogue": found[0], "items": list(found[1])}


def _name(dialogue: Dialogue) -> str:
    """Return a name that changes with anything known of the dialogue's questions."""
    return hashlib.sha256(repr(dialogue).encode()).hexdigest()[:16]
