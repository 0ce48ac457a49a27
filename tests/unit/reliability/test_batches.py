"""A batch: nobody waits for the slow one, nor for the poisonous one."""

import threading
from typing import Any

import pytest

from chalicelib.errors import PermanentError, TransientError
from chalicelib.order import Voice
from chalicelib.orders import queue, transitions
from chalicelib.orders.record import OrderRecord
from tests.unit.batches import deliver, status, use
from tests.unit.fakes import FakeSpeaker
from tests.unit.orders_support import accepted

PATIENCE_SECONDS = 20


@pytest.mark.usefixtures("aws")
def test_a_slow_a_failing_and_a_poisonous_order_delay_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The slow one is first in the batch, and goes on only when all the others have ended."""
    slow, failing, impossible, *others = (accepted().order_id for _ in range(9))
    ended: list[str] = []
    others_have_ended = threading.Event()
    dishes = {slow: "slow", failing: "failing", impossible: "impossible"}
    working: threading.local = threading.local()

    class Speaker(FakeSpeaker):
        def speak(
            self, text: str, language: str, *, deadline: float, any_voice: bool = False
        ) -> Voice:
            kind = dishes.get(working.order_id)
            if kind == "slow":
                assert others_have_ended.wait(PATIENCE_SECONDS), ended
            if kind == "failing":
                raise TransientError("429")
            if kind == "impossible":
                raise PermanentError("there is nothing to say")
            return super().speak(text, language, deadline=deadline, any_voice=any_voice)

    claim, complete = transitions.claim, transitions.complete

    def noted_claim(order_id: str, **options: Any) -> OrderRecord | None:
        working.order_id = order_id
        return claim(order_id, **options)

    def noted_complete(record: OrderRecord, *arguments: Any, **options: Any) -> OrderRecord:
        completed = complete(record, *arguments, **options)
        ended.append(completed.order_id)
        if set(others) <= set(ended):
            others_have_ended.set()
        return completed

    monkeypatch.setattr(transitions, "claim", noted_claim)
    monkeypatch.setattr(transitions, "complete", noted_complete)
    use(monkeypatch, Speaker())
    bodies = [queue.body_of(order_id) for order_id in (slow, failing, impossible)]
    failed = deliver([*bodies, "poison", *map(queue.body_of, others)])

    assert set(ended[:-1]) == set(others)
    assert ended[-1] == slow
    assert failed == {"m1", "m3"}
    assert (status(failing), status(impossible)) == ("processing", "failed")
