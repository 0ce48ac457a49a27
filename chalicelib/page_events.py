"""What pages tell of themselves, `POST /api/page-events`: kinds that are counted, nothing else.

Nothing of a request is stored or logged but how often it names each kind. Whoever likes can make
them up, so nothing is decided by them.
"""

from collections import Counter
from typing import Any

from chalicelib.errors import FieldError, PageEventsRefused
from chalicelib.telemetry import PAGE_EVENTS, Metric, measure

MAX_BYTES = 1024
MOST_EVENTS = 20
"""In one request, which writes a line for each kind."""


def count(data: dict[str, Any]) -> None:
    """Count the events of a request. Raises `PageEventsRefused`; then none is counted."""
    events = data.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise _refusal("events", f"A list of 1 to {MOST_EVENTS} kinds.")
    for at, kind in enumerate(events):
        if kind not in PAGE_EVENTS:
            raise _refusal(f"events[{at}]", f"One of {', '.join(PAGE_EVENTS)}.")
    for kind, times in Counter(events).items():
        measure(Metric.PAGE_EVENT, times, of=kind)


def _refusal(field: str, rule: str) -> PageEventsRefused:
    return PageEventsRefused(f"{field}: {rule}", errors=[FieldError(field, rule)])
