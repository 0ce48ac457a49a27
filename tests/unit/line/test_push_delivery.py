"""The push, against the LINE stand-in: what was ordered arrives, and arrives once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.errors import TransientError
from chalicelib.telemetry import logger
from tests.unit.line.pushes import MESSAGES, USER, Line, push, sender_to


def test_a_push_reaches_its_user(line: Line) -> None:
    push(sender_to(line))
    assert line.received() == MESSAGES
    assert line.received("Uother") == []


def test_every_message_of_an_order_arrives_as_it_was_made(line: Line) -> None:
    flex = {
        "type": "flex",
        "altText": "order",
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "paddingAll": "16px",
                "contents": [
                    {"type": "text", "text": "牛肉麵", "flex": 0, "wrap": True, "maxLines": 3},
                    {"type": "separator", "color": "#E3E8E6"},
                ],
            },
        },
    }
    push(sender_to(line), messages=[flex, *MESSAGES])
    assert line.received() == [flex, *MESSAGES]


def test_the_same_key_delivers_once(line: Line) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    for _ in range(3):
        push(sender, key=key)
    assert line.received() == MESSAGES
    assert line.get("/standin/counts")["push_conflicts"] == 2


def test_what_line_has_is_logged_with_the_id_that_it_knows_it_by(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, object]] = []
    monkeypatch.setattr(logger, "info", lambda _text, **values: logged.append(values))
    sender, key = sender_to(line), uuid.uuid4()
    for _ in range(2):
        push(sender, key=key)
    [message] = line.get(f"/standin/messages?user_id={USER}")["messages"]
    known = {"line_request_id": message["request_id"], "retry_key": str(key)}
    assert logged == [{"status": 200, **known}, {"status": 409, **known}]


@pytest.mark.parametrize("fault", ["drop-after-accept", "500-after-accept", "hang-after-accept"])
def test_a_push_whose_answer_was_lost_is_not_delivered_twice(line: Line, fault: str) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    line.set_faults(fault)
    with pytest.raises(TransientError):
        push(sender, key=key, seconds=1)
    push(sender, key=key)
    assert line.received() == MESSAGES


def test_ten_orders_at_once_each_reach_their_user(line: Line) -> None:
    sender = sender_to(line)
    users = [f"U{number:032x}" for number in range(10)]

    def push_to(user_id: str) -> None:
        push(sender, user_id=user_id, messages=[{"type": "text", "text": f"for {user_id}"}])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(push_to, users))
    assert [line.received(user) for user in users] == [
        [{"type": "text", "text": f"for {user}"}] for user in users
    ]


def test_ten_workers_with_one_order_deliver_it_once(line: Line) -> None:
    sender, key = sender_to(line), uuid.uuid4()
    with ThreadPoolExecutor(10) as pool:
        for finished in [pool.submit(push, sender, key=key) for _ in range(10)]:
            finished.result()
    assert line.received() == MESSAGES
