"""Menus on the deployed stack: what is published is served, and two do not overwrite each other."""

import uuid
from pathlib import Path

import pytest

from deploy.menus.publishing import publish, sell_out
from deploy.menus.shelf import Shelf
from deploy.target import DeployError
from localstack.stack import sample_menus
from tests.menus import json_file, menu
from tests.ports import FOREIGN_ORIGIN
from tests.stack.client import Client


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture
def shelf(client: Client) -> Shelf:
    return Shelf(client.aws("s3"), client.stack["VOICE_BUCKET"])


def test_the_sample_shops_are_served(client: Client) -> None:
    for store in sample_menus():
        answer = client.call("GET", f"/api/menus/{store}", Origin=FOREIGN_ORIGIN)
        assert (answer.status, answer.json["store_id"]) == (200, store)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert answer.headers["Access-Control-Allow-Origin"] == FOREIGN_ORIGIN
        tag = answer.headers["ETag"]
        assert client.call("GET", f"/api/menus/{store}", If_None_Match=tag).status == 304


@pytest.mark.parametrize("store", ["nobody", "NOBODY", "a" * 65, "..", "%2e%2e%2fvoice"])
def test_a_shop_without_a_menu_is_404_with_the_rights_that_the_api_has(
    client: Client, store: str
) -> None:
    assert client.call("GET", f"/api/menus/{store}").status == 404


def test_what_is_sold_out_is_served_at_once(client: Client, shelf: Shelf, tmp_path: Path) -> None:
    store = f"shop-{uuid.uuid4().hex[:8]}"
    publish(shelf, json_file(tmp_path, menu(store_id=store)))
    sell_out(shelf, store, "紅茶")
    [section] = client.call("GET", f"/api/menus/{store}").json["sections"]
    assert [dish["sold_out"] for dish in section["dishes"]] == [True, False]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_menu_that_another_has_changed_is_not_overwritten(
    shelf: Shelf, tmp_path: Path, is_new: bool
) -> None:
    store = f"shop-{uuid.uuid4().hex[:8]}"
    if not is_new:
        publish(shelf, json_file(tmp_path, menu(store_id=store)))
    seen = shelf.find(store)
    publish(shelf, json_file(tmp_path, menu(store_id=store, **{"name.en": "The other's"})))
    theirs = shelf.find(store)
    with pytest.raises(DeployError, match="somebody else has changed this menu"):
        shelf.put(menu(store_id=store), instead_of=seen)
    assert shelf.find(store) == theirs
    shelf.put(menu(store_id=store), instead_of=theirs)
    assert shelf.find(store).document == menu(store_id=store)
