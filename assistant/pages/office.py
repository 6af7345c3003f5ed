"""What all parts of the staff page work with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.pages import told
from assistant.saved_questions import SavedQuestions
from corpus.errors import CorpusError
from corpus.library import Library
from index.errors import IndexFailure

if TYPE_CHECKING:
    # The service brings the encoder along, which takes seconds to import.
    from assistant.service import Assistant

Updates = dict[Any, Any]
"""What a click changes on the page: new values by component."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

_log = logging.getLogger(__name__)
_WENT_WRONG = "Something went wrong, and nothing was changed by it. Please try again."
_PULSE = 0.2  # seconds between two looks at how far the index is


@dataclass(frozen=True)
class Office:
    """The stories, who answers from them, and the questions that are asked after each change."""

    library: Library
    opening: Future[Assistant]
    saved: SavedQuestions

    def look_for_readers(self) -> None:
        """Ask the saved questions again, if the stories or the questions changed.

        Raises CorpusError if the answers cannot be written.
        """
        assistant = self.opening.result()
        self.saved.look(
            self.library.stories(), lambda question: assistant.answer(question, quotes=True)[0]
        )

    def stories_changed(self) -> None:
        """Look at the saved questions after a change; what goes wrong is logged."""
        with plain_failures(_log.warning):
            self.look_for_readers()

    def indexing(self) -> Iterator[str]:
        """Make index and answers follow the stories; yield HTML that tells how far it is.

        The last one tells how it ended; nothing is raised.
        """
        if not self.opening.done():
            yield told.progress("The index is being opened …", 0, 0)
        done: list[tuple[int, int]] = [(0, 0)]
        failure: list[str] = []

        def update() -> None:
            with plain_failures(failure.append):
                self.opening.result().live.update(lambda _, now, all_: done.append((now, all_)))

        thread = threading.Thread(target=update, name="indexing", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(_PULSE)
            yield told.progress("Indexing the passages …", *done[-1])
        yield told.failed(*(f"It is saved, but not indexed yet: {each}" for each in failure))


@contextmanager
def plain_failures(tell: Callable[[str], object]) -> Iterator[None]:
    """Tell what goes wrong inside in one sentence; the traceback of a fault of ours is logged."""
    try:
        yield
    except (AssistantError, CorpusError, IndexFailure) as failure:
        tell(str(failure))
    except Exception:
        _log.exception("Something on the staff page failed")
        tell(_WENT_WRONG)


def panel(name: str, value: str = "") -> gr.HTML:
    """Return a place for HTML of ours."""
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def doing(name: str) -> tuple[gr.Textbox, gr.Button]:
    """Return the hidden pair by which a link or button in our HTML calls the server.

    `staff.js` puts what stands in `data-with` into the box and presses the button.
    """
    box = gr.Textbox(elem_id=f"{name}-with", visible="hidden", label=name)
    return box, gr.Button(name, elem_id=f"{name}-do", visible="hidden")
