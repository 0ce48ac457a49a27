"""At any counter: a dish that the software has never seen, typed or pasted, ordered as it is."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from chalicelib import languages
from tests.browser.manners import (
    AXE_RULES,
    SCHEMES,
    SMALL_PHONE,
    SOME_LANGUAGES,
    overflow,
    small_targets,
)
from tests.browser.served_page import NewVisit
from tests.browser.traveller import Traveller
from tests.nightly import at_night

UNSEEN = "阿婆私房石蓮花凍"
ENGLISH = languages.texts("en")["page"]


def field(page: Page) -> Locator:
    return page.locator("#dish-name")


def explanation(page: Page) -> Locator:
    return page.locator(".dish-form .explanation")


def line(page: Page, name: str) -> Locator:
    return page.locator(".dishes .dish", has=page.get_by_role("heading", name=name, exact=True))


def count_box(page: Page) -> Locator:
    return page.locator(".dish-form output")


def paste(page: Page, text: str) -> Locator:
    """The sheet, the text in it."""
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("One dish per line").fill(text)
    return dialog


def visit_counter(traveller: Traveller) -> Page:
    traveller.open(store="")
    expect(field(traveller.page)).to_be_visible()
    return traveller.page


def add(page: Page, name: str, price: str = "") -> None:
    field(page).fill(name)
    page.locator("#dish-price").fill(price)
    page.locator(".dish-form .add").click()
    expect(field(page)).to_have_value("")


def test_a_dish_never_seen_is_ordered_as_it_is_written_with_what_the_staff_will_ask(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    page = visit_counter(traveller)
    field(page).fill(UNSEEN)
    expect(explanation(page)).to_contain_text("Not in our dictionary")
    page.get_by_role("button", name="One more").click()
    page.locator("#dish-price").fill("37.5")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name=f"Options: {UNSEEN}").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Not spicy").check()
    sheet.get_by_role("button", name="Change").click()
    expect(line(page, UNSEEN)).to_contain_text("不辣")
    traveller.review()
    page.get_by_role("button", name="Takeaway").click()
    page.locator("summary").click()
    page.get_by_role("button", name="Peanuts").click()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert server.bodies == [
        {
            "store_name": {"original": "現場點餐", "translated": "Counter order"},
            "items": [
                {
                    "name": {"original": UNSEEN},
                    "price": 37.5,
                    "quantity": 2,
                    "subtotal": 75,
                    "options": [{"original": "不辣", "translated": "Not spicy"}],
                }
            ],
            "total_amount": 75,
            "dining": "takeaway",
            "allergies": ["peanuts"],
            "language": "en",
        }
    ]
    assert server.order.items[0].original == UNSEEN
    page.get_by_role("button", name="Show to staff").click()
    staff = page.get_by_role("dialog")
    for shown in (UNSEEN, "不辣", "外帶", "過敏：花生"):
        expect(staff).to_contain_text(shown)


def test_japanese_words_find_the_dish_by_keyboard_alone(new_visit: NewVisit) -> None:
    traveller, server = new_visit(locale="ja")
    page = visit_counter(traveller)
    # The suggestions come with the dictionary, which comes after the first view.
    field(page).press_sequentially("カキ入りおむ")
    suggestion = page.get_by_role("option", name="牡蠣オムレツ")
    expect(suggestion).to_be_visible()
    expect(page.get_by_role("combobox", name="料理名")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(suggestion).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("蚵仔煎")
    expect(explanation(page)).to_have_text("牡蠣オムレツ")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("")
    add(page, "カキ入りオムレツ")
    expect(line(page, "牡蠣オムレツ").locator(".amount")).to_have_text("2")
    page.locator(".bar .primary:visible").click()
    page.get_by_role("button", name="確定").click()
    expect(page.locator(".order-text").first).to_contain_text("蚵仔煎 × 2")
    (item,) = server.bodies[0]["items"]
    assert item["name"] == {"original": "蚵仔煎", "translated": "牡蠣オムレツ"}
    assert item["price"] is None
    assert server.bodies[0]["total_amount"] is None


def test_escape_closes_the_suggestions_and_what_is_typed_stays(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).press_sequentially("oyster")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_value("oyster")


def test_the_traveller_reads_what_they_have_typed(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    for typed, told in (
        ("魯肉飯", "Braised pork rice"),
        ("古早味滷肉飯（大）", "Something like: Braised pork rice"),
        ("Oyster Omelette", "In Chinese: 蚵仔煎"),
    ):
        field(page).fill(typed)
        expect(explanation(page)).to_have_text(told)


def test_words_that_nobody_knows_in_chinese_are_not_added_before_that_is_said(
    new_visit: NewVisit,
) -> None:
    traveller, _ = new_visit()
    page = visit_counter(traveller)
    button = page.locator(".dish-form .add")
    expect(button).to_have_text("Add")
    field(page).fill("grandma's soup")
    # At once: a name that has been told as unknown in the meantime is added.
    page.keyboard.press("Enter")
    expect(explanation(page)).to_contain_text("“this one”")
    expect(button).to_have_text("Add anyway")
    expect(page.locator(".dishes .dish")).to_have_count(0)
    expect(page.locator(".meant")).to_be_empty()
    button.click()
    expect(line(page, "grandma's soup")).to_be_visible()
    expect(button).to_have_text("Add")


def test_while_a_name_is_looked_up_that_is_told(new_visit: NewVisit) -> None:
    traveller, server = new_visit()
    server.held["dishes-en.json"] = []
    page = visit_counter(traveller)
    server.until_fetched(page, "dishes-en.json")
    # So that the page's patience with the dictionary does not end.
    page.clock.install()
    page.clock.pause_at("2030-01-01")
    field(page).fill("grandma's soup")
    page.locator(".dish-form .add").click()
    expect(explanation(page)).to_have_text("Looking it up…")
    server.release("dishes-en.json")
    expect(explanation(page)).to_contain_text("“this one”")


def test_a_count_and_a_price_typed_with_a_name_are_seen_in_their_boxes_before_it_is_added(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    page = visit_counter(traveller)
    server.until_fetched(page, "dishes-en.json")
    field(page).fill("牛肉麵 x2 120")
    page.keyboard.press("Enter")
    expect(explanation(page)).to_contain_text(ENGLISH["counter"]["taken"])
    expect(field(page)).to_have_value("牛肉麵")
    expect(count_box(page)).to_have_text("2")
    expect(page.locator("#dish-price")).to_have_value("120")
    expect(page.locator(".dishes .dish")).to_have_count(0)
    page.get_by_role("button", name="One more").click()
    page.locator(".dish-form .add").click()
    expect(line(page, "Beef noodle soup")).to_contain_text("NT$360")
    expect(count_box(page)).to_have_text("1")
    traveller.review()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    items = [(item.original, item.quantity, item.price) for item in server.order.items]
    assert items == [("牛肉麵", 3, 120)]


def test_a_typed_count_that_was_seen_while_typing_needs_no_second_tap(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).press_sequentially("2碗牛肉麵")
    expect(count_box(page)).to_have_text("2")
    expect(field(page)).to_have_value("2碗牛肉麵")
    expect(explanation(page)).to_have_text("Beef noodle soup")
    page.locator(".dish-form .add").click()
    expect(line(page, "Beef noodle soup").locator("output")).to_have_text("2")


def test_a_count_is_not_lost_where_the_dish_is_chosen_or_typed_anew(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).press_sequentially("2 beef noodle")
    page.get_by_role("option", name="Beef noodle soup").click()
    expect(field(page)).to_have_value("牛肉麵")
    expect(count_box(page)).to_have_text("2")
    field(page).fill("牛肉麵 x3")
    expect(count_box(page)).to_have_text("3")
    field(page).fill("牛肉麵")
    expect(count_box(page)).to_have_text("1")


def test_a_count_that_no_order_takes_is_told(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    wrong = ENGLISH["counter"]["count_wrong"].replace("{most}", "99")
    for typed in ("牛肉麵 x0", "牛肉麵 -1", "牛肉麵 x100"):
        field(page).fill("")
        expect(explanation(page)).not_to_have_text(wrong)
        field(page).fill(typed)
        page.locator(".dish-form .add").click()
        expect(explanation(page)).to_have_text(wrong)
        expect(field(page)).to_be_focused()
        page.locator(".dish-form .add").click()
        expect(explanation(page)).to_have_text(wrong)
        expect(page.locator(".dishes .dish")).to_have_count(0)


def test_two_counted_dishes_typed_as_one_are_offered_one_by_one(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit(viewport=SMALL_PHONE)[0])
    field(page).fill("牛肉麵 一碗 珍奶 微糖 兩杯")
    page.keyboard.press("Enter")
    expect(page.locator(".dishes .dish")).to_have_count(0)
    page.get_by_role("button", name=ENGLISH["counter"]["several"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".proposal")).to_have_count(2)
    expect(dialog.locator(".proposal output").nth(1)).to_have_text("2")
    dialog.get_by_role("button", name="Add 2 dishes").click()
    expect(page.locator(".dishes .dish")).to_have_count(2)
    expect(field(page)).to_have_value("")


def test_a_dish_is_found_by_its_name_where_a_wish_stands_behind_it(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).press_sequentially("2 bubble milk tea, đường ít")
    page.get_by_role("option", name="Bubble milk tea").click()
    expect(field(page)).to_have_value("珍珠奶茶 đường ít")
    expect(explanation(page)).to_have_text("Bubble milk tea (đường ít)")
    expect(count_box(page)).to_have_text("2")


def test_the_price_of_a_dish_that_nobody_knows_is_that_of_the_second_tap(
    new_visit: NewVisit,
) -> None:
    page = visit_counter(new_visit()[0])
    field(page).fill("grandma's stew 100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add anyway")).to_be_visible()
    page.locator("#dish-price").fill("120")
    page.get_by_role("button", name="Add anyway").click()
    expect(line(page, "grandma's stew")).to_contain_text("NT$120")


def test_a_price_that_is_typed_in_its_box_stays_where_the_name_is_read_late(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    server.held["dishes-en.json"] = []
    page = visit_counter(traveller)
    server.until_fetched(page, "dishes-en.json")
    field(page).fill("牛肉麵 100")
    page.locator("#dish-price").fill("120")
    server.release("dishes-en.json")
    expect(field(page)).to_have_value("牛肉麵")
    expect(page.locator("#dish-price")).to_have_value("120")


def test_the_suggestions_cover_nothing_that_adds_the_dish(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit(viewport=SMALL_PHONE)[0])
    field(page).press_sequentially("o")
    suggested = page.get_by_role("listbox")
    expect(suggested).to_be_visible()
    add_button = page.locator(".dish-form .add")
    add_button.scroll_into_view_if_needed()
    below = page.evaluate(
        """() => document.querySelector(".dish-form .add").getBoundingClientRect().top
            - document.querySelector(".suggestions").getBoundingClientRect().bottom"""
    )
    assert below > 0
    field(page).fill(UNSEEN)
    add_button.click()
    expect(line(page, UNSEEN)).to_be_visible()


def test_allergies_are_said_before_the_first_dish(new_visit: NewVisit) -> None:
    traveller, server = new_visit(viewport=SMALL_PHONE)
    page = visit_counter(traveller)
    page.get_by_role("button", name="Allergies and diet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Peanuts").click()
    expect(dialog.get_by_role("button", name="Peanuts")).to_have_attribute("aria-pressed", "true")
    expect(dialog).to_contain_text(ENGLISH["before"]["disclaimer"])
    assert overflow(page) <= 0
    assert small_targets(page) == []
    page.keyboard.press("Escape")
    add(page, "牛肉麵")
    traveller.review()
    expect(page.locator(".reminder")).to_contain_text("Peanuts")
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    assert [*server.order.allergies] == ["peanuts"]


def test_a_menu_marks_what_does_not_go_with_allergies_that_are_said_at_it(
    new_visit: NewVisit,
) -> None:
    traveller, _ = new_visit()
    page = traveller.page
    traveller.open(store="SAMPLE-Breakfast")
    page.get_by_role("button", name="Allergies and diet").click()
    page.get_by_role("dialog").get_by_role("button", name="Eggs").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Contains what you're allergic to: Eggs").first).to_be_visible()
    expect(page.get_by_role("button", name="Allergies and diet")).to_be_focused()


def test_without_their_dictionary_a_traveller_is_not_shown_another_languages_names(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit(locale="id")
    server.held["dishes-id.json"] = []
    page = visit_counter(traveller)
    server.until_fetched(page, "dishes-id.json")
    traveller.expects_failed_requests()
    for route in server.held.pop("dishes-id.json"):
        route.abort()
    server.held["dishes-id.json"] = []
    field(page).fill("oyster omelette")
    server.until_fetched(page, "dishes-en.json")
    for route in server.held["dishes-id.json"]:
        route.abort()
    expect(explanation(page)).to_contain_text("蚵仔煎")
    expect(page.locator(".suggestions").get_by_role("option")).to_have_count(0)


def test_a_slip_is_offered_put_right_in_one_tap_and_never_unasked(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    page = visit_counter(traveller)
    field(page).fill("oister omlette")
    page.keyboard.press("Enter")
    offer = page.get_by_role("button", name="Did you mean: Oyster omelette?")
    expect(offer).to_be_visible()
    expect(field(page)).to_have_value("oister omlette")
    page.locator(".dish-form .add").click()
    expect(line(page, "oister omlette")).to_be_visible()
    field(page).fill("oister omlette")
    field(page).blur()
    offer.click()
    expect(field(page)).to_have_value("蚵仔煎")
    expect(explanation(page)).to_have_text("Oyster omelette")
    expect(offer).to_have_count(0)
    page.keyboard.press("Enter")
    expect(line(page, "Oyster omelette")).to_be_visible()


def test_a_half_typed_name_outlives_a_reload_until_it_is_added(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).fill("蚵仔")
    page.reload()
    expect(field(page)).to_have_value("蚵仔")
    add(page, "蚵仔煎")
    page.reload()
    expect(line(page, "Oyster omelette")).to_be_visible()
    expect(field(page)).to_have_value("")


def test_a_price_that_is_none_is_not_taken(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    field(page).fill(UNSEEN)
    for price in ("0", "1.3", "free"):
        page.locator("#dish-price").fill(price)
        page.locator(".dish-form .add").click()
        expect(page.locator("#dish-price")).to_be_focused()
        expect(page.locator("#dish-price-wrong")).to_contain_text("120 or 7.5")
        expect(page.locator(".dishes .dish")).to_have_count(0)


def test_a_typed_dish_is_changed_remembered_for_the_visit_and_removed(new_visit: NewVisit) -> None:
    traveller, server = new_visit()
    page = visit_counter(traveller)
    add(page, "牛肉麵", "120")
    page.get_by_role("button", name="Change: Beef noodle soup").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Dish").fill("紅燒牛肉麵")
    dialog.get_by_label("Price of one").fill("150")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Options: Beef noodle soup").click()
    dialog.get_by_label("Large bowl").check()
    dialog.get_by_label(ENGLISH["options"]["note"]).fill("不要太鹹")
    dialog.get_by_role("button", name="Change").click()
    add(page, UNSEEN)
    page.reload()
    expect(line(page, "Beef noodle soup")).to_contain_text("紅燒牛肉麵")
    expect(line(page, "Beef noodle soup")).to_contain_text("大碗")
    page.get_by_role("button", name=f"Change: {UNSEEN}").click()
    dialog.get_by_role("button", name="Remove this dish").click()
    expect(line(page, UNSEEN)).to_have_count(0)
    expect(page.get_by_role("heading", name="Your dishes")).to_be_focused()
    traveller.review()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    (item,) = server.order.items
    assert (item.original, item.translated) == ("紅燒牛肉麵", "Beef noodle soup")
    assert item.price == 150
    assert [option.original for option in item.options] == ["大碗"]
    assert item.note is not None
    assert item.note.original == "不要太鹹"


def test_one_of_a_group_is_chosen_by_radio_buttons_and_can_be_left_again(
    new_visit: NewVisit,
) -> None:
    page = visit_counter(new_visit()[0])
    add(page, "牛肉麵")
    sheet = page.get_by_role("dialog")

    def open_options() -> Locator:
        page.get_by_role("button", name="Options: Beef noodle soup").click()
        return sheet.get_by_role("group", name="Spiciness")

    spiciness = open_options()
    expect(spiciness.get_by_role("checkbox")).to_have_count(0)
    expect(spiciness.get_by_role("radio", name="No preference")).to_be_checked()
    spiciness.get_by_role("radio", name="Not spicy").check()
    spiciness.get_by_role("radio", name="Mildly spicy").check()
    sheet.get_by_role("button", name="Change").click()
    expect(line(page, "Beef noodle soup")).to_contain_text("小辣")
    open_options().get_by_role("radio", name="No preference").check()
    sheet.get_by_role("button", name="Change").click()
    expect(line(page, "Beef noodle soup")).not_to_contain_text("辣")


@pytest.mark.parametrize("language", ["th", *at_night("vi", "id")])
def test_who_writes_what_the_voice_never_says_is_told_so_beside_the_note(
    new_visit: NewVisit, language: str
) -> None:
    words = languages.texts(language)["page"]
    page = visit_counter(new_visit(locale=language, viewport=SMALL_PHONE)[0])
    add(page, "牛肉麵")
    page.locator(".line-buttons button").first.click()
    hint = words["counter"]["note_hint"]
    assert words["before"]["needs"] in hint, "where allergies are said"
    dish_note = page.get_by_role("dialog").get_by_label(words["options"]["note"])
    expect(dish_note).to_have_accessible_description(hint)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".bar .primary:visible").click()
    expect(page.get_by_label(words["before"]["note"])).to_have_accessible_description(hint)
    expect(page.locator("summary")).to_have_text(words["before"]["needs"])


def test_a_typed_dish_speaks_the_language_that_the_page_is_switched_to(
    new_visit: NewVisit,
) -> None:
    page = visit_counter(new_visit()[0])
    add(page, "魯肉飯")
    expect(line(page, "Braised pork rice")).to_be_visible()
    page.get_by_role("combobox", name="Language").select_option("ja")
    expect(line(page, "ルーローハン")).to_contain_text("魯肉飯")


def test_a_language_that_cannot_be_had_without_a_network_is_told(new_visit: NewVisit) -> None:
    traveller, server = new_visit(viewport=SMALL_PHONE)
    page = visit_counter(traveller)
    traveller.expects_failed_requests()
    server.is_down = True
    picker = page.get_by_role("combobox", name="Language")
    picker.select_option("ja")
    told = page.get_by_role("alert")
    expect(told).to_have_text(ENGLISH["language_offline"])
    expect(told).to_be_in_viewport(ratio=1)
    expect(picker).to_have_value("en")
    assert overflow(page) <= 0
    server.is_down = False
    picker.select_option("ja")
    expect(page.get_by_role("heading", level=1)).to_have_text("どのお店でも注文")
    expect(told).to_have_count(0)


def test_a_pasted_list_is_proposed_and_what_is_confirmed_is_added(new_visit: NewVisit) -> None:
    traveller, server = new_visit(viewport=SMALL_PHONE)
    page = visit_counter(traveller)
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Find dishes").click()
    expect(dialog).to_contain_text("We found no dishes in this text.")
    dialog.get_by_label("One dish per line").fill("牛肉麵 120\n珍奶 x2 55元\n小菜 30")
    dialog.get_by_role("button", name="Find dishes").click()
    expect(dialog.locator(".proposal")).to_have_count(3)
    expect(dialog.locator(".proposal").nth(1)).to_contain_text("Bubble milk tea")
    dialog.get_by_role("checkbox", name="小菜").uncheck()
    dialog.get_by_role("button", name="Add 2 dishes").click()
    traveller.review()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    items = [(item.original, item.quantity, item.price) for item in server.order.items]
    assert items == [("牛肉麵", 1, 120), ("珍奶", 2, 55)]


def test_what_is_no_dish_on_a_pasted_menu_is_listed_and_not_ordered(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit(viewport=SMALL_PHONE)[0])
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("One dish per line").fill(
        "老王麵店 歡迎光臨\n【飲料】\n珍奶 L ¥55\n燙青菜 40/50\n02-2345-6789"
    )
    dialog.get_by_role("button", name="Find dishes").click()
    expect(dialog.locator(".proposal")).to_have_count(6)
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(dialog.locator(".proposal").nth(2)).to_contain_text("Bubble milk tea (L)")
    dialog.get_by_role("checkbox", name="燙青菜（大）").check()
    dialog.get_by_role("button", name="Add 3 dishes").click()
    expect(line(page, "Bubble milk tea (L)")).to_contain_text("珍奶 L")
    expect(line(page, "燙青菜（大）")).to_contain_text("NT$50")


def test_a_pasted_menu_is_ticked_and_unticked_as_a_whole(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit(viewport=SMALL_PHONE)[0])
    dialog = paste(page, "【飲料】\n牛肉麵 120\n加麵 +10")
    dialog.get_by_role("button", name="Find dishes").click()
    dialog.get_by_role("button", name="Untick all").click()
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(dialog.get_by_role("button", name="Add 0 dishes")).to_be_disabled()
    dialog.get_by_role("button", name="Tick all", exact=True).click()
    expect(dialog.get_by_role("button", name="Add 3 dishes")).to_be_enabled()
    assert small_targets(page) == []


def test_what_was_pasted_outlives_the_back_button_until_it_is_added(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    paste(page, "牛肉麵 x2\n蚵仔煎")
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("One dish per line")).to_have_value("牛肉麵 x2\n蚵仔煎")
    dialog.get_by_role("button", name="Find dishes").click()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Paste a list").click()
    dialog.get_by_role("button", name="Find dishes").click()
    dialog.get_by_role("button", name="Add 2 dishes").click()
    page.get_by_role("button", name="Paste a list").click()
    expect(dialog.get_by_label("One dish per line")).to_have_value("")


def test_a_dishs_typed_note_outlives_the_back_button_until_it_is_taken(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    add(page, "牛肉麵")
    sheet = page.get_by_role("dialog")
    note = sheet.get_by_label(ENGLISH["options"]["note"])

    def open_options() -> None:
        page.get_by_role("button", name="Options: Beef noodle soup").click()

    open_options()
    note.fill("不要太鹹")
    page.go_back()
    expect(sheet).to_have_count(0)
    expect(line(page, "Beef noodle soup")).not_to_contain_text("不要太鹹")
    page.reload()
    open_options()
    expect(note).to_have_value("不要太鹹")
    note.fill("")
    sheet.get_by_role("button", name="Change").click()
    open_options()
    expect(note).to_have_value("")


def test_no_more_dishes_are_added_than_an_order_takes(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    menu = [f"【第{n}區】\n第{n}道菜色" for n in range(50)]
    dialog.get_by_label("One dish per line").fill("\n".join(menu))
    dialog.get_by_role("button", name="Find dishes").click()
    dialog.get_by_role("checkbox", name="【第7區】").check()
    expect(dialog).to_contain_text("An order can have up to 50 dishes.")
    expect(dialog.get_by_role("button", name="Add 51 dishes")).to_be_disabled()


def test_more_than_an_order_takes_is_counted_and_not_added(new_visit: NewVisit) -> None:
    page = visit_counter(new_visit()[0])
    add(page, UNSEEN)
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("One dish per line").fill("\n".join(f"第{n}道菜色" for n in range(60)))
    dialog.get_by_role("button", name="Find dishes").click()
    expect(dialog).to_contain_text("11 more lines don't fit")
    dialog.get_by_role("button", name="Add 49 dishes").click()
    expect(page.locator(".dishes .dish")).to_have_count(50)
    field(page).fill("再一道")
    page.locator(".dish-form .add").click()
    expect(explanation(page)).to_have_text(ENGLISH["counter"]["full"].replace("{most}", "50"))


def test_without_a_network_the_rest_of_the_road_is_there_once_the_page_has_loaded(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    page = visit_counter(traveller)
    server.until_fetched(page, "kind-options.json")
    server.is_down = True
    traveller.expects_failed_requests()
    field(page).press_sequentially("oyster")
    page.get_by_role("option", name="Oyster omelette").click()
    page.locator(".dish-form .add").click()
    page.get_by_role("button", name="Options: Oyster omelette").click()
    page.get_by_role("dialog").get_by_label("Not spicy").check()
    page.get_by_role("dialog").get_by_role("button", name="Change").click()
    traveller.review()
    traveller.confirm_button.click()
    traveller.sees("Connecting…")
    page.get_by_role("button", name="Show to staff").click()
    expect(page.get_by_role("dialog")).to_contain_text("蚵仔煎")


def test_the_next_view_is_shown_when_it_comes_and_as_it_was_wanted_last(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    server.held["later.js"] = []
    page = visit_counter(traveller)
    add(page, UNSEEN)
    page.get_by_role("button", name="Review order").click()
    expect(field(page)).to_be_visible()
    server.until_fetched(page, "later.js")
    server.release("later.js")
    expect(traveller.confirm_button).to_be_visible()


def test_what_cannot_be_fetched_in_a_tap_is_offered_by_a_reload(new_visit: NewVisit) -> None:
    traveller, server = new_visit()
    server.held["later.js"] = []
    page = visit_counter(traveller)
    server.until_fetched(page, "later.js")
    traveller.expects_failed_requests()
    traveller.expected_problems.append(re.compile("dynamically imported module"))
    server.is_down = True
    page.get_by_role("button", name="Paste a list").click()
    server.release("later.js")
    offer = page.get_by_role("button", name="This page didn't load completely. Tap to reload.")
    expect(offer).to_be_visible()
    server.is_down = False
    offer.click()
    page.get_by_role("button", name="Paste a list").click()
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("language", SOME_LANGUAGES)
def test_every_language_has_room_and_words_for_all_of_it(
    new_visit: NewVisit, language: str
) -> None:
    traveller, _ = new_visit(viewport=SMALL_PHONE, locale=language)
    page = visit_counter(traveller)

    def everything_is_said_and_fits() -> None:
        text = page.locator("body").inner_text()
        assert re.findall(r"\b(?:counter|before|options|shop|menu|review)\.\w+", text) == []
        assert "{" not in text
        assert overflow(page) <= 0
        assert small_targets(page) == []

    add(page, "招牌特製紅燒半筋半肉牛肉麵（大碗、加麵、不要香菜）", "1,234.5")
    add(page, "珍奶")
    everything_is_said_and_fits()
    page.locator(".line-buttons button").nth(2).click()
    expect(page.get_by_role("dialog").locator("fieldset")).to_have_count(4)
    everything_is_said_and_fits()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".bar .primary:visible").click()
    page.locator("summary").click()
    for chip in page.locator("fieldset .chip").all():
        chip.click()
    everything_is_said_and_fits()


def test_a_dish_that_is_not_on_the_shops_menu_goes_with_those_that_are(
    new_visit: NewVisit,
) -> None:
    traveller, server = new_visit()
    page = traveller.page
    traveller.open()
    traveller.choose("Oyster omelette")
    page.get_by_role("button", name="A dish that isn't on this menu").first.click()
    add(page, UNSEEN)
    traveller.review()
    traveller.confirm_button.click()
    traveller.sees("Making the voice…")
    ids = [item.get("menu_item_id") for item in server.bodies[0]["items"]]
    assert ids == ["oyster-omelette", None]
    assert server.bodies[0]["store_id"] == "sample-fuqi"


def filled(page: Page) -> None:
    add(page, "蚵仔煎", "75")
    add(page, UNSEEN)
    field(page).press_sequentially("oyster")
    expect(page.get_by_role("listbox")).to_be_visible()


def editing(page: Page) -> None:
    field(page).fill("")
    page.get_by_role("button", name=f"Change: {UNSEEN}").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def proposing(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Paste a list").click()
    page.get_by_label("One dish per line").fill(
        f"牛肉麵 120\n{UNSEEN}招牌特製大碗加麵不要香菜 1,200"
    )
    page.get_by_role("button", name="Find dishes").click()
    expect(page.locator(".proposal")).to_have_count(2)


STATES: tuple[Callable[[Page], None], ...] = (filled, editing, proposing)
"""One after the other."""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_and_everything_fits(new_visit: NewVisit, scheme: str) -> None:
    traveller, _ = new_visit(viewport=SMALL_PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = visit_counter(traveller)
    for reach in STATES:
        reach(page)
        found = Axe().run(page, options=AXE_RULES)
        assert found.violations_count == 0, found.generate_report()
        assert overflow(page) <= 0
        assert small_targets(page) == []
