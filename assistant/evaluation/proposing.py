"""Questions proposed from a story, for a person to accept, correct or reject.

Without a language model a proposal is one of the story's own sentences with a number or a name
left out: honest about what it asks, and in the story's words, so that it wants rewording. With
one, the model words the question and this module holds its answer against the sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from assistant.evaluation.facts import states
from assistant.evaluation.questions import Question
from assistant.language_model import LanguageModel, Message, ModelFailure
from corpus.story import Story
from index.sentences import sentence_spans

GAP = "…"
# Shorter sentences tell too little to be found by, longer ones ask too much of a reader.
_FEWEST, _MOST = 8, 40
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,  ]\d{3})*(?:[.,]\d+)?(?:\s?%|(?!\w))")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONEY = re.compile(r"(?:[€$£¥]|EUR|USD|US\$)\s?$")
_COUNTED = re.compile(r"\s+((?:[a-z]+[- ])?[a-z]{3,}s)\b")
# A name of two words or more inside a sentence: "Food Policy Council".
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |for |de |du |la )?[A-Z][\w’'-]+)+")
_LONGEST = 120
_WORDED = re.compile(r"Question:\s*(?P<question>.+?\?)\s*Answer:\s*(?P<fact>.+)", re.DOTALL)
_RULES = Message(
    "system",
    "You write test questions about learning cities. You are given a city and a sentence of its "
    "story. Write one question that a reader could ask who has not read the sentence: name the "
    "city, use other words than the sentence, and ask for one number or name that it gives. Then "
    "copy that number or name, a few words at most, exactly as it stands. Reply in two lines:\n"
    "Question: …?\nAnswer: …",
)


@dataclass(frozen=True)
class _Place:
    """A sentence of a story and the part of it that is asked for."""

    section: str
    sentence: str
    start: int
    end: int

    @property
    def fact(self) -> str:
        """What is asked for."""
        return self.sentence[self.start : self.end]


def propose(story: Story, limit: int, model: LanguageModel | None = None) -> Iterator[Question]:
    """Yield questions that a story answers, section by section, at most `limit`.

    :param model: words the questions; what it gets wrong is proposed without it.
    """
    for number, place in enumerate(_places(story)[:limit], start=1):
        asked, fact = _gap_question(story, place), place.fact
        if model:
            asked, fact = _worded(story, place, model) or (asked, fact)
        yield Question(
            id=f"{story.slug}-p{number}",
            question=asked,
            answer=place.sentence,
            facts=(_variants(fact),),
            stories=(story.slug,),
            section=place.section,
            kind="lookup",
            language=story.language,
            set="proposed",
        )


def _places(story: Story) -> list[_Place]:
    """Return what can be asked for, a sentence of each section in turn, numbers first."""
    counts = Counter(_NUMBER.findall(story.body))
    sections: list[list[_Place]] = []
    for section in story.sections:
        found = [
            place
            for paragraph in section.paragraphs
            for start, end in sentence_spans(paragraph.text)
            if (place := _place(section.title, paragraph.text[start:end], story, counts))
        ]
        sections.append(sorted(found, key=lambda p: not p.fact[0].isdigit()))
    turns = zip_longest(*sections)
    return [place for place in chain.from_iterable(turns) if place]


def _place(section: str, sentence: str, story: Story, counts: Counter[str]) -> _Place | None:
    """Return the part of a sentence that is asked for: a number told once, else a name."""
    if not _FEWEST <= len(sentence.split()) <= _MOST:
        return None
    spans = [m.span() for m in _NUMBER.finditer(sentence) if counts[m[0]] == 1]
    # A year tells less of a story than a count does.
    spans.sort(key=lambda span: bool(_YEAR.fullmatch(sentence[slice(*span)])))
    known = (story.city, story.country, story.award)
    spans += [m.span() for m in _NAME.finditer(sentence) if not any(k in m[0] for k in known)]
    return _Place(section, sentence, *spans[0]) if spans else None


def _gap_question(story: Story, place: _Place) -> str:
    gap = f"{place.sentence[: place.start]}{GAP}{place.sentence[place.end :]}"
    if story.language != "en":
        return f"{story.city}: “{gap}” {GAP}?"
    return f"{_what(place)} is left out here, of {story.city}: “{gap}”?"


def _what(place: _Place) -> str:
    before, after = place.sentence[: place.start], place.sentence[place.end :]
    if not place.fact[0].isdigit():
        return "Which name"
    if _YEAR.fullmatch(place.fact):
        return "Which year"
    if _MONEY.search(before):
        return "Which sum of money"
    if place.fact.endswith("%") or after.startswith((" per cent", " percent")):
        return "Which percentage"
    counted = _COUNTED.match(after)
    return f"Which number of {counted[1]}" if counted else "Which number"


def _worded(story: Story, place: _Place, model: LanguageModel) -> tuple[str, str] | None:
    """Return a question and its fact as the model words them; None if they are of no use."""
    asked = Message("user", f"City: {story.city}\nSentence: {place.sentence}")
    try:
        reply = "".join(model.stream((_RULES, asked), _LONGEST))
    except ModelFailure:
        return None
    found = _WORDED.search(reply)
    if not found:
        return None
    question = " ".join(found["question"].split())
    fact = found["fact"].strip().partition("\n")[0].strip(" .\"“”'")
    useful = fact and states(place.sentence, [fact]) and not states(question, [fact])
    return (question, fact) if useful else None


def _variants(fact: str) -> tuple[str, ...]:
    """Return the forms in which a right answer may state a fact."""
    if fact.endswith("%"):
        number = fact.rstrip("% ")
        return (f"{number}%", f"{number} %", f"{number} per cent", f"{number} percent")
    return (fact,)
