"""Retrieval alone, over the passages of a public set: the ranking that answers rest on."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.passage_sets import PassageSet, SetPassage, SetQuestion
from assistant.evaluation.significance import intervals
from index.embedding import Encoder
from index.passages import Passage
from index.retrieval import Query, Retrieval
from index.store import Store

DEPTH = 10
# Passages embedded together; the tokens of more would need too much memory.
_GROUP = 200

Told = Callable[[str, int, int], None]
Item = Mapping[str, Any]


def search(
    found: PassageSet, encoder: Encoder, limit: int | None, seed: int, told: Told
) -> list[Item]:
    """Return for each question the ten passages ranked first, and what they are worth.

    The passages go into an index of their own that is thrown away. They are searched as those of
    the stories are, but no place is known, so none is preferred.

    :param limit: of so many questions, chosen by `seed`; None is all.
    :param told: is told (what is done, how many done, how many in all).
    """
    questions = list(found.questions)
    if limit is not None and limit < len(questions):
        chosen = sorted(random.Random(seed).sample(range(len(questions)), limit))
        questions = [questions[i] for i in chosen]
    with tempfile.TemporaryDirectory(prefix="learning-city-evaluation-") as folder:
        store = Store(Path(folder), encoder.fingerprint)
        try:
            _fill(store, encoder, found.passages, told)
            retrieval = Retrieval(store, encoder)
            items = []
            for done, question in enumerate(questions, start=1):
                hits = retrieval.retrieve(Query(question.text), DEPTH).hits
                items.append(_item(found.name, question, [_id(h.passage) for h in hits]))
                told("Questions", done, len(questions))
            return items
        finally:
            store.close()


def measures(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """Return what a ranking is worth to one question.

    success@k: 1 if one of the first k is relevant. rr@10: 1 / rank of the first relevant one.
    recall@10: share of the relevant ones. ndcg@10: gains by grade, discounted by log2(1 + rank),
    over those of the best ranking (Järvelin and Kekäläinen, 2002; gains linear, as in trec_eval).
    """
    first = next((n for n, id in enumerate(ranked[:DEPTH], start=1) if id in relevant), None)
    gained = sum(
        relevant.get(id, 0) / math.log2(1 + n) for n, id in enumerate(ranked[:DEPTH], start=1)
    )
    best = sum(
        grade / math.log2(1 + n)
        for n, grade in enumerate(sorted(relevant.values(), reverse=True)[:DEPTH], start=1)
    )
    return {
        **{f"success@{k}": float(first is not None and first <= k) for k in (1, 5, 10)},
        "rr@10": 1 / first if first else 0.0,
        "recall@10": len(set(ranked[:DEPTH]) & set(relevant)) / len(relevant),
        "ndcg@10": gained / best,
    }


def search_figures(items: Sequence[Item]) -> dict[str, Any]:
    """Return the means over all questions of each set, with their 95% intervals."""
    figures = {}
    for name in dict.fromkeys(item["set"] for item in items):
        measured = [item["measures"] for item in items if item["set"] == name]
        totals = [np.array([[one[key], 1] for one in measured]) for key in measured[0]]
        figures[name] = {
            "questions": len(measured),
            **{key: round(sum(m[key] for m in measured) / len(measured), 4) for key in measured[0]},
            "intervals": dict(zip(measured[0], intervals(totals), strict=True)),
        }
    return figures


def search_table(figures: Mapping[str, Any]) -> str:
    """Return the figures as text, a line a measure under each set."""
    lines = []
    for name, of in figures.items():
        lines.append(f"{name}: {of['questions']} questions")
        for key, (low, high) in of["intervals"].items():
            lines.append(f"  {key:<10} {of[key]:.3f}  ({low:.3f} to {high:.3f})")
    return "\n".join(lines)


def _fill(store: Store, encoder: Encoder, passages: Mapping[str, SetPassage], told: Told) -> None:
    entries = list(passages.items())
    for first in range(0, len(entries), _GROUP):
        name = f"group-{first}"
        group = [_passage(name, id, passage) for id, passage in entries[first : first + _GROUP]]
        vectors, tokens = encoder.encode_passages_with_tokens([p.label + p.text for p in group])
        store.vectors.put(name, [p.id for p in group], vectors)
        store.records.replace_story(name, "", group, tokens)
        told("Passages", first + len(group), len(entries))


def _passage(group: str, id: str, passage: SetPassage) -> Passage:
    label = f"{passage.title}: " if passage.title else ""
    return Passage(f"p:{id}", group, label, "", passage.text, 0, len(passage.text), 0)


def _id(passage: Passage) -> str:
    return passage.id.removeprefix("p:")


def _item(name: str, question: SetQuestion, ranked: Sequence[str]) -> Item:
    return {
        "id": question.id,
        "set": name,
        "question": question.text,
        "kind": "retrieval",
        "relevant": dict(question.relevant),
        "retrieved": [{"story": id, "section": ""} for id in ranked],
        "measures": measures(ranked, question.relevant),
    }
