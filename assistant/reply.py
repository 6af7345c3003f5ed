"""The answer to one question, as its parts come together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from assistant.answer import Answer, Citation, Kind, Mode, Nearest, Reason, Seconds, Sentence
from assistant.question import Question


@dataclass
class Reply:
    """Keeps what all answers to one question share, and when it got how far."""

    asked: Question
    started: float = field(default_factory=time.perf_counter)
    evidence: float = 0.0
    first_text: float = 0.0

    def seconds(self) -> float:
        """Return the time since the question came, in seconds."""
        return time.perf_counter() - self.started

    def found(self) -> None:
        """Note that the evidence is there."""
        self.evidence = self.seconds()

    def began(self) -> None:
        """Note that there is text, if there was none before."""
        self.first_text = self.first_text or self.seconds()

    def told(
        self,
        mode: Mode,
        sentences: tuple[Sentence, ...],
        citations: tuple[Citation, ...],
        confidence: float,
        *,
        message: str = "",
        about: str | None = None,
        partly: bool = False,
    ) -> Answer:
        """Return an answer that tells something, all of what was asked or a part of it."""
        return self._answer(
            Kind.PARTLY if partly else Kind.ANSWERED,
            mode,
            sentences=sentences,
            citations=citations,
            confidence=confidence,
            message=message,
            about=about,
        )

    def refused(
        self, reason: Reason, message: str, nearest: tuple[Nearest, ...], confidence: float
    ) -> Answer:
        """Return the answer that the stories do not tell, and why."""
        return self._answer(
            Kind.NOT_FOUND,
            Mode.QUOTES,
            reason=reason,
            message=message,
            nearest=nearest,
            confidence=confidence,
        )

    def _answer(
        self,
        kind: Kind,
        mode: Mode,
        *,
        confidence: float,
        message: str,
        sentences: tuple[Sentence, ...] = (),
        citations: tuple[Citation, ...] = (),
        reason: Reason | None = None,
        nearest: tuple[Nearest, ...] = (),
        about: str | None = None,
    ) -> Answer:
        self.began()
        total = self.seconds()
        return Answer(
            question=self.asked.text,
            standalone=self.asked.standalone,
            language=self.asked.language,
            kind=kind,
            mode=mode,
            sentences=sentences,
            citations=citations,
            reason=reason,
            message=message,
            nearest=nearest,
            about=self.asked.about if about is None else about,
            confidence=confidence,
            seconds=Seconds(self.evidence or self.first_text, self.first_text, total),
        )
