"""A deadline that holds even where the work hangs in code that knows none."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from chalicelib.errors import TransientError

T = TypeVar("T")


def in_time(work: Callable[[], T], deadline: float) -> T:
    """What `work` returns or raises, or `TransientError` at `deadline` (`time.monotonic()`).

    No time-out of an HTTP library covers a name look-up that hangs. So the work has a thread of
    its own, which cannot be stopped; as a daemon, it does not keep the process alive.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except Exception as error:
            # The edge of a thread: whoever waits for the answer has to hear of it.
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return answer.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError as error:
        raise TransientError("no answer in time") from error
