"""Every metric that an alarm or the dashboard names is written by the running stack, with its unit
and its dimensions. One busy day is driven through it: orders that go well, fail, are blocked, wait
and are tried again; then the functions' logs are read."""

import time
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from chalicelib.clock import now_ms
from chalicelib.orders import counters
from chalicelib.orders.limits import GUESTS
from chalicelib.telemetry import NAMESPACE, Metric
from localstack.emulators.emulator import Gap
from localstack.stack import UNLIMITED
from tests import metrics, watching
from tests.emulators import EMULATOR
from tests.metrics import Line
from tests.security.deployed_functions import FUNCTIONS, Deployed, Right
from tests.stack.client import Client, until
from tests.template import resources_yaml

STAGE = "local"
TENTH_MINUTE = "2026-11-24T09:10:00Z"
REFUSED_BY_IAM = {
    *(Metric.CREATE_ERROR, Metric.SEND_FAILED, Metric.GUEST_LID_FAILED),
    Metric.TELLING_FAILED,
}
"""They are driven by taking a right away."""
TEMPLATE = resources_yaml()


class Day:
    """What the functions have written of metrics since the day began."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        self.client = deployed.client
        self.began_ms = now_ms()

    def lines(self) -> list[Line]:
        return [
            line
            for function in FUNCTIONS
            for line in metrics.read(self.deployed.said(function, self.began_ms))
        ]

    def wrote(self, metric: Metric, of: str | None = None) -> bool:
        by = metric.by.name if metric.by else ""
        return any(metric.label in line and (of is None or line[by] == of) for line in self.lines())

    def until_written(self, metric: Metric, of: str | None = None) -> None:
        until(lambda: self.wrote(metric, of))

    def user(self) -> dict[str, str]:
        return self.client.sign_in("U" + uuid.uuid4().hex)

    def order(self, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """One that nobody has placed before, ended."""
        token = headers or {}
        return self.client.follow(self.client.place(unspoken(), **token), **token)

    def standin(self, path: str, body: Any) -> None:
        answer = self.client.call("POST", f"{self.client.stack['LINE_URL']}/standin/{path}", body)
        assert answer.status == 200, answer.data


def unspoken() -> dict[str, Any]:
    """An order whose sentence nobody has ordered before."""
    name = "牛肉麵" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(time.time_ns()))
    return {"store_name": "老王", "items": [{"name": name, "price": 1}]}


@pytest.fixture(scope="module")
def day(stack: dict[str, str]) -> Day:
    day = Day(Deployed(Client(stack)))
    for drive in (
        orders_go_well,
        a_voice_is_prepared,
        pages_tell,
        line_is_in_trouble,
        line_has_a_quota,
        an_order_is_lost_and_another_fails,
        addresses_are_too_long_for_line,
        guests_have_ordered_all_day,
    ):
        drive(day)
    if Gap.IAM not in EMULATOR.gaps:
        aws_is_in_trouble(day)
    return day


def orders_go_well(day: Day) -> None:
    assert day.order(day.user())["notification"] == "sent"
    order = unspoken()
    for _ in range(2):
        assert day.client.follow(day.client.place(order))["status"] == "completed"
    day.until_written(Metric.VOICE_REUSED)
    day.until_written(Metric.PUSH, "sent")


def a_voice_is_prepared(day: Day) -> None:
    order = unspoken()
    for result in ("spoken", "known"):
        assert day.client.call("POST", "/api/voices", order).status == 202
        day.until_written(Metric.VOICE_PREPARED, result)


def pages_tell(day: Day) -> None:
    answer = day.client.call("POST", "/api/page-events", {"events": ["page_opened"]})
    assert answer.status == 204


def line_is_in_trouble(day: Day) -> None:
    for fault, result in ((400, "failed"), (500, "sent")):
        day.client.line_fails(fault)
        assert day.order(day.user())["notification"] == result
    day.until_written(Metric.ORDER_HANDED_BACK, "line_unavailable")
    user_id = "U" + uuid.uuid4().hex
    day.standin("friends", {"user_id": user_id, "is": "blocked"})
    assert day.order(day.client.sign_in(user_id))["notification_detail"] == "not_reachable"


def line_has_a_quota(day: Day) -> None:
    try:
        day.standin("quota", {"limit": 1_000_000})
        day.deployed.sweep(scheduled_at=TENTH_MINUTE)
        day.until_written(Metric.QUOTA_USED)
        day.standin("quota", {"limit": 0})
        assert day.order(day.user())["notification_detail"] == "quota_used_up"
        day.standin("faults", {"quota": [500]})
        day.deployed.sweep(scheduled_at=TENTH_MINUTE)
        day.until_written(Metric.QUOTA_UNKNOWN)
    finally:
        day.standin("quota", {"limit": None})


def an_order_is_lost_and_another_fails(day: Day) -> None:
    lost, failed = (day.order()["order_id"] for _ in range(2))
    day.client.aws("dynamodb").update_item(
        TableName=day.client.stack["ORDERS_TABLE"],
        Key={"order_id": {"S": failed}},
        UpdateExpression="REMOVE voice_key",
    )
    state = {"status": "pending", "open": "open", "due_at": 1, "attempts": 0}
    day.deployed.change(lost, **state, opened_at=now_ms() - 130_000)
    day.deployed.change(failed, **state, opened_at=1)
    day.deployed.sweep()
    day.until_written(Metric.SWEEPER_REPAIRED, "ended")
    day.until_written(Metric.SWEEPER_REPAIRED, "queued_again")
    assert day.client.follow(lost)["status"] == "completed"
    assert day.client.follow(failed)["status"] == "failed"


def addresses_are_too_long_for_line(day: Day) -> None:
    before = day.deployed.forget("fulfil", API_URL=f"https://{'a' * 2000}.example")
    try:
        assert day.order(day.user())["notification"] == "sent"
        day.until_written(Metric.VOICE_LEFT_OUT)
    finally:
        day.deployed.forget("fulfil", **before)


def guests_have_ordered_all_day(day: Day) -> None:
    table = day.client.aws("dynamodb")
    keys = [
        {"key": {"S": f"{GUESTS}#{counters.moment(moment).date}"}}
        for moment in (now_ms(), now_ms() + 60_000)
    ]
    where = {"TableName": day.client.stack["LIMITS_TABLE"]}
    for key in keys:
        table.put_item(Item={**key, "day": {"N": UNLIMITED["GuestOrdersPerDay"]}}, **where)
    try:
        day.deployed.forget("api")  # It looks anew.
        refused = day.client.call("POST", "/api/orders/quick", unspoken())
        assert refused.status == 429
    finally:
        for key in keys:
            table.delete_item(Key=key, **where)
        day.deployed.forget("api")


def aws_is_in_trouble(day: Day) -> None:
    post = partial(day.client.call, "POST", "/api/orders/quick")
    with day.deployed.without(Right("api", "AskForAWorker", "sqs:SendMessage")):
        post(unspoken())
        day.until_written(Metric.SEND_FAILED)
    with day.deployed.without(Right("api", "Orders", "dynamodb:PutItem")):
        post(unspoken())
        day.until_written(Metric.CREATE_ERROR)
    with day.deployed.without(Right("api", "Limits", "dynamodb:GetItem")):
        day.deployed.forget("api")
        post(unspoken())
        day.until_written(Metric.GUEST_LID_FAILED)
    with day.deployed.without(Right("fulfil", "WhoIsConnected", "dynamodb:GetItem")):
        assert day.order()["status"] == "completed"
        day.until_written(Metric.TELLING_FAILED)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("metric", Metric)
def test_a_metric_is_written_by_the_running_stack(day: Day, metric: Metric) -> None:
    if metric in REFUSED_BY_IAM and Gap.IAM in EMULATOR.gaps:
        pytest.skip(f"{EMULATOR.title}: {Gap.IAM}")
    day.until_written(metric)
    lines = [line for line in day.lines() if metric.label in line]
    for line in lines:
        assert not list(metrics.problems(line))
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert directive["Metrics"] == [{"Name": metric.label, "Unit": metric.unit}]
        assert directive["Dimensions"] == metric.dimension_sets
        assert line["stage"] == STAGE
        if metric.by:
            assert line[metric.by.name] in metric.by.values


def series(line: Line) -> Iterator[watching.Watched]:
    """What CloudWatch makes of a line."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            for metric in directive["Metrics"]:
                dimensions = {name: line[name] for name in names}
                yield watching.Watched(directive["Namespace"], metric["Name"], dimensions)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("alarm", "watched"),
    [
        (name, watched)
        for name, properties in watching.alarms(TEMPLATE).items()
        for watched in watching.of_an_alarm(properties, STAGE)
        if watched.namespace == NAMESPACE
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_alarm_rests_on_what_the_running_stack_writes(
    day: Day, alarm: str, watched: watching.Watched
) -> None:
    if alarm == "CreateErrorsAlarm" and Gap.IAM in EMULATOR.gaps:
        pytest.skip(f"{EMULATOR.title}: {Gap.IAM}")
    until(lambda: watched in [one for line in day.lines() for one in series(line)])


@pytest.mark.timeout(400)
def test_the_oldest_order_that_waits_is_as_old_as_it_is(day: Day) -> None:
    values = [line["SecondsOldestWaits"] for line in day.lines() if "SecondsOldestWaits" in line]
    assert max(values) > 130


@pytest.mark.timeout(400)
def test_an_order_is_accepted_after_the_gateway_had_it(day: Day) -> None:
    values = [line["SecondsToAccept"] for line in day.lines() if "SecondsToAccept" in line]
    assert values
    assert all(0 <= seconds < 30 for seconds in values)
