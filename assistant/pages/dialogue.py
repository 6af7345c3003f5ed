"""The left half of the Ask page as HTML: what was asked and what was answered, turn by turn.

An answer's numbers are links to the cards of `evidence_panel`; `data-cite` ties the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from assistant.answer import Answer, Citation, Kind, Mode, Nearest, Sentence
from assistant.pages.exchange import BASIS, Exchange, refusal_label
from assistant.pages.keeping import as_markdown, with_references
from assistant.pages.markup import counted, escaped, question_address, story_address, story_link
from assistant.quoting import lead

_LONGEST_SHOWN = 400  # characters of a question; more would push its answer out of sight
_LONGEST_LINKED = 1_500  # characters; longer addresses are cut by mail programs and proxies
_LONGEST_WORD = 24  # characters; scripts without spaces have no last word to hold on to
_END = "</section>"
_TITLE = "Learning City Assistant: a conversation"


def dialogue(exchanges: Sequence[Exchange], welcome: str, reporting: bool = False) -> str:
    """Return all turns, oldest first; the welcome where there is none yet.

    `reporting`: readers may report an answer.
    """
    if not exchanges:
        return welcome
    *before, last = (
        _turn(number, exchange, reporting) for number, exchange in enumerate(exchanges, 1)
    )
    keeping = _keeping(exchanges) if exchanges[-1].ended else ""
    heading = '<h2 class="sr-only">Questions and answers</h2>'
    return f"{heading}{''.join(before)}{last.removesuffix(_END)}{keeping}{_END}"


def announcement(exchange: Exchange) -> str:
    """Return what a screen reader says of the turn as it stands."""
    answer = exchange.answer
    if exchange.failure:
        return exchange.failure
    if exchange.stopped:
        return "Stopped."
    if answer is None:
        if exchange.citations:
            return f"{counted(len(exchange.citations), 'quote')} found. Writing the answer."
        return exchange.waiting or "Looking in the stories."
    if answer.kind is Kind.NOT_FOUND:
        return f"{refusal_label(answer)}. {answer.message}"
    return f"Answer with {counted(len(answer.citations), 'quote')}. {answer.message} {answer.text}"


def _turn(number: int, exchange: Exchange, reporting: bool) -> str:
    question = exchange.question
    if len(question) > _LONGEST_SHOWN:
        question = question[:_LONGEST_SHOWN].rstrip() + " …"
    return (
        f'<section class="turn" id="turn-{number}" aria-labelledby="question-{number}">'
        f'<h3 class="question" id="question-{number}" dir="auto">{escaped(question)}</h3>'
        f"{_understood(exchange)}{_reply(number, exchange)}"
        f"{_reporting(number, exchange) if reporting and exchange.answer else ''}{_END}"
    )


def _understood(exchange: Exchange) -> str:
    """Return what the question was taken to be about, and the way out of the conversation."""
    answer = exchange.answer
    if not answer or not answer.about:
        return ""
    alone = (
        '<button type="button" class="quiet" data-ask-alone="'
        f'{escaped(exchange.question)}">Ask without the conversation</button>'
    )
    about = f'<span class="about">About: <bdi>{escaped(answer.about)}</bdi></span>'
    return f'<p class="understood">{about}{alone if exchange.follows else ""}</p>'


def _reply(number: int, exchange: Exchange) -> str:
    if exchange.failure:
        return f'<div class="failure"><p>{escaped(exchange.failure)}</p></div>'
    if exchange.answer is None:
        return _arriving(number, exchange)
    if exchange.answer.kind is Kind.NOT_FOUND:
        return _refusal(exchange.answer)
    return _answered(number, exchange.answer)


def _arriving(number: int, exchange: Exchange) -> str:
    """Return what has arrived so far, and what is being done or that it was stopped."""
    draft = ""
    if exchange.draft and exchange.citations:  # without any, what arrives is a refusal
        draft = f'<p class="said" dir="auto">{escaped(exchange.draft)}</p>'
    found = ""
    if exchange.citations:
        found = f" {_evidence_link(number, exchange.citations)}"
    if exchange.stopped:
        return f'<div class="answer">{draft}</div><p class="stopped">Stopped.{found}</p>'
    waiting = exchange.waiting or "Looking in the stories …"
    if exchange.citations:
        waiting = "Writing the answer …"
    dots = '<span class="dots" aria-hidden="true"></span>'
    return (
        f'<div class="answer is-arriving">{draft}</div>'
        f'<p class="waiting">{dots}{escaped(waiting)}{found}</p>'
    )


def _answered(number: int, answer: Answer) -> str:
    note = answer.message
    if answer.kind is Kind.PARTLY:
        note = note or "The stories tell only a part of this."
    if note:
        language = escaped(answer.language)
        note = f'<p class="partly" dir="auto" lang="{language}">{escaped(note)}</p>'
    cited = {citation.n: citation for citation in answer.citations}
    said = _counted if answer.mode is Mode.CATALOGUE else _told
    return (
        f'<div class="answer">{note}{"".join(said(number, answer, cited))}</div>'
        f'<p class="basis">{_basis(number, answer)}</p>{_copying(answer)}'
    )


def _told(number: int, answer: Answer, cited: Mapping[int, Citation]) -> Iterator[str]:
    """Yield what was written as running text, and each quote as a paragraph of its own."""
    for quoted, sentences in groupby(answer.sentences, key=lambda sentence: sentence.quoted):
        if quoted:
            yield from (_quote(number, sentence, cited) for sentence in sentences)
        else:
            text = " ".join(_led(number, s, cited) for s in sentences)
            yield f'<p class="said" dir="auto" lang="{escaped(answer.language)}">{text}</p>'


def _quote(number: int, sentence: Sentence, cited: Mapping[int, Citation]) -> str:
    return f'<p class="said quoted" dir="auto">{_led(number, sentence, cited)}</p>'


def _led(number: int, sentence: Sentence, cited: Mapping[int, Citation]) -> str:
    """Return a sentence with its numbers, and its city, where that leads it, set apart."""
    led = lead(cited[sentence.citations[0]])
    text = sentence.text.removeprefix(led)
    place = "" if text == sentence.text else f'<span class="place">{escaped(led.strip())}</span> '
    return place + _held_together(text, _marks(number, sentence, cited))


def _counted(number: int, answer: Answer, cited: Mapping[int, Citation]) -> Iterator[str]:
    """Yield the sentence that counts, and a list of what was counted, each with its number."""
    first, *lines = answer.sentences
    language = f'dir="auto" lang="{escaped(answer.language)}"'
    marks = "" if lines else _marks(number, first, cited)
    yield f'<p class="said" {language}>{_held_together(first.text, marks)}</p>'
    items = "".join(
        f"<li>{_held_together(line.text, _marks(number, line, cited))}</li>" for line in lines
    )
    if items:
        yield f'<ul class="counted" {language}>{items}</ul>'


def _marks(number: int, sentence: Sentence, cited: Mapping[int, Citation]) -> str:
    return "".join(_mark(number, cited[n]) for n in sentence.citations)


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
    parts = [
        f'<span class="mode mode-{answer.mode.value}">{BASIS[answer.mode]}</span>',
        _evidence_link(number, answer.citations),
    ]
    if answer.standalone.strip() not in ("", answer.question.strip()):
        parts.append(f"understood as <bdi>“{escaped(answer.standalone)}”</bdi>")
    return '<span class="dot" aria-hidden="true"> · </span>'.join(parts)


def _evidence_link(number: int, citations: Sequence[Citation]) -> str:
    quotes = counted(len(citations), "quote")
    stories = counted(len({citation.story for citation in citations}), "story", "stories")
    return (
        f'<a class="show-evidence" href="#evidence-{number}" data-turn="{number}">'
        f"{quotes} from {stories}</a>"
    )


def _copying(answer: Answer) -> str:
    """Return the buttons that take an answer elsewhere: its address, and its text with sources."""
    buttons = [
        '<button type="button" class="quiet" data-copy="'
        f'{escaped(with_references(answer))}">Copy with references</button>'
    ]
    question = answer.standalone or answer.question
    if len(question) <= _LONGEST_LINKED:
        address = escaped(question_address(question))
        buttons.insert(
            0,
            f'<button type="button" class="quiet" data-copy-address="{address}">Copy link</button>',
        )
    return f'<p class="copying">{"".join(buttons)}</p>'


def _reporting(number: int, exchange: Exchange) -> str:
    """Return the button that reports an answer, and what it keeps; or that it was reported."""
    if exchange.reported:
        return '<p class="reporting">Reported, with your question. Thank you.</p>'
    return (
        f'<p class="reporting"><button type="button" class="quiet" data-report="{number}"'
        ' title="Keeps your question and this answer for the people who run this assistant">'
        "Report this answer</button></p>"
    )


def _keeping(exchanges: Sequence[Exchange]) -> str:
    """Return the button that saves the whole conversation."""
    return (
        '<p class="keeping"><button type="button" class="quiet" data-save="'
        f'{escaped(as_markdown(exchanges, _TITLE))}" data-name="learning-cities.md">'
        "Save the conversation (Markdown)</button></p>"
    )


def _refusal(answer: Answer) -> str:
    near = ""
    if answer.nearest:
        items = "".join(f"<li>{_near(story)}</li>" for story in answer.nearest)
        near = f'<p class="near-label">Stories that come close</p><ul class="near">{items}</ul>'
    return (
        f'<div class="refusal"><p class="refusal-label">{refusal_label(answer)}</p>'
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
        "the UNESCO Learning City Award. Every sentence is a quote or was checked against the "
        "quotes it cites; beside it you see where they stand, and which public sources they rest "
        "on.</p>"
        f'<p class="examples-label">Try one of these</p><ul class="examples">{items}</ul></div>'
    )
