"""What the voice leaves out: told beside Play, and marked where the staff read it."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from chalicelib.mandarin.sentence import order_sentence
from tests.browser.manners import (
    AXE_RULES,
    SMALL_PHONE,
    SOME_LANGUAGES,
    TWICE_AS_LARGE,
    overflow,
    small_targets,
)
from tests.browser.served_page import NewVisit, Server


def spoken(server: Server) -> dict[str, Any]:
    """The status of the order that was sent, once its voice is there."""
    sentence = order_sentence(server.order)
    return {
        "status": "completed",
        "processing": False,
        "stage": "done",
        "progress": 100,
        "voice_ready": True,
        "voice_url": "https://voices.s3.amazonaws.com/a.mp3",
        "voice_duration_ms": 4200,
        "spoken": sentence.text,
        "unspoken": [part._asdict() for part in sentence.unspoken],
        "undecided": [],
        "notification": "skipped",
    }


def order_with_a_remark(new_visit: NewVisit, **phone: object) -> Page:
    """Its note says what no voice can; a dish of it has a name that none can."""
    page, server = order_at_a_counter(
        new_visit, "牛肉麵", "แกงลับ", note="my doctor says so", **phone
    )
    server.news = spoken(server)
    page.reload()
    expect(page.locator(".play")).to_be_enabled()
    return page


def order_at_a_counter(
    new_visit: NewVisit, *dishes: str, note: str = "", **phone: object
) -> tuple[Page, Server]:
    """Of somebody who is allergic."""
    traveller, server = new_visit(**phone)
    page = traveller.page
    # Its audio is nowhere; the browser may still ask for it when the test is over.
    traveller.expected_problems.append(re.compile("voices.s3.amazonaws.com"))
    traveller.expects_failed_requests()
    page.route("https://voices.s3.amazonaws.com/**", lambda route: route.fulfill(body=b""))
    traveller.open(store="")
    add = page.locator(".dish-form .add")
    add_word = add.text_content()
    for name in dishes:
        page.locator("#dish-name").fill(name)
        add.click()
        # What nobody knows is added by a second tap: one that comes once the page has said so.
        page.wait_for_function(
            """word => !document.querySelector("#dish-name").value
                || document.querySelector(".dish-form .add").textContent !== word""",
            arg=add_word,
        )
        if page.locator("#dish-name").input_value():
            add.click()
        expect(page.locator("#dish-name")).to_have_value("")
    page.locator(".bar .primary:visible").click()
    page.locator("#before-note").fill(note)
    page.locator("summary").click()
    page.locator(".needs-fold .chip").nth(2).click()
    page.locator(".bar .primary:visible").click()
    expect(page.locator(".order-text").first).to_contain_text("店家")
    return page, server


def test_a_choice_that_is_open_is_told_with_its_dish_in_the_travellers_words(
    new_visit: NewVisit,
) -> None:
    page, server = order_at_a_counter(new_visit, "雞排(大/小)")
    tea = {"original": "紅茶(冰/熱)", "translated": "Black tea"}
    server.bodies[-1]["items"].append({"name": tea, "quantity": 1})
    sentence = order_sentence(server.order)
    server.news = spoken(server) | {"undecided": [part._asdict() for part in sentence.undecided]}
    page.reload()
    expect(page.locator(".undecided").get_by_role("listitem")).to_have_text(
        ["雞排(大/小)：大或小", "Black tea 紅茶(冰/熱)：冰或熱"]
    )


def test_the_travellers_own_text_follows_the_language_of_the_page(new_visit: NewVisit) -> None:
    page, server = order_at_a_counter(new_visit, "牛肉麵", locale="ja")
    server.news = spoken(server)
    own = page.locator(".order-text").nth(1)
    expect(own).to_contain_text("合計")
    page.locator(".language").select_option("en")
    expect(own).to_contain_text("Total for 1 item: ask the staff")
    expect(own).to_contain_text("牛肉麺 (牛肉麵) × 1 – ask for price")
    expect(own).to_have_attribute("lang", "en")


@pytest.mark.parametrize("locale", SOME_LANGUAGES)
def test_what_the_voice_leaves_out_is_told_beside_play_above_the_fold(
    new_visit: NewVisit, locale: str
) -> None:
    page = order_with_a_remark(new_visit, locale=locale)
    unspoken = page.locator(".player .unspoken")
    assert unspoken.get_by_role("listitem").all_inner_texts() == [
        "แกงลับ",
        "my doctor says so",
    ]
    fold = page.locator(".bar").last.bounding_box()
    heading = unspoken.locator("h2").bounding_box()
    assert fold is not None
    assert heading is not None
    assert heading["y"] + heading["height"] < fold["y"]
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_the_staff_see_which_lines_the_voice_has_not_said(new_visit: NewVisit) -> None:
    page = order_with_a_remark(new_visit, viewport=SMALL_PHONE)
    page.get_by_role("button", name="Show to staff").click()
    staff = page.get_by_role("dialog")
    noodles = staff.locator(".staff-text li", has_text="牛肉麵")
    expect(noodles.locator(".unsaid")).to_have_count(0)
    secret = staff.locator(".staff-text li", has_text="แกงลับ")
    expect(secret.locator(".unsaid")).to_have_text("語音沒有唸到")
    expect(staff.locator(".staff-note")).to_have_text("my doctor says so 語音沒有唸到")
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_the_staff_read_in_chinese_what_a_name_asks_for(new_visit: NewVisit) -> None:
    page, _ = order_at_a_counter(new_visit, "beef noodles no peanuts")
    page.get_by_role("button", name="Show to staff").click()
    dish = page.get_by_role("dialog").locator(".staff-text li")
    expect(dish).to_contain_text("beef noodles no peanuts不要花生")


def test_at_twice_the_size_the_staff_see_the_allergy_first(new_visit: NewVisit) -> None:
    page = order_with_a_remark(new_visit, viewport=TWICE_AS_LARGE)
    assert overflow(page) <= 0
    page.get_by_role("button", name="Show to staff").click()
    staff = page.get_by_role("dialog")
    expect(staff).to_be_visible()
    expect(staff.locator(".staff-needs b")).to_be_in_viewport(ratio=1)
    assert staff.evaluate("dialog => dialog.scrollTop") == 0
    assert staff.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0
    assert small_targets(page) == []
