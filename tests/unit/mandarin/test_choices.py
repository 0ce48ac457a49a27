"""What was chosen for a dish, as it is said with it."""

import pytest

from chalicelib.mandarin.choices import note, option, wanted
from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.mandarin.tokens import Kind
from chalicelib.order import Item, Wording


def said(name: str, *chosen: str) -> str:
    dish = spoken_dish(name, 60, chosen=[token for text in chosen for token in option(text)])
    assert dish is not None
    return "，".join([f"{dish.name}兩{dish.measure_word}", *dish.choices, *dish.requests])


@pytest.mark.parametrize(
    ("name", "chosen", "heard"),
    [
        ("珍珠奶茶", ["大杯", "半糖", "少冰"], "大杯珍珠奶茶半糖少冰兩杯"),
        ("珍珠奶茶", ["Size: L", "sugar: half", "Ice: less"], "大杯珍珠奶茶半糖少冰兩杯"),
        ("紅茶", ["甜度：50%", "加料: 珍珠"], "紅茶加珍珠半糖兩杯"),
        ("紅茶", ["加料: 無"], "紅茶兩杯，不要加料"),
        ("奶茶", ["珍珠 (+10元)", "椰果"], "奶茶加珍珠加椰果兩杯"),
        ("牛肉麵", ["寬麵", "加蛋+10", "不要蔥"], "牛肉麵加蛋兩碗，寬麵，不要蔥"),
        ("牛肉麵", ["辣度: 正常", "不要: 香菜"], "牛肉麵辣度正常兩碗，不要香菜"),
        ("牛肉麵", ["過敏: 花生"], "牛肉麵兩碗，我對花生過敏"),
        ("雞排飯", ["附餐飲料: 紅茶", "湯: 味噌湯"], "雞排飯兩份，附餐飲料紅茶，味噌湯"),
        ("熱狗", ["Sauce: 番茄醬"], "熱狗兩支，番茄醬"),
        ("刨冰", ["紅豆", "綠豆", "芋圓"], "刨冰加紅豆加綠豆加芋圓兩碗"),
        ("牛肉麵", ["不要ㄅㄆ", "不要蔥"], "牛肉麵兩碗，不要蔥"),
        # What the name leaves open is decided.
        ("紅茶(冰/熱)", ["熱"], "熱紅茶兩杯"),
        ("紅茶(大/中)", ["大杯"], "大杯紅茶兩杯"),
        ("牛肉麵(乾/湯)", ["乾"], "乾的牛肉麵兩碗"),
        # Both are said where they disagree.
        ("珍珠奶茶(大杯)", ["中杯"], "大杯珍珠奶茶兩杯，要中的"),
        ("珍珠奶茶(大杯)", ["大杯"], "大杯珍珠奶茶兩杯"),
        # The label decides what small is of; a "yes" is the label.
        ("牛肉麵", ["辣度:小"], "牛肉麵小辣兩碗"),
        ("牛肉麵", ["Spice level: medium"], "牛肉麵中辣兩碗"),
        ("牛肉麵", ["加蛋: 是"], "牛肉麵兩碗，加蛋"),
        # A refusal does not swallow what stands behind it.
        ("火鍋", ["不要內臟", "牛肉"], "火鍋兩鍋，牛肉，不要內臟"),
        ("牛肉麵", ["我對花生過敏", "豆腐"], "牛肉麵兩碗，豆腐，我對花生過敏"),
    ],
)
def test_an_option_is_said_where_a_customer_says_it(
    name: str, chosen: list[str], heard: str
) -> None:
    assert said(name, *chosen) == heard


@pytest.mark.parametrize(
    "text",
    ["gift wrap", "100%", "topping: pudding", "No: 番茄醬", "ต้มยำ", "ㄅㄆ", "生𩼧魚", "很" * 21],
)
def test_what_cannot_be_said_whole_is_left_to_the_screen(text: str) -> None:
    assert option(text) == []


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("請快一點，我趕火車。謝謝！", "請快一點，我趕火車"),
        ("先做飲料 再做麵", "先做飲料，再做麵"),
        ("我5點來拿", "我五點來拿"),
        ("no peanuts please", "不要花生"),
        ("ピーナッツ抜きで", "不要花生"),
    ],
)
def test_a_note_is_said_as_it_is_written(text: str, heard: str) -> None:
    (token,) = note(text, 60)
    assert (token.kind, token.text) == (Kind.REQUEST, heard)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("no egg, extra noodles", ["不要蛋", "加麵"]),
        ("No egg.\nLess salt please.", ["不要蛋", "少鹽"]),
        ("卵抜き、麺多め", ["不要蛋", "麵多一點"]),
        ("no egg, 加麵", ["不要蛋", "加麵"]),
        ("half sugar; less ice", ["半糖", "少冰"]),
    ],
)
def test_a_note_with_several_wishes_is_said_wish_by_wish(text: str, heard: list[str]) -> None:
    assert [token.text for token in note(text, 60)] == heard


@pytest.mark.parametrize(
    "text", ["no pork, spicy", "no, extra egg", "no egg, but add zorblax", "no egg. never"]
)
def test_a_note_of_which_a_part_is_unclear_is_left_to_the_screen(text: str) -> None:
    assert note(text, 60) == []


@pytest.mark.parametrize("text", ["my bus leaves at five", "不要" * 31, "不要ㄅㄆ", "謝謝"])
def test_a_note_that_cannot_be_said_whole_is_left_to_the_screen(text: str) -> None:
    assert note(text, 60) == []


@pytest.mark.parametrize(
    "text",
    ["加蛋: 0", "加蛋: no", "加蛋(取消)", "加蛋 x2", "-花生", "☐加蛋", "加蛋 no"],
)
def test_an_option_that_may_be_refused_is_not_said(text: str) -> None:
    assert option(text) == []
    assert note(text, 60) == []


def test_a_small_ice_is_no_cup() -> None:
    assert option("Ice: small") == []


def test_a_bare_no_leaves_the_option_behind_it_in_doubt() -> None:
    refusal, scallion = Wording("不要", "no"), Wording("蔥", "scallion")
    noodles = Item(
        original="牛肉麵", translated="", quantity=1, price=60, options=(refusal, scallion)
    )
    assert [part.tokens for part in wanted(noodles)] == [[], []]
