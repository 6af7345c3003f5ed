"""The Ask page: a chat, and beside it the evidence that each answer rests on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answer import Event, EvidenceFound, Finished, TextAdded
from assistant.errors import AssistantError
from assistant.pages.dialogue import Exchange, announcement, dialogue, welcome
from assistant.pages.evidence_panel import evidence_panel
from assistant.pages.frame import TITLE
from assistant.pages.markup import escaped
from assistant.question import Turn
from corpus.errors import CorpusError
from corpus.library import Library
from index.errors import IndexFailure

if TYPE_CHECKING:  # the service brings the encoder along, which takes seconds to import
    from assistant.service import Assistant

_log = logging.getLogger(__name__)

AT_ONCE = 16  # questions answered at the same time; more wait
WAITING = 200  # questions that may wait; more are told that it is busy
_GETTING_READY = "Getting ready: the stories are being opened. Your question is next …"
_WENT_WRONG = "Something went wrong with this question. Please ask again, or ask differently."
_EXAMPLES = (
    ("A fact", "How much does Cork's festival week cost?", "en"),
    ("How it is done", "How does Espoo let pupils decide about money for youth services?", "en"),
    (
        "En français",
        "Comment Clermont-Ferrand fait-elle voter les habitants sur une part du budget ?",
        "fr",
    ),
    ("بالعربية", "ما الذي تفعله ينبع لقياس تقدم التعلم؟", "ar"),
    ("Across cities", "How do cities bring learning to people who cannot read?", "en"),
    ("Not told", "What does Reykjavik do for adult learners?", "en"),
)

Shown = tuple[Any, ...]


def ask_page(library: Library, opening: Future[Assistant]) -> gr.Blocks:
    """Return the Ask page.

    library: the stories that are listed beside the chat.
    opening: gives the assistant once its encoder and index stand; questions asked before wait.
    """
    stories = library.stories()
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        exchanges = gr.State(())
        gr.HTML(_MASTHEAD, elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                said = _panel(dialogue((), welcome(len(stories), _EXAMPLES)), "dialogue")
                with gr.Row(elem_id="composer"):
                    question = _question_box()
                    send = gr.Button("Ask", variant="primary", elem_id="send", min_width=0)
            with gr.Column(elem_id="evidence"):
                evidence = _panel(evidence_panel((), stories), "evidence-panel")
        status = gr.HTML(_status(""), elem_id="status", apply_default_css=False)
        gr.HTML(_colophon(len(stories)), elem_id="colophon", apply_default_css=False)
        shown = [question, said, evidence, status, exchanges]
        answering = _answering(library, opening)
        gr.on(
            [question.submit, send.click],
            answering,
            [question, exchanges],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        page.load(
            _asked_by_address(library, answering),
            [exchanges],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING, api_open=False)
    return page


def _answering(
    library: Library, opening: Future[Assistant]
) -> Callable[[str, tuple[Exchange, ...]], Iterator[Shown]]:
    def answering(question: str, before: tuple[Exchange, ...]) -> Iterator[Shown]:
        """Show one question's turn, again and again as its answer arrives."""
        if not question.strip():
            yield (*[gr.skip()] * 3, _status("Type a question first."), gr.skip())
            return
        stories = library.stories()
        for exchange in _exchange(question.strip(), before, opening):
            turns = (*before, exchange)
            yield (
                "",
                dialogue(turns, ""),
                evidence_panel(turns, stories),
                _status(announcement(exchange)),
                turns,
            )

    return answering


def _exchange(
    question: str, before: Sequence[Exchange], opening: Future[Assistant]
) -> Iterator[Exchange]:
    """Yield the turn as it grows; what goes wrong becomes one sentence of the turn."""
    exchange = Exchange(question)
    yield exchange
    try:
        if not opening.done():
            yield replace(exchange, waiting=_GETTING_READY)
        history = [Turn(e.question, e.answer.text) for e in before if e.answer]
        for event in opening.result().ask(question, history=history):
            exchange = _grown(exchange, event)
            yield exchange
    except (AssistantError, CorpusError, IndexFailure) as failure:
        yield replace(exchange, failure=str(failure))
    except Exception:  # whatever it is, the reader gets a sentence and we get the traceback
        _log.exception("A question failed")
        yield replace(exchange, failure=_WENT_WRONG)


def _grown(exchange: Exchange, event: Event) -> Exchange:
    match event:
        case EvidenceFound():
            return replace(exchange, citations=event.citations)
        case TextAdded():
            return replace(exchange, draft=exchange.draft + event.text)
        case Finished():
            return replace(exchange, answer=event.answer)


def _asked_by_address(
    library: Library, answering: Callable[[str, tuple[Exchange, ...]], Iterator[Shown]]
) -> Callable[..., Iterator[Shown]]:
    def asked_by_address(before: tuple[Exchange, ...], request: gr.Request) -> Iterator[Shown]:
        """Ask what the page's address asks (`/?q=…`); else show the stories as they are now."""
        question = request.query_params.get("q", "")
        if question.strip():
            yield from answering(question, before)
        else:
            stories = library.stories()
            welcoming = dialogue((), welcome(len(stories), _EXAMPLES))
            yield gr.skip(), welcoming, evidence_panel((), stories), gr.skip(), gr.skip()

    return asked_by_address


def _panel(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        placeholder="Ask about learning cities …",
        elem_id="question",
        lines=1,
        max_lines=6,
        scale=1,
        container=True,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
    )


def _status(text: str) -> str:
    return f'<p class="sr-only" role="status" aria-live="polite">{escaped(text)}</p>'


_MASTHEAD = (
    '<a class="skip" href="#question">Skip to the question</a>'
    '<header class="masthead"><h1 class="brand">Learning City Assistant</h1>'
    '<p class="tagline">Answers in quotes from the stories of award-winning cities</p></header>'
)


def _colophon(stories: int) -> str:
    return (
        f'<footer class="colophon"><p>{stories} stories of cities that won the UNESCO Learning '
        "City Award, written from public sources. Every sentence of an answer is a quote from "
        "them; where they do not tell, the assistant says so.</p></footer>"
    )
