"""The real boto3 Polly client before a loopback stand-in."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.speech.engines.polly import PollyEngine
from localstack.speech_standin import Standin, serving


@pytest.fixture
def polly() -> Iterator[Standin]:
    with serving() as standin:
        yield standin


def speak(polly: Standin, text: str = "牛肉麵兩碗", language: str = "zh-TW") -> bytes:
    return PollyEngine(polly.url).speak(text, language, deadline=time.monotonic() + 5)


def failure(code: str, message: str = "no") -> bytes:
    return json.dumps({"__type": code, "message": message}).encode()


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
        (403, failure("AccessDeniedException")),
        (403, failure("ExpiredTokenException")),
        (400, failure("LanguageNotSupportedException")),
        (400, failure("ValidationException", "Value 'Zhiyu' at 'voiceId' …")),
        (200, b""),
    ],
)
def test_trouble_at_polly_is_transient(polly: Standin, status: int, body: bytes) -> None:
    polly.answers = [(status, body)]
    with pytest.raises(TransientError):
        speak(polly)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ThrottlingException"),
        (400, "TooManyRequestsException"),
        (429, "TooManyRequests"),
    ],
)
def test_a_polly_that_others_have_asked_too_often_is_busy(
    polly: Standin, status: int, code: str
) -> None:
    polly.answers = [(status, failure(code))]
    with pytest.raises(EngineBusy, match=code):
        speak(polly)


def test_a_text_that_polly_would_refuse_again_is_refused_for_good(polly: Standin) -> None:
    code = "TextLengthExceededException"
    polly.answers = [(400, failure(code))]
    with pytest.raises(PermanentError, match=code):
        speak(polly)
    assert len(polly.bodies) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        failure("EngineNotSupportedException"),
        failure("ValidationException", "This voice does not support the selected engine: neural"),
    ],
)
def test_a_region_without_the_neural_voice_hears_the_standard_one(
    polly: Standin, refusal: bytes
) -> None:
    engine = PollyEngine(polly.url)
    polly.answers = [(400, refusal), (200, b"an mp3")]
    for _ in range(2):
        assert engine.speak("麵", "zh-TW", deadline=time.monotonic() + 5) == b"an mp3"
    asked = [(body["Engine"], body["SampleRate"]) for body in map(json.loads, polly.bodies)]
    assert asked == [("neural", "24000"), ("standard", "22050"), ("standard", "22050")]


def test_a_region_without_the_voice_at_all_goes_on_to_the_next_engine(polly: Standin) -> None:
    polly.answers = [(400, failure("EngineNotSupportedException"))]
    with pytest.raises(TransientError, match="EngineNotSupportedException"):
        speak(polly)
    assert len(polly.bodies) == 2


def test_a_polly_that_cannot_be_reached_is_transient() -> None:
    with pytest.raises(TransientError):
        PollyEngine("http://127.0.0.1:9").speak("麵", "zh-TW", deadline=time.monotonic() + 5)


def test_a_polly_that_hangs_is_left_after_the_clients_time_out(
    polly: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    polly.answers = [(200, b"an mp3")]
    polly.hangs = threading.Event()
    monkeypatch.setattr("chalicelib.speech.engines.polly.READ_SECONDS", 0.3)
    with pytest.raises(TransientError):
        speak(polly)


def test_the_deadline_holds_whatever_the_client_would_wait(polly: Standin) -> None:
    polly.answers = [(200, b"an mp3")]
    polly.hangs = threading.Event()
    began = time.monotonic()
    with pytest.raises(TransientError, match="in time"):
        PollyEngine(polly.url).speak("麵", "zh-TW", deadline=began + 1)
    assert time.monotonic() - began < 1 + 0.8


def test_ten_orders_at_once_are_all_spoken(polly: Standin) -> None:
    polly.answers = [(200, b"an mp3")]
    engine, deadline = PollyEngine(polly.url), time.monotonic() + 10
    with ThreadPoolExecutor(10) as pool:
        spoken = pool.map(lambda _: engine.speak("麵", "zh-TW", deadline=deadline), range(10))
        assert list(spoken) == [b"an mp3"] * 10


@pytest.mark.parametrize(("text", "language"), [("こんにちは", "ja"), ("，。", "zh-TW")])
def test_what_the_voice_cannot_say_is_refused_without_asking(
    polly: Standin, text: str, language: str
) -> None:
    with pytest.raises(PermanentError):
        speak(polly, text, language)
    assert polly.bodies == []
