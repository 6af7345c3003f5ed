"""Asks the assistant every question of an evaluation, and writes down what came and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.answer import Answer, EvidenceFound, Finished, Seconds, TextAdded
from assistant.errors import AssistantError
from assistant.evaluation.journal import Journal
from assistant.evaluation.judging import Item, Judged, StoryText, item
from assistant.evaluation.measures import summarize
from assistant.evaluation.questions import Dialogue, Question
from assistant.evaluation.way import Step, way
from assistant.language import language_of
from assistant.question import EVERYWHERE, Scope, Turn
from assistant.service import Assistant
from assistant.thread import turn_of


def play(
    assistant: Assistant,
    dialogues: Sequence[Dialogue],
    progress: Callable[[], object] = lambda: None,
    quotes: bool = False,
) -> tuple[Judged, ...]:
    """Return every turn of the dialogues, answered; `progress` is called after each.

    The history of a turn holds the assistant's own answers, not the expected ones: what it got
    wrong before is part of what it has to cope with.
    """
    stories = story_texts(assistant)
    return tuple(one for d in dialogues for one in _play(assistant, d, stories, progress, quotes))


def evaluate(
    assistant: Assistant,
    dialogues: Sequence[Dialogue],
    journal: Journal | None = None,
    progress: Callable[[], object] = lambda: None,
    quotes: bool = False,
) -> list[Item]:
    """Return what was found of every turn; what the journal holds already is not asked again.

    :param quotes: answer by quotes alone.
    """
    stories = story_texts(assistant)
    items: list[Item] = []
    for dialogue in dialogues:
        known = journal.found(dialogue) if journal else None
        if known is None:
            known = [item(one) for one in _play(assistant, dialogue, stories, progress, quotes)]
            if journal:
                journal.add(dialogue, known)
        else:
            for _ in known:
                progress()
        items += known
    return items


def result(items: Sequence[Item], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object that `evaluate --json` writes."""
    return {"settings": dict(settings), "metrics": summarize(items), "items": list(items)}


def story_texts(assistant: Assistant) -> dict[str, StoryText]:
    """Return what quotes are checked against, by slug."""
    return {
        s.slug: StoryText(f"{s.city}, {s.country} ({s.year})", s.body, s.region)
        for s in assistant.library.stories()
    }


def explain(
    assistant: Assistant,
    text: str,
    history: Sequence[Turn] = (),
    scope: Scope = EVERYWHERE,
    quotes: bool = False,
) -> tuple[Answer, tuple[Step, ...]]:
    """Return the answer to a question of which nothing is known, and its way there."""
    question = Question(
        id="", question=text, answer="", facts=(), stories=(), section="", kind="lookup",
        language=language_of(text), set="",
    )  # fmt: skip
    judged = ask(assistant, question, history, story_texts(assistant), scope, quotes)
    # Nothing is known to judge by; that it was answered is no verdict.
    return judged.answer, tuple(replace(step, verdict=None) for step in way(item(judged)))


def _play(
    assistant: Assistant,
    dialogue: Dialogue,
    stories: Mapping[str, StoryText],
    progress: Callable[[], object],
    quotes: bool,
) -> list[Judged]:
    history: list[Turn] = []
    judged: list[Judged] = []
    for question in dialogue:
        one = ask(assistant, question, history, stories, quotes=quotes)
        judged.append(one)
        history.append(turn_of(one.answer))
        progress()
    return judged


def ask(
    assistant: Assistant,
    question: Question,
    history: Sequence[Turn],
    stories: Mapping[str, StoryText],
    scope: Scope = EVERYWHERE,
    quotes: bool = False,
) -> Judged:
    """Return one question, answered.

    :param history: the turns before it, oldest first.
    :param stories: what quotes are checked against, from `story_texts`.
    :param scope: the reader's filters.
    :param quotes: answer by quotes alone.
    """
    start = time.perf_counter()
    evidence = first_text = 0.0
    found = EvidenceFound((), ())
    events = assistant.ask(question.question, scope=scope, history=tuple(history), quotes=quotes)
    for event in events:
        now = time.perf_counter() - start
        match event:
            case EvidenceFound():
                found, evidence = event, evidence or now
            case TextAdded():
                first_text = first_text or now
            case Finished(answer, drafts):
                return Judged(
                    question,
                    answer,
                    found.retrieved,
                    Seconds(evidence, first_text or now, now),
                    stories,
                    found.citations,
                    " ".join(drafts) if drafts else None,
                    " ".join(s.text for s in answer.sentences if not s.quoted) if drafts else None,
                )
    raise AssistantError(f"The question {question.id} was never answered to its end.")
