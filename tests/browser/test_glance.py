"""The glance before the deployed stack: an order goes by under one's eyes."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.stack.client import Client

EVIL = '<img src=x onerror="window.hacked=1">'


def test_an_order_appears_by_itself_and_tells_its_way(
    browser: Browser, stack: dict[str, str]
) -> None:
    order: dict[str, Any] = {
        "store_name": "永康牛肉麵",
        "items": [{"item_name": f"牛肉麵{EVIL}", "price": 100, "quantity": 2}],
        "total_amount": 200,
    }
    client, page = Client(stack), browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{stack['LINE_URL']}/glance")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    order_id = client.place(order)
    mine = page.locator(f'[data-key="{order_id}"]')
    mine.locator("summary").press("Enter")
    for step in ("accepted", "claimed", "voice", "completed"):
        expect(mine.get_by_role("listitem").filter(has_text=step).first).to_be_visible()
    expect(mine.locator(".chip")).to_have_text("completed")
    expect(mine.get_by_text(f"牛肉麵{EVIL}")).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert complaints == []
    page.close()
