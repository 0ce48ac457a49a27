"""What the staff will ask, said before they do; and allergies that are never said unseen."""

from typing import get_args

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Route, expect

from chalicelib.order import Allergen, Diet
from chalicelib.orders.summary import summarise
from tests.browser.manners import (
    AXE_RULES,
    SCHEMES,
    SMALL_PHONE,
    overflow,
    small_targets,
)
from tests.browser.served_page import NewVisit
from tests.browser.traveller import QUICK, new_user_id


def chip(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def open_needs(page: Page) -> None:
    page.locator("summary").click()


def say_everything(page: Page) -> None:
    chip(page, "Takeaway")
    for _ in range(2):
        chip(page, "One more person")
    page.get_by_label("Table number").fill("A3")
    page.get_by_label("Note to the staff about the whole order").fill("請快一點")
    open_needs(page)
    chip(page, "Peanuts")
    chip(page, "No beef")


def test_what_is_said_before_is_sent_and_written_as_the_server_writes_it(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit(locale="ja")
    server.holds_orders = True
    page = traveller.page
    traveller.open()
    page.locator(".dish").first.get_by_role("button").last.click()
    page.locator(".bar .primary:visible").click()
    for name in ("持ち帰り", "1人増やす", "1人増やす"):
        chip(page, name)
    page.get_by_label("テーブル番号").fill("A3")
    page.get_by_label("注文全体について店員さんに伝えること").fill("請快一點")
    open_needs(page)
    for name in ("落花生（ピーナッツ）", "卵", "牛肉なし"):
        chip(page, name)
    page.locator(".bar .primary:visible").click()
    written = page.locator(".order-text")
    expect(written.first).to_contain_text("花生")
    order = server.order
    assert (order.dining, order.people, order.table) == ("takeaway", 2, "A3")
    assert order.note is not None
    assert order.note.original == "請快一點"
    assert (order.allergies, order.diets) == (("peanuts", "eggs"), ("no_beef",))
    summary = summarise(order)
    assert written.nth(0).text_content() == summary.chinese
    assert written.nth(1).text_content() == summary.translated


def test_nothing_needs_to_be_said(new_visit: NewVisit) -> None:
    traveller, server = new_visit()
    traveller.open()
    traveller.order()
    traveller.sees("Making the voice…")
    asked = {"dining", "people", "table", "note", "allergies", "diets"}
    assert asked & server.bodies[0].keys() == set()


def test_an_allergy_of_the_last_order_is_seen_before_it_is_said_again_and_can_be_cleared(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit(viewport=SMALL_PHONE)
    page = traveller.page
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    say_everything(page)
    reminder = page.locator(".reminder")
    expect(reminder).to_contain_text("Your order will tell the staff:")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")

    page.get_by_role("button", name="New order").click()
    traveller.choose("Oyster omelette")
    traveller.review()
    expect(reminder).to_be_in_viewport(ratio=1)
    expect(reminder).to_contain_text("Is this still right?")
    expect(reminder).to_contain_text("Peanuts")
    expect(page.get_by_role("button", name="Takeaway")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Note to the staff about the whole order")).to_have_value("")
    chip(page, "Clear")
    expect(reminder).to_be_hidden()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    first, second = server.bodies
    assert (first["allergies"], first["diets"]) == (["peanuts"], ["no_beef"])
    assert "allergies" not in second
    assert "diets" not in second
    page.reload()
    page.get_by_role("button", name="New order").click()
    traveller.choose("Oyster omelette")
    traveller.review()
    expect(reminder).to_be_hidden()


def test_the_code_on_the_table_says_which_table_it_is(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    field = traveller.page.get_by_label("Table number")
    for query, shown in (("?table=5", "5"), ("?table=7", "7")):
        traveller.open(query)
        traveller.choose("Oyster omelette")
        traveller.review()
        expect(field).to_have_value(shown)
    field.fill("8")
    traveller.page.reload()
    expect(field).to_have_value("8")
    traveller.page.evaluate("history.replaceState(null, '', '?store=sample-fuqi&table=9#review')")
    traveller.page.reload()
    expect(field).to_have_value("9")


def test_the_staff_see_allergies_in_red_and_in_chinese_however_long_the_order_is(
    new_visit: NewVisit,
) -> None:
    traveller, _ = new_visit(viewport=SMALL_PHONE)
    page = traveller.page
    traveller.open()
    for button in page.get_by_role("button", name="Add one: ").all():
        button.click()
    traveller.review()
    say_everything(page)
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    expect(page.locator(".card.needs")).to_contain_text("花生Peanuts")
    page.get_by_role("button", name="Show to staff").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".staff-about")).to_have_text("外帶 · 2 位 · 桌號 A3")
    page.locator(".staff-text").evaluate("element => element.scrollTo(0, element.scrollHeight)")
    needs = dialog.locator(".staff-needs")
    expect(needs).to_be_in_viewport(ratio=1)
    expect(needs).to_contain_text("過敏：花生")
    expect(needs).to_contain_text("不吃牛")
    assert needs.locator("svg path").count() == 2
    expect(dialog.locator(".staff-note")).to_have_text("請快一點")


def test_the_staff_read_in_chinese_what_was_noted_in_the_travellers_words(
    new_visit: NewVisit,
) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    held: list[Route] = []
    page.route(QUICK, lambda route: held.append(route))
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    page.get_by_label("Note to the staff about the whole order").fill("no spicy")
    traveller.confirm_button.click()
    page.get_by_role("button", name="Show to staff").click()
    note = page.locator(".staff-note")
    expect(note).to_have_text("no spicy")
    held[0].fallback()
    expect(note).to_have_text("不要辣（no spicy）")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.locator(".order-text").first).to_contain_text("備註：不要辣（no spicy）")


def test_every_need_has_a_picture_of_its_own(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    open_needs(traveller.page)
    drawn = traveller.page.locator("fieldset .chip path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('d'))"
    )
    needs = len(get_args(Allergen)) + len(get_args(Diet))
    assert len({*filter(None, drawn)}) == needs == 18


def test_my_orders_show_what_was_said_before(new_visit: NewVisit) -> None:
    traveller, _ = new_visit(user_id=new_user_id())
    page = traveller.page
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    say_everything(page)
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    page.get_by_role("button", name="My orders").click()
    row = page.locator(".order-row")
    expect(row).to_contain_text("Takeaway · 2 people · Table A3")
    expect(row.locator(".needs-line")).to_have_text(["Allergies: Peanuts", "Diet: No beef"])


def test_the_staff_see_every_need_at_once_even_on_a_small_phone(new_visit: NewVisit) -> None:
    traveller, _ = new_visit(viewport=SMALL_PHONE)
    page = traveller.page
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    open_needs(page)
    for need in page.locator("fieldset .chip").all()[:14]:
        need.click()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    page.get_by_role("button", name="Show to staff").click()
    needs = page.locator(".staff-needs")
    expect(needs.get_by_role("listitem")).to_have_count(14)
    assert needs.evaluate("needs => needs.scrollHeight - needs.clientHeight") <= 0
    expect(page.locator(".staff-text")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_and_everything_fits(new_visit: NewVisit, scheme: str) -> None:
    traveller, _ = new_visit(viewport=SMALL_PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = traveller.page
    traveller.open()
    traveller.choose("Oyster omelette")
    traveller.review()
    say_everything(page)
    assert_nothing_is_found(page)
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert_nothing_is_found(page)
    page.get_by_role("button", name="Show to staff").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_nothing_is_found(page)


def assert_nothing_is_found(page: Page) -> None:
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    assert overflow(page) <= 0
    assert small_targets(page) == []
