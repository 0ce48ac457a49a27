"""Threads that wait for one another's answer, and a test that knows when all of them do."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PATIENCE = 8
"""Seconds."""


class Asked:
    """A clock that counts who has looked at it: each of those who ask does so before they wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.looks = 0
        self._clock = clock
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            self.looks += 1
        return self._clock()


def outcomes(call: Callable[[], Any], *, callers: int = 10) -> list[Any]:
    """What each of ten threads gets, or the class of what it meets."""

    def caught(_: int) -> Any:
        try:
            return call()
        except Exception as error:
            return type(error)

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(caught, range(callers)))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
