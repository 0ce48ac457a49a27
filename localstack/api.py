"""A client of the running stack's HTTP interfaces: the API, and the LINE stand-in's own."""

import json
from typing import Any

import urllib3

from localstack.errors import StackError


class NotThere(StackError):
    """There is nothing at the address (404)."""


class NothingAnswers(StackError):
    """There is nobody at the address that the message names."""


http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=30), retries=False)


def call(method: str, url: str, body: Any = None, **headers: str) -> Any:
    """The JSON answer. Raises `StackError` for anything but success: `NothingAnswers` for none."""
    raw = None if body is None else json.dumps(body).encode()
    return json.loads(_request(method, url, raw, {"Content-Type": "application/json", **headers}))


def download(url: str) -> bytes:
    """What lies at `url`. Raises as `call` does."""
    return _request("GET", url)


def _request(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    where = url.partition("?")[0]
    try:
        answer = http.request(method, url, body=body, headers=headers)
    except urllib3.exceptions.HTTPError as error:
        raise NothingAnswers(f"nothing answers at {where}") from error
    if answer.status >= 400:
        kind = NotThere if answer.status == 404 else StackError
        raise kind(f"{method} {where}: {answer.status} {answer.data.decode(errors='replace')}")
    return answer.data
