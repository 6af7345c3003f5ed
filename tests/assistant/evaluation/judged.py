"""Answered questions small enough to judge by hand."""

from typing import Any

from assistant.answer import (
    Answer,
    Citation,
    Kind,
    Mode,
    Reason,
    RetrievedPassage,
    Seconds,
    Sentence,
)
from assistant.evaluation.judging import Judged, StoryText, item
from assistant.evaluation.questions import Question

BODY = "Two staff members work part-time.\n\nThe festival draws 10,000 people."
STORIES = {
    "cork": StoryText("Cork, Ireland (2015)", BODY, "Europe and North America"),
    "limerick": StoryText("Limerick, Ireland (2017)", "It has 400 staff on the river."),
}
GOLD = RetrievedPassage("cork", "Staff", 0, 33, 0.9)
SAME_STORY = RetrievedPassage("cork", "Festival", 35, len(BODY), 0.8)
OTHER = RetrievedPassage("limerick", "Staff", 0, 23, 0.7)


def ask(**changes) -> Question:
    known = {
        "id": "q1",
        "question": "How many staff?",
        "answer": "Two, part-time.",
        "facts": (("two", "2"), ("part-time",)),
        "stories": ("cork",),
        "section": "Staff",
        "kind": "lookup",
        "language": "en",
        "set": "single",
    }
    return Question(**(known | changes))


def cite(start: int, end: int, n: int = 1, quote: str | None = None) -> Citation:
    text = BODY[start:end] if quote is None else quote
    place = {"paragraph": text, "paragraph_start": start, "sources": ()}
    return Citation(
        n, "cork", "Cork", "Cork", "Ireland", 2015, "Staff", text, start, start + len(text), **place
    )


def answered(citation: Citation, text: str | None = None, confidence: float = 0.9) -> Answer:
    said = text or f"Cork, Ireland (2015): “{citation.quote}”"
    return Answer(
        "How many staff?", "", "en", Kind.ANSWERED, Mode.QUOTES,
        sentences=(Sentence(said, (1,)),), citations=(citation,), confidence=confidence,
    )  # fmt: skip


def refused(confidence: float = 0.1) -> Answer:
    return Answer(
        "How many staff?", "", "en", Kind.NOT_FOUND, Mode.QUOTES,
        reason=Reason.NEAR_NOT_TOLD, message="Two part-time stories, not told.",
        confidence=confidence,
    )  # fmt: skip


def judge(question: Question, answer: Answer, *retrieved: RetrievedPassage) -> Judged:
    return Judged(question, answer, retrieved, Seconds(0.1, 0.2, 0.3), STORIES, answer.citations)


RIGHT = judge(ask(), answered(cite(0, 33)), GOLD, OTHER)
INCOMPLETE = judge(ask(), answered(cite(0, 17)), OTHER, GOLD)
NOT_RETRIEVED = judge(ask(), answered(cite(35, 68)), SAME_STORY, OTHER)
WRONGLY_REFUSED = judge(ask(), refused(), GOLD)
UNANSWERABLE = ask(kind="unanswerable", facts=(), stories=(), section="", why="near-miss")
RIGHTLY_REFUSED = judge(UNANSWERABLE, refused(), GOLD)
INVENTED = judge(UNANSWERABLE, answered(cite(0, 33), confidence=0.4), GOLD)
SMALL_TALK = judge(ask(kind="smalltalk", facts=(), stories=(), section=""), refused())
ALL = (RIGHT, INCOMPLETE, NOT_RETRIEVED, WRONGLY_REFUSED, RIGHTLY_REFUSED, INVENTED, SMALL_TALK)
ITEMS = [{**item(one), "id": f"q{number}"} for number, one in enumerate(ALL)]


def changed(number: int, **changes: object) -> list[dict[str, Any]]:
    """Return the items, one of them changed."""
    return [one | changes if n == number else one for n, one in enumerate(ITEMS)]
