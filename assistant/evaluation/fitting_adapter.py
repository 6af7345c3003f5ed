"""Trains the adapter with which the embedded model reads single sentences (`stated.gguf`).

`python -m assistant.evaluation.fitting_adapter tests/training` teaches the model, of the best
sentences that are found for a question, which state what is asked or a part of it, and to go on
behind its yes with what the sentence states. Which do, and how one would say so, was marked by hand
(`tests/told`, which has questions of its own); the others teach the no.

It trains two adapters. The first without the questions about the stories of one fold: what the
model says of these goes to `tests/told/said.json`, and the numbers that weigh its word are fitted
on it (`fitting_refusal`, `fitting_additions`). The second with all: that is the one stored.

These are nine million tokens: seven minutes on a graphics card. Two cores would need a week, and
16 GB.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
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
from assistant.evaluation.said import LEFT_OUT, TOLD, Said
from assistant.gathering import best_sentences, candidates
from assistant.question import understand
from assistant.quoting import citation, cite
from assistant.service import Assistant
from assistant.settings import NO_MODEL, Settings
from corpus.story import Story
from index.weights import LANGUAGE_MODELS, fetch

_FILE = Path("assistant/stated.gguf")
_CANDIDATES = 40
# At most so many of a question's best sentences that state it, and that do not.
_STATING, _OTHERS = 3, 4
# What of a reply is in words counts so much beside its yes or no.
_IN_WORDS = 0.5
_EPOCHS = 2
# Tokens of a row, and rows of a step.
_TOKENS, _ROWS = 1000, 4
_RATE, _WARM_UP, _LAST_RATE = 5e-4, 40, 0.02
_LONGEST_STEP = 1.0
_SHOWN_EVERY = 20

_YES, _NO = "yes", "no"

Sentence = tuple[str, str]
"""A story's slug, and the words of one of its sentences."""


@dataclass(frozen=True)
class Lesson:
    """A question with a few sentences, and what the model is to reply about each."""

    question: str
    sentences: tuple[tuple[Citation, str], ...]


@dataclass(frozen=True)
class Finding:
    """A question with the best sentences that are found for it, as quotes.

    `asked`: its stand-alone wording. `fold`: that of its story.
    """

    question: Question
    asked: str
    fold: int
    quotes: dict[Sentence, Citation]


@dataclass(frozen=True)
class Subject:
    """A wording of a question with sentences to teach by.

    `fold`: that of the question's story. `stating`: those that state what is asked, with how one
    would say so, or nothing.
    """

    question: str
    fold: int
    stating: tuple[tuple[Citation, str], ...]
    others: tuple[Citation, ...]

    def lesson(self) -> Lesson:
        """Return a lesson on some of the sentences, others each time."""
        stating = random.sample(self.stating, min(_STATING, len(self.stating)))
        others = random.sample(self.others, min(_OTHERS, len(self.others)))
        some = [(quote, f"{_YES}: {told}" if told else _YES) for quote, told in stating]
        some += [(quote, _NO) for quote in others]
        random.shuffle(some)
        return Lesson(self.question, tuple(some))


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


def found_for(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Finding]:
    """Yield what is found for each question that is answered by single sentences."""
    catalogue = assistant.catalogue
    stories = {story.slug: story for story in catalogue.stories}
    slugs = sorted(stories)
    for question in tqdm(questions, desc="questions", leave=False):
        fold = fold_of(question, slugs)
        asked = understand(question.question, catalogue)
        if asked.several or asked.listing or asked.small_talk:
            continue
        sentences = candidates(asked, assistant.retrieve(asked, _CANDIDATES), fold)
        best = best_sentences(asked, sentences, catalogue).singly
        quotes = {(s.hit.passage.story, s.text): cite([s], stories.__getitem__)[0] for s in best}
        yield Finding(question, asked.standalone, fold, quotes)


def subjects(found: Iterable[Finding], marks: Marks, stories: Sequence[Story]) -> Iterator[Subject]:
    """Yield one for each wording of each question, and one for each that is only near.

    An answerable question of which no sentence is marked is left out: some may state it unread.
    """
    for each in found:
        stated = marks.stated.get(each.question.id, set())
        stating = [sentence for sentence in each.quotes if sentence in stated]
        others = tuple(quote for sentence, quote in each.quotes.items() if sentence not in stated)
        in_words = marks.in_words.get(each.question.id, {})
        for words, told in {each.asked: {}, **in_words}.items():
            if stating or each.question.unanswerable:
                worded = tuple((each.quotes[s], told.get(s, "")) for s in stating)
                yield Subject(words, each.fold, worded, others)
    by_slug = {story.slug: story for story in stories}
    slugs = sorted(by_slug)
    for words, (slug, text) in marks.near:
        yield Subject(words, slugs.index(slug) % FOLDS, (), (_quote(by_slug[slug], text),))


def _quote(story: Story, text: str) -> Citation:
    start = story.body.index(text)
    return citation(1, story, start, start + len(text))


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


def train(model: AdaptedModel, taught: Sequence[Subject]) -> None:
    """Teach the model anew, and print how it does on what comes next."""
    model.forget()
    lessons: list[Lesson] = []
    for _ in range(_EPOCHS):
        lessons += [subject.lesson() for subject in random.sample(taught, len(taught))]
    every = list(rows(model, lessons))
    steps = [every[start : start + _ROWS] for start in range(0, len(every), _ROWS)]
    optimizer = torch.optim.AdamW(model.learned, lr=_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    losses: list[float] = []
    for number, step in enumerate(tqdm(steps, desc="steps", leave=False)):
        share = max(_LAST_RATE, 1 - number / len(steps)) * min(1.0, (number + 1) / _WARM_UP)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * share
        optimizer.zero_grad()
        for row in step:
            first, others = model.losses(row)
            loss = first.mean()
            if len(others):
                loss = loss + _IN_WORDS * others.mean()
            torch.autograd.backward(loss / len(step))
            losses.append(loss.item())
        clip_grad_norm_(model.learned, _LONGEST_STEP, error_if_nonfinite=True)
        optimizer.step()
        if (number + 1) % _SHOWN_EVERY == 0:
            mean = fmean(losses[-_SHOWN_EVERY * _ROWS :])
            tqdm.write(f"{number + 1} of {len(steps)} steps: loss {mean:.3f}", sys.stdout)


def judge(model: AdaptedModel, found: Sequence[Finding]) -> Said:
    """Return what the model says of the sentences that are found."""
    said = Said()
    for each in tqdm(found, desc="judged", leave=False):
        quotes = tuple(each.quotes.values())
        # The replies only mark where the model would begin its own.
        [row] = rows(model, [Lesson(each.asked, tuple((quote, _NO) for quote in quotes))])
        for quote, yes in zip(quotes, model.probabilities(row, _YES, _NO), strict=True):
            said.add(each.asked, quote, yes)
    return said


def main(*paths: str) -> None:
    """Train the adapter on the questions of these paths and those marked, and store it."""
    torch.manual_seed(0)
    random.seed(0)
    dialogues = load_questions([*(Path(path) for path in paths), TOLD / "questions.jsonl"])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        found = list(found_for(assistant, questions))
        taught = list(subjects(found, Marks.load(TOLD), assistant.catalogue.stories))
    weights = LANGUAGE_MODELS["qwen-coder-1.5b"]
    model = AdaptedModel(fetch(weights) / weights.files[0].name)
    train(model, [subject for subject in taught if subject.fold != LEFT_OUT])
    judge(model, [each for each in found if each.fold == LEFT_OUT and each.quotes]).store()
    train(model, taught)
    model.store(_FILE)


if __name__ == "__main__":
    main(*sys.argv[1:])
