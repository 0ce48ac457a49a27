"""Every call to the outside, before a server that sends a byte now and then: over in its time."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import gtts.tts  # type: ignore[import-untyped]
import pytest
import urllib3

from chalicelib import parameter_store
from chalicelib.errors import OrderVoiceError, TransientError
from chalicelib.line import login
from chalicelib.line.login import KeySet
from chalicelib.line.messaging_api import MessagingApiClient
from chalicelib.menus import reading
from chalicelib.orders import (
    counters,
    erasing,
    history,
    limits,
    open_orders,
    queue,
    record,
    transitions,
)
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.open_orders import OpenOrders
from chalicelib.push import connections, tickets
from chalicelib.push.connections import Connection
from chalicelib.push.telling import teller
from chalicelib.settings import settings
from chalicelib.speech import store
from chalicelib.speech.engines.azure import AzureEngine
from chalicelib.speech.engines.google import GoogleEngine
from chalicelib.speech.engines.gtts import GttsEngine
from chalicelib.speech.engines.kokoro.fetch import fetch
from chalicelib.speech.engines.polly import PollyEngine
from chalicelib.speech.store import voice_store
from tests.unit.orders_support import NOW, accepted
from tests.unit.slow_server import ANSWER, DRIPS_FOR, dripping

# Calls that are left behind drop their sockets whenever Python pleases.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SECONDS = 0.25
"""What each call may take here."""
MP3 = b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"


def soon() -> float:
    return time.monotonic() + SECONDS


def push(url: str) -> None:
    client = MessagingApiClient(
        api_url=url, channel_token=lambda: "t", forget_channel_token=lambda: None
    )
    client.push("U", [{"type": "text", "text": "x"}], retry_key=uuid.uuid4(), deadline=soon() + 0.1)


def ask_for_a_profile(url: str) -> None:
    client = MessagingApiClient(
        api_url=url, channel_token=lambda: "t", forget_channel_token=lambda: None
    )
    client.has_profile("U", deadline=soon() + 0.1)


def push_with_a_token_from_a_slow_store(url: str) -> None:
    client = MessagingApiClient(
        api_url="http://127.0.0.1:9",
        channel_token=lambda: parameter_store.secret("/t"),
        forget_channel_token=lambda: None,
    )
    client.push("U", [{"type": "text", "text": "x"}], retry_key=uuid.uuid4(), deadline=soon() + 0.1)


def fetch_keys(url: str) -> None:
    with urllib3.PoolManager() as pool:
        KeySet(url, pool=pool).find("key-1")


def speak_by_google(url: str) -> None:
    parameter_store._values["/key"] = "k"
    GoogleEngine("/key", url).speak("麵", "zh-TW", deadline=soon())


def speak_by_azure(url: str) -> None:
    parameter_store._values["/key"] = "k"
    AzureEngine("/key", "", url).speak("麵", "zh-TW", deadline=soon())


def speak_by_google_with_a_key_from_a_slow_store(url: str) -> None:
    GoogleEngine("/key", url).speak("麵", "zh-TW", deadline=soon())


CALLS: dict[str, Callable[[str], object]] = {
    "push": push,
    "profile": ask_for_a_profile,
    "channel token": push_with_a_token_from_a_slow_store,
    "LINE's keys": fetch_keys,
    "secret": lambda _: parameter_store.secret("/a"),
    "send": lambda _: queue.send(new_order_id()),
    "send all": lambda _: queue.send_all([new_order_id()], deadline=soon()),
    "retry later": lambda _: queue.retry_later([("r", 2)], deadline=soon()),
    "find audio": lambda _: voice_store().find("voice/a.mp3"),
    "store audio": lambda _: voice_store().put("voice/a.mp3", b"x", duration_ms=1, engine="e"),
    "read a menu": lambda _: reading.published("a-shop"),
    "read an order": lambda _: transitions.find(new_order_id(), now=NOW),
    "accept": lambda _: accepted(),
    "claim": lambda _: transitions.claim(new_order_id(), token="t", lease_ms=1, now=NOW),
    "count": lambda _: limits.admit("line:U", now=NOW),
    "guests' lid": lambda _: limits.guest_lid().is_reached(now=NOW),
    "count for the lid": lambda _: limits.count_guest_order(now=NOW),
    "history": lambda _: history.history("U", limit=5, cursor=None, now=NOW),
    "erase": lambda _: erasing.erase_orders("U", until=NOW, deadline=soon()),
    "sweep": lambda _: list(
        transitions.overdue(OpenOrders(), now=NOW, deadline=soon() + DRIPS_FOR)
    ),
    "a ticket's key": lambda _: tickets.push_url(new_order_id(), now=NOW),
    "connect": lambda _: connections.join(new_order_id(), Connection("c", NOW), deadline=soon()),
    "disconnect": lambda _: connections.leave("c", deadline=soon()),
    "who is connected": lambda _: connections.of_order(new_order_id(), deadline=soon()),
    "tell": lambda _: teller()._tell_one(new_order_id(), Connection("c", NOW), soon()),
    "Google": lambda _: GttsEngine().speak("麵", "zh-TW", deadline=soon()),
    "Polly": lambda url: PollyEngine(url).speak("麵", "zh-TW", deadline=soon()),
    "Google Cloud": speak_by_google,
    "Google Cloud's key": speak_by_google_with_a_key_from_a_slow_store,
    "Azure": speak_by_azure,
}


@pytest.fixture
def in_short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (open_orders, parameter_store, queue, record):
        monkeypatch.setattr(module, "AWS_SECONDS", SECONDS)
    for module in (counters, reading, store):
        monkeypatch.setattr(module, "CALL_SECONDS", SECONDS)
    monkeypatch.setattr(login, "FETCH_SECONDS", SECONDS)
    monkeypatch.setattr(tickets, "KEY_SECONDS", SECONDS)


@pytest.fixture(params=[ANSWER, MP3], ids=["slow head", "slow body"])
def slow(
    request: pytest.FixtureRequest, in_short_time: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of everything that there is outside."""
    with dripping(request.param) as url:
        for name in ("AWS_ENDPOINT_URL", "PUSH_CALLBACK_URL", "PUSH_URL"):
            monkeypatch.setenv(name, url)
        monkeypatch.setenv("CONNECTIONS_TABLE", "connections")
        monkeypatch.setenv("PUSH_TICKET_KEY_PARAMETER", "/p")
        monkeypatch.setattr(gtts.tts, "_translate_url", lambda **_: url)
        settings.cache_clear()
        yield url


@pytest.mark.parametrize("slow", [MP3], indirect=True, ids=["slow body"])
def test_a_voice_that_trickles_in_is_left_and_leaves_nothing(slow: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(TransientError):
        fetch("s3://models", deadline=soon(), clock=time.monotonic, into=tmp_path)
    assert time.monotonic() - began < SECONDS + (DRIPS_FOR - SECONDS) / 2
    until = time.monotonic() + 2 * DRIPS_FOR
    while list(tmp_path.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_sends_a_byte_now_and_then_holds_nobody(slow: str, call: str) -> None:
    began = time.monotonic()
    with suppress(OrderVoiceError):
        CALLS[call](slow)
    assert time.monotonic() - began < SECONDS + (DRIPS_FOR - SECONDS) / 2
