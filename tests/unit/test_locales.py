"""The texts of server and LINE message, in every language."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from chalicelib.languages import SUPPORTED, texts
from chalicelib.menus.model import Diet
from chalicelib.order import Notification, NotificationDetail, Trouble
from chalicelib.orders.answers import StageName

SECTIONS = ("summary", "line", "status", "erase", "chat")
OTHERS = [language for language in SUPPORTED if language != "en"]
# Words that an Indonesian menu shares with an English one, and patterns without words.
SAME_AS_IN_ENGLISH = {"summary.both_names", "summary.item", "line.total"}


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def all_texts(language: str) -> dict[str, str]:
    return dict(leaves({section: texts(language)[section] for section in SECTIONS}))


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"{(\w*)}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_texts_with_the_same_placeholders(language: str) -> None:
    english = {key: placeholders(text) for key, text in all_texts("en").items()}
    assert {key: placeholders(text) for key, text in all_texts(language).items()} == english


@pytest.mark.parametrize("language", SUPPORTED)
def test_no_text_is_empty_or_has_stray_space(language: str) -> None:
    for key, text in all_texts(language).items():
        assert text == text.strip() != "", key
        assert "  " not in text, key


@pytest.mark.parametrize("language", ["zh-TW", "ja", "ko", "th"])
def test_languages_of_another_script_hold_no_english_words(language: str) -> None:
    for key, text in all_texts(language).items():
        latin = set(re.findall("[A-Za-z]+", re.sub(r"{\w+}", "", text)))
        assert latin <= {"LINE"}, key


@pytest.mark.parametrize("language", ["vi", "id"])
def test_languages_in_latin_script_hold_no_english_sentences(language: str) -> None:
    english = all_texts("en")
    for key, text in all_texts(language).items():
        assert key in SAME_AS_IN_ENGLISH or text != english[key]
        assert not re.search(r"\b(the|your|order|please|and|is|we|you)\b", text, re.IGNORECASE), key


@pytest.mark.parametrize("language", SUPPORTED)
def test_every_stage_error_and_notification_has_a_text(language: str) -> None:
    status = texts(language)["status"]
    besides = {"accepted", "retrying", "errors"}
    assert set(status) == {*get_args(StageName)} | besides
    assert set(status["errors"]) == {*get_args(Trouble)} - {"line_unavailable"}
    of_page = {"promise", "ask", "befriend", "add_friend"}
    known = {*get_args(Notification), *get_args(NotificationDetail)} - {"turned_off"}
    assert set(texts(language)["chat"]) == known | of_page


UNTRUE = {
    "en": r"order received|have your order|placed|^ready$|sent to your|accepted|delivered"
    r"|we(?:'ll|'re)?(?: also)? send(?:ing)? \w+(?: \w+ \w+)? to your",
    "zh-TW": "收到(?:您的)?(?:訂單|餐點)|已傳到|^完成$|免費|(?<!請 LINE )傳到您的",
    "ja": "受け付け(?!なかった)|受付|^完了$|送信し(?:ました|ています)|お送り|無料",
    "ko": "주문을 받|접수|^완료$|보냈|보내 드|보내고|무료",
    "th": "ได้รับ|รับแล้ว|^พร้อม$|(?:ส่งไปที่แชต LINE ของคุณแล้ว)|(?:เราจะ|กำลัง)ส่ง|ฟรี",
    "vi": "đã nhận|^sẵn sàng$|đã gửi|miễn phí|chúng tôi (?:cũng )?(?:sẽ |đang )?gửi",
    "id": "diterima|^siap$|dikirim ke obrolan LINE Anda\\.$|gratis"
    "|kami (?:juga )?(?:akan |sedang )?mengirim",
}
"""What would say that the shop has the order or the meal is ready, or that a message arrived or
will, which LINE alone could promise."""


@pytest.mark.parametrize("language", SUPPORTED)
def test_nothing_says_that_the_shop_has_the_order_or_that_a_message_arrived(language: str) -> None:
    said = dict(leaves(texts(language)))
    not_sent = {"chat.quota_used_up", "chat.rejected"}
    untrue = {
        key: text
        for key, text in said.items()
        if re.search(UNTRUE[language], text, re.IGNORECASE) and key not in not_sent
    }
    assert untrue == {}


@pytest.mark.parametrize("language", SUPPORTED)
def test_the_texts_that_name_a_button_name_it_as_it_is_labelled(language: str) -> None:
    line = texts(language)["line"]
    assert line["open_order"] in line["text_without_voice"]
    assert len(line["open_order"]) <= 20  # the shortest limit for a label in the LINE reference


@pytest.mark.parametrize("language", SUPPORTED)
def test_a_dishs_mark_says_what_the_dish_is_and_not_what_a_traveller_can_eat(language: str) -> None:
    marks, wishes = texts(language)["page"]["shop"], texts(language)["diets"]
    for diet in get_args(Diet):
        assert marks[f"diet_{diet}"].strip()
    assert marks["diet_five_pungent"] != wishes["five_pungent"]
