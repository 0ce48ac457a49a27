"""The front end of the job's own description is a client of this API, unchanged."""

from typing import Any

import pytest

from tests.seed_client import AT_A_PARTNER, ELSEWHERE, LIFF_HEADERS, USER_ID
from tests.unit.api.api_client import Api
from tests.unit.orders_support import USER


def shown(api: Api, body: Any, **headers: str) -> dict[str, Any]:
    answer = api.request("POST", "/api/orders/quick", body, headers)
    assert answer.status == 202, answer.text
    assert answer.json["processing"] is True
    return api.status(answer.json["order_id"]).json


def names(order: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["name"]["original"], item["name"]["translated"]) for item in order["items"]]


def test_dishes_of_a_partners_menu_keep_both_names(api: Api) -> None:
    order = shown(api, AT_A_PARTNER, **LIFF_HEADERS)
    assert names(order) == [("蚵仔麵線", "Oyster vermicelli"), ("冬瓜茶", "Winter melon tea")]
    assert [item["menu_item_id"] for item in order["items"]] == ["301", "302"]
    assert (order["store_id"], order["total_amount"]) == ("12", 155)


def test_dishes_of_a_photographed_menu_keep_both_names(api: Api) -> None:
    order = shown(api, ELSEWHERE, **LIFF_HEADERS)
    assert names(order) == [("韭菜水餃", "Chive dumplings"), ("時令鮮魚", "Fish of the day")]
    assert [item["quantity"] for item in order["items"]] == [10, 1]
    assert [item["price"] for item in order["items"]] == [7.5, None]
    assert order["total_amount"] is None, "one dish has no price"
    assert order["store_name"] == "Grandma's Dumplings"


def test_what_it_sends_beside_is_named_as_ignored(api: Api) -> None:
    answer = api.post(ELSEWHERE)
    assert answer.json["ignored"] == ["items[].description", "items[].category"]


def test_its_language_header_is_the_language_where_the_body_names_none(api: Api) -> None:
    assert shown(api, ELSEWHERE, **LIFF_HEADERS)["language"] == "en"
    header = {"X-LIFF-User-Lang": "ja", "Accept-Language": "ko"}
    assert shown(api, ELSEWHERE, **header)["language"] == "ja"
    assert shown(api, AT_A_PARTNER, **header)["language"] == "en", "the body's own comes first"


@pytest.mark.parametrize("header", ["undefined", "null", "", "1", "en; drop", "x" * 500])
def test_a_language_header_that_says_nothing_is_passed_over(api: Api, header: str) -> None:
    headers = {"X-LIFF-User-Lang": header, "Accept-Language": "ko"}
    assert shown(api, ELSEWHERE, **headers)["language"] == "ko"


@pytest.mark.parametrize("tag", ["th", "th-TH", "TH_th"])
def test_a_language_header_may_have_a_region(api: Api, tag: str) -> None:
    assert shown(api, ELSEWHERE, **{"X-LIFF-User-Lang": tag})["language"] == "th"


@pytest.mark.usefixtures("signed_in")
def test_its_user_header_makes_nobody_the_owner(api: Api) -> None:
    headers = {"X-LIFF-User-Id": USER, "X-Store-Id": "99"}
    order_id = api.request("POST", "/api/orders/quick", ELSEWHERE, headers).json["order_id"]
    order = api.status(order_id).json
    assert (order["notification"], order["store_id"]) == ("skipped", ELSEWHERE["store_id"])
    mine = api.request("GET", "/api/orders", headers={"Authorization": f"Bearer {USER}"}).json
    assert mine["orders"] == []
    listing = api.request("GET", "/api/orders", headers=headers)
    assert listing.status == 401


@pytest.mark.usefixtures("signed_in")
def test_with_a_token_its_line_user_id_must_be_the_tokens(api: Api) -> None:
    mine = api.post(AT_A_PARTNER, Authorization=f"Bearer {USER_ID}")
    assert mine.status == 202
    assert api.post(AT_A_PARTNER, Authorization=f"Bearer {USER}").status == 403
    assert api.post(ELSEWHERE, Authorization=f"Bearer {USER}").status == 202
