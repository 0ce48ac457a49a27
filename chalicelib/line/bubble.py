"""The Flex bubble of an order ("Flex Message", Messaging API reference).

header   what this is, and the shop
body     one row per dish: how many, which, how much; the total; what to do with the voice, and what
         it leaves to the screen
footer   the button that opens the order's page
"""

import re
from collections.abc import Sequence
from typing import Any

from chalicelib.languages import texts
from chalicelib.line.cut import cut
from chalicelib.order import Item, Order, Part
from chalicelib.orders.summary import STAFF_LANGUAGE, amount, circumstances, details, needs

Component = dict[str, Any]

GREEN = "#06704A"
ON_GREEN = "#D5F0E4"
INK = "#1C2B25"
GREY = "#6B7773"
RED = "#B3261E"
LINE_COLOR = "#E3E8E6"

_LONGEST_LABEL = 40
_MOST_UNSPOKEN = 6
"""Parts that are shown one by one: all of them are among the dishes, and on the page."""


def order_bubble(
    order: Order,
    words: dict[str, str],
    *,
    rows: int,
    both_names: bool,
    longest_name: int,
    button_uri: str | None,
    has_voice: bool,
    unspoken: Sequence[Part],
) -> Component:
    """The bubble with the first `rows` items, in the words of the traveller's language."""
    body: list[Component] = [
        _row(item, words, both_names=both_names, longest_name=longest_name)
        for item in order.items[:rows]
    ]
    hidden = len(order.items) - rows
    if hidden:
        body.append(_text(_more(words, hidden), size="sm", color=GREY))
    if order.note:
        body.append(_text(f"※ {cut(order.note.original, longest_name)}", size="sm", color=INK))
    if about := circumstances(order, STAFF_LANGUAGE):
        body.insert(0, _text(cut(about, 100), weight="bold", color=INK))
    # In every size of the bubble: rows of dishes go first.
    body += [_text(f"⚠ {need}", weight="bold", color=RED) for need in needs(order, STAFF_LANGUAGE)]
    body += [{"type": "separator", "color": LINE_COLOR}, _total(order, words)]
    if has_voice:
        # Plain text: a box would look like a button, and the voice is a message of its own.
        body.append(_text(words["play_to_staff"], size="sm", color=INK))
        if unspoken:
            body.append(_only_shown(unspoken, order, words, longest_name))
    bubble: Component = {
        "type": "bubble",
        "header": _header(order, words, longest_name),
        "body": _box("vertical", body, spacing="md", paddingAll="16px"),
    }
    if button_uri:
        bubble["footer"] = _footer(words["open_order"], button_uri)
    return bubble


def _header(order: Order, words: dict[str, str], longest_name: int) -> Component:
    store = _text(
        cut(order.store_name, longest_name), size="xl", weight="bold", color="#FFFFFF", maxLines=3
    )
    lines = [_text(words["title"], size="xs", color=ON_GREEN), store]
    if order.store.translated != order.store_name:
        translated = cut(order.store.translated, longest_name)
        lines.append(_text(translated, size="sm", color=ON_GREEN, maxLines=2))
    return _box(
        "vertical",
        lines,
        backgroundColor=GREEN,
        paddingAll="16px",
        spacing="xs",
    )


def _row(item: Item, words: dict[str, str], *, both_names: bool, longest_name: int) -> Component:
    original = cut(item.original, longest_name)
    lines = [_text(original, weight="bold", color=INK)]
    if wanted := details(item):
        lines.append(_text(cut(wanted, longest_name), size="sm", color=INK))
    if both_names and item.translated != item.original:
        lines.append(_text(cut(item.translated, longest_name), size="sm", color=GREY))
    name = lines[0] if len(lines) == 1 else _box("vertical", lines)
    columns = [
        {"type": "text", "text": f"{item.quantity}×", "flex": 0, "color": GREEN, "weight": "bold"},
        name | {"flex": 5},
        {
            "type": "text",
            "text": amount(item.subtotal, words["price_unknown"]),
            "flex": 0,
            "size": "sm",
            "align": "end",
            "color": INK,
        },
    ]
    return _box("horizontal", columns, spacing="md")


def _total(order: Order, words: dict[str, str]) -> Component:
    return _box(
        "baseline",
        [
            _text(words["total"], color=GREY) | {"flex": 1},
            {
                "type": "text",
                "text": amount(order.total_amount, words["amount_unknown"]),
                "flex": 0,
                "size": "lg",
                "weight": "bold",
                "align": "end",
                "color": INK,
            },
        ],
    )


def _only_shown(
    unspoken: Sequence[Part], order: Order, words: dict[str, str], longest: int
) -> Component:
    """For the staff in Chinese what the voice has not said, and what to do with it."""
    parts = list(dict.fromkeys(_with_dish(part, order) for part in unspoken))
    lines = [_text(f"{texts(STAFF_LANGUAGE)['summary']['unspoken']}：", weight="bold", color=INK)]
    lines += [_text(f"・{cut(part, longest)}", color=INK) for part in parts[:_MOST_UNSPOKEN]]
    if hidden := len(parts[_MOST_UNSPOKEN:]):
        lines.append(_text(_more(words, hidden), size="sm", color=GREY))
    lines.append(_text(words["only_shown"], size="sm", color=GREY))
    return _box("vertical", lines)


def _with_dish(part: Part, order: Order) -> str:
    """牛肉麵：gift wrap; what is a dish's whole name, or the order's, stands alone."""
    of_item = re.match(r"items\[(\d+)\]", part.field)
    dish = order.items[int(of_item[1])].original if of_item else part.text
    return part.text if dish == part.text else f"{dish}：{part.text}"


def _footer(label: str, uri: str) -> Component:
    button = {
        "type": "button",
        "style": "primary",
        "height": "sm",
        "color": GREEN,
        "adjustMode": "shrink-to-fit",
        "action": {"type": "uri", "label": cut(label, _LONGEST_LABEL), "uri": uri},
    }
    return _box("vertical", [button], paddingAll="12px", paddingTop="0px")


def _more(words: dict[str, str], count: int) -> str:
    return words["more_items_one" if count == 1 else "more_items_other"].format(count=count)


def _box(layout: str, contents: list[Component], **style: str) -> Component:
    return {"type": "box", "layout": layout, "contents": contents, **style}


def _text(text: str, **style: str | int) -> Component:
    # LINE refuses an empty text component.
    return {"type": "text", "text": text.strip() or "–", "wrap": True, **style}
