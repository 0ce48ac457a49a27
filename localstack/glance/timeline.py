"""One order's way on a time line: its steps, and what it did between them.

accepted ── queued ── claimed ── voice ── pushed ── completed
    accepting  waiting   speaking   telling   ending
                  ▲         │
                  └─────────┘ handed back, repaired by the sweeper, reopened by its traveller
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from deploy.function_logs import Line

STEPS = {
    "🚀 快速訂單建立請求": "queued",
    "order not queued, left to the sweeper": "lost",
    "🔄 開始背景處理訂單": "claimed",
    "speech engine": "engine",
    "voice ready": "voice",
    "LINE has the push": "pushed",
    "handed back for another attempt": "handed back",
    "handed back until an engine is free": "handed back",
    "the order has no worker, queued again": "repaired",
    "order reopened by its traveller": "reopened",
    "order completed": "completed",
    "order failed": "failed",
    "refused": "refused",
}
"""By what the functions log of them. What else is a warning or an error is `trouble`."""
PHASES = {
    "accepted": "accepting",
    "queued": "waiting",
    "lost": "waiting",
    "claimed": "speaking",
    "voice": "telling",
    "pushed": "ending",
    "handed back": "waiting",
    "repaired": "waiting",
    "reopened": "waiting",
}
"""What an order does from a step on, until the next one that is named here."""
ENDS = ("completed", "failed")
ONLY_FROM = {"queued": "accepting", "lost": "accepting", "reopened": ""}
"""Steps that the API logs after it has queued the order: a worker may have it by then, and no phase
begins."""


class Step(NamedTuple):
    kind: str
    at_ms: int
    function: str
    text: str
    is_trouble: bool = False


class Phase(NamedTuple):
    kind: str
    from_ms: int
    to_ms: int | None
    """None while it lasts."""


def steps(item: Mapping[str, Any], lines: Iterable[Line]) -> list[Step]:
    """What became of the order, by time. `item` is the order as its table holds it."""
    found = [Step("accepted", int(item["created_at"]), "api", "accepted")]
    # A line of the same moment was written later.
    return sorted([*found, *_told(lines)], key=lambda step: step.at_ms)


def _told(lines: Iterable[Line]) -> Iterator[Step]:
    for line in lines:
        is_trouble = line.said.get("level") in ("WARNING", "ERROR")
        kind = STEPS.get(line.message, "trouble" if is_trouble else "")
        if kind:
            yield Step(kind, line.at_ms, line.function, line.text, is_trouble)


def phases(item: Mapping[str, Any], found: Iterable[Step]) -> list[Phase]:
    """What the order did between its steps. Of one that a worker has at this moment the lines may
    not be there yet: emulators bring them when it is done; it is `underway` then."""
    done: list[Phase] = []
    kind, since, is_spoken = "", 0, False
    for step in found:
        if step.kind not in PHASES and step.kind not in ENDS:
            continue
        if ONLY_FROM.get(step.kind, kind) != kind:
            continue
        if kind:
            done.append(Phase(kind, since, step.at_ms))
        is_spoken = (is_spoken or step.kind == "voice") and step.kind not in ENDS
        kind, since = PHASES.get(step.kind, ""), step.at_ms
        if step.kind == "claimed" and is_spoken:  # By an attempt before.
            kind = "telling"
    if "completed_at" in item:
        # Its last lines are on their way, or were lost with their worker.
        return [*done, Phase("underway", since, int(item["completed_at"]))] if kind else done
    is_claimed = int(item.get("lease_expires_at") or 0) > 0  # Handing back sets it to 0.
    if is_claimed and kind in ("accepting", "waiting"):
        kind = "underway"
    return [*done, Phase(kind, since, None)] if kind else done
