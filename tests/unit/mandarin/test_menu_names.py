"""Six hundred names of real menus, as they are said."""

import pytest

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
from tests.menu_names import Line, menu_lines


@pytest.mark.parametrize("line", menu_lines(), ids=lambda line: line.name)
def test_a_menus_name_is_said_as_a_customer_says_it(line: Line) -> None:
    price = int(float(line.price or 0))
    item = Item(original=line.name, translated=line.name, quantity=2, price=price)
    sentence = order_sentence(Order(store_name="店", items=(item,), language="zh-TW"))
    assert sentence.text == f"老闆您好，我要點：{line.spoken}，謝謝。"
    assert "|".join(part.text for part in sentence.unspoken) == line.unspoken


def test_the_table_is_broad() -> None:
    found = menu_lines()
    assert len({line.name for line in found}) == len(found) >= 600
    assert len({line.source for line in found}) >= 100
    plain = sum(line.name.isalpha() for line in found)
    assert len(found) - plain >= 250, "names with brackets, sizes, counts, choices"
