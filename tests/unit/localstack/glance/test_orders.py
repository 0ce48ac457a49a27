"""Orders as the page shows them."""

import json
from decimal import Decimal
from typing import Any

from deploy.function_logs import Line
from localstack.glance import orders
from localstack.glance.orders import REMEMBERED, SHOWN, Stories, by_state, newest, shown

SECRETS = {
    "owner": "line:U0123456789",
    "lease_token": "0123-lease",
    "voice_key": "voice/secret.mp3",
    "spoken": "老闆您好",
    "request_digest": "d1ge57",
    "write_id": "wr1te",
    "details": {"note": "my telephone"},
}


def item(**changes: Any) -> dict[str, Any]:
    return {
        "order_id": "O",
        "created_at": Decimal(1000),
        "opened_at": Decimal(1000),
        "store_name": "永康牛肉麵",
        "status": "completed",
        "attempts": Decimal(2),
        "items": [
            {"original": "牛肉麵", "quantity": Decimal(2)},
            {"original": "茶", "quantity": 1},
        ],
        "completed_at": Decimal(4500),
        **SECRETS,
        **changes,
    }


def line(message: str, order_id: str = "O", at_ms: int = 2000, **said: Any) -> Line:
    return Line(at_ms, "api", {"message": message, "order_id": order_id, **said})


def test_an_order_is_told_in_few_words_and_times() -> None:
    stories = Stories()
    stories.add(line("voice ready", at_ms=3500))
    told = shown(item(notification="sent"), stories)
    assert (told["store_name"], told["dishes"], told["names"]) == (
        "永康牛肉麵",
        3,
        ["牛肉麵", "茶"],
    )
    assert (told["attempts"], told["retries"], told["notification"]) == (2, 0, "sent")
    assert (told["accept_ms"], told["voice_ms"], told["complete_ms"]) == (None, 2500, 3500)


def test_nothing_of_its_user_its_lease_or_its_addresses_is_shown() -> None:
    told = json.dumps(shown(item(), Stories()), ensure_ascii=False)
    for secret in ("U0123", "0123-lease", "secret.mp3", "老闆", "d1ge57", "wr1te", "telephone"):
        assert secret in json.dumps(SECRETS, ensure_ascii=False)
        assert secret not in told


def test_the_time_to_voice_of_an_order_that_was_tried_again_counts_from_there() -> None:
    stories = Stories()
    stories.add(line("voice ready", at_ms=3500))
    stories.add(line("voice ready", at_ms=9500))
    assert shown(item(opened_at=Decimal(9000)), stories)["voice_ms"] == 500


def test_an_order_has_ended_when_that_was_logged_and_not_with_what_comes_after() -> None:
    stories = Stories()
    assert shown(item(), stories)["ended_at"] == 4500
    for at_ms, message in ((4510, "order completed"), (87_500, "refused")):
        stories.add(line(message, at_ms=at_ms))
    assert shown(item(), stories)["ended_at"] == 4510
    # Its traveller has it tried again.
    reopened = item(opened_at=Decimal(90_000))
    del reopened["completed_at"]
    assert shown(reopened, stories)["ended_at"] is None
    assert shown(item(opened_at=90_000, completed_at=91_000), stories)["ended_at"] == 91_000


def test_how_long_the_api_took_is_lambdas_own_report_of_the_request_that_placed_it() -> None:
    placed = line("placed", location="create_quick_order:52", function_request_id="R1")
    reports = [
        "REPORT RequestId: R2\tDuration: 5 ms\tBilled Duration: 5 ms",
        "REPORT RequestId: R1\tDuration: 183.25 ms\tBilled Duration: 184 ms",
    ]
    lines_first, report_first = Stories(), Stories()
    lines_first.add(placed)
    for report in reports:
        assert shown(item(), lines_first)["accept_ms"] is None
        lines_first.add_report(report)
        report_first.add_report(report)
    report_first.add(placed)
    assert shown(item(), lines_first)["accept_ms"] == 183.25
    assert shown(item(), report_first)["accept_ms"] == 183.25


def test_the_newest_are_shown_and_all_are_counted() -> None:
    keys: list[dict[str, Any]] = [
        {"order_id": str(n), "created_at": n, "status": "completed"} for n in range(SHOWN + 5)
    ]
    keys += [{"order_id": "erased"}, {"order_id": "f", "created_at": 0, "status": "failed"}]
    assert newest(keys) == [str(n) for n in range(SHOWN + 4, 4, -1)]
    assert by_state(keys) == {"completed": SHOWN + 5, "erased": 1, "failed": 1}


def test_polls_and_orders_of_long_ago_take_no_memory() -> None:
    stories = Stories()
    stories.add(line("asked", location="get_order_status:62"))
    assert stories.of("O") == []
    for n in range(REMEMBERED + 1):
        stories.add(line("order completed", order_id=str(n)))
    assert stories.of("0") == []
    for _ in range(orders.MOST_LINES + 1):
        stories.add(line("order completed", order_id="1"))
    assert len(stories.of("1")) == orders.MOST_LINES
