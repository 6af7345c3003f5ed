"""What several tests of the index need."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest


@pytest.fixture
def time_limit() -> Callable[[float], AbstractContextManager[None]]:
    """Hold that something takes no longer than so many seconds of this process's own time."""

    @contextmanager
    def limit(seconds: float) -> Iterator[None]:
        start = time.process_time()
        yield
        assert time.process_time() - start < seconds

    return limit
