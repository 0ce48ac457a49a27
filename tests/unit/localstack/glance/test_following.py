"""Following a log group: each line once, however its writer and its reader meet."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from localstack.glance import following
from localstack.glance.following import OVERLAP_MS, Follower


class Group:
    """A log group that is written to between looks, and cuts its answers as MiniStack does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int = 1000) -> None:
        self.written: list[dict[str, Any]] = []
        self._most = most
        monkeypatch.setattr(following, "events", self._events)
        monkeypatch.setattr(following, "MOST_AT_ONCE", most)

    def write(self, *said: tuple[int, str], stream: str = "s") -> None:
        self.written += [
            {"timestamp": at, "message": text, "logStreamName": stream} for at, text in said
        ]

    def _events(self, _: object, __: str, since_ms: int) -> Iterator[dict[str, Any]]:
        found = [event for event in self.written if event["timestamp"] >= since_ms]
        yield from sorted(found, key=lambda event: event["timestamp"])[: self._most]


def follower() -> Follower:
    return Follower(boto3.client("logs", region_name="us-east-1"), "g", since_ms=1000)


def texts(events: list[Any]) -> list[str]:
    return [event["message"] for event in events]


def test_what_is_new_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    group, reader = Group(monkeypatch), follower()
    group.write((900, "before the stack"), (1000, "a"), (2000, "b"))
    assert texts(reader.new()) == ["a", "b"]
    assert texts(reader.new()) == []
    group.write((2000, "c"), (9000, "d"))
    assert texts(reader.new()) == ["c", "d"]
    assert texts(reader.new()) == []


def test_what_is_written_late_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    group, reader = Group(monkeypatch), follower()
    group.write((9000, "later"))
    assert texts(reader.new()) == ["later"]
    group.write((9000 - OVERLAP_MS, "earlier"))
    assert texts(reader.new()) == ["earlier"]
    assert texts(reader.new()) == []


def test_lines_that_say_the_same_at_the_same_time_are_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group, reader = Group(monkeypatch), follower()
    group.write((2000, "one more"), (2000, "one more"))
    assert texts(reader.new()) == ["one more"] * 2
    group.write((2000, "one more"))
    group.write((2000, "one more"), stream="another")
    assert texts(reader.new()) == ["one more"] * 2
    assert texts(reader.new()) == []


def test_more_than_one_answer_holds_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    group, reader = Group(monkeypatch, most=10), follower()
    group.write(*((2000 + n // 3, str(n)) for n in range(95)))
    assert texts(reader.new()) == [str(n) for n in range(95)]
    assert texts(reader.new()) == []
