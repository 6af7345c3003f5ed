"""The left half of the Ask page as HTML: what was asked and what was answered, turn by turn.

An answer's numbers are links to the cards of `evidence_panel`; `data-cite` ties the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Citation, Kind, Mode, Nearest, Reason, Sentence
from assistant.pages.markup import counted, escaped, question_address, story_address, story_link

_LONGEST_SHOWN = 400  # characters of a question; more would push its answer out of sight
_LONGEST_LINKED = 1_500  # characters; longer addresses are cut by mail programs and proxies

_LONGEST_WORD = 24  # characters; scripts without spaces have no last word to hold on to

# Over a refusal stands what it is; these reasons lie with the question, not with the stories.
_NOT_TOLD = "Not told in the stories"
_NOT_ASKED = {
    Reason.EMPTY: "No question yet",
    Reason.TOO_LONG: "This is too long for a question",
    Reason.NO_STORY_SELECTED: "No story is selected",
    Reason.NO_SUCH_CITY: "No such city",
    Reason.GREETING: "Welcome",
    Reason.THANKS: "With pleasure",
}


@dataclass(frozen=True)
class Exchange:
    """One turn on the page, from the moment it is asked until it is answered or has failed.

    `citations` and `draft` are what has arrived so far; `failure` is a sentence for the reader.
    """

    question: str
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    failure: str = ""
    waiting: str = ""


def dialogue(exchanges: Sequence[Exchange], welcome: str) -> str:
    """Return all turns, oldest first; the welcome where there is none yet."""
    if not exchanges:
        return welcome
    turns = "".join(_turn(number, exchange) for number, exchange in enumerate(exchanges, 1))
    return f'<h2 class="sr-only">Questions and answers</h2>{turns}'


def announcement(exchange: Exchange) -> str:
    """Return what a screen reader says of the turn as it stands."""
    answer = exchange.answer
    if exchange.failure:
        return exchange.failure
    if answer is None:
        return exchange.waiting or "Looking in the stories."
    if answer.kind is Kind.NOT_FOUND:
        return f"{_refusal_label(answer)}. {answer.message}"
    return f"Answer with {counted(len(answer.citations), 'quote')}. {answer.text}"


def _turn(number: int, exchange: Exchange) -> str:
    question = exchange.question
    if len(question) > _LONGEST_SHOWN:
        question = question[:_LONGEST_SHOWN].rstrip() + " …"
    return (
        f'<section class="turn" id="turn-{number}" aria-labelledby="question-{number}">'
        f'<h3 class="question" id="question-{number}" dir="auto">{escaped(question)}</h3>'
        f"{_reply(number, exchange)}</section>"
    )


def _reply(number: int, exchange: Exchange) -> str:
    if exchange.failure:
        return f'<div class="failure"><p>{escaped(exchange.failure)}</p></div>'
    if exchange.answer is None:
        return _arriving(exchange)
    if exchange.answer.kind is Kind.NOT_FOUND:
        return _refusal(exchange.answer)
    return _answered(number, exchange.answer)


def _arriving(exchange: Exchange) -> str:
    if exchange.draft and exchange.citations:  # without any, what arrives is a refusal
        return f'<div class="answer"><p class="said" dir="auto">{escaped(exchange.draft)}</p></div>'
    waiting = exchange.waiting or "Looking in the stories …"
    return f'<p class="waiting"><span class="dots" aria-hidden="true"></span>{escaped(waiting)}</p>'


def _answered(number: int, answer: Answer) -> str:
    cited = {citation.n: citation for citation in answer.citations}
    said = "".join(_said(number, sentence, cited, answer.mode) for sentence in answer.sentences)
    partly = ""
    if answer.kind is Kind.PARTLY:
        words = answer.message or "The stories tell only a part of this."
        partly = f'<p class="partly" dir="auto">{escaped(words)}</p>'
    language = f' lang="{escaped(answer.language)}"' if answer.mode is Mode.WRITTEN else ""
    return (
        f'<div class="answer"{language}>{partly}{said}</div>'
        f'<p class="basis">{_basis(number, answer)}</p>{_copying(answer)}'
    )


def _said(number: int, sentence: Sentence, cited: Mapping[int, Citation], mode: Mode) -> str:
    text, place = sentence.text, ""
    first = cited[sentence.citations[0]]
    lead = f"{first.city}, {first.country} ({first.year}): "
    if mode is Mode.QUOTES and text.startswith(lead):
        text = text.removeprefix(lead)
        place = f'<span class="place">{escaped(lead.strip())}</span> '
    marks = "".join(_mark(number, cited[n]) for n in sentence.citations)
    style = "said quoted" if mode is Mode.QUOTES else "said"
    return f'<p class="{style}" dir="auto">{place}{_held_together(text, marks)}</p>'


def _held_together(text: str, marks: str) -> str:
    """Return text and numbers as HTML in which no number stands alone at the start of a line."""
    before, space, last = text.rpartition(" ")
    if len(last) > _LONGEST_WORD:
        return escaped(text) + marks
    return f'{escaped(before + space)}<span class="together">{escaped(last)}{marks}</span>'


def _mark(number: int, citation: Citation) -> str:
    place = f"{citation.city}, {citation.year}"
    return (
        f'<a class="cite" id="cite-{number}-{citation.n}" href="#card-{number}-{citation.n}"'
        f' data-cite="{number}-{citation.n}" data-turn="{number}"'
        f' aria-label="Evidence {citation.n}: {escaped(place)}">{citation.n}</a>'
    )


def _basis(number: int, answer: Answer) -> str:
    quotes = counted(len(answer.citations), "quote")
    stories = counted(len({citation.story for citation in answer.citations}), "story", "stories")
    parts = [
        f'<a class="show-evidence" href="#evidence-{number}" data-turn="{number}">'
        f"{quotes} from {stories}</a>"
    ]
    if answer.standalone.strip() not in ("", answer.question.strip()):
        parts.append(f"understood as <bdi>“{escaped(answer.standalone)}”</bdi>")
    if answer.about:
        parts.append(f"about <bdi>{escaped(answer.about)}</bdi>")
    return '<span class="dot" aria-hidden="true"> · </span>'.join(parts)


def _copying(answer: Answer) -> str:
    """Return the buttons that take an answer elsewhere: its address, and its text with sources."""
    buttons = [
        '<button type="button" class="quiet" data-copy="'
        f'{escaped(_with_references(answer))}">Copy with references</button>'
    ]
    question = answer.standalone or answer.question
    if len(question) <= _LONGEST_LINKED:
        address = escaped(question_address(question))
        buttons.insert(
            0,
            f'<button type="button" class="quiet" data-copy-address="{address}">Copy link</button>',
        )
    return f'<p class="copying">{"".join(buttons)}</p>'


def _with_references(answer: Answer) -> str:
    said = [
        sentence.text + "".join(f" [{n}]" for n in sentence.citations)
        for sentence in answer.sentences
    ]
    references = []
    for citation in answer.citations:
        place = f"{citation.city}, {citation.country} ({citation.year})"
        section = f", “{citation.section}”" if citation.section else ""
        sources = "; ".join(
            ", ".join(str(part) for part in (s.title, s.publisher, s.year, s.url) if part)
            for s in citation.sources
        )
        line = f"[{citation.n}] {place}: {citation.title}{section}."
        references.append(f"{line} Sources: {sources}." if sources else line)
    return "\n".join([answer.question, "", *said, "", *references])


def _refusal(answer: Answer) -> str:
    near = ""
    if answer.nearest:
        items = "".join(f"<li>{_near(story)}</li>" for story in answer.nearest)
        near = f'<p class="near-label">Stories that come close</p><ul class="near">{items}</ul>'
    return (
        f'<div class="refusal"><p class="refusal-label">{_refusal_label(answer)}</p>'
        f'<p class="why" dir="auto" lang="{escaped(answer.language)}">{escaped(answer.message)}</p>'
        f"{near}</div>"
    )


def _near(story: Nearest) -> str:
    return story_link(
        story_address(story.story),
        f'<span class="place">{escaped(story.city)}, {escaped(story.country)}</span> '
        f'<span class="year">{story.year}</span>'
        f'<span class="story-title">{escaped(story.title)}</span>',
    )


def _refusal_label(answer: Answer) -> str:
    return _NOT_ASKED.get(answer.reason, _NOT_TOLD) if answer.reason else _NOT_TOLD


def welcome(stories: int, examples: Iterable[tuple[str, str, str]]) -> str:
    """Return what stands in place of a dialogue before the first question.

    `examples` are triples of a label, a question, and the question's language.
    """
    items = "".join(
        f'<li><a href="{escaped(question_address(question))}" data-ask="{escaped(question)}">'
        f'<span class="example-label" dir="auto">{escaped(label)}</span>'
        f'<span class="example" lang="{escaped(language)}" dir="auto">{escaped(question)}</span>'
        "</a></li>"
        for label, question, language in examples
    )
    return (
        '<div class="welcome"><h2>What have learning cities tried, and how did they do it?</h2>'
        f"<p>Ask in your own language. The answer comes from {stories} stories of cities that won "
        "the UNESCO Learning City Award. Every sentence is a quote; beside it you see where it "
        "stands, and which public sources it rests on.</p>"
        f'<p class="examples-label">Try one of these</p><ul class="examples">{items}</ul></div>'
    )
