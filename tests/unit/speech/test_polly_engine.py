"""The real boto3 Polly client before a loopback stand-in."""

import json
import threading
import time
from collections.abc import Iterator

import pytest

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.polly_engine import PollyEngine
from tests.unit.speech.google_standin import Standin, serving


@pytest.fixture
def polly() -> Iterator[Standin]:
    with serving() as standin:
        yield standin


def speak(polly: Standin, text: str = "牛肉麵兩碗", language: str = "zh-TW") -> bytes:
    return PollyEngine(polly.url).speak(text, language, deadline=time.monotonic() + 5)


def failure(code: str) -> bytes:
    return json.dumps({"__type": code, "message": "no"}).encode()


def test_the_text_is_sent_as_text_and_never_as_markup(polly: Standin) -> None:
    polly.answers = [(200, b"an mp3")]
    assert speak(polly, "<speak>牛肉麵</speak>") == b"an mp3"
    [request] = map(json.loads, polly.bodies)
    assert request["TextType"] == "text"
    assert request["Text"] == "<speak>牛肉麵</speak>"
    assert (request["VoiceId"], request["LanguageCode"]) == ("Zhiyu", "cmn-CN")


def test_a_long_text_is_sent_in_pieces_that_polly_takes(polly: Standin) -> None:
    polly.answers = [(200, b"an mp3")]
    assert speak(polly, "牛肉麵兩碗、" * 600) == b"an mp3" * 3
    assert max(len(json.loads(body)["Text"]) for body in polly.bodies) <= 1500


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, failure("ServiceFailureException")),
        (503, failure("ServiceUnavailable")),
        (429, failure("TooManyRequests")),
        (400, failure("ThrottlingException")),
    ],
)
def test_trouble_at_polly_is_transient(polly: Standin, status: int, body: bytes) -> None:
    polly.answers = [(status, body)]
    with pytest.raises(TransientError):
        speak(polly)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "TextLengthExceededException"), (403, "AccessDeniedException")]
)
def test_a_refusal_by_polly_is_final(polly: Standin, status: int, code: str) -> None:
    polly.answers = [(status, failure(code))]
    with pytest.raises(PermanentError, match=code):
        speak(polly)


def test_a_polly_that_cannot_be_reached_is_transient() -> None:
    with pytest.raises(TransientError):
        PollyEngine("http://127.0.0.1:9").speak("麵", "zh-TW", deadline=time.monotonic() + 5)


def test_a_polly_that_hangs_is_left_after_the_clients_time_out(
    polly: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    polly.answers = [(200, b"an mp3")]
    polly.hangs = threading.Event()
    monkeypatch.setattr("chalicelib.speech.polly_engine.READ_SECONDS", 0.3)
    with pytest.raises(TransientError):
        speak(polly)


@pytest.mark.parametrize(("text", "language"), [("こんにちは", "ja"), ("，。", "zh-TW")])
def test_what_the_voice_cannot_say_is_refused_without_asking(
    polly: Standin, text: str, language: str
) -> None:
    with pytest.raises(PermanentError):
        speak(polly, text, language)
    assert polly.bodies == []
