"""An answer as it arrives: asked in a thread of its own, listened to without blocking.

The page's server waits for many answers at once. A reader who stops one, or closes the browser, is
noticed while nothing arrives as well: the listening ends at once, and the answering with it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing, suppress
from typing import cast

from assistant.answer import Event

PULSE = 0.25  # seconds without an event after which the listener may look who still waits
_TOGETHER = 0.02  # seconds; what comes within them is shown at once

_End = BaseException | None


async def arriving(
    ask: Callable[[], Iterator[Event]], pulse: float = PULSE
) -> AsyncGenerator[tuple[Event, ...], None]:
    """Yield the events of an answer in their order; those that came together come as one tuple.

    An empty tuple says that nothing came for a while. Closing this iterator closes the one that
    `ask` returned, in its own thread, as soon as that gets to its next event.

    :param ask: begins to answer; called in a thread, which it may block.
    :param pulse: seconds.
    :raises Exception: whatever the answering raised.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Event | _End] = asyncio.Queue()
    left = threading.Event()

    def tell(item: Event | _End) -> None:
        with suppress(RuntimeError):  # the loop is closed: the app ends, and nobody listens
            loop.call_soon_threadsafe(queue.put_nowait, item)

    thread = threading.Thread(target=_answer, args=(ask, tell, left), name="answering", daemon=True)
    thread.start()
    try:
        ended = False
        while not ended:
            together, ended = await _next(queue, pulse)
            yield together
    finally:
        left.set()


def _answer(
    ask: Callable[[], Iterator[Event]], tell: Callable[[Event | _End], None], left: threading.Event
) -> None:
    """Tell every event and then how it ended, until the listener has left."""
    try:
        with closing(cast("Generator[Event]", ask())) as events:
            for event in events:
                if left.is_set():
                    return
                tell(event)
    except BaseException as failure:
        tell(failure)
    else:
        tell(None)


async def _next(queue: asyncio.Queue[Event | _End], pulse: float) -> tuple[tuple[Event, ...], bool]:
    """Return the events that came, and whether they are the last."""
    together: list[Event] = []
    try:
        item = await asyncio.wait_for(queue.get(), pulse)
    except TimeoutError:
        return (), False
    await asyncio.sleep(_TOGETHER)
    while True:
        if isinstance(item, BaseException):
            raise item
        if item is None:
            return tuple(together), True
        together.append(item)
        if queue.empty():
            return tuple(together), False
        item = queue.get_nowait()
