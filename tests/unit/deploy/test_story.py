"""How an order's story is told of its lines."""

from typing import Any

from deploy.function_logs import Line
from deploy.story import summary, told


def line(at_ms: int, function: str, message: str, **said: Any) -> Line:
    return Line(at_ms, function, {"message": message, "level": "INFO", **said})


POLL = {"location": "get_order_status:57"}


def test_polls_that_follow_one_another_are_one_line_and_its_times() -> None:
    lines = [
        line(1000, "api", "created", location="create_quick_order:47"),
        *(line(1000 + 2000 * n, "api", "asked", status="processing", **POLL) for n in range(1, 4)),
        line(8500, "worker", "order completed"),
        line(9000, "api", "asked", status="completed", **POLL),
    ]
    assert [text.partition(" s  ")[2] for text in told(lines)] == [
        "api       created",
        "api       asked  status=processing  (3 times)",
        "worker    order completed",
        "api       asked  status=completed",
    ]


def test_a_failure_is_marked_and_says_what_it_was() -> None:
    trace = "Traceback (most recent call last):\n  File …\nPermanentError: HTTP 400\n"
    failure = line(1, "worker", "LINE refused the push", level="ERROR", exception=trace)
    [text] = told([failure])
    assert text.endswith("worker  ✗ LINE refused the push  PermanentError: HTTP 400")


def test_what_machines_need_is_left_out() -> None:
    [text] = told([line(1, "api", "created", order_id="O", request_id="R", xray_trace_id="X")])
    assert text.endswith("api       created")


def test_of_an_erased_order_it_is_said_that_it_is() -> None:
    assert summary({"order_id": "O", "expires_at": "1", "write_id": "w"}) == "erased"


def test_what_the_table_says_of_who_and_what_is_not_shown() -> None:
    item = {
        "status": "completed",
        "attempts": "1",
        "retries": "0",
        "owner": "line:U1",
        "store_name": "店",
        "spoken": "老闆您好",
        "opened_at": "1000",
        "completed_at": "3500",
    }
    assert summary(item) == "status=completed  attempts=1  seconds=2.5"


def test_an_orders_story_says_why_its_traveller_has_no_message() -> None:
    item = {"owner": "line:U1", "status": "completed", "notification": "failed"}
    item |= {"notification_detail": "quota_used_up"}
    told = "status=completed  notification=failed  notification_detail=quota_used_up"
    assert summary(item) == told
