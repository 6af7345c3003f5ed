"""An answer by a language model: written sentences that hold, then the quotes that it takes to add.

The model is asked of the best sentences, one by one, whether they state a part of what was asked,
until one does. From that it writes; where none does, the stories do not tell. Then it is asked of
the next sentences, and those that add something are quoted as well.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from assistant import alone, writing
from assistant.answer import Citation, Event, EvidenceFound, Finished, Mode, TextAdded
from assistant.checking import Checker
from assistant.composing import (
    Shown,
    holding,
    is_told,
    joined,
    numbered,
    text_of,
)
from assistant.evidence import TELLS, ScoredSentence, adds, worth
from assistant.found import Found
from assistant.language_model import Judged, LanguageModel, ModelFailure
from assistant.phrases import phrase
from assistant.quoting import understood
from assistant.reply import Reply
from assistant.sufficiency import Verdict, judge, log_odds
from assistant.writing import Draft

# So many of the best sentences are judged before the stories are said not to tell.
JUDGED = 7
# The language in which a model that was taught goes on with what a sentence states. In others it
# judges as well, but too much of what it writes is wrong, and no check tells which: of 72 sentences
# in thirteen languages a reader of these found 24 in order; of 55 of an earlier adapter that the
# check passed, 25.
_TAUGHT_IN = "en"


@dataclass
class WrittenAnswer:
    """One answer as it is written; ask it for its `events` once.

    `verdict` says whether the sentences answer; with a reason, nothing was shown and a refusal is
    due. `away`: the model failed. Then what it did not tell is left to quotes.
    """

    reply: Reply
    found: Found
    model: LanguageModel
    checker: Checker
    verdict: Verdict
    away: bool = False
    shown: list[Shown] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    _said: dict[Citation, float] = field(default_factory=dict)
    _cited: list[Citation] = field(default_factory=list)

    def events(self) -> Iterator[Event]:
        """Yield the evidence, then the text as it comes about; closed, it stops the model."""
        self._cited = list(self.found.citations)
        yield self._evidence()
        try:
            with closing(self._replies()) as replies:
                for read, reply in replies:
                    yield from self._cite(read)
                    for each in self._written(read, reply):
                        yield from self._show(each)
        except ModelFailure:
            self.away = True
        if self.verdict.reason or (self.away and not self.shown):
            return
        for quote in self._quoted():
            yield from self._show(quote)
        yield self._finished()

    def _replies(self) -> Generator[tuple[list[Citation], Iterator[str]], None, None]:
        """Yield what the model replies about which quotes; nothing if the best do not answer."""
        asked = self.reply.asked
        for _, citation in self.found.singly[:JUDGED]:
            with closing(self._begun(citation)) as judged:
                self.verdict = judge(self.found.evidence, max(self._said.values()))
                if self._tells(citation) and not self.verdict.reason:
                    if self._goes_on and not asked.compared:
                        yield [citation], judged.text()
                        return
                    break
        if self.verdict.reason:
            return
        read = self._to_read()
        if not self.model.taught:
            prompt = writing.reading(asked.standalone, read, asked.language)
            with closing(self.model.stream(prompt, writing.LONGEST)) as pieces:
                yield read, pieces
            return
        for citation in read:
            if self._goes_on and self._tells(citation):
                with closing(self._begun(citation)) as judged:
                    yield [citation], judged.text()
            else:
                yield [citation], iter(())

    @property
    def _goes_on(self) -> bool:
        """Whether the model, behind its yes, says what a sentence states."""
        return self.model.taught and self.reply.asked.language == _TAUGHT_IN

    def _begun(self, citation: Citation) -> Judged:
        asked = self.reply.asked.standalone
        judged = alone.begun(self.model, asked, citation, self._goes_on)
        self._said[citation] = log_odds(judged.yes)
        return judged

    def _tells(self, citation: Citation) -> bool:
        """Tell whether a quote states a part of what is asked, as far as it was judged."""
        return self._said.get(citation, math.inf) > TELLS

    def _to_read(self) -> list[Citation]:
        """Return the quotes to write from: the best one, in a comparison that of each city."""
        if self.reply.asked.compared:
            return [c for s, c in self.found.singly if s in self.found.needed]
        sentences, said = self.found.evidence.sentences, self._said
        judged = [(worth(s, sentences, said[c]), c) for s, c in self.found.singly if c in said]
        return [max(judged, key=lambda each: each[0])[1]]

    def _written(self, read: Sequence[Citation], reply: Iterable[str]) -> Iterator[Shown]:
        """Yield what of a reply the checker lets pass; if nothing, the quotes that it is from."""
        drafts = self._noted(writing.drafts(reply, [c.n for c in read]))
        asked, shown = self.reply.asked, False
        for each in holding(
            drafts,
            read,
            self.checker,
            asked.language,
            named=asked.mentions.cities,
            whole=self.model.taught,
        ):
            shown = True
            yield each
        if not shown:
            yield from read

    def _noted(self, drafts: Iterable[Draft]) -> Iterator[Draft]:
        for draft in drafts:
            self.drafts.append(draft)
            yield draft

    def _quoted(self) -> Iterator[Citation]:
        """Yield what is quoted besides, of the sentences that it needs or that may add to it."""
        chosen: list[ScoredSentence] = []
        for sentence, citation in self.found.singly:
            if is_told(citation, self.shown):
                chosen.append(sentence)
            elif self._is_quoted(sentence, citation, chosen):
                chosen.append(sentence)
                yield citation

    def _understood(self, citation: Citation) -> Citation:
        sentence = next((s for s, c in self.found.singly if c == citation), None)
        return understood(citation, sentence) if sentence else citation

    def _is_quoted(
        self, sentence: ScoredSentence, citation: Citation, chosen: Sequence[ScoredSentence]
    ) -> bool:
        needed = sentence in self.found.needed
        if self.away or (needed and self.reply.asked.compared):
            return needed
        try:
            return self._adds(sentence, citation, chosen)
        except ModelFailure:
            self.away = True
            return needed

    def _adds(
        self, sentence: ScoredSentence, citation: Citation, chosen: Sequence[ScoredSentence]
    ) -> bool:
        said = self._stated(citation)
        return adds(sentence, self.found.evidence.sentences, chosen, said)

    def _stated(self, citation: Citation) -> float:
        """Return the log-odds that a sentence states a part of what is asked, as the model says."""
        if citation not in self._said:
            question = self.reply.asked.standalone
            self._said[citation] = log_odds(alone.stated(self.model, question, citation))
        return self._said[citation]

    def _cite(self, quotes: Sequence[Citation]) -> Iterator[EvidenceFound]:
        """Yield the evidence anew if these are not yet among it."""
        new = {quote.n: quote for quote in quotes if quote not in self._cited}
        if new:
            self._cited = [new.pop(quote.n, quote) for quote in self._cited] + [*new.values()]
            yield self._evidence()

    def _evidence(self) -> EvidenceFound:
        return EvidenceFound(tuple(self._cited), self.found.passages)

    def _show(self, each: Shown) -> Iterator[Event]:
        """Yield a written sentence or a quote, the quote so that it can be understood."""
        if isinstance(each, Citation):
            each = self._understood(each)
            yield from self._cite([each])
        self.reply.began()
        text = text_of(each, self.shown, self._cited)
        self.shown.append(each)
        yield TextAdded(text + " ")

    def _finished(self) -> Finished:
        sentences, cited = numbered(joined(self.shown), self._cited)
        answer = self.reply.told(
            Mode.QUOTES if all(s.quoted for s in sentences) else Mode.WRITTEN,
            sentences,
            cited,
            self.verdict.confidence,
            message=phrase("model_away", self.reply.asked.language) if self.away else "",
        )
        return Finished(answer, tuple(draft.text for draft in self.drafts))
