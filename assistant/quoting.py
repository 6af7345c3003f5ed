"""An answer made of quotes alone; needs no language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Citation, Sentence
from assistant.evidence import ScoredSentence
from corpus.story import Paragraph, Section, Story

# A sentence that begins so says of whom or what only with the one before it.
_LEANS = re.compile(r"(?:its?|they|their|these|this|those|he|she|his|her|both)\b", re.IGNORECASE)


def cite(
    chosen: Sequence[ScoredSentence], story_of: Callable[[str], Story]
) -> tuple[Citation, ...]:
    """Return the citations of chosen sentences, numbered from 1 in their order.

    Sentences that follow each other in one paragraph become one quote.
    """
    spans: list[tuple[str, int, int]] = []
    for sentence in chosen:
        slug = sentence.hit.passage.story
        if spans and spans[-1][0] == slug and _adjoin(story_of(slug), spans[-1][2], sentence.start):
            spans[-1] = (slug, spans[-1][1], sentence.end)
        else:
            spans.append((slug, sentence.start, sentence.end))
    return tuple(
        citation(n, story_of(slug), start, end) for n, (slug, start, end) in enumerate(spans, 1)
    )


def leans(text: str) -> bool:
    """Tell whether a sentence can only be understood behind another."""
    return _LEANS.match(text) is not None


def understood(citation: Citation, sentence: ScoredSentence) -> Citation:
    """Return a sentence's citation, from the sentence before it on if it leans on that."""
    passage = sentence.hit.passage
    if sentence.number == 0 or not leans(citation.quote):
        return citation
    before, _ = passage.sentences[sentence.number - 1]
    return stretched(citation, passage.start + before, citation.end)


def stretched(citation: Citation, start: int, end: int) -> Citation:
    """Return a citation of another stretch of the same paragraph."""
    offset = citation.paragraph_start
    words = citation.paragraph[start - offset : end - offset]
    return replace(citation, quote=words, start=start, end=end)


def quote(citations: Sequence[Citation]) -> tuple[Sentence, ...]:
    """Return one sentence a citation: the quote, led by its city where the story changes."""
    sentences = []
    before = ""
    for citation in citations:
        text = f"“{citation.quote}”"
        led = text if citation.story == before else lead(citation) + text
        sentences.append(Sentence(led, (citation.n,)))
        before = citation.story
    return tuple(sentences)


def lead(citation: Citation) -> str:
    """Return the words that say of which city a quote tells, before it."""
    return f"{citation.city}, {citation.country} ({citation.year}): "


def _adjoin(story: Story, end: int, start: int) -> bool:
    between = story.body[end:start]
    return start >= end and not between.strip() and "\n\n" not in between


def citation(n: int, story: Story, start: int, end: int) -> Citation:
    """Return the citation of a stretch of a story's body that lies in one paragraph."""
    section, paragraph = _place(story, start)
    return Citation(
        n=n,
        story=story.slug,
        title=story.title,
        city=story.city,
        country=story.country,
        year=story.year,
        section=section.title,
        quote=story.body[start:end],
        start=start,
        end=end,
        paragraph=paragraph.text,
        paragraph_start=paragraph.start,
        sources=tuple(story.source(key) for key in paragraph.sources),
    )


def _place(story: Story, position: int) -> tuple[Section, Paragraph]:
    for section in story.sections:
        for paragraph in section.paragraphs:
            if paragraph.start <= position < paragraph.end:
                return section, paragraph
    raise LookupError(f"no paragraph of {story.slug} holds the offset {position}")
