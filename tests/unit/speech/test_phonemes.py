"""What Kokoro is told to say is what a shop in Taiwan says."""

import re
from pathlib import Path

import pytest

from chalicelib.mandarin.han import LATIN, READABLE_HAN, is_readable
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
from chalicelib.speech.engines.kokoro import syllables
from chalicelib.speech.engines.kokoro.latin import English
from chalicelib.speech.engines.kokoro.phonemes import LONGEST_PIECE, phrases, pieces
from chalicelib.speech.engines.kokoro.pinyin import words
from chalicelib.speech.engines.kokoro.text import UnreadableError, runs
from chalicelib.speech.engines.kokoro.vocabulary import tokens
from tests.dishes import DISHES
from tests.menu_names import menu_lines
from tests.unit.speech.zhuyin import zhuyin

# The words of tests/dishes.py and of the tests below, from misaki's dictionary.
ENGLISH: English = {
    "latte": "lˈɑtˌA", "iced": "ˈIst", "bubble": "bˈʌbᵊl", "milk": "mˈɪlk", "tea": "tˈi",
    "cheese": "ʧˈiz", "burger": "bˈɜɹɡəɹ", "hot": "hˈɑt", "cheesecake": "ʧˈizkˌAk",
    "fish": "fˈɪʃ", "and": {"DEFAULT": "ænd", "None": "ˈænd"}, "chip": "ʧˈɪp",
    "fry": "fɹˈI", "seven": "sˈɛvən", "mojito": "mOhˈiɾO", "creme": "kɹˈɛm",
}  # fmt: skip

AS_SPOKEN = [
    line.split("\t")
    for line in Path(__file__, "..", "dishes_as_spoken.tsv")
    .resolve()
    .read_text("utf-8")
    .splitlines()
    if not line.startswith("#")
]


def as_heard(text: str) -> str:
    """Zhuyin of the Chinese runs of `text`; the others as they are."""
    return " ".join(
        zhuyin(words(run.text)) if run.kind == "han" else run.text.strip() for run in runs(text)
    )


def test_the_table_has_every_dish() -> None:
    assert [row[0] for row in AS_SPOKEN] == list(dict.fromkeys(dish.spoken for dish in DISHES))


@pytest.mark.parametrize(("dish", "heard", "phonemes"), AS_SPOKEN)
def test_every_dish_is_said_as_in_the_reviewed_table(dish: str, heard: str, phonemes: str) -> None:
    assert as_heard(dish) == heard
    assert " ".join(phrases(dish, ENGLISH)) == phonemes


@pytest.mark.parametrize("row", AS_SPOKEN, ids=lambda row: row[0])
def test_the_model_knows_every_symbol_it_is_given(row: list[str]) -> None:
    assert len(tokens(row[2])) == len(row[2]) + 2


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        # 一 changes before another tone, and not in a row of numerals, at the end, in 統一.
        ("一杯", "ㄧˋ ㄅㄟ"),
        ("一盤", "ㄧˋ ㄆㄢˊ"),
        ("一碗", "ㄧˋ ㄨㄢˇ"),
        ("一份", "ㄧˊ ㄈㄣˋ"),
        ("一個", "ㄧˊ ㄍㄜˋ"),
        ("一打", "ㄧˋ ㄉㄚˊ"),
        ("十一碗", "ㄕˊ ㄧ ㄨㄢˇ"),
        ("二十一份", "ㄦˋ ㄕˊ ㄧ ㄈㄣˋ"),
        ("一百一十一杯", "ㄧˋ ㄅㄞˇ ㄧ ㄕˊ ㄧ ㄅㄟ"),
        ("第一名", "ㄉㄧˋ ㄧ ㄇㄧㄥˊ"),
        ("統一布丁", "ㄊㄨㄥˇ ㄧ ㄅㄨˋ ㄉㄧㄥ"),
        # 不
        ("不要辣", "ㄅㄨˊ ㄧㄠˋ ㄌㄚˋ"),
        ("不加糖", "ㄅㄨˋ ㄐㄧㄚ ㄊㄤˊ"),
        ("甜不辣", "ㄊㄧㄢˊ ㄅㄨˊ ㄌㄚˋ"),
        # Third tones: inside words, between words, and not between a dish and its quantity.
        ("兩碗", "ㄌㄧㄤˊ ㄨㄢˇ"),
        ("五碗", "ㄨˊ ㄨㄢˇ"),
        ("九捲", "ㄐㄧㄡˊ ㄐㄩㄢˇ"),
        ("水餃", "ㄕㄨㄟˊ ㄐㄧㄠˇ"),
        ("小水餃", "ㄒㄧㄠˇ ㄕㄨㄟˊ ㄐㄧㄠˇ"),
        ("炒米粉兩碗", "ㄔㄠˇ ㄇㄧˊ ㄈㄣˇ ㄌㄧㄤˊ ㄨㄢˇ"),
        ("五穀米", "ㄨˊ ㄍㄨˊ ㄇㄧˇ"),
        ("老闆您好", "ㄌㄠˊ ㄅㄢˇ ㄋㄧㄣˊ ㄏㄠˇ"),
        ("謝謝", "ㄒㄧㄝˋ ˙ㄒㄧㄝ"),
        # Taiwan's readings.
        ("豬血糕和貢丸湯", "ㄓㄨ ㄒㄧㄝˇ ㄍㄠ ㄏㄢˋ ㄍㄨㄥˋ ㄨㄢˊ ㄊㄤ"),
        ("和牛", "ㄏㄜˊ ㄋㄧㄡˊ"),
        ("和風沙拉", "ㄏㄜˊ ㄈㄥ ㄕㄚ ㄌㄚ"),
        ("蚵仔煎", "ㄛˊ ㄚˋ ㄐㄧㄢ"),
        ("鮮蚵湯", "ㄒㄧㄢ ㄜˊ ㄊㄤ"),
        ("垃圾袋", "ㄌㄜˋ ㄙㄜˋ ㄉㄞˋ"),
        ("滷味", "ㄌㄨˇ ㄨㄟˋ"),
        ("微糖", "ㄨㄟˊ ㄊㄤˊ"),
        ("綜合果汁", "ㄗㄨㄥˋ ㄏㄜˊ ㄍㄨㄛˇ ㄓ"),
        ("七分熟", "ㄑㄧ ㄈㄣ ㄕㄡˊ"),
        ("優質蛋白", "ㄧㄡ ㄓˊ ㄉㄢˋ ㄅㄞˊ"),
        ("企鵝冰", "ㄑㄧˋ ㄜˊ ㄅㄧㄥ"),
        ("液態", "ㄧㄝˋ ㄊㄞˋ"),
        ("乾拌麵", "ㄍㄢ ㄅㄢˋ ㄇㄧㄢˋ"),
        ("炸醬麵", "ㄓㄚˊ ㄐㄧㄤˋ ㄇㄧㄢˋ"),
        ("咖哩飯", "ㄍㄚ ㄌㄧˊ ㄈㄢˋ"),
        ("咖啡", "ㄎㄚ ㄈㄟ"),
        ("味噌湯", "ㄨㄟˋ ㄗㄥ ㄊㄤ"),
        ("什錦麵", "ㄕˊ ㄐㄧㄣˇ ㄇㄧㄢˋ"),
        ("乳酪蛋糕", "ㄖㄨˇ ㄌㄨㄛˋ ㄉㄢˋ ㄍㄠ"),
        ("番茄蛋花湯", "ㄈㄢ ㄑㄧㄝˊ ㄉㄢˋ ㄏㄨㄚ ㄊㄤ"),
        ("法國吐司", "ㄈㄚˋ ㄍㄨㄛˊ ㄊㄨˇ ㄙ"),
        ("蓮子湯", "ㄌㄧㄢˊ ㄗˇ ㄊㄤ"),
        ("肉包子", "ㄖㄡˋ ㄅㄠ ˙ㄗ"),
        ("饅頭夾蛋", "ㄇㄢˊ ˙ㄊㄡ ㄐㄧㄚˊ ㄉㄢˋ"),
        ("王子麵", "ㄨㄤˊ ㄗˇ ㄇㄧㄢˋ"),
        ("明太子飯糰", "ㄇㄧㄥˊ ㄊㄞˋ ㄗˇ ㄈㄢˋ ㄊㄨㄢˊ"),
        ("玉子燒", "ㄩˋ ㄗˇ ㄕㄠ"),
        ("決明子茶", "ㄐㄩㄝˊ ㄇㄧㄥˊ ㄗˇ ㄔㄚˊ"),
        ("覆盆子果醬", "ㄈㄨˋ ㄆㄣˊ ㄗˊ ㄍㄨㄛˇ ㄐㄧㄤˋ"),
        ("破布子蒸魚", "ㄆㄛˋ ㄅㄨˋ ㄗˇ ㄓㄥ ㄩˊ"),
        ("豬子排", "ㄓㄨ ㄗˇ ㄆㄞˊ"),
        ("栗子排骨湯", "ㄌㄧˋ ˙ㄗ ㄆㄞˊ ㄍㄨˇ ㄊㄤ"),
        ("紹興醉雞", "ㄕㄠˋ ㄒㄧㄥ ㄗㄨㄟˋ ㄐㄧ"),
        ("乳酸菌飲料", "ㄖㄨˇ ㄙㄨㄢ ㄐㄩㄣˋ ㄧㄣˇ ㄌㄧㄠˋ"),
        ("朝日啤酒", "ㄓㄠ ㄖˋ ㄆㄧˊ ㄐㄧㄡˇ"),
        ("鯽魚", "ㄐㄧˋ ㄩˊ"),
        ("海蜇皮", "ㄏㄞˇ ㄓㄜˊ ㄆㄧˊ"),
        ("蜆仔湯", "ㄒㄧㄢˊ ㄗㄞˇ ㄊㄤ"),
        ("櫛瓜", "ㄐㄧㄝˊ ㄍㄨㄚ"),
        ("豆豉蚵", "ㄉㄡˋ ㄔˇ ㄜˊ"),
        ("肉臊飯", "ㄖㄡˋ ㄙㄠˋ ㄈㄢˋ"),
        ("桑葚汁", "ㄙㄤ ㄕㄣˋ ㄓ"),
        ("湯匙", "ㄊㄤ ㄔˊ"),
        ("松茸", "ㄙㄨㄥ ㄖㄨㄥˊ"),
        ("竹筴魚", "ㄓㄨˊ ㄐㄧㄚˊ ㄩˊ"),
        ("五更腸旺", "ㄨˇ ㄍㄥ ㄔㄤˊ ㄨㄤˋ"),
        ("哇沙米", "ㄨㄚ ㄕㄚ ㄇㄧˇ"),
        ("羅勒", "ㄌㄨㄛˊ ㄌㄜˋ"),
        ("酢醬麵", "ㄓㄚˊ ㄐㄧㄤˋ ㄇㄧㄢˋ"),
        ("咖喱飯", "ㄍㄚ ㄌㄧˊ ㄈㄢˋ"),
        ("大排檔", "ㄉㄚˋ ㄆㄞˊ ㄉㄤˇ"),
        ("三明治和牛奶", "ㄙㄢ ㄇㄧㄥˊ ㄓˋ ㄏㄢˋ ㄋㄧㄡˊ ㄋㄞˇ"),
        ("旗魚黑輪", "ㄑㄧˊ ㄩˊ ㄛ ㄌㄧㄢˋ"),
    ],
)  # fmt: skip
def test_chinese_is_said_as_in_taiwan(text: str, heard: str) -> None:
    assert as_heard(text) == heard


def test_seven_eleven_is_said_in_english() -> None:
    assert [run.text for run in runs("7-11御飯糰一個")] == ["Seven Eleven", "御飯糰一個"]


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("XL", "ˈɛks ˈɛl"),
        ("Latte", "lˈɑtˌA"),
        ("LATTE", "lˈɑtˌA"),
        ("fries", "fɹˈIz"),
        ("chips", "ʧˈɪps"),
        ("and", "ænd"),
        ("KFC", "kˈA ˈɛf sˈi"),
        ("Crème", "kɹˈɛm"),
        ("Mojito's", "mOhˈiɾOz"),
    ],
)
def test_latin_letters_and_words_are_said_in_english(text: str, phonemes: str) -> None:
    assert phrases(text, ENGLISH) == [phonemes]


@pytest.mark.parametrize("text", ["カレー", "떡볶이", "ก๋วยเตี๋ยว", "борщ", "ㄋㄟㄋㄟ", "5"])
def test_letters_without_sounds_are_refused_and_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=text[0]):
        phrases(f"{text}一份", ENGLISH)


def test_a_character_that_no_dictionary_knows_is_refused() -> None:
    with pytest.raises(UnreadableError, match="no reading"):
        phrases("\U000323af麵一碗", ENGLISH)


def test_punctuation_becomes_pauses_at_the_right_places() -> None:
    said = phrases("老闆您好，我要點：Latte一杯；紅茶兩杯……謝謝。", ENGLISH)
    assert [phrase[-1] for phrase in said] == [",", ":", ";", ",", "."]
    assert all(mark not in phrase[:-1] for phrase in said for mark in ",.:;!?")


def test_only_punctuation_says_nothing() -> None:
    assert phrases("……！？", ENGLISH) == []


def test_long_orders_are_cut_at_pauses_into_pieces_the_model_speaks_well() -> None:
    order = "老闆您好，我要點：" + "、".join(["珍珠奶茶兩杯"] * 50) + "，謝謝。"
    said = phrases(order, ENGLISH)
    packed = pieces(said)
    assert " ".join(packed) == " ".join(said)
    assert max(map(len, packed)) <= LONGEST_PIECE
    assert all(piece[-1] in ",.:" for piece in packed)


def test_a_name_without_any_pause_is_cut_between_words() -> None:
    packed = pieces(phrases("珍珠奶茶" * 100, ENGLISH))
    assert max(map(len, packed)) <= LONGEST_PIECE
    assert len(packed) > 5


def test_every_character_that_is_read_aloud_has_its_sounds_here() -> None:
    letters = [chr(code) for code in range(0x3007, 0x9FA6) if is_readable(chr(code))]
    assert len(letters) > 20_800
    for letter in letters:
        for syllable in (syllable for word in words(letter) for syllable in word):
            assert tokens(syllables.phonemes(syllable))[1:-1], letter
    latin = [chr(code) for code in range(0x21, 0x1F00) if chr(code).isalpha()]
    for letter in filter(is_readable, latin):
        phrases(letter, ENGLISH)


def test_numbers_and_signs_reach_no_engine() -> None:
    """Why there are no rules for them here."""
    for line in menu_lines():
        sentence = order_sentence(
            Order(
                store_name="店",
                language="en",
                items=(Item(original=line.name, translated=line.name, quantity=2, price=60),),
            )
        )
        kept = sentence.text.replace("7-11", "")
        assert re.fullmatch(rf"[{READABLE_HAN}{LATIN} '.，、：；。…-]+", kept), kept
