"""Runs over the real stories: repeatable, resumable, and open to be looked into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.evaluation.comparison import compare
from assistant.evaluation.journal import Journal
from assistant.evaluation.questions import load_questions, sample
from assistant.evaluation.runner import evaluate, explain
from assistant.question import Scope
from assistant.service import Assistant
from corpus.library import Library

pytestmark = pytest.mark.slow

QUESTIONS = Path(__file__).parents[2] / "questions"


@pytest.fixture(scope="module")
def assistant(all_stories) -> Assistant:
    return Assistant(Library(None), *all_stories)


@pytest.fixture(scope="module")
def dialogues():
    return sample(load_questions([QUESTIONS]), 8, seed=5)


def test_a_stopped_run_goes_on_where_it_was_and_finds_the_same(
    tmp_path: Path, assistant: Assistant, dialogues
):
    whole = evaluate(assistant, dialogues)
    steps: Iterator[int] = iter(range(5))

    def stop_at_the_fifth() -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt

    file = tmp_path / "run.journal"
    with pytest.raises(KeyboardInterrupt):
        evaluate(assistant, dialogues, Journal(file, "state"), stop_at_the_fifth)
    journal = Journal(file, "state")
    kept = [dialogue for dialogue in dialogues if journal.found(dialogue)]
    assert 0 < len(kept) < len(dialogues)
    seen: list[int] = []
    resumed = evaluate(assistant, dialogues, journal, lambda: seen.append(1))
    assert len(seen) == len(whole)
    timeless = [[{**item, "seconds": 0, "answer": 0} for item in run] for run in (whole, resumed)]
    assert timeless[0] == timeless[1]
    found = compare(whole, resumed)
    assert not found.changes and not found.reworded and not found.lost


def test_a_question_is_explained_step_by_step(assistant: Assistant):
    answer, steps = explain(assistant, "How is the festival paid for?", scope=Scope(city="Cork"))
    assert [step.stage for step in steps] == [
        "understood", "retrieved", "chosen", "decided", "shown",
    ]  # fmt: skip
    assert all("cork" in line for line in steps[1].lines)
    assert steps[-1].lines == (answer.text,)
    assert {step.verdict for step in steps} == {None}
