"""What an answer is. A dishonest one cannot be constructed.

An `Answer` that says something carries citations, each of its sentences names at least one of
them, and no citation is left unused. A `not_found` answer carries none, and says why. These are
the known faults of cited answers elsewhere (sources under "I don't know", sentences without a
source, numbers that point nowhere), so the type refuses them instead of hoping they do not occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from corpus.story import Source


class Kind(StrEnum):
    """Whether the stories tell what was asked."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_FOUND = "not_found"


class Mode(StrEnum):
    """Who chose the words: a language model, the story itself, or a count over the stories."""

    WRITTEN = "written"
    QUOTES = "quotes"
    CATALOGUE = "catalogue"


class Reason(StrEnum):
    """Why no story is cited; the words for it are in `phrases`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOTHING_NEAR = "nothing_near"
    NEAR_NOT_TOLD = "near_not_told"
    CITY_WITHOUT_STORY = "city_without_story"
    OTHER_CITY = "other_city"
    NO_STORY_SELECTED = "no_story_selected"
    NO_SUCH_CITY = "no_such_city"
    # Small talk asks nothing, so there is nothing to cite: it is answered like a refusal, by a
    # sentence of our own.
    GREETING = "greeting"
    THANKS = "thanks"


class DishonestAnswer(ValueError):
    """An answer whose sentences, citations and kind contradict each other."""


@dataclass(frozen=True)
class Citation:
    """A quote and where it stands: `quote == story.body[start:end]`.

    `paragraph` is the whole paragraph the quote was taken from and `paragraph_start` its offset
    in the body, so that a reader sees the quote in its place.
    """

    n: int
    story: str
    title: str
    city: str
    country: str
    year: int
    section: str
    quote: str
    start: int
    end: int
    paragraph: str
    paragraph_start: int
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        inside = self.start - self.paragraph_start
        if inside < 0 or self.paragraph[inside : inside + len(self.quote)] != self.quote:
            raise DishonestAnswer(f"Citation {self.n} quotes words its paragraph does not hold.")
        if self.end - self.start != len(self.quote) or not self.quote.strip():
            raise DishonestAnswer(f"Citation {self.n} has offsets that do not fit its quote.")


@dataclass(frozen=True)
class Sentence:
    """A sentence shown, and the numbers of the citations it rests on.

    `quoted`: it is the story's own words, rather than written and checked against them.
    """

    text: str
    citations: tuple[int, ...]
    quoted: bool = True


@dataclass(frozen=True)
class Nearest:
    """A story that comes close to a question it does not answer."""

    story: str
    title: str
    city: str
    country: str
    year: int


@dataclass(frozen=True)
class Seconds:
    """Time from the question to the evidence, to the first text, and to the end."""

    evidence: float = 0.0
    first_text: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class Answer:
    """One answered, partly answered or refused question.

    `standalone` is the question as it was understood without the conversation; `about` says in
    words what it was taken to be about ("Cork, festivals"), empty where nothing was recognised.
    `message` says in a sentence of our own why nothing is told, which part is not, or what else the
    reader should know, such as that the language model is away.
    """

    question: str
    standalone: str
    language: str
    kind: Kind
    mode: Mode
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: Reason | None = None
    message: str = ""
    nearest: tuple[Nearest, ...] = ()
    about: str = ""
    confidence: float = 0.0
    seconds: Seconds = field(default_factory=Seconds)

    def __post_init__(self) -> None:
        if self.kind is Kind.NOT_FOUND:
            self._check_refusal()
        else:
            self._check_citations()

    @property
    def text(self) -> str:
        """What the reader reads: the sentences, or why there are none."""
        return " ".join(s.text for s in self.sentences) if self.sentences else self.message

    def to_json(self) -> dict[str, Any]:
        """The object that `ask --json` prints."""
        return {
            "question": self.question,
            "standalone": self.standalone,
            "language": self.language,
            "kind": self.kind.value,
            "text": self.text,
            "sentences": [
                {"text": s.text, "citations": list(s.citations), "quoted": s.quoted}
                for s in self.sentences
            ],
            "citations": [_citation_json(c) for c in self.citations],
            "mode": self.mode.value,
            "reason": self.reason.value if self.reason else None,
            "message": self.message,
            "nearest": [vars(n) for n in self.nearest],
            "about": self.about,
            "confidence": round(self.confidence, 4),
            "seconds": {k: round(v, 4) for k, v in vars(self.seconds).items()},
        }

    def _check_refusal(self) -> None:
        if self.citations or self.sentences:
            raise DishonestAnswer("An answer that finds nothing cannot cite or state anything.")
        if self.reason is None or not self.message:
            raise DishonestAnswer("An answer that finds nothing must say why.")

    def _check_citations(self) -> None:
        if not self.sentences or not self.citations:
            raise DishonestAnswer(f"An answer of kind '{self.kind}' needs sentences and citations.")
        numbers = [c.n for c in self.citations]
        if numbers != list(range(1, len(numbers) + 1)):
            raise DishonestAnswer(f"Citations must be numbered 1, 2, 3 …, not {numbers}.")
        cited = {n for sentence in self.sentences for n in sentence.citations}
        if any(not sentence.citations for sentence in self.sentences):
            raise DishonestAnswer("Each sentence must cite what it rests on.")
        if cited != set(numbers):
            raise DishonestAnswer(f"Cited numbers {sorted(cited)} do not match {numbers}.")


def _citation_json(citation: Citation) -> Mapping[str, Any]:
    return {
        "n": citation.n,
        "story": citation.story,
        "title": citation.title,
        "city": citation.city,
        "country": citation.country,
        "year": citation.year,
        "section": citation.section,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "sources": [
            {"title": s.title, "url": s.url, "publisher": s.publisher, "year": s.year}
            for s in citation.sources
        ],
    }


@dataclass(frozen=True)
class RetrievedPassage:
    """A passage as retrieval ranked it, for evaluation and explanation."""

    story: str
    section: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class EvidenceFound:
    """The first event: the citations to come (empty before a refusal), and what was retrieved."""

    citations: tuple[Citation, ...]
    retrieved: tuple[RetrievedPassage, ...]


@dataclass(frozen=True)
class TextAdded:
    """The next piece of the answer's text, ready to be shown."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The last event: the whole answer; and for evaluation what the model wrote, unchecked."""

    answer: Answer
    drafts: tuple[str, ...] = ()


Event = EvidenceFound | TextAdded | Finished
