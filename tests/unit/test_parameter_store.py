"""Secrets of a Parameter Store that hangs, fails, and is well again."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib import parameter_store
from chalicelib.errors import TransientError
from tests.unit.waiting import Asked, outcomes, until


class Ssm:
    """Answers when it is let, and fails as often as it is told."""

    def __init__(self, *, failures: int) -> None:
        self.failures = failures
        self.asked = 0
        self.may_answer = threading.Event()

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        assert self.may_answer.wait(8)
        if self.asked <= self.failures:
            raise ReadTimeoutError(endpoint_url="ssm")
        return {"Parameter": {"Value": "s3cret"}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Asked:
    clock = Asked()
    monkeypatch.setattr(parameter_store, "time", SimpleNamespace(monotonic=clock))
    return clock


def use(monkeypatch: pytest.MonkeyPatch, ssm: Ssm) -> Ssm:
    monkeypatch.setattr(parameter_store, "_client", lambda: ssm)
    return ssm


def answer_when_all_ten_have_asked(ssm: Ssm, clock: Asked) -> threading.Thread:
    def answer() -> None:
        # Ten of them, and one for how long the first may ask.
        until(lambda: clock.looks >= 11)
        ssm.may_answer.set()

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_ten_pushes_wait_for_a_hanging_store_together(
    monkeypatch: pytest.MonkeyPatch, clock: Asked
) -> None:
    """Each waited for its own failure, and for those of all before it: 6 s ten times."""
    ssm = use(monkeypatch, Ssm(failures=10))
    answering = answer_when_all_ten_have_asked(ssm, clock)
    assert outcomes(lambda: parameter_store.secret("/t")) == [TransientError] * 10
    answering.join()
    assert ssm.asked == 1


def test_ten_pushes_share_one_answer(monkeypatch: pytest.MonkeyPatch, clock: Asked) -> None:
    ssm = use(monkeypatch, Ssm(failures=0))
    answering = answer_when_all_ten_have_asked(ssm, clock)
    assert outcomes(lambda: parameter_store.secret("/t")) == ["s3cret"] * 10
    answering.join()
    assert ssm.asked == 1


def test_who_comes_after_a_failure_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ssm = use(monkeypatch, Ssm(failures=1))
    ssm.may_answer.set()
    with pytest.raises(TransientError):
        parameter_store.secret("/t")
    assert parameter_store.secret("/t") == "s3cret"


def test_a_failure_of_one_secret_is_not_that_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    ssm = use(monkeypatch, Ssm(failures=1))
    ssm.may_answer.set()
    with pytest.raises(TransientError):
        parameter_store.secret("/t")
    assert parameter_store._failed_at.keys() == {"/t"}
    assert parameter_store.secret("/u") == "s3cret"
    assert time.monotonic() > parameter_store._failed_at["/t"]


def test_an_old_value_is_read_again_and_stays_where_it_cannot_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ssm = use(monkeypatch, Ssm(failures=0))
    ssm.may_answer.set()
    now = time.monotonic()
    monkeypatch.setattr(parameter_store, "time", SimpleNamespace(monotonic=lambda: now))
    for _ in range(2):
        assert parameter_store.secret("/t", max_age=60) == "s3cret"
    assert ssm.asked == 1
    now += 61
    assert parameter_store.secret("/t") == "s3cret"
    assert ssm.asked == 1, "nobody minded its age"
    assert parameter_store.secret("/t", max_age=60) == "s3cret"
    assert ssm.asked == 2
    now += 61
    ssm.failures = 3
    with pytest.raises(TransientError):
        parameter_store.secret("/t", max_age=60)
    assert parameter_store.secret("/t") == "s3cret"


def test_one_secret_that_hangs_keeps_nobody_from_another(
    monkeypatch: pytest.MonkeyPatch, clock: Asked
) -> None:
    """A 202 gives the ticket's key up after a second; the next order needs another key, which is
    known, and waited for the first one's answer."""
    ssm = use(monkeypatch, Ssm(failures=0))
    monkeypatch.setitem(parameter_store._values, "/known", "s3cret")
    hanging = threading.Thread(target=lambda: parameter_store.secret("/hangs"))
    hanging.start()
    until(lambda: ssm.asked == 1)
    asking = threading.Thread(target=lambda: parameter_store.secret("/known"))
    asking.start()
    asking.join(timeout=5)
    is_answered = not asking.is_alive()
    ssm.may_answer.set()
    hanging.join()
    asking.join()
    assert is_answered
