"""The function that prepares voices: one sentence at a time, while no order waits for it."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalice import Blueprint

from chalicelib.ahead import messages
from chalicelib.clock import now_ms
from chalicelib.errors import WorkError
from chalicelib.languages import SPOKEN
from chalicelib.once import once
from chalicelib.order import Voice
from chalicelib.orders import limits
from chalicelib.settings import settings
from chalicelib.telemetry import Metric, log_keys, logger, measure
from chalicelib.tracing import trace_aws_calls

bp = Blueprint(__name__)

RESERVE_SECONDS = 2.0
"""What is kept of the function's time to store a voice, to count it and to answer."""


@bp.on_sqs_message(queue="ahead", batch_size=1, maximum_concurrency=2, name="prepare_voices")
def prepare_voices(event: Any) -> None:
    """Speak what was asked for. What cannot be spoken is not tried again: its order will be."""
    trace_aws_calls()
    _give_way()
    left = float(event.context.get_remaining_time_in_millis()) / 1000
    deadline = time.monotonic() + left - RESERVE_SECONDS
    for record in event.to_dict()["Records"]:
        with log_keys(message_id=record["messageId"]):
            measure(Metric.VOICE_PREPARED, of=_prepare(record, deadline))
            limits.count_ahead(now=now_ms())


def _prepare(record: Mapping[str, Any], deadline: float) -> str:
    """What came of it by `deadline`, in the metric's words. A sentence that an engine is still
    saying then is stored when it is said."""
    from chalicelib.speech.speaker import speaker  # The API function registers this one, too.

    def speak() -> Voice:
        with log_keys(message_id=record["messageId"]):  # In another thread.
            sentence = messages.sentence_of(record["body"])
            return speaker().speak(sentence, SPOKEN, deadline=deadline)

    # Kokoro cannot be stopped within a piece: killed with the function, it would begin anew.
    pool = ThreadPoolExecutor(max_workers=1)
    spoken = pool.submit(speak)
    pool.shutdown(wait=False)
    try:
        voice = spoken.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        logger.warning("out of time, no voice was prepared")
        return "failed"
    except WorkError:
        logger.warning("no voice was prepared", exc_info=True)
        return "failed"
    logger.info("voice prepared", engine=voice.engine, was_there=voice.was_there)
    return "known" if voice.was_there else "spoken"


@once
def _give_way() -> None:
    """Where functions share a machine, an emulator's, this one comes after those of orders."""
    if settings().aws_endpoint_url:
        os.nice(19)  # Of this thread, and of those that it starts.
