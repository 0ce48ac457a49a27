import pytest

from chalicelib.mandarin.numbers import amount, count, decimal, digits, integer

# Written out by hand, ten to a row, so that no rule of the code is repeated here.
_ROWS = """
一 二 三 四 五 六 七 八 九
十 十一 十二 十三 十四 十五 十六 十七 十八 十九
二十 二十一 二十二 二十三 二十四 二十五 二十六 二十七 二十八 二十九
三十 三十一 三十二 三十三 三十四 三十五 三十六 三十七 三十八 三十九
四十 四十一 四十二 四十三 四十四 四十五 四十六 四十七 四十八 四十九
五十 五十一 五十二 五十三 五十四 五十五 五十六 五十七 五十八 五十九
六十 六十一 六十二 六十三 六十四 六十五 六十六 六十七 六十八 六十九
七十 七十一 七十二 七十三 七十四 七十五 七十六 七十七 七十八 七十九
八十 八十一 八十二 八十三 八十四 八十五 八十六 八十七 八十八 八十九
九十 九十一 九十二 九十三 九十四 九十五 九十六 九十七 九十八 九十九
"""
ONE_TO_NINETY_NINE = _ROWS.split()


def test_numbers_are_said_as_people_say_them() -> None:
    assert [integer(number) for number in range(1, 100)] == ONE_TO_NINETY_NINE


def test_only_a_lone_two_becomes_liang_before_a_measure_word() -> None:
    expected = ONE_TO_NINETY_NINE.copy()
    expected[1] = "兩"
    assert [count(number) for number in range(1, 100)] == expected


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numbers_that_no_order_has_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 9999"):
        integer(number)


def test_large_numbers_and_decimals() -> None:
    assert [integer(number) for number in (0, 100, 105, 110, 200, 1000, 2020)] == [
        "零", "一百", "一百零五", "一百一十", "兩百", "一千", "兩千零二十",
    ]  # fmt: skip
    assert (decimal("2.5"), decimal("0.5"), decimal("12345")) == ("二點五", "零點五", "一二三四五")
    assert (digits("1987"), amount("2"), amount("1.5")) == ("一九八七", "兩", "一點五")
