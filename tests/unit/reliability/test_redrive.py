"""Dead letters get another life, whatever their orders have come to, and whenever it is killed."""

import io
import json
import sys
from typing import Any, cast

import boto3
import pytest
from rich.console import Console

from chalicelib.order import Notified, Trouble
from chalicelib.orders import queue, transitions
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.open_orders import OpenOrders, shard_of
from chalicelib.orders.record import OrderRecord
from chalicelib.settings import settings
from deploy import redrive as command
from deploy.redrive import ENDED, KEPT, OPEN, QUEUED, UNDER_WAY, drop, redrive
from deploy.terminal import Terminal
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
    assert redrive(boto3.client("sqs"), dead_letters).outcomes == {QUEUED: 1}
    assert (stored(order_id).status, stored(order_id).attempts) == ("pending", 0)
    assert queued.bodies() == [queue.body_of(order_id)]
    assert left(dead_letters) == 0


@pytest.mark.parametrize(("shards", "parameters"), [(1, {}), (64, {"OpenShards": "64"})])
def test_orders_are_reopened_into_as_many_shards_as_the_stack_writes(
    dead_letters: str,
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
    shards: int,
    parameters: dict[str, str],
) -> None:
    monkeypatch.setenv("OPEN_SHARDS", "1")
    order_ids = [failed().order_id for _ in range(12)]
    bury(dead_letters, *map(queue.body_of, order_ids))
    settings.cache_clear()  # A command begins without any.
    monkeypatch.setattr(command, "choose_target", lambda _: None)
    monkeypatch.setattr(command, "use_settings_of", lambda _: None)
    monkeypatch.setattr(command, "outputs", lambda _: {"DeadLetterQueueUrl": dead_letters})
    monkeypatch.setattr(command, "parameters", lambda _: parameters)
    monkeypatch.setattr(command, "WAIT_SECONDS", 0)
    monkeypatch.setattr(sys, "argv", ["redrive", "prod"])
    assert command.main() == 0
    assert settings().open_shards == shards
    used = {stored(order_id).open for order_id in order_ids}
    assert used == {shard_of(order_id) for order_id in order_ids}
    assert (used == {"open"}) is (shards == 1)


def test_what_needs_no_other_life_gets_none(dead_letters: str, queued: Queue) -> None:
    spoken = transitions.record_voice(claimed(), VOICE, SENTENCE)
    completed = transitions.complete(spoken, Notified("skipped"), now=NOW)
    bury(
        dead_letters,
        *map(queue.body_of, [completed.order_id, new_order_id(), claimed().order_id]),
        queue.body_of(failed("speech_impossible").order_id),
        "poison",
        json.dumps({"order_id": 5}),
    )
    assert redrive(boto3.client("sqs"), dead_letters).outcomes == {ENDED: 3, UNDER_WAY: 1, KEPT: 2}
    assert queued.bodies() == []
    assert stored(completed.order_id).status == "completed"
    assert left(dead_letters) == 2


def test_an_order_that_waits_is_not_told_as_being_worked_on(dead_letters: str) -> None:
    bury(dead_letters, queue.body_of(accepted().order_id))
    assert redrive(boto3.client("sqs"), dead_letters).outcomes == {OPEN: 1}
    assert left(dead_letters) == 0


@pytest.mark.parametrize("agreed", [True, False])
def test_what_is_not_ours_is_shown_and_deleted_only_if_that_is_agreed_to(
    dead_letters: str, agreed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs, shown = boto3.client("sqs"), Console(file=io.StringIO(), width=200)
    terminal = Terminal(shown)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(Terminal, "_ask", lambda *_: "y" if agreed else "")
    bury(dead_letters, "poison\x1b" * 100, "{}")
    drop(sqs, dead_letters, redrive(sqs, dead_letters).strange, terminal)
    said = cast("io.StringIO", shown.file).getvalue()
    assert "'poison\\x1bpoison" in said
    assert "… of 700 characters" in said
    assert "'{}'" in said
    assert ("Deleted: 2" in said) == agreed
    assert left(dead_letters) == (0 if agreed else 2)


def test_two_dead_letters_of_one_order_queue_it_once(dead_letters: str, queued: Queue) -> None:
    order_id = failed().order_id
    bury(dead_letters, queue.body_of(order_id), queue.body_of(order_id))
    assert redrive(boto3.client("sqs"), dead_letters).outcomes == {QUEUED: 1, OPEN: 1}
    assert len(queued.bodies()) == 1


def test_who_has_left_and_was_not_erased_is_asked_for_again(
    dead_letters: str, queued: Queue
) -> None:
    body = queue.body_of(queue.Erasing(USER, NOW))
    bury(dead_letters, body)
    assert redrive(boto3.client("sqs"), dead_letters).outcomes == {QUEUED: 1}
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
    overdue = transitions.overdue(OpenOrders(), now=NOW + 60_000)
    assert order_id in {record.order_id for record in overdue}
