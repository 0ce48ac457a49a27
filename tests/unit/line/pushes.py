"""Pushes to the LINE stand-in, and what has come of them."""

import json
import time
import traceback
import uuid
from typing import Any

import urllib3

from chalicelib.line.messaging_api import MessagingApiClient
from tests.unit.line.channel_token import TOKEN, Vault

USER = "U" + "5e" * 16
TEXT = "牛肉麵兩碗-that-nobody-may-see"
MESSAGES = [{"type": "text", "text": TEXT}]


class Line:
    """The stand-in, from a test's side."""

    def __init__(self, url: str, http: urllib3.PoolManager) -> None:
        self.url = url
        self._http = http

    def get(self, path: str) -> Any:
        return self._http.request("GET", self.url + path).json()

    def reset(self) -> None:
        self._http.request("POST", f"{self.url}/standin/reset")

    def post(self, path: str, body: Any) -> None:
        assert self._http.request("POST", self.url + path, json=body).status == 200

    def set_faults(self, *faults: object, endpoint: str = "push") -> None:
        self.post("/standin/faults", {endpoint: list(faults)})

    def received(self, user_id: str = USER) -> list[Any]:
        messages = self.get(f"/standin/messages?user_id={user_id}")["messages"]
        return [message["message"] for message in messages]


def sender_to(line: Line, vault: Vault | None = None) -> MessagingApiClient:
    vault = vault or Vault()
    return MessagingApiClient(
        api_url=line.url, channel_token=vault.token, forget_channel_token=vault.forget
    )


def push(
    sender: MessagingApiClient,
    *,
    key: uuid.UUID | None = None,
    user_id: str = USER,
    messages: list[dict[str, Any]] = MESSAGES,
    seconds: float = 5,
) -> None:
    sender.push(
        user_id,
        messages,
        retry_key=key or uuid.uuid4(),
        deadline=time.monotonic() + seconds,
    )


def assert_tells_nothing(error: BaseException, log: str = "") -> None:
    told = "".join(traceback.format_exception(error)) + str(error) + repr(error) + log
    for secret in (TOKEN, USER, TEXT, json.dumps(TEXT).strip('"')):
        assert secret not in told
