"""Questions and answers as a table (CSV), the form in which a city keeps its own."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import AssistantError
from assistant.evaluation.facts import count_words
from assistant.evaluation.questions import Question
from assistant.language import language_of

# An answer of up to so many words is a fact that can be looked for as it stands.
_SHORT = 5
_SEPARATORS = ",;\t"


def read_table(file: Path) -> tuple[Question, ...]:
    """Return the questions of a CSV file with a heading.

    Columns: `question`, `answer`; if there are any, `id`, `facts` and `stories` (parted by ";"),
    `section`, `kind`, `language`, `why`. Without facts, a short answer is the fact; whether a
    longer one is right stays open.

    :raises AssistantError: the file is no such table.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        heading = text.partition("\n")[0]
        separator = max(_SEPARATORS, key=heading.count)
        rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=separator))
    except (UnicodeDecodeError, csv.Error) as error:
        raise AssistantError(
            f"The table '{file}' cannot be read as CSV in UTF-8: save it so."
        ) from error
    if not rows or not {"question", "answer"} <= rows[0].keys():
        raise AssistantError(
            f"The table '{file}' has no columns 'question' and 'answer': name them in line 1."
        )
    return tuple(
        _question(file, number, row)
        for number, row in enumerate(rows, start=1)
        if (row["question"] or "").strip()
    )


def _question(file: Path, number: int, row: Mapping[str, str | None]) -> Question:
    cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    answer, facts = cells["answer"], _parts(cells.get("facts", ""))
    kind = cells.get("kind") or "lookup"
    if not facts and kind == "lookup" and 0 < count_words(answer) <= _SHORT:
        facts = (answer.rstrip("."),)
    return Question(
        id=cells.get("id") or f"{file.stem}-{number}",
        question=cells["question"],
        answer=answer,
        facts=tuple(tuple(v for v in fact.split("|") if v.strip()) for fact in facts),
        stories=_parts(cells.get("stories", "")),
        section=cells.get("section", ""),
        kind=kind,
        language=cells.get("language") or language_of(cells["question"]),
        set=file.stem,
        why=cells.get("why", ""),
    )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
