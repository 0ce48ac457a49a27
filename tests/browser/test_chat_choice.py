"""What the page asks and says of the LINE chat, by who pays for the messages."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.browser.manners import AXE_RULES, SMALL_PHONE, overflow, small_targets
from tests.browser.served_page import NewVisit, Server
from tests.browser.traveller import READY, Traveller, new_user_id
from tests.nightly import at_night

DONE = {
    "status": "completed",
    "processing": False,
    "stage": "done",
    "progress": 100,
    "voice_ready": True,
}
NOT_ASKED = {"notification": "skipped", "notification_detail": "not_asked"}
TURNED_OFF = {"notification": "skipped", "notification_detail": "turned_off"}
BOX = "Also send it to my LINE chat"
PROMISE = "We'll also ask LINE to send it to your chat."


def signed_in(new_visit: NewVisit, line_push: str, **phone: object) -> tuple[Traveller, Server]:
    user, server = new_visit(user_id=new_user_id(), **phone)
    server.settings = replace(server.settings, line_push=line_push)
    return user, server


def at_review(traveller: Traveller) -> None:
    traveller.open()
    traveller.page.locator(".dish").first.get_by_role("button").last.click()
    traveller.page.locator(".bar .primary:visible").click()


def test_where_travellers_are_asked_their_choice_is_sent_and_remembered(
    new_visit: NewVisit,
) -> None:
    user, server = signed_in(new_visit, "asked")
    server.news = DONE | NOT_ASKED
    page = user.page
    at_review(user)
    box = page.get_by_role("checkbox", name=BOX)
    expect(box).not_to_be_checked()
    expect(page.get_by_text(PROMISE)).to_have_count(0)
    user.confirm_button.click()
    user.sees(READY)
    assert [body["notify"] for body in server.bodies] == [False]
    expect(page.locator(".detail")).to_contain_text("It won't be in your LINE chat: you didn't ask")
    expect(page.locator(".steps")).not_to_contain_text("LINE")

    at_review(user)
    box.check()
    server.news = DONE | {"notification": "sent", "notification_detail": None}
    user.confirm_button.click()
    user.sees(READY)
    assert [body["notify"] for body in server.bodies] == [False, True]
    expect(page.locator(".detail")).to_contain_text("We've also asked LINE")

    at_review(user)
    expect(box).to_be_checked()


@pytest.mark.parametrize("line_push", ["always", "never"])
def test_where_nobody_is_asked_the_page_says_what_will_be_and_sends_no_choice(
    new_visit: NewVisit, line_push: str
) -> None:
    user, server = signed_in(new_visit, line_push)
    server.news = DONE | ({"notification": "sent"} if line_push == "always" else TURNED_OFF)
    page = user.page
    at_review(user)
    expect(page.get_by_text(PROMISE)).to_have_count(1 if line_push == "always" else 0)
    expect(page.get_by_role("checkbox", name=BOX)).to_have_count(0)
    if line_push == "never":
        expect(page.locator("main")).not_to_contain_text("LINE")
    user.confirm_button.click()
    user.sees(READY)
    assert "notify" not in server.bodies[-1]
    says_line = line_push == "always"
    for place in (".detail", ".steps"):
        expect(page.locator(place)).to_have_text(
            re.compile("LINE" if says_line else "^((?!LINE).)*$")
        )


def test_a_guest_is_neither_asked_nor_promised_anything(new_visit: NewVisit) -> None:
    guest, server = new_visit()
    for line_push in ("always", "asked", "never"):
        server.settings = replace(server.settings, line_push=line_push)
        at_review(guest)
        guest.page.wait_for_load_state("networkidle")
        expect(guest.page.get_by_role("checkbox", name=BOX)).to_have_count(0)
        expect(guest.page.get_by_text(PROMISE)).to_have_count(0)
        with guest.page.expect_response("**/api/orders/quick"):
            guest.confirm_button.click()
        assert "notify" not in server.bodies[-1]
    assert len(server.bodies) == 3


def test_without_its_words_nothing_is_asked_and_the_order_goes_as_ever(
    new_visit: NewVisit,
) -> None:
    user, server = signed_in(new_visit, "asked")
    user.expects_failed_requests()
    user.page.route("**/chat-*.json", lambda route: route.abort())
    at_review(user)
    with user.page.expect_response("**/api/orders/quick"):
        user.confirm_button.click()
    assert server.bodies[-1]["notify"] is False


@pytest.mark.parametrize("locale", ["th", *at_night("en", "vi")])
def test_the_choice_is_easily_tapped_and_fits_a_small_phone(
    new_visit: NewVisit, locale: str
) -> None:
    user, _ = signed_in(new_visit, "asked", locale=locale, viewport=SMALL_PHONE)
    page = user.page
    at_review(user)
    page.locator(".promise input").wait_for()
    assert overflow(page) <= 0
    assert small_targets(page) == []
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_of_an_order_that_was_made_while_nothing_was_sent_no_reason_is_made_up(
    new_visit: NewVisit,
) -> None:
    user, server = signed_in(new_visit, "always")
    server.news = DONE | TURNED_OFF
    at_review(user)
    user.confirm_button.click()
    user.sees(READY)
    expect(user.page.locator(".detail")).not_to_contain_text("LINE")
