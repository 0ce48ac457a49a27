"""What may go wrong between a phone and the stack, and that the order comes through it.

The stack is the real one; the trouble is made in the browser, on the way to it.
"""

import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.phone import NewTraveller
from tests.browser.served_page import NewVisit
from tests.browser.traveller import (
    AUDIO,
    BUBBLE_TEA,
    FAILED,
    ID_TOKEN,
    QUICK,
    READY,
    RETRY,
    SHOP,
    STATUS,
    STILL_SPEAKING,
    Traveller,
    answer_lost,
    changed,
    dead_network,
    in_turn,
    no_answer,
    requests_to,
    server_error,
)
from tests.nightly import at_night


def choose_japanese(page: Page) -> None:
    """At an earlier visit: the page's own request does not tell."""
    chosen = json.dumps({"value": "ja", "at": time.time() * 1000})
    page.add_init_script(f"localStorage['order-voice.language'] = '{chosen}'")


def pass_time(user: Traveller, seconds: int) -> None:
    for _ in range(seconds // 2):
        user.page.clock.run_for(2000)


def test_a_slow_workers_stages_are_shown_as_the_server_tells_them(user: Traveller) -> None:
    queued = changed(**STILL_SPEAKING | {"stage": "queued", "progress": 0, "status": "pending"})
    speaking = changed(**STILL_SPEAKING)
    user.page.route(STATUS, in_turn(queued, queued, speaking, speaking))
    user.open()
    user.order()
    progress = user.page.get_by_role("progressbar", name="Progress")
    user.sees("Preparing the voice…")
    user.sees("Making the voice…")
    expect(progress).to_have_attribute("value", "40")
    expect(user.page.get_by_role("listitem").filter(has_text="Voice")).to_have_attribute(
        "aria-current", "step"
    )
    user.sees_the_end(patiently=True)
    expect(progress).to_have_attribute("value", "100")


def test_the_confirm_tap_is_permission_for_a_voice_that_comes_much_later(user: Traveller) -> None:
    # A tap permits sound for five seconds (Chromium's transient activation); this takes longer.
    user.page.route(STATUS, in_turn(changed(**STILL_SPEAKING | {"poll_after_ms": 7000})))
    user.open()
    # By an event: looking at the page through Playwright would count as a tap.
    with user.page.expect_request(AUDIO):
        user.order(aloud=True)
    user.hears_something()


def test_the_voice_is_played_before_the_order_is_completed(user: Traveller) -> None:
    unfinished = {
        "status": "processing",
        "processing": True,
        "stage": "notifying",
        "progress": 80,
        "notification": "pending",
        "poll_after_ms": 1000,
    }

    user.page.route(STATUS, changed(**unfinished))
    user.open()
    user.order(aloud=True)
    user.hears_something(seconds=60)
    user.sees(READY)
    expect(user.page.locator('.headline[data-kind="working"]')).to_be_visible()
    user.page.unroute_all(behavior="ignoreErrors")
    user.sees_the_end()


@pytest.mark.parametrize("trouble", [answer_lost, *at_night(dead_network, server_error)])
def test_a_lost_answer_to_the_order_does_not_make_a_second_one(
    user: Traveller, trouble: Callable[[Route], None]
) -> None:
    user.expects_failed_requests()
    posts = requests_to(user.page, QUICK)
    user.page.route(QUICK, in_turn(trouble, trouble))
    user.open()
    user.order(BUBBLE_TEA)
    user.sees_the_end(patiently=True)
    assert len(posts) == 3
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


def test_a_reload_before_the_answer_sends_the_same_order_on(user: Traveller) -> None:
    user.expects_failed_requests()
    user.page.route(QUICK, in_turn(no_answer))
    posts = requests_to(user.page, QUICK)
    user.open()
    user.order(BUBBLE_TEA)
    user.sees("Connecting…")
    user.page.reload()
    user.sees_the_end()
    assert len(posts) == 2
    assert len({post.headers["idempotency-key"] for post in posts}) == 1
    assert len({post.post_data for post in posts}) == 1


def test_a_reload_in_the_very_moment_of_the_answer_finds_the_order(user: Traveller) -> None:
    user.open()
    user.order(BUBBLE_TEA)
    user.page.wait_for_url(re.compile("order_id="))
    order_id = user.order_id
    # The answer is in storage, the address is still the old one.
    user.page.evaluate("history.replaceState(null, '', location.pathname + '#review')")
    user.page.reload()
    user.sees_the_end()
    assert user.order_id == order_id


def test_an_order_that_cannot_be_sent_waits_for_the_traveller(user: Traveller) -> None:
    user.expects_failed_requests()
    posts = requests_to(user.page, QUICK)
    user.page.clock.install()
    user.open()
    user.page.wait_for_load_state("networkidle")  # The views of the next steps have come.
    user.page.context.set_offline(True)
    user.order(BUBBLE_TEA)
    pass_time(user, 40)
    user.sees("We can't get through right now")
    user.page.context.set_offline(False)
    user.page.clock.resume()
    user.page.get_by_role("button", name="Try again").click()
    user.sees_the_end()
    assert len({post.headers["idempotency-key"] for post in posts}) == 1


def test_an_order_waits_for_a_line_that_hangs_and_is_sent_when_it_answers(user: Traveller) -> None:
    page = user.page
    page.clock.install()
    page.route(ID_TOKEN, no_answer)
    posts = requests_to(page, QUICK)
    user.open()
    user.order(BUBBLE_TEA)
    user.sees("Connecting…")
    pass_time(user, 40)
    user.sees("We can't get through right now")
    assert posts == []
    page.unroute(ID_TOKEN)
    page.clock.resume()
    page.get_by_role("button", name="Try again").click()
    user.sees_the_end()


def test_an_order_opened_again_is_not_said_to_be_in_the_making_while_line_hangs(
    user: Traveller,
) -> None:
    page = user.page
    user.open()
    user.order(BUBBLE_TEA)
    user.sees_the_end()
    page.clock.install()
    page.route(ID_TOKEN, no_answer)
    page.reload()
    user.sees("Connecting…")
    pass_time(user, 80)
    user.sees("We can't get through right now")
    page.unroute(ID_TOKEN)
    page.clock.resume()
    page.get_by_role("button", name="Try again").click()
    user.sees_the_end()


def test_the_history_of_whom_line_does_not_name_in_time_can_be_asked_for_again(
    user: Traveller,
) -> None:
    page = user.page
    page.clock.install()
    page.route(ID_TOKEN, no_answer)
    user.open("#orders")
    expect(page.get_by_text("Loading…")).to_be_visible()
    pass_time(user, 10)
    page.unroute(ID_TOKEN)
    page.clock.resume()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No orders yet")).to_be_visible()


def test_an_order_left_behind_unsent_is_not_sent_by_a_reload(user: Traveller) -> None:
    user.expects_failed_requests()
    user.page.clock.install()
    user.page.route(QUICK, dead_network)
    user.open()
    user.order(BUBBLE_TEA)
    pass_time(user, 40)
    user.sees("We can't get through right now")
    user.page.unroute(QUICK)
    user.page.get_by_role("button", name="Back").click()
    posts = requests_to(user.page, QUICK)
    user.page.reload()
    # Still on the table, and sent only when it is confirmed again.
    user.review()
    assert posts == []


@pytest.mark.parametrize("way", ["the browser's", *at_night("the page's")])
def test_who_goes_back_while_connecting_finds_the_order_held_back(
    user: Traveller, way: str
) -> None:
    page = user.page
    posts = requests_to(page, QUICK)
    page.route(QUICK, in_turn(no_answer))
    user.open()
    with page.expect_request(QUICK):
        user.order(BUBBLE_TEA)
    user.sees("Connecting…")
    if way == "the page's":
        page.get_by_role("button", name="Back").click()
    else:
        page.go_back()
    held = page.get_by_text("We don't know yet whether this order was sent.")
    expect(held).to_be_visible()
    page.reload()
    expect(held).to_be_visible()
    # Another order would be a second one.
    page.get_by_role("button", name=f"Add one: {BUBBLE_TEA}", exact=True).click()
    expect(held).to_be_hidden()
    page.get_by_role("button", name=f"Remove one: {BUBBLE_TEA}", exact=True).click()
    user.review()
    expect(held).to_be_visible()
    assert len(posts) == 1
    user.confirm_button.click()
    user.sees_the_end()
    assert len({post.headers["idempotency-key"] for post in posts}) == 1
    page.get_by_role("button", name="New order").click()
    expect(held).to_be_hidden()


def test_500s_and_a_dead_network_in_the_middle_are_waited_out(user: Traveller) -> None:
    user.expects_failed_requests()
    user.is_told_nothing()
    user.page.route(STATUS, in_turn(server_error, dead_network, server_error))
    user.open()
    user.order()
    detail = user.page.locator(".detail")
    expect(detail).to_have_text("We're having trouble on our side. Trying again…")
    expect(detail).to_have_text("The connection is weak. Trying again…")
    user.sees_the_end(patiently=True)
    expect(detail).not_to_contain_text("rying again")


@pytest.mark.parametrize(
    ("trouble", "told", "asked"),
    [
        (dead_network, "The connection is weak.", "Check your connection"),
        pytest.param(
            *(
                server_error,
                "We're having trouble on our side.",
                "Something went wrong on our side.",
            ),
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_an_order_that_is_not_sent_is_not_in_the_making(
    user: Traveller, trouble: Callable[[Route], None], told: str, asked: str
) -> None:
    page = user.page
    user.expects_failed_requests()
    page.clock.install()
    page.route(QUICK, trouble)
    user.open()
    user.order()
    detail = page.locator(".detail")
    expect(detail).to_contain_text(told)
    expect(page.locator(".player .hint")).to_have_text("Not sent yet")
    page.get_by_role("button", name="Show to staff").click()
    staff = page.get_by_role("dialog")
    expect(staff.get_by_role("button", name="Not sent yet")).to_be_disabled()
    pass_time(user, 40)
    expect(staff.locator(".action.primary")).to_be_hidden()
    staff.get_by_role("button", name="Close").click()
    user.sees("We can't get through right now")
    expect(detail).to_contain_text(asked)


def test_the_page_looks_at_once_when_the_network_returns(user: Traveller) -> None:
    user.expects_failed_requests()
    user.is_told_nothing()
    user.page.route(STATUS, in_turn(changed(**STILL_SPEAKING | {"poll_after_ms": 50_000})))
    user.open()
    user.order()
    user.sees("Making the voice…")
    user.page.context.set_offline(True)
    user.page.wait_for_function("!navigator.onLine")
    user.page.context.set_offline(False)
    user.sees_the_end(patiently=True, seconds=20)


def test_a_failed_order_says_why_and_is_tried_again(hurried_user: Traveller) -> None:
    user = hurried_user
    user.page.route(STATUS, in_turn(changed(**FAILED)))
    # The real order is well, so the real answer would be 409.
    accepted = {"status": "pending", "processing": True}
    user.page.route(RETRY, lambda route: route.fulfill(status=202, json=accepted))
    retries = requests_to(user.page, RETRY)
    user.open()
    user.order(aloud=True)
    user.sees("We couldn't make the voice message")
    expect(user.page.locator(".detail")).to_contain_text("The voice service isn't responding")
    expect(user.page.get_by_role("button", name="Show to staff")).to_be_visible()
    again = user.page.get_by_role("button", name="Try again")
    again.dblclick()
    user.sees_the_end()
    assert len(retries) == 1
    # The tap on "Try again" is a permission to play, too.
    user.hears_something()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("speech_unavailable", "We've tried several times without success."),
        pytest.param(
            *("speech_impossible", "This order can't be turned into speech."),
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_a_failed_order_does_not_ask_for_what_is_not_offered(
    user: Traveller, code: str, told: str
) -> None:
    error = {"code": code, "message": "Please try again.", "retryable": False}
    user.page.route(STATUS, changed(**FAILED | {"error": error}))
    user.open()
    user.order()
    user.sees("We couldn't make the voice message")
    expect(user.page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(user.page.get_by_role("button", name="Show to staff")).to_have_class("action primary")
    expect(user.page.locator(".detail")).to_contain_text(told)
    expect(user.page.locator(".detail")).not_to_contain_text("try again")


def test_a_retry_of_an_order_that_is_not_failed_any_more_just_looks(user: Traveller) -> None:
    user.expects_failed_requests()
    user.page.route(STATUS, in_turn(changed(**FAILED)))
    user.open()
    user.order()
    user.page.get_by_role("button", name="Try again").click()  # The stack says 409.
    user.sees_the_end()


def test_after_a_minute_the_traveller_may_keep_waiting(user: Traveller) -> None:
    user.page.clock.install()
    user.page.route(STATUS, changed(**STILL_SPEAKING | {"poll_after_ms": 2000}))
    polls = requests_to(user.page, STATUS, method="GET")
    user.open()
    user.order()
    user.sees("Making the voice…")
    for _ in range(29):
        user.page.clock.run_for(2000)
        user.page.wait_for_load_state("networkidle")
    user.sees("Making the voice…")
    assert len(polls) <= 31
    user.page.clock.run_for(4000)
    user.sees("Still working on it")
    expect(user.page.locator(".detail")).to_contain_text(
        "we'll ask LINE to send the voice message to your chat"
    )
    asked = len(polls)
    user.page.clock.run_for(60_000)
    assert len(polls) == asked
    user.page.unroute_all(behavior="ignoreErrors")
    user.page.clock.resume()
    user.page.get_by_role("button", name="Keep waiting").click()
    user.sees_the_end()


NOTIFYING = {
    "status": "processing",
    "processing": True,
    "stage": "notifying",
    "progress": 80,
    "notification": "pending",
    "poll_after_ms": 2000,
}


def test_a_voice_is_to_be_played_however_long_line_takes(user: Traveller) -> None:
    page = user.page
    page.clock.install()
    user.is_told_nothing()
    page.route(STATUS, changed(**NOTIFYING))
    user.open()
    user.order()
    user.sees(READY)
    page.clock.fast_forward(61_000)
    wait = page.get_by_role("button", name="Keep waiting")
    expect(wait).to_have_class("action secondary")
    expect(page.get_by_role("button", name="Show to staff")).to_have_class("action primary")
    user.sees(READY)
    expect(page.locator(".detail")).to_contain_text("It may not be in your LINE chat yet")
    page.unroute(STATUS)
    page.clock.resume()
    wait.click()
    user.sees_the_end()


UNANSWERED = "LINE didn't answer, so it may not show up in your chat."
OF_LINE: list[tuple[dict[str, object], str, str]] = [
    (NOTIFYING, "not yet", ""),
    (
        {"notification": "sent"},
        "asked to send it",
        "We've also asked LINE to send it to your chat.",
    ),
    ({"notification": "failed"}, "not sent", UNANSWERED),
    (
        {"notification": "failed", "notification_detail": "quota_used_up"},
        "not sent",
        "this service has used up its LINE messages for this month.",
    ),
    (
        {"notification": "failed", "notification_detail": "rejected"},
        "not sent",
        "LINE didn't take the message.",
    ),
    (
        {"notification": "failed", "notification_detail": "of a later version"},
        "not sent",
        UNANSWERED,
    ),
]
"""What is known of the message; what the step says of it, and the page."""


def test_the_page_says_play_now_and_what_is_known_of_the_line_message_in_the_language_shown(
    user: Traveller,
) -> None:
    page = user.page
    user.open()
    user.order()
    user.sees_the_end()
    detail, picker = page.locator(".detail"), page.locator("select.language")
    for news, line, words in OF_LINE:
        page.unroute(STATUS)
        page.route(STATUS, changed(**news))
        page.reload()
        user.sees(READY)
        steps = page.locator(".steps").get_by_role("listitem")
        expect(steps).to_have_text(["Start (done)", "Voice (done)", f"LINE ({line})", "Play (now)"])
        expect(page.locator(".steps [aria-current]")).to_have_text("Play (now)")
        if not words:
            continue
        expect(detail).to_contain_text(words)
        picker.select_option("ja")
        expect(detail).to_contain_text("店員さんに聞かせ")
        expect(detail).to_contain_text("トーク")
        picker.select_option("en")
        expect(detail).to_contain_text(words)


def test_without_its_words_of_the_chat_the_page_says_what_it_knows(user: Traveller) -> None:
    user.expects_failed_requests()
    user.page.route("**/chat-*.json", lambda route: route.abort())
    user.open()
    user.order()
    user.sees_the_end()
    expect(user.page.locator(".detail")).to_have_text(
        "Your voice message is ready. Your order reaches the staff when you play it."
    )


def test_too_many_orders_are_told_with_the_time_to_wait(user: Traveller) -> None:
    user.expects_failed_requests()
    refusal = {"code": "too_many_orders", "status": 429, "detail": "…"}
    too_many = {"status": 429, "json": refusal, "headers": {"Retry-After": "42"}}
    user.page.route(QUICK, in_turn(lambda route: route.fulfill(**too_many)))  # type: ignore[arg-type]
    user.open()
    user.order()
    expect(user.page.locator(".detail")).to_contain_text("You can try again in about 42 seconds.")
    user.page.get_by_role("button", name="Try again").click()
    user.sees_the_end()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "about 1 second."),
        (100, "about 2 minutes."),
        (6001, "about 2 hours."),
        # The last of each unit.
        *(
            pytest.param(*last, marks=pytest.mark.nightly)
            for last in (
                (99, "about 99 seconds."),
                (5400, "about 90 minutes."),
                (86_400, "about 24 hours."),
            )
        ),
    ],
)
def test_a_long_wait_is_told_in_words_for_it(user: Traveller, seconds: int, told: str) -> None:
    user.expects_failed_requests()
    refusal = {"code": "too_many_orders", "status": 429, "detail": "…"}
    too_many = {"status": 429, "json": refusal, "headers": {"Retry-After": str(seconds)}}
    user.page.clock.install()
    user.page.route(QUICK, lambda route: route.fulfill(**too_many))
    user.open()
    with user.page.expect_response(QUICK):
        user.order()
    pass_time(user, 40)
    user.sees("Please try again later")
    expect(user.page.locator(".detail")).to_contain_text(f"You can try again in {told}")
    again, show = ("secondary", "primary") if seconds > 180 else ("primary", "secondary")
    page = user.page
    expect(page.get_by_role("button", name="Try again")).to_have_class(f"action {again}")
    expect(page.get_by_role("button", name="Show to staff")).to_have_class(f"action {show}")


def test_a_refused_order_can_be_changed(user: Traveller) -> None:
    user.expects_failed_requests()
    refusal = {
        "code": "order_invalid",
        "status": 422,
        "errors": [{"field": "items[0].price", "message": "must be a whole number"}],
    }
    user.page.route(QUICK, in_turn(lambda route: route.fulfill(status=422, json=refusal)))
    user.open()
    posts = requests_to(user.page, QUICK)
    user.order(BUBBLE_TEA)
    user.sees("Something in this order needs changing")
    expect(user.page.locator(".detail")).to_contain_text("must be a whole number")
    user.page.get_by_role("button", name="Show to staff").click()
    staff = user.page.get_by_role("dialog")
    expect(staff.get_by_text("珍珠奶茶")).to_be_visible()
    staff.get_by_role("button", name="Close").click()
    user.page.get_by_role("button", name="Change the order").click()
    user.confirm_button.click()
    user.sees_the_end()
    keys = [post.headers["idempotency-key"] for post in posts]
    assert keys[0] != keys[1]


def test_an_unknown_order_is_said_to_be_unknown(guest: Traveller) -> None:
    guest.expects_failed_requests()
    guest.open("?order_id=00000000000000000000000000")
    guest.sees("We can't find this order")
    guest.page.get_by_role("button", name="New order").click()
    expect(guest.page).to_have_url(re.compile(rf"/liff\?store={SHOP}$"))


def test_markup_in_names_stays_text(user: Traveller, api_url: str) -> None:
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    user.page.on("dialog", note)
    name = "<img src=x onerror=alert(1)>"
    body = {
        "store_name": name,
        "items": [{"name": {"original": f"{name}麵", "translated": name}, "price": 10}],
        "language": "en",
    }
    answer = user.page.request.post(f"{api_url}/api/orders/quick", data=body)
    assert answer.status == 202, answer.text()
    user.open(f"?order_id={answer.json()['order_id']}")
    user.sees_the_end()
    expect(user.page.get_by_text(f"{name}麵").first).to_be_visible()
    user.page.get_by_role("button", name="Show to staff").click()
    expect(user.page.get_by_role("dialog").get_by_text(f"{name}麵")).to_be_visible()
    assert user.page.locator("img").count() == 0
    assert dialogs == []


def test_a_language_that_cannot_be_had_leaves_the_order_on_the_page(user: Traveller) -> None:
    user.open()
    user.order()
    user.sees_the_end()
    user.expects_failed_requests()
    user.page.context.set_offline(True)
    picker = user.page.locator("select.language")
    picker.select_option("ja")
    expect(picker).to_have_value("en")
    user.sees(READY)
    user.page.context.set_offline(False)
    picker.select_option("ja")
    expect(picker).to_have_value("ja")
    expect(user.page.locator("html")).to_have_attribute("lang", "ja")


@pytest.mark.parametrize(
    "failure",
    [503, *at_night(429, "no network")],
)
@pytest.mark.parametrize("asset", ["app.js", *at_night("shared-*.js", "ja.json")])
def test_a_script_or_text_that_does_not_load_again_offers_a_reload(
    user: Traveller, asset: str, failure: int | str
) -> None:
    user.expects_failed_requests()
    user.expected_problems.append(re.compile("no texts for|Failed to fetch|imported module"))
    page = user.page

    def fail(route: Route) -> None:
        if isinstance(failure, int):
            route.fulfill(status=failure, body="{}")
        else:
            route.abort()

    if asset == "ja.json":
        choose_japanese(page)
    page.route(f"**/{asset}", fail)
    page.goto(user.liff_url)
    expect(page.get_by_text("This page didn't load completely.")).to_be_visible()
    expect(page.get_by_text("請點一下重新載入")).to_be_hidden()
    page.unroute(f"**/{asset}")
    page.get_by_role("button", name="Tap to reload").click()
    expect(page.locator(".bar .primary:visible")).to_be_visible()


def test_a_script_that_was_refused_once_is_had_at_the_second_try(new_visit: NewVisit) -> None:
    traveller, _ = new_visit()
    traveller.expects_failed_requests()
    page = traveller.page
    page.route("**/app.js", server_error, times=1)
    traveller.open(store="")
    expect(page.get_by_role("button", name="Review order")).to_be_visible()


def test_a_reload_is_offered_in_the_travellers_language(new_traveller: NewTraveller) -> None:
    traveller = new_traveller(locale="ko-KR")
    traveller.expects_failed_requests()
    traveller.page.route("**/app.js", server_error)
    traveller.page.goto(traveller.liff_url)
    expect(traveller.page.get_by_text("페이지를 불러오지 못했어요.")).to_be_visible()


def test_a_page_that_hangs_offers_a_reload_and_goes_on_if_it_comes_after_all(
    user: Traveller,
) -> None:
    page = user.page
    held: list[Route] = []
    page.clock.install()
    choose_japanese(page)
    page.route("**/ja.json", lambda route: held.append(route))
    page.goto(user.liff_url)
    page.clock.run_for(31_000)
    offer = page.get_by_text("This page didn't load completely.")
    expect(offer).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("button", name="注文を確認")).to_be_visible()
    expect(offer).to_have_count(0)
