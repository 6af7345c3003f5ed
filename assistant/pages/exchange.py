"""One question and its answer as the page knows them, from the first moment to the last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.answer import (
    Answer,
    Citation,
    Event,
    EvidenceFound,
    Finished,
    Mode,
    Reason,
    RetrievedPassage,
    TextAdded,
)

# What an answer's words are, over its evidence.
BASIS = {
    Mode.WRITTEN: "Written from the quotes and checked",
    Mode.QUOTES: "In the stories’ own words",
    Mode.CATALOGUE: "Counted from the stories",
}
# Over a refusal stands what it is; these reasons lie with the question, not with the stories.
_NOT_TOLD = "Not told in the stories"
_NOT_ASKED = {
    Reason.EMPTY: "No question yet",
    Reason.TOO_LONG: "This is too long for a question",
    Reason.NO_STORY_SELECTED: "No story is selected",
    Reason.NO_SUCH_CITY: "No such city",
    Reason.GREETING: "Welcome",
    Reason.THANKS: "With pleasure",
}


@dataclass(frozen=True)
class Exchange:
    """One turn on the page, from the moment it is asked until it is answered or has failed.

    `citations`, `retrieved` and `draft` are what has arrived so far; `failure` is a sentence for
    the reader; `stopped`: the reader wanted no more; `reported`: the reader reported the answer.
    `follows`: it was asked with the turns before it as its conversation; one that does not begins
    a new one.
    """

    question: str
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    failure: str = ""
    waiting: str = ""
    stopped: bool = False
    follows: bool = False
    retrieved: tuple[RetrievedPassage, ...] = ()
    reported: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing more will arrive."""
        return bool(self.answer or self.failure or self.stopped)

    def grown(self, event: Event) -> Exchange:
        """Return the turn with what an event brought."""
        match event:
            case EvidenceFound():
                return replace(
                    self, citations=event.citations, retrieved=event.retrieved, waiting=""
                )
            case TextAdded():
                return replace(self, draft=self.draft + event.text)
            case Finished():
                return replace(self, answer=event.answer)


def refusal_label(answer: Answer) -> str:
    """Return what stands over an answer that tells nothing."""
    return _NOT_ASKED.get(answer.reason, _NOT_TOLD) if answer.reason else _NOT_TOLD
