"""Logs and metrics: one structured line per thing that happened.

Lines carry `order_id` and request ids. They never carry bodies, tokens, tickets, LINE user ids,
client addresses, presigned URLs or addresses of voices.

A metric is a line as well, in CloudWatch's Embedded Metric Format (its specification: CloudWatch
user guide, "Embedded metric format"): CloudWatch makes the metric of it. docs/metrics.md says of
each where it is from, and what all cost.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, StrEnum
from typing import NamedTuple

from aws_lambda_powertools import Logger

from chalicelib.clock import now_ms
from chalicelib.settings import settings

NAMESPACE = "OrderVoice"
OTHER = "other"
"""What counts as none of a dimension's values: as many as are named here, and this, are billed."""

# As `json.dumps`, which makes an encoder for each line.
_as_json = json.JSONEncoder(separators=(",", ":")).encode
_line_as_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=str).encode

logger = Logger(service="order-voice", utc=True, use_rfc3339=True, json_serializer=_line_as_json)


@contextmanager
def log_keys(**keys: str) -> Iterator[None]:
    """Add `keys` to every line that this thread logs inside the block."""
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))


class Unit(StrEnum):
    """Those of CloudWatch's (StandardUnit) that metrics of ours have."""

    COUNT = "Count"
    SECONDS = "Seconds"
    PERCENT = "Percent"


class By(NamedTuple):
    """The dimension that a metric has beside `stage`."""

    name: str
    values: tuple[str, ...]
    has_total: bool = False
    """Whether the metric is there without this dimension, too: an alarm rests on that."""


ENGINES = ("gtts", "polly", "google", "azure", "kokoro", "espeak")
FAILURES = (
    *("speech_unavailable", "speech_impossible", "storage_unavailable"),
    *("fulfilment_timed_out", "internal_error"),
)
HAND_BACKS = (
    *("speech_unavailable", "storage_unavailable", "line_unavailable", "internal_error"),
    # The batch's time was over; or the order was not come to: DynamoDB did not say whose it is.
    *("out_of_time", "not_begun"),
)
PREPARATIONS = ("spoken", "known", "failed")
PUSH_RESULTS = ("sent", "not_reachable", "quota_used_up", "failed")
REPAIRS = ("queued_again", "ended")
PAGE_EVENTS = (
    *("page_opened", "order_confirmed", "voice_played"),
    *("play_failed", "order_not_seen", "script_error"),
)


class Metric(Enum):
    """Every metric of ours. Its dimensions are `stage`, and the one named here."""

    ORDER_ACCEPTED = "OrderAccepted", Unit.COUNT
    ORDER_COMPLETED = "OrderCompleted", Unit.COUNT
    ORDER_FAILED = "OrderFailed", Unit.COUNT, By("reason", FAILURES, has_total=True)
    """By the code that the traveller is told."""
    SECONDS_TO_ACCEPT = "SecondsToAccept", Unit.SECONDS
    """From the gateway's receipt of an order until our 202."""
    SECONDS_TO_VOICE = "SecondsToVoice", Unit.SECONDS
    """From acceptance, or the traveller's retry, until the audio may be heard."""
    SECONDS_TO_COMPLETE = "SecondsToComplete", Unit.SECONDS
    """The same until the order is completed."""

    STATUS_REQUESTS = "StatusRequests", Unit.COUNT
    """An order's status was told. Their sum over that of `OrderAccepted`: polls an order."""
    END_SEEN = "EndSeen", Unit.COUNT
    """An order's end was told (200, and not 304) within a minute of it: against all ended orders,
    how many travellers the polling has reached."""

    ENGINE_USED = "SpeechEngineUsed", Unit.COUNT, By("engine", ENGINES)
    """An engine has spoken a sentence."""
    ENGINE_LEFT = "SpeechEngineLeft", Unit.COUNT, By("engine", ENGINES)
    """A sentence was spoken, or found, further down the chain: this engine could not, or was
    passed over because it had just failed."""
    VOICE_REUSED = "VoiceReused", Unit.COUNT, By("engine", ENGINES)
    """The audio was in S3 already; this engine had made it."""

    VOICE_PREPARED = "VoicePrepared", Unit.COUNT, By("result", PREPARATIONS)
    """A voice was asked for before its order was confirmed: spoken, known already, or not made."""

    PUSH = "Push", Unit.COUNT, By("result", PUSH_RESULTS)
    """An order with a LINE message has been completed, and what became of the message. `failed`:
    LINE refused it, or never said that it took it."""
    VOICE_LEFT_OUT = "VoiceLeftOut", Unit.COUNT
    """A LINE message went without its voice, whose address LINE would have refused."""
    QUOTA_LEFT = "LineQuotaLeft", Unit.COUNT
    """Pushes that LINE's plan still has for this month; none where it has no limit."""
    QUOTA_USED = "LineQuotaUsed", Unit.PERCENT
    QUOTA_UNKNOWN = "LineQuotaUnknown", Unit.COUNT
    """LINE did not say what is left."""

    ORDER_HANDED_BACK = "OrderHandedBack", Unit.COUNT, By("reason", HAND_BACKS)
    """An attempt has failed, and another comes."""
    SEND_FAILED = "SendFailed", Unit.COUNT
    """SQS did not take an accepted order's message."""
    TELLING_FAILED = "TellingFailed", Unit.COUNT
    """A page was not told of a change of its order, and finds it by asking."""
    OVERDUE_ORDERS = "OverdueOrders", Unit.COUNT
    """Open orders that the sweeper found without a worker; measured at every sweep."""
    SWEEPER_REPAIRED = "SweeperRepaired", Unit.COUNT, By("repair", REPAIRS)
    """What the sweeper did with one of them."""
    SECONDS_OLDEST_WAITS = "SecondsOldestWaits", Unit.SECONDS
    """The age of the oldest order that waits for a worker, 0 where none does; at every sweep."""

    CREATE_ERROR = "CreateError", Unit.COUNT
    """An order met a 5xx of ours; the gateway's own are not among them."""
    GUEST_LID_REACHED = "GuestLidReached", Unit.COUNT
    """Guests are refused until midnight; measured by each container every ten seconds."""
    GUEST_LID_FAILED = "GuestLidFailed", Unit.COUNT
    """The orders of all guests could not be counted or read: their lid may be open."""

    PAGE_EVENT = "PageEvent", Unit.COUNT, By("kind", PAGE_EVENTS)
    """What pages tell of themselves. Anybody can make it up: no alarm rests on it."""

    def __init__(self, label: str, unit: Unit, by: By | None = None) -> None:
        self.label = label
        self.unit = unit
        self.by = by

    @property
    def dimension_sets(self) -> list[list[str]]:
        """What CloudWatch keeps the metric by."""
        if self.by is None:
            return [["stage"]]
        total = [["stage"]] if self.by.has_total else []
        return [["stage", self.by.name], *total]


def measure(metric: Metric, value: float = 1, *, of: str | None = None) -> None:
    """One value of a metric, written at once; safe in threads. `of` is the value of its further
    dimension, where it has one."""
    further = {metric.by.name: of if of in metric.by.values else OTHER} if metric.by else {}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": metric.dimension_sets,
        "Metrics": [{"Name": metric.label, "Unit": metric.unit}],
    }
    _write(
        {
            "_aws": {"Timestamp": now_ms(), "CloudWatchMetrics": [directive]},
            "stage": settings().stage,
            **further,
            metric.label: value,
        }
    )


def _write(line: dict[str, object]) -> None:
    # In one piece: of two, another thread's line could come between.
    sys.stdout.write(_as_json(line) + "\n")
