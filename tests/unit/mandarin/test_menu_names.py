"""Six hundred names of real menus, and a hundred that were once said wrong, as they are said."""

import pytest

from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order, twd
from tests.menu_names import Line, menu_lines, said_wrong_once


@pytest.mark.parametrize(
    "line", [*said_wrong_once(), *menu_lines()], ids=lambda line: line.kind + " " + line.name
)
def test_a_name_is_said_as_a_customer_says_it(line: Line) -> None:
    price = twd(float(line.price or 0))
    item = Item(original=line.name, translated=line.name, quantity=2, price=price)
    sentence = order_sentence(Order(store_name="店", items=(item,), language="zh-TW"))
    look = "；還有備註，請看畫面" if line.unspoken and "請看畫面" not in line.spoken else ""
    assert sentence.text == f"老闆您好，我要點：{line.spoken}{look}，謝謝。"
    assert "|".join(part.text for part in sentence.unspoken) == line.unspoken
    assert all(part.field == "items[0].name" for part in sentence.unspoken)


def test_the_table_of_real_menus_is_broad() -> None:
    found = menu_lines()
    assert len({line.name for line in found}) == len(found) >= 600
    assert len({line.source for line in found}) >= 100
    plain = sum(line.name.isalpha() for line in found)
    assert len(found) - plain >= 250, "names with brackets, sizes, counts, choices"


def test_nothing_is_taken_out_of_a_phrase_with_a_refusal_that_no_table_knows() -> None:
    dish = spoken_dish("Iced Latte without the cold")
    assert dish is not None
    assert dish.name == "Iced Latte without the cold"


def test_a_name_that_cannot_be_read_is_said_in_the_travellers_words_if_they_can() -> None:
    item = Item(original="𩸽魚定食", translated="Grilled hokke set", quantity=2, price=60)
    sentence = order_sentence(Order(store_name="店", items=(item,), language="en"))
    assert sentence.text == "老闆您好，我要點：Grilled hokke set兩份；還有備註，請看畫面，謝謝。"
