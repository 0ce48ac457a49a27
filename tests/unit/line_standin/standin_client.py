"""A client of the LINE stand-in, for its tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from chalicelib.line.login import IdTokenVerifier, KeySet
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving

CHANNEL = "1234567890"
TOKEN = "the-channel-token"
USER = "U4af4980629a1b2c3d4e5f60718293a4b"
HELLO = {"type": "text", "text": "哈囉"}


class Client:
    """Talks to one stand-in."""

    def __init__(self, url: str, http: urllib3.PoolManager) -> None:
        self.url = url
        self.http = http

    def get(self, path: str, **arguments: Any) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", self.url + path, retries=False, **arguments)

    def post(self, path: str, body: Any = None, **arguments: Any) -> urllib3.BaseHTTPResponse:
        return self.http.request(
            "POST", self.url + path, json=body, retries=False, timeout=10, **arguments
        )

    def push(
        self,
        *messages: Any,
        to: Any = USER,
        token: str = TOKEN,
        key: str | None = None,
        **more: Any,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {token}"}
        if key:
            headers["X-Line-Retry-Key"] = key
        body = {"to": to, "messages": list(messages)} | more
        return self.post("/v2/bot/message/push", body, headers=headers)

    def received(self, user_id: str = USER) -> list[Any]:
        messages = self.get(f"/standin/messages?user_id={user_id}").json()["messages"]
        return [message["message"] for message in messages]

    def id_token(self, **body: Any) -> str:
        response = self.post("/standin/id-token", {"user_id": USER} | body)
        assert response.status == 200, response.data
        token: str = response.json()["id_token"]
        return token


@contextmanager
def running(state_file: Path | None = None) -> Iterator[Client]:
    config = Config(
        channel_id=CHANNEL,
        channel_token=TOKEN,
        state_file=state_file,
        hang_seconds=0.2,
        page_ports=(4566,),
        origins=("https://front.example",),
    )
    with serving(config) as url, urllib3.PoolManager() as http:
        yield Client(url, http)


def verified(line: Client, token: str) -> str:
    keys = KeySet(f"{line.url}/oauth2/v2.1/certs", pool=line.http)
    return IdTokenVerifier(channel_id=CHANNEL, keys=keys).verify(token)


def audio(url: Any = "https://example.com/a.mp3", duration: Any = 1000) -> dict[str, Any]:
    return {"type": "audio", "originalContentUrl": url, "duration": duration}
