"""Names that were once said wrong, by kind; two are ordered of each where nothing else is said."""

import pytest

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order

THIS_ONE = "這一項兩份，請看畫面"


def said(name: str, *, translated: str = "", quantity: int = 2, price: int = 60) -> str:
    """What stands between the greeting and the thanks."""
    item = Item(original=name, translated=translated or name, quantity=quantity, price=price)
    text = order_sentence(Order(store_name="店", items=(item,), language="en")).text
    return text.removeprefix("老闆您好，我要點：").removesuffix("，謝謝。")


def unspoken(name: str) -> list[str]:
    item = Item(original=name, translated=name, quantity=2, price=60)
    sentence = order_sentence(Order(store_name="店", items=(item,), language="en"))
    assert all(part.field == "items[0].name" for part in sentence.unspoken)
    return [part.text for part in sentence.unspoken]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("可樂 No Ice", "可樂去冰兩罐"),
        ("Bubble Milk Tea - no ice", "Bubble Milk Tea去冰兩杯"),
        ("No Ice Coke", "Coke去冰兩罐"),
        ("拿鐵 not too hot", "拿鐵不要太熱兩杯"),
        ("Latte less sugar", "Latte少糖兩杯"),
        ("珍珠奶茶（氷なし）", "珍珠奶茶去冰兩杯"),
        ("紅茶 얼음 빼주세요", "紅茶去冰兩杯"),
        ("奶茶(走冰)", "奶茶去冰兩杯"),
        ("Iced Latte", "冰Latte兩杯"),
        ("Iced tea without ice", "冰tea去冰兩杯"),
        ("牛肉麵不要辣不要花生", "牛肉麵兩碗，不要辣、不要花生"),
        ("拉麵 no extra noodles", "拉麵兩碗，不要多加麵"),
        ("蚵仔煎 (don't remove the egg)", "蚵仔煎兩份，蛋要放"),
    ],
)
def test_a_negation_is_never_turned_round(name: str, expected: str) -> None:
    assert said(name) == expected


def test_nothing_is_taken_out_of_a_phrase_with_a_refusal_that_no_table_knows() -> None:
    assert said("Iced Latte without the cold") == "Iced Latte without the cold兩份"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("宮保雞丁 (no peanuts)", "宮保雞丁兩份，不要花生"),
        ("宮保雞丁 (allergic to peanuts)", "宮保雞丁兩份，我對花生過敏"),
        ("宮保雞丁 (no pork)", "宮保雞丁兩份，不要豬肉"),
        ("炒飯 (vegetarian)", "炒飯兩盤，我吃素"),
        ("奶茶 (less ice)", "奶茶少冰兩杯"),
        ("奶茶 (Half Sugar)", "奶茶半糖兩杯"),
        ("漢堡 (extra cheese)", "漢堡兩個，加起司"),
        ("宮保雞丁（ピーナッツなし）", "宮保雞丁兩份，不要花生"),
        ("宮保雞丁（땅콩 빼주세요）", "宮保雞丁兩份，不要花生"),
        ("滷肉飯 no cilantro, garlic or onion", "滷肉飯兩碗，不要香菜、大蒜和洋蔥"),
        ("牛肉麵(少油、不要蔥)", "牛肉麵兩碗，少油、不要蔥"),
        ("牛肉麵 (soup on the side)", "牛肉麵兩碗，湯另外裝"),
    ],
)
def test_a_request_in_brackets_is_said_in_chinese(name: str, expected: str) -> None:
    assert said(name) == expected


@pytest.mark.parametrize(
    ("name", "expected", "shown"),
    [
        (
            "宮保雞丁 (my doctor says no nightshades)",
            "宮保雞丁兩份",
            "my doctor says no nightshades",
        ),
        ("紅茶 (không đá)", "紅茶兩杯", "không đá"),
        ("炒麵 (ไม่ใส่ผักชี)", "炒麵兩盤", "ไม่ใส่ผักชี"),
        ("便當(附餐具)", "便當兩個", "附餐具"),
    ],
)
def test_what_no_table_knows_is_shown_and_not_said(name: str, expected: str, shown: str) -> None:
    assert (said(name), unspoken(name)) == (expected, [shown])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("生𩼧魚", THIS_ONE),
        ("𩸽魚定食", THIS_ONE),
        ("ㄎㄎ麵", THIS_ONE),
        ("大●8冰綠", THIS_ONE),
        ("ต้มยำกุ้ง", THIS_ONE),
        ("碗𥴊", "碗粿兩碗"),
        ("味噌ラーメン", "味噌拉麵兩碗"),
        ("天ぷらうどん", "天婦羅烏龍麵兩碗"),
        ("ㄍㄨㄥˋ丸湯", "貢丸湯兩碗"),
        ("ㄅㄚˋ丸", "肉圓兩顆"),
        ("QQㄋㄟㄋㄟ好喝到咩噗茶", "QQ內內好喝到咩噗茶兩杯"),
        ("嗯好吃雞排", "嗯好吃雞排兩份"),
    ],
)
def test_a_name_is_said_whole_or_pointed_at(name: str, expected: str) -> None:
    assert said(name) == expected
    assert unspoken(name) == ([name] if expected == THIS_ONE else [])


def test_a_name_that_cannot_be_read_is_said_in_the_travellers_words_if_they_can() -> None:
    assert said("𩸽魚定食", translated="Grilled hokke set") == "Grilled hokke set兩份"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("No.2 (+飲料)", "二號加飲料兩份"),
        ("牛肉麵 (+滷蛋)", "牛肉麵加滷蛋兩碗"),
        ("豬排飯(加大+10)", "豬排飯加大兩份"),
        ("牛肉麵(+10元加麵)", "牛肉麵加麵兩碗"),
        ("牛肉麵 (加大)", "牛肉麵加大兩碗"),
        ("大杯+5", "大杯兩份"),
        ("牛肉麵120", "牛肉麵兩碗"),
        ("牛肉麵…120", "牛肉麵兩碗"),
        ("牛肉麵--120", "牛肉麵兩碗"),
        ("牛肉麵（120）", "牛肉麵兩碗"),
    ],
)
def test_a_plus_is_said_and_a_price_is_not(name: str, expected: str) -> None:
    assert said(name, price=120) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("牛肉麵一碗", "牛肉麵兩碗"),
        ("鴨肉一份", "鴨肉兩份"),
        ("來一碗白飯", "白飯兩碗"),
        ("烤鴨 1/2", "半隻烤鴨兩份"),
        ("臭豆腐(半)", "半份臭豆腐兩份"),
        ("手工水餃(1顆)", "手工水餃兩顆"),
        ("貢丸(2)", "兩顆的貢丸兩份"),
        ("雞塊6P", "六塊的雞塊兩份"),
        ("雞翅*3", "三支的雞翅兩份"),
        ("蛋塔×6入", "六個的蛋塔兩份"),
        ("炸蝦X3", "三隻的炸蝦兩份"),
        ("荷包蛋二個", "兩個的荷包蛋兩份"),
        ("火鍋 4~6人", "四到六人份的火鍋兩鍋"),
        ("三號 3～4人份", "三到四人份的三號兩份"),
        ("可樂1.5L", "一點五公升的可樂兩瓶"),
        ("豆漿600 c.c.", "六百毫升的豆漿兩杯"),
    ],
)
def test_counts_in_a_name_are_said_once(name: str, expected: str) -> None:
    assert said(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("紅燒牛肉麵/清燉牛肉麵", "紅燒牛肉麵或清燉牛肉麵兩碗"),
        ("雞白湯(無料)/紫菜蛋花湯", "雞白湯無料或紫菜蛋花湯兩碗"),
        ("雙拼 雞排+豬/牛", "雙拼雞排加豬或牛兩份"),
        ("麻辣牛肉(乾/湯/烏龍) (加麵/飯+10)", "麻辣牛肉加麵或飯兩份，乾或湯或烏龍"),
        ("百香紅/綠茶", "百香紅或綠茶兩杯"),
        ("紅茶(冰/熱)", "紅茶兩杯，冰或熱"),
        ("冰/熱奶茶", "奶茶兩杯，冰或熱"),
        ("紅茶(大/小)", "紅茶兩杯，大或小"),
        ("加飯(麵)", "加飯或麵兩份"),
    ],
)
def test_a_choice_is_said_as_one(name: str, expected: str) -> None:
    assert said(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("三杯皮蛋", "三杯皮蛋兩份"),
        ("泰式涼拌皮蛋", "泰式涼拌皮蛋兩份"),
        ("鐵路豬排蛋", "鐵路豬排蛋兩份"),
        ("乳酪餅-起士蛋", "乳酪餅起士蛋兩份"),
        ("焗烤厚片-玉米", "焗烤厚片玉米兩片"),
        ("炸雞腿+宮保雞丁", "炸雞腿加宮保雞丁兩份"),
        ("米粉湯+黑白切", "米粉湯加黑白切兩份"),
        ("大冰奶", "大冰奶兩杯"),
        ("大冰紅", "大冰紅兩杯"),
        ("那堤", "那堤兩杯"),
        ("茶王", "茶王兩杯"),
        ("冰炫風", "冰炫風兩杯"),
        ("海尼根Heineken", "海尼根Heineken兩瓶"),
        ("可口可樂zero(小)", "小杯可口可樂zero兩杯"),
        ("Hot dog", "Hot dog兩支"),
    ],
)
def test_the_measure_word_is_that_of_the_head(name: str, expected: str) -> None:
    assert said(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("檸檬風味紅茶(冰小)", "小杯冰檸檬風味紅茶兩杯"),
        ("檸檬風味紅茶(冰大杯)", "大杯冰檸檬風味紅茶兩杯"),
        ("檸檬風味紅茶(大冰)", "大杯冰檸檬風味紅茶兩杯"),
        ("檸檬風味紅茶(熱中)", "中杯熱檸檬風味紅茶兩杯"),
        ("格雷冰茶-熱", "格雷冰茶兩杯，要熱的"),
    ],
)
def test_size_and_temperature_share_a_bracket(name: str, expected: str) -> None:
    assert said(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("高麗菜 Cabbage", "高麗菜兩盤"),
        ("Egg 蛋", "蛋兩顆"),
        ("A1.雞腿飯", "雞腿飯兩份"),
        ("701. 超人氣泡菜鍋", "超人氣泡菜鍋兩鍋"),
        ("甜豆漿(甜度固定)", "甜豆漿兩杯"),
        ("草莓奶酪(預定)", "草莓奶酪兩個"),
        ("燒仙草(任選三種配料)", "燒仙草兩碗"),
    ],
)
def test_what_no_customer_would_say_is_not_said(name: str, expected: str) -> None:
    assert said(name) == expected
