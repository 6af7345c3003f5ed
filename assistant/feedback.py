"""Answers that readers reported, kept as lines of JSON where the settings name a place for them.

Off unless LEARNING_CITY_FEEDBACK says so: what a reader asks may be personal data.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer import Answer, RetrievedPassage
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.evaluation.questions import Question

_NAME = "feedback.jsonl"
_writing = threading.Lock()


def feedback_file(place: Path) -> Path:
    """Return the file of a place that is a folder, or that file itself."""
    return place / _NAME if place.is_dir() else place


def report(place: Path, answer: Answer, retrieved: Sequence[RetrievedPassage]) -> None:
    """Add a reported answer to the file: question, answer with citations and times, retrieved.

    :raises AssistantError: it cannot be written.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "answer": answer.to_json(),
        "retrieved": [{"story": p.story, "section": p.section} for p in retrieved],
    }
    file = feedback_file(place)
    try:
        with _writing, file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise AssistantError(
            f"The report could not be kept in {file} ({error.strerror}): tell whoever runs this "
            "assistant."
        ) from error


def read_feedback(place: Path) -> Iterator[Question]:
    """Yield the questions of reported answers; a person must still say what is right.

    :raises AssistantError: a line is no reported answer; OSError: the file cannot be read.
    """
    from assistant.evaluation.question_files import reported

    file = feedback_file(place)
    for number, line in enumerate(file.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield reported(json.loads(line), number)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AssistantError(
                f"{file}:{number}: this line is no reported answer: take it out."
            ) from error
