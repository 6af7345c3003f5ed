"""A draft as HTML: what was read, how it will be cut, what is like it, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assistant.answer import Answer
from assistant.pages.exchange import refusal_label
from assistant.pages.markup import counted, escaped, marked
from corpus.likeness import Likeness
from corpus.reading.draft import Draft
from corpus.story import Story
from index.passages import Passage, passages_of


def draft_heading(draft: Draft) -> str:
    """Return what a draft is: its name, its length, what reading left out."""
    notes = "".join(f"<li>{escaped(note)}</li>" for note in draft.notes)
    return (
        f'<h2 class="panel-title"><bdi>{escaped(draft.name)}</bdi></h2>'
        f'<p class="hint">{counted(draft.words, "word")}, read as {escaped(draft.format)}. '
        "Nothing is added yet.</p>" + (f'<ul class="notes-read">{notes}</ul>' if notes else "")
    )


def found_hint(draft: Draft, field: str, *, required: bool) -> str:
    """Return where a field's value was found, or that the text does not tell it."""
    if proposal := draft.proposals.get(field):
        return f'<p class="hint">Found: <bdi>{escaped(proposal.found)}</bdi></p>'
    if required:
        return '<p class="hint is-open">The text does not tell: please say it.</p>'
    return '<p class="hint">The text does not tell; it may stay empty.</p>'


def passages_view(story: Story) -> str:
    """Return the passages of a story as the assistant will cut and label them."""
    passages = passages_of(story)
    parts = []
    for section, group in groupby(passages, key=lambda passage: passage.section):
        items = "".join(_passage(passage) for passage in group)
        heading = f"<h4>{escaped(section)}</h4>" if section else ""
        parts.append(f"{heading}<ul>{items}</ul>")
    return (
        f'<section class="passages"><h3>{counted(len(passages), "passage")}, as the assistant will '
        'quote from them</h3><div class="scroll" tabindex="0" role="region" '
        f'aria-label="Passages">{"".join(parts)}</div></section>'
    )


def alike_view(near: Sequence[Likeness]) -> str:
    """Return stories that say much the same, paragraph beside paragraph; "" if there are none."""
    return "".join(_alike(likeness) for likeness in near)


def trial_view(answer: Answer) -> str:
    """Return what the draft alone answers to a question."""
    if not answer.citations:
        return (
            f'<div class="refusal"><p class="refusal-label">{escaped(refusal_label(answer))}</p>'
            f'<p class="why" dir="auto">{escaped(answer.text)}</p></div>'
        )
    quotes = []
    for citation in answer.citations:
        inside = citation.start - citation.paragraph_start
        text = marked(citation.paragraph, inside, inside + len(citation.quote))
        sources = "; ".join(source.title for source in citation.sources)
        quotes.append(
            f'<blockquote dir="auto">{text}</blockquote>'
            f'<p class="hint">{escaped(citation.section)}{" · " if citation.section else ""}'
            f"<bdi>{escaped(sources)}</bdi></p>"
        )
    return f'<div class="trial">{"".join(quotes)}</div>'


def _passage(passage: Passage) -> str:
    return f'<li dir="auto">{escaped(passage.text)}</li>'


def _alike(likeness: Likeness) -> str:
    known = likeness.known
    pairs = "".join(
        f'<div class="pair"><div><h4>This one</h4><p dir="auto">{escaped(own)}</p></div>'
        f'<div><h4>{escaped(known.slug)}</h4><p dir="auto">{escaped(other)}</p></div></div>'
        for own, other in likeness.pairs
    )
    return (
        f'<section class="alike"><h3>About {likeness.share:.0%} of it stands in '
        f"“<bdi>{escaped(known.title)}</bdi>” already</h3>{pairs}</section>"
    )
