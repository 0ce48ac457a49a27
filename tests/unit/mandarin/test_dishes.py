"""Real dishes: how their names are said and what they are counted in."""

import pytest

from chalicelib.mandarin import measure_words
from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.mandarin.measure_words import measure_word
from tests.dishes import DISHES, Dish

A_PORTION_PRICE = 60


def said(name: str, price: int = A_PORTION_PRICE) -> str:
    """The name and its measure word, as "大杯紅茶/杯"."""
    dish = spoken_dish(name, price)
    assert dish
    return f"{dish.name}/{dish.measure_word}"


@pytest.mark.parametrize("dish", DISHES, ids=lambda dish: dish.name)
def test_a_dish_is_said_as_a_customer_says_it(dish: Dish) -> None:
    assert said(dish.name) == f"{dish.spoken}/{dish.measure_word}"


def test_no_ending_stands_under_two_measure_words() -> None:
    endings = [ending for _, *row in measure_words._rows("") for ending in row]
    assert len(endings) == len(set(endings)) > 500


def test_the_table_of_dishes_is_broad_and_without_repetitions() -> None:
    names = [dish.name for dish in DISHES]
    assert len(names) == len(set(names)) >= 180
    assert set("杯碗盤份個支串瓶罐鍋客顆塊片條籠") <= {dish.measure_word for dish in DISHES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # the last noun decides, whatever stands before it
        ("牛肉麵包", "個"),
        ("茶葉蛋", "顆"),
        ("奶茶蛋糕", "塊"),
        ("雞蛋糕", "份"),
        ("啤酒鴨", "份"),
        ("三杯雞", "份"),
        ("可樂餅", "份"),
        ("紅茶凍", "份"),
        ("檸檬雞柳飯", "份"),
        ("酸梅湯", "杯"),
        ("下午茶", "份"),
        ("沙茶炒牛肉", "盤"),
        # what is added does not count
        ("燒餅夾蛋", "個"),
        ("牛肉麵加滷蛋", "碗"),
        ("鮮奶茶加珍珠", "杯"),
        # simplified characters, as OCR engines return them
        ("牛肉面", "碗"),
        ("韭菜水饺", "份"),
        ("小笼包", "籠"),
        # nothing known
        ("阿嬤的秘密", "份"),
        ("", "份"),
    ],
)
def test_the_measure_word_comes_from_the_head_of_the_name(name: str, expected: str) -> None:
    assert measure_word(name) == expected


@pytest.mark.parametrize(
    ("name", "price", "expected"),
    [
        ("韭菜水餃", 7, "顆"),
        ("韭菜水餃", 15, "顆"),
        ("韭菜水餃", 16, "份"),
        ("韭菜水餃", 0, "份"),
        ("鍋貼", 6, "顆"),
        ("小籠包", 10, "顆"),
        ("小籠包", 120, "籠"),
        ("水餃(10顆)", 7, "份"),
        ("貢丸湯", 15, "碗"),
    ],
)
def test_dumplings_sold_by_the_piece_are_counted_by_the_piece(
    name: str, price: int, expected: str
) -> None:
    dish = spoken_dish(name, price)
    assert dish
    assert dish.measure_word == expected


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("珍珠奶茶(大杯)", "大杯珍珠奶茶/杯"),
        ("珍珠奶茶（大杯）", "大杯珍珠奶茶/杯"),
        ("(大)珍珠奶茶", "大杯珍珠奶茶/杯"),
        ("珍珠奶茶-大", "大杯珍珠奶茶/杯"),
        ("珍珠奶茶 L", "大杯珍珠奶茶/杯"),
        ("珍珠奶茶（Ｌ）", "大杯珍珠奶茶/杯"),
        ("珍珠奶茶大杯半糖少冰", "大杯珍珠奶茶半糖少冰/杯"),
        ("珍珠奶茶(大/半糖/少冰)", "大杯珍珠奶茶半糖少冰/杯"),
        ("珍珠奶茶(大杯700cc)", "大杯珍珠奶茶/杯"),
        ("黑糖鮮奶 (熱) (大) 微糖", "大杯熱黑糖鮮奶微糖/杯"),
        ("大杯豆花", "大杯豆花/杯"),
        ("豆花(小)", "小碗豆花/碗"),
        ("肉包(大)", "大的肉包/個"),
        ("雞排(XL)", "特大雞排/份"),
        ("薯條(加大)", "薯條加大/份"),
        ("Pizza (Large)", "大的Pizza/個"),
        ("XL", "XL/份"),
        ("大", "大/份"),
    ],
)
def test_a_size_goes_before_the_name(menu: str, expected: str) -> None:
    assert said(menu) == expected


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("拿鐵(冰)", "冰拿鐵/杯"),
        ("拿鐵 (Hot)", "熱拿鐵/杯"),
        ("水餃(素)", "素水餃/份"),
        ("拿鐵(冰/熱)", "拿鐵/杯"),
        ("紅茶(大/小)", "紅茶/杯"),
    ],
)
def test_a_temperature_goes_before_the_name_unless_it_is_still_to_be_chosen(
    menu: str, expected: str
) -> None:
    assert said(menu) == expected


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("水餃10顆", "十顆的水餃/份"),
        ("蛋塔(6入)", "六個的蛋塔/份"),
        ("烤雞翅×2", "兩支的烤雞翅/份"),
        ("雞塊(6pcs)", "六塊的雞塊/份"),
        ("小籠包(8顆)", "八顆的小籠包/籠"),
        ("薑母鴨(2人份)", "兩人份的薑母鴨/鍋"),
        ("鴛鴦鍋(4人)", "四人份的鴛鴦鍋/鍋"),
        ("烤鴨（半隻）", "半隻烤鴨/份"),
        ("烤鴨（½隻）", "半隻烤鴨/份"),
        ("烤雞(1/2隻)", "半隻烤雞/份"),
        ("3/4隻烤鴨", "四分之三隻烤鴨/份"),
        ("¼雞", "四分之一雞/份"),
        ("珍珠奶茶(1/2糖)", "珍珠奶茶半糖/杯"),
        ("漢堡&牛肉湯", "漢堡跟牛肉湯/份"),
        ("草莓蛋糕(6吋)", "六吋的草莓蛋糕/個"),
        ("12吋海鮮披薩", "十二吋海鮮披薩/個"),
    ],
)
def test_a_number_of_pieces_makes_a_portion(menu: str, expected: str) -> None:
    assert said(menu) == expected


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("漢堡+紅茶", "漢堡加紅茶/份"),
        ("漢堡、薯條、可樂", "漢堡和薯條和可樂/份"),
        ("奶茶+珍珠", "奶茶加珍珠/杯"),
        ("起司&培根蛋餅", "起司和培根蛋餅/份"),
        ("和牛漢堡", "和牛漢堡/個"),
        ("Ham & Cheese Sandwich", "Ham and Cheese Sandwich/個"),
        ("B餐 Cheese Burger", "B餐Cheese Burger/份"),
    ],
)
def test_dishes_sold_together_are_a_portion(menu: str, expected: str) -> None:
    assert said(menu) == expected


@pytest.mark.parametrize(
    "menu",
    [
        "<b>牛肉麵</b>",
        "&lt;i&gt;牛肉麵&lt;/i&gt;",
        "＜b＞牛肉麵＜／b＞",
        "**牛肉麵**",
        "__牛肉麵__",
        "🔥牛肉麵🍜👨‍👩‍👧",
        "牛\u200b肉\u202e麵\u0000",
        "牛\ud800肉麵",
        "牛 肉 麵",
        "1. 牛肉麵",
        "①牛肉麵",
        "1️⃣牛肉麵",
        "牛肉麵 NT$150",
        "牛肉麵150元",
        "牛肉麵（$150）",
        "牛肉麵 60",
        "牛肉麵™",
        "「牛肉麵」",
        "【熱銷】牛肉麵",
        "牛肉麵(推薦)",
        "牛肉麵 https://example.com/menu?id=1&x=2",
        "牛肉麵 (Beef Noodle Soup)",
        "Beef Noodle Soup（牛肉麵）",
        "<speak><break time='9s'/>牛肉麵</speak>",
    ],
)
def test_what_is_not_part_of_a_name_is_not_said(menu: str) -> None:
    assert said(menu) == "牛肉麵/碗"


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("#12 牛肉麵", "十二號牛肉麵/碗"),
        ("No.5 牛肉麵", "五號牛肉麵/碗"),
        ("12", "十二號/份"),
        ("2號餐", "二號餐/份"),
        ("2杯紅茶", "兩杯紅茶/杯"),
        ("紅茶3分糖", "紅茶三分糖/杯"),
        ("７－１１ 咖啡", "7-11咖啡/杯"),
        ("100%柳橙汁", "百分之百柳橙汁/杯"),
        ("台灣啤酒 600ml", "六百毫升的台灣啤酒/瓶"),
        ("100元套餐", "一百元套餐/份"),
    ],
)
def test_numbers_in_a_name_are_said_as_numbers(menu: str, expected: str) -> None:
    assert said(menu) == expected


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ("茶の魔手紅茶", "茶的魔手紅茶"),
        ("ㄚ嬤滷肉飯", "阿嬤滷肉飯"),
        ("Lay's 洋芋片", "Lay's洋芋片"),
        ("Café au lait", "Café au lait"),
        ("Phở bò", "Phở bò"),
        ("【招牌】牛肉麵", "招牌牛肉麵"),
        ("套餐(B)", "套餐B"),
        ("𩵚仔煎", "蚵仔煎"),
        ("大 腸 麵 線", "大腸麵線"),
    ],
)
def test_names_keep_what_a_voice_can_say(menu: str, expected: str) -> None:
    dish = spoken_dish(menu)
    assert dish
    assert dish.name == expected


@pytest.mark.parametrize(
    "menu",
    [
        "",
        " ",
        "…",
        "---",
        "🍜🍜",
        "<img src=x onerror=alert(1)>",
        "https://a.com",
        "ต้มยำกุ้ง",
        "김치찌개",
    ],
)
def test_a_name_without_anything_to_say_in_mandarin_is_none(menu: str) -> None:
    assert spoken_dish(menu) is None


@pytest.mark.parametrize(
    "name",
    [
        "紅燒牛肉麵選用澳洲草飼牛腱與手工現擀麵條" * 4,
        "主廚特製獨門香料慢火燉煮" * 5 + "牛肉麵",
        "𩸽魚定食",
        "ㄎㄎ麵",
        "大●可可拿鐵",
        "海鮮ちゃぽちゃぽ麵",
    ],
)
def test_a_name_that_cannot_be_said_whole_is_not_said_in_part(name: str) -> None:
    assert spoken_dish(name) is None


def test_the_word_of_a_name_in_two_parts_is_that_of_the_part_which_is_known() -> None:
    assert said("牛肉麵 招牌") == "牛肉麵招牌/碗"
