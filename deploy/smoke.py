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
from http import HTTPStatus
from typing import Any, Literal

import urllib3

from chalicelib.order import Trouble
from chalicelib.speech.mp3 import BrokenAudio, duration_ms

SHOP = "部署測試"
DISH = "測試商品"
PATIENCE_SECONDS = 120.0
"""For an order: its first functions start cold, and a sweep may have to find it."""
HOPELESS = {400, 401, 405, 409, 410, 413, 415, 422}
"""Answers that another try does not change."""
PAUSE_SECONDS = 1.0


REASONS: dict[Trouble, str] = {
    "speech_unavailable": "no engine of SpeechEngines has spoken: gtts needs the internet, polly "
    "AWS, google and azure the internet and their keys, kokoro and espeak their layers",
    "speech_impossible": "no engine of SpeechEngines can speak it",
    "storage_unavailable": "the worker could not keep the voice in its bucket",
    "line_unavailable": "LINE did not take the message",
    "fulfilment_timed_out": "its time was over before the worker had finished it",
    "internal_error": "the worker met an error that has no name",
}
"""What an operator reads where a traveller is told what to do."""
Part = Literal["ApiLogs", "FulfilLogs"]


class SmokeFailed(RuntimeError):
    """The order did not come to its voice; the message says where it stopped."""

    def __init__(self, message: str, log: Part = "ApiLogs") -> None:
        super().__init__(message)
        self.log = log
        """The log group, by its name in the template, that says more."""
        self.order_id = ""
        """Of the order, where one was accepted."""


class NotTried(RuntimeError):
    """No order could be placed, for reasons that no deployment has made."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An order that was completed, and whose voice could be fetched."""

    order_id: str
    took_seconds: float
    """Without what it waited before it could be placed."""
    waited_seconds: float
    """Until guests might order again, where there was a limit (429)."""
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
        "language": "en",
    }


def try_order(api_url: str, tell: Callable[[str], None]) -> Heard:
    """Place one order and hear it; `tell` is told what is waited for. Raises `SmokeFailed` and
    `NotTried`."""
    began = time.monotonic()
    with urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=30), retries=False) as http:
        ask = _Patient(http, began + PATIENCE_SECONDS, tell)
        try:
            order_id, voice = _heard(ask, api_url)
            voice_seconds = duration_ms(voice) / 1000
        except BrokenAudio as error:
            raise SmokeFailed(f"what came as the voice is no MP3: {error}", "FulfilLogs") from error
        except KeyError as error:
            raise SmokeFailed(f"an answer of the API lacks {error}") from error
        except ValueError as error:
            raise SmokeFailed(f"an answer of the API is no JSON: {error}") from error
    took_seconds = time.monotonic() - began - ask.waited_seconds
    return Heard(order_id, took_seconds, ask.waited_seconds, voice_seconds)


def _heard(ask: "_Patient", api_url: str) -> tuple[str, bytes]:
    """The id of an order, and its voice."""
    key = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    order = json.dumps(sample()).encode()
    placing, quick = "placing the order", f"{api_url}/api/orders/quick"
    accepted = ask(placing, "POST", quick, body=order, headers=key).json()
    try:
        return accepted["order_id"], _voice(ask, api_url, accepted)
    except SmokeFailed as failed:
        failed.order_id = accepted["order_id"]
        raise


def _voice(ask: "_Patient", api_url: str, accepted: Mapping[str, Any]) -> bytes:
    """What the order that was accepted comes to."""
    asking, polling_url = "asking for its status", f"{api_url}{accepted['polling_url']}"
    status = ask(asking, "GET", polling_url, enough=_has_ended).json()
    if status["status"] != "completed":
        reason = f"order {accepted['order_id']} was accepted and failed: {_reason(status)}"
        raise SmokeFailed(reason, "FulfilLogs")
    return ask("fetching its voice", "GET", status["voice_url"]).data


def _any(_: urllib3.BaseHTTPResponse) -> bool:
    return True


def _has_ended(answer: urllib3.BaseHTTPResponse) -> bool:
    return not answer.json()["processing"]


@dataclass(slots=True)
class _Patient:
    """Asks until there is a good answer that is enough, or the deadline has come.

    An API that is a few seconds old answers 403, 404 and 5xx, and one lost connection means
    nothing.
    """

    http: urllib3.PoolManager
    deadline: float
    tell: Callable[[str], None]
    waited_seconds: float = 0.0
    """For a limit (429)."""

    def __call__(
        self,
        what: str,
        method: str,
        url: str,
        *,
        enough: Callable[[urllib3.BaseHTTPResponse], bool] = _any,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        where = f"({method} {url.partition('?')[0]})"
        log: Part
        while True:
            pause, is_full, log = PAUSE_SECONDS, False, "ApiLogs"
            try:
                answer = self.http.request(method, url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                said = f"{what} had no answer to the end: {str(error).rpartition(': ')[2]} {where}"
            else:
                if answer.status < 300 and enough(answer):
                    return answer
                said = f"{what} was answered, to the end, with {_problem(answer)} {where}"
                if answer.status < 300:
                    said, log = _unfinished(answer), "FulfilLogs"
                pause = float(answer.headers.get("Retry-After", PAUSE_SECONDS))
                is_full = answer.status == 429
                if answer.status in HOPELESS:
                    raise SmokeFailed(f"{what} was refused with {_problem(answer)} {where}")
            if time.monotonic() + pause >= self.deadline:
                if is_full:
                    raise NotTried(f"guests may not order now: {_problem(answer)}")
                raise SmokeFailed(said, log)
            if is_full:
                self.tell(f"{what}: {_problem(answer)}; waiting {pause:.0f} s for that")
                self.waited_seconds += pause
            time.sleep(pause)


def _problem(answer: urllib3.BaseHTTPResponse) -> str:
    """The status in words, and the sentence of a problem (RFC 9457) or of the gateway."""
    phrase = next((f" {known.phrase}" for known in HTTPStatus if known == answer.status), "")
    try:
        told = answer.json()
        sentence = str(told.get("detail") or told.get("message") or "")
    except (ValueError, AttributeError):  # A page for people, of whoever stands between.
        sentence = ""
    return f"{answer.status}{phrase}" + (f": {' '.join(sentence.split())}" if sentence else "")


def _unfinished(answer: urllib3.BaseHTTPResponse) -> str:
    status = answer.json()
    return (
        f"order {status['order_id']} was accepted, and the worker has not finished it after "
        f"{PATIENCE_SECONDS:.0f} s: it is still {status['status']} (stage {status['stage']})"
    )


def _reason(status: Mapping[str, Any]) -> str:
    code = (status.get("error") or {}).get("code", "")
    return f"{REASONS.get(code, 'no reason given')} ({code})"
