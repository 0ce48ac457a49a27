"""What the deployed functions log, with marked secrets going through every route and the worker.

Nothing of the marked is in any function's log, neither on good days nor on bad ones, when stack
traces are logged with all their causes.
"""

import time
import uuid
from functools import partial
from typing import Any

import pytest

from localstack.emulators.emulator import Gap
from tests.emulators import EMULATOR, rests_on
from tests.security.deployed_functions import Deployed, Right
from tests.stack.client import Client, until
from tests.web_socket import Refused, WebSocket

MARK = "Zyzzyva"
HAS_PUSH = Gap.WEB_SOCKETS not in EMULATOR.gaps


@pytest.fixture(scope="module")
def deployed(stack: dict[str, str]) -> Deployed:
    return Deployed(Client(stack))


def marked_order() -> dict[str, Any]:
    number = str(time.time_ns()).translate(str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸"))
    item = {"name": {"original": f"{MARK}牛肉麵{number}", "translated": f"{MARK} noodles"}}
    return {
        "store_name": f"{MARK}小吃",
        "store_id": f"{MARK}-7",
        "items": [{**item, "price": 1, "menu_item_id": f"{MARK}-8"}],
        "line_user_id": None,
        "phone": f"{MARK}-9",
    }


class Written:
    """All that the functions log from now on, and what must not be in it."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed, self.client = deployed, deployed.client
        self.since = time.time_ns() // 1_000_000
        self.user_id = "U" + uuid.uuid4().hex
        self.user = self.client.sign_in(self.user_id)
        token = self.user["Authorization"].removeprefix("Bearer ")
        self.marked = {
            "a name, a header, a cookie, a query": MARK,
            "a user id": self.user_id,
            "a token": token,
            "a token's claims": token.split(".")[1],
            "a token's signature": token.split(".")[2],
            "where a request came from": "127.0.0.1",
            "a signature": "X-Amz-Signature",
            "a credential": "X-Amz-Security-Token",
        }
        ssm = self.client.aws("ssm")
        keys = ("client-address-key", "voice-address-key", "push-ticket-key")
        for name in ("line-channel-access-token", "line-channel-secret", *keys):
            path = f"/order-voice/local/{name}"
            found = ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]
            self.marked[name] = found["Value"]

    def requires_nothing_marked(self, *parts: str) -> None:
        """`parts` show that these are the logs of what was done."""
        said = ""

        def is_whole() -> bool:
            nonlocal said
            # Of `push` the emulator keeps none: tests/unit/push/test_connecting.py looks at them.
            functions = ("api", "fulfil", "sweep", "ahead")
            said = "\n".join(self.deployed.said(one, self.since) for one in functions)
            return all(part in said for part in parts)

        until(is_whole)
        assert [what for what, secret in self.marked.items() if secret in said] == []


def test_no_function_logs_a_secret_a_name_or_an_identity(deployed: Deployed) -> None:
    written, client = Written(deployed), deployed.client
    user, marked = written.user, written.marked
    marked["an idempotency key"] = key = str(uuid.uuid4())
    told = {"User_Agent": MARK, "Cookie": f"a={MARK}"}

    # Every route, as it should be used.
    order_id = client.place(marked_order(), **user, **told, Idempotency_Key=key)
    url = client.follow(order_id, **user)["voice_url"]
    for path in ("/api/orders", "/api/health", "/api/openapi.json", "/liff"):
        client.call("GET", f"{path}?cursor=&x={MARK}", **user, **told)
    guests = client.place(marked_order(), Idempotency_Key=str(uuid.uuid4()), **told)
    guests_url = client.follow(guests)["voice_url"]
    address = client.chat(written.user_id)[2]["message"]["originalContentUrl"]
    signature = address.rpartition("/")[2].removesuffix(".mp3")
    assert client.call("GET", address).status == 302
    marked["a voice's address"] = signature
    marked["a presigned URL"] = url.split("?")[1]
    marked["a guest's presigned URL"] = guests_url.split("?")[1]

    if HAS_PUSH:
        push_url = client.call("POST", "/api/orders/quick", marked_order(), **user).json["push_url"]
        marked["a ticket"] = push_url.rpartition(".")[2]
        WebSocket(push_url).close()
        with pytest.raises(Refused):
            WebSocket(f"{push_url}{MARK}")

    assert client.call("POST", "/api/voices", marked_order(), **user, **told).status == 202

    # As it should not be.
    refused = [
        client.call("POST", "/api/voices", {**marked_order(), "items": MARK}, **user, **told),
        client.call("POST", "/api/orders/quick", {MARK: MARK, "items": MARK}, **told),
        client.call("POST", "/api/orders/quick", marked_order(), Authorization=f"Bearer {MARK}"),
        client.call("POST", "/api/orders/quick", marked_order(), Content_Type=f"text/{MARK}"),
        client.call("POST", "/api/orders/quick", marked_order(), Idempotency_Key=MARK),
        client.call(
            "POST", "/api/orders/quick", {**marked_order(), "line_user_id": "U" + MARK}, **user
        ),
        client.call("GET", f"/api/orders?cursor={MARK}", **user),
        client.call("GET", f"/api/orders/status/{MARK}"),
        client.call("GET", f"/liff/{MARK}/{MARK}.js"),
        client.call("GET", f"/api/voices/{MARK}/{MARK}.mp3"),
        client.call("GET", f"/api/voices/{guests}/{signature}.mp3"),
        client.call("POST", f"/api/orders/{order_id}/retry", **user),
    ]
    assert [answer.status for answer in refused] == [
        *(422, 422, 401, 415, 400, 403, 422, 404, 404, 404, 404, 409)
    ]

    assert client.call("DELETE", "/api/orders", **user, **told).json["erased"] >= 1

    # And where LINE refuses.
    client.line_fails(400)
    last = client.place(marked_order(), **user)
    client.follow(last, **user)
    assert client.leave(written.user_id).status == 200
    assert client.webhook(MARK.encode()).status == 400
    assert client.webhook(MARK.encode(), X_Line_Signature=MARK).status == 403
    deployed.sweep()
    done = (order_id, last, '"request_id"', "webhook of LINE", "voice prepared")
    written.requires_nothing_marked(*done)


@rests_on(Gap.IAM)
def test_nor_on_bad_days_when_s3_and_dynamodb_refuse(deployed: Deployed) -> None:
    written, client = Written(deployed), deployed.client
    user = written.user
    for right in (
        Right("fulfil", "Voices", "s3:PutObject"),
        Right("fulfil", "Orders", "dynamodb:UpdateItem"),
    ):
        with deployed.without(right):
            late = client.place(marked_order(), **user)
            until(partial(troubled, deployed, late, written.since))
        url = client.follow(late, **user)["voice_url"]
        written.marked[f"a presigned URL after {right.action}"] = url.split("?")[1]
    with deployed.without(Right("api", "Orders", "dynamodb:PutItem")):
        assert client.call("POST", "/api/orders/quick", marked_order(), **user).status == 503
    with deployed.without(Right("api", "OrdersOfOneOwner", "dynamodb:Query")):
        assert client.call("DELETE", "/api/orders", **user).status == 503
    with deployed.without(Right("fulfil", "OrdersOfOneOwner", "dynamodb:Query")):
        client.leave(written.user_id)
        until(lambda: "nothing was decided" in deployed.said("fulfil", written.since))
    deployed.sweep()
    written.requires_nothing_marked(late, "Traceback")


def troubled(deployed: Deployed, order_id: str, since: int) -> bool:
    """Whether the worker has logged a stack trace about the order."""
    lines = deployed.said("fulfil", since).splitlines()
    return any(order_id in line and "Traceback" in line for line in lines)
