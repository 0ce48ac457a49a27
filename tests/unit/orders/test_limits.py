"""How many orders come in: windows, owners, lost answers, and the lid over all guests."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber

from chalicelib.errors import TooManyOrders, TransientError
from chalicelib.orders import counters, limits
from chalicelib.orders.identity import guest_owner, line_owner
from chalicelib.settings import settings
from tests import metrics as emf
from tests.unit.orders_support import USER

pytestmark = pytest.mark.usefixtures("aws")

OWNER, OTHER = line_owner(USER), line_owner(USER[:-1] + "2")
GUEST = guest_owner("192.0.2.1", "key")
LIMITS = {"ORDERS_PER_MINUTE": "3", "ORDERS_PER_DAY": "5"}


def at(clock: str, date: str = "2026-11-26") -> int:
    """That time in Taiwan, in epoch milliseconds."""
    return round(datetime.fromisoformat(f"{date}T{clock}+08:00").timestamp() * 1000)


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def limit(**variables: str) -> None:
        for name, value in {**LIMITS, "GUESTS_PER_ADDRESS": "1", **variables}.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    return limit


@pytest.fixture
def few(limited: Callable[..., None]) -> None:
    """Three a minute, five a day."""
    limited()


def is_admitted(owner: str, now: int) -> bool:
    try:
        limits.admit(owner, now=now)
    except TooManyOrders:
        return False
    return True


def admitted(owner: str, now: int, *, of: int = 9) -> int:
    """How many of so many orders are let in."""
    return sum(is_admitted(owner, now) for _ in range(of))


def refusal(owner: str, now: int) -> TooManyOrders:
    with pytest.raises(TooManyOrders) as caught:
        limits.admit(owner, now=now)
    return caught.value


def counted(owner: str, now: int) -> dict[str, int]:
    """What the table has counted of this owner's day."""
    key = {"key": {"S": f"{owner}#{counters.moment(now).date}"}}
    answer = boto3.client("dynamodb").get_item(TableName="limits", Key=key)
    numbers = answer.get("Item", {})
    return {
        name: int(value["N"])
        for name, value in numbers.items()
        if name not in ("key", "expires_at")
    }


@contextmanager
def answers_lost(*, after: bool = True, times: int = 1) -> Iterator[None]:
    """So many requests to DynamoDB get no answer, `after` they took effect or before; the SDK
    knows no difference."""
    left = [None] * times

    def lose(event_name: str, request: AWSPreparedRequest, **_: Any) -> None:
        if left:
            left.pop()
            if after:
                botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url="dynamodb")

    events = counters.client().meta.events
    events.register_first("before-send.dynamodb", lose)
    yield
    events.unregister("before-send.dynamodb", lose)


def take_the_table_away() -> None:
    boto3.client("dynamodb").delete_table(TableName="limits")


def metrics(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [
        metric["Name"]
        for line in emf.read(capsys.readouterr().out)
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    ]


def test_as_many_orders_as_a_minute_holds_are_let_in_and_no_more(few: None) -> None:
    now = at("20:05:30")
    assert admitted(OWNER, now) == 3
    assert counted(OWNER, now) == {"day": 3, "m1205": 3}


def test_of_many_at_once_exactly_as_many_as_the_limit_are_let_in(
    limited: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(ORDERS_PER_MINUTE="17", ORDERS_PER_DAY="100")
    answer, one_at_a_time = BotocoreStubber.__call__, threading.Lock()

    def answer_as_dynamodb_does(*arguments: Any, **named: Any) -> Any:
        """moto reads an item, looks at the condition and writes; others may come between."""
        with one_at_a_time:
            return answer(*arguments, **named)

    monkeypatch.setattr(BotocoreStubber, "__call__", answer_as_dynamodb_does)
    now, everybody = at("20:05:30"), threading.Barrier(8, timeout=20)
    counters.client()

    def order_five_times(_: int) -> int:
        everybody.wait()
        return admitted(OWNER, now, of=5)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(order_five_times, range(8))) == 17
    assert counted(OWNER, now) == {"day": 17, "m1205": 17}


def test_the_next_minute_lets_in_again_until_the_day_is_full(few: None) -> None:
    assert [admitted(OWNER, at(clock)) for clock in ("20:05:59", "20:06:00", "20:07:00")] == [
        *(3, 2),
        0,
    ]
    assert counted(OWNER, at("20:07:00")) == {"day": 5, "m1205": 3, "m1206": 2}


def test_the_day_turns_over_at_midnight_in_taiwan(few: None) -> None:
    for minute in range(3):
        admitted(OWNER, at(f"08:0{minute}:00"))
    assert admitted(OWNER, at("23:59:59")) == 0
    assert admitted(OWNER, at("00:00:00", "2026-11-27")) == 3


def test_who_is_refused_hears_when_the_window_that_is_full_ends(few: None) -> None:
    assert admitted(OWNER, at("20:05:18")) == 3
    minute = refusal(OWNER, at("20:05:18"))
    assert (minute.retry_after, minute.code) == (42, "too_many_orders")
    assert minute.detail == "At most 3 orders a minute of one user; try again in 42 s."
    assert admitted(OWNER, at("20:06:18")) == 2
    day = refusal(OWNER, at("20:06:18"))
    assert day.retry_after == 3 * 3600 + 53 * 60 + 42
    assert day.detail == "At most 5 orders a day of one user; try again after midnight in Taiwan."


def test_a_refused_order_counts_nothing(few: None) -> None:
    now = at("20:05:18")
    admitted(OWNER, now, of=3)
    before = counted(OWNER, now)
    assert admitted(OWNER, now) == 0
    assert counted(OWNER, now) == before
    admitted(OWNER, at("20:06:00"), of=2)
    before = counted(OWNER, now)
    assert admitted(OWNER, at("20:07:00")) == 0
    assert counted(OWNER, now) == before


def test_two_owners_count_apart(few: None) -> None:
    now = at("20:05:18")
    assert [admitted(owner, now) for owner in (OWNER, OTHER, GUEST)] == [3, 3, 3]


def test_an_address_may_order_as_much_as_several_users(limited: Callable[..., None]) -> None:
    """A night market may be behind one address of a carrier."""
    limited(GUESTS_PER_ADDRESS="2")
    assert [admitted(GUEST, at(f"20:0{minute}:00")) for minute in range(3)] == [6, 4, 0]
    assert [admitted(OWNER, at(f"20:0{minute}:00")) for minute in range(3)] == [3, 2, 0]


def test_a_guest_is_told_of_signing_in_where_that_can_be_done(
    limited: Callable[..., None],
) -> None:
    now, way_out = at("20:05:18"), "Who signs in with LINE has a limit of their own."
    limited()
    admitted(GUEST, now)
    admitted(OWNER, now)
    assert refusal(GUEST, now).detail == (
        f"At most 3 orders a minute from one address; try again in 42 s. {way_out}"
    )
    assert way_out not in refusal(OWNER, now).detail
    limited(LINE_LOGIN_CHANNEL_ID="")
    assert way_out not in refusal(GUEST, now).detail


def test_an_order_whose_answer_was_lost_counts_at_most_once_too_often(few: None) -> None:
    now = at("20:05:18")
    with answers_lost():
        assert is_admitted(OWNER, now)
    assert counted(OWNER, now)["day"] == 2


def test_an_order_that_did_not_arrive_at_first_counts_once(few: None) -> None:
    now = at("20:05:18")
    with answers_lost(after=False):
        assert is_admitted(OWNER, now)
    assert counted(OWNER, now)["day"] == 1


def test_no_order_is_let_in_that_was_not_counted(few: None) -> None:
    now = at("20:05:18")
    with answers_lost(times=2), pytest.raises(TransientError):
        limits.admit(OWNER, now=now)
    with answers_lost(after=False, times=2), pytest.raises(TransientError):
        limits.admit(OTHER, now=now)
    assert (counted(OWNER, now)["day"], counted(OTHER, now)) == (2, {})


def test_a_counter_is_forgotten_after_its_day(few: None) -> None:
    now = at("20:05:18")
    limits.admit(OWNER, now=now)
    limits.count_guest_order(now=now)
    items = boto3.client("dynamodb").scan(TableName="limits")["Items"]
    ends = [int(item["expires_at"]["N"]) for item in items]
    assert ends == [now // 1000 + 2 * 86_400] * 2


def test_guests_are_refused_until_midnight_once_all_together_have_had_their_day(
    limited: Callable[..., None],
) -> None:
    limited(GUEST_ORDERS_PER_DAY="2")
    now = at("20:05:18")
    for _ in range(2):
        assert is_admitted(GUEST, now)
        limits.count_guest_order(now=now)
    late = now + limits.LOOK_EVERY_MS
    refused = refusal(GUEST, late)
    assert (refused.code, refused.retry_after) == ("too_many_orders", 3 * 3600 + 54 * 60 + 32)
    assert refused.detail == (
        "At most 2 orders a day of all guests together; try again after midnight in Taiwan. "
        "Who signs in with LINE has a limit of their own."
    )
    assert is_admitted(OWNER, late), "a user's limit is their own"
    assert is_admitted(GUEST, at("00:00:00", "2026-11-27"))


def test_a_day_that_was_full_is_over_at_midnight_for_who_has_just_looked(
    limited: Callable[..., None],
) -> None:
    limited(GUEST_ORDERS_PER_DAY="1")
    limits.count_guest_order(now=at("23:59:50"))
    assert admitted(GUEST, at("23:59:58")) == 0
    assert admitted(GUEST, at("00:00:01", "2026-11-27")) == 3


def test_whom_the_lid_refuses_counts_nothing(limited: Callable[..., None]) -> None:
    limited(GUEST_ORDERS_PER_DAY="1")
    limits.count_guest_order(now=at("20:05:18"))
    assert admitted(GUEST, at("20:05:30")) == 0
    assert counted(GUEST, at("20:05:30")) == {}


def test_the_guests_number_is_read_every_ten_seconds_at_most(
    limited: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    limited(GUEST_ORDERS_PER_DAY="1", ORDERS_PER_MINUTE="100", ORDERS_PER_DAY="100")
    now = at("20:05:10")
    assert is_admitted(GUEST, now)
    limits.count_guest_order(now=now)
    assert is_admitted(GUEST, now + 9_999)
    assert metrics(capsys) == []
    assert admitted(GUEST, now + 10_000) == 0
    assert metrics(capsys) == ["GuestLidReached"], "once for each look, whoever is refused"
    take_the_table_away()
    assert admitted(GUEST, now + 19_999) == 0
    assert metrics(capsys) == []


def test_guests_are_let_in_while_their_number_cannot_be_read_and_somebody_hears_of_it(
    few: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreadable(owner: str, *, now: int) -> int:
        raise TransientError("DynamoDB did not answer GetItem")

    monkeypatch.setattr(counters, "counted", unreadable)
    assert admitted(GUEST, at("20:05:18")) == 3
    assert metrics(capsys) == ["GuestLidFailed"], "one look for all"


def test_a_lid_that_was_reached_stays_reached_while_it_cannot_be_read(
    limited: Callable[..., None],
) -> None:
    limited(GUEST_ORDERS_PER_DAY="1")
    limits.count_guest_order(now=at("20:05:18"))
    assert admitted(GUEST, at("20:05:18")) == 0
    take_the_table_away()
    assert admitted(GUEST, at("20:06:18")) == 0


def test_a_guests_order_that_cannot_be_counted_is_no_trouble(
    capsys: pytest.CaptureFixture[str],
) -> None:
    take_the_table_away()
    limits.count_guest_order(now=at("20:05:18"))
    assert metrics(capsys) == ["GuestLidFailed"]
