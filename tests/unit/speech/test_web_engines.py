"""What the engines `google` and `azure` have in common: one POST, its bounds, and its key."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib import parameter_store
from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.speech.engines import web_api
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import voice_store
from localstack.speech_standin import Standin, serving
from tests.unit.slow_server import DRIPS_FOR, dripping
from tests.unit.speech.black_hole import black_hole
from tests.unit.speech.mp3_samples import MPEG2_64K_24000_MONO
from tests.unit.speech.web_apis import AZURE, GOOGLE, KEY, NAME, Api, KeyStore
from tests.unit.waiting import until

HTML = b"<html><body>Sorry</body></html>"


@pytest.fixture(params=[GOOGLE, AZURE], ids=lambda api: api.name)
def api(request: pytest.FixtureRequest) -> Api:
    found: Api = request.param
    return found


def is_asking() -> bool:
    """Whether a call is under way, its caller gone or not."""
    names = {thread.name for thread in threading.enumerate()} - {"asks nobody"}
    return any(name.startswith("asks ") for name in names)


def a_minute_later() -> None:
    parameter_store._read_at[NAME] -= web_api.KEY_SECONDS + 1


def test_what_is_spoken_comes_back_by_the_key_of_the_store(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [(200, api.audio(b"an mp3"))]
    key_store.key = f" {KEY}\n"
    assert [api.speak(standin) for _ in range(2)] == [b"an mp3"] * 2
    assert api.keys(standin) == [KEY] * 2
    assert key_store.asked == 1


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """A proxy that lets nobody through, and what it was asked."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append((self.path, {name.lower(): text for name, text in self.headers.items()}))
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_where_there_is_a_proxy_it_is_asked_for_the_way_and_never_told_the_key(
    scheme: str,
    api: Api,
    key_store: KeyStore,
    proxy: tuple[str, list[tuple[str, dict[str, str]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, asked = proxy
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}who:p%61ss@{address}")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "elsewhere.test")
    engine = api.engine("https://speech.test/v1")
    with pytest.raises(TransientError) as failure:
        engine.speak("麵", "zh-TW", deadline=time.monotonic() + 5)
    [(host, headers)] = asked
    assert host == "speech.test:443"
    assert headers["proxy-authorization"] == "Basic d2hvOnBhc3M="
    assert KEY not in str(headers)
    assert "pass" not in str(failure.value)


def test_what_the_environment_excepts_goes_by_no_proxy(
    api: Api,
    standin: Standin,
    key_store: KeyStore,
    proxy: tuple[str, list[tuple[str, dict[str, str]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy[0]}")
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    standin.answers = [(200, api.audio(b"an mp3"))]
    assert api.speak(standin) == b"an mp3"
    assert proxy[1] == []


def test_a_long_text_is_sent_in_pieces_and_comes_back_in_one(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [(200, api.audio(b"an mp3"))]
    spoken = api.speak(standin, "牛肉麵兩碗、" * 400)
    assert spoken == b"an mp3" * len(standin.bodies)
    assert len(standin.bodies) > 1
    assert max(map(len, standin.bodies)) < 5000


def test_ten_orders_at_once_are_all_spoken(api: Api, standin: Standin, key_store: KeyStore) -> None:
    standin.answers = [(200, api.audio(b"an mp3"))]
    engine, deadline = api.engine(standin.url), time.monotonic() + 10
    with ThreadPoolExecutor(10) as pool:
        spoken = pool.map(lambda _: engine.speak("麵", "zh-TW", deadline=deadline), range(10))
        assert list(spoken) == [b"an mp3"] * 10


@pytest.mark.parametrize(
    ("text", "language"), [("こんにちは", "ja"), ("，。", "zh-TW"), ("\x00\ud800", "zh-TW")]
)
def test_what_the_voice_cannot_say_is_refused_without_asking(
    api: Api, standin: Standin, key_store: KeyStore, text: str, language: str
) -> None:
    with pytest.raises(PermanentError):
        api.speak(standin, text, language)
    assert (standin.bodies, key_store.asked) == ([], 0)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 502, 503])
@pytest.mark.parametrize("body", [b"", HTML, b'{"error": []}', b"[" * 100_000])
def test_whatever_else_it_answers_the_order_may_be_tried_again(
    api: Api, standin: Standin, key_store: KeyStore, status: int, body: bytes
) -> None:
    standin.answers = [(status, body)]
    with pytest.raises(TransientError, match=f"HTTP {status}"):
        api.speak(standin)
    assert len(standin.bodies) == 1


@pytest.mark.parametrize("status", [403, 429, 500])
def test_too_many_requests_alone_are_no_trouble_of_the_engines(
    api: Api, standin: Standin, key_store: KeyStore, status: int
) -> None:
    standin.answers = [(status, b"")]
    with pytest.raises(TransientError) as failure:
        api.speak(standin)
    assert isinstance(failure.value, EngineBusy) is (status == 429)


def test_the_key_follows_no_redirect(api: Api, standin: Standin, key_store: KeyStore) -> None:
    with serving() as other:
        other.answers = [(200, api.audio(b"an mp3"))]
        for status in (301, 302, 307, 308):
            standin.answers, standin.headers = [(status, b"")], {"Location": other.url}
            with pytest.raises(TransientError, match=f"HTTP {status}"):
                api.speak(standin)
        assert other.bodies == []


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        (b"", {}),
        (b"half an mp3", {"Content-Length": "5000"}),
        (b"fffffff\r\nhalf", {"Transfer-Encoding": "chunked", "Content-Length": ""}),
        (bytes(web_api.MOST_BYTES + 1), {}),
    ],
    ids=["nothing", "cut off", "a chunk cut off", "no end"],
)
def test_an_answer_without_its_whole_audio_is_transient(
    api: Api, standin: Standin, key_store: KeyStore, answer: bytes, headers: dict[str, str]
) -> None:
    standin.answers, standin.headers = [(200, answer)], headers
    with pytest.raises(TransientError):
        api.speak(standin)


def test_of_an_answer_that_does_not_stop_little_is_kept(
    standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [(200, bytes(10 * web_api.MOST_BYTES))]
    with pytest.raises(TransientError, match="does not stop"):
        AZURE.speak(standin)


@pytest.mark.parametrize("mp3", [HTML, MPEG2_64K_24000_MONO * 100 + b"\xff\xf3\x84\xc4"])
def test_what_is_no_whole_mp3_is_not_kept(
    api: Api, standin: Standin, key_store: KeyStore, aws: None, mp3: bytes
) -> None:
    speaker = Speaker([api.engine(standin.url)], voice_store())
    standin.answers = [(200, api.audio(mp3)), (200, api.audio(MPEG2_64K_24000_MONO * 100))]
    with pytest.raises(TransientError, match="no engine could speak"):
        speaker.speak("牛肉麵兩碗", "zh-TW", deadline=time.monotonic() + 5)
    speaker = Speaker([api.engine(standin.url)], voice_store())
    voice = speaker.speak("牛肉麵兩碗", "zh-TW", deadline=time.monotonic() + 5)
    assert (voice.engine, voice.duration_ms) == (api.name, 2400)


def test_an_api_that_cannot_be_reached_is_transient(api: Api, key_store: KeyStore) -> None:
    with pytest.raises(TransientError, match="NewConnectionError"):
        api.speak(Standin("http://127.0.0.1:9"))


def test_an_api_behind_a_silent_firewall_is_soon_left(
    api: Api, key_store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "CONNECT_SECONDS", 0.3)
    with black_hole() as url, pytest.raises(TransientError, match="ConnectTimeoutError"):
        api.speak(Standin(url))


def test_an_api_that_hangs_is_left_after_the_read_time_out(
    api: Api, standin: Standin, key_store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.answers, standin.hangs = [(200, b"")], threading.Event()
    monkeypatch.setattr(web_api, "READ_SECONDS", 0.3)
    with pytest.raises(TransientError, match="ReadTimeoutError"):
        api.speak(standin)


def test_a_body_that_trickles_in_is_left_by_the_call_itself(api: Api, key_store: KeyStore) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n") as url:
        began = time.monotonic()
        with pytest.raises(TransientError, match="in time"):
            api.speak(Standin(url), seconds=0.5)
        until(lambda: not is_asking())
        assert time.monotonic() - began < DRIPS_FOR / 2


def test_the_deadline_is_that_of_all_pieces_and_no_more_are_asked_after_it(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    standin.answers, standin.seconds = [(200, api.audio(b"an mp3"))], 0.4
    began = time.monotonic()
    with pytest.raises(TransientError):
        api.speak(standin, "牛肉麵兩碗、" * 1500, seconds=1)
    assert time.monotonic() - began < 1 + 0.8
    until(lambda: not is_asking())
    assert 2 <= len(standin.bodies) <= 3


def test_a_key_that_was_replaced_is_read_again(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [(200, api.audio(b"an mp3"))]
    api.speak(standin)
    a_minute_later()
    key_store.key = "the-new-key"
    standin.answers = [api.wrong_key, (200, api.audio(b"an mp3"))]
    assert api.speak(standin) == b"an mp3"
    assert api.keys(standin) == [KEY, KEY, "the-new-key"]
    assert key_store.asked == 2


def test_a_wrong_key_is_read_again_once_a_minute_however_many_orders_meet_it(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [api.wrong_key]
    for minute in (1, 2):
        for _ in range(5):
            with pytest.raises(TransientError, match=f"refuses the key in {NAME}: HTTP"):
                api.speak(standin)
        assert key_store.asked == minute
        a_minute_later()
    assert len(standin.bodies) == 10, "the same key is not tried twice for one order"


def test_ten_orders_that_meet_an_old_key_read_the_new_one_together(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    engine = api.engine(standin.url)
    standin.answers = [(200, api.audio(b"an mp3"))]
    engine.speak("麵", "zh-TW", deadline=time.monotonic() + 5)
    a_minute_later()
    key_store.key = "the-new-key"
    standin.to = {KEY: api.wrong_key}
    standin.seconds = 0.3  # Most are refused before one has asked again.
    with ThreadPoolExecutor(10) as pool:
        deadline = time.monotonic() + 8
        spoken = pool.map(lambda _: engine.speak("麵", "zh-TW", deadline=deadline), range(10))
        assert list(spoken) == [b"an mp3"] * 10
    assert key_store.asked == 2


def test_a_missing_key_is_transient_and_told_by_its_name(
    api: Api, standin: Standin, key_store: KeyStore
) -> None:
    key_store.key = None
    with pytest.raises(TransientError, match=f"the parameter {NAME}: ParameterNotFound"):
        api.speak(standin)
    assert standin.bodies == []


@pytest.mark.parametrize("key", [" ", "a-key\r\nHost: evil", "ключ", "a-key\x00"])
def test_what_is_no_key_is_not_sent_and_not_quoted(
    api: Api, standin: Standin, key_store: KeyStore, key: str
) -> None:
    key_store.key = key
    with pytest.raises(TransientError) as failure:
        api.speak(standin)
    assert str(failure.value) == f"there is no key in {NAME}"
    assert standin.bodies == []


def test_neither_key_nor_text_is_logged_or_in_an_error(
    api: Api,
    standin: Standin,
    key_store: KeyStore,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for logs in ("", "urllib3", "urllib3.connectionpool"):
        caplog.set_level(logging.DEBUG, logger=logs)
    monkeypatch.setattr(web_api, "READ_SECONDS", 0.3)
    told: list[str] = []

    def fail(before: Standin) -> None:
        with pytest.raises((TransientError, PermanentError)) as failure:
            api.speak(before, "滷肉飯一碗")
        error: BaseException | None = failure.value
        while error:
            told.append(repr(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    echo = f"{KEY} 滷肉飯一碗 ssml input.text".encode()
    for status in (302, 400, 401, 403, 413, 429, 500):
        standin.answers = [(status, echo)]
        fail(standin)
    standin.answers = [api.wrong_key]
    fail(standin)
    fail(Standin("http://127.0.0.1:9"))
    standin.hangs = threading.Event()
    fail(standin)
    said = "".join(told) + caplog.text
    assert "127.0.0.1" in said, "urllib3 was heard"
    assert KEY not in said
    assert "滷肉飯" not in said
    assert KEY not in "".join(map(str, standin.bodies))
