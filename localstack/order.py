"""Places a sample order against the running stack, as a traveller would, and shows what happens.

python -m localstack.order [--guest] [--port 4566] [--store sample-tea]
"""

import argparse
import json
import time
import uuid
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.paths import LOCAL, ROOT
from localstack import addresses
from localstack.api import NothingAnswers, NotThere, call, download
from localstack.errors import StackError
from localstack.stack import is_starting, ports_running, read_environment

PATIENCE_SECONDS = 60.0
EXPECTED_SECONDS = 10.0
"""What may pass between two signs of a stack that is being started."""
USER_ID = "U4af4980629a1b2c3d4e5f60718293a4b"
ORDER = {
    "store_name": "阿嬤牛肉麵",
    "items": [
        {
            "name": {"original": "紅燒牛肉麵", "translated": "Braised beef noodle soup"},
            "quantity": 2,
            "price": 160,
        },
        {"name": {"original": "滷蛋", "translated": "Soy egg"}, "quantity": 2, "price": 15},
        {
            "name": {"original": "珍珠奶茶(大杯)", "translated": "Bubble tea (large)"},
            "quantity": 1,
            "price": 60,
        },
    ],
    "total_amount": 410,
    "language": "en",
}

LANGUAGE = "en"
"""The traveller's."""

console = Console(highlight=False)


def find_stack(port: int | None, *, was_set_up: bool) -> dict[str, str]:
    """What the stack's `stack.env` says; a stack that is on its way is waited for.

    After a set-up (`was_set_up`) one is expected. Raises `StackError` where there is none.
    """
    said = False
    expected_until = time.monotonic() + (EXPECTED_SECONDS if was_set_up else 0)
    while True:
        try:
            return read_environment(port)
        except StackError:
            if is_starting(port):
                expected_until = time.monotonic() + EXPECTED_SECONDS
            elif time.monotonic() >= expected_until:
                raise
        if not said:
            console.print("Waiting for the stack that is being started")
            said = True
        time.sleep(0.2)


def follow(url: str, headers: dict[str, str], log: str) -> dict[str, Any]:
    """Poll as the page does until the order has ended. Raises `StackError` after a minute, with
    `log`, which shows why."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("…", total=100)
        while time.monotonic() < deadline:
            status: dict[str, Any] = call("GET", url, **headers)
            progress.update(bar, completed=status["progress"], description=status["message"])
            if not status["processing"]:
                return status
            time.sleep(status["poll_after_ms"] / 1000)
    raise StackError(f"the order is still being worked on after a minute.\n{log}")


def menu_of(api: str, store: str) -> dict[str, Any]:
    """The menu that is published for the shop. Raises `StackError` where none is."""
    try:
        menu: dict[str, Any] = call("GET", f"{api}/api/menus/{quote(store, safe='')}")
    except NotThere as error:
        raise StackError(
            f"there is no menu of {store} here: make menu publishes one, and STORE= is its id"
        ) from error
    return menu


def order_from(menu: dict[str, Any]) -> dict[str, Any]:
    """Two of the first dish that is there, and one of the next, with what has to be chosen."""
    dishes = [dish for section in menu["sections"] for dish in section["dishes"]]
    there = [dish for dish in dishes if not dish["sold_out"]][:2]
    if not there:
        raise StackError(f"everything is sold out at {menu['store_id']}")
    groups = {group["id"]: group for group in menu["option_groups"]}
    items = [_item(dish, groups, quantity) for dish, quantity in zip(there, (2, 1), strict=False)]
    shop = {"store_id": menu["store_id"], "store_name": _both(menu)}
    return {**shop, "items": items, "language": LANGUAGE}


def _item(dish: dict[str, Any], groups: dict[str, Any], quantity: int) -> dict[str, Any]:
    chosen = dish.get("sizes", [])[:1]
    price = chosen[0]["price"] if chosen else dish["price"]
    for group in (groups[name] for name in dish.get("options", [])):
        options = [option for option in group["options"] if not option["sold_out"]]
        for option in options[: group["min"]] if group["required"] else []:
            chosen.append(option)
            price = None if price is None else price + option["price"]
    return {
        "menu_item_id": dish["id"],
        "name": _both(dish),
        "price": price,
        "quantity": quantity,
        "options": [_both(part) for part in chosen],
    }


def _both(part: dict[str, Any]) -> dict[str, str]:
    """A name as the shop writes it, and in the traveller's language."""
    return {"original": part["name"]["zh-TW"], "translated": part["name"][LANGUAGE]}


def place(environment: dict[str, str], *, is_guest: bool, store: str = "") -> int:
    api, line = environment["API_URL"], environment["LINE_URL"]
    order = order_from(menu_of(api, store)) if store else ORDER
    headers = {}
    if not is_guest:
        user = {"user_id": USER_ID, "name": "Sample traveller"}
        token = call("POST", f"{line}/standin/id-token", user)["id_token"]
        headers["Authorization"] = f"Bearer {token}"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    began = time.monotonic()
    accepted = call("POST", f"{api}/api/orders/quick", order, **headers, **key)
    took = round((time.monotonic() - began) * 1000)
    console.print(f"Order [bold]{accepted['order_id']}[/] accepted in {took} ms")
    log = f"What was logged of it: grep {accepted['order_id']} {environment['FUNCTION_LOGS']}"
    status = follow(f"{api}{accepted['polling_url']}", headers, log)
    if status["status"] != "completed":
        error = status["error"]
        told = f"failed: {error['message']} ({error['code']})\n{log}"
        console.print(told, style="red", markup=False, soft_wrap=True)
        return 1
    summary = status["summary"]
    console.print(Panel(summary["chinese"], title="For the staff", expand=False))
    console.print(Panel(summary["translated"], title="For the traveller", expand=False))
    file = LOCAL / f"order-{accepted['order_id']}.mp3"
    file.write_bytes(download(status["voice_url"]))
    seconds = status["voice_duration_ms"] / 1000
    console.print(f"Voice: {seconds:.1f} s, saved as {file.relative_to(ROOT)}")
    if not is_guest:
        show_chat(line, accepted["order_id"], status)
    return 0


def _port(environment: dict[str, str]) -> str:
    return environment["AWS_ENDPOINT_URL"].rpartition(":")[2]


def remedy(environment: dict[str, str]) -> str:
    """What to do about a stack, started before, of which something does not answer."""
    port = _port(environment)
    anew = f"make down PORT={port} and make up PORT={port} start it anew"
    return (
        f"is the tunnel of PUBLIC_URL there? {anew}" if "PUBLIC_LIFF_URL" in environment else anew
    )


def show_chat(line: str, order_id: str, status: dict[str, Any]) -> None:
    """What the traveller's LINE chat received for this order; or why it received nothing."""
    if status["notification"] != "sent":
        why = status["notification_detail"] or status["notification"]
        console.print(f"LINE chat: nothing was pushed: {why}", markup=False)
        return
    received = call("GET", f"{line}/standin/messages?user_id={USER_ID}")["messages"]
    mine = [entry for entry in received if order_id in json.dumps(entry["message"])]
    pushes = {entry["push"] for entry in mine}
    kinds = [entry["message"]["type"] for entry in received if entry["push"] in pushes]
    if status["notification_detail"]:
        kinds.append(f"but {status['notification_detail']}")
    console.print(f"LINE chat: {len(pushes)} push with {', '.join(kinds)}  [dim]{line}[/]")


def say_which(environment: dict[str, str]) -> None:
    """Where several stacks run and none was named, say which one is taken."""
    port = _port(environment)
    others = [other for other in ports_running() if str(other) != port]
    if others:
        named = " or ".join(f"PORT={other}" for other in others)
        console.print(f"On the stack of port {port}, started last; {named} names another")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guest", action="store_true", help="order without a LINE user")
    parser.add_argument("--port", help="of the stack; default: the last one started")
    parser.add_argument("--store", default="", help="of whose menu; default: none")
    parser.add_argument("--waited", action="store_true", help="a set-up has just ended here")
    arguments = parser.parse_args()
    try:
        port = None if arguments.port is None else addresses.port(arguments.port)
        environment = find_stack(port, was_set_up=arguments.waited)
        if port is None:
            say_which(environment)
        try:
            return place(environment, is_guest=arguments.guest, store=arguments.store)
        except NothingAnswers as error:
            raise StackError(f"{error}: {remedy(environment)}") from error
    except StackError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
