"""Who is no friend of the official account is asked to become one, and orders all the same."""

import json
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.manners import AXE_RULES, SMALL_PHONE, overflow, small_targets
from tests.browser.served_page import NewVisit, Server
from tests.browser.traveller import READY, Traveller, new_user_id
from tests.nightly import at_night

WORDS = (
    "To get voice messages in your LINE chat, add our LINE account as a friend before you order."
)
LINK = "https://lin.ee/aB1cD2"
SDK = "https://static.line-scdn.net/liff/edge/2/sdk.js"
FAKE_SDK = """
(() => {
    const told = %s;
    let isFriend = told.friend;
    window.liff = {
        init: async () => {},
        isLoggedIn: () => true,
        isInClient: () => true,
        getIDToken: () => "a.b.c",
        getDecodedIDToken: () => ({ exp: 9e9 }),
        closeWindow: () => {},
        getFriendship: async () => {
            if (told.friend === "no scope") throw new Error("FORBIDDEN");
            if (told.friend === "hangs") await new Promise(() => {});
            return { friendFlag: isFriend };
        },
    };
    if (told.asks) window.liff.requestFriendship = async () => {
        if (told.asks === "refuses") throw new Error("INTERNAL_ERROR");
        isFriend = true;
    };
})();
"""
DONE = {
    "status": "completed",
    "processing": False,
    "stage": "done",
    "progress": 100,
    "voice_ready": True,
    "notification": "sent",
    "notification_detail": None,
}


def at_review(traveller: Traveller) -> None:
    traveller.open()
    traveller.page.locator(".dish").first.get_by_role("button").last.click()
    traveller.page.locator(".bar .primary:visible").click()
    expect(traveller.page.locator(".card.promise")).to_be_visible()


def in_liff(new_visit: NewVisit, **told: Any) -> tuple[Traveller, Server]:
    """The page of a LIFF app, with this SDK in place of LINE's."""
    user, server = new_visit()
    add_friend = told.pop("link", "")
    server.settings = replace(
        server.settings, liff_id="2001234567-AbCdEfGh", line_add_friend_url=add_friend
    )
    script = FAKE_SDK % json.dumps({"friend": False, "asks": None} | told)
    user.page.route(SDK, lambda route: route.fulfill(body=script, content_type="text/javascript"))
    return user, server


def asked(page: Page) -> Any:
    return page.get_by_text(WORDS)


def test_who_is_no_friend_is_asked_before_confirm_and_becomes_one_by_lines_own_question(
    new_visit: NewVisit,
) -> None:
    user, server = in_liff(new_visit, asks="takes", link=LINK)
    at_review(user)
    expect(asked(user.page)).to_be_visible()
    expect(user.page.get_by_role("link", name="Add friend")).to_have_count(0)
    user.page.get_by_role("button", name="Add friend").click()
    expect(asked(user.page)).to_have_count(0)
    server.news = DONE
    user.confirm_button.click()
    user.sees(READY)
    expect(asked(user.page)).to_have_count(0)


@pytest.mark.parametrize("asks", [None, "refuses"])
def test_where_line_does_not_ask_itself_there_is_the_accounts_link(
    new_visit: NewVisit, asks: str | None
) -> None:
    user, server = in_liff(new_visit, asks=asks, link=LINK)
    at_review(user)
    if asks:
        user.page.get_by_role("button", name="Add friend").click()
    link = user.page.get_by_role("link", name="Add friend")
    expect(link).to_have_attribute("href", LINK)
    server.news = DONE
    user.confirm_button.click()
    user.sees(READY)
    expect(asked(user.page)).to_be_visible()
    expect(
        user.page.get_by_role("link", name="Add friend").or_(
            user.page.get_by_role("button", name="Add friend")
        )
    ).to_be_visible()


def test_without_either_way_the_page_says_what_is_missing(new_visit: NewVisit) -> None:
    user, _ = in_liff(new_visit)
    at_review(user)
    expect(asked(user.page)).to_be_visible()
    expect(user.page.get_by_text("Add friend")).to_have_count(0)


@pytest.mark.parametrize("friend", [True, "no scope", "hangs"])
def test_a_friend_and_whoever_line_says_nothing_of_order_undisturbed(
    new_visit: NewVisit, friend: object
) -> None:
    user, server = in_liff(new_visit, friend=friend, asks="takes", link=LINK)
    at_review(user)
    server.news = DONE
    user.confirm_button.click()
    user.sees(READY)
    user.page.wait_for_load_state("networkidle")
    expect(asked(user.page)).to_have_count(0)


def test_where_line_says_nothing_but_has_nobody_to_give_it_to_the_link_is_offered(
    new_visit: NewVisit,
) -> None:
    user, server = in_liff(new_visit, friend="no scope", link=LINK)
    server.news = DONE | {"notification_detail": "not_reachable"}
    at_review(user)
    expect(asked(user.page)).to_have_count(0)
    user.confirm_button.click()
    user.sees(READY)
    expect(user.page.locator(".detail")).to_contain_text("it may not show up in your chat")
    expect(user.page.get_by_role("link", name="Add friend")).to_have_attribute("href", LINK)


@pytest.mark.parametrize("line_push", ["always", "never"])
def test_a_stranger_at_the_stand_in_is_asked_where_there_are_messages(
    new_visit: NewVisit, line_push: str
) -> None:
    user, server = new_visit(user_id=new_user_id())
    server.settings = replace(server.settings, line_push=line_push)
    server.relation = "stranger"
    at_review(user)
    user.page.wait_for_load_state("networkidle")
    expect(asked(user.page)).to_have_count(1 if line_push == "always" else 0)
    if line_push == "always":
        user.page.get_by_role("button", name="Add friend").click()
        expect(asked(user.page)).to_have_count(0)
        assert server.relation == "friend"


def test_an_order_that_is_not_pushed_asks_for_no_friendship(new_visit: NewVisit) -> None:
    user, server = in_liff(new_visit, asks="takes")
    server.news = DONE | {"notification": "skipped", "notification_detail": "not_asked"}
    at_review(user)
    user.confirm_button.click()
    user.sees(READY)
    user.page.wait_for_load_state("networkidle")
    expect(asked(user.page)).not_to_be_visible()


@pytest.mark.parametrize("locale", ["th", *at_night("en", "vi")])
def test_the_question_fits_a_small_phone_and_is_easily_tapped(
    new_visit: NewVisit, locale: str
) -> None:
    user, server = new_visit(user_id=new_user_id(), locale=locale, viewport=SMALL_PHONE)
    server.relation = "stranger"
    at_review(user)
    user.page.locator(".promise .action").wait_for()
    assert overflow(user.page) <= 0
    assert small_targets(user.page) == []
    found = Axe().run(user.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
