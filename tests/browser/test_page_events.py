"""What the page tells of itself when it is left: kinds, and no word of the traveller's."""

import re
import time

import pytest
from playwright.sync_api import Page

from tests import metrics
from tests.browser.served_page import NewVisit, Server
from tests.browser.traveller import Traveller
from tests.security.deployed_functions import Deployed
from tests.stack.client import Client, until

LOOK_AWAY = """() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser does when the page is left; what is sent then, no test could answer."""


def told(page: Page, server: Server) -> list[str]:
    """Once the page is left."""
    page.evaluate(LOOK_AWAY)
    deadline = time.monotonic() + 10
    while not server.events:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    return server.events


def test_operators_see_that_a_traveller_has_ordered_and_heard_the_voice(
    guest: Traveller, stack: dict[str, str]
) -> None:
    deployed, since = Deployed(Client(stack)), time.time_ns() // 1_000_000
    guest.open()
    guest.order(aloud=True)
    guest.hears_something(seconds=60)
    guest.page.goto("about:blank")

    def counted() -> set[str]:
        lines = metrics.read(deployed.said("api", since))
        return {line["kind"] for line in lines if "PageEvent" in line}

    until(lambda: counted() >= {"page_opened", "order_confirmed", "voice_played"})


def test_a_visit_is_one_request_and_not_before_it_ends(new_visit: NewVisit) -> None:
    visitor, server = new_visit()
    visitor.open(store="sample-tea")
    server.until_fetched(visitor.page, "later.js")
    visitor.page.wait_for_timeout(200)
    assert server.events == []
    assert told(visitor.page, server) == ["page_opened"]


def test_an_order_that_the_page_has_given_up_waiting_for_is_told_once(new_visit: NewVisit) -> None:
    visitor, server = new_visit()
    visitor.page.clock.install()
    visitor.open()
    visitor.choose("Braised beef noodle soup")
    visitor.review()
    visitor.confirm_button.click()
    visitor.page.locator('.headline[data-kind="working"]').wait_for()
    visitor.page.clock.run_for(70_000)
    visitor.page.locator('.headline[data-kind="late"]').wait_for()
    assert told(visitor.page, server) == ["page_opened", "order_confirmed", "order_not_seen"]


def test_a_scripts_error_is_told_without_its_words(new_visit: NewVisit) -> None:
    visitor, server = new_visit()
    visitor.expected_problems.append(re.compile("a secret"))
    visitor.open()
    server.until_fetched(visitor.page, "later.js")
    visitor.page.wait_for_timeout(200)
    for _ in range(2):
        visitor.page.evaluate("setTimeout(() => { throw new Error('a secret') })")
    visitor.page.wait_for_timeout(50)
    assert told(visitor.page, server) == ["page_opened", "script_error"]


@pytest.mark.parametrize("beacon", ["undefined", "() => { throw new TypeError('no') }"])
def test_a_web_view_without_beacons_leaves_without_a_word(new_visit: NewVisit, beacon: str) -> None:
    visitor, server = new_visit()
    visitor.page.add_init_script(f"Navigator.prototype.sendBeacon = {beacon}")
    visitor.open()
    server.until_fetched(visitor.page, "later.js")
    visitor.page.evaluate(LOOK_AWAY)
    visitor.page.wait_for_timeout(100)
    assert server.events == []
