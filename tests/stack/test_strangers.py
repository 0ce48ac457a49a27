"""The running emulator and LINE stand-in before requests that a browser sends for other pages."""

import socket

import psutil
import pytest
import urllib3

from deploy.paths import LOCAL
from localstack.processes import Process
from localstack.stack import PARTS
from tests.seed_order import SEED_ORDER
from tests.stack.client import Client

EVIL = {"Origin": "https://evil.example"}
IMAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
REBOUND = {"Host": "evil.example"}


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.mark.parametrize("headers", [EVIL, IMAGE, REBOUND], ids=["Origin", "Sec-Fetch", "Host"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_page_cannot_use_the_emulator(
    client: Client, method: str, headers: dict[str, str]
) -> None:
    iam = client.aws("iam")
    # Signed by keys that everybody knows.
    url = iam.generate_presigned_url("create_user", Params={"UserName": "evil"}, HttpMethod=method)
    answer = urllib3.request(method, url, headers=headers)
    assert (answer.status, answer.headers["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "its own pages only" in answer.data.decode()
    assert "evil" not in [user["UserName"] for user in iam.list_users()["Users"]]


@pytest.mark.parametrize("headers", [EVIL, IMAGE, REBOUND], ids=["Origin", "Sec-Fetch", "Host"])
def test_another_page_can_neither_order_nor_sign_in(
    client: Client, headers: dict[str, str]
) -> None:
    assert client.call("POST", "/api/orders/quick", SEED_ORDER, **headers).status == 403
    line = client.stack["LINE_URL"]
    token = {"user_id": "Uevil"}
    assert client.call("POST", f"{line}/standin/id-token", token, **headers).status == 403
    assert client.call("GET", f"{line}/standin/users", **headers).status == 403
    assert b"Uevil" not in client.call("GET", f"{line}/standin/users").data


@pytest.mark.parametrize("server", ["AWS_ENDPOINT_URL", "LINE_URL"])
def test_a_websocket_of_another_page_is_refused_in_words(
    stack: dict[str, str], server: str
) -> None:
    host, _, port = stack[server].removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"GET /_aws/execute-api/0123abcd/v1 HTTP/1.1\r\nHost: {host}:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Origin: https://evil.example\r\n\r\n".encode()
        )
        answer = b""
        while b"ORIGINS=" not in answer and (part := connection.recv(4096)):
            answer += part
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"its own pages only" in answer


def test_what_is_refused_is_not_read(stack: dict[str, str]) -> None:
    """The answer comes while most of the body is still to be sent."""
    host, _, port = stack["AWS_ENDPOINT_URL"].removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000000000\r\n"
            "Content-Type: text/plain\r\nOrigin: https://evil.example\r\n\r\n{".encode()
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 403 ")


def test_the_page_reaches_the_stand_in_and_a_voice_plays_in_the_chat(client: Client) -> None:
    """Two ports, one stack: what the browser says of the one to the other."""
    page, chat = (client.stack[name] for name in ("AWS_ENDPOINT_URL", "LINE_URL"))
    token = client.call("POST", f"{chat}/standin/id-token", {"user_id": "Upage"}, Origin=page)
    assert token.status == 200
    assert token.headers["Access-Control-Allow-Origin"] == "*"
    user_id = "U" + "c" * 32
    user = client.sign_in(user_id)
    client.follow(client.place(**user), **user)
    heard = urllib3.request(
        "GET",
        client.chat(user_id)[-1]["message"]["originalContentUrl"],
        headers={
            "Sec-Fetch-Site": "same-site",
            "Sec-Fetch-Mode": "no-cors",
            "Sec-Fetch-Dest": "audio",
            "Range": "bytes=0-99",
        },
    )
    assert (heard.status, len(heard.data)) == (206, 100)


def test_nothing_of_a_stack_listens_beyond_this_machine(stack: dict[str, str]) -> None:
    port = stack["AWS_ENDPOINT_URL"].rpartition(":")[2]
    parts = [Process.running(name, LOCAL / port) for name in PARTS]
    families = [psutil.Process(part.pid) for part in parts if part]
    assert len(families) == len(PARTS)
    listening = {
        connection.laddr
        for family in families
        for process in (family, *family.children(recursive=True))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.port for address in listening} >= {int(port), int(port) + 1}
    assert {address.ip for address in listening} == {"127.0.0.1"}
