"""The messages of one push: what is shown, in which language, and within LINE's limits."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest

from chalicelib.languages import SUPPORTED, texts
from chalicelib.line.cut import cut, utf16_length
from chalicelib.line.order_message import is_audio_url, order_messages
from chalicelib.order import Allergen, Diet, Item, Order, Part, Wording
from chalicelib.orders.summary import Summary, summarise
from localstack.line_standin.rules import parse_push

ORDER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
LIFF_URL = "https://liff.line.me/1234567890-AbcdEfgh"
VOICE_URL = "https://voices.s3.amazonaws.com/a.mp3?X-Amz-Signature=1"
ORDER = Order(
    store_name="永康牛肉麵",
    language="en",
    items=(
        Item(original="牛肉麵", translated="Beef noodle soup", quantity=2, price=280),
        Item(original="珍珠奶茶", translated="Pearl milk tea", quantity=1, price=1060),
    ),
)
SUMMARY = Summary(
    chinese="店家:永康牛肉麵\n牛肉麵兩碗", translated="Restaurant: 永康牛肉麵", language="en"
)


def messages(**changes: Any) -> list[dict[str, Any]]:
    arguments: dict[str, Any] = {
        "order": ORDER,
        "order_id": ORDER_ID,
        "summary": SUMMARY,
        "voice_url": VOICE_URL,
        "voice_duration_ms": 4200,
        "liff_url": LIFF_URL,
    }
    return order_messages(**arguments | changes)


def components(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a message that has a type."""
    if isinstance(node, dict):
        if "type" in node:
            yield node
        for value in node.values():
            yield from components(value)
    elif isinstance(node, list):
        for value in node:
            yield from components(value)


def shown(message: dict[str, Any]) -> list[str]:
    return [part["text"] for part in components(message) if "text" in part]


def buttons(message: dict[str, Any]) -> list[str]:
    return [part["uri"] for part in components(message) if part["type"] == "uri"]


def accepted_by_line(found: list[dict[str, Any]]) -> bool:
    """Judged by the stand-in, which has LINE's rules from elsewhere."""
    return bool(parse_push(json.dumps({"to": "U1", "messages": found}).encode()))


def test_a_push_is_flex_then_text_then_voice() -> None:
    flex, text, voice = messages()
    assert (flex["type"], text["type"]) == ("flex", "text")
    assert voice == {"type": "audio", "originalContentUrl": VOICE_URL, "duration": 4200}


def test_the_bubble_shows_the_whole_order() -> None:
    texts_shown = shown(messages()[0])
    for expected in (
        *("永康牛肉麵", "2×", "牛肉麵", "Beef noodle soup", "NT$560"),
        *("1×", "珍珠奶茶", "Pearl milk tea", "NT$1,060", "Total", "NT$1,620"),
    ):
        assert expected in texts_shown
    assert any("Play the voice message below to the staff." in text for text in texts_shown)


def test_nothing_but_the_button_looks_like_one() -> None:
    contents = messages()[0]["contents"]
    boxes = [part for part in components(contents["body"]) if part["type"] == "box"]
    assert [box for box in boxes if {"backgroundColor", "cornerRadius"} & box.keys()] == []


def test_the_button_opens_this_order() -> None:
    assert buttons(messages()[0]) == [f"{LIFF_URL}?order_id={ORDER_ID}"]


@pytest.mark.parametrize(
    ("liff_url", "expected"),
    [
        ("https://liff.line.me/1-a?lang=th", "https://liff.line.me/1-a?lang=th&order_id=X%26y"),
        ("https://example.com/liff#menu", "https://example.com/liff?order_id=X%26y#menu"),
        ("http://localhost:4567/liff", "http://localhost:4567/liff?order_id=X%26y"),
    ],
)
def test_the_order_id_joins_whatever_the_page_address_has(liff_url: str, expected: str) -> None:
    assert buttons(messages(liff_url=liff_url, order_id="X&y")[0]) == [expected]


@pytest.mark.parametrize(
    "liff_url",
    [
        "",
        "javascript:alert(1)",
        "http://example.com/liff",
        "liff",
        "https://",
        "https://a/" + "x" * 1000,
    ],
)
def test_without_a_page_there_is_no_button(liff_url: str) -> None:
    found = messages(liff_url=liff_url)
    assert buttons(found[0]) == []
    assert "footer" not in found[0]["contents"]
    assert accepted_by_line(found)


@pytest.mark.parametrize("language", SUPPORTED)
def test_the_words_are_the_travellers(language: str) -> None:
    words = texts(language)["line"]
    found = messages(
        order=replace(ORDER, language=language), summary=replace(SUMMARY, language=language)
    )
    flex, text, _ = found
    assert flex["altText"] == words["alt_text"].format(store="永康牛肉麵", amount="NT$1,620")
    assert {words["title"], words["total"]} <= set(shown(flex))
    assert [part["label"] for part in components(flex) if "label" in part] == [words["open_order"]]
    assert text["text"].startswith(words["text"].format(store="永康牛肉麵", chinese=""))
    assert accepted_by_line(found)


def test_the_text_has_the_chinese_order_before_the_translation() -> None:
    text = messages()[1]["text"]
    assert text.endswith(f"{SUMMARY.chinese}\n\nYour order\n{SUMMARY.translated}")


def test_a_reader_of_chinese_is_not_told_twice() -> None:
    summary = Summary(chinese="牛肉麵兩碗", translated="牛肉麵兩碗", language="zh-TW")
    text = messages(order=replace(ORDER, language="zh-TW"), summary=summary)[1]["text"]
    assert text.count("牛肉麵兩碗") == 1


@pytest.mark.parametrize(
    "voice",
    [
        {"voice_url": None},
        {"voice_url": ""},
        {"voice_url": "http://voices.s3.amazonaws.com/a.mp3"},
        {"voice_url": "https://voices.s3.amazonaws.com/" + "a" * 2000},
        {"voice_duration_ms": 0},
    ],
    ids=str,
)
def test_a_voice_that_line_would_refuse_is_left_out_and_the_rest_is_sent(
    voice: dict[str, Any],
) -> None:
    found = messages(**voice)
    assert [message["type"] for message in found] == ["flex", "text"]
    assert "couldn't attach" in found[1]["text"]
    assert not any("Play the voice" in text for text in shown(found[0]))
    assert accepted_by_line(found)


def test_without_voice_and_page_the_text_promises_neither() -> None:
    text = messages(voice_url=None, liff_url="")[1]["text"]
    assert "Open order" not in text
    assert "below" not in text
    assert SUMMARY.chinese in text


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://bucket.s3.amazonaws.com/a.mp3?X=1", True),
        ("http://localhost:4566/a.mp3", True),
        ("http://voices.s3.localhost:4566/a.mp3", True),
        ("http://127.0.0.1:4566/a.mp3", True),
        ("http://[::1]:4566/a.mp3", True),
        ("http://localhost.example.com/a.mp3", False),
        ("http://10.0.0.1/a.mp3", False),
        ("ftp://localhost/a.mp3", False),
        ("file:///a.mp3", False),
        ("https:///a.mp3", False),
        ("http://[::1/a.mp3", False),
        ("https://a/" + "x" * (2000 - 10), True),
        ("https://a/" + "x" * (2001 - 10), False),
    ],
)
def test_which_addresses_a_voice_may_have(url: str, accepted: bool) -> None:
    assert is_audio_url(url) is accepted


def many(count: int, original: str, translated: str) -> Order:
    item = Item(original=original, translated=translated, quantity=99, price=1_000_000)
    return replace(ORDER, items=(item,) * count)


@pytest.mark.parametrize("count", [1, 20, 50])
@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("牛肉麵", "Beef noodle soup"),
        ("滷" * 100, "ก" * 100),
        ("🍜" * 100, "👩‍🍳" * 33),
        ('"' * 100, "\\" * 100),
    ],
    ids=["usual", "long", "emoji", "escaped"],
)
def test_any_order_that_may_be_placed_fits(count: int, original: str, translated: str) -> None:
    order = many(count, original, translated)
    summary = Summary(
        chinese="\n".join([original] * count),
        translated="\n".join([translated] * count),
        language="en",
    )
    found = messages(order=replace(order, store_name=original), summary=summary)
    assert accepted_by_line(found)
    assert len(json.dumps(found[0]["contents"])) <= 30 * 1024
    assert utf16_length(found[0]["altText"]) <= 400
    assert utf16_length(found[1]["text"]) <= 5000
    assert "NT$" in json.dumps(found[0]["contents"])


def test_a_shop_name_beyond_all_rules_still_fits() -> None:
    found = messages(order=replace(ORDER, store_name="店" * 6000))
    assert utf16_length(found[0]["altText"]) == 400
    assert accepted_by_line(found)


def test_a_translation_is_left_out_rather_than_cut_to_a_sliver() -> None:
    chinese = "湯" * (
        4950 - len(texts("en")["line"]["text"].format(store="永康牛肉麵", chinese=""))
    )
    summary = replace(SUMMARY, chinese=chinese)
    assert messages(summary=summary)[1]["text"].endswith(chinese)


def test_fifty_usual_dishes_are_all_shown() -> None:
    items = tuple(
        Item(original=f"滷味拼盤{n}號", translated=f"Braised platter {n}", quantity=2, price=45)
        for n in range(50)
    )
    texts_shown = shown(messages(order=replace(ORDER, items=items))[0])
    assert all(item.original in texts_shown for item in items)


def test_what_does_not_fit_is_counted() -> None:
    texts_shown = shown(messages(order=many(50, "滷" * 100, "Stew"))[0])
    rows = texts_shown.count("99×")
    assert 10 < rows < 50
    assert any(text.startswith(f"and {50 - rows} more item") for text in texts_shown)


def test_options_and_notes_are_shown_and_the_longest_fit() -> None:
    tea = Item(
        original="紅茶",
        translated="Black tea",
        quantity=1,
        price=30,
        options=(Wording("半糖", "half sugar"),),
        note=Wording("no straw", "no straw"),
    )
    order = replace(ORDER, items=(tea,), note=Wording("外帶", "to go"))
    texts_shown = shown(messages(order=order)[0])
    assert {"半糖、不要吸管（no straw）", "※ 外帶"} <= set(texts_shown), "in the shop's words"
    longest = replace(
        tea,
        original="滷" * 100,
        translated="S" * 100,
        options=(Wording("糖" * 100, "s" * 100),) * 12,
        note=Wording("註" * 200, "n" * 200),
    )
    whole = replace(
        ORDER,
        store_name="店" * 100,
        store_translated="👩\u200d🍳" * 33,
        items=(longest,) * 50,
        note=Wording("註" * 200, "n" * 200),
    )
    for price in (0, Decimal("999999.5")):
        order = replace(whole, items=(replace(longest, quantity=99, price=price),) * 50)
        found = messages(order=order, summary=summarise(order))
        assert accepted_by_line(found)
        assert len(json.dumps(found[0]["contents"])) <= 30 * 1024
        assert shown(found[0]).count("99×") >= 10


NEEDS = replace(
    ORDER,
    dining="takeaway",
    people=3,
    table="A5",
    allergies=get_args(Allergen),
    diets=get_args(Diet),
)


def test_allergies_and_diets_are_red_and_in_every_size_of_the_bubble() -> None:
    for items in (ORDER.items, many(50, "🍜" * 100, "👩‍🍳" * 33).items):
        order = replace(NEEDS, items=items)
        flex, text, _ = messages(order=order, summary=summarise(order))
        assert accepted_by_line([flex, text])
        lines = [part for part in components(flex) if part.get("text", "").startswith("⚠")]
        assert [line["color"] for line in lines] == ["#B3261E"] * 2
        assert "過敏：蝦蟹" in lines[0]["text"]
        assert "飲食習慣：全素" in lines[1]["text"]
        assert "外帶 · 3 位 · 桌號 A5" in shown(flex)
        assert "過敏：蝦蟹" in text["text"]
        assert "飲食習慣：全素" in text["text"]


def test_the_staff_read_the_wishes_of_another_language_in_chinese_in_the_chat() -> None:
    spicy, tea = Wording("no spicy", "no spicy"), ORDER.items[1]
    order = replace(
        ORDER,
        items=(
            replace(ORDER.items[0], note=spicy),
            replace(tea, options=(Wording("No Ice", "No Ice"),)),
        ),
        note=Wording("my bus leaves", "my bus leaves"),
    )
    flex, text, _ = messages(order=order, summary=summarise(order))
    wishes = {"不要辣（no spicy）", "去冰（No Ice）"}
    assert {*wishes, "※ my bus leaves"} <= set(shown(flex))
    assert all(wish in text["text"] for wish in wishes)


UNSPOKEN = (
    Part("items[0].note", "my doctor says so"),
    Part("items[1]", "珍珠奶茶"),
    Part("table", "by the door"),
)


def told_as_only_shown(message: dict[str, Any]) -> list[str]:
    """The texts of the bubble's box of what the voice has not said."""
    boxes = [shown(part) for part in components(message) if part["type"] == "box"]
    return next((box for box in boxes if box[:1] == ["語音沒有唸到："]), [])


@pytest.mark.parametrize("language", SUPPORTED)
def test_the_chat_tells_staff_and_traveller_what_the_voice_leaves_out(language: str) -> None:
    flex, text, voice = messages(order=replace(ORDER, language=language), unspoken=UNSPOKEN)
    assert accepted_by_line([flex, text, voice])
    assert told_as_only_shown(flex) == [
        "語音沒有唸到：",
        "・牛肉麵：my doctor says so",
        "・珍珠奶茶",
        "・by the door",
        texts(language)["line"]["only_shown"],
    ]
    assert flex["altText"] == messages(order=replace(ORDER, language=language))[0]["altText"]


def test_a_voice_that_says_all_leaves_nothing_to_be_shown() -> None:
    assert told_as_only_shown(messages()[0]) == []
    assert told_as_only_shown(messages(voice_url=None, unspoken=UNSPOKEN)[0]) == []


def test_what_the_voice_leaves_out_is_in_every_size_of_the_bubble() -> None:
    for original in ("滷" * 100, "🍜" * 100, '"' * 100):
        order = many(50, original, original)
        unspoken = [
            Part(f"items[{at}].options[{n}]", f"{n}{original[2:]}")
            for at in range(50)
            for n in range(12)
        ]
        flex, text, _ = messages(order=order, summary=summarise(order), unspoken=unspoken)
        assert accepted_by_line([flex, text])
        assert len(json.dumps(flex["contents"])) <= 30 * 1024
        assert len(told_as_only_shown(flex)) == 9
        assert shown(flex).count("99×") >= 10


def test_health_is_not_on_a_locked_phone() -> None:
    alt_text = messages(order=NEEDS)[0]["altText"]
    assert alt_text == messages()[0]["altText"]


@pytest.mark.parametrize("language", SUPPORTED)
def test_a_price_that_is_not_known_is_said_to_be_so(language: str) -> None:
    fish = Item(original="清蒸鱸魚", translated="清蒸鱸魚", quantity=1, price=0)
    order = replace(ORDER, items=(*ORDER.items, fish), language=language)
    found = messages(order=order, summary=summarise(order))
    words = texts(language)["summary"]
    texts_shown = shown(found[0])
    assert "NT$560" in texts_shown
    assert {words["price_unknown"], words["amount_unknown"]} <= set(texts_shown)
    assert "依店內價格計算" in found[1]["text"], "what the staff are shown"
    assert not any(text in str(found) for text in ("NT$0", "NT$1,620"))
    assert found[0]["altText"] == texts(language)["line"]["alt_text_unknown"].format(
        store="永康牛肉麵"
    )
    assert accepted_by_line(found)


def test_halves_are_shown() -> None:
    dumplings = Item(original="水餃", translated="Dumplings", quantity=3, price=Decimal("7.5"))
    flex = messages(order=replace(ORDER, items=(dumplings,)))[0]
    assert shown(flex).count("NT$22.5") == 2
    assert flex["altText"].endswith("NT$22.5")


def test_the_shop_is_shown_in_both_languages() -> None:
    flex, text, _ = messages(order=replace(ORDER, store_translated="Yongkang Noodles"))
    assert {"永康牛肉麵", "Yongkang Noodles"} <= set(shown(flex))
    assert "Yongkang Noodles (永康牛肉麵)" in flex["altText"]
    assert "Yongkang Noodles (永康牛肉麵)" in text["text"]


def test_what_customers_type_is_text_and_nothing_else() -> None:
    evil = '","action":{"type":"uri","uri":"https://evil.example"},"x":"{store}{0}'
    items = (Item(original=evil, translated=evil + "!", quantity=1, price=1),)
    order = replace(ORDER, store_name=evil, items=items)
    summary = Summary(chinese=evil, translated=evil + "!", language="en")
    found = messages(order=order, summary=summary)
    assert buttons(found[0]) == [f"{LIFF_URL}?order_id={ORDER_ID}"]
    assert evil in shown(found[0])
    assert evil in found[1]["text"]
    assert accepted_by_line(found)


def test_a_name_of_spaces_is_still_a_valid_text() -> None:
    items = (Item(original=" ", translated=" ", quantity=1, price=1),)
    assert accepted_by_line(messages(order=replace(ORDER, store_name=" ", items=items)))


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("牛肉麵", 3, "牛肉麵"),
        ("牛肉麵", 2, "牛…"),
        ("🍜🍜🍜", 6, "🍜🍜🍜"),
        ("🍜🍜🍜", 5, "🍜🍜…"),
        ("🍜🍜🍜", 4, "🍜…"),
        ("ก้าวไกล", 2, "…"),
        ("ab👩‍🍳", 6, "ab…"),
        ("a b", 2, "a…"),
        ("ab", 0, ""),
    ],
)
def test_cutting_counts_as_line_does_and_tears_no_character(
    text: str, longest: int, expected: str
) -> None:
    assert cut(text, longest) == expected
    assert utf16_length(expected) <= longest
