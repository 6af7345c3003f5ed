"""The page of one story: what a citation's "Read in the story" opens, and what can be forwarded."""

from __future__ import annotations

import re

from assistant.pages.markup import escaped, marked, source_item
from corpus.story import Paragraph, Section, Story

_QUOTE = re.compile(r"(\d{1,7})-(\d{1,7})")
_HEAD = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="description" content="{description}"><title>{title} · Learning City Assistant'
    '</title><link rel="icon" href="../pages/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="../pages/page.css"></head><body class="reading">'
    '<a class="skip" href="#story">Skip to the story</a>'
    '<header class="masthead"><a class="brand" href="../">Learning City Assistant</a>'
    '<a class="masthead-link" href="../">Ask a question</a></header>'
)


def story_page(story: Story, quote: str = "") -> str:
    """Return the whole HTML document of a story.

    `quote` is "start-end", offsets in the story's body; that stretch is highlighted. Anything else
    is ignored: a link that was cut on its way still opens the story.
    """
    found = _QUOTE.fullmatch(quote)
    start, end = (int(found[1]), int(found[2])) if found else (0, 0)
    numbers = {source.key: number for number, source in enumerate(story.sources, 1)}
    head = _HEAD.format(
        language="en",
        title=escaped(f"{story.city}, {story.year}"),
        description=escaped(story.title),
    )
    sections = "".join(_section(section, start, end, numbers) for section in story.sections)
    sources = "".join(
        source_item(source, item_id=f"source-{numbers[source.key]}") for source in story.sources
    )
    language = escaped(story.language)
    return (
        f'{head}<main id="story" tabindex="-1"><article lang="{language}" dir="auto">'
        f'{_title(story)}{sections}</article><section class="story-sources">'
        f"<h2>Public sources</h2><ol>{sources}</ol></section></main>"
        '<footer class="colophon"><p>One of the stories that the Learning City Assistant quotes '
        "from.</p></footer></body></html>"
    )


def missing_story_page(message: str) -> str:
    """Return the HTML document for an address that leads to no story; `message` says why."""
    head = _HEAD.format(language="en", title="No such story", description="No such story")
    return (
        f'{head}<main id="story" tabindex="-1"><h1>This story is not here</h1>'
        f'<p>{escaped(message)}</p><p><a href="../">Ask a question or choose a story</a></p>'
        "</main></body></html>"
    )


def _title(story: Story) -> str:
    facts = [
        f"{escaped(story.city)}, {escaped(story.country)}",
        f"{escaped(story.award)} {story.year}",
    ]
    if story.population:
        facts.append(f"{story.population:,} inhabitants")
    themes = "".join(f"<li>{escaped(theme.replace('-', ' '))}</li>" for theme in story.themes)
    return (
        f'<p class="story-place">{" · ".join(facts)}</p><h1>{escaped(story.title)}</h1>'
        f'<ul class="themes" aria-label="Themes">{themes}</ul>'
    )


def _section(section: Section, start: int, end: int, numbers: dict[str, int]) -> str:
    heading = f"<h2>{escaped(section.title)}</h2>" if section.title else ""
    paragraphs = "".join(
        _paragraph(paragraph, start, end, numbers) for paragraph in section.paragraphs
    )
    return f"<section>{heading}{paragraphs}</section>"


def _paragraph(paragraph: Paragraph, start: int, end: int, numbers: dict[str, int]) -> str:
    begins_here = paragraph.start <= start < paragraph.end
    text = marked(
        paragraph.text,
        start - paragraph.start,
        end - paragraph.start,
        mark_id="quote" if begins_here else "",
    )
    named = sorted(numbers[key] for key in paragraph.sources if key in numbers)
    notes = "".join(f'<a href="#source-{n}" aria-label="Source {n}">{n}</a>' for n in named)
    marks = f'<sup class="notes">{notes}</sup>' if notes else ""
    return f'<p id="p-{paragraph.start}" dir="auto">{text}{marks}</p>'
