"""Numbers on a menu, as Mandarin says them. (How many were ordered is `speech/numbers.py`.)"""

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")


def digits(text: str) -> str:
    """One by one, as in a telephone or serial number: `"0800"` → 零八零零."""
    return "".join(_DIGITS[int(digit)] for digit in text)


def integer(number: int) -> str:
    """0 to 9999: 10 十, 15 十五, 105 一百零五, 200 兩百, 2020 兩千零二十."""
    if number < 10:
        return _DIGITS[number]
    said = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            two_as_liang = digit == 2 and place >= 2
            said += ("兩" if two_as_liang else _DIGITS[digit]) + _PLACES[place]
        elif said and not said.endswith("零"):
            said += "零"
    said = said.rstrip("零")
    return said.removeprefix("一") if number < 20 else said


def decimal(text: str) -> str:
    """`"2.5"` → 二點五; whole numbers as `integer` does, longer ones digit by digit."""
    whole, _, fraction = text.partition(".")
    said = integer(int(whole)) if len(whole) <= 4 else digits(whole)
    return f"{said}點{digits(fraction)}" if fraction else said
