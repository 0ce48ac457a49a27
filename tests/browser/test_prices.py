"""Prices in halves of a dollar, and prices that are not known, from the menu to the history."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.phone import NewTraveller
from tests.browser.traveller import SHOP, STATUS, Traveller, new_user_id, no_answer

MENU = re.compile(rf"/api/menus/{SHOP}$")
EGG = "Soy-braised egg"
GREENS = "Blanched greens"
FREE = re.compile(r"NT\$0(?!\d)|\bfree\b|null|NaN", re.IGNORECASE)


def dearer(route: Route) -> None:
    """The sample menu, but eggs cost 7.5 and nobody knows what greens cost today."""
    answer = route.fetch()
    menu = answer.json()
    dishes = {dish["id"]: dish for section in menu["sections"] for dish in section["dishes"]}
    dishes["braised-egg"]["price"] = 7.5
    dishes["greens"]["price"] = None
    route.fulfill(response=answer, json=menu)


@pytest.fixture
def traveller(new_traveller: NewTraveller) -> Traveller:
    found = new_traveller(user_id=new_user_id())
    found.page.route(MENU, dearer)
    found.open()
    return found


def test_halves_are_exact_from_the_menu_to_the_history(traveller: Traveller) -> None:
    page = traveller.page
    traveller.choose(EGG, times=3)
    expect(page.locator(".bar .sum")).to_have_text("NT$22.5")
    traveller.review()
    expect(page.locator(".bar .sum")).to_have_text("NT$22.5")
    expect(page.locator(".dish .price")).to_have_text("NT$22.5")
    traveller.confirm_button.click()
    traveller.sees_the_end()
    page.get_by_role("button", name="Show to staff").click()
    expect(page.locator(".staff-total")).to_contain_text("22.5")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="New order").click()
    page.get_by_role("button", name="My orders").click()
    expect(page.get_by_role("button", name=re.compile("滷蛋"))).to_contain_text("NT$22.5")


def test_a_price_that_is_not_known_is_never_shown_as_nothing(traveller: Traveller) -> None:
    page = traveller.page

    def sees_no_zero() -> None:
        expect(page.locator("body")).not_to_contain_text(FREE)

    row = page.get_by_role("listitem").filter(has_text=GREENS)
    expect(row.locator(".price")).to_have_text("ask for price")
    traveller.choose(GREENS, times=2)
    traveller.choose(EGG)
    expect(page.locator(".bar .sum")).to_have_text("ask for price")
    sees_no_zero()
    traveller.review()
    expect(page.locator(".dish .price")).to_have_text(["ask for price", "NT$7.5"])
    expect(page.locator(".bar .sum")).to_have_text("ask for price")
    sees_no_zero()
    traveller.confirm_button.click()
    for text in (
        "Blanched greens (燙青菜) × 2 – ask for price",
        "Total for 3 items: ask the staff",
    ):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text("燙青菜 × 2　依店內價格")).to_be_visible()
    traveller.sees_the_end()
    for text in (
        "Fuqi Eatery (福氣小吃)",
        "Total for 3 items: ask the staff",
        "共 3 份，依店內價格計算",
    ):
        expect(page.get_by_text(text)).to_be_visible()
    sees_no_zero()
    page.get_by_role("button", name="Show to staff").click()
    expect(page.locator(".staff-total")).to_have_text("共 3 份，依店內價格計算")
    sees_no_zero()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="New order").click()
    page.get_by_role("button", name="My orders").click()
    row = page.get_by_role("button", name=re.compile("燙青菜"))
    for text in ("ask for price", "福氣小吃", "Fuqi Eatery"):
        expect(row).to_contain_text(text)
    sees_no_zero()


def test_before_the_server_answers_the_page_writes_what_it_will_write(
    traveller: Traveller,
) -> None:
    traveller.choose(EGG, times=3)
    traveller.choose(GREENS)
    traveller.review()
    traveller.page.route(STATUS, no_answer)
    traveller.confirm_button.click()
    texts = traveller.page.locator(".order-text")
    expect(texts.first).to_contain_text("依店內價格計算")
    written = texts.all_text_contents()[:2]
    traveller.page.unroute_all(behavior="ignoreErrors")
    traveller.page.reload()
    traveller.sees_the_end()
    assert texts.all_text_contents()[:2] == written
