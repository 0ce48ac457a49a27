"""The real gTTS code before a loopback stand-in for Google's endpoint."""

import base64
import socket
import threading
import time
from collections.abc import Iterator

import gtts.tts  # type: ignore[import-untyped]
import pytest

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.gtts_engine import CONNECT_SECONDS, GttsEngine
from tests.unit.speech.google_standin import Standin, serving, spoken

SENTENCE = "老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。"
MP3 = b"an mp3"


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    with serving() as standin:
        monkeypatch.setattr(gtts.tts, "_translate_url", lambda **_: standin.url)
        yield standin


def speak(text: str = SENTENCE, language: str = "zh-TW", *, seconds: float = 8) -> bytes:
    return GttsEngine().speak(text, language, deadline=time.monotonic() + seconds)


def test_a_sentence_is_one_request_and_its_audio_comes_back(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    assert speak() == MP3
    assert google.texts == [SENTENCE]


def test_a_long_order_is_packed_into_few_requests_and_nothing_is_lost(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    text = "老闆您好，我要點：" + "、".join(["紅燒牛肉麵兩碗"] * 20) + "，謝謝。"
    assert speak(text) == MP3 * 2
    assert "".join(google.texts) == text
    assert max(map(len, google.texts)) <= 100


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, b"slow down"),
        (403, b"no"),
        (500, b"oops"),
        (503, b""),
        (200, b"<html>unusual traffic</html>"),
        (200, b""),
        (200, b'[["wrb.fr","jQ1olc",null]]'),
        (200, b'[["wrb.fr","jQ1olc","[\\"a\\"]"]]'),
    ],
    ids=["429", "403", "500", "503", "HTML", "nothing", "null audio", "broken base64"],
)
def test_an_answer_without_audio_is_a_transient_failure(
    google: Standin, status: int, body: bytes
) -> None:
    google.answers = [(status, body)]
    with pytest.raises(TransientError):
        speak()


def test_half_an_order_is_no_order(google: Standin) -> None:
    google.answers = [(200, spoken(MP3)), (200, b"<html>unusual traffic</html>")]
    with pytest.raises(TransientError, match="without audio"):
        speak("牛肉麵兩碗、" * 30)


@pytest.mark.parametrize("text", ["", "，。！", "🍜🍜"])
def test_what_has_nothing_to_say_is_refused_for_good(google: Standin, text: str) -> None:
    with pytest.raises(PermanentError):
        speak(text)
    assert google.bodies == []


def test_a_language_that_google_does_not_speak_is_refused_for_good(google: Standin) -> None:
    with pytest.raises(PermanentError):
        speak(language="xx")


def test_a_server_that_hangs_costs_no_more_than_the_deadline(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    google.hangs = threading.Event()
    began = time.monotonic()
    with pytest.raises(TransientError, match="in time"):
        speak(seconds=0.5)
    assert time.monotonic() - began < 2


def test_no_network_costs_no_more_than_the_connect_time_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as black_hole:
        # A full backlog: the kernel neither accepts nor refuses, as behind a silent firewall.
        black_hole.bind(("127.0.0.1", 0))
        black_hole.listen(0)
        address = black_hole.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        monkeypatch.setattr(
            gtts.tts, "_translate_url", lambda **_: f"http://127.0.0.1:{address[1]}"
        )
        began = time.monotonic()
        with pytest.raises(TransientError, match="nothing"):
            speak()
        assert time.monotonic() - began < CONNECT_SECONDS + 1.5
        for filler in fillers:
            filler.close()


def test_ten_orders_at_once_ask_google_three_at_a_time(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    google.hangs = threading.Event()
    engine, heard = GttsEngine(), []
    deadline = time.monotonic() + 10

    def order() -> None:
        heard.append(engine.speak(SENTENCE, "zh-TW", deadline=deadline))

    threads = [threading.Thread(target=order) for _ in range(10)]
    for thread in threads:
        thread.start()
    while len(google.bodies) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(google.bodies) == 3
    google.hangs.set()
    for thread in threads:
        thread.join()
    assert heard == [MP3] * 10


def test_the_stand_in_sends_what_google_sends() -> None:
    assert base64.b64encode(MP3) in spoken(MP3)
