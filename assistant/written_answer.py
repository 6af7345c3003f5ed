"""An answer by a language model: written sentences that hold, then the quotes that it takes to add.

The model reads the best few quotes and answers from them. Then it is asked of the next sentences,
one by one, whether they state a part of what was asked; those that do are quoted as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from assistant import alone, writing
from assistant.answer import Citation, Event, EvidenceFound, Finished, Mode, TextAdded
from assistant.checking import Checker
from assistant.composing import (
    Attempt,
    Shown,
    attempts,
    holding,
    is_told,
    left_out,
    makes_up,
    numbered,
    text_of,
    within,
)
from assistant.evidence import adds
from assistant.found import Found
from assistant.language_model import LanguageModel, Message, ModelFailure
from assistant.phrases import phrase
from assistant.reply import Reply
from assistant.sufficiency import Read, Verdict, judge, log_odds
from assistant.writing import Draft, Written


def beginnings() -> tuple[tuple[Message, ...], ...]:
    """Return what the prompts begin with, for the model to read ahead: one for each kind."""
    return writing.beginning(), alone.beginning()


@dataclass
class WrittenAnswer:
    """One answer as it is written; ask it for its `events` once.

    `verdict` says whether the quotes answer; with a reason, nothing was shown and a refusal is due.
    `away`: the model failed. Then what it did not tell is left to quotes.
    """

    reply: Reply
    found: Found
    model: LanguageModel
    checker: Checker
    verdict: Verdict
    away: bool = False
    shown: list[Shown] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def events(self) -> Iterator[Event]:
        """Yield the evidence, then the text as it comes about; closed, it stops the model."""
        yield EvidenceFound(self.found.citations, self.found.passages)
        try:
            yield from self._answered()
        except ModelFailure:
            self.away = True
        if self.verdict.reason or (self.away and not self.shown):
            return
        for left in left_out(self.shown, self.found.citations, self.found.spans):
            yield self._show(left)
        citations = list(self.found.citations)
        try:
            for quote in () if self.away else self._added():
                part = within(citations, quote)
                if part is None:
                    part = replace(quote, n=len(citations) + 1)
                    citations.append(part)
                    yield EvidenceFound(tuple(citations), self.found.passages)
                yield self._show(part)
        except ModelFailure:
            self.away = True
        yield self._finished(citations)

    def _answered(self) -> Iterator[Event]:
        """Yield what the model writes and the checker lets pass."""
        asked, citations = self.reply.asked, self.found.citations
        read = writing.reading(asked.standalone, citations, asked.language)
        with closing(writing.write(self.model, read, asked.language, len(citations))) as written:
            for each in holding(self._weighed(written), citations, self.found.spans):
                yield self._show(each)

    def _weighed(self, written: Written) -> Iterable[Attempt]:
        """Decide by what the model makes of the quotes; if they answer, return its attempts."""
        evidence, citations = self.found.evidence, self.found.citations
        language, said = self.reply.asked.language, Read(written.yes)
        self.verdict = judge(evidence, said)
        if self.verdict.reason:
            return ()
        tried = attempts(self._noted(written.drafts), citations, self.checker, language)
        first = list(islice(tried, 1))
        if any(makes_up(attempt, citations, self.checker, language) for attempt in first):
            self.verdict = judge(evidence, replace(said, made_up=True))
        return () if self.verdict.reason else chain(first, tried)

    def _noted(self, drafts: Iterator[Draft]) -> Iterator[Draft]:
        for draft in drafts:
            self.drafts.append(draft)
            yield draft

    def _added(self) -> Iterator[Citation]:
        """Yield those of the coming sentences that add something, as quotes."""
        chosen = list(self.found.needed)
        for sentence, citation in self.found.coming:
            if is_told(citation, self.shown):
                continue
            said = log_odds(alone.stated(self.model, self.reply.asked.standalone, citation))
            if adds(sentence, self.found.evidence.sentences, chosen, said):
                chosen.append(sentence)
                yield citation

    def _show(self, each: Shown) -> TextAdded:
        self.reply.began()
        text = text_of(each, self.shown)
        self.shown.append(each)
        return TextAdded(text + " ")

    def _finished(self, citations: Sequence[Citation]) -> Finished:
        sentences, cited = numbered(self.shown, citations)
        answer = self.reply.told(
            Mode.QUOTES if all(s.quoted for s in sentences) else Mode.WRITTEN,
            sentences,
            cited,
            self.verdict.confidence,
            message=phrase("model_away", self.reply.asked.language) if self.away else "",
        )
        return Finished(answer, tuple(draft.text for draft in self.drafts))
