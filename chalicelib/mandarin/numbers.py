"""Numbers from 1 to 99 as Mandarin speakers say them."""

from typing import Final

_DIGITS: Final = "零一二三四五六七八九"


def spoken_number(number: int) -> str:
    """The bare number: 2 → 二, 12 → 十二, 20 → 二十, 22 → 二十二.

    Raises `ValueError` outside 1–99, the range of an order's quantities.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not between 1 and 99")
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones else "")
    )


def spoken_count(number: int) -> str:
    """The number before a measure word: a lone 2 is 兩, but 12 stays 十二 and 22 二十二."""
    return "兩" if number == 2 else spoken_number(number)
