"""Every answer is as `GET /api/openapi.json` says, and has no field that it does not name."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from chalicelib.openapi import document
from chalicelib.order import Notified
from chalicelib.orders import transitions
from tests.seed_order import SEED_ORDER
from tests.unit.api.api_client import UUID, Api, complete, order
from tests.unit.orders_support import NOW, USER


def described(name: str) -> jsonschema_rs.Validator:
    """What tells whether an answer is a `name` of the description, with no field beside."""
    schemas = document()["components"]["schemas"]
    closed = {key: {**schema, "additionalProperties": False} for key, schema in schemas.items()}
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": closed}},
        validate_formats=True,
    )


def references(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("$ref"), str):
            yield tree["$ref"]
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from references(branch)


def test_the_description_names_its_bodies_and_refers_to_nothing_else() -> None:
    schemas = document()["components"]["schemas"]
    bodies = {"QuickOrder", "Accepted", "OrderStatus", "OrderList", "Health", "Problem"}
    assert bodies | {"ItemName", "OrderItem"} <= set(schemas)
    assert {name.rpartition("/")[2] for name in references(document())} <= set(schemas)


def test_an_accepted_order_is_as_described(api: Api) -> None:
    accepted = described("Accepted")
    accepted.validate(api.post(SEED_ORDER, Idempotency_Key=UUID).json)
    accepted.validate(api.post(SEED_ORDER, Idempotency_Key=UUID).json)


def test_a_status_is_as_described_from_first_to_last(api: Api) -> None:
    shown = described("OrderStatus")
    order_id = api.post(order(store_id="7")).json["order_id"]
    shown.validate(api.status(order_id).json)
    complete(order_id)
    done = api.status(order_id).json
    assert done["voice_url"]
    shown.validate(done)


def test_a_status_with_prices_unknown_and_in_halves_is_as_described(api: Api) -> None:
    line = {"name": "水餃", "price": 7.5, "quantity": 3}
    for items in ([line], [line, {"name": "魚"}]):
        body = order(store_name={"original": "店", "translated": "Shop"}, items=items, total=None)
        del body["total_amount"]
        described("OrderStatus").validate(api.status(api.post(body).json["order_id"]).json)


def test_a_failed_order_is_as_described_and_so_is_its_retry(api: Api) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    failed = api.status(order_id).json
    assert failed["error"]
    described("OrderStatus").validate(failed)
    described("Accepted").validate(api.request("POST", f"/api/orders/{order_id}/retry").json)


@pytest.mark.usefixtures("signed_in")
def test_what_became_of_the_line_message_is_in_the_status_and_in_the_history(api: Api) -> None:
    user = {"Authorization": f"Bearer {USER}"}
    order_id = api.post(SEED_ORDER, **user).json["order_id"]
    first = api.status(order_id, **user).json
    assert (first["notification"], first["notification_detail"]) == ("pending", None)
    complete(order_id, Notified("failed", "quota_used_up"))
    [listed] = api.request("GET", "/api/orders", headers=user).json["orders"]
    for shown in (api.status(order_id, **user).json, listed):
        assert (shown["notification"], shown["notification_detail"]) == ("failed", "quota_used_up")
    described("OrderStatus").validate(api.status(order_id, **user).json)


@pytest.mark.usefixtures("signed_in")
def test_a_page_of_orders_is_as_described(api: Api) -> None:
    user = {"Authorization": f"Bearer {USER}"}
    for _ in range(2):
        api.post(SEED_ORDER, **user)
    for limit in (1, 2):
        page = api.request("GET", f"/api/orders?limit={limit}", headers=user).json
        assert len(page["orders"]) == limit
        described("OrderList").validate(page)


def test_what_became_of_erased_orders_is_as_described(api: Api, signed_in: None) -> None:
    headers = {"Authorization": f"Bearer {USER}"}
    api.post(SEED_ORDER, **headers)
    described("ErasedOrders").validate(api.request("DELETE", "/api/orders", headers=headers).json)


def test_a_problem_is_as_described_whoever_found_it(api: Api) -> None:
    ours, of_fields = api.status("1"), api.post(order(items=[]))
    chalices_own = api.request("PUT", "/api/orders")
    assert [answer.status for answer in (ours, of_fields, chalices_own)] == [404, 422, 405]
    assert of_fields.json["errors"]
    for answer in (ours, of_fields, chalices_own):
        described("Problem").validate(answer.json)


def test_the_pulse_is_as_described(api: Api) -> None:
    described("Health").validate(api.request("GET", "/api/health").json)


@pytest.mark.parametrize("where", ["", "items", "summary", "error"])
def test_a_field_that_is_not_described_would_be_found(api: Api, where: str) -> None:
    order_id = api.post(SEED_ORDER).json["order_id"]
    record = transitions.claim(order_id, token="a", lease_ms=20_000, now=NOW)
    assert record is not None
    transitions.fail(record, "speech_unavailable", now=NOW)
    answer = api.status(order_id).json
    places = {"": answer, "items": answer["items"][0]}
    (places.get(where) or answer[where])["surprise"] = 1
    with pytest.raises(jsonschema_rs.ValidationError, match="surprise"):
        described("OrderStatus").validate(answer)
