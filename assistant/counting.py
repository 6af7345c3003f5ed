"""An answer made of a count over the catalogue: which cities fit, how many, in which years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel import localedata

from assistant.answer import (
    Citation,
    Event,
    EvidenceFound,
    Finished,
    Mode,
    Sentence,
    TextAdded,
)
from assistant.listing import Edge, Listing, Wanted
from assistant.phrases import phrase
from assistant.quoting import citation
from assistant.reply import Reply
from corpus.selection import Places
from corpus.story import THEMES, Story
from index.sentences import sentence_spans

_COMMAS = ("en", "zh", "ja", "ko", "ar", "hi")


def counted(
    reply: Reply, listing: Listing, stories: Sequence[Story], years: Sequence[int]
) -> Iterator[Event]:
    """Yield the answer to a question for cities by facts, as `Assistant.ask` does.

    :param stories: those that fit, at least one.
    :param years: all award years there are.
    """
    language = reply.asked.language
    sentences, citations = count(listing, stories, years, language)
    reply.found()
    yield EvidenceFound(citations, ())
    reply.began()
    for sentence in sentences:
        yield TextAdded(sentence.text + " ")
    missing = ", ".join(listing.elsewhere)
    yield Finished(
        reply.told(
            Mode.CATALOGUE,
            sentences,
            citations,
            1.0,
            message=phrase("city_without_story", language, places=missing) if missing else "",
            about=conditions(listing, language),
            partly=bool(missing),
        )
    )


def count(
    listing: Listing, stories: Sequence[Story], years: Sequence[int], language: str
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the sentences that list the stories that fit, and a citation for each of them.

    The first sentence states the conditions and the count; then each story has one. What is cited
    is the first sentence of the story's lead.
    """
    citations = tuple(_lead(n, story) for n, story in enumerate(stories, 1))
    numbers = tuple(range(1, len(stories) + 1))
    lead = Sentence(_lead_words(listing, stories, years, language), numbers)
    lines = [_line(n, story, listing, language) for n, story in enumerate(stories, 1)]
    return (lead, *lines), citations


def conditions(listing: Listing, language: str) -> str:
    """Return the conditions of a listing in words of a language: "Africa, from 2019 on"."""
    return ", ".join(_conditions(listing, language)) or phrase("everything", language)


def _conditions(listing: Listing, language: str) -> Iterator[str]:
    chosen = listing.selection
    yield from _places(chosen.places, language)
    yield from listing.elsewhere
    if excluded := list(_places(chosen.without, language)):
        yield phrase("except", language, places=", ".join(excluded))
    yield from map(str, chosen.years)
    if chosen.since is not None and chosen.until is not None:
        yield f"{chosen.since}–{chosen.until}"
    elif chosen.since is not None:
        yield phrase("since", language, year=chosen.since)
    elif chosen.until is not None:
        yield phrase("until", language, year=chosen.until)
    yield from (THEMES[theme] for theme in chosen.themes)
    if chosen.more_than is not None:
        yield phrase("more_people", language, number=_number(chosen.more_than, language))
    if chosen.fewer_than is not None:
        yield phrase("fewer_people", language, number=_number(chosen.fewer_than, language))
    if listing.edge is not None:
        yield phrase(listing.edge.value, language)


def _places(places: Places, language: str) -> Iterator[str]:
    yield from places.cities
    yield from (_country(code, language) for code in places.countries)
    for region in places.regions:
        yield phrase(region.casefold().replace(" ", "_"), language)


def _country(code: str, language: str) -> str:
    known = language if localedata.exists(language) else "en"
    return str(localedata.load(known)["territories"].get(code, code))


def _number(number: int, language: str) -> str:
    """Return a whole number as a language groups its digits: by commas, or else by a blank."""
    grouped = f"{number:,}"
    return grouped if language in _COMMAS else grouped.replace(",", "\u202f")


def _lead_words(
    listing: Listing, stories: Sequence[Story], years: Sequence[int], language: str
) -> str:
    words = conditions(listing, language)
    if listing.wanted in (Wanted.YEARS, Wanted.OTHER_YEARS):
        won = {story.year for story in stories}
        others = listing.wanted is Wanted.OTHER_YEARS
        told = [str(year) for year in years if (year in won) != others]
        key = "other_award_years" if others else "award_years"
        return phrase(key, language, filter=words, years=", ".join(told) or "–")
    cities = len({(story.city, story.country_code) for story in stories})
    key = "listed" if cities == len(stories) else "listed_awards"
    return phrase(key, language, filter=words, count=cities, awards=len(stories))


def _line(n: int, story: Story, listing: Listing, language: str) -> Sentence:
    words = f"{story.city}, {story.country} ({story.year})"
    counted = listing.selection.counted or listing.edge in (Edge.MOST, Edge.FEWEST)
    if counted and story.population is not None:
        words += f": {_number(story.population, language)}"
    return Sentence(words, (n,))


def _lead(n: int, story: Story) -> Citation:
    first = story.sections[0].paragraphs[0]
    start, end = sentence_spans(first.text)[0]
    return citation(n, story, first.start + start, first.start + end)
