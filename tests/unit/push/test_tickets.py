"""The ticket of a WebSocket: whose it opens, for how long, and what it never costs an order."""

import string
import time
from threading import Event
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib import parameter_store, signing
from chalicelib.errors import TransientError
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.voice_address import voice_file
from chalicelib.push import tickets
from chalicelib.push.tickets import KEY_SECONDS, TICKET_SECONDS, order_of, push_url
from chalicelib.settings import settings
from tests.unit.orders_support import NOW

pytestmark = pytest.mark.usefixtures("push")

ORDER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
KEY = "/order-voice/test/push-ticket-key"


def ticket(order_id: str = ORDER_ID, *, now: int = NOW) -> str:
    url = push_url(order_id, now=now)
    assert url is not None
    assert url.startswith("wss://push.example/v1?ticket=")
    return urlsplit(url).query.removeprefix("ticket=")


def test_a_ticket_opens_its_order_for_ninety_seconds() -> None:
    given = ticket()
    assert TICKET_SECONDS == 90
    assert order_of(given, now=NOW) == ORDER_ID
    assert order_of(given, now=NOW + 89_999) == ORDER_ID
    assert order_of(given, now=NOW + 90_000) is None


def test_a_ticket_opens_no_other_order_and_no_other_time() -> None:
    signature, other = ticket().partition(".")[2], ticket(now=NOW + 1).partition(".")[2]
    assert order_of(f"{new_order_id()}.{signature}", now=NOW) is None
    assert order_of(f"{ORDER_ID}.{other[:8]}{signature[8:]}", now=NOW) is None


def test_one_character_more_or_less_or_another_one_opens_nothing() -> None:
    given = ticket()
    for at, right in enumerate(given):
        for wrong in (string.ascii_letters + string.digits + "-_.").replace(right, ""):
            assert order_of(given[:at] + wrong + given[at + 1 :], now=NOW) is None
        assert order_of(given[:at] + given[at + 1 :], now=NOW) is None


@pytest.mark.parametrize(
    "made_up",
    [
        *("", ".", ORDER_ID, f"{ORDER_ID}.", f"{ORDER_ID}.{'A' * 40}", f".{'A' * 40}"),
        *(f"{ORDER_ID}.{'é' * 40}", f"{ORDER_ID}.{chr(0xD800) * 40}", "0" * 100_000),
    ],
)
def test_what_is_no_ticket_of_ours_opens_nothing(made_up: str) -> None:
    assert order_of(made_up, now=NOW) is None
    assert order_of(f"{ticket()}\n", now=NOW) is None


def test_a_voices_address_is_no_ticket() -> None:
    """They are signed alike, and for that with keys of their own."""
    boto3.client("ssm").put_parameter(Name=KEY, Value="other", Type="SecureString", Overwrite=True)
    in_the_future = voice_file(ORDER_ID, NOW + 60_000, "s3cret").removesuffix(".mp3")
    assert order_of(f"{ORDER_ID}.{in_the_future}", now=NOW) is None


def rotate(value: str) -> None:
    boto3.client("ssm").put_parameter(Name=KEY, Value=value, Type="SecureString", Overwrite=True)
    parameter_store.forget(KEY)


def test_tickets_go_on_while_the_key_is_rotated_and_no_longer() -> None:
    old = ticket()
    rotate("new s3cret")
    new = ticket()
    assert new != old
    assert [order_of(given, now=NOW) for given in (old, new)] == [ORDER_ID] * 2
    rotate("new")
    assert [order_of(given, now=NOW) for given in (old, new)] == [None, ORDER_ID]


def test_made_up_tickets_make_us_ask_for_the_key_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(name: str) -> str:
        asked.append(name)
        return "s3cret"

    monkeypatch.setattr(parameter_store, "_fetch", fetch)
    for _ in range(20):
        assert order_of(f"{ORDER_ID}.{'A' * 40}", now=NOW) is None
    assert asked == [KEY]


def test_without_a_key_there_is_no_ticket_and_an_order_waits_a_second_for_it_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = Event()
    monkeypatch.setattr(tickets, "secret", lambda _: str(end.wait(20)))
    began = time.monotonic()
    assert push_url(ORDER_ID, now=NOW) is None
    assert KEY_SECONDS <= time.monotonic() - began < KEY_SECONDS + 4
    end.set()

    def fail(_: str) -> str:
        raise TransientError("no answer")

    monkeypatch.setattr(tickets, "secret", fail)
    assert push_url(ORDER_ID, now=NOW) is None


def test_where_there_is_no_push_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_URL", "")
    settings.cache_clear()
    monkeypatch.setattr(tickets, "secret", lambda _: pytest.fail("it was asked for"))
    assert push_url(ORDER_ID, now=NOW) is None


def test_one_signature_can_be_written_in_one_way_only() -> None:
    signature = signing.sign(ORDER_ID, NOW, "key")
    assert len(signature) == 40
    assert signing.verify(ORDER_ID, f"{signature}=", "key") is None
