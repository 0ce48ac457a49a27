"""The orders as the page shows them: what the table says of each, and its time line."""

import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from deploy.function_logs import Line
from localstack.glance.timeline import ENDS, phases, steps

SHOWN = 30
REMEMBERED = 500
"""Orders whose lines are kept."""
MOST_LINES = 200
"""Of one order: a page left open polls for ever."""
TOLD = ("store_name", "status", "trouble", "voice_engine", "notification", "notification_detail")
COUNTED = ("attempts", "retries", "requeues")
_REPORT = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")

_deserialize = TypeDeserializer().deserialize


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """A table's item with Python's values."""
    return {name: _deserialize(value) for name, value in item.items()}


class Stories:
    """The lines of the orders that were spoken of last."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, list[Line]] = OrderedDict()
        self._placing: OrderedDict[str, str] = OrderedDict()
        """Orders by the request that has placed them, until its report comes."""
        self._reports: OrderedDict[str, float] = OrderedDict()
        """Milliseconds by request, of those that have placed no order so far: a report may come
        before the lines of its request."""
        self.accepted_ms: dict[str, float] = {}
        """How long the API function took to accept an order."""

    def add(self, line: Line) -> None:
        order_id = line.said.get("order_id")
        if not isinstance(order_id, str) or line.is_a_poll:
            return
        lines = self._lines.setdefault(order_id, [])
        self._lines.move_to_end(order_id)
        if len(lines) < MOST_LINES:
            lines.append(line)
        if str(line.said.get("location", "")).startswith("create_quick_order:"):
            self._placing[str(line.said.get("function_request_id"))] = order_id
            self._match(str(line.said.get("function_request_id")))
        while len(self._lines) > REMEMBERED:
            forgotten, _ = self._lines.popitem(last=False)
            self.accepted_ms.pop(forgotten, None)

    def add_report(self, message: str) -> None:
        """Lambda's own line of a request, which says how long it took."""
        if found := _REPORT.match(message):
            self._reports[found[1]] = float(found[2])
            self._match(found[1])

    def _match(self, request_id: str) -> None:
        if request_id in self._placing and request_id in self._reports:
            took_ms = self._reports.pop(request_id)
            self.accepted_ms[self._placing.pop(request_id)] = took_ms
        for waiting in (self._placing, self._reports):
            while len(waiting) > REMEMBERED:
                waiting.popitem(last=False)

    def of(self, order_id: str) -> list[Line]:
        return self._lines.get(order_id, [])


def newest(keys: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the orders that are shown, newest first, of all orders' states."""
    living = [key for key in keys if "created_at" in key]
    living.sort(key=lambda key: key["created_at"], reverse=True)
    return [key["order_id"] for key in living[:SHOWN]]


def by_state(keys: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many orders are in which state; of an erased one there is nothing left to say."""
    return dict(Counter(key.get("status", "erased") for key in keys))


def shown(item: Mapping[str, Any], stories: Stories, connected: int = 0) -> dict[str, Any]:
    """One order for the page; `connected` are the WebSockets of its pages.

    Nothing of its user, its lease, or what opens something."""
    order_id = item["order_id"]
    found = steps(item, stories.of(order_id))
    opened_at = int(item["opened_at"])
    voices = [step.at_ms for step in found if step.kind == "voice" and step.at_ms >= opened_at]
    ended = item.get("completed_at")
    ends = [step.at_ms for step in found if step.kind in ENDS and step.at_ms >= opened_at]
    return {
        "id": order_id,
        **{name: item.get(name) or "" for name in TOLD},
        **{name: int(item.get(name) or 0) for name in COUNTED},
        "connected": connected,
        "dishes": sum(int(dish["quantity"]) for dish in item["items"]),
        "names": [str(dish["original"]) for dish in item["items"]],
        "created_at": int(item["created_at"]),
        "accept_ms": stories.accepted_ms.get(order_id),
        "voice_ms": voices[0] - opened_at if voices else None,
        "ended_at": max([int(ended), *ends[:1]]) if ended else None,
        "complete_ms": int(ended) - opened_at if ended else None,
        "steps": [step._asdict() for step in found],
        "phases": [phase._asdict() for phase in phases(item, found)],
    }
