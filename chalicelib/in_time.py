"""A deadline that holds, however slowly the other side answers.

    caller    ├── waits ─────┤ deadline: TransientError
    thread    ├── the call ──┼──────────────────┤ its end, which nobody hears

The time-outs of an HTTP library are for one connection and one read: a server that sends a byte a
second meets them all, and a name look-up knows none. So the call is made by another thread. Those
that have made theirs are kept for the next calls: starting one takes the CPU several times as long
as handing a call over.

A thread cannot be stopped. One that is left behind ends with its call, and may have been frozen
with its function for hours by then. So what is called through here has to be harmless when it takes
effect late, or after a second call has. It is: writes to DynamoDB have conditions and bear the time
they were asked for, a push has its retry key, S3 keeps what is there, a message more finds nothing
to do; the rest only reads.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

from chalicelib.errors import TransientError

T = TypeVar("T")

AWS_SECONDS = 9.0
"""For one call to DynamoDB, SQS or SSM: the SDK's three tries of 1 + 2 s."""
MOST_LEFT_BEHIND = 40
"""Calls to one system that still hang after their callers have gone. Lambda allows a function 1,024
threads and as many open files."""
MOST_KEPT = 20
"""Threads that wait for a call to make: about as many as a batch of ten orders has at once."""

_left_behind: Counter[str] = Counter()
_lock = Lock()


def in_time(whom: str, call: Callable[[], T], deadline: float) -> T:
    """What `call`, which asks the system `whom`, returns or raises.

    Raises `TransientError` at `deadline` (`time.monotonic()` seconds), and at once while too many
    calls to the same system hang.
    """
    if _left_behind[whom] >= MOST_LEFT_BEHIND:
        raise TransientError(f"{whom} has not answered {MOST_LEFT_BEHIND} calls before this one")
    asked = _Call(whom, call)
    _hand_over(asked)
    asked.ended.acquire(timeout=max(0.0, deadline - time.monotonic()))
    with _lock:
        if not asked.has_ended:
            asked.is_left_behind = True
            _left_behind[whom] += 1
            raise TransientError(f"{whom} did not answer in time")
    return asked.outcome()


class _Call(Generic[T]):
    """One call, and what became of it."""

    __slots__ = ("_answer", "_call", "_error", "ended", "has_ended", "is_left_behind", "whom")

    def __init__(self, whom: str, call: Callable[[], T]) -> None:
        self.whom = whom
        self._call = call
        self._error: Exception | None = None
        self.has_ended = False
        self.is_left_behind = False
        self.ended = Lock()
        """Held until the call has ended."""
        self.ended.acquire()

    def make(self) -> None:
        try:
            self._answer = self._call()
        except Exception as error:
            # The edge of a thread: whoever waits for the answer has to hear of it.
            self._error = error
        with _lock:
            self.has_ended = True
            if self.is_left_behind:
                _left_behind[self.whom] -= 1

    def outcome(self) -> T:
        if self._error is None:
            return self._answer
        try:
            raise self._error
        finally:
            # The error's traceback holds this frame.
            del self


class _Asker(Thread):
    """A thread that makes one call after another."""

    def __init__(self) -> None:
        super().__init__(daemon=True)  # It does not keep the process alive.
        self.calls: SimpleQueue[_Call[Any]] = SimpleQueue()

    def run(self) -> None:
        is_kept = True
        while is_kept:
            asked = self.calls.get()
            asked.make()
            self.name = "asks nobody"
            is_kept = len(_idle) < MOST_KEPT
            if is_kept:
                _idle.append(self)
            asked.ended.release()
            del asked  # Its answer is not kept until the next call.


_idle: list[_Asker] = []
os.register_at_fork(after_in_child=_idle.clear)  # A child has none of its parent's threads.


def _hand_over(asked: _Call[Any]) -> None:
    try:
        asker = _idle.pop()
    except IndexError:
        asker = _Asker()
        asker.start()
    asker.name = f"asks {asked.whom}"
    asker.calls.put(asked)
