"""Trains the adapter with which the embedded model reads single sentences (`stated.gguf`).

`python -m assistant.evaluation.fitting_adapter tests/training tests/told/sentences.jsonl` teaches
the model in two courses, each seen once; together they take an hour and a half on two cores. First,
of the best sentences that are found for a question, which state what is asked or a part of it.
Then, behind its yes, what the sentence states, as the examples written by hand say it; and not to
take for it what only seems near. The stories of one fold are left out: on their questions the
numbers are fitted that weigh what the model says (`fitting_refusal`, `fitting_additions`).
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from assistant import alone
from assistant.answer import Citation
from assistant.evaluation.adapting import AdaptedModel, Row, in_one_row
from assistant.evaluation.fitting import is_gold
from assistant.evaluation.fitting_reader import fold_of
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
_CANDIDATES = 40
_QUESTIONS, _SENTENCES, _STATING = 900, 3, 2
_AMONG, _OTHERS_AMONG = 8, 5
# Of the unanswerable questions of the second course; of all its `near` questions, so many.
_UNTOLD, _NEAR = 2, 430
# What of a reply is in words counts so much beside its yes or no.
_IN_WORDS = 0.7
_RATES, _BATCHES, _WARM_UP, _LAST_RATE = (6e-4, 5e-4), (4, 6), 12, 0.03
_LONGEST_STEP = 1.0
_SAID_EVERY = 20


@dataclass(frozen=True)
class Lesson:
    """A question with a few sentences, and what the model is to reply about each."""

    question: str
    sentences: tuple[tuple[Citation, str], ...]


@dataclass(frozen=True)
class Candidates:
    """A question's best sentences, and which of them state what it asks; all have quotes."""

    question: Question
    asked: str
    best: tuple[Citation, ...]
    gold: tuple[Citation, ...]

    @property
    def others(self) -> tuple[Citation, ...]:
        """The best of those that do not state it."""
        return tuple(c for c in self.best[:_OTHERS_AMONG] if c not in self.gold)


def find(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Candidates]:
    """Yield the questions to teach by, those of one story each, with their best sentences."""
    stories = {story.slug: story for story in assistant.catalogue.stories}
    slugs = sorted(stories)
    for question in tqdm(questions, desc="questions", leave=False):
        fold = fold_of(question, slugs)
        asked = understand(question.question, assistant.catalogue)
        if fold == LEFT_OUT or asked.several or asked.listing or asked.small_talk:
            continue
        sentences = candidates(asked, assistant.retrieve(asked, _CANDIDATES), fold)
        best = sorted(sentences, key=lambda s: -s.score)[:_AMONG]
        quotes = [cite([sentence], stories.__getitem__)[0] for sentence in best]
        gold = [q for s, q in zip(best, quotes, strict=True) if is_gold(question, s)]
        if gold or question.unanswerable:
            yield Candidates(question, asked.standalone, tuple(quotes), tuple(gold))


def judging(found: Sequence[Candidates]) -> list[Lesson]:
    """Return the first course: which sentences state what is asked."""
    told: list[Lesson] = []
    untold: list[Lesson] = []
    for each in found:
        chosen = [*each.gold[:_STATING], *each.others][:_SENTENCES]
        replies = tuple((c, _reply(c in each.gold)) for c in chosen)
        (told if each.gold else untold).append(Lesson(each.asked, replies))
    random.shuffle(told)
    lessons = [*untold, *told[: _QUESTIONS - len(untold)]]
    random.shuffle(lessons)
    return lessons


def telling(
    found: Sequence[Candidates], examples: Sequence[Mapping[str, str]], stories: Mapping[str, Story]
) -> list[Lesson]:
    """Return the second course: what the sentences state, and what only seems near.

    :param examples: the lines of `tests/told/sentences.jsonl`.
    """
    of = {each.question.id: each for each in found}
    lessons, near = [], []
    for example in examples:
        story = stories[example["story"]]
        start = story.body.index(example["sentence"])
        quote = citation(1, story, start, start + len(example["sentence"]))
        sentences = [(quote, _reply(True, example["answer"]))]
        if (candidates_of := of.get(example["id"])) and candidates_of.others:
            sentences.append((random.choice(candidates_of.others), _reply(False)))
        random.shuffle(sentences)
        lessons.append(Lesson(example["question"], tuple(sentences)))
        near.append(Lesson(example["near"], ((quote, _reply(False)),)))
    for each in found:
        if not each.gold:
            chosen = random.sample(each.best, min(_UNTOLD, len(each.best)))
            lessons.append(Lesson(each.asked, tuple((c, _reply(False)) for c in chosen)))
    lessons += random.sample(near, min(_NEAR, len(near)))
    random.shuffle(lessons)
    return lessons


def _reply(stated: bool, told: str = "") -> str:
    """Return what the model is to reply; `told`: what the sentence states."""
    if not stated:
        return "no"
    return f"yes: {told}" if told else "yes"


def _row(model: AdaptedModel, batch: Sequence[Lesson]) -> Row:
    """Return a batch of lessons as llama.cpp makes prompts of the messages."""
    groups = []
    for lesson in batch:
        own = []
        for sentence, reply in lesson.sentences:
            messages = (*alone.taught().messages, alone.asked(lesson.question, sentence))
            turns = [{"role": m.role, "content": m.content} for m in messages]
            prompt = model.tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_dict=False
            )
            end = [model.tokenizer.eos_token_id]
            own.append((list(prompt), [*model.tokenizer.encode(reply), *end]))
        shared = shared_start([prompt for prompt, _ in own])
        groups.append((shared, own))
    beginning = shared_start([shared for shared, _ in groups])
    return in_one_row(
        beginning,
        [
            (shared[len(beginning) :], [(p[len(shared) :], reply) for p, reply in own])
            for shared, own in groups
        ],
    )


def shared_start(rows: Sequence[Sequence[int]]) -> list[int]:
    """Return how rows of tokens begin alike, one token less than the shortest at most."""
    shared = []
    for tokens in zip(*(row[:-1] for row in rows), strict=False):
        if len(set(tokens)) > 1:
            break
        shared.append(tokens[0])
    return shared


def train(model: AdaptedModel, lessons: Sequence[Lesson], size: int, rate: float) -> None:
    """Teach the model, once through, and print how it does on what it has not seen yet.

    :param size: how many lessons make a step. :param rate: the highest learning rate.
    """
    optimizer = torch.optim.AdamW(model.learned, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)
    batches = [lessons[start : start + size] for start in range(0, len(lessons), size)]
    said: list[float] = []
    for step, batch in enumerate(tqdm(batches, desc="steps", leave=False)):
        share = max(_LAST_RATE, 1 - step / len(batches)) * min(1.0, (step + 1) / _WARM_UP)
        for group in optimizer.param_groups:
            group["lr"] = rate * share
        first, others = model.losses(_row(model, batch))
        loss = first.mean()
        if len(others):
            loss = loss + _IN_WORDS * others.mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        clip_grad_norm_(model.learned, _LONGEST_STEP)
        optimizer.step()
        said.append(loss.item())
        if (step + 1) % _SAID_EVERY == 0:
            mean = sum(said[-_SAID_EVERY:]) / _SAID_EVERY
            tqdm.write(f"{step + 1} of {len(batches)} steps: loss {mean:.3f}", sys.stdout)


def main(*paths: str) -> None:
    """Train the adapter and store it.

    :param paths: of the questions, and last of the examples.
    """
    torch.manual_seed(0)
    random.seed(0)
    dialogues = load_questions([Path(path) for path in paths[:-1]])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    examples = [json.loads(line) for line in Path(paths[-1]).read_text("utf-8").splitlines()]
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        found = list(find(assistant, questions))
        stories = {story.slug: story for story in assistant.catalogue.stories}
    weights = LANGUAGE_MODELS["qwen-coder-1.5b"]
    model = AdaptedModel(fetch(weights) / weights.files[0].name)
    courses = (judging(found), telling(found, examples, stories))
    for lessons, size, rate in zip(courses, _BATCHES, _RATES, strict=True):
        train(model, lessons, size, rate)
    model.store(_FILE)


if __name__ == "__main__":
    main(*sys.argv[1:])
