"""Prices in halves of a dollar, and prices that nobody knows."""

import json
from typing import Any

import boto3
import pytest

from tests.unit.api.api_client import UUID, Api, item, order


def shown(api: Api, body: Any) -> dict[str, Any]:
    answer = api.post(body)
    assert answer.status == 202, answer.text
    status: dict[str, Any] = api.status(answer.json["order_id"]).json
    return status


@pytest.mark.parametrize(
    ("price", "quantity", "subtotal"),
    [(7.5, 10, "75"), (10.5, 3, "31.5"), (0.5, 1, "0.5"), (999_999.5, 99, "98999950.5")],
)
def test_a_price_in_halves_is_exact_from_request_to_table_to_answer(
    api: Api, price: float, quantity: int, subtotal: str
) -> None:
    amount = json.loads(subtotal)
    body = item(price=price, quantity=quantity, subtotal=amount) | {"total_amount": amount}
    answer = api.post(body)
    assert answer.status == 202, answer.text
    order_id = answer.json["order_id"]
    text = api.status(order_id).text
    assert f'"price":{price},"subtotal":{subtotal},' in text
    assert f'"total_amount":{subtotal},' in text
    stored = boto3.client("dynamodb").get_item(
        TableName="orders", Key={"order_id": {"S": order_id}}
    )["Item"]["items"]["L"][0]["M"]
    assert stored["price"] == {"N": str(price)}


def test_whole_prices_stay_whole_numbers(api: Api) -> None:
    order_id = api.post(item(price=100.0, quantity=2, subtotal=200.0)).json["order_id"]
    assert '"price":100,"subtotal":200,' in api.status(order_id).text


def test_many_halves_add_up_to_the_last_one(api: Api) -> None:
    lines = [{"name": f"水餃{n}", "price": n + 0.5, "quantity": 33} for n in range(50)]
    total = sum((2 * n + 1) * 33 for n in range(50)) / 2
    body = order(items=lines, total_amount=total)
    assert shown(api, body)["total_amount"] == total == 41_250
    refused = api.post(order(items=lines, total_amount=total + 0.5))
    assert refused.status == 422
    assert refused.json["errors"] == [
        {
            "field": "total_amount",
            "message": "total_amount is 41250.5, the items add up to 41250.",
        }
    ]


@pytest.mark.parametrize(
    "price",
    [
        7.25,
        7.1,
        0.1,
        -0.5,
        1_000_000.5,
        1e300,
        "7.25",
        "-1",
        "1e2",
        "NT$100",
        "１００",
        "市價",
        True,
        [],
        {},
    ],
)
@pytest.mark.parametrize("field", ["price", "price_unit"])
def test_other_prices_are_refused_in_clear_words(api: Api, field: str, price: Any) -> None:
    answer = api.post(item(**{"price": "absent", field: price}))
    assert answer.status == 422
    assert answer.json["errors"] == [
        {
            "field": "items[0].price",
            "message": "Must be a number, a multiple of 0.5, from 0 to 1000000.",
        }
    ]


@pytest.mark.parametrize("total", [0.25, "NT$100", -1, True, 1e300])
def test_sums_that_are_no_amount_are_refused_even_where_they_are_not_checked(
    api: Api, total: Any
) -> None:
    assert api.post(item(price=None) | {"total": total}).status == 422
    assert api.post(item(price=None, subtotal=total)).status == 422


def test_numbers_that_are_sent_as_strings_are_the_numbers(api: Api) -> None:
    as_numbers = item(price=99.5, quantity=2, subtotal=199, price_unit=99.5, qty=2)
    as_strings = item(price="99.50", quantity="2", subtotal="199.0", price_unit=99.5, qty=" 2 ")
    sent = [
        body | {"total_amount": total, "people": people}
        for body, total, people in ((as_numbers, 199, 3), (as_strings, "199", "3"))
    ]
    answers = [api.post(body, Idempotency_Key=UUID) for body in sent]
    assert [answer.status for answer in answers] == [202, 202], "the same order, by its digest"
    status = api.status(answers[0].json["order_id"]).json
    assert (status["items"][0]["price"], status["items"][0]["quantity"]) == (99.5, 2)
    assert (status["total_amount"], status["people"]) == (199, 3)


@pytest.mark.parametrize("nothing", [0, "0", 0.0, "0.00", None, ""])
def test_a_sum_of_nothing_is_not_told(api: Api, nothing: Any) -> None:
    assert shown(api, item(subtotal=nothing) | {"total_amount": nothing})["total_amount"] == 300
    assert shown(api, item() | {"total_amount": nothing, "total": 300})["total_amount"] == 300


UNKNOWN = [None, 0, 0.0, -0.0, "", " ", "absent"]


@pytest.mark.parametrize("price", UNKNOWN, ids=repr)
def test_a_price_that_is_not_known_is_never_a_price(api: Api, price: Any) -> None:
    body = item(price=price, subtotal=999) | {"total": 12, "language": "en"}
    status = shown(api, body)
    assert (status["items"][0]["price"], status["items"][0]["subtotal"]) == (None, None)
    assert status["total_amount"] is None
    assert (
        status["summary"]["chinese"]
        == "店家：老王\n牛肉麵 × 2　依店內價格\n共 2 份，依店內價格計算"
    )
    assert status["summary"]["translated"] == (
        "Shop: 老王\n牛肉麵 × 2 – ask for price\nTotal for 2 items: ask the staff"
    )


@pytest.mark.parametrize("price", [None, 0, ""])
def test_a_price_that_stands_under_its_other_name_is_known(api: Api, price: Any) -> None:
    assert shown(api, item(price=price, price_unit=150))["total_amount"] == 300
    assert shown(api, item(price=150, price_unit=price))["total_amount"] == 300
    assert api.post(item(price=150, price_unit=151)).status == 422


def test_no_total_is_told_where_one_of_the_prices_is_not_known(api: Api) -> None:
    lines = [{"name": "牛肉麵", "price": 150, "quantity": 2}, {"name": "清蒸鱸魚"}]
    status = shown(api, order(items=lines, total_amount=300))
    assert [line["subtotal"] for line in status["items"]] == [300, None]
    assert status["total_amount"] is None
    assert status["summary"]["chinese"].splitlines()[1:] == [
        "牛肉麵 × 2　NT$300",
        "清蒸鱸魚 × 1　依店內價格",
        "共 3 份，依店內價格計算",
    ]


def test_a_known_price_is_checked_beside_one_that_is_not(api: Api) -> None:
    lines = [{"name": "牛肉麵", "price": 150, "quantity": 2, "subtotal": 299}, {"name": "魚"}]
    answer = api.post(order(items=lines, total_amount=None))
    assert [error["field"] for error in answer.json["errors"]] == ["items[0].subtotal"]


@pytest.mark.parametrize("price", UNKNOWN, ids=repr)
def test_the_ways_to_say_that_a_price_is_not_known_are_one_order(api: Api, price: Any) -> None:
    first = api.post(item(price=0), Idempotency_Key=UUID).json["order_id"]
    again = api.post(item(price=price), Idempotency_Key=UUID)
    assert (again.status, again.json["order_id"]) == (202, first)


def test_a_half_more_is_another_order(api: Api) -> None:
    assert api.post(item(price=7.5), Idempotency_Key=UUID).status == 202
    assert api.post(item(price=7.5), Idempotency_Key=UUID).status == 202
    other = api.post(item(price=8), Idempotency_Key=UUID)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
