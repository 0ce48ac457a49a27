"""One order through a deployed API, as a guest would place it, until its voice is heard.

A guest's order pushes nothing to anybody. It is known by its shop, `SHOP`. Nobody has said its
sentence before, because its numbers are made up: so the voice is made, and not found.
"""

import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from chalicelib.speech.mp3 import BrokenAudio, duration_ms

SHOP = "部署測試"
DISH = "測試商品"
PATIENCE_SECONDS = 120.0
"""For an order: its first functions start cold, and a sweep may have to find it."""
HOPELESS = {400, 401, 405, 409, 410, 413, 415, 422}
"""Answers that another try does not change."""
PAUSE_SECONDS = 1.0


class SmokeFailed(RuntimeError):
    """The order did not come to its voice; the message says where it stopped."""


class NotTried(RuntimeError):
    """No order could be placed, for reasons that no deployment has made."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An order that was completed, and whose voice could be fetched."""

    order_id: str
    took_seconds: float
    voice_seconds: float


def sample() -> dict[str, Any]:
    """An order that says a sentence of its own, all of it."""
    quantity, people, table = (secrets.randbelow(99) + 1 for _ in range(3))
    return {
        "store_name": SHOP,
        "items": [{"item_name": DISH, "quantity": quantity, "price": 1}],
        "people": people,
        "table": str(table),
        "total_amount": quantity,
        "language": "zh-TW",
    }


def try_order(api_url: str) -> Heard:
    """Place one order and hear it. Raises `SmokeFailed` and `NotTried`."""
    began = time.monotonic()
    with urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=30), retries=False) as http:
        ask = _Patient(http, began + PATIENCE_SECONDS)
        try:
            order_id, voice = _heard(ask, api_url)
            voice_seconds = duration_ms(voice) / 1000
        except BrokenAudio as error:
            raise SmokeFailed(f"what came as the voice is no MP3: {error}") from error
        except (KeyError, ValueError) as error:
            raise SmokeFailed(f"an answer is not as the API describes it: {error!r}") from error
    return Heard(order_id, time.monotonic() - began, voice_seconds)


def _heard(ask: "_Patient", api_url: str) -> tuple[str, bytes]:
    """The id of an order, and its voice."""
    key = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    order = json.dumps(sample()).encode()
    accepted = ask("POST", f"{api_url}/api/orders/quick", body=order, headers=key).json()
    status = ask("GET", f"{api_url}{accepted['polling_url']}", enough=_has_ended).json()
    if status["status"] != "completed":
        raise SmokeFailed(f"order {accepted['order_id']} failed: {_reason(status)}")
    return accepted["order_id"], ask("GET", status["voice_url"]).data


def _any(_: urllib3.BaseHTTPResponse) -> bool:
    return True


def _has_ended(answer: urllib3.BaseHTTPResponse) -> bool:
    return not answer.json()["processing"]


@dataclass(frozen=True, slots=True)
class _Patient:
    """Asks until there is a good answer that is enough, or the deadline has come.

    An API that is a few seconds old answers 403, 404 and 5xx, and one lost connection means
    nothing.
    """

    http: urllib3.PoolManager
    deadline: float

    def __call__(
        self,
        method: str,
        url: str,
        *,
        enough: Callable[[urllib3.BaseHTTPResponse], bool] = _any,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        where = url.partition("?")[0]
        while True:
            pause, is_full = PAUSE_SECONDS, False
            try:
                answer = self.http.request(method, url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                said = f"no answer ({error})"
            else:
                if answer.status < 300 and enough(answer):
                    return answer
                said = f"{answer.status} {_problem(answer)}"
                pause = float(answer.headers.get("Retry-After", PAUSE_SECONDS))
                is_full = answer.status == 429
                if answer.status in HOPELESS:
                    raise SmokeFailed(f"{method} {where}: {said}")
            if time.monotonic() + pause >= self.deadline:
                if is_full:
                    raise NotTried(f"guests may not order now: {said}")
                raise SmokeFailed(f"{method} {where}, to the end: {said}")
            time.sleep(pause)


def _problem(answer: urllib3.BaseHTTPResponse) -> str:
    return " ".join(answer.data[:300].decode(errors="replace").split())


def _reason(status: Mapping[str, Any]) -> str:
    error = status.get("error") or {}
    return f"{error.get('code', '')} {error.get('message', '')}".strip() or "no reason given"
