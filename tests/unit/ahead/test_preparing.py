"""The function that prepares voices, on moto's S3 and counters."""

import os
import time
from threading import Event
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.ahead import messages, preparing
from chalicelib.clock import now_ms
from chalicelib.errors import PermanentError, TransientError
from chalicelib.languages import SPOKEN
from chalicelib.orders import counters, limits
from chalicelib.settings import settings
from chalicelib.speech import speaker as speaking
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import voice_store
from tests import metrics
from tests.unit.speech.mp3_samples import MPEG2_64K_24000_MONO

pytestmark = pytest.mark.usefixtures("aws")

SENTENCE = "老闆您好，我要點：牛肉麵兩碗，謝謝。"


class Engine:
    """Speaks, or fails as it is told."""

    name, version, voice, is_clear = "kokoro", "1", "v", True

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.asked: list[tuple[str, str]] = []
        self.is_free = Event()
        self.is_free.set()

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        self.asked.append((text, language))
        self.is_free.wait()
        if self.errors:
            raise self.errors.pop(0)
        return MPEG2_64K_24000_MONO * 200


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    chain = Speaker([made], voice_store())
    monkeypatch.setattr(speaking, "speaker", lambda: chain)
    return made


def prepare(body: str, *, seconds: float = 20) -> None:
    record = {"messageId": "m", "body": body, "eventSourceARN": "arn:aws:sqs:x:1:ahead"}
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
    preparing.prepare_voices({"Records": [record]}, context)


def results(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    lines = metrics.read(capsys.readouterr().out)
    return [line["result"] for line in lines if "VoicePrepared" in line]


def objects() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=settings().voice_bucket)
    return [each["Key"] for each in listed.get("Contents", [])]


def test_an_order_finds_its_voice_prepared(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(messages.body_of(SENTENCE))
    [key] = objects()
    voice = speaking.speaker().speak(SENTENCE, SPOKEN, deadline=float("inf"))
    assert (voice.key, voice.was_there) == (key, True)
    assert engine.asked == [(SENTENCE, SPOKEN)], "once"
    assert results(capsys) == ["spoken"]


def test_what_is_asked_for_twice_is_spoken_once(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        prepare(messages.body_of(SENTENCE))
    assert len(engine.asked) == len(objects()) == 1
    assert results(capsys) == ["spoken", "known"]


@pytest.mark.parametrize("error", [TransientError("down"), PermanentError("never")])
def test_what_cannot_be_spoken_is_left_to_its_order(
    engine: Engine, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    engine.errors = [error] * 2
    prepare(messages.body_of(SENTENCE))
    assert results(capsys) == ["failed"]
    assert objects() == []


def test_an_engine_that_goes_on_past_the_deadline_is_left_to_it(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.is_free.clear()
    prepare(messages.body_of(SENTENCE), seconds=preparing.RESERVE_SECONDS + 1)
    assert results(capsys) == ["failed"]
    assert counters.counted(limits.AHEAD, now=now_ms()) == 1
    engine.is_free.set()
    until = time.monotonic() + 10
    while not objects() and time.monotonic() < until:
        engine.is_free.wait(0.01)
    assert len(objects()) == 1, "stored when it is said"


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "{}", '{"sentence": 5}', '{"sentence": ""}', "[" * 100_000]
)
def test_what_is_no_message_of_ours_is_dropped(
    engine: Engine, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    prepare(body)
    assert results(capsys) == ["failed"]
    assert engine.asked == []


def test_what_is_prepared_is_counted_for_the_lid_of_all(engine: Engine) -> None:
    prepare(messages.body_of(SENTENCE))
    engine.errors = [TransientError("down")] * 2
    prepare(messages.body_of(f"{SENTENCE}。"))
    assert counters.counted(limits.AHEAD, now=now_ms()) == 2


def test_a_counter_that_fails_costs_no_voice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(owner: str, *, now: int) -> None:
        raise TransientError("no table")

    monkeypatch.setattr(counters, "add", broken)
    prepare(messages.body_of(SENTENCE))
    assert results(capsys) == ["spoken"]


def test_the_sentence_is_not_logged(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.errors = [TransientError("down")] * 2
    prepare(messages.body_of(SENTENCE))
    prepare(messages.body_of(SENTENCE))
    prepare(f"not json {SENTENCE}")
    assert "牛肉麵" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("endpoint", ["", "http://localhost:4566"])
def test_it_gives_way_only_where_it_shares_a_machine_with_orders(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    lowered: list[int] = []
    monkeypatch.setattr(os, "nice", lowered.append)
    monkeypatch.setattr(preparing, "settings", lambda: SimpleNamespace(aws_endpoint_url=endpoint))
    for _ in range(2):
        prepare("{}")
    assert lowered == ([19] if endpoint else [])
