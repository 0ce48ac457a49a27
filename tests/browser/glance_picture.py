"""Pictures of the glance, light and dark, of the running stack: `make screenshots`.

Usage: python -m tests.browser.glance_picture <folder>

It shows what the stack has been through: orders are placed for it, and some are in trouble.
"""

import sys
import uuid
from pathlib import Path
from typing import Any

from playwright.sync_api import ViewportSize, sync_playwright

from localstack.stack import read_environment
from tests.browser.phone import QUIET, find_chromium
from tests.browser.screenshots import SCALE, take
from tests.stack.client import Client, until

SIZE: ViewportSize = {"width": 1180, "height": 1080}


def order(shop: str, *dishes: str) -> dict[str, Any]:
    items = [{"item_name": dish, "price": 100, "quantity": 1} for dish in dishes]
    return {"store_name": shop, "items": items, "total_amount": 100 * len(items)}


def make_trouble(client: Client) -> None:
    """One order goes by, one is told to LINE at the third attempt, one not at all; and a message
    that nobody understands."""
    queue = client.stack["ORDERS_QUEUE_URL"]
    client.aws("sqs").send_message(QueueUrl=queue, MessageBody="poison")
    places: list[tuple[str, list[str], list[int | str]]] = [
        ("阿嬤牛肉麵", ["紅燒牛肉麵", "滷蛋"], []),
        ("永和豆漿", ["蛋餅", "鹹豆漿", "油條"], [500, 500]),
        ("春水堂", ["珍珠奶茶"], [400]),
    ]
    for shop, dishes, faults in places:
        token = client.sign_in("U" + uuid.uuid4().hex)
        client.line_fails(*faults)
        client.follow(client.place(order(shop, *dishes), **token), **token)
    state = f"{client.stack['LINE_URL']}/glance/state"
    until(lambda: client.call("GET", state).json["queues"]["dead"]["waiting"])


def main(folder: str) -> None:
    client = Client(read_environment())
    make_trouble(client)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*QUIET, "--hide-scrollbars"]
        )
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport=SIZE,
                device_scale_factor=SCALE,
                locale="en-GB",
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page.goto(f"{client.stack['LINE_URL']}/glance")
            page.get_by_role("heading", name="Orders").wait_for()
            file = Path(folder, f"glance-{scheme}.webp")
            take(page, file)
            sys.stdout.write(f"{file}  {file.stat().st_size / 1000:.0f} kB\n")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
