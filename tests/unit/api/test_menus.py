"""`GET /api/menus/{store_id}`: what was published, as it is."""

import json
from pathlib import Path

import boto3
import jsonschema_rs
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from chalicelib.menus import reading
from chalicelib.openapi import document
from chalicelib.settings import settings
from deploy.menus.publishing import publish, sell_out
from deploy.menus.shelf import Shelf
from tests.menus import json_file, menu
from tests.unit.api.api_client import Answer, Api

ADDRESS = "/api/menus/tea-corner"


@pytest.fixture
def shelf(api: Api, tmp_path: Path) -> Shelf:
    shelf = Shelf(boto3.client("s3"), "voices")
    publish(shelf, json_file(tmp_path, menu()))
    return shelf


def ask(api: Api, address: str = ADDRESS, **headers: str) -> Answer:
    return api.request("GET", address, headers={"If-None-Match": "", **headers})


def test_a_menu_is_served_as_it_was_published(api: Api, shelf: Shelf) -> None:
    answer = ask(api)
    assert answer.status == 200
    assert answer.json == shelf.find("tea-corner").document
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_a_menu_is_as_described(api: Api, shelf: Shelf) -> None:
    rules = {"$ref": "#/components/schemas/Menu", "components": document()["components"]}
    jsonschema_rs.Draft202012Validator(rules).validate(ask(api).json)


def test_a_menu_that_one_has_is_not_sent_again_until_it_changes(api: Api, shelf: Shelf) -> None:
    tag = ask(api).headers["ETag"]
    again = api.request("GET", ADDRESS, headers={"If-None-Match": tag})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    sell_out(shelf, "tea-corner", "black-tea")
    changed = api.request("GET", ADDRESS, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.json["sections"][0]["dishes"][0]["sold_out"] is True


@pytest.mark.parametrize(
    "store", ["nobody", "Tea-Corner", "a" * 65, "a.b", "..", "%2e%2e", "a%2Fb"]
)
def test_a_shop_without_a_menu_is_told_as_a_problem(store: str, api: Api, shelf: Shelf) -> None:
    answer = ask(api, f"/api/menus/{store}")
    assert (answer.status, answer.json["code"]) == (404, "menu_not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_no_menu_in_the_bucket_is_nobodys(api: Api, shelf: Shelf) -> None:
    boto3.client("s3").put_object(Bucket="voices", Key="voice/x.json", Body=b"{}")
    assert ask(api, "/api/menus/..%2Fvoice%2Fx").status == 404


def stubbed(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("s3")
    monkeypatch.setattr(reading, "_client", lambda: client)
    stubber = Stubber(client)
    stubber.activate()
    return stubber


def test_a_refusal_of_s3_does_not_look_like_a_shop_without_a_menu(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubber = stubbed(monkeypatch)
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    stubber.add_response("list_objects_v2", {"Contents": [{"Key": "menus/tea-corner.json"}]})
    answer = ask(api)
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")


def test_a_missing_menu_that_s3_does_not_tell_of_is_found_missing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubber = stubbed(monkeypatch)
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    wanted = {"Bucket": "voices", "Prefix": "menus/tea-corner.json", "MaxKeys": 1}
    stubber.add_response("list_objects_v2", {}, wanted)
    assert ask(api).json["code"] == "menu_not_found"


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {}}, "GetObject"),  # type: ignore[typeddict-item]
        ClientError({"Error": {"Code": "NoSuchBucket"}, "ResponseMetadata": {}}, "GetObject"),  # type: ignore[typeddict-item]
        EndpointConnectionError(endpoint_url="https://s3"),
    ],
    ids=["busy", "no bucket", "away"],
)
def test_s3_in_trouble_is_503_and_says_when_to_come_back(
    error: Exception, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(store_id: str) -> str:
        raise error

    monkeypatch.setattr(reading, "_read", fail)
    answer = ask(api)
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "2"


def test_pages_of_allowed_origins_may_read_a_menu(
    api: Api, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://shop.example")
    settings.cache_clear()
    answer = ask(api, Origin="https://shop.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    preflight = api.request("OPTIONS", ADDRESS, headers={"Origin": "https://shop.example"})
    assert preflight.status == 204
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]


def test_serving_a_menu_reads_it_as_text(api: Api, shelf: Shelf) -> None:
    """Whatever lies there is served: no request waits for it to be checked again."""
    odd = json.dumps({"from": "a later version"})
    boto3.client("s3").put_object(Bucket="voices", Key="menus/later.json", Body=odd.encode())
    assert ask(api, "/api/menus/later").text == odd
