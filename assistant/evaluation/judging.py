"""What is judged of one answer: is it right, is it supported, and where was a right answer lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer, Citation, Kind, Mode, RetrievedPassage, Seconds, Sentence
from assistant.evaluation.facts import count_words, states, states_all
from assistant.evaluation.grounding import faults_of, sentences_grounded
from assistant.evaluation.questions import SMALL_TALK, Question
from assistant.language import language_of

RETRIEVED = 10
# A right answer is lost at the first of these that failed. "refused" is the decision whether the
# stories tell; "written" and "checked" are the language model's part.
STAGES = ("retrieved", "chosen", "refused", "written", "checked", "shown")

Item = Mapping[str, Any]
"""One judged answer as `evaluate --json` writes it."""


@dataclass(frozen=True)
class StoryText:
    """What a quote is checked against: a story's body, and the city, country and year beside it."""

    label: str
    body: str
    region: str = ""

    def passage(self, start: int, end: int) -> str:
        """Return a part of the body, as a reader sees it, with its city."""
        return f"{self.label}: {self.body[start:end]}"


@dataclass(frozen=True)
class Judged:
    """One answered question.

    `stories`: the text of each story by slug. `seconds`: measured from outside, at the events.
    `chosen`: the evidence that the answer was made of. `written`: the text as a language model
    wrote it, `checked`: what was left of it after the checks; None where no model wrote.
    """

    question: Question
    answer: Answer
    retrieved: tuple[RetrievedPassage, ...]
    seconds: Seconds
    stories: Mapping[str, StoryText]
    chosen: tuple[Citation, ...] = ()
    written: str | None = None
    checked: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the assistant said that the stories do not tell it."""
        return self.answer.kind is Kind.NOT_FOUND

    @property
    def quotes(self) -> str:
        """The quotes shown, without the words around them."""
        return "\n".join(citation.quote for citation in self.answer.citations)

    @property
    def facts_found(self) -> tuple[bool, ...]:
        """For each fact of the question, whether the answer's text states it."""
        return tuple(
            not self.refused and states(self.answer.text, fact) for fact in self.question.facts
        )

    @property
    def right(self) -> bool | None:
        """Whether the text states all facts; None for a question without facts."""
        return all(self.facts_found) if self.question.facts else None

    @property
    def right_in_quotes(self) -> bool | None:
        """Whether the quotes alone state all facts; None for a question without facts."""
        return states_all(self.quotes, self.question.facts) if self.question.facts else None

    @property
    def outcome(self) -> str:
        """What a reader got: right, wrong, wrongly refused, rightly refused, invented or open.

        Small talk is right where nothing is cited; what has no facts to judge by is open.
        """
        if self.question.unanswerable:
            return "rightly refused" if self.refused else "invented"
        if self.question.kind == SMALL_TALK:
            return "wrong" if self.answer.citations else "right"
        if self.refused:
            return "wrongly refused"
        return {True: "right", False: "wrong", None: "open"}[self.right]

    @property
    def gold_cited(self) -> bool | None:
        """Whether a gold story is among the citations; None for a question without gold stories."""
        if not self.question.stories:
            return None
        return any(c.story in self.question.stories for c in self.answer.citations)

    @property
    def story_rank(self) -> int | None:
        """The rank, from 1, of the first passage of a gold story; None if it was not retrieved."""
        return self._rank(lambda passage: True)

    @property
    def passage_rank(self) -> int | None:
        """The rank, from 1, of the first passage of the gold story and section, if retrieved."""
        return self._rank(lambda passage: passage.section == self.question.section)

    @property
    def facts_rank(self) -> int | None:
        """How many of the first passages, read whole with their city, state all facts, if ten do.

        None for a question without facts.
        """
        if not self.question.facts:
            return None
        text = ""
        for rank, p in enumerate(self.retrieved[:RETRIEVED], start=1):
            text += self.stories[p.story].passage(p.start, p.end) + "\n"
            if states_all(text, self.question.facts):
                return rank
        return None

    @property
    def gold_retrieved(self) -> bool:
        """Whether all that the answer needs is among the first ten passages.

        That is the gold passage where a section is known, else a passage of each gold story.
        """
        if self.question.section:
            return self.passage_rank is not None
        return set(self.question.stories) <= {p.story for p in self.retrieved[:RETRIEVED]}

    @property
    def language_kept(self) -> bool | None:
        """Whether the words are in the question's language; None for quotes, which are as told."""
        if self.refused:
            return self.answer.language == self.question.language
        if self.answer.mode is Mode.WRITTEN:
            return language_of(self.answer.text) == self.question.language
        return None

    @property
    def stages(self) -> dict[str, bool | None]:
        """For each stage, whether it still held what a right answer needs; None: not known.

        A refused question has no chosen evidence to look at, and an unanswerable one is judged by
        its refusal alone.
        """
        verdicts: dict[str, bool | None] = dict.fromkeys(STAGES)
        if self.question.unanswerable:
            return verdicts | {"refused": self.refused}
        if not self.question.answerable:
            return verdicts
        # What is listed from the catalogue was never searched for.
        if self.question.stories and self.answer.mode is not Mode.CATALOGUE:
            verdicts["retrieved"] = self.gold_retrieved
        verdicts["refused"] = not self.refused
        if self.question.facts:
            verdicts["chosen"] = self._states(_evidence(self.chosen)) if self.chosen else None
            verdicts["written"] = self._states(self.written)
            verdicts["checked"] = self._states(self.checked)
            verdicts["shown"] = self.right
        return verdicts

    @property
    def lost_at(self) -> str | None:
        """The stage at which a right answer was lost: the first whose verdict is no."""
        if not self.question.answerable or self.outcome not in ("wrong", "wrongly refused"):
            return None
        return next((stage for stage, held in self.stages.items() if held is False), None)

    def supported(self) -> list[bool] | None:
        """Tell for each sentence shown whether what it cites supports it.

        A sentence of quotes is supported if each quote stands in the story word for word at the
        place cited, and the sentence says nothing but quotes and their city. Written sentences
        are not judged here: None.
        """
        if self.answer.mode is Mode.WRITTEN:
            return None
        citations = {citation.n: citation for citation in self.answer.citations}
        return [self._supports(s, citations) for s in self.answer.sentences]

    def _supports(self, sentence: Sentence, citations: Mapping[int, Citation]) -> bool:
        cited = [citations[n] for n in sentence.citations if n in citations]
        exact = all(self.quotes_exactly(c) for c in cited)
        if self.answer.mode is Mode.CATALOGUE:
            return bool(cited) and exact
        return bool(cited) and exact and not _words_besides(sentence.text, cited)

    def quotes_exactly(self, citation: Citation) -> bool:
        """Tell whether a quote stands in its story word for word at the place cited."""
        story = self.stories.get(citation.story)
        return story is not None and story.body[citation.start : citation.end] == citation.quote

    def _states(self, text: str | None) -> bool | None:
        return None if text is None else states_all(text, self.question.facts)

    def _rank(self, fits: Callable[[RetrievedPassage], bool]) -> int | None:
        for rank, passage in enumerate(self.retrieved[:RETRIEVED], start=1):
            if passage.story in self.question.stories and fits(passage):
                return rank
        return None


def item(judged: Judged) -> dict[str, Any]:
    """Return the object that `evaluate --json` writes of one answer."""
    question, numbers = judged.question, {c.n for c in judged.answer.citations}
    return {
        "id": question.id,
        **({"turn": question.turn} if question.turn else {}),
        "set": question.set,
        "question": question.question,
        "language": question.language,
        "kind": question.kind,
        "region": _region(judged),
        "length": count_words(question.question),
        "gold": {
            "answer": question.answer,
            "facts": ["|".join(fact) for fact in question.facts],
            "stories": list(question.stories),
            "section": question.section,
            "why": question.why,
        },
        "expected": _expected(question),
        "retrieved": [
            {"story": p.story, "section": p.section} for p in judged.retrieved[:RETRIEVED]
        ],
        "chosen": [
            {"story": c.story, "section": c.section, "quote": c.quote} for c in judged.chosen
        ],
        "answer": judged.answer.to_json(),
        "written": judged.written,
        "checked": judged.checked,
        "outcome": judged.outcome,
        "right": judged.right,
        "right_in_quotes": judged.right_in_quotes,
        "facts_found": list(judged.facts_found),
        "refused": judged.refused,
        "stages": judged.stages,
        "lost_at": judged.lost_at,
        "gold_cited": judged.gold_cited,
        "passage_rank": judged.passage_rank,
        "story_rank": judged.story_rank,
        "facts_rank": judged.facts_rank,
        "faults": faults_of(judged.answer, question.language, judged.language_kept),
        "supported": judged.supported(),
        "grounded": sentences_grounded(judged.answer),
        "cited": [bool(numbers & set(s.citations)) for s in judged.answer.sentences],
        "exact": [judged.quotes_exactly(c) for c in judged.answer.citations],
        "language_kept": judged.language_kept,
        "words": count_words(judged.answer.text),
        "words_in_quotes": count_words(judged.quotes),
        "seconds": {name: round(value, 4) for name, value in vars(judged.seconds).items()},
    }


def item_key(item: Item) -> str:
    """Return the name of a question in lists: its id, and the turn inside a conversation."""
    return f"{item['id']}.{item['turn']}" if "turn" in item else str(item["id"])


def _expected(question: Question) -> str | None:
    """Return "answer" or "refusal"; None where either will do, as for small talk."""
    if question.unanswerable:
        return "refusal"
    return "answer" if question.answerable else None


def _region(judged: Judged) -> str:
    """Return the region of the gold stories, "several" of more than one, "" of none."""
    slugs = [slug for slug in judged.question.stories if slug in judged.stories]
    regions = {judged.stories[slug].region for slug in slugs}
    return "several" if len(regions) > 1 else "".join(regions)


def _evidence(citations: Sequence[Citation]) -> str:
    return "\n".join(f"{c.city}, {c.country} ({c.year}): {c.quote}" for c in citations)


def _words_besides(text: str, cited: Sequence[Citation]) -> str:
    """Return what a sentence of quotes says beside its quotes, their marks and their city."""
    for citation in cited:
        text = text.replace(f"“{citation.quote}”", " ")
        text = text.replace(f"{citation.city}, {citation.country} ({citation.year})", " ")
    return re.sub(r"[\s:]", "", text)
