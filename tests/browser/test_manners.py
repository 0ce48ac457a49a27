"""Accessible, in every language, on small screens, with large text, in light and dark."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from chalicelib import languages
from tests.browser.manners import (
    AXE_RULES,
    SCHEMES,
    SMALL_PHONE,
    SOME_LANGUAGES,
    overflow,
    small_targets,
)
from tests.browser.phone import NewTraveller
from tests.browser.traveller import BEEF_NOODLES, READY, Traveller, new_user_id
from tests.browser.views import VIEWS
from tests.nightly import at_night

BY_DAY = ["review", "ready"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("view", [*BY_DAY, *at_night(*(one for one in VIEWS if one not in BY_DAY))])
def test_axe_finds_nothing_and_a_small_phone_has_room_with_twice_the_text_size_too(
    new_traveller: NewTraveller, view: str, scheme: str
) -> None:
    traveller = new_traveller(user_id=new_user_id(), color_scheme=scheme, reduced_motion="reduce")
    VIEWS[view](traveller)
    assert traveller.page.evaluate("document.getAnimations().length") == 0, "none is wanted"
    found = Axe().run(traveller.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    traveller.page.set_viewport_size(SMALL_PHONE)
    assert overflow(traveller.page) <= 0
    assert small_targets(traveller.page) == []
    traveller.page.evaluate('() => { document.documentElement.style.fontSize = "200%"; }')
    assert_usable_at_twice_the_size(traveller)


@pytest.mark.nightly
@pytest.mark.parametrize("view", VIEWS)
def test_the_way_to_each_view_is_usable_at_twice_the_text_size(
    new_traveller: NewTraveller, view: str
) -> None:
    traveller = new_traveller(user_id=new_user_id(), viewport=SMALL_PHONE)
    traveller.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            document.documentElement.style.fontSize = "200%";
        });"""
    )
    VIEWS[view](traveller)
    assert_usable_at_twice_the_size(traveller)


def assert_usable_at_twice_the_size(traveller: Traveller) -> None:
    assert overflow(traveller.page) <= 0
    # What is read must have room beside the bars that stay in place.
    traveller.page.wait_for_function(
        """() => [...document.querySelectorAll(".top, .bar")]
            .filter((bar) => getComputedStyle(bar).position === "sticky" && !bar.closest("dialog"))
            .reduce((sum, bar) => sum + bar.offsetHeight, 0) < innerHeight / 2""",
    )


def test_a_languages_name_is_whole_on_a_small_phone(new_traveller: NewTraveller) -> None:
    traveller = new_traveller(user_id=new_user_id(), viewport=SMALL_PHONE)
    traveller.open()
    for language in languages.SUPPORTED:
        picker = traveller.page.locator("select.language")
        picker.select_option(language)
        expect(traveller.page.locator("html")).to_have_attribute("lang", re.compile(language[:2]))
        expect(picker).to_have_value(language)
        missing: float = picker.evaluate(
            """(picker) => {
                const before = picker.style.cssText;
                const shown = picker.getBoundingClientRect().width;
                Object.assign(picker.style, {
                    maxWidth: "none", width: "max-content", flex: "none",
                });
                const whole = picker.getBoundingClientRect().width;
                picker.style.cssText = before;
                return whole - shown;
            }"""
        )
        assert missing < 1, language


def test_fifty_dishes_with_long_names_fit(new_traveller: NewTraveller, api_url: str) -> None:
    traveller = new_traveller(viewport=SMALL_PHONE)
    long_names = {
        "original": "招牌特製紅燒半筋半肉牛肉麵（大碗、加麵、不要香菜）",
        "translated": "ก๋วยเตี๋ยวเนื้อและเอ็นตุ๋นน้ำแดงสูตรพิเศษของร้านชามใหญ่เพิ่มเส้นไม่ใส่ผักชี",
    }
    body = {
        "store_name": "一家店名非常非常長的老字號傳統手工牛肉麵專賣店",
        "items": [{"name": long_names, "price": 180, "quantity": 99}] * 50,
        "language": "th",
    }
    answer = traveller.page.request.post(f"{api_url}/api/orders/quick", data=body)
    assert answer.status == 202, answer.text()
    traveller.open(f"?order_id={answer.json()['order_id']}")
    traveller.sees_the_end()
    assert overflow(traveller.page) <= 0
    traveller.page.get_by_role("button", name="Show to staff").click()
    text = traveller.page.locator(".staff-text")
    expect(text.get_by_role("listitem")).to_have_count(50)
    assert text.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    total = traveller.page.locator(".staff-total")
    expect(total).to_be_in_viewport(ratio=1)
    expect(total).to_contain_text("NT$891,000")


def test_nothing_jumps_while_the_traveller_waits(user: Traveller) -> None:
    user.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts.push(entry.value);
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    user.open()
    user.choose(BEEF_NOODLES)
    user.review()
    user.aloud.click()
    user.confirm_button.click()
    expect(user.headline).to_be_visible()
    user.page.evaluate("new Promise(requestAnimationFrame).then(() => { shifts.length = 0 })")
    user.sees_the_end()
    user.hears_something()
    assert user.page.evaluate("shifts.reduce((sum, value) => sum + value, 0)") < 0.02


@pytest.mark.parametrize("language", SOME_LANGUAGES)
def test_the_whole_road_in_each_language_with_amounts_written_one_way(
    new_traveller: NewTraveller, language: str
) -> None:
    traveller = new_traveller(user_id=new_user_id(), locale=language)
    page = traveller.page
    texts = languages.texts(language)

    def everything_is_said() -> None:
        text = page.locator("body").inner_text()
        raw = re.findall(r"\b(?:menu|review|order|player|staff|history|errors|status)\.\w+", text)
        assert raw == []
        assert "{" not in text
        assert overflow(page) <= 0

    traveller.open()
    assert page.evaluate("document.documentElement.lang").startswith(language[:2])
    more = page.locator(".dish").first.get_by_role("button").last
    for _ in range(6):
        more.click()
    expect(page.locator(".price").first).to_have_text("NT$180")
    expect(page.locator(".sum")).to_have_text("NT$1,080")
    everything_is_said()
    page.get_by_role("button", name=texts["page"]["menu"]["review"]).click()
    everything_is_said()
    page.get_by_role("button", name=texts["page"]["review"]["confirm"]).click()
    traveller.sees_the_end()
    traveller.sees(texts["page"]["order"]["stage_done"])
    everything_is_said()
    amounts = re.findall(r"\S*\$\s?[\d.,]+", page.locator("main").inner_text())
    assert len(amounts) == 4
    assert {amount[-8:] for amount in amounts} == {"NT$1,080"}
    name = re.compile(re.escape(texts["page"]["order"]["own_title"]))
    own = page.get_by_role("heading", name=name, level=2).last.locator("..")
    total = re.split(r"[{:：]", texts["summary"]["total_one"])[0].strip()
    expect(own).to_contain_text(total)
    page.get_by_role("button", name=texts["page"]["staff"]["open"]).click()
    expect(page.get_by_role("dialog")).to_contain_text("紅燒牛肉麵")


def test_the_language_is_switched_in_place_and_remembered(user: Traveller) -> None:
    page = user.page
    user.open()
    user.choose(BEEF_NOODLES)
    page.get_by_role("combobox", name="Language").select_option("ja")
    expect(page.get_by_role("heading", name="牛肉麺（醤油煮込み）")).to_be_visible()
    expect(page.locator(".bar .sum")).to_contain_text("180")
    page.reload()
    expect(page.get_by_role("button", name="注文を確認")).to_be_enabled()


def test_the_voice_plays_on_while_the_language_is_switched(user: Traveller) -> None:
    page = user.page
    user.open()
    user.order(aloud=True)
    user.hears_something(seconds=60)
    page.get_by_role("combobox", name="Language").select_option("ko")
    expect(page.get_by_role("combobox", name="언어")).to_be_focused()
    expect(page.get_by_role("button", name="일시정지").first).to_be_visible()
    page.get_by_role("button", name="일시정지").first.click()
    expect(page.get_by_role("button", name="재생").first).to_be_visible()


def test_the_whole_road_by_keyboard(user: Traveller) -> None:
    page = user.page

    def press(name: str | re.Pattern[str], **options: Any) -> None:
        button = page.get_by_role("button", name=name, **options)
        button.focus()
        button.press("Enter")

    user.open()
    press(f"Add one: {BEEF_NOODLES}")
    press(f"Remove one: {BEEF_NOODLES}")
    # The button that has just been used up hands the focus on instead of dropping it.
    expect(page.get_by_role("button", name=f"Add one: {BEEF_NOODLES}")).to_be_focused()
    page.keyboard.press("Enter")
    press("Review order")
    expect(page.get_by_role("heading", name="Check your order")).to_be_focused()
    press("Confirm")
    expect(page.get_by_role("heading", name="Your order", level=1)).to_be_focused()
    user.sees_the_end()
    press("Show to staff")
    expect(page.locator(".staff-text")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = "!document.activeElement || document.activeElement === document.body || "
        assert page.evaluate(inside + "!!document.activeElement.closest('dialog')")


def test_progress_is_announced_and_each_stage_once(user: Traveller) -> None:
    user.page.add_init_script(
        """window.said = [];
        addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
            const text = document.querySelector(".headline ~ [role=status]")?.textContent;
            if (text && text !== said.at(-1)) said.push(text);
        }).observe(document.body, { childList: true, subtree: true, characterData: true }));"""
    )
    user.open()
    user.order()
    user.sees_the_end()
    said: list[str] = user.page.evaluate("said")
    assert said[0].startswith("Connecting")
    assert said[-1].startswith(READY)
    assert len(said) == len(set(said))
