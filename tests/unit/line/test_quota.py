"""What LINE's plan has left, against the LINE stand-in; and who asks for it."""

import logging
import time
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import worker
from chalicelib.errors import TransientError
from chalicelib.line.messaging_api import MessagingApiClient, Quota
from chalicelib.orders import transitions
from chalicelib.settings import settings
from tests import metrics
from tests.unit.line.channel_token import Vault
from tests.unit.line.pushes import Line, assert_tells_nothing, push, sender_to


def quota(line: Line, vault: Vault | None = None, *, seconds: float = 2) -> Quota:
    return sender_to(line, vault).quota(deadline=time.monotonic() + seconds)


def test_a_plan_says_how_many_it_has_and_how_many_are_spent(line: Line) -> None:
    line.post("/standin/quota", {"limit": 200})
    push(sender_to(line))
    assert quota(line) == Quota(used=1, limit=200)


def test_a_plan_without_a_limit_has_none(line: Line) -> None:
    line.post("/standin/quota", {"limit": None})
    assert quota(line).limit is None


@pytest.mark.parametrize("fault", [400, 403, 429, 500, "drop"])
def test_what_line_does_not_say_is_an_error_that_tells_nothing(line: Line, fault: object) -> None:
    line.set_faults(fault, endpoint="quota")
    with pytest.raises(TransientError) as failure:
        quota(line)
    assert_tells_nothing(failure.value)


def test_a_rotated_token_is_read_again_for_the_next_time(line: Line) -> None:
    vault = Vault(cached="an old one")
    with pytest.raises(TransientError, match="HTTP 401"):
        quota(line, vault)
    assert vault.forgotten == 1
    assert quota(line, vault)


def test_a_quota_that_hangs_is_left_at_its_deadline(line: Line) -> None:
    line.set_faults("hang", endpoint="quota")
    began = time.monotonic()
    with pytest.raises(TransientError):
        quota(line, seconds=1)
    assert time.monotonic() - began < 2


def ask(
    monkeypatch: pytest.MonkeyPatch,
    client: MessagingApiClient | None,
    *,
    scheduled_at: str = "2026-11-24T09:10:00Z",
    seconds: float = 20,
) -> None:
    """A sweep that finds nobody's order."""
    monkeypatch.setattr(transitions, "overdue", lambda *_, **__: iter(()))
    monkeypatch.setattr(transitions, "waiting", lambda *_, **__: iter(()))
    monkeypatch.setattr(worker, "messaging_api", lambda: client)
    event: dict[str, Any] = {
        **dict.fromkeys(("version", "account", "region", "detail-type", "source", "id"), "x"),
        "time": scheduled_at,
        "resources": [],
        "detail": {},
    }
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
    worker.sweep_orders(event, context)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    lines = metrics.read(capsys.readouterr().out)
    return {name: line[name] for line in lines for name in line if name.startswith("LineQuota")}


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (4, {"LineQuotaLeft": 3, "LineQuotaUsed": 25.0}),
        (1, {"LineQuotaLeft": 0, "LineQuotaUsed": 100.0}),
        (0, {"LineQuotaLeft": 0, "LineQuotaUsed": 100}),
        (None, {}),
    ],
)
def test_operators_see_how_much_of_the_month_is_left(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: int | None,
    expected: dict[str, float],
) -> None:
    line.post("/standin/quota", {"limit": None})
    push(sender_to(line))
    line.post("/standin/quota", {"limit": limit})
    capsys.readouterr()
    ask(monkeypatch, sender_to(line))
    assert told(capsys) == expected


@pytest.mark.parametrize("fault", [500, "hang"])
def test_a_sweep_does_not_fail_by_what_line_does_not_say(
    line: Line, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: object
) -> None:
    line.set_faults(fault, endpoint="quota")
    began = time.monotonic()
    ask(monkeypatch, sender_to(line))
    assert time.monotonic() - began < worker.QUOTA_SECONDS + 1
    assert told(capsys) == {"LineQuotaUnknown": 1}


@pytest.mark.parametrize(
    ("environment", "event"),
    [
        ({"LINE_PUSH": "never"}, {}),
        ({"LINE_LOGIN_CHANNEL_ID": ""}, {}),
        ({}, {"scheduled_at": "2026-11-24T09:11:00Z"}),
        ({}, {"seconds": worker.RESERVE_SECONDS + worker.QUOTA_NEEDS_SECONDS - 1}),
    ],
    ids=["nobody is pushed to", "all are guests", "another minute", "no time left"],
)
def test_line_is_not_asked_where_it_is_of_no_use(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    event: dict[str, Any],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    before = line.get("/standin/counts").get("quota_requests", 0)
    ask(monkeypatch, sender_to(line), **event)
    assert line.get("/standin/counts").get("quota_requests", 0) == before
    assert told(capsys) == {}


def test_what_is_logged_of_a_failure_holds_no_token(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        line.set_faults(500, endpoint="quota")
        with pytest.raises(TransientError) as failure:
            quota(line)
    assert_tells_nothing(failure.value, caplog.text)
