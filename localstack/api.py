"""A client of the running stack's HTTP interfaces: the API, and the LINE stand-in's own."""

import json
from typing import Any

import urllib3

from localstack.processes import StackError

http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2, read=30), retries=False)


def call(method: str, url: str, body: Any = None, **headers: str) -> Any:
    """The JSON answer. Raises `StackError` for anything but success."""
    try:
        answer = http.request(
            method,
            url,
            body=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
    except urllib3.exceptions.HTTPError as error:
        raise StackError(f"the stack does not answer at {url}: is it running?") from error
    if answer.status >= 400:
        raise StackError(f"{method} {url}: {answer.status} {answer.data.decode()}")
    return json.loads(answer.data)
