"""Packing long texts into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.speech.chunks import pack


def test_a_short_text_stays_whole() -> None:
    assert pack("老闆您好，我要點：牛肉麵兩碗。", 100) == ["老闆您好，我要點：牛肉麵兩碗。"]


def test_pieces_are_filled_and_cut_at_punctuation() -> None:
    assert pack("一二三、四五六、七八九。", 8) == ["一二三、四五六、", "七八九。"]


def test_what_has_no_punctuation_is_cut_hard() -> None:
    assert pack("一二三四五六七", 3) == ["一二三", "四五六", "七"]


def test_no_text_has_no_pieces() -> None:
    assert pack("", 10) == []


@given(st.text(alphabet="麵碗a ，。、\n", max_size=300), st.integers(1, 60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, longest: int) -> None:
    pieces = pack(text, longest)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= longest for piece in pieces)
