"""Names that were once said wrong, on the deployed stack: what the status says was said."""

from uuid import uuid4

import pytest

from tests.menu_names import Line, said_wrong_once
from tests.nightly import at_night
from tests.stack.client import Client

GREETING, LOOK, THANKS = "老闆您好，我要點：", "；還有備註，請看畫面", "，謝謝。"
ITEMS_AN_ORDER = 12
"""So that all of them are said."""


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


LINES = said_wrong_once()
BATCHES = [LINES[at : at + ITEMS_AN_ORDER] for at in range(0, len(LINES), ITEMS_AN_ORDER)]
BY_DAY = 6
"""tests/unit says all of them, without a stack."""


@pytest.mark.parametrize(
    "lines", [*BATCHES[:BY_DAY], *at_night(*BATCHES[BY_DAY:])], ids=lambda lines: lines[0].name
)
def test_names_once_said_wrong_are_said_right(client: Client, lines: list[Line]) -> None:
    token = client.sign_in(f"U{uuid4().hex}")
    order_id = client.place(
        {
            "store_name": "店",
            "language": "en",
            "items": [
                {
                    "name": {"original": line.name, "translated": line.name},
                    "quantity": 2,
                    "price": float(line.price),
                }
                for line in lines
            ],
        },
        **token,
    )
    status = client.follow(order_id, **token)
    assert status["status"] == "completed"
    spoken = status["spoken"].removeprefix(GREETING).removesuffix(THANKS).removesuffix(LOOK)
    for line in lines:
        # A dish that comes twice is said with 再加.
        spoken = spoken.removeprefix("再加")
        assert spoken.startswith(line.spoken)
        spoken = spoken.removeprefix(line.spoken).lstrip("；、")
    assert spoken == ""
    shown = [(f"items[{at}].name", line.unspoken) for at, line in enumerate(lines)]
    assert [(part["field"], part["text"]) for part in status["unspoken"]] == [
        (field, text) for field, texts in shown for text in texts.split("|") if text
    ]
