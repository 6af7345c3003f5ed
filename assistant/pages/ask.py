"""The Ask page: a chat, and beside it the evidence that each answer rests on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answer import Event
from assistant.errors import AssistantError
from assistant.feedback import report
from assistant.pages.arriving import arriving
from assistant.pages.dialogue import announcement, dialogue, welcome
from assistant.pages.evidence_panel import evidence_panel
from assistant.pages.exchange import Exchange
from assistant.pages.frame import TITLE
from assistant.pages.markup import escaped
from assistant.thread import Turn, turn_of
from corpus.errors import CorpusError
from corpus.library import Library
from corpus.story import Story
from index.errors import IndexFailure

if TYPE_CHECKING:  # the service brings the encoder along, which takes seconds to import
    from assistant.service import Assistant

_log = logging.getLogger(__name__)

AT_ONCE = 16  # questions answered at the same time; more wait
WAITING = 200  # questions that may wait; more are told that it is busy
_GETTING_READY = "Getting ready: the stories are being opened. Your question is next …"
_QUOTES = "Only quotes, nothing written"
_WENT_WRONG = "Something went wrong with this question. Please ask again, or ask differently."
EXAMPLES = (
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
Answering = AsyncGenerator[Shown, None]
_SAME = (gr.skip(),) * 7  # nothing that is shown changes


def ask_page(
    library: Library, opening: Future[Assistant], feedback: Path | None = None
) -> gr.Blocks:
    """Return the Ask page.

    library: the stories that are listed beside the chat.
    opening: gives the assistant once its encoder and index stand; questions asked before wait.
    feedback: where answers that readers report are kept; None: they cannot report any.
    """
    stories = library.stories()
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        exchanges = gr.State(())
        gr.HTML(_MASTHEAD, elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                said = _panel(dialogue((), welcome(len(stories), EXAMPLES)), "dialogue")
                with gr.Row(elem_id="composer"):
                    question = _question_box()
                    send = gr.Button("Ask", variant="primary", elem_id="send", min_width=0)
                    stop = gr.Button("Stop", elem_id="stop", min_width=0, visible=False)
                    alone = gr.Button("Ask alone", elem_id="ask-alone", visible="hidden")
                    quotes = gr.Checkbox(label=_QUOTES, elem_id="quotes", container=False)
            with gr.Column(elem_id="evidence"):
                evidence = _panel(evidence_panel((), stories), "evidence-panel")
        status = gr.HTML(_status(""), elem_id="status", apply_default_css=False)
        gr.HTML(_colophon(len(stories)), elem_id="colophon", apply_default_css=False)
        shown = [question, said, evidence, status, exchanges, send, stop]
        desk = _Desk(library, opening, feedback)
        typed = [question, quotes, exchanges]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        gr.on([question.submit, send.click], desk.ask, typed, shown, **quiet)
        alone.click(desk.ask_alone, typed, shown, **quiet)
        if feedback:
            turn, reporting = _report_button()
            reporting.click(desk.report, [turn, exchanges], [said, status, exchanges], **quiet)
        stop.click(desk.stop, None, None, queue=False, **quiet)
        page.load(desk.ask_by_address, [quotes, exchanges], shown, **quiet)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING, api_open=False)
    return page


@dataclass
class _Run:
    """A question that is being answered for a reader."""

    stopped: bool = False


@dataclass
class _Desk:
    """What the page's buttons do. `running`: by session, the question that it waits for."""

    library: Library
    opening: Future[Assistant]
    feedback: Path | None = None
    running: dict[str, _Run] = field(default_factory=dict)

    async def ask(
        self, question: str, quotes: bool, before: tuple[Exchange, ...], request: gr.Request
    ) -> Answering:
        """Show one question's turn, again and again as its answer arrives."""
        if not question.strip():
            yield (*_SAME[:3], _status("Type a question first."), *_SAME[4:])
            return
        exchange = Exchange(question.strip(), follows=any(e.answer for e in before))
        async with aclosing(self._answering(exchange, quotes, before, request)) as shown:
            async for each in shown:
                yield each

    async def ask_alone(
        self, question: str, quotes: bool, before: tuple[Exchange, ...], request: gr.Request
    ) -> Answering:
        """Show a question's turn that takes nothing from those before it."""
        exchange = Exchange(question.strip())
        async with aclosing(self._answering(exchange, quotes, before, request)) as shown:
            async for each in shown:
                yield each

    async def ask_by_address(
        self, quotes: bool, before: tuple[Exchange, ...], request: gr.Request
    ) -> Answering:
        """Ask what the page's address asks (`/?q=…`); else show the stories as they are now."""
        question = request.query_params.get("q", "")
        if question.strip():
            async with aclosing(self.ask(question, quotes, before, request)) as shown:
                async for each in shown:
                    yield each
        else:
            stories = await asyncio.to_thread(self.library.stories)
            welcoming = dialogue((), welcome(len(stories), EXAMPLES))
            yield (gr.skip(), welcoming, evidence_panel((), stories), *_SAME[3:])

    def stop(self, request: gr.Request) -> None:
        """Stop answering; what was shown stays."""
        if run := self.running.get(request.session_hash or ""):
            run.stopped = True

    def report(self, turn: str, turns: tuple[Exchange, ...]) -> Shown:
        """Keep a turn's answer for the people who run this assistant."""
        at = int(turn) - 1 if turn.isdecimal() and len(turn) < 6 else -1
        reported = turns[at] if 0 <= at < len(turns) else None
        if not (self.feedback and reported and reported.answer) or reported.reported:
            return (gr.skip(),) * 3
        try:
            report(self.feedback, reported.answer, reported.retrieved)
        except AssistantError as failure:
            return gr.skip(), _status(str(failure)), gr.skip()
        turns = (*turns[:at], replace(reported, reported=True), *turns[at + 1 :])
        return dialogue(turns, "", True), _status("Reported. Thank you."), turns

    async def _answering(
        self,
        exchange: Exchange,
        quotes: bool,
        before: tuple[Exchange, ...],
        request: gr.Request,
    ) -> Answering:
        session, run = request.session_hash or "", _Run()
        self.running[session] = run
        stories = await asyncio.to_thread(self.library.stories)
        try:
            async with aclosing(self._growing(exchange, quotes, before)) as growing:
                async for grown in growing:
                    if self.running.get(session) is not run:
                        return  # the reader asked something else meanwhile
                    if run.stopped and not grown.ended:
                        yield self._shown((*before, replace(grown, stopped=True)), stories)
                        return
                    yield _SAME if grown is exchange else self._shown((*before, grown), stories)
                    exchange = grown
        finally:
            if self.running.get(session) is run:
                del self.running[session]

    async def _growing(
        self, exchange: Exchange, quotes: bool, before: Sequence[Exchange]
    ) -> AsyncGenerator[Exchange, None]:
        """Yield the turn as it grows, and unchanged now and then while it does not.

        What goes wrong becomes one sentence of the turn.
        """
        ready = self.opening.done()
        exchange = replace(exchange, waiting="" if ready else _GETTING_READY)
        yield exchange
        history = _history(exchange, before)

        def ask() -> Iterator[Event]:
            return self.opening.result().ask(exchange.question, history=history, quotes=quotes)

        try:
            async with aclosing(arriving(ask)) as arrived:
                async for events in arrived:
                    for event in events:
                        exchange = exchange.grown(event)
                    yield exchange
        except (AssistantError, CorpusError, IndexFailure) as failure:
            yield replace(exchange, failure=str(failure))
        except Exception:  # whatever it is, the reader gets a sentence and we get the traceback
            _log.exception("A question failed")
            yield replace(exchange, failure=_WENT_WRONG)

    def _shown(self, turns: tuple[Exchange, ...], stories: Sequence[Story]) -> Shown:
        """Return what the page shows after some turns, as its outputs want it."""
        last = turns[-1]
        waits = not last.ended and bool(last.citations or last.waiting)
        began = not (last.ended or last.citations)  # later, the next question may stand there
        return (
            "" if began else gr.skip(),
            dialogue(turns, "", bool(self.feedback)),
            evidence_panel(turns, stories),
            _status(announcement(last)),
            turns,
            gr.Button(visible=not waits),
            gr.Button(visible=waits),
        )


def _history(exchange: Exchange, before: Sequence[Exchange]) -> list[Turn]:
    """Return the conversation of a turn, back to where it began."""
    turns: list[Turn] = []
    if exchange.follows:
        for earlier in before:
            if not earlier.follows:
                turns = []
            if earlier.answer:
                turns.append(turn_of(earlier.answer))
    return turns


def _panel(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def _report_button() -> tuple[gr.Textbox, gr.Button]:
    """Return what the page's script fills in and presses when a reader reports a turn."""
    turn = gr.Textbox(elem_id="report-turn", visible="hidden")
    return turn, gr.Button("Report", elem_id="report", visible="hidden")


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
    '<p class="tagline">Answers from the stories of award-winning cities, with the quotes they '
    "rest on</p></header>"
)


def _colophon(stories: int) -> str:
    return (
        f'<footer class="colophon"><p>{stories} stories of cities that won the UNESCO Learning '
        "City Award, written from public sources. Every sentence of an answer is a quote from "
        "them, or was checked against the quotes it cites; where they do not tell, the assistant "
        "says so.</p></footer>"
    )
