"""Whether one sentence states a part of what a question asks, as the language model judges it.

Shown all sentences at once, a small model picks poorly among them; shown one by itself, it knows
(the pointwise judgements of Nogueira et al., 2020). The embedded model was taught to judge so, and
to go on behind its yes with what the sentence states: it has an adapter for these prompts, made by
`assistant.evaluation.fitting_adapter`. Other models are shown examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assistant.answer import Citation
from assistant.embedded_model import Beginning
from assistant.language_model import Judged, LanguageModel, Message
from assistant.writing import LONGEST, prompts


def stated(model: LanguageModel, question: str, sentence: Citation) -> float:
    """Return how likely the model says that a sentence states what is asked, or a part of it.

    :param question: in its stand-alone wording.
    :raises ModelFailure: the model does not say.
    """
    return model.yes(_prompt(model, question, sentence))


def begun(model: LanguageModel, question: str, sentence: Citation, goes_on: bool) -> Judged:
    """Return the same with what the model goes on to say.

    :param question: in its stand-alone wording.
    :param goes_on: whether it is to say what the sentence states; only one that was taught does.
    :raises ModelFailure: the model does not say.
    """
    return model.judge(_prompt(model, question, sentence), LONGEST if goes_on else 1)


def _prompt(model: LanguageModel, question: str, sentence: Citation) -> tuple[Message, ...]:
    read = taught().messages if model.taught else with_examples()
    return (*read, asked(question, sentence))


def asked(question: str, sentence: Citation) -> Message:
    """Return what a model is asked about a sentence."""
    return _asked(question, sentence.city, sentence.year, sentence.quote)


@lru_cache(maxsize=1)
def taught() -> Beginning:
    """Return what such prompts begin with for a model that was taught: the rule."""
    adapter = Path(__file__).with_name("stated.gguf")
    return Beginning((Message("system", prompts()["alone"]["taught"]),), adapter)


@lru_cache(maxsize=1)
def with_examples() -> tuple[Message, ...]:
    """Return what such prompts begin with for any other model: the rule and the examples."""
    return (Message("system", prompts()["alone"]["system"]), *_examples())


def _examples() -> Iterator[Message]:
    for each in prompts()["alone"]["examples"]:
        for shown in each["sentences"]:
            yield _asked(each["question"], each["city"], each["year"], shown["sentence"])
            yield Message("assistant", "yes" if shown["stated"] else "no")


def _asked(question: str, city: str, year: int, sentence: str) -> Message:
    words: str = prompts()["alone"]["question"]
    return Message("user", words.format(question=question, city=city, year=year, sentence=sentence))
