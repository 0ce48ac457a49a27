import pytest

from chalicelib.mandarin.han import has_han


@pytest.mark.parametrize("text", ["麵", "Latte 拿鐵", "𠮷野家", "〇", "々", "豈", "㐀", "𰻝𰻝麵"])
def test_chinese_characters_of_every_block_are_seen(text: str) -> None:
    assert has_han(text)


@pytest.mark.parametrize(
    "text", ["", "Latte", "うどん", "ラーメン", "우육면", "ㄅㄆㄇ", "ไทย", "🍜", "、。"]
)
def test_other_scripts_are_not_chinese(text: str) -> None:
    assert not has_han(text)
