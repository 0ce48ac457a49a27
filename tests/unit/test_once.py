"""Ten threads of a cold container share what they work with, and pay for it once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.session
import pytest

from chalicelib import parameter_store
from chalicelib.line import login, messaging_api
from chalicelib.once import once
from chalicelib.orders import counters, queue, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.speech import speaker, store
from chalicelib.speech.engines.kokoro import fetch
from chalicelib.speech.engines.polly import PollyEngine
from tests import app_state
from tests.unit.orders_support import NOW

POLLY = PollyEngine("http://127.0.0.1:9")
SHARED: dict[str, Callable[[], object]] = {
    "queue": queue._client,
    "counters": counters.client,
    "parameter store": parameter_store._client,
    "voice store": store.voice_store,
    "voice of Kokoro": fetch._client,
    "Polly": POLLY._client,
    "LINE": messaging_api.messaging_api_client,
    "LINE's keys": login.verifier,
    "speaker": speaker.speaker,
}


def at_once(call: Callable[[], Any]) -> list[Any]:
    start = threading.Barrier(10, timeout=10)

    def wait_and_call(_: int) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(wait_and_call, range(10)))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("name", SHARED)
def test_ten_threads_that_ask_together_get_the_same_one(name: str) -> None:
    first, *others = at_once(SHARED[name])
    assert all(other is first for other in others)


@pytest.mark.usefixtures("aws")
def test_ten_orders_of_a_cold_container_make_one_client_of_dynamodb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app_state.reset()  # The table was made by this process, which so has a client of it.
    made: list[str] = []
    create_client = botocore.session.Session.create_client

    def noted(session: Any, service: str, *arguments: Any, **options: Any) -> Any:
        made.append(service)
        return create_client(session, service, *arguments, **options)

    monkeypatch.setattr(botocore.session.Session, "create_client", noted)
    assert at_once(lambda: transitions.find(new_order_id(), now=NOW)) == [None] * 10
    assert made == ["dynamodb"]


def test_what_is_made_of_others_is_made_once_too() -> None:
    made: list[str] = []

    @once
    def part() -> str:
        made.append("part")
        return "part"

    @once
    def whole() -> str:
        made.append("whole")
        return f"whole of a {part()}"

    assert at_once(whole) == ["whole of a part"] * 10
    assert made == ["whole", "part"]


def test_what_could_not_be_made_is_tried_again() -> None:
    failures = [RuntimeError("not yet")]

    @once
    def thing() -> int:
        if failures:
            raise failures.pop()
        return 5

    with pytest.raises(RuntimeError):
        thing()
    assert thing() == 5
