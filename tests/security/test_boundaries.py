"""Other people's orders, guessed ids, odd paths and headers, on the running stack."""

import json
import socket
import statistics
import time
import uuid

import pytest

from tests.seed_order import SEED_ORDER
from tests.stack.client import Client


@pytest.fixture(scope="module")
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture(scope="module")
def owner_id() -> str:
    return "U" + uuid.uuid4().hex


@pytest.fixture(scope="module")
def owner(client: Client, owner_id: str) -> dict[str, str]:
    return client.sign_in(owner_id)


@pytest.fixture(scope="module")
def stranger(client: Client) -> dict[str, str]:
    return client.sign_in("U" + uuid.uuid4().hex)


@pytest.fixture(scope="module")
def order_id(client: Client, owner: dict[str, str]) -> str:
    """A large order of the owner's, so that it takes its time to read."""
    items = [{"name": f"牛肉麵{number}", "price": 1} for number in range(50)]
    return client.place({"store_name": "老王", "items": items}, **owner)


ROUTES = [("GET", "/api/orders/status/{}"), ("POST", "/api/orders/{}/retry")]


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_an_order_of_somebody_else_is_no_order(
    client: Client, stranger: dict[str, str], order_id: str, method: str, route: str
) -> None:
    unknown = client.call(method, route.format("0" * 26), **stranger)
    assert unknown.status == 404
    for asker in (stranger, {}):
        answer = client.call(method, route.format(order_id), **asker)
        assert (answer.status, answer.data) == (404, unknown.data)
        ours = {name for name in answer.headers if not name.lower().startswith(("x-am", "date"))}
        assert ours == {
            name for name in unknown.headers if not name.lower().startswith(("x-am", "date"))
        }


def test_a_strangers_history_and_keys_never_meet_the_owners(
    client: Client, owner: dict[str, str], stranger: dict[str, str], order_id: str
) -> None:
    mine = client.place(SEED_ORDER, **owner, Idempotency_Key="1")
    theirs = client.place(SEED_ORDER, **stranger, Idempotency_Key="1")
    assert mine != theirs
    cursor = client.call("GET", "/api/orders?limit=1", **owner).json["next_cursor"]
    listed = client.call("GET", f"/api/orders?cursor={cursor}", **stranger).json["orders"]
    assert {entry["order_id"] for entry in listed} <= {theirs}
    assert order_id not in json.dumps(client.call("GET", "/api/orders", **stranger).json)


def test_erasing_takes_ones_own_orders_and_no_tokens_but_line_s(
    client: Client, order_id: str, owner: dict[str, str], owner_id: str
) -> None:
    """Whatever else a request says: the token alone says whose orders they are."""
    token = owner["Authorization"]
    made_up = ("", owner_id, f"Bearer {owner_id}", token[:-4], "Bearer a.b.c", f"Basic {token[7:]}")
    for authorization in made_up:
        headers = {"Authorization": authorization} if authorization else {}
        answer = client.call("DELETE", f"/api/orders?user_id={owner_id}", **headers)
        assert answer.status == 401, authorization
    eraser = client.sign_in("U" + uuid.uuid4().hex)
    erased = client.place(SEED_ORDER, **eraser)
    client.follow(erased, **eraser)
    body = {"user_id": owner_id, "line_user_id": owner_id, "order_id": order_id}
    query = f"?owner=line:{owner_id}&user_id={owner_id}"
    answer = client.call("DELETE", f"/api/orders{query}", body, **eraser, X_LIFF_User_Id=owner_id)
    assert answer.json == {"erased": 1, "under_way": 0, "left": False}
    assert client.call("GET", f"/api/orders/status/{order_id}", **owner).status == 200
    gone, never = (
        client.call("GET", f"/api/orders/status/{at}", **eraser) for at in (erased, "0" * 26)
    )
    assert (gone.status, gone.data) == (404, never.data)


@pytest.mark.parametrize(
    "user_id",
    [
        "' OR '1'='1",
        "U1 AND attribute_exists(owner)",
        ":0",
        "#0",
        "*",
        "line:",
        "U" * 900,
        "\u0000",
    ],
)
def test_a_user_id_that_is_an_expression_erases_nothing(
    client: Client, order_id: str, owner: dict[str, str], user_id: str
) -> None:
    """LINE's stand-in signs for ids of LINE's form alone; whatever signs another is no user."""
    answer = client.call(
        "POST", client.stack["LINE_URL"] + "/standin/id-token", {"user_id": user_id}
    )
    assert answer.status == 400
    for headers in ({"Authorization": "Bearer " + user_id.replace("\u0000", "%00")}, {}):
        assert client.call("DELETE", "/api/orders", **headers).status == 401
    assert client.call("GET", f"/api/orders/status/{order_id}", **owner).status == 200


def test_no_answer_names_its_user(
    client: Client, owner: dict[str, str], owner_id: str, order_id: str
) -> None:
    status = client.follow(order_id, **owner)
    for answer in (
        client.call("GET", f"/api/orders/status/{order_id}", **owner),
        client.call("GET", "/api/orders", **owner),
        client.call("GET", status["voice_url"]),
    ):
        said = answer.data + json.dumps(dict(answer.headers)).encode()
        assert owner_id.encode() not in said
    assert owner_id not in status["voice_url"]


def test_the_time_of_a_refusal_does_not_tell_whether_the_order_exists(
    client: Client, stranger: dict[str, str], order_id: str
) -> None:
    times: dict[str, list[float]] = {order_id: [], "0" * 26: []}
    for _ in range(40):
        for asked, taken in times.items():
            began = time.perf_counter()
            assert client.call("GET", f"/api/orders/status/{asked}", **stranger).status == 404
            taken.append(time.perf_counter() - began)
    theirs, unknown = (statistics.median(taken) for taken in times.values())
    print(f"medians: {theirs * 1000:.1f} ms, {unknown * 1000:.1f} ms")  # noqa: T201
    assert 0.5 < theirs / unknown < 2


TRICKS = [
    "../openapi.json",
    "..%2fopenapi.json",
    "%2e%2e/%2e%2e/liff",
    "%00",
    "a%0d%0aSet-Cookie:%20a=b",
    "%ff%fe",
    "{id}/",
    "{id};a=b",
    "{id}%00",
    "{id}%20",
    "{lower}",
    "./{id}",
    "{id}/../{id}",
    "%EF%BC%90" * 26,
    "A" * 4000,
    "*",
    "$where",
    '{"S":"a"}',
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_with_a_path_finds_what_is_not_there(
    client: Client, order_id: str, trick: str
) -> None:
    path = trick.replace("{id}", order_id).replace("{lower}", order_id.lower())
    host, _, base = client.stack["API_URL"].removeprefix("http://").partition("/")
    status, head, body = raw(host, f"GET /{base}/api/orders/status/{path} HTTP/1.1\r\nHost: {host}")
    assert status in {400, 403, 404, 414} or (b"openapi" in body and "openapi" in trick)
    assert order_id.encode() not in body
    assert b"set-cookie" not in head.lower()


@pytest.mark.parametrize("value", ["a\x00b", "a\tb", "\xff\xfe", "x" * 6000, "a, b", ""])
@pytest.mark.parametrize("name", ["Idempotency-Key", "Authorization", "If-None-Match", "Origin"])
def test_no_header_is_echoed_or_trips_the_api(client: Client, name: str, value: str) -> None:
    host, _, base = client.stack["API_URL"].removeprefix("http://").partition("/")
    body = json.dumps(SEED_ORDER)
    status, head, _ = raw(
        host,
        f"POST /{base}/api/orders/quick HTTP/1.1\r\nHost: {host}\r\n{name}: {value}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}",
        body,
    )
    assert status < 500
    assert b"access-control-allow-origin" not in head.lower()
    if len(value) > 2:
        assert value.encode("latin-1") not in head


def raw(host: str, head: str, body: str = "") -> tuple[int, bytes, bytes]:
    """Status, head and body of an answer to exactly these bytes; 400 if there is none."""
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1") + body.encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    if not answer:
        return 400, b"", b""
    told, _, content = answer.partition(b"\r\n\r\n")
    return int(told.split()[1]), told, content
