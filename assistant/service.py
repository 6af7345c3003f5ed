"""Assistant.ask(): the one door for page, command line and evaluation."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from types import TracebackType

from assistant import alone
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
from assistant.checking import Checker
from assistant.counting import conditions, counted
from assistant.embedded_model import open_model
from assistant.evidence import ScoredSentence
from assistant.following import Live
from assistant.found import Found
from assistant.gathering import best_sentences, candidates, select
from assistant.language_model import LanguageModel
from assistant.listing import Listing
from assistant.opening import Progress, open_index
from assistant.phrases import phrase
from assistant.question import EVERYWHERE, LONGEST, Question, Scope, Turn, understand
from assistant.quoting import cite, quote
from assistant.refusing import refuse
from assistant.reply import Reply
from assistant.settings import Settings
from assistant.sufficiency import Evidence, Verdict, hopeless, judge
from assistant.topic import Topic
from assistant.written_answer import WrittenAnswer
from corpus.catalogue import Catalogue
from corpus.library import Library
from corpus.story import Story
from index.embedding import Encoder
from index.retrieval import Query, Retrieval, Retrieved
from index.store import Store

# Passages reported as retrieved, and passages among which a comparison finds each of its cities.
_RETRIEVED, _LOOKED_AT = 10, 40


class Assistant:
    """Answers questions over the stories, and follows them; may be shared between threads."""

    def __init__(
        self,
        library: Library,
        store: Store,
        encoder: Encoder,
        model: LanguageModel | None = None,
    ) -> None:
        """Answer from the library's stories, found through an index that equals it.

        `live` makes the answers follow changes of the stories.

        :param model: writes the answers; without one, or while it is away, they are quotes.
        """
        self.library = library
        self.model = model
        self.encoder = encoder
        self.topic = Topic(encoder)
        first = Snapshot(library.stories(), Retrieval(store, encoder), self.topic)
        self.live = Live(first, library, store, encoder)

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Assistant:
        """Take the index folder, make it equal to the library, and get ready to answer.

        The language model gets ready by itself meanwhile; who needs it waits by `model.wait`.

        :param progress: is told (what is done, how many done, how many in all).
        :raises IndexFailure: another process owns the index, or it cannot be written.
        """
        library = Library(settings.added)
        encoder = Encoder()
        store, _ = open_index(settings, library, encoder, progress)
        try:
            encoder.warm()
            return cls(library, store, encoder, open_model(settings, alone.taught()))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Stop following and the language model, and give the index folder back."""
        self.live.stop()
        if self.model is not None:
            self.model.close()
        self.live.store.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def catalogue(self) -> Catalogue:
        """The facts over all stories, as they are now."""
        return self.live.snapshot.catalogue

    def answer(
        self,
        question: str,
        *,
        scope: Scope = EVERYWHERE,
        history: Sequence[Turn] = (),
        quotes: bool = False,
    ) -> tuple[Answer, tuple[RetrievedPassage, ...]]:
        """Return the finished answer to a question, and the passages that were retrieved."""
        retrieved: tuple[RetrievedPassage, ...] = ()
        for event in self.ask(question, scope=scope, history=history, quotes=quotes):
            if isinstance(event, EvidenceFound):
                retrieved = event.retrieved
            elif isinstance(event, Finished):
                return event.answer, retrieved
        raise AssertionError("the stream of an answer ends with Finished")

    def ask(
        self,
        question: str,
        *,
        scope: Scope = EVERYWHERE,
        history: Sequence[Turn] = (),
        quotes: bool = False,
    ) -> Iterator[Event]:
        """Yield an answer as it comes about: the evidence, its text, then the whole.

        Closing the iterator stops the language model.

        :param quotes: answer by quotes alone, without the language model; the other arguments are
            those of `Snapshot.ask`.
        """
        # All that is looked up in the index is looked up before the first event. From then on the
        # answer rests on its snapshot alone, and the stories may change.
        with self.live.held() as snapshot:
            model = None if quotes else self.model
            events = snapshot.ask(question, scope=scope, history=history, model=model)
            first = next(events)
        with closing(events):
            yield first
            yield from events

    def retrieve(self, asked: Question, limit: int = _RETRIEVED) -> Retrieved:
        """Return the passages that bear on an understood question, best first."""
        with self.live.held() as snapshot:
            return snapshot.retrieve(asked, limit)


class Snapshot:
    """Answers questions over the stories of one moment; what it holds never changes.

    It must be asked while the index holds these very stories, up to an answer's first event.
    """

    def __init__(
        self,
        stories: Iterable[Story],
        retrieval: Retrieval,
        topic: Topic,
    ) -> None:
        """Answer from stories, found through an index that equals them."""
        self.topic = topic
        self._retrieval = retrieval
        self._stories: dict[str, Story] = {s.slug: s for s in stories}
        self.catalogue = Catalogue(self._stories.values())
        self.catalogue.prepare()
        self._checker = Checker(retrieval.encoder, self.catalogue)

    def after(self, changed: Mapping[str, Story | None]) -> Snapshot:
        """Return the snapshot of the moment after stories changed; None: one that is gone."""
        kept = [story for slug, story in self._stories.items() if slug not in changed]
        new = [story for story in changed.values() if story is not None]
        return Snapshot([*kept, *new], self._retrieval, self.topic)

    def ask(
        self,
        question: str,
        *,
        scope: Scope = EVERYWHERE,
        history: Sequence[Turn] = (),
        model: LanguageModel | None = None,
    ) -> Generator[Event, None, None]:
        """Yield an answer as it comes about: the evidence, its text, then the whole.

        Closing the iterator stops the language model.

        :param question: what the reader typed, in any language.
        :param scope: the reader's filters.
        :param history: earlier turns of the conversation, oldest first. What the question takes
            from them is told in the answer's `about`; asked with no history, it takes nothing.
        :param model: writes the answer; without one it is quotes.
        """
        asked = understand(question, self.catalogue, scope, history)
        reply = Reply(asked)
        if reason := _unanswerable_at_once(asked):
            yield EvidenceFound((), ())
            yield from self._refuse(reply, Verdict(0.0, reason), None)
            return
        if asked.listing:
            yield from self._listed(reply, asked.listing)
            return
        model = None if asked.several else model
        writer = model if model and model.ready else None
        evidence = self._evidence(asked)
        found = self._to_write(evidence) if writer else self._to_quote(evidence)
        reply.found()
        verdict = judge(found.evidence)
        if writer and not hopeless(verdict):
            yield from self._written(reply, found, verdict, writer)
        elif verdict.reason:
            yield EvidenceFound((), found.passages)
            yield from self._refuse(reply, verdict, found.evidence.retrieved)
        else:
            yield EvidenceFound(found.citations, found.passages)
            yield from _quoted(reply, found, verdict, away=model is not None)

    def retrieve(self, asked: Question, limit: int = _RETRIEVED) -> Retrieved:
        """Return the passages that bear on an understood question, best first."""
        query = Query(asked.standalone, asked.stories or (), asked.preferred, asked.names)
        return self._retrieval.retrieve(query, limit)

    def _evidence(self, asked: Question) -> Evidence:
        everything = self.retrieve(asked, _LOOKED_AT)
        retrieved = everything.first(_RETRIEVED)
        sentences = candidates(asked, everything)
        distance = self.topic.distance(retrieved.question.vector)
        return Evidence(asked, retrieved, sentences, self.catalogue, distance)

    def _to_quote(self, evidence: Evidence) -> Found:
        chosen = select(evidence.asked, evidence.sentences, self.catalogue)
        return Found(evidence, self._cite(chosen), tuple(chosen))

    def _to_write(self, evidence: Evidence) -> Found:
        of_all = best_sentences(evidence.asked, evidence.sentences, self.catalogue)
        singly = tuple(
            (sentence, replace(self._cite([sentence])[0], n=n))
            for n, sentence in enumerate(of_all.singly, 1)
        )
        citations = tuple(citation for _, citation in singly[: len(of_all.needed)])
        return Found(evidence, citations, tuple(of_all.needed), singly)

    def _cite(self, sentences: Sequence[ScoredSentence]) -> tuple[Citation, ...]:
        return cite(sentences, self._stories.__getitem__)

    def _written(
        self, reply: Reply, found: Found, verdict: Verdict, model: LanguageModel
    ) -> Iterator[Event]:
        """Yield the answer that the language model writes and the checker lets pass.

        What the model fails to do is told by quotes.
        """
        answer = WrittenAnswer(reply, found, model, self._checker, verdict)
        yield from answer.events()
        if answer.verdict.reason:
            yield from self._refuse(reply, answer.verdict, found.evidence.retrieved)
        elif answer.away and not answer.shown:
            found = self._to_quote(found.evidence)
            yield EvidenceFound(found.citations, found.passages)
            yield from _quoted(reply, found, answer.verdict, away=True)

    def _listed(self, reply: Reply, listing: Listing) -> Iterator[Event]:
        """Yield the cities that fit, counted from the catalogue, or that there are none."""
        asked = reply.asked
        among = [
            s for s in self.catalogue.stories if asked.stories is None or s.slug in asked.stories
        ]
        stories = listing.stories(among)
        if stories:
            yield from counted(reply, listing, stories, self.catalogue.years)
            return
        words = {
            "filter": conditions(listing, asked.language),
            "places": ", ".join(listing.elsewhere),
        }
        reason = Reason.CITY_WITHOUT_STORY if listing.elsewhere else Reason.NO_SUCH_CITY
        yield EvidenceFound((), ())
        yield from self._refuse(reply, Verdict(0.0, reason, words), None)

    def _refuse(
        self, reply: Reply, verdict: Verdict, retrieved: Retrieved | None
    ) -> Iterator[Event]:
        return refuse(reply, verdict, self._stories, retrieved)


def _quoted(reply: Reply, found: Found, verdict: Verdict, away: bool) -> Iterator[Event]:
    """Yield the answer made of quotes alone; `away` says that it should have been written."""
    reply.began()
    sentences = quote(found.citations)
    for sentence in sentences:
        yield TextAdded(sentence.text + " ")
    message = phrase("model_away", reply.asked.language) if away else ""
    if reply.asked.several:
        stories = len({citation.story for citation in found.citations})
        message = phrase("gathered", reply.asked.language, count=stories)
    answer = reply.told(
        Mode.QUOTES,
        sentences,
        found.citations,
        verdict.confidence,
        message=message,
        partly=reply.asked.several,
    )
    yield Finished(answer)


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
