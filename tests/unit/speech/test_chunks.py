"""Packing long texts into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.speech.chunks import has_words, pack, spoken_pieces


def test_a_short_text_stays_whole() -> None:
    assert pack("老闆您好，我要點：牛肉麵兩碗。", 100) == ["老闆您好，我要點：牛肉麵兩碗。"]


def test_pieces_are_filled_and_cut_at_punctuation() -> None:
    assert pack("一二三、四五六、七八九。", 8) == ["一二三、四五六、", "七八九。"]


def test_what_has_no_punctuation_is_cut_hard() -> None:
    assert pack("一二三四五六七", 3) == ["一二三", "四五六", "七"]


def test_a_dish_is_not_torn_at_its_spaces_points_or_commas() -> None:
    text = "XL cup珍珠奶茶兩杯、Caffe Latte一杯、7.5度啤酒1,000瓶、Mr. Lee's Tea, hot兩杯"
    assert pack(text, 25) == [
        "XL cup珍珠奶茶兩杯、",
        "Caffe Latte一杯、",
        "7.5度啤酒1,000瓶、",
        "Mr. Lee's Tea, hot兩杯",
    ]


def test_a_clause_too_long_for_one_piece_is_cut_at_its_spaces() -> None:
    assert pack("Iced Caramel Macchiato", 10) == ["Iced ", "Caramel ", "Macchiato"]


def test_no_text_has_no_pieces() -> None:
    assert pack("", 10) == []


@given(st.text(alphabet="麵碗a1 ，。、…\n.,", max_size=300), st.integers(1, 60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, longest: int) -> None:
    pieces = pack(text, longest)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= longest for piece in pieces)


def test_pieces_without_a_sound_are_left_out() -> None:
    assert spoken_pieces("麵" * 10 + "。" + "🍜" * 12, 10) == ["麵" * 10]
    assert spoken_pieces("，。！🍜", 10) == []


def test_punctuation_and_emoji_have_no_words() -> None:
    assert [has_words(text) for text in ("", " ", "，。", "🍜🍜", "麵", "7", "é")] == [
        *[False] * 4,
        *[True] * 3,
    ]
