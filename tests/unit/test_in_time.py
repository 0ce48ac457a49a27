"""Whoever asks a system that does not answer goes on at the deadline, and does no harm by it."""

import threading
import time
from collections.abc import Iterator

import pytest

from chalicelib.errors import TransientError
from chalicelib.in_time import MOST_LEFT_BEHIND, in_time
from tests.unit.waiting import until

SOON = 0.2


@pytest.fixture
def ends() -> Iterator[threading.Event]:
    """Set, it ends the calls that hang for it; those of a test have ended after it."""
    event = threading.Event()
    yield event
    event.set()
    until(lambda: not asking("LINE"))


def asking(whom: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"asks {whom}"]


def hang(whom: str, ends: threading.Event, *, seconds: float = 0.0) -> None:
    with pytest.raises(TransientError, match=f"{whom} did not answer in time"):
        in_time(whom, lambda: ends.wait(20), time.monotonic() + seconds)


def test_an_answer_and_a_failure_come_through_as_they_are() -> None:
    assert in_time("LINE", lambda: 5, time.monotonic() + 8) == 5
    with pytest.raises(ZeroDivisionError):
        in_time("LINE", lambda: 1 // 0, time.monotonic() + 8)


def test_a_time_out_of_the_calls_own_is_not_the_deadline() -> None:
    def time_out() -> None:
        raise TimeoutError("of a socket")

    with pytest.raises(TimeoutError, match="of a socket"):
        in_time("LINE", time_out, time.monotonic() + 8)


def test_the_caller_goes_on_at_the_deadline(ends: threading.Event) -> None:
    began = time.monotonic()
    hang("LINE", ends, seconds=SOON)
    assert SOON <= time.monotonic() - began < SOON + 1


def test_a_system_that_hangs_does_not_use_up_the_processs_threads(ends: threading.Event) -> None:
    """A function has 1,024, and a warm one asks all day."""
    for _ in range(MOST_LEFT_BEHIND):
        hang("LINE", ends)
    for _ in range(3):
        with pytest.raises(TransientError, match="before this one"):
            in_time("LINE", lambda: 5, time.monotonic() + 8)
    assert len(asking("LINE")) == MOST_LEFT_BEHIND
    assert in_time("DynamoDB", lambda: 5, time.monotonic() + 8) == 5, "another system is well"


def test_a_system_that_answers_again_is_asked_again(ends: threading.Event) -> None:
    for _ in range(MOST_LEFT_BEHIND):
        hang("LINE", ends)
    ends.set()
    until(lambda: not asking("LINE"))
    assert in_time("LINE", lambda: 5, time.monotonic() + 8) == 5
