"""The whole road on the deployed stack: menu, confirm, wait, hear; as guest and as LINE user."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.phone import NewTraveller
from tests.browser.traveller import BEEF_NOODLES, BUBBLE_TEA, QUICK, READY, Traveller, requests_to
from tests.nightly import at_night


def test_a_guest_who_wants_it_aloud_orders_and_the_voice_starts_by_itself(guest: Traveller) -> None:
    guest.open()
    guest.choose(BEEF_NOODLES, times=2)
    guest.choose(BUBBLE_TEA)
    expect(guest.page.locator(".bar .sum")).to_have_text("NT$420")
    guest.review()
    guest.aloud.click()
    guest.confirm_button.click()
    expect(guest.page.locator(".player .hint")).to_contain_text("out loud when it's ready")
    expect(guest.page.get_by_text("紅燒牛肉麵").first).to_be_visible()
    guest.sees(READY, seconds=60)
    guest.hears_something()
    guest.sees_the_end()
    staff = guest.page.get_by_role("heading", name="For the staff, in Chinese").locator("..")
    own = guest.page.get_by_role("heading", name="For you", level=2).locator("..")
    expect(staff).to_contain_text("紅燒牛肉麵")
    expect(own).to_contain_text("Braised beef noodle soup")
    expect(own).to_contain_text("Bubble milk tea")


def test_a_line_user_gets_the_order_on_the_page_and_in_the_chat(
    user: Traveller, user_id: str, line_url: str
) -> None:
    user.open()
    user.order(aloud=True)
    user.hears_something(seconds=60)
    user.sees_the_end()
    expect(user.page.locator(".detail")).to_have_text(
        "Your order reaches the staff when you play it. "
        "We've also asked LINE to send it to your chat."
    )
    chat = user.page.request.get(f"{line_url}/standin/messages", params={"user_id": user_id})
    assert user.order_id in chat.text()
    assert "紅燒牛肉麵" in str(chat.json())

    with user.page.expect_popup() as opened:
        user.page.get_by_role("link", name="Back to the LINE chat").click()
    expect(opened.value.get_by_text("紅燒牛肉麵").first).to_be_visible()
    expect(opened.value.locator("audio").first).to_be_attached()


def test_the_messages_button_opens_the_order_as_the_user_whose_chat_it_is(
    user: Traveller, user_id: str, line_url: str, new_traveller: NewTraveller
) -> None:
    """As in LINE; here on a phone where nobody has signed in."""
    user.open()
    user.order()
    user.sees_the_end()
    phone = new_traveller()
    phone.page.goto(f"{line_url}/#{user_id}")
    with phone.page.expect_popup() as opened:
        phone.page.get_by_role("link", name="Open order").click()
    order = Traveller(opened.value, user.liff_url)
    order.sees_the_end()
    assert order.order_id == user.order_id
    expect(order.page).to_have_url(re.compile(rf"\?order_id={user.order_id}$"))


def test_the_voice_in_the_chat_is_loaded_when_it_is_tapped_from_an_address_that_lasts(
    user: Traveller, user_id: str, line_url: str, new_traveller: NewTraveller
) -> None:
    """As LINE's app does, hours later: the chat holds no presigned URL, and is led to one."""
    user.open()
    user.order()
    user.sees_the_end()
    chat = new_traveller()
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.page.goto(f"{line_url}/#{user_id}")
    play = chat.page.get_by_role("button", name="Play voice message")
    expect(play).to_be_visible()
    assert not [url for url in asked if ".mp3" in url]
    play.click()
    chat.hears_something()
    first, second, *_ = [url for url in asked if ".mp3" in url]
    assert f"/api/voices/{user.order_id}/" in first
    assert "X-Amz" not in first
    assert "X-Amz-Signature" in second


def test_a_guest_signs_in_at_the_standin_and_finds_the_order_in_the_history(
    guest: Traveller,
) -> None:
    guest.open()
    guest.choose(BUBBLE_TEA)
    guest.page.get_by_role("button", name="Sign in with LINE").click()
    expect(guest.page.get_by_role("button", name="My orders")).to_be_visible()
    # What was chosen is still chosen.
    guest.review()
    guest.confirm_button.click()
    guest.sees_the_end()
    order_id = guest.order_id
    guest.page.get_by_role("button", name="New order").click()
    guest.page.get_by_role("button", name="My orders").click()
    row = guest.page.get_by_role("button", name=re.compile("珍珠奶茶"))
    expect(row).to_contain_text("NT$60")
    expect(row).to_contain_text("Voice ready")
    expect(row).to_contain_text("Bubble milk tea × 1")
    row.click()
    guest.sees_the_end()
    assert guest.order_id == order_id


def test_the_phone_does_not_speak_unasked(user: Traveller) -> None:
    user.open()
    user.order()
    user.sees_the_end()
    expect(user.page.locator(".player .hint")).to_have_text("Play it to the staff")
    expect(user.page.locator("button.play")).to_have_accessible_name("Play")
    user.open()
    user.choose(BUBBLE_TEA)
    user.review()
    expect(user.aloud).to_have_attribute("aria-pressed", "false")


def test_an_address_with_a_slash_at_its_end_works(user: Traveller) -> None:
    user.open("/")
    user.order()
    user.sees_the_end()
    order_id = user.order_id
    user.page.reload()
    user.sees_the_end()
    assert user.order_id == order_id
    user.open(f"/?order_id={order_id}")
    user.sees_the_end()
    expect(user.page.locator(".order-text").first).to_contain_text("紅燒牛肉麵")


def test_an_order_is_found_again_by_reload_and_by_the_messages_link(user: Traveller) -> None:
    user.open()
    user.order()
    user.page.wait_for_url(re.compile("order_id="))
    order_id = user.order_id
    user.page.reload()
    user.sees_the_end()
    assert user.order_id == order_id
    user.open(f"?order_id={order_id}")
    user.sees_the_end()
    # Nobody has tapped: the page keeps silent, and the big button plays.
    play = user.page.locator("button.play")
    expect(play).to_have_accessible_name("Play")
    play.click()
    user.hears_something()


def test_the_page_shows_what_was_said_and_what_was_not(
    new_traveller: NewTraveller, api_url: str
) -> None:
    traveller = new_traveller()
    name = "宮保雞丁 (no peanuts) (大/小)"
    body = {
        "store_name": "老王",
        "language": "en",
        "items": [
            {
                "name": {
                    "original": name,
                    "translated": "Kung pao chicken",
                },
                "price": 180,
                "options": ["小辣"],
                "note": "my doctor says so",
            }
        ],
        "note": {"original": "外帶", "translated": "to go"},
    }
    answer = traveller.page.request.post(f"{api_url}/api/orders/quick", data=body)
    assert answer.status == 202, answer.text()
    traveller.open(f"?order_id={answer.json()['order_id']}")
    traveller.sees_the_end()
    card = traveller.page.locator(".transcript")
    expect(card.locator(".order-text")).to_have_text(
        "老闆您好，我要點：宮保雞丁小辣一份，大或小，不要花生；另外，外帶；還有備註，請看畫面，謝謝。"
    )
    unspoken = traveller.page.locator(".player .unspoken")
    expect(unspoken.get_by_role("listitem")).to_have_text([f"{name}：my doctor says so"])
    expect(unspoken.get_by_text("Show this part to the staff.")).to_be_visible()
    undecided = card.locator(".undecided").get_by_role("listitem")
    expect(undecided).to_have_text([f"Kung pao chicken {name}：大或小"])
    expect(card.get_by_text("The staff may ask which one you want.")).to_be_visible()
    traveller.page.get_by_role("button", name="Show to staff").click()
    staff = traveller.page.locator(".staff-text")
    expect(staff.get_by_text("小辣、my doctor says so 語音沒有唸到")).to_be_visible()
    expect(staff.get_by_text("外帶")).to_be_visible()


def test_an_order_with_nothing_unsaid_lists_nothing_and_the_next_starts_with_an_empty_table(
    user: Traveller,
) -> None:
    user.open()
    user.order()
    user.sees_the_end()
    card = user.page.locator(".transcript")
    expect(card.locator(".order-text")).to_contain_text("紅燒牛肉麵兩碗")
    expect(user.page.locator(".unspoken")).to_be_hidden()
    expect(card.locator(".undecided")).to_be_hidden()
    user.page.get_by_role("button", name="New order").click()
    expect(user.page.get_by_role("button", name="Review order")).to_be_disabled()
    assert "order_id" not in user.page.url


def test_who_opens_the_page_anew_is_led_back_to_the_last_order(user: Traveller) -> None:
    user.open()
    user.order()
    user.page.wait_for_url(re.compile("order_id="))
    order_id = user.order_id
    user.open()
    user.page.get_by_role("button", name="Back to your last order").click()
    user.sees_the_end()
    assert user.order_id == order_id


def test_the_back_button_goes_back_view_by_view(user: Traveller) -> None:
    user.open()
    user.choose(BUBBLE_TEA)
    user.review()
    user.page.go_back()
    expect(user.page.get_by_role("button", name="Review order")).to_be_visible()
    user.page.go_forward()
    user.confirm_button.click()
    user.sees_the_end()
    user.page.go_back()
    # Not to a confirm button that would order once more.
    expect(user.page.get_by_role("button", name="Review order")).to_be_disabled()


def test_somebody_elses_order_is_not_shown(user: Traveller, new_traveller: NewTraveller) -> None:
    user.open()
    user.order()
    user.sees_the_end()
    other = new_traveller()
    other.expects_failed_requests()
    other.open(f"?order_id={user.order_id}")
    other.sees("We can't find this order")
    expect(other.page.locator("main")).not_to_contain_text("牛肉麵")
    expect(
        other.page.locator(".bar").get_by_role("button", name="Sign in with LINE")
    ).to_be_visible()


@pytest.mark.parametrize("taps", ["both at once", *at_night("one after the other")])
def test_a_double_tap_makes_one_order(hurried_user: Traveller, taps: str) -> None:
    user = hurried_user
    user.open()
    posts = requests_to(user.page, QUICK)
    user.choose(BUBBLE_TEA)
    user.review()
    if taps == "both at once":
        user.confirm_button.evaluate("button => { button.click(); button.click(); }")
    else:
        user.confirm_button.dblclick()
    user.sees_the_end()
    assert len(posts) == 1


@pytest.mark.parametrize("gap_ms", [150, *at_night(30, 300)])
def test_the_second_tap_of_two_hits_nothing_that_came_under_the_finger(
    hurried_user: Traveller, gap_ms: int
) -> None:
    user = hurried_user
    user.open()
    user.choose(BUBBLE_TEA)
    user.review()
    box = user.confirm_button.bounding_box()
    assert box
    expect(user.page.locator("html")).not_to_have_class("is-settling")
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    user.page.touchscreen.tap(*middle)
    user.page.wait_for_timeout(gap_ms)
    user.page.touchscreen.tap(*middle)
    user.sees_the_end()
    expect(user.page.locator("dialog")).to_have_count(0)
