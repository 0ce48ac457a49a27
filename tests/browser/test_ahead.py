"""The page has a voice prepared while its traveller looks the order over."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route

from chalicelib.settings import Settings
from tests.browser.served_page import SETTINGS, NewVisit, Server
from tests.browser.traveller import Traveller, dead_network, no_answer, server_error

NOODLES = "Braised beef noodle soup"
SPEAKS_AHEAD = replace(SETTINGS, ahead_queue_url="https://sqs.example/ahead", speak_ahead="on")
REST_MS = 1_500


def reviewing(new_visit: NewVisit, settings: Settings = SPEAKS_AHEAD) -> tuple[Traveller, Server]:
    """A traveller who has opened the review, in a page whose clock is the test's."""
    visitor, server = new_visit()
    server.settings = settings
    visitor.page.clock.install()
    visitor.open()
    visitor.choose(NOODLES)
    visitor.review()
    return visitor, server


def until_prepared(page: Page, server: Server, times: int) -> None:
    for _ in range(200):
        if len(server.prepared) >= times:
            break
        page.wait_for_timeout(50)
    assert len(server.prepared) == times


def stand_still(page: Page) -> None:
    """From now on time passes by `run_for` alone."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))


def add_one(page: Page) -> None:
    page.locator(".dishes").get_by_role("button", name=re.compile("Add one")).click()


def test_it_is_asked_for_at_once_and_is_what_is_then_confirmed(new_visit: NewVisit) -> None:
    visitor, server = reviewing(new_visit)
    until_prepared(visitor.page, server, 1)
    visitor.confirm_button.click()
    visitor.page.locator('.headline[data-kind="working"]').wait_for()
    assert server.bodies == server.prepared


def test_it_is_asked_for_again_once_a_change_rests(new_visit: NewVisit) -> None:
    visitor, server = reviewing(new_visit)
    until_prepared(visitor.page, server, 1)
    stand_still(visitor.page)
    for _ in range(3):
        add_one(visitor.page)
        visitor.page.clock.run_for(REST_MS - 100)
    assert len(server.prepared) == 1
    visitor.page.clock.run_for(200)
    until_prepared(visitor.page, server, 2)
    assert server.prepared[-1]["items"][0]["quantity"] == 4


def test_who_goes_before_a_change_rests_asks_for_nothing(new_visit: NewVisit) -> None:
    visitor, server = reviewing(new_visit)
    until_prepared(visitor.page, server, 1)
    stand_still(visitor.page)
    add_one(visitor.page)
    visitor.confirm_button.click()
    visitor.page.locator('.headline[data-kind="working"]').wait_for()
    visitor.page.clock.run_for(2 * REST_MS)
    assert len(server.prepared) == 1


def test_a_page_of_a_service_that_prepares_none_does_not_ask(new_visit: NewVisit) -> None:
    visitor, server = reviewing(new_visit, SETTINGS)
    add_one(visitor.page)
    visitor.page.clock.run_for(2 * REST_MS)
    visitor.confirm_button.click()
    visitor.page.locator('.headline[data-kind="working"]').wait_for()
    assert server.prepared == []


def too_many(route: Route) -> None:
    problem = {"code": "too_many_voices", "status": 429, "title": "", "detail": ""}
    route.fulfill(status=429, json=problem, headers={"Retry-After": "60"})


@pytest.mark.parametrize("trouble", [no_answer, dead_network, server_error, too_many])
def test_whatever_becomes_of_it_the_order_goes_its_way(
    new_visit: NewVisit, trouble: Callable[[Route], None]
) -> None:
    visitor, server = new_visit()
    visitor.expects_failed_requests()
    server.settings, server.prepares = SPEAKS_AHEAD, trouble
    visitor.open()
    visitor.choose(NOODLES)
    visitor.review()
    until_prepared(visitor.page, server, 1)
    visitor.confirm_button.click()
    visitor.page.locator('.headline[data-kind="working"]').wait_for()
    assert (len(server.prepared), len(server.bodies)) == (1, 1)
