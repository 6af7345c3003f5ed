"""The web app: builds the pages and starts the server; it decides nothing itself.

`python app.py` serves with the settings of the environment. The page is up before the encoder is:
a question that comes earlier waits for it.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

# Gradio reads these when it is imported: nothing is reported to anyone, no page is prerendered.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_SSR_MODE"] = "False"

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount

from assistant.errors import AssistantError
from assistant.pages.ask import EXAMPLES, ask_page
from assistant.pages.door import PATH as STAFF
from assistant.pages.door import StaffDoor, no_staff_routes, staff_routes
from assistant.pages.frame import ASSETS, OurDocument
from assistant.pages.office import Office
from assistant.pages.session import Password, Sessions
from assistant.pages.staff import staff_page
from assistant.pages.story_page import missing_story_page, story_page
from assistant.pages.theme import page_theme
from assistant.saved_questions import SavedQuestions
from assistant.settings import Settings
from corpus.errors import CorpusError
from corpus.library import Library
from corpus.reading.apart import LARGEST
from index.errors import IndexFailure

if TYPE_CHECKING:  # brings the encoder along, which takes seconds to import
    from assistant.service import Assistant


def create_app(assistant: Assistant) -> FastAPI:
    """Return the web app over an assistant that is ready."""
    opening: Future[Assistant] = Future()
    opening.set_result(assistant)
    return build_app(assistant.library, opening)


def build_app(
    library: Library,
    opening: Future[Assistant],
    office: Office | None = None,
    staff_password: str = "",
    feedback: Path | None = None,
) -> FastAPI:
    """Return the web app over an assistant that is still being opened.

    office: what the staff page works with; without it, or without a password, there is none.
    feedback: where answers that readers report are kept; None: they cannot report any.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(OurDocument)
    app.mount("/pages", StaticFiles(directory=ASSETS))

    @app.get("/health")
    def health() -> dict[str, str | int]:
        ready = opening.done() and not opening.exception()
        return {"status": "ready" if ready else "starting", "stories": len(library.stories())}

    @app.get("/story/{slug}", response_class=HTMLResponse)
    def story(slug: str, quote: str = "") -> HTMLResponse:
        try:
            return HTMLResponse(story_page(library.get(slug), quote))
        except CorpusError as missing:
            return HTMLResponse(missing_story_page(str(missing)), status_code=404)

    if office and staff_password:
        sessions = Sessions()
        app.include_router(staff_routes(Password(staff_password), sessions))
        # Gradio says "Error" of a file that is too large; up to here our own sentence does.
        mounted = _mount(app, staff_page(office), STAFF, largest_file=4 * LARGEST)
        mounted.app = StaffDoor(mounted.app, sessions)
    else:
        app.include_router(no_staff_routes())
    _mount(app, ask_page(library, opening, feedback), "/", largest_file=0)
    return app


def _mount(app: FastAPI, page: gr.Blocks, path: str, largest_file: int) -> Mount:
    """Mount a page of Gradio's; what is mounted later is asked later."""
    gr.mount_gradio_app(
        app,
        page,
        path=path,
        theme=page_theme(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        max_file_size=largest_file,
    )
    mounted = app.routes[-1]
    assert isinstance(mounted, Mount), "mounting a page adds its route"
    return mounted


def serve(settings: Settings) -> None:
    """Serve until interrupted, and say where once the page answers.

    Raises AssistantError if the address cannot be used, and what `Assistant.open` raises.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by either: closed in order
    opening: Future[Assistant] = Future()
    with _listening(settings.host, settings.port) as listener:
        library = Library(settings.added)
        questions = SavedQuestions(settings.data, [question for _, question, _ in EXAMPLES])
        office = Office(library, opening, questions) if settings.staff_password else None
        app = build_app(library, opening, office, settings.staff_password, settings.feedback)
        _open(settings, opening, office)  # not earlier: two heavy imports at once delay each other
        server = _Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        server.address = f"http://{settings.host}:{listener.getsockname()[1]}"
        opening.add_done_callback(server.stop_without_assistant)
        try:
            server.run(sockets=[listener])
        finally:
            questions.stop()
            if opening.done() and not opening.exception():
                opening.result().close()
    if opening.done():
        opening.result()


class _Server(uvicorn.Server):
    address = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell the person at the terminal where the page is."""
        await super().startup(sockets)
        if self.started:
            print(f"Open {self.address}", flush=True)

    def stop_without_assistant(self, opening: Future[Assistant]) -> None:
        """End the server when the assistant could not be opened: `serve` then says why."""
        if opening.exception():
            self.should_exit = True


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address: a port in use is told before anything is loaded."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise AssistantError(
            f"The address {host}:{port} cannot be used ({os.strerror(error.errno or 0)}): "
            "choose another with LEARNING_CITY_HOST and LEARNING_CITY_PORT."
        ) from error


def _open(settings: Settings, opening: Future[Assistant], office: Office | None) -> None:
    """Open the assistant in a thread that does not keep the process alive.

    office: looks after each change which saved questions readers get another answer to.
    """

    def open_assistant() -> None:
        try:
            from assistant.service import Assistant

            assistant = Assistant.open(settings)
            assistant.live.follow(office.stories_changed if office else lambda: None)
            opening.set_result(assistant)
        except BaseException as failure:  # `serve` raises it in the thread that can be told
            opening.set_exception(failure)

    threading.Thread(target=open_assistant, name="opening", daemon=True).start()


def main() -> int:
    """Serve with the environment's settings; return the exit status."""
    try:
        serve(Settings.from_environment())
    except (AssistantError, CorpusError, IndexFailure) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
