"""Which sentences an answer shows: written ones that hold, then the quotes they leave out.

A written sentence is shown only if it holds against the quotes it cites, or else against another
of the quotes, which it then cites instead. In the place of one that fails stands, in its own words,
what the quote that it cites tells of it. What the answer needs besides follows as quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from assistant.answer import Citation, Sentence
from assistant.checking import Checker, Quote
from assistant.quoting import quote
from assistant.writing import Draft
from index.words import content_words

Span = tuple[str, int, int]
"""A stretch of a story: its slug, and where it starts and ends in the body."""
Shown = Sentence | Citation
"""A written sentence, or the part of a quote that is shown in its own words."""

# A short answer; what else is told stands in the quotes.
_SENTENCES = 3
# The number of a quote put together of several, which none of them has.
_OF_SEVERAL = 0
# A quoted sentence of which so large a share of the words is written already is left out.
_SAID = 0.7


@dataclass(frozen=True)
class Attempt:
    """A draft, and the numbers of the citations that it holds against; none if it does not."""

    draft: Draft
    holds: tuple[int, ...] = ()


def attempts(
    drafts: Iterable[Draft], citations: Sequence[Citation], checker: Checker, language: str
) -> Iterator[Attempt]:
    """Yield the drafts, checked."""
    for draft in drafts:
        yield Attempt(draft, _held_by(draft, citations, checker, language))


def holding(
    tried: Iterable[Attempt], citations: Sequence[Citation], needed: Sequence[Span] = ()
) -> Iterator[Shown]:
    """Yield the drafts that hold, with the citations they hold against; of others, their quotes.

    It ends after a few.

    :param needed: the sentences of the quotes without which the answer is not whole.
    """
    shown: list[Shown] = []
    for attempt in tried:
        found: Shown | None = Sentence(attempt.draft.text, attempt.holds, quoted=False)
        if not attempt.holds:
            found = _instead(attempt.draft, citations, needed, said_by(shown))
        if found is None or found in shown:
            continue
        shown.append(found)
        yield found
        if len(shown) == _SENTENCES:
            return


def said_by(shown: Iterable[Shown]) -> frozenset[str]:
    """Return the content words of what is shown."""
    texts = (s.text if isinstance(s, Sentence) else s.quote for s in shown)
    return frozenset(content_words(" ".join(texts)))


def is_told(citation: Citation, shown: Sequence[Shown]) -> bool:
    """Tell whether what is shown says what a quote says."""
    return _is_said(citation.quote, said_by(shown))


def within(citations: Iterable[Citation], quote: Citation) -> Citation | None:
    """Return a quote as a part of the one that holds it; None where none does."""
    for c in citations:
        if c.story == quote.story and c.start <= quote.start and quote.end <= c.end:
            return replace(quote, n=c.n)
    return None


def joined(shown: Sequence[Shown]) -> list[Shown]:
    """Return what is shown with the quotes at its end put together.

    Those of one paragraph follow each other as the text runs; adjoining ones become one.
    """
    written = max((i for i, s in enumerate(shown, 1) if isinstance(s, Sentence)), default=0)
    paragraphs: dict[tuple[str, int], list[Citation]] = {}
    for each in shown[written:]:
        assert isinstance(each, Citation)
        paragraphs.setdefault((each.story, each.paragraph_start), []).append(each)
    quotes: list[Shown] = []
    for paragraph in paragraphs.values():
        quotes += _adjoined(sorted(paragraph, key=lambda quote: quote.start))
    return [*shown[:written], *quotes]


def numbered(
    shown: Sequence[Shown], citations: Sequence[Citation]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the whole answer: the sentences that are shown, and what they cite.

    A quote that a written sentence cites is cited whole; of others, the part that is shown.
    """
    of = {citation.n: citation for citation in citations}
    written = {n for s in shown if isinstance(s, Sentence) for n in s.citations}
    cited: list[Citation] = []

    def number(citation: Citation) -> int:
        if citation not in cited:
            cited.append(citation)
        return cited.index(citation) + 1

    sentences: list[Sentence] = []
    before: Shown | None = None
    for each in shown:
        if isinstance(each, Sentence):
            numbers = tuple(sorted(number(of[n]) for n in each.citations))
            sentences.append(replace(each, citations=numbers))
        else:
            whole = of[each.n] if each.n in written else each
            sentences.append(Sentence(in_its_words(each, before), (number(whole),)))
        before = each
    return tuple(sentences), tuple(replace(c, n=n) for n, c in enumerate(cited, 1))


def text_of(each: Shown, before: Sequence[Shown]) -> str:
    """Return what is shown as the reader reads it, behind what is shown before it."""
    if isinstance(each, Sentence):
        return each.text
    return in_its_words(each, before[-1] if before else None)


def in_its_words(part: Citation, before: Shown | None) -> str:
    """Return a quote as a sentence, led by its city unless the one before is of the same story."""
    same = isinstance(before, Citation) and before.story == part.story
    return f"“{part.quote}”" if same else quote([part])[0].text


def _adjoined(quotes: Sequence[Citation]) -> list[Citation]:
    """Return quotes of one paragraph, in order, with those that follow each other as one."""
    found = [quotes[0]]
    for each in quotes[1:]:
        before = found[-1]
        text, offset = each.paragraph, each.paragraph_start
        if text[before.end - offset : each.start - offset].strip():
            found.append(each)
        else:
            whole = text[before.start - offset : each.end - offset]
            found[-1] = replace(before, n=_OF_SEVERAL, quote=whole, end=each.end)
    return found


def _instead(
    draft: Draft, citations: Sequence[Citation], needed: Sequence[Span], said: AbstractSet[str]
) -> Citation | None:
    """Return what is needed of the quotes a draft cites, the sentence most like it, if any."""
    parts = [
        sentence
        for citation in citations
        if citation.n in draft.citations
        for span in needed
        for sentence in _parts(citation, [span], said)
    ]
    words = set(content_words(draft.text))
    return max(parts, key=lambda p: len(words & set(content_words(p.quote))), default=None)


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
        if checker.check(draft.text, _quotes(group), language).supported:
            return tuple(c.n for c in group)
    return ()


def _quotes(citations: Iterable[Citation]) -> list[Quote]:
    return [Quote(c.quote, c.city, c.country, c.year) for c in citations]
