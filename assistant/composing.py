"""Which sentences an answer shows: written ones that hold, and quotes, put together at its end.

A written sentence is shown only if it holds against the quotes it cites, or else against another
of the quotes, which it then cites instead. In the place of one that fails stands, in its own words,
the quote that it cites.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.answer import Citation, Sentence
from assistant.checking import Checker, Quote
from assistant.quoting import lead, leans, stretched
from assistant.writing import Draft
from index.words import content_words

Shown = Sentence | Citation
"""A written sentence, or a quote that is shown in its own words."""

# A short answer; what else is told stands in the quotes.
_SENTENCES = 3
# A quoted sentence of which so large a share of the words is written already is left out.
_SAID = 0.7


def holding(
    drafts: Iterable[Draft],
    citations: Sequence[Citation],
    checker: Checker,
    language: str,
    named: Collection[str] = (),
    whole: bool = False,
) -> Iterator[Shown]:
    """Yield the drafts that hold, with the citations they hold against; of others, their quotes.

    It ends after a few. One of a city that neither it nor the question names is led by it.

    :param named: the cities that the question names.
    :param whole: a draft that leaves out much of what it cites gives way as well. What is left out
        is too often what was asked, or what the rest depends on; and the quote would follow it. So
        does one that leans on what is not told: of the quote more can be shown.
    """
    shown: list[Shown] = []
    for draft in drafts:
        holds = _held_by(draft, citations, checker, language)
        of = [c for c in citations if c.n in holds]
        led = "" if shown or not of else _lead(draft.text, of, named)
        written = Sentence(led + draft.text, holds, quoted=False)
        is_whole = all(is_told(c, [written]) for c in of) and not leans(draft.text)
        holds_well = of and (is_whole or not whole)
        found = written if holds_well else _instead(draft, citations, said_by(shown))
        if found is None or found in shown:
            continue
        shown.append(found)
        yield found
        if len(shown) == _SENTENCES:
            return


def _lead(text: str, citations: Sequence[Citation], named: Collection[str]) -> str:
    cities = {c.city for c in citations}
    if len(cities) > 1 or any(city in named or city in text for city in cities):
        return ""
    return lead(citations[0])


def said_by(shown: Iterable[Shown]) -> frozenset[str]:
    """Return the content words of what is shown."""
    texts = (s.text if isinstance(s, Sentence) else s.quote for s in shown)
    return frozenset(content_words(" ".join(texts)))


def is_told(citation: Citation, shown: Sequence[Shown]) -> bool:
    """Tell whether what is shown says what a quote says."""
    return _is_said(citation.quote, said_by(shown))


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

    What a written sentence cites is the quote that is shown of it, if one is.
    """
    quotes = [s for s in shown if isinstance(s, Citation)]
    of = {c.n: next((q for q in quotes if _holds(q, c)), c) for c in citations}
    cited: list[Citation] = []

    def number(citation: Citation) -> int:
        if citation not in cited:
            cited.append(citation)
        return cited.index(citation) + 1

    sentences: list[Sentence] = []
    for i, each in enumerate(shown):
        if isinstance(each, Sentence):
            numbers = tuple(sorted(number(of[n]) for n in each.citations))
            sentences.append(replace(each, citations=numbers))
        else:
            sentences.append(Sentence(text_of(each, shown[:i], citations), (number(each),)))
    return tuple(sentences), tuple(replace(c, n=n) for n, c in enumerate(cited, 1))


def text_of(each: Shown, before: Sequence[Shown], citations: Sequence[Citation]) -> str:
    """Return what is shown as the reader reads it, behind what is shown before it.

    A quote is led by its city, unless what stands before it is of the same story.
    """
    if isinstance(each, Sentence):
        return each.text
    text = f"“{each.quote}”"
    same = before and _stories(before[-1], citations) == {each.story}
    return text if same else lead(each) + text


def _stories(shown: Shown, citations: Sequence[Citation]) -> set[str]:
    """Return the stories that what is shown is of."""
    if isinstance(shown, Citation):
        return {shown.story}
    return {c.story for c in citations if c.n in shown.citations}


def _holds(quote: Citation, other: Citation) -> bool:
    inside = quote.start <= other.start and other.end <= quote.end
    return quote.story == other.story and inside


def _adjoined(quotes: Sequence[Citation]) -> list[Citation]:
    """Return quotes of one paragraph, in order, with those that follow each other as one."""
    found = [quotes[0]]
    for each in quotes[1:]:
        before = found[-1]
        text, offset = each.paragraph, each.paragraph_start
        if text[before.end - offset : each.start - offset].strip():
            found.append(each)
        else:
            found[-1] = stretched(before, before.start, each.end)
    return found


def _instead(
    draft: Draft, citations: Sequence[Citation], said: AbstractSet[str]
) -> Citation | None:
    """Return the quote most like a draft of those that it cites and nothing says yet, if any.

    Where there is only one, that is what it was written from, whatever its tag.
    """
    meant = [c for c in citations if c.n in draft.citations or len(citations) == 1]
    left = [c for c in meant if not _is_said(c.quote, said)]
    words = set(content_words(draft.text))
    return max(left, key=lambda c: len(words & set(content_words(c.quote))), default=None)


def _is_said(text: str, said: AbstractSet[str]) -> bool:
    words = set(content_words(text))
    return len(words & said) >= _SAID * len(words)


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
