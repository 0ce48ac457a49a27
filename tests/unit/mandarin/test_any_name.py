"""Names put together of real parts: no negation is lost, no character vanishes, counts are kept."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mandarin import wishes
from chalicelib.mandarin.han import HAN, is_readable
from chalicelib.mandarin.numbers import count
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order, Sentence

NAMES = [
    "牛肉麵",
    "珍珠奶茶",
    "滷肉飯",
    "紅燒獅子頭",
    "雞排",
    "鹽酥雞",
    "海鮮粥",
    "百香綠茶",
    "三杯雞",
    "蛋餅",
]
SIZES = ["", "(大)", "（中杯）", "【小份】", " 大杯"]
OPTIONS = ["", "(半糖少冰)", " 微糖去冰", "(小辣)", "（常溫）", "(加大)"]
ADDITIONS = ["", "(加蛋)", "+滷蛋", "（加起司）", "(+飲料)"]
GLOSSES = ["", " Beef Noodle Soup", " (Milk Tea)"]
CONSUMED = {
    "": "",
    "一碗": "一碗",
    "(預定)": "預定",
    "$60": "",
    "（60元）": "元",
    "(甜度固定)": "甜度固定",
}
"""What is neither said nor shown: units, prices, remarks, codes."""
CODES = ["", "A1.", "03. ", "①", "🔥"]

REFUSED = ["peanuts", "pork", "cilantro", "egg", "onion", "shrimp", "garlic and cheese", "zorblax"]
REFUSALS = [
    *("no {}", "No {}!", "without {}", "w/o {}", "hold the {}", "allergic to {}", "don't add {}"),
    *("please no {}", "never {}", "not even {}", "{} free", "anything but {}", "no {} please"),
]
REFUSED_IN_JAPANESE = [
    "ピーナッツ抜き",
    "卵なし",
    "ネギ抜きで",
    "豚肉が食べられません",
    "謎の粉なし",
]
REFUSED_IN_KOREAN = ["땅콩 빼주세요", "고수 빼고", "계란 알레르기", "이상한거 빼주세요"]
REFUSED_IN_CHINESE = [
    "不要花生",
    "不要香菜",
    "免蔥",
    "不加辣",
    "請不要放蒜",
    "對蝦子過敏",
    "不要奇怪粉",
]

refused = st.one_of(
    st.builds(str.format, st.sampled_from(REFUSALS), st.sampled_from(REFUSED)),
    st.sampled_from([*REFUSED_IN_JAPANESE, *REFUSED_IN_KOREAN, *REFUSED_IN_CHINESE]),
)  # fmt: skip
quantities = st.integers(1, 20)
plain_names = st.tuples(
    *(st.sampled_from(parts) for parts in (CODES, NAMES, SIZES, OPTIONS, ADDITIONS, GLOSSES))
).map("".join)


def sentence(name: str, quantity: int = 2) -> Sentence:
    item = Item(original=name, translated=name, quantity=quantity, price=60)
    return order_sentence(Order(store_name="店", items=(item,), language="en"))


@settings(max_examples=500)
@given(plain_names, refused, st.sampled_from([" ({})", "（{}）", " {}", " - {}", ", {}"]))
def test_no_negation_is_lost_or_turned_round(name: str, wish: str, written: str) -> None:
    spoken = sentence(name + written.format(wish))
    known = wishes.known(wish.replace("w/o", "without"))
    shown = " ".join(part.text for part in spoken.unspoken)
    # All of it is said, as the tables have it, or all of it is shown.
    is_said = (known.text if known else wish) in spoken.text
    is_shown = re.sub(r"\W|w/o", "", wish) in re.sub(r"\W|w/o", "", shown)
    assert is_said or is_shown, spoken
    if not is_said:
        assert not re.search("[不別免]要?|沒有?", spoken.text), "half of it"


@settings(max_examples=500)
@given(plain_names, st.sampled_from(sorted(CONSUMED)))
def test_every_character_is_said_or_shown_or_consumed(name: str, consumed: str) -> None:
    spoken = sentence(name + consumed)
    kept = spoken.text + "".join(part.text for part in spoken.unspoken) + CONSUMED[consumed]
    assert [character for character in re.findall(f"[{HAN}]", name) if character not in kept] == []


LABELS = [
    "收據",
    "發票",
    "載具",
    "統編",
    "現金",
    "刷卡",
    "電話",
    "外帶",
    "加蛋",
    "去冰",
    "大杯",
    "cash",
]
VALUES = ["取消", "作廢", "捐贈", "不收", "12345678", "/ABC+123", "改天", "錯了", "免了", "12:30"]
LABELLED = [" ({}:{})", "（{}：{}）", "【{}: {}】", " {}:{}", " {}：{}", ", {}: {}"]


@settings(max_examples=500)
@given(plain_names, st.sampled_from(LABELS), st.sampled_from(VALUES), st.sampled_from(LABELLED))
def test_a_label_is_never_said_without_its_value(
    name: str, label: str, value: str, written: str
) -> None:
    spoken = sentence(name + written.format(label, value))
    shown = " ".join(part.text for part in spoken.unspoken)
    assert re.sub(r"\W", "", label + value) in re.sub(r"\W", "", shown + spoken.text), spoken


@settings(max_examples=300)
@given(plain_names, quantities)
def test_the_count_that_was_ordered_is_said_once(name: str, quantity: int) -> None:
    said = sentence(name, quantity).text.removeprefix("老闆您好，我要點：")
    assert (
        len(re.findall(rf"(?<![一二兩三四五六七八九十百]){count(quantity)}[{HAN}](?:，|$)", said))
        == 1
    ), said


menu_signs = "()（）【】/+&,:?!-~*x×.、，；<>…●❌🚫①⑳6️⃣½¼%$#'\" ıİ"
menu_words_of_all_kinds = [
    *(*NAMES, *SIZES, *OPTIONS, *ADDITIONS, *GLOSSES, *CONSUMED, *CODES),
    *("no", "not", "不要", "不", "過敏", "allergy", "egg", "冰", "熱", "大", "杯", "2", "6P", "磅"),
    *("1/2", "なし", "カレー", "빼", "ไม่", "&not", "&amp;", "www.a.tw", "或", "和", "半糖", "M"),
]  # fmt: skip
any_text = st.one_of(
    st.lists(st.sampled_from([*menu_words_of_all_kinds, *menu_signs]), max_size=12).map("".join),
    st.text(max_size=100),
)


@settings(max_examples=1500)
@given(any_text, any_text)
def test_any_text_makes_a_sentence_that_a_voice_can_say(name: str, translated: str) -> None:
    if not name.strip() or not translated.strip():
        return
    item = Item(original=name, translated=translated, quantity=2, price=60)
    spoken = order_sentence(Order(store_name="店", items=(item,), language="en"))
    assert is_readable(re.sub("[，、：；。…]", "", spoken.text)), spoken
