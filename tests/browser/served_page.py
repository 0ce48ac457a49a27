"""The page without a stack: its assets from this process, an API that takes every valid order."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from chalicelib import languages, liff
from chalicelib.menus.dictionary import listing
from chalicelib.order import Order, Twd
from chalicelib.orders.request import parse_order
from chalicelib.orders.summary import readings, summarise
from chalicelib.settings import Settings
from tests.browser.traveller import Traveller

ORIGIN = "https://order-voice.example"
LIFF_URL = f"{ORIGIN}/v1/liff"

MENUS = Path(__file__).parents[2] / "menus"

SETTINGS = Settings(
    stage="-",
    orders_table="orders",
    limits_table="limits",
    orders_queue_url="https://sqs.example/orders",
    voice_bucket="voices",
    line_channel_token_parameter="/token",
    client_address_key_parameter="/key",
    voice_address_key_parameter="/key",
    line_standin_url=f"{ORIGIN}/line",
)


NewVisit = Callable[..., tuple[Traveller, "Server"]]

DISHES: dict[str, list[list[object]]] = {
    "zh-TW": [
        ["蚵仔煎", "", "snack", [], []],
        ["牛肉麵", "", "noodles", ["紅燒牛肉麵"], []],
        ["珍珠奶茶", "", "milk_tea", ["珍奶"], []],
        ["滷肉飯", "", "rice", ["魯肉飯"], []],
    ],
    "en": [
        ["蚵仔煎", "Oyster omelette", "snack", [], ["oyster pancake"]],
        ["牛肉麵", "Beef noodle soup", "noodles", ["紅燒牛肉麵"], []],
        ["珍珠奶茶", "Bubble milk tea", "milk_tea", ["珍奶"], ["boba"]],
        ["滷肉飯", "Braised pork rice", "rice", ["魯肉飯"], []],
    ],
    "ja": [
        ["蚵仔煎", "牡蠣オムレツ", "snack", [], ["カキ入りオムレツ"]],
        ["牛肉麵", "牛肉麺", "noodles", ["紅燒牛肉麵"], []],
        ["珍珠奶茶", "タピオカミルクティー", "milk_tea", ["珍奶"], []],
        ["滷肉飯", "ルーローハン", "rice", ["魯肉飯"], []],
    ],
}
"""A dictionary that stays as it is: the real one has its own tests."""


@dataclass
class Server:
    """What one phone's requests get, from `serve` on."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    """Of the orders that were sent, as JSON."""
    events: list[str] = field(default_factory=list)
    """What the page has told of itself."""
    prepared: list[dict[str, Any]] = field(default_factory=list)
    """Orders whose voices were asked for, as JSON."""
    fetched: list[str] = field(default_factory=list)
    """The names of the assets that were asked for."""
    is_down: bool = False
    """No network."""
    is_over: bool = False
    """The test has ended: what the page still asks for goes with it."""
    prepares: Callable[[Route], None] = lambda route: route.fulfill(status=202, json={})
    """What becomes of a request to prepare a voice."""
    holds_orders: bool = False
    """Orders are not answered."""
    refusal: dict[str, Any] | None = None
    """What orders are answered with instead of 202."""
    news: dict[str, Any] = field(default_factory=dict)
    """What an order's status says otherwise."""
    relation: str = "friend"
    """Of the user to the official account, as the LINE stand-in knows it."""
    settings: Settings = SETTINGS
    """Of the service whose page it is."""
    held: dict[str, list[Route]] = field(default_factory=dict)
    """Assets that do not come before `release`: their requests by name."""

    def until_fetched(self, page: Page, name: str) -> None:
        """Wait until the page has asked for an asset."""
        deadline = time.monotonic() + 10
        while name not in self.fetched:
            assert time.monotonic() < deadline, self.fetched
            page.wait_for_timeout(50)

    @property
    def order(self) -> Order:
        """The last one, as the API reads it."""
        return parse_order(self.bodies[-1], accept_language=None).order

    def handle(self, route: Route) -> None:
        if self.is_over:
            return
        if self.is_down:
            route.abort("internetdisconnected")
            return
        address = urlsplit(route.request.url)
        path = address.path.removeprefix("/v1/")
        name = path.rsplit("/", 1)[-1]
        if path == "liff":
            language = languages.negotiate(None, None, route.request.headers.get("accept-language"))
            with_order = liff.opens_order(dict(parse_qsl(address.query)))
            page = liff.page(self.settings, language, with_order=with_order)
            route.fulfill(body=page.body, headers=page.headers)
        elif path.startswith("liff/"):
            self._asset(route, *path.split("/")[1:])
        else:
            self._answer(route, path, name)

    def _answer(self, route: Route, path: str, name: str) -> None:
        """For the API, and the LINE stand-in."""
        if path == "api/orders/quick":
            self._accept(route)
        elif path == "api/voices":
            self.prepared.append(json.loads(route.request.post_data or ""))
            self.prepares(route)
        elif path.startswith("api/menus/"):
            file = MENUS / f"{name}.json"
            known = {"json": json.loads(file.read_text("utf-8"))} if file.exists() else None
            route.fulfill(**known or {"status": 404, "json": {"code": "menu_not_found"}})
        elif name == "page-events":
            self.events += json.loads(route.request.post_data or "")["events"]
            route.fulfill(status=204)
        elif name == "friends":
            if route.request.method == "POST":
                self.relation = json.loads(route.request.post_data or "")["is"]
            route.fulfill(json={"is": self.relation})
        else:
            orders = [self._status()] if self.bodies else []
            answers: dict[str, Any] = {
                ORDER_ID: orders[-1] if orders else None,
                "orders": {"orders": orders, "next_cursor": None},
                "id-token": {"id_token": "a.b.c"},
            }
            route.fulfill(json=answers[name])

    def release(self, name: str) -> None:
        for route in self.held.pop(name):
            self.handle(route)

    def _asset(self, route: Route, version: str, name: str) -> None:
        self.fetched.append(name)
        if name in self.held:
            self.held[name].append(route)
            return
        if name.startswith("dishes-"):
            language = name.removeprefix("dishes-").removesuffix(".json")
            assert language in languages.SUPPORTED
            dishes = DISHES.get(language, DISHES["en"])
            route.fulfill(json=json.loads(listing(language)) | {"dishes": dishes})
            return
        asset = liff.asset(version, name)
        assert asset is not None, name
        route.fulfill(body=asset.body, headers=asset.headers)

    def _accept(self, route: Route) -> None:
        self.bodies.append(json.loads(route.request.post_data or ""))
        if self.refusal:
            route.fulfill(**self.refusal)
        elif not self.holds_orders:
            accepted = {"order_id": ORDER_ID, "status": "pending", "poll_after_ms": 500}
            route.fulfill(status=202, json=accepted)

    def _status(self) -> dict[str, Any]:
        """Of an order whose voice is being made, but for `news`."""
        order, summary = self.order, summarise(self.order)
        return {
            "order_id": ORDER_ID,
            "status": "processing",
            "processing": True,
            "stage": "speaking",
            "progress": 40,
            "message": None,
            "voice_ready": False,
            "voice_url": None,
            "poll_after_ms": 60_000,
            "store_id": order.store_id,
            "store": {"original": order.store.original, "translated": order.store.translated},
            "items": [
                {
                    "name": {"original": item.original, "translated": item.translated},
                    "options": [
                        {"original": option.original, "translated": option.translated}
                        for option in item.options
                    ],
                    "note": {"original": item.note.original, "translated": item.note.translated}
                    if item.note
                    else None,
                    "quantity": item.quantity,
                    "price": amount(item.price or None),
                    "subtotal": amount(item.subtotal),
                }
                for item in order.items
            ],
            "total_amount": amount(order.total_amount),
            "note": {"original": order.note.original, "translated": order.note.translated}
            if order.note
            else None,
            "dining": order.dining or None,
            "people": order.people,
            "table": order.table or None,
            "allergies": [*order.allergies],
            "diets": [*order.diets],
            "order_time": "2026-11-27T10:30:00Z",
            "readings": [part._asdict() for part in readings(order)],
            "summary_ready": True,
            "summary": {
                "chinese": summary.chinese,
                "translated": summary.translated,
                "language": summary.language,
            },
            **self.news,
        }


def amount(twd: Twd | None) -> float | None:
    return None if twd is None else float(twd)


ORDER_ID = "01JF0000000000000000000000"


def serve(context: BrowserContext) -> Server:
    server = Server()
    context.route(f"{ORIGIN}/**", server.handle)
    return server
