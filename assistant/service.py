"""Assistant.ask(): the one door for page, command line and evaluation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from assistant.answer import (
    Answer,
    Citation,
    Event,
    EvidenceFound,
    Finished,
    Kind,
    Mode,
    Nearest,
    Reason,
    RetrievedPassage,
    Seconds,
    TextAdded,
)
from assistant.counting import conditions, counted
from assistant.evidence import choose, score_sentences
from assistant.listing import Listing
from assistant.phrases import phrase
from assistant.question import EVERYWHERE, LONGEST, Question, Scope, Turn, understand
from assistant.quoting import cite, quote
from assistant.settings import Settings
from assistant.sufficiency import Verdict, judge
from assistant.topic import Topic
from corpus.catalogue import Catalogue
from corpus.library import Library
from corpus.story import Story
from index.embedding import Encoder
from index.retrieval import Hit, Query, Retrieval, Retrieved
from index.store import Store
from index.sync import SyncReport, sync_index

Progress = Callable[[str, int, int], None]
# Passages reported as retrieved, and passages among which a comparison finds each of its cities.
_RETRIEVED, _LOOKED_AT = 10, 40
_NEAREST = 3


class Assistant:
    """Answers questions over the stories; may be shared between threads."""

    def __init__(self, library: Library, store: Store, encoder: Encoder) -> None:
        """Answer from the library's stories, found through an index that equals it."""
        self.library = library
        self._store = store
        self._retrieval = Retrieval(store, encoder)
        self.topic = Topic(encoder)
        self._read_stories()

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Assistant:
        """Take the index folder, make it equal to the library, and get ready to answer.

        :param progress: is told (what is done, how many done, how many in all).
        :raises IndexFailure: another process owns the index, or it cannot be written.
        """
        library = Library(settings.added)
        encoder = Encoder()
        store, _ = open_index(settings, library, encoder, progress)
        try:
            encoder.warm()
            return cls(library, store, encoder)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Give the index folder back."""
        self._store.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def answer(
        self, question: str, *, scope: Scope = EVERYWHERE, history: Sequence[Turn] = ()
    ) -> tuple[Answer, tuple[RetrievedPassage, ...]]:
        """Return the finished answer to a question, and the passages that were retrieved."""
        retrieved: tuple[RetrievedPassage, ...] = ()
        for event in self.ask(question, scope=scope, history=history):
            if isinstance(event, EvidenceFound):
                retrieved = event.retrieved
            elif isinstance(event, Finished):
                return event.answer, retrieved
        raise AssertionError("the stream of an answer ends with Finished")

    def ask(
        self, question: str, *, scope: Scope = EVERYWHERE, history: Sequence[Turn] = ()
    ) -> Iterator[Event]:
        """Yield an answer as it comes about: the evidence, its text, then the whole.

        :param question: what the reader typed, in any language.
        :param scope: the reader's filters.
        :param history: earlier turns of the conversation, oldest first. What the question takes
            from them is told in the answer's `about`; asked with no history, it takes nothing.
        """
        started = time.perf_counter()
        asked = understand(question, self.catalogue, scope, history)
        if reason := _unanswerable_at_once(asked):
            yield EvidenceFound((), ())
            yield from self._refuse(asked, Verdict(0.0, reason), None, started)
            return
        if asked.listing:
            yield from self._listed(asked, asked.listing, started)
            return
        everything = self.retrieve(asked, _LOOKED_AT)
        retrieved = everything.first(_RETRIEVED)
        sentences = score_sentences(asked.standalone, everything, asked.compared)
        distance = self.topic.distance(retrieved.question.vector)
        verdict = judge(asked, retrieved, sentences, self.catalogue, distance)
        passages = tuple(_reported(hit) for hit in retrieved.hits)
        if verdict.reason:
            yield EvidenceFound((), passages)
            yield from self._refuse(asked, verdict, retrieved, started)
            return
        citations = cite(choose(sentences, asked.compared), self._stories.__getitem__)
        evidence = time.perf_counter() - started
        yield EvidenceFound(citations, passages)
        yield from _quoted(asked, citations, verdict, evidence, started)

    def retrieve(self, asked: Question, limit: int = _RETRIEVED) -> Retrieved:
        """Return the passages that bear on an understood question, best first."""
        query = Query(asked.standalone, asked.stories or (), asked.preferred, asked.names)
        return self._retrieval.retrieve(query, limit)

    def _listed(self, asked: Question, listing: Listing, started: float) -> Iterator[Event]:
        """Yield the cities that fit, counted from the catalogue, or that there are none."""
        among = [
            s for s in self.catalogue.stories if asked.stories is None or s.slug in asked.stories
        ]
        stories = listing.stories(among)
        if stories:
            yield from counted(asked, listing, stories, self.catalogue.years, started)
            return
        words = {
            "filter": conditions(listing, asked.language),
            "places": ", ".join(listing.elsewhere),
        }
        reason = Reason.CITY_WITHOUT_STORY if listing.elsewhere else Reason.NO_SUCH_CITY
        yield EvidenceFound((), ())
        yield from self._refuse(asked, Verdict(0.0, reason, words), None, started)

    def _refuse(
        self, asked: Question, verdict: Verdict, retrieved: Retrieved | None, started: float
    ) -> Iterator[Event]:
        assert verdict.reason is not None
        message = phrase(
            verdict.reason.value, asked.language, **{"limit": LONGEST, **verdict.names}
        )
        seconds = time.perf_counter() - started
        yield TextAdded(message)
        yield Finished(
            Answer(
                question=asked.text,
                standalone=asked.standalone,
                language=asked.language,
                kind=Kind.NOT_FOUND,
                mode=Mode.QUOTES,
                reason=verdict.reason,
                message=message,
                nearest=self._nearest(retrieved),
                about=asked.about,
                confidence=verdict.confidence,
                seconds=Seconds(seconds, seconds, seconds),
            )
        )

    def _nearest(self, retrieved: Retrieved | None) -> tuple[Nearest, ...]:
        slugs = dict.fromkeys(hit.passage.story for hit in retrieved.hits) if retrieved else {}
        stories = [self._stories[slug] for slug in list(slugs)[:_NEAREST]]
        return tuple(Nearest(s.slug, s.title, s.city, s.country, s.year) for s in stories)

    def _read_stories(self) -> None:
        self._stories: dict[str, Story] = {s.slug: s for s in self.library.stories()}
        self.catalogue = Catalogue(self._stories.values())
        self.catalogue.prepare()


def _reported(hit: Hit) -> RetrievedPassage:
    passage = hit.passage
    return RetrievedPassage(passage.story, passage.section, passage.start, passage.end, hit.score)


def _quoted(
    asked: Question,
    citations: tuple[Citation, ...],
    verdict: Verdict,
    evidence: float,
    started: float,
) -> Iterator[Event]:
    """Yield the answer made of quotes alone."""
    sentences = quote(citations)
    for sentence in sentences:
        yield TextAdded(sentence.text + " ")
    yield Finished(
        Answer(
            question=asked.text,
            standalone=asked.standalone,
            language=asked.language,
            kind=Kind.ANSWERED,
            mode=Mode.QUOTES,
            sentences=sentences,
            citations=citations,
            about=asked.about,
            confidence=verdict.confidence,
            seconds=Seconds(evidence, evidence, time.perf_counter() - started),
        )
    )


def open_index(
    settings: Settings, library: Library, encoder: Encoder, progress: Progress | None = None
) -> tuple[Store, SyncReport]:
    """Return the index folder's store, made equal to the library, and what that took.

    The store is tried before it is returned: a damaged one is told and built anew.

    :raises IndexFailure: another process owns the index, or it cannot be written.
    """

    def tell(what: str) -> None:
        if progress:
            progress(what, 0, 0)

    def count(done: int, total: int) -> None:
        if progress:
            progress("Indexing the stories", done, total)

    store = Store(settings.index, encoder.fingerprint, settings.chroma, tell)
    try:
        report = sync_index(library.stories(), store, encoder, count)
        if not store.is_sound():
            store.forget()
            report = sync_index(library.stories(), store, encoder, count)
        return store, report
    except BaseException:
        store.close()
        raise


def _unanswerable_at_once(asked: Question) -> Reason | None:
    if not asked.text:
        return Reason.EMPTY
    if len(asked.text) > LONGEST:
        return Reason.TOO_LONG
    if asked.stories is not None and not asked.stories:
        return Reason.NO_STORY_SELECTED
    if asked.small_talk:
        return Reason(asked.small_talk.value)
    return None
