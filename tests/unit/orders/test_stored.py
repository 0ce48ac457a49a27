"""Orders in DynamoDB: what version 1.0 stored stays readable, and is still written so."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import pytest

from chalicelib.order import Item, Order
from chalicelib.orders import transitions
from chalicelib.orders.stored import columns_of, digest, order_of

pytestmark = pytest.mark.usefixtures("aws")

NOW = 1_800_000_000_000
ORDER_ID = "0" * 26
ORDER = Order(
    store_name="老王牛肉麵",
    store_id="7",
    language="en",
    items=(
        Item(
            original="牛肉麵",
            translated="Beef noodle soup",
            quantity=2,
            price=150,
            menu_item_id="a-1",
        ),
        Item(original="珍珠奶茶", translated="珍珠奶茶", quantity=1, price=0),
    ),
)
STORED_BY_1_0: dict[str, Any] = {
    "order_id": {"S": ORDER_ID},
    "owner": {"S": "guest:abc"},
    "request_digest": {"S": "7f35a2cdf255a97c6e32f03c765aa90ae6969cb600dcfcaab4acb809fa1e5f25"},
    "created_at": {"N": "1800000000000"},
    "opened_at": {"N": "1800000000000"},
    "expires_at": {"N": "1802592000"},
    "store_name": {"S": "老王牛肉麵"},
    "store_id": {"S": "7"},
    "language": {"S": "en"},
    "items": {
        "L": [
            {
                "M": {
                    "original": {"S": "牛肉麵"},
                    "translated": {"S": "Beef noodle soup"},
                    "quantity": {"N": "2"},
                    "price": {"N": "150"},
                    "menu_item_id": {"S": "a-1"},
                }
            },
            {
                "M": {
                    "original": {"S": "珍珠奶茶"},
                    "translated": {"S": "珍珠奶茶"},
                    "quantity": {"N": "1"},
                    "price": {"N": "0"},
                }
            },
        ]
    },
    "status": {"S": "pending"},
    "open": {"S": "open"},
    "due_at": {"N": "1800000020000"},
    "attempts": {"N": "0"},
    "retries": {"N": "0"},
    "requeues": {"N": "0"},
    "lease_expires_at": {"N": "0"},
    "notification": {"S": "pending"},
}


def test_an_order_is_stored_as_in_version_1_0() -> None:
    transitions.accept(ORDER_ID, "guest:abc", ORDER, now=NOW)
    stored = boto3.client("dynamodb").get_item(
        TableName="orders", Key={"order_id": {"S": ORDER_ID}}
    )["Item"]
    del stored["write_id"]
    assert stored == STORED_BY_1_0


def test_an_order_of_version_1_0_is_read_and_its_digest_is_still_that_of_its_order() -> None:
    boto3.client("dynamodb").put_item(TableName="orders", Item=STORED_BY_1_0)
    record = transitions.find(ORDER_ID, now=NOW)
    assert record is not None
    assert record.order == ORDER
    assert record.request_digest == digest(ORDER)


def test_what_a_later_version_has_stored_is_passed_over() -> None:
    later = {**STORED_BY_1_0, "details": {"M": {"weather": {"S": "rain"}}}}
    later["items"] = {
        "L": [{"M": {**item["M"], "mood": {"S": "good"}}} for item in STORED_BY_1_0["items"]["L"]]
    }
    boto3.client("dynamodb").put_item(TableName="orders", Item=later)
    record = transitions.find(ORDER_ID, now=NOW)
    assert record is not None
    assert record.order == ORDER


HALVES = replace(
    ORDER,
    store_translated="Lao Wang",
    items=(replace(ORDER.items[0], price=Decimal("7.5")), ORDER.items[1]),
)


@pytest.mark.parametrize("order", [ORDER, HALVES])
def test_an_order_taken_apart_is_put_together_again(order: Order) -> None:
    assert order_of(columns_of(order)) == order


def test_halves_and_a_shops_translation_are_read_from_the_table_as_they_were() -> None:
    transitions.accept(ORDER_ID, "guest:abc", HALVES, now=NOW)
    stored = boto3.client("dynamodb").get_item(
        TableName="orders", Key={"order_id": {"S": ORDER_ID}}
    )["Item"]
    assert stored["items"]["L"][0]["M"]["price"] == {"N": "7.5"}
    assert stored["details"] == {"M": {"store_translated": {"S": "Lao Wang"}}}
    record = transitions.find(ORDER_ID, now=NOW)
    assert record is not None
    assert record.order == HALVES
    assert record.request_digest == digest(HALVES)


def test_what_is_new_in_an_order_is_in_its_digest() -> None:
    dearer = replace(HALVES, items=(replace(HALVES.items[0], price=8), HALVES.items[1]))
    renamed = replace(HALVES, store_translated="Old Wang")
    assert len({digest(order) for order in (ORDER, HALVES, dearer, renamed)}) == 4


def test_a_stored_price_of_0_is_one_that_is_not_known() -> None:
    assert (ORDER.items[1].subtotal, ORDER.total_amount) == (None, None)


def test_whether_a_message_is_wanted_is_kept_and_part_of_the_digest_only_where_it_is_said() -> None:
    digests = set()
    for wish in (None, True, False):
        order = replace(ORDER, notify=wish)
        assert order_of(columns_of(order)).notify is wish
        digests.add(digest(order))
    assert len(digests) == 3
    assert STORED_BY_1_0["request_digest"]["S"] in digests
    transitions.accept(ORDER_ID, "guest:abc", replace(ORDER, notify=False), now=NOW)
    found = transitions.find(ORDER_ID, now=NOW)
    assert found is not None
    assert found.order.notify is False
