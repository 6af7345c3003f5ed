"""What a reader takes along: an answer as text with references, a conversation as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Answer, Citation, Kind
from assistant.pages.exchange import BASIS, Exchange, refusal_label
from corpus.story import Source

# What Markdown would read as markup anywhere in a line, and at its beginning.
_MARKUP = re.compile(r"([\\`*_<>\[\]|~])")
_MARKUP_AHEAD = re.compile(r"^(\s*)(#|[-+](?=\s)|\d+(?=[.)]\s))")


def with_references(answer: Answer) -> str:
    """Return an answer as plain text: the question, what is told, and where each quote stands."""
    said = [
        sentence.text + "".join(f" [{n}]" for n in sentence.citations)
        for sentence in answer.sentences
    ]
    references = []
    for citation in answer.citations:
        sources = "; ".join(_source(source) for source in citation.sources)
        line = f"[{citation.n}] {_place(citation)}: {citation.title}{_section(citation)}."
        references.append(f"{line} Sources: {sources}." if sources else line)
    note = [answer.message, ""] if answer.message else []
    return "\n".join([answer.question, "", *note, *said, "", *references])


def as_markdown(exchanges: Sequence[Exchange], title: str) -> str:
    """Return a conversation as a Markdown document that holds every question, answer and quote.

    Nothing that was typed or quoted becomes markup in it.
    """
    parts = [f"# {_literal(title)}"]
    for exchange in exchanges:
        parts.append(f"## {_literal(exchange.question)}")
        if exchange.failure:
            parts.append(f"*{_literal(exchange.failure)}*")
        elif exchange.answer is None:
            parts += [_literal(exchange.draft), "*Stopped before the answer was complete.*"]
            parts += _quotes(exchange.citations)
        else:
            parts += _answer(exchange.answer)
    return "\n\n".join(filter(None, parts)) + "\n"


def _answer(answer: Answer) -> Iterator[str]:
    if answer.about:
        yield f"About: {_literal(answer.about)}"
    if answer.kind is Kind.NOT_FOUND:
        yield f"**{refusal_label(answer)}.** {_literal(answer.message)}"
        yield "\n".join(
            f"- {_literal(f'{near.city}, {near.country} ({near.year}): {near.title}')}"
            for near in answer.nearest
        )
        return
    yield _literal(answer.message)
    for sentence in answer.sentences:
        yield _literal(sentence.text) + "".join(f" \\[{n}\\]" for n in sentence.citations)
    yield f"*{BASIS[answer.mode]}.*"
    yield from _quotes(answer.citations)


def _quotes(citations: Sequence[Citation]) -> Iterator[str]:
    """Yield each citation as a paragraph of its own: the place, the quote, the public sources."""
    for citation in citations:
        where = f"{_place(citation)}: {citation.title}{_section(citation)}"
        lines = [f"> \\[{citation.n}\\] {_literal(where)}", f"> “{_literal(citation.quote)}”"]
        lines += [f"> {_linked(source)}" for source in citation.sources]
        yield "\n>\n".join(lines)


def _place(citation: Citation) -> str:
    return f"{citation.city}, {citation.country} ({citation.year})"


def _section(citation: Citation) -> str:
    return f", “{citation.section}”" if citation.section else ""


def _source(source: Source) -> str:
    parts = (source.title, source.publisher, source.year, source.url)
    return ", ".join(str(part) for part in parts if part)


def _linked(source: Source) -> str:
    """Return a public source in Markdown; its address shows, so that print keeps it."""
    words = ", ".join(str(p) for p in (source.title, source.publisher, source.year) if p)
    address = re.sub(r"[<>\s]", "", source.url or "")
    return f"{_literal(words)}, <{address}>" if address else _literal(words)


def _literal(text: str) -> str:
    """Return a text as one line of Markdown that shows it as it is."""
    line = " ".join(text.split())
    return _MARKUP_AHEAD.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line))
