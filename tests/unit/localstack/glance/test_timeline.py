"""An order's steps and what it did between them."""

from typing import Any

from deploy.function_logs import Line
from localstack.glance.timeline import Phase, phases, steps

PLACED = "🚀 快速訂單建立請求"
CLAIMED = "🔄 開始背景處理訂單"
HANDED_BACK = "handed back for another attempt"


def line(at_ms: int, message: str, function: str = "worker", **said: Any) -> Line:
    return Line(at_ms, function, {"message": message, "level": "INFO", **said})


def way(*lines: Line, **item: Any) -> tuple[list[str], list[Phase]]:
    """The kinds of the steps, and the phases, of an order that was accepted at 0."""
    order = {"created_at": 0, "status": "pending", **item}
    found = steps(order, lines)
    return [step.kind for step in found], phases(order, found)


WHOLE = (
    line(10, PLACED, "api"),
    line(500, CLAIMED, attempt=1),
    line(2500, "voice ready", engine="espeak"),
    line(2800, "LINE has the push"),
    line(2900, "order completed"),
)


def test_a_whole_way_shows_where_it_waited_and_where_it_worked() -> None:
    kinds, did = way(*WHOLE, status="completed", completed_at=2899)
    assert kinds == ["accepted", "queued", "claimed", "voice", "pushed", "completed"]
    assert did == [
        ("accepting", 0, 10),
        ("waiting", 10, 500),
        ("speaking", 500, 2500),
        ("telling", 2500, 2800),
        ("ending", 2800, 2900),
    ]


def test_a_worker_that_is_faster_than_the_apis_line_leaves_no_second_wait() -> None:
    _, did = way(line(20, CLAIMED), line(25, PLACED, "api"), line(90, "voice ready"))
    assert did == [("accepting", 0, 20), ("speaking", 20, 90), ("telling", 90, None)]


def test_an_attempt_that_found_every_engine_busy_waits_for_the_next() -> None:
    busy = line(900, "handed back until an engine is free", seconds=2)
    kinds, did = way(*WHOLE[:2], busy, line(2900, CLAIMED, attempt=1))
    assert kinds[-2:] == ["handed back", "claimed"]
    assert did[-2:] == [("waiting", 900, 2900), ("speaking", 2900, None)]


def test_an_attempt_that_was_handed_back_waits_for_the_next() -> None:
    kinds, did = way(
        *WHOLE[:3],
        line(3000, "LINE push failed for now", level="WARNING"),
        line(3001, HANDED_BACK, seconds=2),
        line(5000, CLAIMED, attempt=2),
        line(5100, "LINE has the push"),
        line(5200, "order completed"),
        status="completed",
        completed_at=5199,
    )
    assert kinds[4:6] == ["trouble", "handed back"]
    # The voice is there from the first attempt.
    assert did[3:] == [
        ("telling", 2500, 3001),
        ("waiting", 3001, 5000),
        ("telling", 5000, 5100),
        ("ending", 5100, 5200),
    ]


def test_what_the_sweeper_repairs_goes_on_from_there() -> None:
    kinds, did = way(
        line(10, "order not queued, left to the sweeper", "api", level="WARNING"),
        line(60_000, "the order has no worker, queued again", "sweeper", level="WARNING"),
        line(60_100, CLAIMED),
        line(61_000, "order failed", level="ERROR"),
        status="failed",
        completed_at=61_000,
    )
    assert kinds == ["accepted", "lost", "repaired", "claimed", "failed"]
    assert did == [
        ("accepting", 0, 10),
        ("waiting", 10, 60_000),
        ("waiting", 60_000, 60_100),
        ("speaking", 60_100, 61_000),
    ]


def test_between_its_failure_and_its_travellers_retry_an_order_does_nothing() -> None:
    _, did = way(
        line(10, PLACED, "api"),
        line(20, CLAIMED),
        line(30, "order failed", level="ERROR"),
        line(9000, "order reopened by its traveller", "api"),
        line(9100, CLAIMED),
    )
    assert did[-3:] == [("speaking", 20, 30), ("waiting", 9000, 9100), ("speaking", 9100, None)]


def test_an_order_that_a_worker_has_is_under_way_before_its_lines_come() -> None:
    queued = line(10, PLACED, "api")
    assert way(queued)[1][-1] == ("waiting", 10, None)
    has_it = {"status": "processing", "lease_expires_at": 99}
    assert way(queued, **has_it)[1][-1] == ("underway", 10, None)
    handed_back = (queued, line(20, CLAIMED), line(30, HANDED_BACK))
    assert way(*handed_back, status="processing", lease_expires_at=0)[1][-1] == (
        "waiting",
        30,
        None,
    )
    assert way(queued, status="completed", completed_at=70)[1][-1] == ("underway", 10, 70)


def test_what_is_neither_a_step_nor_trouble_is_left_out() -> None:
    kinds, _ = way(
        line(5, "voice asked for by its address", "api"), line(6, "odd", level="WARNING")
    )
    assert kinds == ["accepted", "trouble"]
