from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.languages import SUPPORTED, texts
from chalicelib.order import Item, Order, Wording
from chalicelib.orders.summary import Summary, amount, summarise


def order(language: str, *items: Item) -> Order:
    return Order(store_name="老王牛肉麵", items=items, language=language)


NOODLES = Item(original="牛肉麵", translated="Beef noodle soup", quantity=2, price=650)
LATTE = Item(original="Latte", translated="Latte", quantity=1, price=90)


def test_the_staff_read_chinese_and_the_traveller_english_with_the_originals() -> None:
    assert summarise(order("en", NOODLES, LATTE)) == Summary(
        chinese="店家：老王牛肉麵\n牛肉麵 × 2　NT$1,300\nLatte × 1　NT$90\n共 3 份，合計 NT$1,390",
        translated=(
            "Shop: 老王牛肉麵\n"
            "Beef noodle soup (牛肉麵) × 2 – NT$1,300\n"
            "Latte × 1 – NT$90\n"
            "Total for 3 items: NT$1,390"
        ),
        language="en",
    )


def test_one_item_is_singular_in_english() -> None:
    assert summarise(order("en", LATTE)).translated.endswith("\nTotal for 1 item: NT$90")


def test_a_taiwanese_traveller_reads_what_the_staff_read() -> None:
    summary = summarise(order("zh-TW", LATTE))
    assert summary.translated == summary.chinese


def test_japanese() -> None:
    noodles = Item(original="牛肉麵", translated="牛肉麺", quantity=2, price=150)
    assert summarise(order("ja", noodles)).translated == (
        "お店：老王牛肉麵\n牛肉麺（牛肉麵） × 2　NT$300\n合計（2点）：NT$300"
    )


def test_korean() -> None:
    noodles = Item(original="牛肉麵", translated="우육면", quantity=2, price=150)
    assert summarise(order("ko", noodles)).translated == (
        "가게: 老王牛肉麵\n우육면 (牛肉麵) × 2 – NT$300\n합계(2개): NT$300"
    )


def test_thai() -> None:
    noodles = Item(original="牛肉麵", translated="บะหมี่เนื้อตุ๋น", quantity=2, price=150)
    assert summarise(order("th", noodles)).translated == (
        "ร้าน: 老王牛肉麵\nบะหมี่เนื้อตุ๋น (牛肉麵) × 2 – NT$300\nรวม 2 ที่ เป็นเงิน NT$300"
    )


def test_vietnamese() -> None:
    noodles = Item(original="牛肉麵", translated="Mì bò", quantity=2, price=150)
    assert summarise(order("vi", noodles)).translated == (
        "Quán: 老王牛肉麵\nMì bò (牛肉麵) × 2 – NT$300\nTổng cộng 2 phần: NT$300"
    )


def test_indonesian() -> None:
    noodles = Item(original="牛肉麵", translated="Mi daging sapi", quantity=2, price=150)
    assert summarise(order("id", noodles)).translated == (
        "Kedai: 老王牛肉麵\nMi daging sapi (牛肉麵) × 2 – NT$300\nTotal 2 porsi: NT$300"
    )


def test_names_are_values_and_never_templates() -> None:
    odd = Item(original="{amount}麵", translated="{0} {quantity}", quantity=1, price=1)
    assert summarise(order("en", odd)).translated.splitlines()[1] == (
        "{0} {quantity} ({amount}麵) × 1 – NT$1"
    )


def test_amounts_have_a_comma_at_thousands() -> None:
    amounts = (999, 1234, 1_000_000, Decimal("7.5"), Decimal("1234567.5"), None)
    assert [amount(twd, "?") for twd in amounts] == [
        "NT$999",
        "NT$1,234",
        "NT$1,000,000",
        "NT$7.5",
        "NT$1,234,567.5",
        "?",
    ]


def test_halves_add_up() -> None:
    dumplings = replace(NOODLES, price=Decimal("7.5"), quantity=3)
    assert summarise(order("en", dumplings, LATTE)).chinese.splitlines()[1:] == [
        "牛肉麵 × 3　NT$22.5",
        "Latte × 1　NT$90",
        "共 4 份，合計 NT$112.5",
    ]


@pytest.mark.parametrize("language", SUPPORTED)
def test_a_price_that_is_not_known_is_said_to_be_so_in_every_language(language: str) -> None:
    words = texts(language)["summary"]
    fish = Item(original="清蒸鱸魚", translated="清蒸鱸魚", quantity=1, price=0)
    written = summarise(order(language, fish, LATTE)).translated.splitlines()
    assert written[1].endswith(words["price_unknown"])
    assert written[2].endswith("NT$90")
    assert written[3] == words["total_unknown_other"].format(count=2)
    assert not any("NT$0" in line or "free" in line for line in written)


def test_the_traveller_reads_the_shop_in_both_languages() -> None:
    both = replace(order("ja", LATTE), store_translated="王さんの牛肉麺")
    assert summarise(both).chinese.startswith("店家：老王牛肉麵\n")
    assert summarise(both).translated.startswith("お店：王さんの牛肉麺（老王牛肉麵）\n")


def test_options_and_notes_stand_below_their_item() -> None:
    tea = Item(
        original="紅茶",
        translated="Black tea",
        quantity=1,
        price=30,
        options=(Wording("半糖", "half sugar"), Wording("少冰", "少冰")),
        note=Wording("no straw", "no straw"),
    )
    full = replace(order("en", tea), note=Wording("外帶", "to go"))
    assert summarise(full).chinese == (
        "店家：老王牛肉麵\n紅茶 × 1　NT$30\n　半糖、少冰、不要吸管（no straw）\n"
        "備註：外帶\n共 1 份，合計 NT$30"
    )
    assert summarise(full).translated == (
        "Shop: 老王牛肉麵\nBlack tea (紅茶) × 1 – NT$30\n　half sugar (半糖)、少冰、no straw\n"
        "Note: to go (外帶)\nTotal for 1 item: NT$30"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("no spicy", "不要辣（no spicy）"),
        ("ピーナッツ抜き", "不要花生（ピーナッツ抜き）"),
        ("매운 맛 빼주세요", "不要辣（매운 맛 빼주세요）"),
        ("no peanuts, my doctor says so", "no peanuts, my doctor says so"),
        ("ไม่เผ็ด", "ไม่เผ็ด"),
        ("No Ice 去冰", "No Ice 去冰"),
        ("加XO醬", "加XO醬"),
        ("不加辣", "不加辣"),
    ],
)
def test_the_staff_read_in_chinese_what_the_voice_says_of_another_language(
    written: str, shown: str
) -> None:
    said = Wording(written, written)
    wished = order("en", replace(NOODLES, options=(said,), note=said))
    summary = summarise(replace(wished, note=said))
    assert f"\n\u3000{shown}、{shown}\n備註：{shown}\n" in summary.chinese
    assert f"\n\u3000{written}、{written}\nNote: {written}\n" in summary.translated
