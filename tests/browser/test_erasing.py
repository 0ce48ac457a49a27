"""A signed-in traveller deletes their orders: what they are told before, and what is done."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Route, expect

from chalicelib import languages
from tests.browser.manners import (
    AXE_RULES,
    SMALL_PHONE,
    SOME_LANGUAGES,
    TWICE_AS_LARGE,
    overflow,
    small_targets,
)
from tests.browser.phone import NewTraveller
from tests.browser.traveller import BUBBLE_TEA, HISTORY, Traveller, new_user_id, requests_to

ERASE = re.compile(r"/api/orders$")
EN = languages.texts("en")["erase"]


def button(traveller: Traveller, name: str) -> Locator:
    return traveller.page.get_by_role("button", name=name, exact=True)


def history_of_one(route: Route) -> None:
    """An order that is there whatever happens."""
    order: dict[str, Any] = {
        "order_id": "0" * 26,
        "status": "completed",
        "store": {"original": "福氣小吃", "translated": "福氣小吃"},
        "items": [{"name": {"original": "牛肉麵", "translated": "x"}, "quantity": 1}],
        "total_amount": 180,
        "order_time": "2026-11-24T10:30:00Z",
    }
    route.fulfill(json={"orders": [order], "next_cursor": None})


def answers(*told: dict[str, Any] | int) -> Callable[[Route], None]:
    """What DELETE is answered, one after the other: a body, or a status."""
    left = list(told)

    def answer(route: Route) -> None:
        if route.request.method != "DELETE":
            route.fallback()
            return
        now = left.pop(0)
        if isinstance(now, int):
            route.fulfill(status=now, json={"code": "x", "status": now})
        else:
            route.fulfill(json=now)

    return answer


def erasure(erased: int, *, under_way: int = 0, left: bool = False) -> dict[str, Any]:
    return {"erased": erased, "under_way": under_way, "left": left}


@pytest.fixture
def asked(user: Traveller) -> Traveller:
    """At the question, with one order."""
    user.page.route(HISTORY, history_of_one)
    user.open("#orders")
    button(user, EN["open"]).click()
    return user


def test_a_traveller_deletes_their_orders(user: Traveller) -> None:
    user.open()
    user.order(BUBBLE_TEA)
    user.sees_the_end()
    order_id = user.order_id
    user.open("#orders")
    expect(user.page.locator(".order-row")).to_have_count(1)
    button(user, EN["open"]).click()
    dialog = user.page.get_by_role("dialog")
    for name in ("title", "goes", "stays", "under_way"):
        expect(dialog).to_contain_text(EN[name])
    button(user, EN["confirm"]).click()
    expect(dialog).to_contain_text(EN["done"])
    expect(dialog).not_to_contain_text(EN["under_way"])
    button(user, "Close").last.click()
    expect(user.page.get_by_text("No orders yet")).to_be_visible()
    expect(button(user, EN["open"])).to_have_count(0)
    user.expects_failed_requests()
    user.open(f"?order_id={order_id}")
    user.sees("We can't find this order")


def test_who_thinks_again_keeps_them(asked: Traveller) -> None:
    sent = requests_to(asked.page, ERASE, method="DELETE")
    expect(button(asked, EN["cancel"])).to_be_focused()
    button(asked, EN["cancel"]).click()
    expect(asked.page.get_by_role("dialog")).to_have_count(0)
    button(asked, EN["open"]).click()
    asked.page.keyboard.press("Escape")
    expect(asked.page.get_by_role("dialog")).to_have_count(0)
    expect(asked.page.locator(".order-row")).to_have_count(1)
    assert sent == []


def test_many_orders_are_deleted_in_as_many_requests_as_it_takes(asked: Traveller) -> None:
    sent = requests_to(asked.page, ERASE, method="DELETE")
    several = [erasure(500, left=True), erasure(500, left=True), erasure(3, under_way=1)]
    asked.page.route(ERASE, answers(*several))
    button(asked, EN["confirm"]).click()
    dialog = asked.page.get_by_role("dialog")
    expect(dialog).to_contain_text(EN["done"])
    expect(dialog).to_contain_text(EN["under_way"])
    assert len(sent) == 3
    assert all("authorization" in request.headers for request in sent)


def test_what_fails_for_a_moment_is_tried_again(asked: Traveller) -> None:
    asked.expects_failed_requests()
    asked.page.route(ERASE, answers(503, erasure(1)))
    button(asked, EN["confirm"]).click()
    expect(asked.page.get_by_role("dialog")).to_contain_text(EN["done"])


def test_what_is_refused_is_said_and_can_be_tried_again(asked: Traveller) -> None:
    asked.expects_failed_requests()
    asked.page.route(ERASE, answers(400, erasure(1)))
    dialog = asked.page.get_by_role("dialog")
    button(asked, EN["confirm"]).click()
    expect(dialog).to_contain_text(EN["trouble"])
    button(asked, EN["confirm"]).click()
    expect(dialog).to_contain_text(EN["done"])


def test_a_way_back_to_an_order_that_is_deleted_is_not_offered(asked: Traveller) -> None:
    kept = json.dumps({"value": "0" * 26, "at": 9_999_999_999_999})
    asked.page.evaluate("kept => localStorage.setItem('order-voice.last-order', kept)", kept)
    asked.page.route(ERASE, answers(erasure(1)))
    button(asked, EN["confirm"]).click()
    expect(asked.page.get_by_role("dialog")).to_contain_text(EN["done"])
    assert asked.page.evaluate("localStorage.getItem('order-voice.last-order')") is None


def test_a_guest_is_not_offered_it(new_traveller: NewTraveller) -> None:
    guest = new_traveller()
    guest.open("#orders")
    expect(guest.page.get_by_text("Sign in to see your orders.")).to_be_visible()
    expect(button(guest, EN["open"])).to_have_count(0)


def test_without_its_texts_the_history_is_there_all_the_same(user: Traveller) -> None:
    user.expects_failed_requests()
    user.page.route(re.compile(r"erase-en\.json"), lambda route: route.abort())
    user.page.route(HISTORY, history_of_one)
    user.open("#orders")
    expect(user.page.locator(".order-row")).to_have_count(1)


@pytest.mark.parametrize("locale", SOME_LANGUAGES)
def test_it_is_asked_in_each_language_on_the_smallest_screen(
    new_traveller: NewTraveller, locale: str
) -> None:
    texts = languages.texts(locale)["erase"]
    traveller = new_traveller(user_id=new_user_id(), locale=locale)
    traveller.page.route(HISTORY, history_of_one)
    dialog = traveller.page.get_by_role("dialog")
    traveller.open("#orders")
    for viewport in (SMALL_PHONE, TWICE_AS_LARGE):
        traveller.page.set_viewport_size(viewport)
        button(traveller, texts["open"]).click()
        expect(dialog).to_contain_text(texts["stays"])
        confirm = button(traveller, texts["confirm"])
        confirm.scroll_into_view_if_needed()
        expect(confirm).to_be_in_viewport(ratio=1)
        assert overflow(traveller.page) <= 0
        assert small_targets(traveller.page) == []
        assert dialog.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
        found = Axe().run(traveller.page, options=AXE_RULES)
        assert found.violations_count == 0, found.generate_report()
        button(traveller, texts["cancel"]).click()
        expect(dialog).to_have_count(0)
