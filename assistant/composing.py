"""Which sentences an answer shows: written ones that hold, then the quotes they leave out.

A written sentence is shown only if it holds against the quotes it cites, or else against another
of the quotes, which it then cites instead. What fails is left out, and the quotes that the answer
needs stand in its place.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.answer import Citation, Sentence
from assistant.checking import Checker, Quote
from assistant.quoting import quote
from assistant.writing import Draft
from index.words import content_words

Span = tuple[str, int, int]
"""A stretch of a story: its slug, and where it starts and ends in the body."""

# A short answer; what else is told stands in the quotes.
_SENTENCES = 3
# A quoted sentence of which so large a share of the words is written already is left out.
_SAID = 0.7


def holding(
    drafts: Iterable[Draft], citations: Sequence[Citation], checker: Checker, language: str
) -> Iterator[Sentence]:
    """Yield those of the drafts that hold, with the citations they hold against.

    It ends after a few; at its end, or closed before, it stops whatever the drafts come from.
    """
    shown: set[str] = set()
    try:
        for draft in drafts:
            cited = _held_by(draft, citations, checker, language)
            if not cited or draft.text in shown:
                continue
            shown.add(draft.text)
            yield Sentence(draft.text, cited, quoted=False)
            if len(shown) == _SENTENCES:
                return
    finally:
        if isinstance(drafts, Generator):
            drafts.close()  # the model writes on as long as somebody holds what it writes


def complete(
    written: Sequence[Sentence],
    citations: Sequence[Citation],
    needed: Sequence[Span],
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the whole answer: the written sentences, what the quotes add, and what they cite.

    :param needed: the sentences of the quotes without which the answer is not whole; those that
        the written ones do not say yet are quoted after them.
    """
    said = set(content_words(" ".join(sentence.text for sentence in written)))
    left = [part for citation in citations for part in _parts(citation, needed, said)]
    kept = list(dict.fromkeys([*(n for s in written for n in s.citations), *(c.n for c in left)]))
    number = {old: new for new, old in enumerate(kept, 1)}
    sentences = [
        replace(s, citations=tuple(sorted(number[n] for n in s.citations)))
        for s in (*written, *quote(left))
    ]
    of = {citation.n: citation for citation in citations}
    return tuple(sentences), tuple(replace(of[n], n=number[n]) for n in kept)


def _is_said(text: str, said: AbstractSet[str]) -> bool:
    words = set(content_words(text))
    return len(words & said) >= _SAID * len(words)


def _parts(citation: Citation, needed: Sequence[Span], said: AbstractSet[str]) -> list[Citation]:
    """Return what of a quote is needed and not said, as the sentences follow each other."""
    spans: list[tuple[int, int]] = []
    for story, start, end in sorted(needed):
        inside = story == citation.story and citation.start <= start < citation.end
        if not inside or _is_said(_between(citation, start, end), said):
            continue
        if spans and not _between(citation, spans[-1][1], start).strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [
        replace(citation, quote=_between(citation, start, end), start=start, end=end)
        for start, end in spans
    ]


def _between(citation: Citation, start: int, end: int) -> str:
    return citation.quote[start - citation.start : end - citation.start]


def _held_by(
    draft: Draft, citations: Sequence[Citation], checker: Checker, language: str
) -> tuple[int, ...]:
    """Return the numbers of the citations that a draft holds against; empty if it does not."""
    tagged = [c for c in citations if c.n in draft.citations]
    others = [[c] for c in citations if [c] != tagged]
    for group in ([tagged] if tagged else []) + others:
        quotes = [Quote(c.quote, c.city, c.country, c.year) for c in group]
        if checker.check(draft.text, quotes, language).supported:
            return tuple(c.n for c in group)
    return ()
