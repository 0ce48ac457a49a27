"""Dead letters get another life, whatever their orders have come to, and whenever it is killed."""

import json
from typing import Any

import boto3
import pytest

from chalicelib.order import Notified, Trouble
from chalicelib.orders import queue, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.record import OrderRecord
from deploy.redrive import ENDED, KEPT, QUEUED, UNDER_WAY, redrive
from tests.unit.orders_support import NOW, SENTENCE, USER, VOICE, Queue, accepted, claimed


@pytest.fixture
def dead_letters(aws: None) -> str:
    return boto3.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]


def bury(dead_letters: str, *bodies: str) -> None:
    for body in bodies:
        boto3.client("sqs").send_message(QueueUrl=dead_letters, MessageBody=body)


def left(dead_letters: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=dead_letters, AttributeNames=names)
    return sum(int(count) for count in answer["Attributes"].values())


def failed(code: Trouble = "speech_unavailable") -> OrderRecord:
    return transitions.fail(claimed(), code, now=NOW)


def stored(order_id: str) -> OrderRecord:
    record = transitions.find(order_id, now=NOW)
    assert record is not None
    return record


def test_a_failed_order_is_reopened_and_queued(dead_letters: str, queued: Queue) -> None:
    order_id = failed().order_id
    bury(dead_letters, queue.body_of(order_id))
    assert redrive(boto3.client("sqs"), dead_letters) == {QUEUED: 1}
    assert (stored(order_id).status, stored(order_id).attempts) == ("pending", 0)
    assert queued.bodies() == [queue.body_of(order_id)]
    assert left(dead_letters) == 0


def test_what_needs_no_other_life_gets_none(dead_letters: str, queued: Queue) -> None:
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    completed = transitions.complete(spoken, Notified("skipped"), now=NOW)
    bury(
        dead_letters,
        *map(queue.body_of, [completed.order_id, new_order_id(), accepted().order_id]),
        queue.body_of(failed("speech_impossible").order_id),
        "poison",
        json.dumps({"order_id": 5}),
    )
    assert redrive(boto3.client("sqs"), dead_letters) == {ENDED: 3, UNDER_WAY: 1, KEPT: 2}
    assert queued.bodies() == []
    assert stored(completed.order_id).status == "completed"
    assert left(dead_letters) == 2


def test_two_dead_letters_of_one_order_queue_it_once(dead_letters: str, queued: Queue) -> None:
    order_id = failed().order_id
    bury(dead_letters, queue.body_of(order_id), queue.body_of(order_id))
    assert redrive(boto3.client("sqs"), dead_letters) == {QUEUED: 1, UNDER_WAY: 1}
    assert len(queued.bodies()) == 1


def test_who_has_left_and_was_not_erased_is_asked_for_again(
    dead_letters: str, queued: Queue
) -> None:
    body = queue.body_of(queue.Erasing(USER, NOW))
    bury(dead_letters, body)
    assert redrive(boto3.client("sqs"), dead_letters) == {QUEUED: 1}
    assert queued.bodies() == [body]
    assert left(dead_letters) == 0


def test_killed_between_reopening_and_queueing_the_order_is_left_to_the_sweeper(
    dead_letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(_: str) -> None:
        raise Killed

    order_id = failed().order_id
    bury(dead_letters, queue.body_of(order_id))
    monkeypatch.setattr(queue, "send", kill)
    with pytest.raises(Killed):
        redrive(boto3.client("sqs"), dead_letters)
    assert stored(order_id).open
    assert left(dead_letters) == 1
    overdue = transitions.overdue(now=NOW + 60_000)
    assert order_id in {record.order_id for record in overdue}
