"""The page's WebSocket before the deployed stack: told at once, and polling wherever it is not."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocket, WebSocketRoute

from chalicelib import signing
from localstack.emulators.emulator import Gap
from tests.browser.phone import NewTraveller
from tests.browser.traveller import (
    FAILED,
    QUICK,
    RETRY,
    STATUS,
    Traveller,
    changed,
    in_turn,
    requests_to,
)
from tests.emulators import rests_on
from tests.nightly import at_night
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client

pytestmark = rests_on(Gap.WEB_SOCKETS)

SOCKET = re.compile(r"/_aws/execute-api/\w+/v1\?ticket=")
KEY = "/order-voice/local/push-ticket-key"


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


def heard(traveller: Traveller) -> tuple[list[WebSocket], list[str]]:
    """The sockets that the page opens from now on, and what it is told by them."""
    opened: list[WebSocket] = []
    told: list[str] = []

    def note(socket: WebSocket) -> None:
        opened.append(socket)
        socket.on("framereceived", lambda frame: told.append(str(frame)))

    traveller.page.on("websocket", note)
    return opened, told


def until(condition: Callable[[], bool], page: Page) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_a_page_asks_when_it_is_told_and_hardly_else(user: Traveller, client: Client) -> None:
    """LINE fails once, so that the order takes some seconds to its end."""
    opened, told = heard(user)
    asked = requests_to(user.page, STATUS, "GET")
    user.open()
    client.line_fails(500)
    began = time.monotonic()
    user.order()
    user.sees_the_end(patiently=True)
    assert [bool(SOCKET.search(socket.url)) for socket in opened] == [True]
    assert told
    assert set(told) == {'{"changed": true}'}
    # When it opened, when it was told, and every three silent seconds while LINE is tried again.
    assert len(asked) <= 1 + len(told) + (time.monotonic() - began) / 3
    until(opened[0].is_closed, user.page)


def test_a_page_that_is_opened_again_polls(user: Traveller, client: Client) -> None:
    """Its ticket went with the answer to the order, and is kept nowhere."""
    opened, _ = heard(user)
    user.open()
    client.line_fails(500)
    user.order()
    until(lambda: len(opened) == 1, user.page)
    user.page.reload()
    user.sees_the_end(patiently=True)
    assert len(opened) == 1


def test_an_order_that_is_tried_again_is_told_of_again(user: Traveller) -> None:
    user.page.route(STATUS, in_turn(changed(**FAILED)))
    answers: list[dict[str, Any]] = []

    def place(route: Route) -> None:
        accepted = route.fetch()
        answers.append(accepted.json())
        route.fulfill(response=accepted)

    user.page.route(QUICK, place)
    # The real order is well, so the real answer would be 409.
    user.page.route(RETRY, lambda route: route.fulfill(status=202, json=answers[0]))
    opened, _ = heard(user)
    user.open()
    user.order()
    user.sees("We couldn't make the voice message")
    assert len(opened) == 1
    user.page.get_by_role("button", name="Try again").click()
    user.sees_the_end(patiently=True)
    assert len(opened) == 2


Ticket = Callable[[Client, str], str]
"""The address that the page is given instead of its own, `push_url`."""


def forged(_: Client, push_url: str) -> str:
    return push_url[:-4] + ("AAAA" if push_url[-4:] != "AAAA" else "BBBB")


def expired(client: Client, push_url: str) -> str:
    ticket = push_url.partition("?ticket=")[2]
    found = client.aws("ssm").get_parameter(Name=KEY, WithDecryption=True)["Parameter"]["Value"]
    yesterday = time.time_ns() // 1_000_000 - 86_400_000
    order_id = ticket.partition(".")[0]
    return f"{push_url.rpartition('.')[0]}.{signing.sign(order_id, yesterday, found)}"


def of_another_order(client: Client, _: str) -> str:
    other: dict[str, Any] = client.call("POST", "/api/orders/quick", SEED_ORDER).json
    return str(other["push_url"])


def of_a_server_that_is_not_there(_: Client, push_url: str) -> str:
    return push_url.replace("/_aws/", "/nowhere/")


def that_the_pages_policy_forbids(_: Client, __: str) -> str:
    return "ws://127.0.0.1:9/v1"


def that_is_none(_: Client, __: str) -> str:
    return "not an address: \x00"


@pytest.mark.parametrize(
    "instead",
    [
        of_a_server_that_is_not_there,
        # What the server says of those that it knows, tests/security tries.
        *at_night(forged, expired, of_another_order, that_the_pages_policy_forbids, that_is_none),
    ],
)
def test_an_address_that_leads_nowhere_costs_the_traveller_nothing(
    user: Traveller, client: Client, instead: Ticket
) -> None:
    user.expected_problems.append(re.compile("WebSocket|Content.Security.Policy"))

    def answer(route: Route) -> None:
        accepted = route.fetch()
        body = accepted.json()
        body["push_url"] = instead(client, body["push_url"])
        route.fulfill(response=accepted, json=body)

    user.page.route(QUICK, answer)
    user.open()
    client.line_fails(500)
    user.order()
    user.sees_the_end(seconds=30, patiently=True)


def test_without_an_address_the_page_polls(user: Traveller, client: Client) -> None:
    """As on a stack without push."""
    opened, _ = heard(user)
    user.is_told_nothing()
    user.open()
    client.line_fails(500)
    user.order()
    user.sees_the_end(patiently=True)
    assert opened == []


def closes_at_once(socket: WebSocketRoute) -> None:
    socket.close()


def closes_after_a_word(socket: WebSocketRoute) -> None:
    server = socket.connect_to_server()
    server.on_message(lambda _: socket.close())


def is_silent(socket: WebSocketRoute) -> None:
    """It opens, and that is all."""


def says_what_it_hears_twice(socket: WebSocketRoute) -> None:
    server = socket.connect_to_server()

    def repeat(said: str | bytes) -> None:
        for _ in range(2):
            socket.send(said)

    server.on_message(repeat)


@pytest.mark.parametrize(
    "socket",
    [is_silent, *at_night(closes_after_a_word, closes_at_once, says_what_it_hears_twice)],
)
def test_a_socket_that_misbehaves_costs_the_traveller_nothing(
    user: Traveller, client: Client, socket: Callable[[WebSocketRoute], None]
) -> None:
    user.page.route_web_socket(SOCKET, socket)
    user.open()
    client.line_fails(500)
    user.order()
    user.sees_the_end(seconds=30, patiently=True)


def test_a_socket_that_never_opens_costs_the_traveller_nothing(
    new_traveller: NewTraveller, client: Client
) -> None:
    user = new_traveller()
    user.page.add_init_script(
        "globalThis.WebSocket = class { constructor() { document.title = 'tried'; } close() {} }"
    )
    user.open()
    user.order()
    user.sees_the_end(seconds=30, patiently=True)
    assert user.page.title() == "tried"
