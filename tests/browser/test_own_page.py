"""A page of somebody else that uses our client: the example of docs/api.md, as it stands there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.paths import ROOT
from tests.ports import FOREIGN_ORIGIN

API_MD = (ROOT / "docs" / "api.md").read_text("utf-8")
ORDER_SECONDS = 60


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # Chromium asks before a page of another host may reach this machine.
    context = browser.new_context(permissions=["local-network-access"])
    yield context.new_page()
    context.close()


def open_example(page: Page, origin: str, api_url: str) -> list[str]:
    """Open a page at `origin` that holds the example; returns what its console says from now on."""
    [script] = re.findall(r"```js\n(.*?)```", API_MD, re.DOTALL)
    script = script.replace("https://api.example/v1", api_url)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    body = f'<!doctype html><meta charset="utf-8"><body><script type="module">{script}</script>'
    page.route(f"{origin}/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{origin}/order")
    return said


def test_the_documents_example_orders_from_a_page_of_another_origin(
    page: Page, api_url: str
) -> None:
    said = open_example(page, FOREIGN_ORIGIN, api_url)
    end = page.locator("body")
    expect(end).to_have_text(re.compile("completed: order "), timeout=ORDER_SECONDS * 1000)
    expect(page.locator("audio")).to_have_attribute("src", re.compile("^http"))
    assert said == []


def test_an_origin_that_is_not_allowed_does_not_get_the_client(page: Page, api_url: str) -> None:
    with page.expect_console_message(lambda message: "Access-Control-Allow-Origin" in message.text):
        open_example(page, "http://thief.localhost", api_url)
