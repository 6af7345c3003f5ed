"""The right half of the Ask page as HTML: a card for each citation, or the list of all stories."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assistant.answer import Citation, Kind
from assistant.pages.exchange import Exchange
from assistant.pages.markup import counted, escaped, marked, source_item, story_address, story_link
from corpus.story import Story

_SHORTEN_FROM = 90  # characters of a question in the panel's heading


def evidence_panel(exchanges: Sequence[Exchange], stories: Sequence[Story]) -> str:
    """Return the cards of every turn, those of the latest shown, and the stories below them."""
    if not exchanges:
        lead = '<p class="panel-lead">By year of the award. Each can be read in full.</p>'
        return _region("The stories", lead + _story_list(stories))
    last = len(exchanges)
    sets = "".join(
        _cards(number, exchange, shown=number == last)
        for number, exchange in enumerate(exchanges, 1)
    )
    label = f"All {counted(len(stories), 'story', 'stories')}"
    all_stories = f"<summary>{label}</summary>{_story_list(stories)}"
    return _region("Evidence", f'{sets}<details class="all-stories">{all_stories}</details>')


def _region(title: str, inner: str) -> str:
    heading = f'<h2 class="panel-title" id="panel-title">{title}</h2>'
    return f'<section aria-labelledby="panel-title">{heading}{inner}</section>'


def _cards(number: int, exchange: Exchange, *, shown: bool) -> str:
    answer = exchange.answer
    citations = answer.citations if answer else exchange.citations
    if citations:
        inner = "".join(_card(number, citation) for citation in citations)
    elif answer and answer.kind is Kind.NOT_FOUND:
        inner = '<p class="none">Nothing is cited here, because nothing is claimed.</p>'
    elif exchange.failure or exchange.stopped:
        inner = '<p class="none">There is no evidence, because there is no answer.</p>'
    else:
        inner = '<p class="none">The passages appear here as soon as they are found.</p>'
    question = exchange.question
    if len(question) > _SHORTEN_FROM:
        question = question[:_SHORTEN_FROM].rstrip() + " …"
    hidden = "" if shown else " hidden"
    return (
        f'<section class="evidence-set" id="evidence-{number}" data-turn="{number}"{hidden}'
        f' aria-label="Evidence for question {number}" tabindex="-1">'
        f'<p class="evidence-for"><a class="back" href="#turn-{number}">for '
        f"<bdi>“{escaped(question)}”</bdi></a></p>{inner}</section>"
    )


def _card(number: int, citation: Citation) -> str:
    tie = f"{number}-{citation.n}"
    inside = citation.start - citation.paragraph_start
    paragraph = marked(citation.paragraph, inside, inside + len(citation.quote))
    section = f' <span class="section">{escaped(citation.section)}</span>'
    address = story_address(citation.story, citation.start, citation.end)
    return (
        f'<article class="card" id="card-{tie}" data-cite="{tie}" tabindex="-1"'
        f' aria-labelledby="card-title-{tie}">'
        f'<h3 id="card-title-{tie}"><span class="n">{citation.n}</span>'
        f'<span class="place">{escaped(citation.city)}, {escaped(citation.country)}</span>'
        f' <span class="year">{citation.year}</span></h3>'
        f'<p class="where"><span class="story-title">{escaped(citation.title)}</span>'
        f"{section if citation.section else ''}</p>"
        f'<blockquote dir="auto">{paragraph}</blockquote>{_sources(citation)}'
        f'<p class="card-actions">{story_link(address, "Read in the story")}'
        f'<a class="back" href="#cite-{tie}">Back to the answer</a></p></article>'
    )


def _sources(citation: Citation) -> str:
    if not citation.sources:
        return '<p class="sources-label">This paragraph names no public source</p>'
    items = "".join(source_item(source) for source in citation.sources)
    label = "Public sources" if len(citation.sources) > 1 else "Public source"
    return f'<p class="sources-label">{label}</p><ul class="sources">{items}</ul>'


def _story_list(stories: Sequence[Story]) -> str:
    """Return links to all stories, the latest award first."""
    ordered = sorted(stories, key=lambda story: (-story.year, story.city))
    years = []
    for year, of_year in groupby(ordered, key=lambda story: story.year):
        items = "".join(
            f"<li>{story_link(story_address(story.slug), escaped(story.city))}</li>"
            for story in of_year
        )
        years.append(f'<h3 class="award-year">{year}</h3><ul class="cities">{items}</ul>')
    return f'<div class="story-list">{"".join(years)}</div>'
