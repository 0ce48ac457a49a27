"""The voice's address: it plays for as long as the order lives, and for nobody who made it up."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
import time_machine

from chalicelib import parameter_store
from chalicelib.errors import TransientError
from chalicelib.orders import conditional
from chalicelib.orders.record import table
from chalicelib.orders.voice_address import voice_addresses, voice_file
from chalicelib.signing import KEYS_SECONDS
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import UUID, Answer, Api, complete
from tests.unit.orders_support import NOW, VOICE

KEY = "/order-voice/test/voice-address-key"
GONE = (404, "not_found")


@pytest.fixture
def order_id(api: Api) -> str:
    """A completed order whose audio is in S3."""
    boto3.client("s3").put_object(Bucket="voices", Key=VOICE.key, Body=b"voice")
    placed = str(api.post(SEED_ORDER, Idempotency_Key=UUID).json["order_id"])
    complete(placed)
    return placed


def address_of(order_id: str) -> str:
    """As the worker tells LINE, below the API's own address."""
    created_at = int(table().get(order_id).created_at)
    whole = voice_addresses().address(order_id, created_at, deadline=time.monotonic() + 5)
    assert whole.startswith("https://api.example/v1/api/voices/")
    return whole.removeprefix("https://api.example/v1")


def told(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.json["code"]


@contextmanager
def later(**time: float) -> Iterator[datetime]:
    now = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(**time)
    with time_machine.travel(now, tick=False):
        yield now


@pytest.mark.parametrize(
    "age", [{}, {"hours": 2}, {"days": 14}, {"days": 29, "hours": 23}], ids=str
)
def test_a_message_plays_whenever_it_is_tapped(
    api: Api, order_id: str, age: dict[str, float]
) -> None:
    address = address_of(order_id)
    with later(**age) as now:
        answer = api.request("GET", address)
        assert (answer.status, answer.text) == (302, "")
        assert answer.headers["Cache-Control"] == "no-store"
        location = answer.headers["Location"]
        query = {name: value for name, [value] in parse_qs(urlsplit(location).query).items()}
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        ends_at = signed_at + timedelta(seconds=int(query["X-Amz-Expires"]))
        assert signed_at <= now < ends_at - timedelta(minutes=30)
        assert requests.get(location, timeout=5).content == b"voice"


def test_a_container_that_has_served_it_before_signs_anew(api: Api, order_id: str) -> None:
    address = address_of(order_id)
    first = api.request("GET", address).headers["Location"]
    with later(hours=2):
        assert api.request("GET", address).headers["Location"] != first


def test_with_the_order_goes_its_voice(api: Api, order_id: str) -> None:
    address = address_of(order_id)
    with later(days=30, minutes=1):
        assert told(api.request("GET", address)) == GONE


def test_wrong_unknown_and_erased_are_the_same_to_whoever_asks(api: Api, order_id: str) -> None:
    address = address_of(order_id)
    wrong = api.request("GET", address[:-5] + ("A" if address[-5] != "A" else "B") + ".mp3")
    unknown_id = order_id[:-1] + ("0" if order_id[-1] != "0" else "1")
    unknown = api.request(
        "GET", f"/api/voices/{unknown_id}/{voice_file(unknown_id, NOW, 's3cret')}"
    )
    table()(order_id).delete()
    erased = api.request("GET", address)
    assert told(wrong) == GONE
    for answer in (unknown, erased):
        assert (answer.status, answer.text, answer.headers) == (404, wrong.text, wrong.headers)


def test_what_we_did_not_sign_is_refused_before_anything_is_read(
    api: Api, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: str) -> None:
        raise AssertionError("it was looked up")

    address = address_of(order_id)
    monkeypatch.setattr(conditional, "read", read)
    for made_up in (
        voice_file(order_id, NOW, "guessed"),
        voice_file(order_id, NOW, KEY),
        f"{'A' * 40}.mp3",
        "voice.mp3",
        address.rpartition("/")[2].removesuffix(".mp3"),
        "%00.mp3",
    ):
        assert told(api.request("GET", f"/api/voices/{order_id}/{made_up}")) == GONE
    for other_id in ("0" * 26, order_id.lower(), "x" * 300, "%ED%A0%80"):
        file = address.rpartition("/")[2]
        assert told(api.request("GET", f"/api/voices/{other_id}/{file}")) == GONE


def test_an_order_that_is_not_spoken_yet_has_no_voice(api: Api) -> None:
    order_id = str(api.post(SEED_ORDER).json["order_id"])
    assert told(api.request("GET", address_of(order_id))) == GONE


def test_an_old_address_does_not_open_a_new_order_of_the_same_id(api: Api, order_id: str) -> None:
    old = address_of(order_id)
    with later(days=31) as now:
        again = api.post(SEED_ORDER, Idempotency_Key=UUID).json["order_id"]
        assert again == order_id
        record = table().get(order_id)
        assert int(record.created_at) == int(now.timestamp() * 1000)
        record.update(actions=[table().voice_key.set(VOICE.key)])
        assert told(api.request("GET", old)) == GONE
        assert api.request("GET", address_of(order_id)).status == 302


@pytest.fixture
def minutes_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """For what this process knows of its secrets: their age is no matter of the date."""
    passed = 0.0

    def more() -> None:
        nonlocal passed
        passed += KEYS_SECONDS + 1

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed)
    monkeypatch.setattr(parameter_store, "time", clock)
    return more


def rotate(value: str) -> None:
    boto3.client("ssm").put_parameter(Name=KEY, Value=value, Type="SecureString", Overwrite=True)


def test_addresses_go_on_while_the_key_is_rotated(
    api: Api, order_id: str, minutes_pass: Callable[[], None]
) -> None:
    """The worker that signs has read the new key, this container has not."""
    old = address_of(order_id)
    assert api.request("GET", old).status == 302
    rotate("new s3cret")
    created_at = int(table().get(order_id).created_at)
    new = f"/api/voices/{order_id}/{voice_file(order_id, created_at, 'new')}"
    minutes_pass()
    assert [api.request("GET", address).status for address in (new, old)] == [302, 302]
    rotate("new")
    minutes_pass()
    assert told(api.request("GET", f"/api/voices/{order_id}/{'A' * 40}.mp3")) == GONE
    assert told(api.request("GET", old)) == GONE
    assert api.request("GET", new).status == 302


def test_made_up_addresses_make_us_ask_for_the_key_once_a_minute(
    api: Api,
    order_id: str,
    monkeypatch: pytest.MonkeyPatch,
    minutes_pass: Callable[[], None],
) -> None:
    asked = []

    def fetch(name: str) -> str:
        asked.append(name)
        return "s3cret"

    monkeypatch.setattr(parameter_store, "_fetch", fetch)
    for _ in range(3):
        for _ in range(5):
            api.request("GET", f"/api/voices/{order_id}/{'A' * 40}.mp3")
        minutes_pass()
    assert asked == [KEY] * 3


def test_while_the_key_cannot_be_read_what_is_known_plays_on(
    api: Api,
    order_id: str,
    monkeypatch: pytest.MonkeyPatch,
    minutes_pass: Callable[[], None],
) -> None:
    def fail(_: str) -> str:
        raise TransientError("no answer")

    address = address_of(order_id)
    assert api.request("GET", address).status == 302
    monkeypatch.setattr(parameter_store, "_fetch", fail)
    minutes_pass()
    made_up = api.request("GET", f"/api/voices/{order_id}/{'A' * 40}.mp3")
    assert (made_up.status, made_up.headers["Retry-After"]) == (503, "2")
    assert api.request("GET", address).status == 302
    parameter_store._values.clear()
    assert api.request("GET", address).status == 503


def test_everybody_who_has_the_address_hears_it(api: Api, order_id: str) -> None:
    """LINE's app sends no token; a token that is no good is not looked at."""
    headers = {"Authorization": "Bearer nonsense"}
    assert api.request("GET", address_of(order_id), headers=headers).status == 302
