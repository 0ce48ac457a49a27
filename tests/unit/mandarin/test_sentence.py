import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mandarin.measure_words import PIECES
from chalicelib.mandarin.numbers import count
from chalicelib.mandarin.sentence import LONGEST_ITEM_TEXT, order_sentence
from chalicelib.order import Item, Order, Part, Sentence, Wording
from tests.dishes import DISHES


def item(original: str, quantity: int = 1, *, translated: str = "", price: int = 60) -> Item:
    return Item(
        original=original, translated=translated or original, quantity=quantity, price=price
    )


def order(*items: Item) -> Order:
    return Order(store_name="店", items=items, language="en")


def said(*items: Item) -> str:
    """What stands between the greeting and the thanks."""
    match = re.fullmatch("老闆您好，我要點：(.+)，謝謝。", order_sentence(order(*items)).text)
    assert match
    return match[1]


def test_an_order_is_said_politely() -> None:
    sentence = order_sentence(order(item("牛肉麵", 2), item("珍珠奶茶", 1)))
    assert sentence.text == "老闆您好，我要點：牛肉麵兩碗、珍珠奶茶一杯，謝謝。"


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (1, "一碗"),
        (2, "兩碗"),
        (10, "十碗"),
        (12, "十二碗"),
        (20, "二十碗"),
        (22, "二十二碗"),
        (99, "九十九碗"),
    ],
)
def test_quantities_are_said_as_people_say_them(quantity: int, expected: str) -> None:
    assert said(item("牛肉麵", quantity)) == f"牛肉麵{expected}"


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("水餃 10顆", "水餃十顆", "十顆的水餃兩份"),
        ("小籠包(8入)", "小籠包八顆", "八顆的小籠包兩籠"),
        ("麥克雞塊6P", "麥克雞塊六塊", "六塊的麥克雞塊兩份"),
        ("煎餃 12個", "煎餃十二個", "十二個的煎餃兩份"),
        ("高麗菜水餃(10顆) 不要辣", "高麗菜水餃十顆，不要辣", "十顆的高麗菜水餃兩份，不要辣"),
        # What the pieces make up is not counted by them.
        ("蛋塔禮盒(6個)", "六個的蛋塔禮盒一份", "六個的蛋塔禮盒兩份"),
        ("水餃湯(8顆)", "八顆的水餃湯一碗", "八顆的水餃湯兩碗"),
        ("小籠包(3-5入)", "三到五顆的小籠包一籠", "三到五顆的小籠包兩籠"),
        ("手工水餃(1顆)", "手工水餃一顆", "手工水餃兩顆"),
        ("鍋貼2 10顆", "一份十顆的鍋貼二", "兩份十顆的鍋貼二"),
    ],
)
def test_of_one_plate_the_pieces_are_said_once(name: str, one: str, two: str) -> None:
    assert said(item(name, 1)) == one
    assert said(item(name, 2)) == two


@pytest.mark.parametrize(
    ("name", "price", "quantity", "expected"),
    [
        ("水餃", 0, 9, "水餃九份"),
        ("水餃", 0, 20, "水餃二十顆"),
        ("韭菜餃子", 0, 15, "韭菜餃子十五顆"),
        ("鍋貼", 0, 10, "鍋貼十顆"),
        ("小籠包", 0, 10, "小籠包十顆"),
        ("水餃", 7, 2, "水餃兩顆"),
        ("水餃", 70, 20, "水餃二十份"),
        ("水餃(10顆)", 0, 20, "十顆的水餃二十份"),
        ("水餃(大份)", 0, 20, "大份水餃二十份"),
        ("水餃湯", 0, 20, "水餃湯二十碗"),
    ],
)
def test_many_dumplings_without_a_price_are_pieces(
    name: str, price: int, quantity: int, expected: str
) -> None:
    assert said(item(name, quantity, price=price)) == expected


@pytest.mark.parametrize(
    ("note", "heard"),
    [
        ("no egg, extra noodles", "；另外，不要蛋、加麵"),
        ("要發票", "；另外，要發票"),
        ("large", "；還有備註，請看畫面"),
    ],
)
def test_an_orders_note_says_every_wish_in_it_or_none(note: str, heard: str) -> None:
    whole = replace(order(item("牛肉麵")), note=Wording(note, note))
    sentence = order_sentence(whole)
    assert sentence.text == f"老闆您好，我要點：牛肉麵一碗{heard}，謝謝。"
    assert ("畫面" in heard) == (Part("note", note) in sentence.unspoken)


def test_items_keep_their_order() -> None:
    assert said(item("豆花"), item("牛肉麵"), item("A 套餐")) == "豆花一碗、牛肉麵一碗、A套餐一份"


def test_a_dish_that_comes_twice_is_said_as_an_addition() -> None:
    assert said(item("水餃", 1), item("湯包", 1), item("水餃", 2)) == (
        "水餃一份、湯包一籠、再加水餃兩份"
    )


def test_the_same_tea_with_other_sugar_is_another_dish() -> None:
    assert said(item("紅茶(半糖)"), item("紅茶(無糖)")) == "紅茶半糖一杯、紅茶無糖一杯"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("套餐2", "兩份套餐二"), ("套餐二", "兩份套餐二"), ("Combo 12", "兩份Combo十二")],
)
def test_a_name_that_ends_in_a_number_comes_after_its_quantity(name: str, expected: str) -> None:
    assert said(item(name, 2)) == expected


def test_the_traveller_s_name_helps_out_where_the_original_cannot_be_said() -> None:
    assert said(item("🍜", 2, translated="Beef Noodles")) == (
        "Beef Noodles兩碗；還有備註，請看畫面"
    )


def test_an_item_that_nobody_can_say_is_still_counted() -> None:
    assert said(item("🍜🍜", 3, translated="ต้มยำกุ้ง")) == "這一項三份，請看畫面"
    assert said(item("\U00020021" * 40, 3)) == "這一項三份，請看畫面", "no engine has sounds for it"


def test_an_order_that_is_too_long_ends_with_how_many_items_are_left() -> None:
    items = [item(f"{'特' * 20}{chr(0x4E00 + number * 7)}牛肉麵", 12) for number in range(50)]
    spoken = said(*items)
    match = re.fullmatch("(.+)……其他(.+)項請看畫面", spoken)
    assert match
    whole = match[1].split("、")
    assert all(phrase.endswith("牛肉麵十二碗") for phrase in whole)
    assert match[2] == count(50 - len(whole))
    assert len(match[1]) <= LONGEST_ITEM_TEXT < len(match[1]) + 1 + len(whole[0])


def test_the_first_item_is_always_said() -> None:
    sentence = order_sentence(order(item("牛肉麵"), item("豆花"), item("紅茶")), longest=1)
    assert sentence.text == "老闆您好，我要點：牛肉麵一碗……其他兩項請看畫面，謝謝。"
    assert sentence.unspoken == (Part("items[1]", "豆花"), Part("items[2]", "紅茶"))


def test_fifty_ordinary_items_are_all_said() -> None:
    items = [item(dish.name, 2) for dish in DISHES[:50]]
    assert len(said(*items).split("、")) == 50


def test_an_order_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="without items"):
        order_sentence(order())


def test_options_and_notes_are_said_with_their_dish_and_at_the_end() -> None:
    noodles = replace(
        item("牛肉麵"),
        options=(Wording("寬麵", "Wide noodles"), Wording("不要蔥", "No scallions")),
        note=Wording("湯少一點。", "less soup"),
    )
    asked = replace(
        order(noodles, item("豆花")), note=Wording("我趕火車，謝謝！", "I have a train")
    )
    assert order_sentence(asked) == Sentence(
        "老闆您好，我要點：牛肉麵一碗，寬麵，不要蔥，湯少一點；豆花一碗；另外，我趕火車，謝謝。", ()
    )


def test_a_wish_of_another_language_is_said_where_the_tables_know_it() -> None:
    noodles = replace(
        item("牛肉麵"),
        options=(Wording("no cilantro", "no cilantro"), Wording("gift wrap", "gift wrap")),
        note=Wording("cut it in two", "cut it in two"),
    )
    sentence = order_sentence(
        replace(order(noodles), note=Wording("my bus leaves", "my bus leaves"))
    )
    assert sentence.text == "老闆您好，我要點：牛肉麵一碗，不要香菜；還有備註，請看畫面，謝謝。"
    assert sentence.unspoken == (
        Part("items[0].options[1]", "gift wrap"),
        Part("items[0].note", "cut it in two"),
        Part("note", "my bus leaves"),
    )


def test_what_is_chosen_for_a_dish_that_cannot_be_said_is_said_if_it_is_clear() -> None:
    unknown = replace(
        item("ต้มยำ"), options=(Wording("大杯", "Large"), Wording("不要辣", "Not spicy"))
    )
    sentence = order_sentence(order(unknown))
    assert sentence.text == "老闆您好，我要點：這一項一份，請看畫面、不要辣，謝謝。"
    assert sentence.unspoken == (
        Part("items[0].name", "ต้มยำ"),
        Part("items[0].options[0]", "大杯"),
    )


def test_an_option_that_comes_twice_is_said_once_and_shown() -> None:
    egg = Wording("加滷蛋", "Braised egg")
    sentence = order_sentence(order(replace(item("牛肉麵"), options=(egg, egg))))
    assert sentence.text == "老闆您好，我要點：牛肉麵加滷蛋一碗；還有備註，請看畫面，謝謝。"
    assert sentence.unspoken == (Part("items[0].options[1]", "加滷蛋"),)


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        ({"dining": "takeaway"}, "外帶，"),
        ({"dining": "eat_in", "people": 3, "table": "5"}, "內用，三位，五號桌，"),
        ({"people": 2}, "兩位，"),
        ({"table": "A3"}, "A三號桌，"),
        ({"table": "b-12"}, "b十二號桌，"),
        ({"table": "12號"}, "十二號桌，"),
        ({"table": "12號桌"}, "十二號桌，"),
        ({"table": "二樓5"}, "二樓五號桌，"),
        ({"table": "三樓A5桌"}, "三樓A五號桌，"),
        ({"table": "八號桌"}, "八號桌，"),
        ({"table": "五"}, "五號桌，"),
        ({"table": "12-A"}, "十二A號桌，"),
    ],
)
def test_where_it_is_eaten_is_said_first(asked: dict[str, Any], opening: str) -> None:
    sentence = order_sentence(replace(order(item("牛肉麵")), **asked))
    assert sentence == Sentence(f"老闆您好，{opening}我要點：牛肉麵一碗，謝謝。", ())


def test_what_is_no_way_to_eat_and_no_table_is_shown() -> None:
    sentence = order_sentence(replace(order(item("牛肉麵")), dining="外送", table="靠窗，謝謝"))
    assert sentence.text == "老闆您好，我要點：牛肉麵一碗；還有備註，請看畫面，謝謝。"
    assert sentence.unspoken == (Part("dining", "外送"), Part("table", "靠窗，謝謝"))


def test_allergies_and_diets_are_said_last_and_by_themselves() -> None:
    asked = replace(order(item("牛肉麵")), allergies=("mango", "peanuts"), diets=("no_beef",))
    assert order_sentence(asked).text == (
        "老闆您好，我要點：牛肉麵一碗。"
        "請特別注意，我對芒果、花生過敏，連一點點都要避開。"
        "情人果、青芒果、綜合果汁裡的芒果也會過敏。花生粉、花生油、米漿、麻醬、沙茶醬也會過敏。"
        "我的餐點請避開牛肉，牛筋、牛雜、牛肉湯、牛骨湯、牛油也都要避開。謝謝。"
    )


def test_allergies_are_said_whatever_is_cut_for_length() -> None:
    asked = replace(
        order(*[item("牛肉麵")] * 3),
        allergies=("fish",),
        note=Wording("我趕火車", "I have a train"),
    )
    sentence = order_sentence(asked, longest=1)
    assert sentence.text == (
        "老闆您好，我要點：牛肉麵一碗……其他兩項請看畫面。"
        "請特別注意，我對魚類過敏，連一點點都要避開。"
        "柴魚、魚露、沙茶醬也會過敏，魚漿做的丸子、肉羹也會過敏。謝謝。"
    )
    assert Part("note", "我趕火車") in sentence.unspoken


def test_an_item_with_requests_is_parted_from_the_next_by_a_longer_pause() -> None:
    assert said(item("牛肉麵 (no cilantro)"), item("豆花")) == "牛肉麵一碗，不要香菜；豆花一碗"


PIECES_OF_NAMES = (
    *(
        "珍珠奶茶",
        "牛肉麵",
        "水餃",
        "Latte",
        "套餐",
        "大",
        "杯",
        "(大杯)",
        "（L）",
        "半糖",
        "少冰",
        "加蛋",
    ),
    *(
        "<b>",
        "</b>",
        "&amp;",
        "<",
        ">",
        "&",
        "*",
        "_",
        "#",
        "\x00",
        "\u202e",
        "\u200d",
        "\ud83d",
        "🔥",
    ),
    *(
        " ",
        "\n",
        "/",
        "-",
        ".",
        "'",
        "+",
        "、",
        "x2",
        "10顆",
        "2",
        "$50",
        "50元",
        "http://a.tw/?b",
        "[",
        "(",
    ),
    *("①", "½", "℃", "の", "ㄚ", "麺", "ไทย", "ラーメン", "裝", "瓶", "的", "號", "0", "二"),
)
NAMES = st.one_of(
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=100),
    st.lists(st.sampled_from(PIECES_OF_NAMES), min_size=1, max_size=12).map("".join),
    st.sampled_from([dish.name for dish in DISHES]),
)
ITEMS = st.builds(
    Item,
    original=NAMES,
    translated=NAMES,
    quantity=st.integers(1, 99),
    price=st.integers(0, 1_000_000) | st.integers(0, 20),
)
SAYABLE_KINDS = ("CJK ", "KANGXI ", "IDEOGRAPHIC ", "LATIN ", "DIGIT ", "HANGZHOU ")
PUNCTUATION = " '.-、…，；"


def is_sayable(character: str) -> bool:
    return character in PUNCTUATION or unicodedata.name(character, "").startswith(SAYABLE_KINDS)


@given(st.lists(ITEMS, min_size=1, max_size=50))
def test_any_order_makes_a_sentence_that_a_voice_can_say(items: list[Item]) -> None:
    spoken = said(*items)
    assert [character for character in spoken if not is_sayable(character)] == []
    assert "  " not in spoken
    assert spoken.strip() == spoken != ""


@given(st.lists(ITEMS, min_size=1, max_size=50))
def test_every_item_is_said_with_its_quantity_or_counted_as_left_out(items: list[Item]) -> None:
    spoken, _, rest = said(*items).partition("……")
    left_out = len(
        [
            part
            for part in order_sentence(order(*items)).unspoken
            if re.fullmatch(r"items\[\d+\]", part.field)
        ]
    )
    assert rest == (f"其他{count(left_out)}項請看畫面" if left_out else "")
    at = 0
    for ordered in items[: len(items) - left_out]:
        counted = f"{count(ordered.quantity)}[^A-Za-z0-9]"
        if ordered.quantity == 1:  # 水餃十顆
            counted += f"|[一二兩三四五六七八九十]+[{''.join(PIECES)}]"
        found = re.compile(counted).search(spoken, at)
        assert found, (ordered, spoken)
        at = found.start()
    if left_out < len(items) - 1:
        assert len(spoken) <= LONGEST_ITEM_TEXT


@given(
    st.sampled_from([dish.name for dish in DISHES]),
    st.sampled_from(["🔥{}", "<b>{}</b>", "{}\u200b", " {} ", "「{}」", "{} $80", "3. {}", "{}🌶️🌶️"]),
)
def test_decoration_does_not_change_what_is_said(name: str, decoration: str) -> None:
    assert said(item(decoration.format(name))) == said(item(name))


def test_what_the_sentence_leaves_out_is_listed_by_its_place() -> None:
    long = replace(
        item("牛肉麵" * 12), options=(Wording("gift", "gift"),), note=Wording("ㄅ", "note")
    )
    found = order_sentence(replace(order(*[long] * 20), note=Wording("我趕火車", "my train")))
    assert "，請看畫面" not in found.text
    fields = [part.field for part in found.unspoken]
    assert fields[:2] == ["items[0].options[0]", "items[0].note"]
    assert {"items[19]", "items[19].options[0]", "items[19].note", "note"} <= set(fields)
    assert len(fields) == len(set(fields))


def test_what_is_said_in_the_travellers_words_is_shown_in_the_shops() -> None:
    found = order_sentence(order(replace(item("牛肉麵 (香菜❌)"), translated="Beef noodle soup")))
    assert "Beef noodle soup" in found.text
    assert found.unspoken == (Part("items[0].name", "牛肉麵 (香菜❌)"),)


def test_a_wish_that_only_the_translation_has_is_shown() -> None:
    found = order_sentence(order(replace(item("牛肉麵"), translated="Noodles (no peanuts)")))
    assert found.unspoken == (Part("items[0].name.translated", "Noodles (no peanuts)"),)
