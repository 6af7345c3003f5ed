"""Sets that bring their own passages: SQuAD's JSON (XQuAD, …) and folders of BEIR's form.

They measure retrieval alone: which passage answers is known, the stories have no part in it.
Sources of the formats: Rajpurkar and others, EMNLP 2016; Thakur and others, NeurIPS 2021.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

_CORPUS, _QUERIES, _QRELS = "corpus.jsonl", "queries.jsonl", "qrels"


@dataclass(frozen=True)
class SetPassage:
    """A passage of a set, with the title that is put before it; "" is none."""

    text: str
    title: str = ""


@dataclass(frozen=True)
class SetQuestion:
    """A question and how relevant passages are to it, by their ids; others are not."""

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class PassageSet:
    """Questions over passages of their own, by id."""

    name: str
    passages: Mapping[str, SetPassage]
    questions: tuple[SetQuestion, ...] = field(repr=False)


def is_passage_set(path: Path) -> bool:
    """Tell whether a path is a set that brings its own passages."""
    return path.suffix == ".json" or (path / _CORPUS).is_file()


def read_passage_set(path: Path, passages_from: Path | None = None) -> PassageSet:
    """Return a set in SQuAD's JSON or a folder of BEIR's form.

    :param passages_from: a set of the same questions in another language: its passages are
        searched, so that questions cross from one language to another.
    :raises AssistantError: the file is of another form.
    """
    try:
        found = _read(path)
        if passages_from is None:
            return found
        return _across(found, _read(passages_from))
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise AssistantError(
            f"'{path}' is neither SQuAD's JSON nor a folder of BEIR's form: {error}."
        ) from error


def _read(path: Path) -> PassageSet:
    found = _read_beir(path) if path.is_dir() else _read_squad(path)
    if not found.questions:
        raise ValueError("no question of it has a passage")
    return found


def _read_squad(file: Path) -> PassageSet:
    passages: dict[str, SetPassage] = {}
    questions: list[SetQuestion] = []
    ids: dict[str, str] = {}
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            # A context that stands there twice is one passage: either would be right.
            id = ids.setdefault(paragraph["context"], f"p{len(ids) + 1}")
            passages[id] = SetPassage(paragraph["context"])
            for qa in paragraph["qas"]:
                if not qa.get("is_impossible"):
                    questions.append(SetQuestion(str(qa["id"]), qa["question"], {id: 1}))
    return PassageSet(file.stem, passages, tuple(questions))


def _read_beir(folder: Path) -> PassageSet:
    passages = {
        str(entry["_id"]): SetPassage(entry["text"], entry.get("title") or "")
        for entry in _entries(folder / _CORPUS)
    }
    relevant: dict[str, dict[str, int]] = {}
    for query, passage, grade in _judgements(folder):
        if grade > 0:
            relevant.setdefault(query, {})[passage] = grade
    questions = tuple(
        SetQuestion(str(entry["_id"]), entry["text"], relevant[str(entry["_id"])])
        for entry in _entries(folder / _QUERIES)
        if str(entry["_id"]) in relevant
    )
    return PassageSet(folder.name, passages, questions)


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _judgements(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Yield (question, passage, grade) of the test part, or of the only part there is."""
    files = sorted((folder / _QRELS).glob("*.tsv"))
    if not files:
        raise ValueError(f"it has no .tsv file under {_QRELS}")
    file = next((file for file in files if file.stem == "test"), files[0])
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)  # the heading
        for row in rows:
            yield row[0], row[1], int(row[2])


def _across(asked: PassageSet, searched: PassageSet) -> PassageSet:
    """Return the questions of one set over the passages of another, paired by question id."""
    relevant = {question.id: question.relevant for question in searched.questions}
    questions = tuple(
        SetQuestion(q.id, q.text, relevant[q.id]) for q in asked.questions if q.id in relevant
    )
    if not questions:
        raise ValueError("no question of it has the id of a question of the other set")
    return PassageSet(f"{asked.name} over {searched.name}", searched.passages, questions)
