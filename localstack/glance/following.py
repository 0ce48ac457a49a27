"""Follows a log group: what is new in it since it was last looked at."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy.function_logs import events

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

OVERLAP_MS = 2_000
"""How much later than another event one may be written that is older than it."""
MOST_AT_ONCE = 10_000
"""Events of one answer (AWS). MiniStack gives so many and says nothing of the rest."""


@dataclass
class Follower:
    """One reader of one log group. Not thread-safe."""

    logs: "CloudWatchLogsClient"
    group: str
    since_ms: int
    _seen: "Counter[tuple[str, int, str]]" = field(default_factory=Counter)
    """What was given of the time from `since_ms` on; two may say the same."""

    def new(self) -> "list[FilteredLogEventTypeDef]":
        """What was not given before, by time."""
        fresh: list[FilteredLogEventTypeDef] = []
        while True:
            found = list(events(self.logs, self.group, self.since_ms))
            left = self._seen.copy()
            for event in found:
                if left[_key(event)]:
                    left[_key(event)] -= 1
                else:
                    fresh.append(event)
            if not found:
                return fresh
            is_cut = len(found) % MOST_AT_ONCE == 0
            latest = max(event["timestamp"] for event in found)
            self.since_ms = max(self.since_ms, latest - (0 if is_cut else OVERLAP_MS))
            self._seen = Counter(
                _key(event) for event in found if event["timestamp"] >= self.since_ms
            )
            if not is_cut:
                return fresh


def _key(event: "FilteredLogEventTypeDef") -> tuple[str, int, str]:
    return event.get("logStreamName", ""), event["timestamp"], event["message"]
