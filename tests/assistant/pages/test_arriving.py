"""An answer listened to while it arrives: in order, without blocking, and ended when left."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from assistant.answer import Event, TextAdded
from assistant.errors import AssistantError
from assistant.pages.arriving import arriving


def test_events_come_in_their_order_and_those_at_once_come_together() -> None:
    def ask() -> Iterator[Event]:
        yield TextAdded("a")
        yield TextAdded("b")
        time.sleep(0.2)
        yield TextAdded("c")

    async def listen() -> list[tuple[Event, ...]]:
        return [events async for events in arriving(ask) if events]

    assert asyncio.run(listen()) == [(TextAdded("a"), TextAdded("b")), (TextAdded("c"),)]


def test_a_listener_that_leaves_is_free_at_once_and_the_answering_is_closed() -> None:
    go_on, closed = threading.Event(), threading.Event()

    def ask() -> Iterator[Event]:
        try:
            yield TextAdded("a")
            go_on.wait(5)
            yield TextAdded("b")
        finally:
            closed.set()

    async def listen() -> float:
        async with aclosing(arriving(ask, pulse=0.05)) as arrived:
            async for events in arrived:
                if not events:
                    break
            started = time.monotonic()
        return time.monotonic() - started

    assert asyncio.run(listen()) < 0.1
    assert not closed.is_set()
    go_on.set()
    assert closed.wait(1)


def test_a_failure_of_the_answering_reaches_the_listener() -> None:
    def ask() -> Iterator[Event]:
        yield TextAdded("a")
        raise AssistantError("It failed.")

    async def listen() -> None:
        async for _ in arriving(ask):
            pass

    with pytest.raises(AssistantError, match="It failed"):
        asyncio.run(listen())


def test_many_answers_are_listened_to_at_once() -> None:
    def ask() -> Iterator[Event]:
        time.sleep(0.3)
        yield TextAdded("a")

    async def listen() -> None:
        async for _ in arriving(ask):
            pass

    async def all_at_once() -> None:
        await asyncio.gather(*(listen() for _ in range(20)))

    started = time.monotonic()
    asyncio.run(all_at_once())
    assert time.monotonic() - started < 3
