"""Prompts share what they have in common and do not see each other; the adapter fits the model."""

from __future__ import annotations

from pathlib import Path

import gguf
import torch

import assistant
from assistant.evaluation.adapting import Adapted, in_one_row
from assistant.evaluation.fitting_adapter import Subject, shared_start
from tests.assistant.cork import citation

ADAPTER = Path(assistant.__file__).with_name("stated.gguf")


def test_prompts_in_one_row_read_as_if_each_stood_alone():
    row = in_one_row([1, 2], [([3], [([4, 5], [9]), ([6], [9])]), ([7], [([8], [9])])])
    alone = [[1, 2, 3, 4, 5], [1, 2, 3, 6], [1, 2, 7, 8]]
    assert len(row.tokens) == 2 + 1 + 2 + 1 + 1 + 1
    for end, prompt in zip(row.begins.nonzero().flatten(), alone, strict=True):
        seen = row.sees[end].nonzero().flatten()
        assert row.tokens[seen].tolist() == prompt
        assert row.positions[seen].tolist() == list(range(len(prompt)))


def test_each_token_of_a_reply_is_learned_behind_what_is_before_it():
    row = in_one_row([1], [([2], [([3], [7, 8, 9]), ([4, 5], [6])])])
    learned = (row.replied != -100).nonzero().flatten()
    read = [row.tokens[row.sees[at].nonzero().flatten()].tolist() for at in learned]
    assert read == [[1, 2, 3], [1, 2, 3, 7], [1, 2, 3, 7, 8], [1, 2, 4, 5]]
    assert row.replied[learned].tolist() == [7, 8, 9, 6]
    assert row.begins[learned].tolist() == [True, False, False, True]


def test_no_token_sees_what_comes_later():
    row = in_one_row([1], [([2], [([3, 4], [9, 9]), ([5, 6], [9])])])
    assert not torch.triu(row.sees, 1).any() and row.sees.diagonal().all()


def test_what_rows_share_leaves_each_something_of_its_own():
    assert shared_start([[1, 2, 3], [1, 2, 4]]) == [1, 2]
    assert shared_start([[1, 2], [1, 2, 3]]) == [1]
    assert shared_start([[1, 2, 3]]) == [1, 2]


def test_the_adapter_that_is_stored_has_two_matrices_for_each_it_changes():
    names = {tensor.name for tensor in gguf.GGUFReader(ADAPTER).tensors}
    changed = {name.rpartition(".")[0] for name in names}
    assert names == {f"{name}.{end}" for name in changed for end in ("lora_a", "lora_b")}
    assert len(changed) == 112 and "blk.27.attn_q.weight" in changed


def test_an_adapter_changes_nothing_until_it_is_trained_and_after_it_is_reset():
    base = torch.nn.Linear(8, 4)
    adapted, x = Adapted(base), torch.ones(2, 8)
    assert torch.equal(adapted(x), base(x))
    torch.nn.init.ones_(adapted.up)
    assert not torch.equal(adapted(x), base(x))
    adapted.reset()
    assert torch.equal(adapted(x), base(x))


def test_a_lesson_is_on_some_of_the_sentences_and_on_others_each_time():
    quotes = [citation(n, f"Sentence {n}.") for n in range(12)]
    stating = tuple((quote, "It is so." if quote.n else "") for quote in quotes[:4])
    subject = Subject("Is it so?", 0, stating, tuple(quotes[4:]))
    lessons = [subject.lesson() for _ in range(20)]
    for lesson in lessons:
        replies = {quote.n: reply for quote, reply in lesson.sentences}
        assert len(replies) == 7 and sum(reply == "no" for reply in replies.values()) == 4
        assert all((reply == "no") == (n >= 4) for n, reply in replies.items())
        assert replies.get(0, "yes") == "yes"
        assert replies.get(1, "yes: It is so.") == "yes: It is so."
    assert len({lesson.sentences for lesson in lessons}) > 1
