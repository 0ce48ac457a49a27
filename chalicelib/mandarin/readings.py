"""What is said for wishes that are not in Chinese, for the staff to read beside the words."""

from collections.abc import Iterator

from chalicelib.mandarin.choices import LONGEST_NOTE, note, wanted
from chalicelib.mandarin.dish_name import wishes_in
from chalicelib.mandarin.han import is_foreign
from chalicelib.mandarin.tokens import Token
from chalicelib.order import Order, Part


def readings(order: Order) -> Iterator[Part]:
    """不要辣 for an option or a note "no spicy"; of a name what it asks for beside the dish.

    What cannot be said has none.
    """
    for number, item in enumerate(order.items):
        name = item.original
        if is_foreign(name) and (found := wishes_in(name, item.price, translated=item.translated)):
            yield Part(f"items[{number}].name", "、".join(found))
        for field, text, tokens in wanted(item):
            yield from _reading(f"items[{number}].{field}", text, tokens)
    if order.note:
        text = order.note.original
        yield from _reading("note", text, note(text, LONGEST_NOTE))


def _reading(field: str, text: str, tokens: list[Token]) -> Iterator[Part]:
    said = "、".join(dict.fromkeys(token.text for token in tokens))
    if said.replace(" ", "") not in text.replace(" ", "") and is_foreign(text):
        yield Part(field, said)
