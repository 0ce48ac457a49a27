"""A deadline that holds, however slowly the other side answers.

    caller    ├── waits ─────┤ deadline: TransientError
    thread    ├── the call ──┼──────────────────┤ its end, which nobody hears

The time-outs of an HTTP library are for one connection and one read: a server that sends a byte a
second meets them all, and a name look-up knows none. So the call has a thread of its own.

A thread cannot be stopped. One that is left behind ends with its call, and may have been frozen
with its function for hours by then. So what is called through here has to be harmless when it takes
effect late, or after a second call has. It is: writes to DynamoDB have conditions and bear the time
they were asked for, a push has its retry key, S3 keeps what is there, a message more finds nothing
to do; the rest only reads.
"""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Lock, Thread
from typing import TypeVar

from chalicelib.errors import TransientError

T = TypeVar("T")

AWS_SECONDS = 9.0
"""For one call to DynamoDB, SQS or SSM: the SDK's three tries of 1 + 2 s."""
MOST_LEFT_BEHIND = 40
"""Calls to one system that still hang after their callers have gone. Lambda allows a function 1,024
threads and as many open files."""

_left_behind: Counter[str] = Counter()
_lock = Lock()


def in_time(whom: str, call: Callable[[], T], deadline: float) -> T:
    """What `call`, which asks the system `whom`, returns or raises.

    Raises `TransientError` at `deadline` (`time.monotonic()` seconds), and at once while too many
    calls to the same system hang.
    """
    if _left_behind[whom] >= MOST_LEFT_BEHIND:
        raise TransientError(f"{whom} has not answered {MOST_LEFT_BEHIND} calls before this one")
    answer: Future[T] = Future()
    is_left_behind = False

    def run() -> None:
        try:
            answer.set_result(call())
        except Exception as error:
            # The edge of a thread: whoever waits for the answer has to hear of it.
            answer.set_exception(error)
        with _lock:
            if is_left_behind:
                _left_behind[whom] -= 1

    # A daemon: it does not keep the process alive.
    Thread(target=run, name=f"asks {whom}", daemon=True).start()
    wait([answer], timeout=max(0.0, deadline - time.monotonic()))
    with _lock:
        if not answer.done():
            is_left_behind = True
            _left_behind[whom] += 1
            raise TransientError(f"{whom} did not answer in time")
    return answer.result()
