"""Whoever asks a system that does not answer goes on at the deadline, and does no harm by it."""

import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.errors import TransientError
from chalicelib.in_time import MOST_KEPT, MOST_LEFT_BEHIND, in_time
from deploy.paths import ROOT
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


def asking_nobody() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "asks nobody"]


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


def test_calls_one_after_another_are_made_by_one_thread() -> None:
    """However many a warm function makes: a thread takes longer to start than a call."""
    first = in_time("LINE", threading.get_ident, time.monotonic() + 8)
    for _ in range(20):
        assert in_time("LINE", threading.get_ident, time.monotonic() + 8) == first
    assert first != threading.get_ident()


def test_a_thread_that_was_left_behind_makes_other_calls_once_it_is_free(
    ends: threading.Event,
) -> None:
    in_time("LINE", threading.get_ident, time.monotonic() + 8)
    hang("LINE", ends, seconds=SOON)
    assert in_time("DynamoDB", lambda: 5, time.monotonic() + 8) == 5, "by another thread"
    ends.set()
    until(lambda: not asking("LINE"))
    assert in_time("LINE", lambda: 6, time.monotonic() + 8) == 6


def test_no_more_threads_are_kept_than_a_batch_asks_by() -> None:
    start = threading.Barrier(MOST_KEPT + 10, timeout=20)

    def ask(_: int) -> None:
        in_time("LINE", start.wait, time.monotonic() + 20)

    with ThreadPoolExecutor(MOST_KEPT + 10) as pool:
        list(pool.map(ask, range(MOST_KEPT + 10)))
    until(lambda: not asking("LINE"))
    until(lambda: len(asking_nobody()) <= MOST_KEPT)


def test_an_answer_is_not_kept_by_the_thread_that_has_it() -> None:
    class Answer:
        """What can be told to be gone."""

    answer = weakref.ref(in_time("LINE", Answer, time.monotonic() + 8))
    until(lambda: answer() is None)


def test_a_forked_process_asks_by_threads_of_its_own() -> None:
    program = (
        "import os, time; from chalicelib.in_time import in_time\n"
        "assert in_time('LINE', os.getpid, time.monotonic() + 8) == os.getpid()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(in_time('LINE', os.getpid, time.monotonic() + 8) != os.getpid())\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, check=True)


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
