"""Travellers, for Locust: they think, have the order looked over, confirm, wait, and listen.

`bench/load.py` starts it, in an environment of its own, and reads what it writes into
LOAD_JOURNEYS. Half of them listen by the WebSocket, where there is one; the others poll.
"""

import json
import os
import random
import time
import uuid
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import websocket  # type: ignore[import-not-found]
from locust import FastHttpUser, task  # type: ignore[import-not-found]
from locust.exception import StopUser  # type: ignore[import-not-found]

from bench.journeys import Journey, order

LINE = os.environ["LOAD_LINE_URL"]
JOURNEYS = Path(os.environ["LOAD_JOURNEYS"])
ORDERS = int(os.environ["LOAD_ORDERS"])
"""After so many, nobody orders any more; 0: until the time is up."""
RUN = str(time.time_ns() // 10**6)[-7:]
THINKS = (0.5, 2.0)
LOOKS = (0.5, 3.0)
"""Seconds: before an order, and at its review."""
PATIENCE = 120.0
ASKED_ANYWAY = 3.0
"""Seconds of silence after which a page that listens asks all the same."""
TRIES = 5

numbers = count(1)
under_way: set[int] = set()
has_review = True
"""Until the API says that it prepares no voices (404)."""


class Traveller(FastHttpUser):  # type: ignore[misc]
    """One order after another, each as another LINE user."""

    def wait_time(self) -> float:
        return random.uniform(*THINKS)

    @task  # type: ignore[untyped-decorator]
    def travel(self) -> None:
        # No lock: greenlets take turns where they wait for the network, and nowhere else.
        number = next(numbers)
        if ORDERS and number > ORDERS:
            self._end_with_the_last()
            raise StopUser
        under_way.add(number)
        try:
            journey = self.order(number)
        finally:
            under_way.discard(number)
        if journey:
            with JOURNEYS.open("a", encoding="utf-8") as file:
                file.write(journey.line() + "\n")
        if ORDERS and number >= ORDERS:
            self._end_with_the_last()

    def _end_with_the_last(self) -> None:
        """End the run when no order is under way any more."""
        if not under_way:
            # A greenlet, where Locust has patched it: `quit` waits for all travellers, for us too.
            Thread(target=self.environment.runner.quit).start()

    def order(self, number: int) -> Journey | None:
        user_id = "U" + uuid.uuid4().hex
        # What LINE does is no part of the report.
        token = self._standin("/standin/id-token", {"user_id": user_id})["id_token"]
        headers = {"Authorization": f"Bearer {token}"}
        body = order(number, RUN)
        self._review(body, headers)
        confirmed = time.monotonic()
        accepted, took = self._confirm(body, headers)
        if accepted is None:
            return Journey("not accepted", user_id, took, (), None, "not accepted", False)
        listens = number % 2 == 0 and "push_url" in accepted
        socket = self._socket(accepted["push_url"]) if listens else None
        polls: list[float] = []
        heard, status = None, accepted
        while time.monotonic() - confirmed < PATIENCE:
            if polls or socket is None:  # Who has just connected may have missed something.
                self._wait(socket, status["poll_after_ms"] / 1000)
            asked = time.monotonic()
            looked = self._look(accepted["polling_url"], headers)
            polls.append(time.monotonic() - asked)
            if looked is None:
                continue
            status = looked
            if heard is None and status["voice_ready"] and self._fetch(status["voice_url"]):
                heard = time.monotonic() - confirmed
            if not status["processing"]:
                break
        if socket:
            socket.close()
        return Journey(
            accepted["order_id"], user_id, took, tuple(polls), heard, status["status"], listens
        )

    def _review(self, body: dict[str, Any], headers: dict[str, str]) -> None:
        global has_review
        if has_review:
            with self.client.post(
                "/api/voices", json=body, headers=headers, name="POST voices", catch_response=True
            ) as answer:
                has_review = answer.status_code != 404
                if answer.status_code in {404, 429}:
                    answer.success()  # As the API says of it: nothing depends on it.
        time.sleep(random.uniform(*LOOKS))

    def _confirm(
        self, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[dict[str, Any] | None, float]:
        """As the page does: one key for all tries, and as long between them as it is told."""
        headers = {**headers, "Idempotency-Key": str(uuid.uuid4())}
        began = time.monotonic()
        for _ in range(TRIES):
            began = time.monotonic()
            answer = self.client.post(
                "/api/orders/quick", json=body, headers=headers, name="POST order"
            )
            if answer.status_code == 202:
                return answer.json(), time.monotonic() - began
            time.sleep(float((answer.headers or {}).get("Retry-After") or 2))
        return None, time.monotonic() - began

    def _look(self, path: str, headers: dict[str, str]) -> dict[str, Any] | None:
        answer = self.client.get(path, headers=headers, name="GET status")
        found: dict[str, Any] | None = answer.json() if answer.status_code == 200 else None
        return found

    def _fetch(self, url: str) -> bool:
        """Whether there is an MP3 at the address: the frame's sync word, or a tag."""
        with self.client.get(url, name="GET MP3", catch_response=True) as answer:
            audio = answer.content or b""
            is_audio = audio[:3] == b"ID3" or audio[:2] in {b"\xff\xf3", b"\xff\xfb"}
            if not is_audio:
                answer.failure("no MP3")
        return is_audio

    def _socket(self, url: str) -> Any:
        """The WebSocket, or None where it does not open: then the traveller polls."""
        began = time.perf_counter()
        failure = None
        try:
            socket = websocket.create_connection(url, timeout=ASKED_ANYWAY)
        except (OSError, websocket.WebSocketException) as error:
            socket, failure = None, error
        self.environment.events.request.fire(
            request_type="WS",
            name="connect",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=failure,
            context={},
        )
        return socket

    def _wait(self, socket: Any, pause: float) -> None:
        """Until there is something to look at."""
        if socket is None:
            time.sleep(pause)
            return
        try:
            socket.recv()
        except websocket.WebSocketTimeoutException:
            return
        except (OSError, websocket.WebSocketException):
            time.sleep(pause)

    def _standin(self, path: str, body: dict[str, str]) -> Any:
        raw, kind = json.dumps(body).encode(), {"Content-Type": "application/json"}
        with urlopen(Request(LINE + path, raw, kind), timeout=30) as answer:
            return json.load(answer)
