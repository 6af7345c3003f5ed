"""Question files: what is asked, what a right answer holds, and where the stories tell it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

UNANSWERABLE = "unanswerable"
SMALL_TALK = "smalltalk"


@dataclass(frozen=True)
class Question:
    """One question with what is known of its answer.

    `facts`: each a tuple of variants, one of which a right answer holds. `section`: the heading
    under which the first of `stories` tells it; "" is any section. `set` names the question set
    and `turn` counts from 1 inside a conversation (0 outside). `why`: for an unanswerable
    question, what makes it so. Of questions to fit on: `quotes`, the sentences that state the
    answer, and `near`, the stories that an unanswerable one is about.
    """

    id: str
    question: str
    answer: str
    facts: tuple[tuple[str, ...], ...]
    stories: tuple[str, ...]
    section: str
    kind: str
    language: str
    set: str
    turn: int = 0
    why: str = ""
    quotes: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the stories tell it. Small talk is neither this nor `unanswerable`."""
        return self.kind not in (UNANSWERABLE, SMALL_TALK)

    @property
    def unanswerable(self) -> bool:
        """Whether the stories do not tell it, so that a refusal is the right answer."""
        return self.kind == UNANSWERABLE


Dialogue = tuple[Question, ...]
"""The turns of a conversation in their order; of any other question the one turn there is."""


def load_questions(paths: Iterable[Path]) -> tuple[Dialogue, ...]:
    """Return the questions of these .jsonl and .csv files and of all in these folders.

    A file named twice counts once. Files come in the order of their paths, questions as they stand.
    Raises AssistantError, naming file and line, for what is no question, and where none is found.
    """
    files = list(dict.fromkeys(file for path in paths for file in _question_files(path)))
    dialogues = tuple(dialogue for file in files for dialogue in _read(file))
    if not dialogues:
        raise AssistantError(
            "No questions were found: name .jsonl or .csv files, or folders of them."
        )
    return dialogues


def sample(dialogues: Sequence[Dialogue], limit: int | None, seed: int) -> tuple[Dialogue, ...]:
    """Return `limit` of the dialogues, chosen by `seed`, in their order; None is all."""
    if limit is None or limit >= len(dialogues):
        return tuple(dialogues)
    chosen = sorted(random.Random(seed).sample(range(len(dialogues)), max(limit, 0)))
    return tuple(dialogues[i] for i in chosen)


def _question_files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted([*path.rglob("*.jsonl"), *path.rglob("*.csv")])
    if not path.is_file():
        raise AssistantError(f"There is no question file or folder '{path}': correct the path.")
    return [path]


def _read(file: Path) -> list[Dialogue]:
    if file.suffix == ".csv":
        # Loaded here, for it makes questions and so needs this module first.
        from assistant.evaluation.question_tables import read_table

        return [(question,) for question in read_table(file)]
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise AssistantError(
            f"The question file '{file}' is not UTF-8 text: save it so."
        ) from error
    entries: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            entries.append((number, _parse(file, number, line)))
    name = _set_name(file, [entry for _, entry in entries])
    return [_dialogue(file, number, entry, name) for number, entry in entries]


def _parse(file: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise AssistantError(f"{file}:{number}: this line is not JSON: {error.msg}.") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("turns", [entry]), list):
        raise AssistantError(f"{file}:{number}: this line is not a question: write an object.")
    return entry


def _set_name(file: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    """Name the set by what the file holds, so that it does not depend on the folder named."""
    kinds = [str(entry.get("kind", "")) for entry in entries]
    if any("turns" in entry for entry in entries):
        return "conversations"
    if all(kind == UNANSWERABLE for kind in kinds):
        return "unanswerable"
    if all(kind.startswith("across") for kind in kinds):
        return "across"
    return "twins" if "twin" in file.stem else "single"


def _dialogue(file: Path, number: int, entry: Mapping[str, Any], set_name: str) -> Dialogue:
    turns = entry.get("turns")
    try:
        if turns is None:
            return (_question(entry, entry, set_name, 0),)
        return tuple(_question(entry, turn, set_name, n) for n, turn in enumerate(turns, start=1))
    except (KeyError, TypeError, AttributeError) as error:
        raise AssistantError(
            f"{file}:{number}: this question is not complete or of another form: {error}."
        ) from error


def _question(
    entry: Mapping[str, Any], turn: Mapping[str, Any], set_name: str, number: int
) -> Question:
    return Question(
        id=str(entry["id"]),
        question=str(turn["question"]),
        answer=str(turn.get("answer", "")),
        facts=tuple(tuple(v for v in fact.split("|") if v.strip()) for fact in turn["facts"]),
        stories=tuple(turn["stories"]),
        section=str(turn.get("section", "")),
        kind=str(turn["kind"]),
        language=str(turn.get("language", entry.get("language", "en"))),
        set=set_name,
        turn=number,
        why=str(turn.get("why", "")),
        quotes=tuple(turn.get("quotes", ())),
        near=tuple(turn.get("near", ())),
    )
