"""At a shop whose menu is data: options, what changes meanwhile, what is not to be had."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, Route, expect

from chalicelib import languages, liff
from tests.browser.manners import (
    AXE_RULES,
    SCHEMES,
    SMALL_PHONE,
    SOME_LANGUAGES,
    TWICE_AS_LARGE,
    overflow,
    small_targets,
)
from tests.browser.served_page import LIFF_URL, MENUS, ORDER_ID, SETTINGS, NewVisit, Server
from tests.browser.traveller import Traveller

TEA = "Bubble milk tea"
MENU_ROUTE = "**/api/menus/*"


@dataclass
class Shop:
    """A menu that a test changes while somebody orders from it."""

    menu: dict[str, Any] = field(
        default_factory=lambda: json.loads((MENUS / "sample-tea.json").read_text("utf-8"))
    )
    status: int = 200
    asked: int = 0
    is_slow: bool = False

    def answer(self, route: Route) -> None:
        self.asked += 1
        if self.is_slow:
            return
        if self.status:
            route.fulfill(status=self.status, json=self.menu if self.status == 200 else {})
        else:
            route.abort("internetdisconnected")

    def dish(self, dish_id: str) -> dict[str, Any]:
        return next(
            dish
            for section in self.menu["sections"]
            for dish in section["dishes"]
            if dish["id"] == dish_id
        )

    def option(self, group_id: str, option_id: str) -> dict[str, Any]:
        (group,) = (group for group in self.menu["option_groups"] if group["id"] == group_id)
        found: dict[str, Any] = next(o for o in group["options"] if o["id"] == option_id)
        return found


def visit(
    new_visit: NewVisit, shop: Shop, rest: str = "", **phone: object
) -> tuple[Traveller, Server]:
    traveller, server = new_visit(**phone)
    traveller.page.context.route(MENU_ROUTE, shop.answer)
    traveller.open(rest, store="sample-tea")
    return traveller, server


def row(page: Page, dish: str) -> Locator:
    return page.locator(".dish", has=page.get_by_role("heading", name=dish, exact=True))


def open_sheet(page: Page, dish: str = TEA) -> Locator:
    page.get_by_role("button", name=f"Add one: {dish}", exact=True).click()
    sheet = page.get_by_role("dialog", name=dish)
    expect(sheet).to_be_visible()
    return sheet


def choose(page: Page, *options: str, dish: str = TEA) -> None:
    sheet = open_sheet(page, dish)
    for option in options:
        sheet.get_by_label(option).check()
    sheet.get_by_role("button", name="Add", exact=True).click()
    expect(sheet).to_be_hidden()


LARGE = ("Large", "Half sugar", "No ice")


def test_a_menu_says_what_somebody_has_to_know(new_visit: NewVisit) -> None:
    shop = Shop()
    shop.menu["hours"] = [
        {"days": ["mon", "tue", "wed", "fri"], "opens": "10:30", "closes": "21:30"}
    ]
    shop.dish("black-tea").update(sold_out=True, diet="five_pungent")
    catch: dict[str, Any] = {"id": "catch", "name": {"zh-TW": "鮮魚"}, "price": None, "spicy": 2}
    shop.menu["sections"][0]["dishes"].append(catch | {"allergens": ["fish", "soy"]})
    page = visit(new_visit, shop)[0].page
    expect(page.get_by_role("heading", level=1)).to_have_text("Mountain Spring Tea")
    expect(page.locator(".hours")).to_have_text("Open: Mon–Wed, Fri 10:30–21:30")
    expect(row(page, TEA)).to_contain_text("from NT$50")
    expect(row(page, "Brown sugar boba with fresh milk").locator(".price")).to_have_text("NT$75")
    expect(row(page, "Jasmine green tea")).to_contain_text("Vegan")
    expect(row(page, "鮮魚").locator(".price")).to_have_text("ask for price")
    expect(row(page, "鮮魚")).to_contain_text("Spicy ●●○")
    expect(row(page, "鮮魚")).to_contain_text("Contains: Fish · Soy")
    sold_out = row(page, "Traditional black tea")
    expect(sold_out).to_contain_text("Sold out · Vegetarian, with garlic or onion")
    expect(sold_out.get_by_role("button", name="Add one")).to_be_disabled()
    page.get_by_role("navigation").get_by_role("button", name="Milk tea").click()
    expect(page.get_by_role("heading", name="Milk tea", exact=True)).to_be_focused()
    expect(page.get_by_role("heading", name="Milk tea", exact=True)).to_be_in_viewport()


def test_options_are_chosen_and_the_same_dish_with_others_is_another_line(
    new_visit: NewVisit,
) -> None:
    shop = Shop()
    shop.option("toppings", "aiyu")["sold_out"] = True
    traveller, server = visit(new_visit, shop, "?table=5")
    page = traveller.page
    sheet = open_sheet(page)
    add = sheet.get_by_role("button", name="Add", exact=True)
    expect(add).to_be_disabled()
    expect(sheet.locator("[role=status]")).to_have_text("Please choose: Size")
    expect(sheet).to_contain_text("Contains: Milk & dairy")
    for group, option in (("Size", "Large"), ("Sweetness", "Half sugar"), ("Ice", "No ice")):
        sheet.get_by_role("group", name=f"{group} required").get_by_label(option).check()
    expect(sheet.locator("[role=status]")).to_have_text("NT$60")
    toppings = sheet.get_by_role("group", name="Toppings up to 2")
    expect(toppings.get_by_label("Add aiyu jelly")).to_be_disabled()
    toppings.get_by_label("Add tapioca pearls").check()
    toppings.get_by_label("Add grass jelly").check()
    expect(toppings.get_by_label("Add coconut jelly")).to_be_disabled()
    toppings.get_by_label("Add grass jelly").uncheck()
    sheet.get_by_role("button", name=f"Add one: {TEA}").click()
    expect(sheet.locator("[role=status]")).to_have_text("NT$140")
    add.click()
    expect(page.locator(".bar .sum")).to_have_text("NT$140")
    choose(page, "Add tapioca pearls", "No ice", "Half sugar", "Large")
    choose(page, "Medium", "No sugar", "Hot")
    expect(row(page, TEA).locator(".amount")).to_have_text("4")
    traveller.review()
    expect(page.locator(".dishes .dish")).to_have_count(2)
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    order = server.order
    assert [
        (item.menu_item_id, item.quantity, item.price, [o.original for o in item.options])
        for item in order.items
    ] == [
        ("bubble-tea", 3, 70, ["大杯", "半糖", "去冰", "加珍珠"]),
        ("bubble-tea", 1, 50, ["中杯", "無糖", "熱"]),
    ]
    assert (server.bodies[0]["store_id"], order.table, order.total_amount) == (
        "sample-tea",
        "5",
        260,
    )


def test_options_are_chosen_by_keyboard_alone(new_visit: NewVisit) -> None:
    page = visit(new_visit, Shop())[0].page
    plus = page.get_by_role("button", name=f"Add one: {TEA}", exact=True)
    plus.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name=TEA)
    expect(sheet.get_by_role("heading", name=TEA)).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(plus).to_be_focused()
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", name=TEA)).to_be_focused()
    for first in ("Medium", "Regular sugar", "Regular ice"):
        choice = sheet.get_by_label(first)
        for _ in range(12):
            page.keyboard.press("Tab")
            if choice.evaluate("element => element === document.activeElement"):
                break
        page.keyboard.press("Space")
        expect(choice).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(sheet.get_by_label("Less ice")).to_be_checked()
    expect(sheet.get_by_label("Less ice")).to_be_focused()
    sheet.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(page.locator(".bar .sum")).to_have_text("NT$50")
    expect(plus).to_be_focused()


def test_a_sheet_opened_while_the_last_one_is_left_stays_open_and_has_its_way_back(
    new_visit: NewVisit,
) -> None:
    page = visit(new_visit, Shop())[0].page
    sheet = open_sheet(page)
    # By Escape and Enter at once: the browser goes back only after the sheet has closed.
    page.evaluate(
        """() => new Promise((resolve) => {
            addEventListener("popstate", () => setTimeout(resolve), { once: true });
            const sheet = document.querySelector("dialog");
            sheet.addEventListener("close", () => document.activeElement.click());
            sheet.close();
        })"""
    )
    expect(sheet).to_be_visible()
    page.go_back()
    expect(sheet).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mountain Spring Tea")


def test_a_line_is_opened_again_and_changed(new_visit: NewVisit) -> None:
    traveller, server = visit(new_visit, Shop())
    page = traveller.page
    choose(page, *LARGE)
    traveller.review()
    page.get_by_role("button", name=f"Change: {TEA}").click()
    sheet = page.get_by_role("dialog", name=TEA)
    expect(sheet.get_by_label("Half sugar")).to_be_checked()
    sheet.get_by_label("Medium").check()
    sheet.get_by_label("Note to the staff about this dish").fill("不要太甜")
    sheet.get_by_role("button", name="Change", exact=True).click()
    expect(row(page, TEA)).to_contain_text("Medium · Half sugar · No ice")
    expect(page.locator(".sum")).to_have_text("NT$50")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    (item,) = server.order.items
    assert [option.original for option in item.options] == ["中杯", "半糖", "去冰"]
    assert item.note
    assert item.note.original == "不要太甜"


def test_what_is_sold_out_while_the_review_is_open_is_told(new_visit: NewVisit) -> None:
    shop = Shop()
    traveller, _ = visit(new_visit, shop)
    page = traveller.page
    page.clock.install()
    choose(page, *LARGE)
    traveller.review()
    expect(row(page, TEA)).to_be_visible()
    shop.dish("bubble-tea")["sold_out"] = True
    page.clock.run_for(61_000)
    expect(row(page, TEA).locator(".news")).to_contain_text("This dish is sold out.")
    expect(page.get_by_text("The menu has changed since you chose.")).to_be_visible()


def test_what_has_changed_is_told_at_its_line_and_the_present_price_is_sent(
    new_visit: NewVisit,
) -> None:
    shop = Shop()
    traveller, server = visit(new_visit, shop)
    page = traveller.page
    choose(page, *LARGE)
    choose(page, *LARGE, "Add aiyu jelly", dish="Lemon green tea")
    choose(page, *LARGE, dish="Oolong milk tea")
    choose(page, *LARGE, dish="Passion fruit green tea")
    expect(page.locator(".sum")).to_have_text("NT$255")
    shop.dish("bubble-tea")["sizes"][1]["price"] = 67.5
    shop.option("toppings", "aiyu")["sold_out"] = True
    shop.dish("oolong-milk-tea")["sold_out"] = True
    shop.dish("oolong-milk-tea")["sizes"][1]["price"] += 5
    for section in shop.menu["sections"]:
        section["dishes"] = [d for d in section["dishes"] if d["id"] != "passion-fruit-tea"]
    traveller.review()
    expect(page.get_by_text("The menu has changed since you chose.")).to_be_visible()
    for dish, news in (
        (TEA, "The price is now NT$67.5 (it was NT$60)."),
        ("Lemon green tea", "Something you chose for this dish is no longer available."),
        ("Oolong milk tea", "This dish is sold out."),
        ("Oolong milk tea", "The price is now NT$"),
        ("Passion fruit green tea", "This dish is no longer on the menu."),
    ):
        expect(row(page, dish).locator(".news")).to_contain_text(news)
    for dish in ("Oolong milk tea", "Passion fruit green tea"):
        page.get_by_role("button", name=f"Remove: {dish}").click()
        expect(row(page, dish)).to_have_count(0)
    expect(page.get_by_role("heading", name="Check your order")).to_be_focused()
    # What has not been seen to yet stays told.
    expect(row(page, TEA).locator(".news")).to_be_visible()
    page.get_by_role("button", name="Change: Lemon green tea").click()
    sheet = page.get_by_role("dialog", name="Lemon green tea")
    expect(sheet.get_by_label("Add aiyu jelly")).not_to_be_checked()
    sheet.get_by_label("Add coconut jelly").check()
    sheet.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("button", name=f"OK: {TEA}").click()
    expect(page.locator(".news")).to_have_count(0)
    expect(page.get_by_text("The menu has changed since you chose.")).to_be_hidden()
    expect(page.locator(".sum")).to_have_text("NT$137.5")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert [(item.menu_item_id, item.price) for item in server.order.items] == [
        ("bubble-tea", 67.5),
        ("lemon-green-tea", 70),
    ]


def test_a_second_tap_opens_no_second_sheet(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    traveller.open(store="sample-tea")
    page.get_by_role("button", name=f"Add one: {TEA}", exact=True).dblclick()
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert traveller.problems == []


def test_a_phones_back_button_closes_the_sheet_and_the_next_one_leaves_the_view(
    new_visit: NewVisit,
) -> None:
    traveller, _ = visit(new_visit, Shop())
    page = traveller.page
    page.get_by_role("button", name="A dish that isn't on this menu").first.click()
    page.locator("#dish-name").fill("珍奶")
    page.locator(".dish-form .add").click()
    options = page.get_by_role("button", name="Options: Bubble milk tea")
    sheet = page.get_by_role("dialog")
    options.click()
    expect(sheet).to_be_visible()
    page.go_back()
    expect(sheet).to_have_count(0)
    expect(options).to_be_focused()
    options.click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator("html.is-settling")).to_have_count(0)
    expect(options).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mountain Spring Tea")


def test_a_new_order_after_one_opened_from_line_is_at_the_same_shop(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    traveller.open()
    traveller.order("Oyster omelette")
    traveller.sees("Making the voice…")
    traveller.open(f"?order_id={ORDER_ID}", store="")
    for button in ("New order", "Back"):
        page.get_by_role("button", name=button, exact=True).click()
        expect(row(page, "Oyster omelette")).to_be_visible()
        assert page.url.endswith("?store=sample-fuqi")
        page.go_back()
        traveller.sees("Making the voice…")


def test_confirm_does_not_wait_for_the_menu(new_visit: NewVisit) -> None:
    shop = Shop()
    traveller, server = visit(new_visit, shop)
    choose(traveller.page, *LARGE)
    shop.is_slow = True
    traveller.review()
    assert shop.asked == 2
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert server.order.items[0].price == 60
    assert shop.asked == 2


def test_without_a_network_the_menu_serves_on_once_it_has_loaded(new_visit: NewVisit) -> None:
    shop = Shop()
    traveller, server = visit(new_visit, shop)
    page = traveller.page
    server.until_fetched(page, "kind-options.json")
    traveller.expects_failed_requests()
    server.is_down, shop.status = True, 0
    choose(page, *LARGE)
    traveller.review()
    expect(page.locator(".news")).to_have_count(0)
    traveller.confirm_button.click()
    traveller.sees("Connecting…")
    page.get_by_role("button", name="Show to staff").click()
    expect(page.get_by_role("dialog")).to_contain_text("珍珠奶茶")
    expect(page.get_by_role("dialog")).to_contain_text("大杯")


def test_the_menu_is_still_there_when_only_the_api_is_gone_at_the_next_visit(
    new_visit: NewVisit,
) -> None:
    shop = Shop()
    traveller, _ = visit(new_visit, shop)
    traveller.expects_failed_requests()
    shop.status = 503
    traveller.page.reload()
    expect(row(traveller.page, TEA)).to_be_visible()


def test_a_shop_that_nobody_knows_leads_to_any_counter(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    traveller.expects_failed_requests()
    traveller.open("?table=5", store="no-such-shop")
    expect(page.get_by_role("heading", name="We don't know this shop")).to_be_visible()
    page.get_by_role("button", name="Order at any counter").click()
    expect(page.locator("#dish-name")).to_be_visible()
    assert "store=no-such-shop&table=5" in page.url


def test_a_menu_that_cannot_be_reached_is_asked_for_again(new_visit: NewVisit) -> None:
    shop = Shop(status=0)
    traveller, _ = visit(new_visit, shop)
    page = traveller.page
    traveller.expects_failed_requests()
    expect(page.get_by_role("heading", name="We can't load the menu right now")).to_be_visible()
    expect(page.get_by_role("button", name="Order at any counter")).to_be_visible()
    shop.is_slow = True
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Loading the menu…")).to_be_visible()
    shop.is_slow, shop.status = False, 200
    page.reload()
    expect(row(page, TEA)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mountain Spring Tea")


def test_shop_and_table_stay_in_the_address_wherever_somebody_goes(new_visit: NewVisit) -> None:
    traveller, _ = visit(new_visit, Shop(), "?table=A%205")
    page = traveller.page
    kept = "store=sample-tea&table=A+5"
    choose(page, *LARGE)
    page.get_by_role("button", name="A dish that isn't on this menu").first.click()
    assert page.url.endswith(f"?{kept}#counter")
    page.get_by_role("button", name="Back").click()
    assert page.url.endswith(f"?{kept}")
    traveller.review()
    assert page.url.endswith(f"?{kept}#review")
    expect(page.get_by_label("Table number")).to_have_value("A 5")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert f"?{kept}&order_id=" in page.url
    page.get_by_role("button", name="New order").click()
    expect(row(page, TEA)).to_be_visible()
    assert page.url.endswith(f"?{kept}")


LIFF_SDK = """
window.liff = {
    init: async () => {
        const state = new URLSearchParams(location.search).get("liff.state");
        if (state) history.replaceState(null, "", location.pathname + state);
        %s
    },
    isLoggedIn: () => false,
    isInClient: () => false,
    getLanguage: () => "en",
};
"""


@pytest.mark.parametrize(
    ("address", "restored"),
    [
        ("?liff.state=%3Fstore%3Dsample-tea%26table%3D5", ""),
        ("?code=x&state=y", 'history.replaceState(null, "", "?store=sample-tea&table=5");'),
    ],
    ids=["opened from LINE", "back from LINE's login"],
)
def test_the_shop_in_an_address_that_line_has_changed_is_found(
    new_visit: NewVisit, address: str, restored: str
) -> None:
    traveller, server = new_visit()
    page = traveller.page
    settings = dataclasses.replace(SETTINGS, liff_id="2001234567-AbCdEfGh")
    served = liff.page(settings, "en")
    page.route(
        f"{LIFF_URL}?*", lambda route: route.fulfill(body=served.body, headers=served.headers)
    )
    page.route(
        "https://static.line-scdn.net/**",
        lambda route: route.fulfill(body=LIFF_SDK % restored, content_type="text/javascript"),
    )
    traveller.open(address, store="")
    choose(page, *LARGE)
    traveller.review()
    expect(page.get_by_label("Table number")).to_have_value("5")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert server.bodies[0]["store_id"] == "sample-tea"


def crowded() -> Shop:
    """60 dishes with the longest of names and everything that can be said of one."""
    shop = Shop()
    sample = shop.dish("bubble-tea")
    name = {
        "zh-TW": "招牌特製紅燒半筋半肉牛肉麵（大碗、加麵、不要香菜）",
        "th": "ก๋วยเตี๋ยวเนื้อและเอ็นตุ๋นน้ำแดงสูตรพิเศษของร้านชามใหญ่เพิ่มเส้นไม่ใส่ผักชี",
    }
    allergens = ["crustaceans", "sulphites", "gluten", "milk", "soy"]
    kinds: list[dict[str, Any]] = [
        {"diet": "five_pungent"},
        {"spicy": 3, "allergens": allergens},
        {"sold_out": True},
    ]
    shop.menu["name"] = {"zh-TW": "一家店名非常非常長的老字號傳統手工牛肉麵專賣店"}
    shop.menu["sections"] = [
        {
            "id": f"section-{at}",
            "name": {"zh-TW": f"分類{at}", "th": f"หมวดเครื่องดื่มและของว่าง {at}"},
            "dishes": [
                {**sample, "id": f"dish-{at}-{n}", "name": name, **kinds[n % 3]} for n in range(10)
            ],
        }
        for at in range(6)
    ]
    return shop


def menu(page: Page, shop: Shop) -> None:
    shop.status = 200
    page.reload()
    expect(page.locator(".dish")).to_have_count(60)


def sheet(page: Page, shop: Shop) -> None:
    page.locator(".dish .step:last-child").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def chosen_sheet(page: Page, shop: Shop) -> None:
    for at in range(3):
        page.get_by_role("dialog").locator("fieldset").nth(at).locator("input").first.check()


def news(page: Page, shop: Shop) -> None:
    page.get_by_role("dialog").locator(".bar .primary:visible").click()
    shop.dish("dish-0-1")["sizes"][0]["price"] = 12345.5
    page.locator(".bar .primary:visible").click()
    expect(page.locator(".news")).to_be_visible()


def unknown(page: Page, shop: Shop) -> None:
    shop.status = 404
    page.reload()
    expect(page.locator(".notice")).to_be_visible()


STATES: tuple[Callable[[Page, Shop], None], ...] = (unknown, menu, sheet, chosen_sheet, news)
"""One after the other."""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_and_sixty_dishes_with_long_names_fit(
    new_visit: NewVisit, scheme: str
) -> None:
    shop = crowded()
    phone: dict[str, Any] = {"viewport": SMALL_PHONE, "color_scheme": scheme}
    traveller, _ = visit(new_visit, shop, locale="th", reduced_motion="reduce", **phone)
    traveller.expects_failed_requests()
    page = traveller.page
    dialog = page.locator("dialog .sheet-body")
    for reach in STATES:
        reach(page, shop)
        found = Axe().run(page, options=AXE_RULES)
        assert found.violations_count == 0, found.generate_report()
        assert overflow(page) <= 0
        assert dialog.count() == (1 if reach in (sheet, chosen_sheet) else 0)
        if dialog.count():
            assert dialog.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
            expect(page.locator("dialog .bar .primary")).to_be_in_viewport(ratio=1)
        assert small_targets(page) == []


def test_what_a_traveller_must_not_eat_stands_out_in_the_menu(new_visit: NewVisit) -> None:
    traveller, _ = visit(new_visit, Shop())
    page = traveller.page
    expect(row(page, TEA).locator(".against")).to_have_count(0)
    choose(page, *LARGE)
    traveller.review()
    page.locator("summary").click()
    page.get_by_role("button", name="Milk & dairy").click()
    page.get_by_role("button", name="Vegan", exact=True).click()
    told = ["Contains what you're allergic to: Milk & dairy", "Doesn't fit your diet: Vegan"]
    page.get_by_role("button", name=f"Change: {TEA}").click()
    expect(page.get_by_role("dialog").locator(".against")).to_have_text(told)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back").click()
    expect(row(page, TEA).locator(".against")).to_have_text(told)
    expect(row(page, "Jasmine green tea").locator(".against")).to_have_count(0)


def test_a_dish_that_somebody_must_not_eat_is_told_before_it_is_confirmed(
    new_visit: NewVisit,
) -> None:
    shop = Shop()
    traveller, _ = visit(new_visit, shop, viewport=SMALL_PHONE)
    page = traveller.page
    choose(page, *LARGE)
    page.get_by_role("button", name="A dish that isn't on this menu").first.click()
    name = shop.dish("bubble-tea")["name"]["zh-TW"]
    for typed in (name, "花生湯"):
        page.locator("#dish-name").fill(typed)
        page.locator(".dish-form .add").click()
        expect(page.locator("#dish-name")).to_have_value("")
    traveller.review()
    page.locator("summary").click()
    page.get_by_role("button", name="Milk & dairy").click()
    told = page.locator(".bar [role=status]")
    # On the menu, and typed as the menu has it; of another name nothing is claimed.
    expect(told).to_contain_text("2 dishes don't fit your allergies or diet")
    expect(told).to_be_in_viewport(ratio=1)
    warned = page.locator(".dishes .dish", has=page.locator(".against"))
    expect(warned.locator(".against")).to_have_text(
        ["Contains what you're allergic to: Milk & dairy"] * 2
    )
    expect(warned.locator(".original").first).to_have_text(name)
    red = "getComputedStyle(document.querySelector('.needs-line')).color"
    assert warned.first.locator(".against").evaluate("e => getComputedStyle(e).color") == (
        page.evaluate(red)
    )
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    assert overflow(page) <= 0
    page.get_by_role("button", name="Milk & dairy").click()
    expect(told).not_to_contain_text("allergies")
    expect(warned).to_have_count(0)


UNTOLD = "We don't know everything that's in this. Ask the staff."


def test_who_is_allergic_is_told_of_the_options_too_and_of_what_nobody_has_said(
    new_visit: NewVisit,
) -> None:
    shop = Shop()
    shop.option("toppings", "pearls")["allergens"] = ["milk"]
    del shop.option("toppings", "aiyu")["allergens"]
    del shop.dish("green-tea")["allergens"]
    traveller, _ = visit(new_visit, shop, viewport=SMALL_PHONE)
    page = traveller.page
    lemon, green = "Lemon green tea", "Jasmine green tea"
    choose(page, *LARGE, "Add tapioca pearls", dish=lemon)
    choose(page, *LARGE, dish=green)
    page.get_by_role("button", name="A dish that isn't on this menu").first.click()
    page.locator("#dish-name").fill("花生湯")
    page.locator(".dish-form .add").click()
    traveller.review()
    expect(page.get_by_text(UNTOLD)).to_have_count(0)
    page.locator("summary").click()
    page.get_by_role("button", name="Milk & dairy").click()
    milk = "Contains what you're allergic to: Milk & dairy"
    expect(row(page, lemon).locator(".against")).to_have_text(milk)
    expect(row(page, lemon)).not_to_contain_text(UNTOLD)
    expect(row(page, green)).to_contain_text(UNTOLD)
    expect(row(page, "花生湯")).to_contain_text(UNTOLD)
    assert overflow(page) <= 0
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name=f"Change: {lemon}").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".option .against")).to_have_text(milk)
    told = sheet.locator(".told")
    expect(told).to_have_text(milk)
    sheet.get_by_label("Add tapioca pearls").uncheck()
    expect(told).to_be_empty()
    sheet.get_by_label("Add aiyu jelly").check()
    expect(told).to_have_text(UNTOLD)
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back").click()
    expect(row(page, lemon)).to_contain_text("Some options contain: Milk & dairy")
    expect(row(page, green)).to_contain_text(UNTOLD)
    expect(row(page, "Traditional black tea")).not_to_contain_text(UNTOLD)


@pytest.mark.parametrize("locale", SOME_LANGUAGES)
def test_at_twice_the_size_every_step_to_confirm_fits(new_visit: NewVisit, locale: str) -> None:
    shop = Shop()
    shop.option("toppings", "pearls")["allergens"] = ["milk"]
    traveller, _ = visit(new_visit, shop, viewport=TWICE_AS_LARGE, locale=locale)
    page = traveller.page
    step = page.locator(".dish .step:last-child").first
    step.click()
    sheet = page.get_by_role("dialog")
    for fieldset in sheet.locator("fieldset").all():
        fieldset.locator("input").first.check()
    assert sheet.evaluate("sheet => sheet.scrollWidth - sheet.clientWidth") <= 0
    sheet.locator(".bar .primary:visible").click()
    expect(sheet).to_be_hidden()
    assert overflow(page) <= 0
    page.locator(".bar .primary:visible").click()
    page.locator("summary").click()
    page.locator(".needs-fold .chip").nth(3).click()
    expect(page.locator(".dish .against")).to_be_visible()
    assert overflow(page) <= 0


def test_a_menu_that_says_nothing_of_allergens_says_so_once(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    silent = page.get_by_text("This menu doesn't say what its dishes contain")
    traveller.open()
    traveller.choose("Oyster omelette")
    expect(silent).to_have_count(0)
    traveller.review()
    page.locator("summary").click()
    page.get_by_role("button", name="Peanuts").click()
    page.get_by_role("button", name="Back").click()
    expect(silent).to_be_visible()
    expect(page.get_by_text(UNTOLD)).to_have_count(0)


def test_the_fifty_first_line_is_told_and_not_added(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    line: dict[str, Any] = {"dishId": None, "price": 10, "quantity": 1, "kind": None, "note": ""}
    lines = [
        {**line, "key": f"k{n}", "name": {"original": f"菜{n}"}, "options": [], "choices": {}}
        for n in range(50)
    ]
    page.add_init_script(
        "localStorage.setItem('order-voice.cart.sample-fuqi', "
        f"JSON.stringify({{ value: {json.dumps(lines)}, at: Date.now() }}))"
    )
    traveller.open()
    expect(page.locator(".sum")).to_have_text("NT$500")
    traveller.choose("Oyster omelette")
    full = languages.texts("en")["page"]["counter"]["full"].format(most=50)
    expect(page.locator(".bar")).to_contain_text(full)
    expect(page.locator(".sum")).to_have_text("NT$500")
