"""Attacks on the running stack's WebSocket: tickets that are none, and too many connections."""

import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib import signing
from chalicelib.push.connections import MOST_CONNECTIONS
from chalicelib.push.tickets import TICKET_SECONDS
from localstack.emulators.emulator import Gap
from tests.emulators import rests_on
from tests.security.deployed_functions import Deployed
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client
from tests.web_socket import Refused, WebSocket

CONNECTIONS = 1000 if "ATTACK_EXAMPLES" in os.environ else 100

pytestmark = rests_on(Gap.WEB_SOCKETS)

KEY = "/order-voice/local/push-ticket-key"


@pytest.fixture(scope="module")
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture
def placed(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.call("POST", "/api/orders/quick", SEED_ORDER).json
    return answer


def opens(url: str) -> bool:
    try:
        WebSocket(url).close()
    except Refused as refused:
        # AWS passes 401 on; the emulator has one status for all.
        if refused.status not in (401, 403):
            raise
        return False
    return True


def key_of(client: Client) -> str:
    found = client.aws("ssm").get_parameter(Name=KEY, WithDecryption=True)
    return str(found["Parameter"]["Value"])


def written(client: Client) -> Callable[[], int]:
    """How many items the table of connections has."""
    table = client.stack["CONNECTIONS_TABLE"]
    return lambda: int(client.aws("dynamodb").scan(TableName=table, Select="COUNT")["Count"])


def test_a_made_up_ticket_opens_nothing_and_writes_nothing(
    client: Client, placed: dict[str, Any]
) -> None:
    address, _, ticket = placed["push_url"].partition("?ticket=")
    order_id, _, signature = ticket.partition(".")
    items = written(client)
    before = items()
    in_a_minute = time.time_ns() // 1_000_000 + 60_000
    for forged in (
        *("", "?", "?ticket=", f"?ticket={order_id}", f"?ticket={order_id}."),
        f"?ticket={order_id}.{'A' * 40}",
        f"?ticket={order_id}.{signing.sign(order_id, in_a_minute, 'guessed')}",
        f"?ticket={order_id}.{signing.sign(order_id, in_a_minute, KEY)}",
        f"?ticket={ticket[:-1]}{'A' if ticket[-1] != 'A' else 'B'}",
        f"?ticket={order_id.lower()}.{signature}",
        f"?ticket={ticket}{quote(chr(10))}",
        f"?ticket={quote(chr(0))}{ticket}",
        f"?ticket={'0' * 7000}",
        f"?Ticket={ticket}",
        f"?order_id={order_id}",
    ):
        assert not opens(address + forged), forged
    assert items() == before
    assert opens(placed["push_url"])


def test_anothers_ticket_does_not_open_ones_order(client: Client, placed: dict[str, Any]) -> None:
    other = client.call("POST", "/api/orders/quick", SEED_ORDER).json
    signature = other["push_url"].rpartition(".")[2]
    address = placed["push_url"].rpartition(".")[0]
    assert not opens(f"{address}.{signature}")


def test_a_users_id_token_opens_nothing(client: Client, placed: dict[str, Any]) -> None:
    """It does not belong into an address, and nothing looks for it in a header."""
    token = client.sign_in("U" + "0" * 32)["Authorization"]
    address = placed["push_url"].partition("?")[0]
    assert not opens(f"{address}?ticket={token.split()[1]}")
    with pytest.raises(Refused):
        WebSocket(address, Authorization=token)


def test_a_voices_address_opens_no_socket(client: Client, placed: dict[str, Any]) -> None:
    name = "/order-voice/local/voice-address-key"
    found = client.aws("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    in_a_minute = time.time_ns() // 1_000_000 + 60_000
    address = placed["push_url"].rpartition(".")[0]
    assert not opens(f"{address}.{signing.sign(placed['order_id'], in_a_minute, found)}")


def test_a_ticket_that_is_replayed_opens_the_same_until_it_expires(
    client: Client, placed: dict[str, Any]
) -> None:
    now = time.time_ns() // 1_000_000
    address, _, signature = placed["push_url"].rpartition(".")
    expires_at = signing.verify(placed["order_id"], signature, key_of(client))
    assert expires_at is not None
    assert now < expires_at <= now + TICKET_SECONDS * 1000
    assert all(opens(placed["push_url"]) for _ in range(MOST_CONNECTIONS))
    expired = signing.sign(placed["order_id"], now - 1, key_of(client))
    assert not opens(f"{address}.{expired}")


def test_while_the_key_is_rotated_both_open_and_the_old_one_not_any_more(
    client: Client, stack: dict[str, str], placed: dict[str, Any]
) -> None:
    deployed, ssm = Deployed(client), client.aws("ssm")
    old = key_of(client)
    address = placed["push_url"].rpartition(".")[0]
    in_a_minute = time.time_ns() // 1_000_000 + 60_000

    def opened(keys: str) -> list[bool]:
        ssm.put_parameter(Name=KEY, Value=keys, Type="SecureString", Overwrite=True)
        deployed.forget("push")
        signatures = [signing.sign(placed["order_id"], in_a_minute, key) for key in (old, "new")]
        return [opens(f"{address}.{signature}") for signature in signatures]

    try:
        assert opened(f"new {old}") == [True, True]
        assert opened("new") == [False, True]
    finally:
        assert opened(old) == [True, False]


def test_of_many_connections_to_one_order_three_are_open_and_it_is_heard_as_ever(
    client: Client, placed: dict[str, Any]
) -> None:
    items = written(client)
    before = items()
    with ExitStack() as pages, ThreadPoolExecutor(20) as pool:

        def connect(_: int) -> str:
            try:
                pages.push(WebSocket(placed["push_url"], seconds=60))
            except Refused:
                return "refused"
            return "open"

        outcomes = Counter(pool.map(connect, range(CONNECTIONS)))
        assert outcomes == {"open": MOST_CONNECTIONS, "refused": CONNECTIONS - MOST_CONNECTIONS}
        assert items() - before <= 1 + MOST_CONNECTIONS
        other = client.call("POST", "/api/orders/quick", SEED_ORDER).json
        assert opens(other["push_url"])
        assert client.follow(placed["order_id"])["status"] == "completed"
