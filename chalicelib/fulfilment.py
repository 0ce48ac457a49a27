"""The steps of working on one order: claim, speak, push, complete.

Each finished step is recorded, so that a redelivery repeats none of them. A step that fails for
a while hands the order back, to be tried again in seconds; the last attempt ends the order.
An attempt that only found every engine busy is not counted: time alone ends such an order.
"""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from chalicelib.clock import now_ms
from chalicelib.errors import (
    NoEngineFree,
    PermanentError,
    QuotaUsedUp,
    StorageUnavailable,
    TransientError,
)
from chalicelib.languages import SPOKEN
from chalicelib.line.order_message import Message, order_messages
from chalicelib.order import NotificationDetail, Notified, Trouble, Voice
from chalicelib.orders import limits, pace, queue, transitions
from chalicelib.orders.identity import line_user_id
from chalicelib.orders.notifying import not_pushed
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.summary import summarise
from chalicelib.orders.transitions import (
    SPEECH_IMPOSSIBLE,
    LeaseLost,
    is_spent,
    rests,
    time_is_used_up,
)
from chalicelib.push.telling import teller
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, logger, measure

PUSH_SECONDS = 6.0
"""What is kept of the time for the LINE push while the order is being spoken."""
PROFILE_SECONDS = 1.0
"""How long an order that LINE has taken waits to hear whether its traveller can be reached."""
COMPLETING_SECONDS = 3.0
"""What is kept of the time to complete an order: one try of DynamoDB's client."""
FIRST_PAUSE_SECONDS = 2
MOST_JITTER_SECONDS = 1
NO_VOICE: Final = "speech_unavailable"
LONGEST_PAUSE_SECONDS = 60
"""Before an attempt after one that was not counted."""
RETRY_KEY_NAMESPACE = uuid.UUID("0c4b5a52-7bb0-5c57-9f0d-5f1f0a1f5c8e")


class Speaks(Protocol):
    def speak(self, text: str, language: str, *, deadline: float, any_voice: bool) -> Voice: ...


class AddressesVoices(Protocol):
    def address(self, order_id: str, accepted_at: int, *, deadline: float) -> str: ...


class Pushes(Protocol):
    def push(
        self, user_id: str, messages: list[Message], *, retry_key: uuid.UUID, deadline: float
    ) -> None: ...

    def has_profile(self, user_id: str, *, deadline: float) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """The systems that an order needs beside its table."""

    speaker: Speaks
    voices: AddressesVoices
    messaging_api: Pushes
    prepare_push: Callable[[], object] = lambda: None
    """Begins what a push needs and a voice does not; returns at once."""


Redelivery = int | None
"""In how many seconds SQS is to deliver the message again; None: it has done its work."""

AT_ONCE = 0
"""For an order that has failed: its message uses up its deliveries (`maxReceiveCount`), and SQS
moves it to the dead letters, from where an operator may redrive it."""


def fulfil(order_id: str, tools: Tools, *, deadline: float) -> Redelivery:
    """Work on one order until `deadline` (in `time.monotonic()` seconds).

    Raises `TransientError` where DynamoDB does not answer; the message is then delivered again,
    and the sweeper looks after the order.
    """
    lease_ms = max(0, round((deadline - time.monotonic()) * 1000))
    token = uuid.uuid4().hex
    record = transitions.claim(
        order_id, token=token, lease_ms=lease_ms, now=now_ms(), pace=pace.measured().percent
    )
    if record is None:
        return _not_ours(transitions.find(order_id, now=now_ms()))
    logger.info("🔄 開始背景處理訂單", attempt=int(record.attempts))
    try:
        redelivery = _work_on(record, tools, deadline)
    except LeaseLost:
        redelivery = _not_ours(transitions.find(order_id, now=now_ms()))
    is_first = int(record.attempts) == 1 and record.trouble is None
    if is_first and line_user_id(record.owner) is None:
        limits.count_guest_order(now=now_ms())  # When nobody waits for it any more.
    return redelivery


def _not_ours(record: OrderRecord | None) -> Redelivery:
    """Why an order is not to be had, or no longer, and what that means for the message."""
    if record is None:
        logger.warning("no such order, or its time is over")
        return None
    if record.open and is_spent(record, now_ms()):
        return AT_ONCE if end_spent(record) else _when_lease_ends(record)
    if rests(record, now_ms()):
        logger.info("the order waits for an engine, and has a later message")
        return None
    if record.status == "failed" and record.trouble != SPEECH_IMPOSSIBLE:
        return AT_ONCE  # It failed for want of attempts: an operator may redrive it.
    return _when_lease_ends(record) if record.open else None


def _when_lease_ends(record: OrderRecord) -> int:
    """Another worker has the order. Look again when its lease is over: it may have died."""
    logger.info("the order is being worked on already")
    lease_left_ms = max(0, int(record.lease_expires_at) - now_ms())
    return lease_left_ms // 1000 + 1


def end_spent(record: OrderRecord) -> bool:
    """End an order that has used up its attempts or its time; False if someone still has it."""
    attempts_used_up = int(record.attempts) >= settings().max_attempts
    code = (record.trouble or "internal_error") if attempts_used_up else "fulfilment_timed_out"
    ended = transitions.give_up(record, code, now=now_ms())
    if ended is not None:
        _ended(ended)
    return ended is not None


def _work_on(record: OrderRecord, tools: Tools, deadline: float) -> Redelivery:
    notified = None
    try:
        if not record.voice_key:
            record = _speak(record, tools, deadline)
        if record.open:
            notified = _notify(record, tools, deadline)
            record = transitions.complete(record, notified, now=now_ms())
    except LeaseLost:
        raise
    except NoEngineFree:
        logger.warning("no engine is free for now", exc_info=True)
        return _wait_for_an_engine(record)
    except _StepFailed as failure:
        return _hand_back(record, failure.code, notified)
    except TransientError:
        # What we wrote may be there: if the order has ended, it cannot be handed back.
        logger.exception("DynamoDB failed for now")
        return _hand_back(record, "storage_unavailable", notified)
    except Exception:
        # A mistake of ours must not cost the traveller the order: it gets its other attempts.
        logger.exception("unexpected error")
        return _hand_back(record, "internal_error", notified)
    _ended(record)
    return None


class _StepFailed(Exception):
    """A step that another attempt may cure; `code` is what the traveller is told of it."""

    def __init__(self, code: Trouble) -> None:
        super().__init__(code)
        self.code = code


def _speak(record: OrderRecord, tools: Tools, deadline: float) -> OrderRecord:
    """The order with its voice; or failed, if no engine can ever say it."""
    from chalicelib.mandarin.sentence import order_sentence  # The API function needs none of it.

    order = record.order
    sentence = order_sentence(order)
    is_pushed = not_pushed(record.owner, order) is None
    if is_pushed:
        tools.prepare_push()  # The CPU has nothing to do while the engine is waited for.
    began = time.monotonic()
    try:
        voice = tools.speaker.speak(
            sentence.text,
            SPOKEN,
            deadline=deadline - (PUSH_SECONDS if is_pushed else 1),
            any_voice=_is_last_attempt(record, deadline),
        )
    except PermanentError:
        logger.exception("the order cannot be spoken")
        return transitions.fail(record, SPEECH_IMPOSSIBLE, now=now_ms())
    except NoEngineFree:
        raise
    except TransientError as error:
        logger.warning("speech failed for now", exc_info=True)
        is_storage = isinstance(error, StorageUnavailable)
        raise _StepFailed("storage_unavailable" if is_storage else NO_VOICE) from error
    if not voice.was_there:
        pace.measured().learn(record, time.monotonic() - began)
    record = transitions.record_voice(record, voice, sentence)
    teller().tell(record.order_id)
    logger.info("voice ready", engine=voice.engine)
    measure(Metric.SECONDS_TO_VOICE, (now_ms() - int(record.opened_at)) / 1000)
    return record


def _is_last_attempt(record: OrderRecord, deadline: float) -> bool:
    """Whether the order will be spent when its next attempt could begin, if this one takes all
    its time."""
    seconds = max(0.0, deadline - time.monotonic()) + _pause(record) + MOST_JITTER_SECONDS
    return is_spent(record, now_ms() + round(seconds * 1000))


def _pause(record: OrderRecord) -> int:
    """Seconds before the next attempt, jitter apart."""
    return int(FIRST_PAUSE_SECONDS ** int(record.attempts))


def _notify(record: OrderRecord, tools: Tools, deadline: float) -> Notified:
    """The LINE push, at most once, where there is to be one."""
    order, created_at = record.order, int(record.created_at)
    user_id = line_user_id(record.owner)
    skipped = not_pushed(record.owner, order)
    if user_id is None or skipped:
        return skipped or Notified("skipped")
    try:
        messages = order_messages(
            order=order,
            order_id=record.order_id,
            summary=summarise(order),
            voice_url=tools.voices.address(record.order_id, created_at, deadline=deadline),
            voice_duration_ms=int(record.voice_duration_ms),
            liff_url=settings().liff_url,
            unspoken=record.unspoken or (),
        )
        tools.messaging_api.push(user_id, messages, retry_key=retry_key(record), deadline=deadline)
    except QuotaUsedUp:
        logger.exception("LINE takes no more pushes in this month")
        return Notified("failed", "quota_used_up")
    except PermanentError:
        logger.exception("LINE refused the push")
        return Notified("failed", "rejected")
    except TransientError as error:
        logger.warning("LINE push failed for now", exc_info=True)
        raise _StepFailed("line_unavailable") from error
    if not any(message["type"] == "audio" for message in messages):
        logger.error("the LINE message went without its voice: LINE takes no such address")
        measure(Metric.VOICE_LEFT_OUT)
    return Notified("sent", _doubt(user_id, tools, deadline))


def _doubt(user_id: str, tools: Tools, deadline: float) -> NotificationDetail | None:
    """Whether a message that LINE has taken may reach nobody, if LINE says so at once."""
    now = time.monotonic()
    if deadline - now < PROFILE_SECONDS + COMPLETING_SECONDS:
        return None
    try:
        has_profile = tools.messaging_api.has_profile(user_id, deadline=now + PROFILE_SECONDS)
    except Exception as error:
        # The message is out: whatever is wrong with the question must not undo that. Its class
        # alone is logged, because the address that was asked holds the user's id.
        logger.warning("LINE does not say who can be reached", error=type(error).__name__)
        return None
    return "not_reachable" if has_profile is False else None


def _hand_back(record: OrderRecord, code: Trouble, notified: Notified | None) -> Redelivery:
    """Try again in seconds, while the traveller still waits; after the last attempt, end it.

    `notified` is what became of the push, None if it was not come to or its fate is open.
    """
    if is_spent(record, now_ms()):
        return _end_last_attempt(record, code, notified)
    measure(Metric.ORDER_HANDED_BACK, of=code)
    jitter = random.randint(0, MOST_JITTER_SECONDS)  # noqa: S311
    transitions.hand_back(record, code, now=now_ms())
    seconds = _pause(record) + jitter
    logger.info("handed back for another attempt", code=code, seconds=seconds)
    return seconds


def _wait_for_an_engine(record: OrderRecord) -> Redelivery:
    """Try again when the order has waited twice as long as now, or after `LONGEST_PAUSE_SECONDS`;
    with as many attempts as before, and a new message, because SQS counts deliveries."""
    now = now_ms()
    if time_is_used_up(record, now):
        return _end_last_attempt(record, NO_VOICE, None)
    measure(Metric.ORDER_HANDED_BACK, of=NO_VOICE)
    waited = (now - int(record.opened_at)) // 1000
    jitter = random.randint(0, MOST_JITTER_SECONDS)  # noqa: S311
    seconds = min(max(waited, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS) + jitter
    transitions.hand_back_uncounted(record, NO_VOICE, pause_ms=seconds * 1000, now=now)
    logger.info("handed back until an engine is free", seconds=seconds)
    try:
        queue.send_later(record.order_id, seconds)
    except TransientError:
        logger.warning("its own message comes back instead", exc_info=True)
        return seconds
    return None


def _end_last_attempt(record: OrderRecord, code: Trouble, notified: Notified | None) -> Redelivery:
    if record.voice_key:
        # The audio is there, and the traveller has it: a push that fails never fails the order.
        notified = notified or not_pushed(record.owner, record.order) or Notified("failed")
        _ended(transitions.complete(record, notified, now=now_ms()))
        return None
    _ended(transitions.fail(record, code, now=now_ms()))
    return AT_ONCE


def _ended(record: OrderRecord) -> None:
    _report_end(record)
    teller().tell(record.order_id)


def _report_end(record: OrderRecord) -> None:
    if record.is_erased:
        logger.info("order ended, and erased as its traveller had asked")
        return
    if record.status == "failed":
        logger.error("order failed", code=record.trouble)
        measure(Metric.ORDER_FAILED, of=record.trouble)
        return
    logger.info(
        "order completed",
        notification=record.notification,
        notification_detail=record.notification_detail,
        engine=record.voice_engine,
    )
    measure(Metric.ORDER_COMPLETED)
    ended_after_ms = int(record.completed_at) - int(record.opened_at)
    measure(Metric.SECONDS_TO_COMPLETE, ended_after_ms / 1000)
    if record.notification != "skipped":
        detail = record.notification_detail
        is_told = detail in {"not_reachable", "quota_used_up"}
        measure(Metric.PUSH, of=detail if is_told else record.notification)


def retry_key(record: OrderRecord) -> uuid.UUID:
    """The `X-Line-Retry-Key` of an order's only push: the same at every attempt.

    Another one for the order that has the same id once this one has expired.
    """
    return uuid.uuid5(RETRY_KEY_NAMESPACE, f"{record.order_id} {int(record.created_at)}")
