"""The real gTTS code before a loopback stand-in for Google's endpoint."""

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import gtts.tts  # type: ignore[import-untyped]
import pytest

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.speech.engines import gtts as gtts_engine
from chalicelib.speech.engines.gtts import (
    ADDRESS_SECONDS,
    AT_ONCE,
    CONNECT_SECONDS,
    READ_SECONDS,
    GttsEngine,
)
from localstack.speech_standin import Standin, serving, spoken
from tests.unit.speech.black_hole import black_hole

SENTENCE = "老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。"
MP3 = b"an mp3"


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    with serving() as standin:
        monkeypatch.setattr(gtts.tts, "_translate_url", lambda **_: standin.url)
        yield standin


def speak(text: str = SENTENCE, language: str = "zh-TW", *, seconds: float = 8) -> bytes:
    return GttsEngine().speak(text, language, deadline=time.monotonic() + seconds)


def wait_for(condition: Callable[[], bool], *, seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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
        (200, spoken(b"")),
    ],
    ids=["429", "403", "500", "503", "HTML", "nothing", "null", "broken base64", "empty audio"],
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


def test_a_server_that_takes_the_connection_and_stays_silent_is_left(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    google.hangs = threading.Event()
    assert READ_SECONDS <= time_to_fail(GttsEngine()) < READ_SECONDS + 1.5


def no_way_to_google(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(gtts.tts, "_translate_url", lambda **_: url)


def time_to_fail(engine: GttsEngine, *, seconds: float = 8) -> float:
    """How long the engine takes to say that it cannot speak just now."""
    began = time.monotonic()
    with pytest.raises(TransientError):
        engine.speak(SENTENCE, "zh-TW", deadline=began + seconds)
    return time.monotonic() - began


def test_a_silent_firewall_costs_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    with black_hole() as url:
        no_way_to_google(monkeypatch, url)
        assert ADDRESS_SECONDS <= time_to_fail(GttsEngine()) < CONNECT_SECONDS


def test_ten_orders_find_out_together_that_there_is_no_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with black_hole() as url:
        no_way_to_google(monkeypatch, url)
        engine = GttsEngine()
        began = time.monotonic()
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda _: time_to_fail(engine), range(10)))
        assert time.monotonic() - began < 2 * CONNECT_SECONDS


def test_many_addresses_that_lead_nowhere_cost_no_more_than_one_time_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up = socket.getaddrinfo
    with black_hole() as url:
        no_way_to_google(monkeypatch, url)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: look_up(*a, **k) * 8)
        assert time_to_fail(GttsEngine()) < CONNECT_SECONDS + 0.5


def test_an_address_that_leads_nowhere_does_not_hide_one_that_answers(
    google: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.answers = [(200, spoken(MP3))]
    look_up = socket.getaddrinfo
    nowhere = []
    with black_hole() as url:
        nowhere = look_up("127.0.0.1", int(url.rpartition(":")[2]), type=socket.SOCK_STREAM)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: nowhere + look_up(*a, **k))
        assert speak() == MP3


def test_a_name_look_up_that_hangs_costs_no_more_and_takes_no_turn_from_others(
    google: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.answers = [(200, spoken(MP3))]
    engine, network_is_back = GttsEngine(), threading.Event()
    with monkeypatch.context() as hanging:
        hanging.setattr(socket, "getaddrinfo", lambda *_, **__: network_is_back.wait(20))
        for _ in range(AT_ONCE + 1):
            assert time_to_fail(engine) < CONNECT_SECONDS + 0.5
    assert engine.speak(SENTENCE, "zh-TW", deadline=time.monotonic() + 8) == MP3
    network_is_back.set()


def test_a_name_that_is_unknown_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert time_to_fail(GttsEngine()) < 0.3


def test_a_proxy_looks_names_up_itself(google: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    google.answers = [(200, spoken(MP3))]
    monkeypatch.setattr("chalicelib.speech.engines.gtts.getproxies", lambda: {"https": google.url})
    monkeypatch.setattr("chalicelib.speech.engines.gtts._takes_connections", lambda *_: False)
    assert speak() == MP3


def test_who_waited_for_a_turn_while_google_failed_does_not_ask_it_again(
    google: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.answers = [(503, b"")]
    google.hangs = threading.Event()
    engine, reach, begun = GttsEngine(), gtts_engine._reach_google, threading.Semaphore(0)

    def begin() -> None:
        begun.release()
        reach()

    monkeypatch.setattr(gtts_engine, "_reach_google", begin)
    with ThreadPoolExecutor(10) as pool:
        failures = [pool.submit(time_to_fail, engine) for _ in range(10)]
        wait_for(lambda: len(google.bodies) == AT_ONCE)
        assert all(begun.acquire(timeout=8) for _ in range(10))
        google.hangs.set()
        assert all(failure.result() < 8 for failure in failures)
    assert len(google.bodies) == AT_ONCE


def test_an_engine_that_is_busy_says_so_and_is_not_taken_for_ill(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    google.hangs = threading.Event()
    engine = GttsEngine()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        first = [
            pool.submit(engine.speak, SENTENCE, "zh-TW", deadline=time.monotonic() + 10)
            for _ in range(AT_ONCE)
        ]
        wait_for(lambda: len(google.bodies) == AT_ONCE)
        with pytest.raises(EngineBusy):
            engine.speak(SENTENCE, "zh-TW", deadline=time.monotonic() + 0.3)
        google.hangs.set()
        assert [answer.result() for answer in first] == [MP3] * AT_ONCE


def test_nobody_asks_google_on_for_an_order_that_has_gone(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    google.hangs = threading.Event()
    with pytest.raises(TransientError, match="in time"):
        speak("牛肉麵兩碗、" * 60, seconds=0.3)
    google.hangs.set()
    wait_for(lambda: not any("asks Google" in thread.name for thread in threading.enumerate()))
    assert len(google.bodies) == 1


@pytest.mark.parametrize(
    "text", ["麵" * 100 + "。", " " * 60 + "麵" * 100, "麵、" * 60 + "🍜" * 101]
)
def test_what_has_no_sound_is_not_sent(google: Standin, text: str) -> None:
    google.answers = [(200, spoken(MP3))]
    assert speak(text).count(MP3) == len(google.texts)
    assert all("麵" in asked for asked in google.texts)
    assert "".join(google.texts).count("麵") == text.count("麵")


def test_google_is_asked_for_the_words_as_they_are(google: Standin) -> None:
    google.answers = [(200, spoken(MP3))]
    text = "Dr. Pepper兩罐！牛肉麵7.5碗？<b>&amp;</b>"
    speak(text)
    assert google.texts == [text]


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
    wait_for(lambda: len(google.bodies) >= AT_ONCE)
    assert len(google.bodies) == AT_ONCE
    google.hangs.set()
    for thread in threads:
        thread.join()
    assert heard == [MP3] * 10


def test_the_stand_in_sends_what_google_sends() -> None:
    assert base64.b64encode(MP3) in spoken(MP3)
