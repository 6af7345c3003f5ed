"""Trains the sentence reader (`assistant/sentence_reader.safetensors`).

`python -m assistant.evaluation.fitting_reader tests/training` plays the questions through the real
steps and marks, among the sentences that are found, those that state the answer. Several networks
are trained, each without the stories of one fold; the assistant asks all of them and takes the
mean. So what a network says of its own fold's questions is what it says of stories it has never
seen, and `fitting_refusal` can be fitted on that.

The loss is that of a listwise softmax over relevance (ListNet, Cao et al., 2007), and of a yes or
no on whether each sentence states the answer; unanswerable questions teach the no.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm

from assistant.evaluation.facts import states_all
from assistant.evaluation.fitting import is_gold
from assistant.evaluation.questions import Question, load_questions
from assistant.evidence import ScoredSentence, beside, linear_score, score_sentences, settings
from assistant.question import understand
from assistant.reader_network import Inputs, ReaderNetwork, to_store
from assistant.service import Assistant
from assistant.settings import Settings
from index.retrieval import QuestionVectors

FOLDS = 3
_FILE = Path("assistant/sentence_reader.safetensors")
_LOOKED_AT = 10
_EPOCHS, _BATCH, _RATE, _DECAY = 8, 8, 7e-4, 0.05
# A sentence that does not state the answer weighs less than one that does: there are many.
_WEIGHT_OF_OTHERS = 0.35
_WEIGHT_OF_STATED = 0.25


@dataclass(frozen=True, eq=False)
class Case:
    """A question, its sentences, and which of them state the answer, (n,)."""

    question: Question
    vectors: QuestionVectors
    sentences: tuple[ScoredSentence, ...]
    gold: Tensor


@dataclass(frozen=True, eq=False)
class Example:
    """The sentences of a case that a network is trained on; `linear` are their scores."""

    seen: Inputs
    linear: Tensor
    gold: Tensor


def fold_of(question: Question, stories: Sequence[str]) -> int:
    """Return the fold of a question: that of the story it is about.

    :param stories: the slugs of all stories, sorted.
    """
    about = next((s for s in (*question.stories, *question.near) if s in stories), None)
    return stories.index(about) % FOLDS if about else len(question.id) % FOLDS


def cases(assistant: Assistant, questions: Sequence[Question]) -> list[Case]:
    """Return the questions with the sentences that are found for them."""
    found = []
    for question in tqdm(questions, desc="questions", leave=False):
        asked = understand(question.question, assistant.catalogue)
        retrieved = assistant.retrieve(asked)
        sentences = tuple(score_sentences(asked.standalone, retrieved, asked.compared))
        gold = torch.tensor([is_gold(question, sentence) for sentence in sentences])
        found.append(Case(question, retrieved.question, sentences, gold))
    return found


def train(examples: Sequence[Example], seed: int) -> ReaderNetwork:
    """Return a network trained on these examples."""
    torch.manual_seed(seed)
    network = ReaderNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    batches = -(-len(examples) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATE, total_steps=_EPOCHS * batches, pct_start=0.1
    )
    network.train()
    for epoch in range(_EPOCHS):
        order = torch.randperm(len(examples)).tolist()
        for start in tqdm(range(0, len(order), _BATCH), desc=f"epoch {epoch + 1}", leave=False):
            batch = [examples[i] for i in order[start : start + _BATCH]]
            optimizer.zero_grad()
            loss = torch.stack([_loss(network, example) for example in batch]).mean()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return network.eval()


def example_of(case: Case) -> Example | None:
    """Return a case's best sentences, one that states the answer among them; None if none does."""
    if case.question.answerable and not bool(case.gold.any()):
        return None
    linear = torch.tensor([linear_score(s.features) for s in case.sentences])
    rows = linear.argsort(descending=True)[:_LOOKED_AT]
    if case.question.answerable and not bool(case.gold[rows].any()):
        rows[-1] = int(case.gold.nonzero()[0])
    kept = [beside(case.sentences[int(row)]) for row in rows]
    return Example(ReaderNetwork.inputs(case.vectors, kept), linear[rows], case.gold[rows])


def _loss(network: ReaderNetwork, example: Example) -> Tensor:
    relevance, stated = network(example.seen).unbind(-1)
    weight = torch.where(example.gold, 1.0, _WEIGHT_OF_OTHERS)
    loss = _WEIGHT_OF_STATED * nn.functional.binary_cross_entropy_with_logits(
        stated, example.gold.float(), weight=weight, reduction="sum"
    )
    if bool(example.gold.any()):
        shares = torch.log_softmax(example.linear + relevance, 0)
        loss = loss - torch.logsumexp(shares[example.gold], 0)
    return loss


def _report(found: Sequence[Case], networks: Sequence[ReaderNetwork], folds: Sequence[int]) -> str:
    """Return how often the best three sentences state all facts, before and after, held out."""
    before = after = count = 0
    with torch.inference_mode():
        for case, fold in zip(found, folds, strict=True):
            if not case.question.answerable or not case.sentences:
                continue
            seen = ReaderNetwork.inputs(case.vectors, [beside(s) for s in case.sentences])
            linear = torch.tensor([linear_score(s.features) for s in case.sentences])
            count += 1
            before += _states(case, linear)
            after += _states(case, linear + settings().reader_weight * networks[fold](seen)[:, 0])
    return (
        f"held out, {count} questions: all facts in the best three sentences "
        f"{before / count:.3f} by the linear score, {after / count:.3f} with the reader"
    )


def _states(case: Case, scores: Tensor) -> bool:
    best = [case.sentences[int(row)] for row in scores.argsort(descending=True)[:3]]
    text = " ".join(sentence.hit.passage.label + sentence.text for sentence in best)
    return states_all(text, case.question.facts)


def main(paths: Sequence[str]) -> None:
    """Train the networks on the questions of these paths, store them, and print what they reach."""
    questions = [d[0] for d in load_questions([Path(path) for path in paths])]
    with Assistant.open(Settings.from_environment()) as assistant:
        stories = sorted(story.slug for story in assistant.catalogue.stories)
        found = cases(assistant, questions)
    folds = [fold_of(case.question, stories) for case in found]
    networks = []
    for fold in range(FOLDS):
        kept = [case for case, other in zip(found, folds, strict=True) if other != fold]
        examples = [example for case in kept if (example := example_of(case)) is not None]
        networks.append(train(examples, seed=fold))
    save_file(to_store(networks), _FILE)
    sys.stdout.write(_report(found, networks, folds) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
