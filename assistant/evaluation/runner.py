"""Asks the assistant every question of an evaluation, and writes down what came and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.answer import EvidenceFound, Finished, Seconds, TextAdded
from assistant.errors import AssistantError
from assistant.evaluation.measures import RETRIEVED, Judged, StoryText, summarize
from assistant.evaluation.questions import Dialogue, Question
from assistant.question import Turn
from assistant.service import Assistant


def play(
    assistant: Assistant,
    dialogues: Sequence[Dialogue],
    progress: Callable[[], object] = lambda: None,
) -> tuple[Judged, ...]:
    """Return every turn of the dialogues, answered; `progress` is called after each.

    The history of a turn holds the assistant's own answers, not the expected ones: what it got
    wrong before is part of what it has to cope with.
    """
    stories = {
        story.slug: StoryText(f"{story.city}, {story.country} ({story.year})", story.body)
        for story in assistant.library.stories()
    }
    judged: list[Judged] = []
    for dialogue in dialogues:
        history: list[Turn] = []
        for question in dialogue:
            one = _ask(assistant, question, history, stories)
            judged.append(one)
            history.append(Turn(question.question, one.answer.text))
            progress()
    return tuple(judged)


def result(judged: Sequence[Judged], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object that `evaluate --json` writes."""
    return {
        "settings": dict(settings),
        "metrics": summarize(judged),
        "items": [_item(one) for one in judged],
    }


def _ask(
    assistant: Assistant,
    question: Question,
    history: Sequence[Turn],
    stories: Mapping[str, StoryText],
) -> Judged:
    start = time.perf_counter()
    evidence = first_text = 0.0
    found = EvidenceFound((), ())
    for event in assistant.ask(question.question, history=tuple(history)):
        now = time.perf_counter() - start
        match event:
            case EvidenceFound():
                found, evidence = event, now
            case TextAdded():
                first_text = first_text or now
            case Finished(answer):
                seconds = Seconds(evidence, first_text or now, now)
                return Judged(question, answer, found.retrieved, seconds, stories)
    raise AssistantError(f"The question {question.id} was never answered to its end.")


def _item(judged: Judged) -> dict[str, Any]:
    question = judged.question
    turn = {"turn": question.turn} if question.turn else {}
    return {
        "id": question.id,
        **turn,
        "set": question.set,
        "question": question.question,
        "language": question.language,
        "kind": question.kind,
        "gold": {
            "answer": question.answer,
            "facts": ["|".join(fact) for fact in question.facts],
            "stories": list(question.stories),
            "section": question.section,
            "why": question.why,
        },
        "retrieved": [
            {"story": p.story, "section": p.section} for p in judged.retrieved[:RETRIEVED]
        ],
        "answer": judged.answer.to_json(),
        "right": judged.right,
        "right_in_quotes": judged.right_in_quotes,
        "facts_found": list(judged.facts_found),
        "refused": judged.refused,
        "expected": _expected(question),
        "gold_cited": judged.gold_cited,
        "passage_rank": judged.passage_rank,
        "story_rank": judged.story_rank,
        "supported": judged.supported(),
        "lost_at": judged.lost_at,
        "seconds": {name: round(value, 4) for name, value in vars(judged.seconds).items()},
    }


def _expected(question: Question) -> str | None:
    """Return "answer" or "refusal"; None where either will do, as for small talk."""
    if question.unanswerable:
        return "refusal"
    return "answer" if question.answerable else None
