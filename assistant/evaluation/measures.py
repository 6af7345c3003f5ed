"""The measures: what is judged of one answer, and the figures over many.

Retrieval measures (passage@k, story@k) are hit rates: whether one of the first k passages is gold.
Every share is None where there is nothing to take a share of.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer, Citation, Kind, Mode, RetrievedPassage, Seconds, Sentence
from assistant.evaluation.facts import count_words, states, states_all
from assistant.evaluation.questions import Question

PASSAGE_DEPTHS = (1, 3, 5, 10)
STORY_DEPTHS = (1, 5)
RETRIEVED = 10

Figures = dict[str, Any]


@dataclass(frozen=True)
class StoryText:
    """What a quote is checked against: a story's body, and the city, country and year beside it."""

    label: str
    body: str

    def passage(self, start: int, end: int) -> str:
        """Return a part of the body, as a reader sees it, with its city."""
        return f"{self.label}: {self.body[start:end]}"


@dataclass(frozen=True)
class Judged:
    """One answered question.

    `stories`: the text of each story by slug. `seconds`: measured from outside, at the events.
    """

    question: Question
    answer: Answer
    retrieved: tuple[RetrievedPassage, ...]
    seconds: Seconds
    stories: Mapping[str, StoryText]

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
    def gold_retrieved(self) -> bool:
        """Whether all that the answer needs is among the first ten passages.

        That is the gold passage where a section is known, else a passage of each gold story.
        """
        if self.question.section:
            return self.passage_rank is not None
        return set(self.question.stories) <= {p.story for p in self.retrieved[:RETRIEVED]}

    @property
    def lost_at(self) -> str | None:
        """The stage at which a right answer was lost: retrieval, refusal or evidence."""
        if self.right is not False:
            return None
        if not self.gold_retrieved:
            return "retrieval"
        return "refusal" if self.refused else "evidence"

    def facts_within(self, depth: int) -> bool:
        """Tell whether the first `depth` passages, read whole with their city, state all facts."""
        passages = self.retrieved[:depth]
        text = "\n".join(self.stories[p.story].passage(p.start, p.end) for p in passages)
        return states_all(text, self.question.facts)

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
        exact = all(
            c.story in self.stories and self.stories[c.story].body[c.start : c.end] == c.quote
            for c in cited
        )
        if self.answer.mode is Mode.CATALOGUE:
            return bool(cited) and exact
        return bool(cited) and exact and not _words_besides(sentence.text, cited)

    def _rank(self, fits: Callable[[RetrievedPassage], bool]) -> int | None:
        for rank, passage in enumerate(self.retrieved[:RETRIEVED], start=1):
            if passage.story in self.question.stories and fits(passage):
                return rank
        return None


def summarize(judged: Sequence[Judged]) -> Figures:
    """Return the figures over all, and by question set, kind and language (en, other)."""
    return {
        "all": measure(judged),
        "by_set": _by(judged, lambda j: j.question.set),
        "by_kind": _by(judged, lambda j: j.question.kind),
        "by_language": _by(judged, lambda j: "en" if j.question.language == "en" else "other"),
        "by_why": _by([j for j in judged if j.question.why], lambda j: j.question.why),
    }


def measure(judged: Sequence[Judged]) -> Figures:
    """Return the figures over these answers, each over the questions that it can be asked of.

    Seconds and words are medians, seconds also 95th percentiles; words are of answers not refused.
    """
    answerable = [j for j in judged if j.question.answerable]
    unanswerable = [j for j in judged if j.question.unanswerable]
    answered = [j for j in answerable if not j.refused]
    return {
        "questions": len(judged),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        **_retrieval(answerable),
        "right": share(j.right for j in answerable),
        "right_in_quotes": share(j.right_in_quotes for j in answerable),
        "facts_found": share(found for j in answerable for found in j.facts_found),
        "words": _median([count_words(j.answer.text) for j in answered]),
        "words_in_quotes": _median([count_words(j.quotes) for j in answered]),
        "refused": share(j.refused for j in judged),
        "refusal_recall": share(j.refused for j in unanswerable),
        "false_refusals": share(j.refused for j in answerable),
        "confidence_auroc": auroc(
            [j.answer.confidence for j in answerable], [j.answer.confidence for j in unanswerable]
        ),
        **_citations(judged),
        "gold_cited": share(j.gold_cited for j in answered),
        "lost_at": {
            stage: sum(j.lost_at == stage for j in answerable)
            for stage in ("retrieval", "evidence", "refusal")
        },
        "seconds": _seconds([j.seconds for j in judged]),
    }


def share(values: Iterable[bool | None]) -> float | None:
    """Return the share of true among those that are not None; None if there are none."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that `percent` of the values do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """Return the chance that a value of `higher` exceeds one of `lower`; ties count half.

    The area under the ROC curve as the Mann-Whitney statistic; .5 is a coin.
    """
    if not higher or not lower:
        return None
    wins = sum((a > b) + (a == b) / 2 for a in higher for b in lower)
    return round(wins / (len(higher) * len(lower)), 4)


def _retrieval(answerable: Sequence[Judged]) -> Figures:
    """Questions over several stories have no gold passage: passage@k leaves them out."""
    placed = [j for j in answerable if j.question.section]
    storied = [j for j in answerable if j.question.stories]
    stated = [j for j in answerable if j.question.facts]
    figures: Figures = {"with_section": len(placed)}
    for k in PASSAGE_DEPTHS:
        figures[f"passage@{k}"] = share(_within(j.passage_rank, k) for j in placed)
    for k in STORY_DEPTHS:
        figures[f"story@{k}"] = share(_within(j.story_rank, k) for j in storied)
    for k in PASSAGE_DEPTHS:
        figures[f"facts@{k}"] = share(j.facts_within(k) for j in stated)
    return figures


def _within(rank: int | None, depth: int) -> bool:
    return rank is not None and rank <= depth


def _citations(judged: Sequence[Judged]) -> Figures:
    sentences = [(j, sentence) for j in judged for sentence in j.answer.sentences]
    return {
        "citation_precision": share(s for j in judged for s in j.supported() or []),
        "citation_recall": share(
            any(c.n in sentence.citations for c in j.answer.citations) for j, sentence in sentences
        ),
    }


def _seconds(times: Sequence[Seconds]) -> Figures:
    return {
        name: {
            "median": _median([getattr(time, name) for time in times]),
            "p95": percentile([getattr(time, name) for time in times], 95),
        }
        for name in ("evidence", "first_text", "total")
    }


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 4) if values else None


def _by(judged: Sequence[Judged], name: Callable[[Judged], str]) -> dict[str, Figures]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(name(one), []).append(one)
    return {key: measure(groups[key]) for key in sorted(groups)}


def _words_besides(text: str, cited: Sequence[Citation]) -> str:
    """Return what a sentence of quotes says beside its quotes, their marks and their city."""
    for citation in cited:
        text = text.replace(f"“{citation.quote}”", " ")
        text = text.replace(f"{citation.city}, {citation.country} ({citation.year})", " ")
    return re.sub(r"[\s:]", "", text)
