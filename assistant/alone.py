"""Whether one sentence states a part of what a question asks, as the language model judges it.

Shown all sentences at once, a small model picks poorly among them; shown one by itself, it knows
(the pointwise judgements of Nogueira et al., 2020). So what may add to an answer is judged so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache

from assistant.answer import Citation
from assistant.language_model import LanguageModel, Message
from assistant.writing import prompts


def stated(model: LanguageModel, question: str, sentence: Citation) -> float:
    """Return how likely the model says that a sentence states what is asked, or a part of it.

    :param question: in its stand-alone wording.
    :raises ModelFailure: the model does not say.
    """
    with closing(model.begin(reading(question, sentence), 1)) as begun:
        return begun.yes


def reading(question: str, sentence: Citation) -> tuple[Message, ...]:
    """Return what the model reads to judge a sentence."""
    return (*beginning(), _asked(question, sentence.city, sentence.year, sentence.quote))


@lru_cache(maxsize=1)
def beginning() -> tuple[Message, ...]:
    """Return the part of every such prompt that never changes: the rule and the examples."""
    return (Message("system", prompts()["alone"]["system"]), *_examples())


def _examples() -> Iterator[Message]:
    for each in prompts()["alone"]["examples"]:
        for shown in each["sentences"]:
            yield _asked(each["question"], each["city"], each["year"], shown["sentence"])
            yield Message("assistant", "yes" if shown["stated"] else "no")


def _asked(question: str, city: str, year: int, sentence: str) -> Message:
    words: str = prompts()["alone"]["question"]
    return Message("user", words.format(question=question, city=city, year=year, sentence=sentence))
