"""Writes question files: what a person accepted goes to the end of a .jsonl file, or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.evaluation.questions import SMALL_TALK, UNANSWERABLE, Question, load_questions

FIELDS = ("question", "answer", "facts", "stories", "section", "kind", "language", "why")
_LISTS = ("facts", "stories")


def entry(question: Question) -> dict[str, Any]:
    """Return the object that stands for a question in a file."""
    values = {name: getattr(question, name) for name in FIELDS}
    values |= {"facts": ["|".join(fact) for fact in question.facts]}
    values |= {"stories": list(question.stories)}
    return {"id": question.id, **{n: v for n, v in values.items() if v or n != "why"}}


def corrected(question: Question, field: str, value: str) -> Question:
    """Return a question with one field as a person says it; lists are parted by ";".

    An unanswerable question has neither facts nor a place where it is told.

    :raises AssistantError: there is no such field.
    """
    if field not in FIELDS:
        raise AssistantError(f"'{field}' is no field of a question: say {', '.join(FIELDS)}.")
    parts = tuple(part.strip() for part in value.split(";") if part.strip())
    told: Any = parts if field in _LISTS else value.strip()
    if field == "facts":
        told = tuple(tuple(v.strip() for v in part.split("|") if v.strip()) for part in parts)
    question = replace(question, **{field: told})
    if question.kind in (UNANSWERABLE, SMALL_TALK):
        question = replace(question, facts=(), stories=(), section="")
    return question


def missing(question: Question) -> str:
    """Say what a question still needs to be measured by; "" if nothing."""
    if not question.question.strip():
        return "It asks nothing yet: say question=…"
    if question.answerable and not question.facts:
        return "What must a right answer state? Say facts=…, or kind=unanswerable."
    if question.answerable and not question.stories:
        return "Which story tells it? Say stories=SLUG."
    return ""


def append(file: Path, questions: Sequence[Question]) -> None:
    """Add questions to the end of a file, under ids that are free there; all of them or none.

    :raises AssistantError: the file, with them, is none that `evaluate` can read.
    """
    before = file.read_text("utf-8").rstrip("\n") if file.exists() else ""
    known = load_questions([file]) if before.strip() else ()
    taken = {question.id for dialogue in known for question in dialogue}
    lines = [before] if before else []
    for question in questions:
        free = _free(question.id, taken)
        taken.add(free)
        lines.append(json.dumps(entry(replace(question, id=free)), ensure_ascii=False))
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".questions-") as folder:
        made = Path(folder) / file.name
        made.write_text("\n".join(lines) + "\n", encoding="utf-8")
        load_questions([made])
        made.replace(file)


def _free(id: str, taken: set[str]) -> str:
    if id not in taken:
        return id
    return next(f"{id}-{n}" for n in range(2, len(taken) + 3) if f"{id}-{n}" not in taken)


def reported(feedback: Mapping[str, Any], number: int) -> Question:
    """Return the question of a reported answer; what is right must still be said.

    :param feedback: a line of the feedback file; `number`: which.
    :raises KeyError, TypeError, AttributeError: it is of another form.
    """
    answer = feedback["answer"]
    cited = answer["citations"]
    return Question(
        id=f"reported-{number}",
        question=answer["standalone"] or feedback["question"],
        answer="",
        facts=(),
        stories=tuple(dict.fromkeys(c["story"] for c in cited)),
        section=cited[0]["section"] if cited else "",
        kind="lookup",
        language=answer["language"],
        set="reported",
    )
