"""The chat view in a real browser: what a traveller would see, and nothing that bites."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Browser, Page, Playwright, expect

from chalicelib.line.order_message import order_messages
from chalicelib.order import Item, Order
from chalicelib.orders.summary import summarise
from localstack.line_standin.app import Config
from localstack.line_standin.server import serving

TOKEN = "the-channel-token"
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Config(channel_id="1", channel_token=TOKEN, checks_audio=False)) as url:
        yield url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A phone's page of an empty stand-in; the test fails if anything complains in it."""
    post(f"{url}/standin/reset", {})
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def post(address: str, body: Any, **headers: str) -> None:
    response = urllib3.request("POST", address, json=body, headers=headers)
    assert response.status == 200, response.data


def send_order(url: str, *, user_id: str = "U1", **changes: Any) -> None:
    arguments: dict[str, Any] = {
        "store_name": "永康牛肉麵",
        "language": "en",
        "items": (
            Item(original="牛肉麵", translated="Beef noodle soup", quantity=2, price=280),
            Item(original="珍珠奶茶", translated="Pearl milk tea", quantity=1, price=60),
        ),
    }
    order = Order(**arguments | changes)
    messages = order_messages(
        order=order,
        order_id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        summary=summarise(order),
        voice_url="http://127.0.0.1:9/voice.mp3",
        voice_duration_ms=4200,
        liff_url=f"{url}/liff",
    )
    post(
        f"{url}/v2/bot/message/push",
        {"to": user_id, "messages": messages},
        Authorization=f"Bearer {TOKEN}",
    )


def test_an_empty_view_says_what_to_do(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()
    expect(page.get_by_text("make order")).to_be_visible()


def test_a_message_appears_by_itself(page: Page, url: str) -> None:
    page.goto(f"{url}/#U1")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    send_order(url)
    log = page.get_by_role("log")
    expect(log.get_by_text("NT$620").first).to_be_visible()
    expect(log.get_by_text("Beef noodle soup", exact=True)).to_be_visible()
    expect(log.get_by_text("0:04")).to_be_visible()
    link = log.get_by_role("link", name="Open order")
    expect(link).to_have_attribute("href", f"{url}/liff?order_id=01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_a_phone_goes_from_the_list_to_a_chat_and_back(page: Page, url: str) -> None:
    post(f"{url}/standin/id-token", {"user_id": "U1", "name": "Anna"})
    send_order(url)
    page.goto(url)
    expect(page.get_by_role("log")).to_be_hidden()
    page.get_by_role("link", name="Anna").click()
    expect(page.get_by_text("as Anna sees it")).to_be_visible()
    expect(page.get_by_role("heading", name="Chats")).to_be_hidden()
    page.get_by_role("button", name="All chats").click()
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()


def test_a_second_message_leaves_the_first_as_it_is(page: Page, url: str) -> None:
    send_order(url)
    page.goto(f"{url}/#U1")
    first = page.locator("article").first
    first.evaluate("node => { node.dataset.mark = 'kept' }")
    send_order(url, store_name="阿宗麵線")
    expect(page.locator("article")).to_have_count(6)
    expect(page.locator("article[data-mark=kept]")).to_have_count(1)


def test_what_customers_type_stays_text(page: Page, url: str) -> None:
    item = Item(original=EVIL, translated=f"{EVIL}!", quantity=1, price=1)
    post(f"{url}/standin/id-token", {"user_id": "U1", "name": EVIL})
    send_order(url, store_name=EVIL, items=(item,))
    page.goto(f"{url}/#U1")
    expect(page.get_by_role("log").get_by_text(EVIL).first).to_be_visible()
    assert page.locator("img, body script").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_is_wider_than_the_screen(page: Page, url: str, width: int) -> None:
    items = tuple(
        Item(original="滷" * 100, translated="W" * 100, quantity=99, price=1_000_000)
        for _ in range(50)
    )
    send_order(url, store_name="W" * 100, items=items)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{url}/#U1")
    expect(page.locator("article")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    log = page.evaluate("[document.querySelector('.log')].map(e => e.scrollWidth - e.clientWidth)")
    assert log == [0]


def test_a_user_who_blocks_the_account_gets_no_more_messages(page: Page, url: str) -> None:
    send_order(url)
    page.goto(f"{url}/#U1")
    relation = page.get_by_label("To the account")
    expect(relation).to_have_value("friend")
    with page.expect_response("**/standin/friends"):
        relation.select_option("Has blocked it")
    send_order(url, store_name="阿宗麵線")
    page.reload()
    expect(relation).to_have_value("blocked")
    expect(page.get_by_role("log").get_by_text("永康牛肉麵").first).to_be_visible()
    expect(page.get_by_text("阿宗麵線")).to_have_count(0)
    with page.expect_response("**/standin/friends"):
        relation.select_option("Friend")
    send_order(url, store_name="阜杭豆漿")
    expect(page.get_by_role("log").get_by_text("阜杭豆漿").first).to_be_visible()
    expect(page.get_by_text("阿宗麵線")).to_have_count(0)
