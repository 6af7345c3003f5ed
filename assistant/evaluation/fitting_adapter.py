"""Trains the adapter with which the embedded model reads single sentences (`stated.gguf`).

`python -m assistant.evaluation.fitting_adapter tests/training` teaches the model, of the best
sentences that are found for a question, which state what is asked or a part of it, and to go on
behind its yes with what the sentence states. Which do, and how one would say so, was marked by hand
(`tests/told`, which has questions of its own); the others teach the no. Each lesson is seen once.
The stories of one fold are left out: on their questions the numbers are fitted that weigh what the
model says (`fitting_refusal`, `fitting_additions`).

That is more than a million tokens: a minute and a half on a graphics card. Two cores would need a
day, and 16 GB.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from assistant import alone
from assistant.answer import Citation
from assistant.evaluation.adapting import AdaptedModel, Group, Prompt, Row, Tokens, in_one_row
from assistant.evaluation.fitting_reader import FOLDS, fold_of
from assistant.evaluation.questions import Question, load_questions
from assistant.gathering import candidates
from assistant.question import understand
from assistant.quoting import citation, cite
from assistant.service import Assistant
from assistant.settings import NO_MODEL, Settings
from corpus.story import Story
from index.weights import LANGUAGE_MODELS, fetch

LEFT_OUT = 2
_FILE = Path("assistant/stated.gguf")
_TOLD = Path("tests/told")
_CANDIDATES, _AMONG = 40, 8
# At most so many of a question's best sentences that state it, and that do not.
_STATING, _OTHERS = 3, 4
# What of a reply is in words counts so much beside its yes or no.
_IN_WORDS = 0.5
_TOKENS, _RATE, _WARM_UP, _LAST_RATE = 4000, 5e-4, 20, 0.02
_LONGEST_STEP = 1.0
_SAID_EVERY = 20

Sentence = tuple[str, str]
"""A story's slug, and the words of one of its sentences."""


@dataclass(frozen=True)
class Lesson:
    """A question with a few sentences, and what the model is to reply about each."""

    question: str
    sentences: tuple[tuple[Citation, str], ...]


@dataclass
class Marks:
    """What was marked by hand.

    `stated`: by a question's id, the sentences that state what is asked, or a part of it.
    `in_words`: by id and wording of a question, how one would say what a sentence states. `near`:
    questions that a sentence leaves open.
    """

    stated: dict[str, set[Sentence]] = field(default_factory=dict)
    in_words: dict[str, dict[str, dict[Sentence, str]]] = field(default_factory=dict)
    near: list[tuple[str, Sentence]] = field(default_factory=list)

    @classmethod
    def load(cls, folder: Path) -> Marks:
        """Return what the folder's files hold; its README says how."""
        marks = cls()
        for line in _lines(folder / "stated.jsonl"):
            marks.stated[line["id"]] = {(s["story"], s["sentence"]) for s in line["stated"]}
        for line in _lines(folder / "sentences.jsonl"):
            sentence = (line["story"], line["sentence"])
            marks.stated.setdefault(line["id"], set()).add(sentence)
            wordings = marks.in_words.setdefault(line["id"], {})
            wordings.setdefault(line["question"], {})[sentence] = line["answer"]
            if "near" in line:
                marks.near.append((line["near"], sentence))
        return marks


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def lessons(assistant: Assistant, questions: Sequence[Question], marks: Marks) -> Iterator[Lesson]:
    """Yield a lesson for each wording of each question, and one for each that is only near."""
    stories = {story.slug: story for story in assistant.catalogue.stories}
    slugs = sorted(stories)
    left_out = set(slugs[LEFT_OUT::FOLDS])
    for question in tqdm(questions, desc="questions", leave=False):
        fold = fold_of(question, slugs)
        asked = understand(question.question, assistant.catalogue)
        if fold == LEFT_OUT or asked.several or asked.listing or asked.small_talk:
            continue
        sentences = candidates(asked, assistant.retrieve(asked, _CANDIDATES), fold)
        best = sorted(sentences, key=lambda s: -s.score)[:_AMONG]
        quotes = {(s.hit.passage.story, s.text): cite([s], stories.__getitem__)[0] for s in best}
        seen = [s for s in quotes if s[0] not in left_out]
        stated = marks.stated.get(question.id, set())
        in_words = marks.in_words.get(question.id, {})
        for words, told in {asked.standalone: {}, **in_words}.items():
            of_it = [(quotes[s], _reply(True, told.get(s, ""))) for s in seen if s in stated]
            others = [(quotes[s], _reply(False)) for s in seen if s not in stated]
            if of_it or question.unanswerable:
                some = [*of_it[:_STATING], *random.sample(others, min(_OTHERS, len(others)))]
                random.shuffle(some)
                yield Lesson(words, tuple(some))
    for words, (slug, text) in marks.near:
        if slug not in left_out:
            yield Lesson(words, ((_quote(stories[slug], text), _reply(False)),))


def _quote(story: Story, text: str) -> Citation:
    start = story.body.index(text)
    return citation(1, story, start, start + len(text))


def _reply(stated: bool, told: str = "") -> str:
    """Return what the model is to reply; `told`: what the sentence states."""
    if not stated:
        return "no"
    return f"yes: {told}" if told else "yes"


def tokens_of(model: AdaptedModel, lesson: Lesson) -> list[Prompt]:
    """Return a lesson's prompts, as llama.cpp makes them of the messages, with their replies."""
    own: list[Prompt] = []
    for sentence, reply in lesson.sentences:
        messages = (*alone.taught().messages, alone.asked(lesson.question, sentence))
        turns = [{"role": m.role, "content": m.content} for m in messages]
        prompt: Any = model.tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_dict=False
        )
        # A bare yes or no is not to teach the model to stop behind it.
        end = [model.tokenizer.eos_token_id] if ":" in reply else []
        own.append((prompt, [*model.tokenizer.encode(reply), *end]))
    return own


def rows(model: AdaptedModel, taught: Sequence[Lesson]) -> Iterator[Row]:
    """Yield lessons in rows of about `_TOKENS` tokens; what prompts share stands there once."""
    batch: list[Group] = []
    length = 0
    for lesson in taught:
        own = tokens_of(model, lesson)
        shared = shared_start([prompt for prompt, _ in own])
        batch.append((shared, own))
        length += len(shared) + sum(len(p) - len(shared) + len(reply) for p, reply in own)
        if length >= _TOKENS:
            yield _row(batch)
            batch, length = [], 0
    if batch:
        yield _row(batch)


def _row(batch: Sequence[Group]) -> Row:
    beginning = shared_start([shared for shared, _ in batch])
    return in_one_row(
        beginning,
        [
            (shared[len(beginning) :], [(p[len(shared) :], reply) for p, reply in own])
            for shared, own in batch
        ],
    )


def shared_start(rows: Sequence[Tokens]) -> list[int]:
    """Return how rows of tokens begin alike, one token less than the shortest at most."""
    shared = []
    for tokens in zip(*(row[:-1] for row in rows), strict=False):
        if len(set(tokens)) > 1:
            break
        shared.append(tokens[0])
    return shared


def train(model: AdaptedModel, taught: Sequence[Row]) -> None:
    """Teach the model, once through, and print how it does on what it has not seen yet."""
    optimizer = torch.optim.AdamW(model.learned, lr=_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    said: list[float] = []
    for step, row in enumerate(tqdm(taught, desc="steps", leave=False)):
        share = max(_LAST_RATE, 1 - step / len(taught)) * min(1.0, (step + 1) / _WARM_UP)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * share
        first, others = model.losses(row)
        loss = first.mean()
        if len(others):
            loss = loss + _IN_WORDS * others.mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        # On a graphics card one row in some hundred has no finite gradient; it would undo the rest.
        if clip_grad_norm_(model.learned, _LONGEST_STEP).isfinite():
            optimizer.step()
            said.append(loss.item())
        else:
            tqdm.write(f"step {step + 1} is left out: its gradient is not finite", sys.stdout)
        if (step + 1) % _SAID_EVERY == 0:
            mean = fmean(said[-_SAID_EVERY:])
            tqdm.write(f"{step + 1} of {len(taught)} steps: loss {mean:.3f}", sys.stdout)


def main(*paths: str) -> None:
    """Train the adapter on the questions of these paths and those marked, and store it."""
    torch.manual_seed(0)
    random.seed(0)
    dialogues = load_questions([*(Path(path) for path in paths), _TOLD / "questions.jsonl"])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        taught = list(lessons(assistant, questions, Marks.load(_TOLD)))
    random.shuffle(taught)
    weights = LANGUAGE_MODELS["qwen-coder-1.5b"]
    model = AdaptedModel(fetch(weights) / weights.files[0].name)
    train(model, list(rows(model, taught)))
    model.store(_FILE)


if __name__ == "__main__":
    main(*sys.argv[1:])
