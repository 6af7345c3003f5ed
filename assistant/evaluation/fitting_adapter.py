"""Trains the adapter with which the embedded model judges single sentences (`stated.gguf`).

`python -m assistant.evaluation.fitting_adapter tests/training` plays the questions through the real
steps and teaches the model, of the best sentences that are found, which state what is asked or a
part of it. It sees each question once and takes about 40 minutes on two cores. The stories of one
fold are left out: on their questions the numbers are fitted that weigh what the model says
(`fitting_refusal`, `fitting_additions`).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from assistant import alone
from assistant.evaluation.adapting import AdaptedModel, Prompts, in_one_row
from assistant.evaluation.fitting import is_gold
from assistant.evaluation.fitting_reader import fold_of
from assistant.evaluation.questions import Question, load_questions
from assistant.evidence import ScoredSentence
from assistant.gathering import candidates
from assistant.question import understand
from assistant.quoting import cite
from assistant.service import Assistant
from assistant.settings import NO_MODEL, Settings
from corpus.story import Story
from index.weights import LANGUAGE_MODELS, fetch

LEFT_OUT = 2
_FILE = Path("assistant/stated.gguf")
_CANDIDATES = 40
_QUESTIONS, _SENTENCES, _STATING = 900, 3, 2
_AMONG, _OTHERS_AMONG = 8, 5
_BATCH, _RATE, _WARM_UP, _LAST_RATE = 4, 6e-4, 12, 0.03
_LONGEST_STEP = 1.0
_SAID_EVERY = 20

Taught = tuple[str, list[tuple[ScoredSentence, bool]]]


def lessons(assistant: Assistant, questions: Sequence[Question]) -> list[Taught]:
    """Return questions with a few sentences each, and whether these state what is asked."""
    slugs = sorted(story.slug for story in assistant.catalogue.stories)
    told, untold = [], []
    for question in tqdm(questions, desc="questions", leave=False):
        fold = fold_of(question, slugs)
        asked = understand(question.question, assistant.catalogue)
        if fold == LEFT_OUT or asked.several or asked.listing or asked.small_talk:
            continue
        found = candidates(asked, assistant.retrieve(asked, _CANDIDATES), fold)
        best = sorted(found, key=lambda s: -s.score)[:_AMONG]
        gold = [s for s in best if is_gold(question, s)]
        others = [s for s in best[:_OTHERS_AMONG] if s not in gold]
        chosen = [*gold[:_STATING], *others][:_SENTENCES]
        if chosen and question.unanswerable:
            untold.append((asked.standalone, [(s, False) for s in chosen]))
        elif gold:
            told.append((asked.standalone, [(s, s in gold) for s in chosen]))
    random.shuffle(told)
    taught: list[Taught] = [*untold, *told[: _QUESTIONS - len(untold)]]
    random.shuffle(taught)
    return taught


def _prompts(model: AdaptedModel, batch: Sequence[Taught], stories: Mapping[str, Story]) -> Prompts:
    """Return the prompts of a batch of questions, as llama.cpp makes them of the messages."""
    groups = []
    for question, sentences in batch:
        own = []
        for sentence, _ in sentences:
            [citation] = cite([sentence], stories.__getitem__)
            messages = (*alone.taught().messages, alone.asked(question, citation))
            turns = [{"role": m.role, "content": m.content} for m in messages]
            tokens = model.tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_dict=False
            )
            own.append(list(tokens))
        shared = shared_start(own)
        groups.append((shared, own))
    beginning = shared_start([shared for shared, _ in groups])
    return in_one_row(
        beginning,
        [
            (shared[len(beginning) :], [tokens[len(shared) :] for tokens in own])
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


def train(model: AdaptedModel, taught: Sequence[Taught], stories: Mapping[str, Story]) -> None:
    """Teach the model, once through, and print how it does on what it has not seen yet."""
    optimizer = torch.optim.AdamW(model.learned, lr=_RATE, betas=(0.9, 0.98), weight_decay=0.0)
    batches = [taught[start : start + _BATCH] for start in range(0, len(taught), _BATCH)]
    losses: list[float] = []
    for step, batch in enumerate(tqdm(batches, desc="steps", leave=False)):
        share = max(_LAST_RATE, 1 - step / len(batches)) * min(1.0, (step + 1) / _WARM_UP)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * share
        stated = torch.tensor([float(gold) for _, sentences in batch for _, gold in sentences])
        said = model.log_odds(_prompts(model, batch, stories))
        loss = binary_cross_entropy_with_logits(said, stated)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        clip_grad_norm_(model.learned, _LONGEST_STEP)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % _SAID_EVERY == 0:
            mean = sum(losses[-_SAID_EVERY:]) / _SAID_EVERY
            tqdm.write(f"{step + 1} of {len(batches)} steps: loss {mean:.3f}", sys.stdout)


def main(paths: Sequence[str]) -> None:
    """Train the adapter on the questions of these paths, and store it."""
    torch.manual_seed(0)
    random.seed(0)
    dialogues = load_questions([Path(path) for path in paths])
    questions = [d[0] for d in dialogues if d[0].answerable or d[0].unanswerable]
    with Assistant.open(replace(Settings.from_environment(), llm=NO_MODEL)) as assistant:
        taught = lessons(assistant, questions)
        stories = {story.slug: story for story in assistant.catalogue.stories}
    weights = LANGUAGE_MODELS["qwen-coder-1.5b"]
    model = AdaptedModel(fetch(weights) / weights.files[0].name, ("yes", "no"))
    train(model, taught, stories)
    model.store(_FILE)


if __name__ == "__main__":
    main(sys.argv[1:])
