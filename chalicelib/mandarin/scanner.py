"""The scanner: a menu's line in canonical characters → typed tokens, in the menu's order.

    珍珠奶茶(大杯/半糖) 少冰   →  DISH 珍珠奶茶 · SIZE 大 UNIT 杯 · OPTION 半糖 · OPTION 少冰
    雞塊6P · 牛肉麵一碗        →  DISH 雞塊 · PIECES 6     ·     DISH 牛肉麵 · UNIT 碗
    宮保雞丁 (no peanuts)      →  DISH 宮保雞丁 · REQUEST 不要花生
    紅茶(冰/熱)                →  DISH 紅茶 · CHOICE 冰或熱
    高麗菜 Cabbage             →  DISH 高麗菜 · GLOSS Cabbage

Brackets, spaces, commas and dashes part a line; what stands without a gap is taken off the ends of
a piece by the same rules. What no rule knows is part of the dish's name, and so is said: where the
scanner is unsure, it takes nothing away.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from chalicelib.mandarin import doubts, labels, menu_rules, tail, wishes
from chalicelib.mandarin.han import HAN, LATIN, has_han
from chalicelib.mandarin.measure_words import is_topping, known_measure_word
from chalicelib.mandarin.tokens import Kind, Token
from chalicelib.mandarin.vocabulary import any_of, meanings, table, words
from chalicelib.order import Twd


def scan(text: str, *, price: Twd = 0, translated: str = "") -> list[Token]:
    """The tokens of `text` (canonical). `price` is that of one, 0 if not known."""
    text, paid = labels.without_payment(_without_price(text, price))
    return [*_scanned(text, price, translated), *paid]


def _scanned(text: str, price: Twd, translated: str) -> list[Token]:
    tokens: list[Token] = []
    outside = _INSIDE.sub("", text)
    # B餐 Cheese Burger: a set's number is no name; what follows it is.
    han_outside = re.sub(f"[^{HAN}]", "", outside) not in ("", "餐", "套餐", "號", "號餐", "組合")
    refuses = wishes.refuses(text)
    for inside, outside in _BRACKET.findall(text):
        scope = _Scope(bool(inside), han_outside, refuses, price, translated.casefold(), text)
        found: list[Token] = []
        before = ""
        if inside and _CROSSED_OUT.fullmatch(inside.strip()):
            tokens.append(Token(Kind.UNSPOKEN, inside.strip()))
            continue
        behind: list[tail.Piece] = []
        for piece in _pieces(inside or outside, is_name=not (inside or tokens)):
            is_first = not (tokens or found)
            new = _tokens(piece, scope, is_first=is_first)
            if labels.may_tell_of(before, new) and (inside or behind):
                (found if inside else behind).pop()
                piece = f"{before.strip()} {piece.strip()}"
                new = [Token(Kind.UNSPOKEN, piece)]
            if _may_be_refused(new, piece, before) or (not is_first and tail.is_divided(new)):
                new = [Token(Kind.UNSPOKEN, piece.strip())]
            if inside and tail.is_answer(piece) and not labels.is_one(piece):
                found = [Token(Kind.UNSPOKEN, inside.strip())]
                break
            if inside or is_first:
                found += new
            else:
                behind.append(tail.Piece(piece.strip(), new))
            before = piece
        if inside and _tells_more_of_a_wish(found, tokens):
            found = [Token(Kind.UNSPOKEN, inside.strip())]
        tokens += _of_the_name(found, inside) if inside and tokens else found
        tokens += tail.read(behind)
    whole = [token for token in tokens if not _says_half(token, tokens)]
    if len(whole) < len(tokens) and all(token.kind is not Kind.UNSPOKEN for token in whole):
        whole.append(Token(Kind.UNSPOKEN, text.strip()))
    return doubts.settled(whole, text)


def _tells_more_of_a_wish(inside: list[Token], before: list[Token]) -> bool:
    """花生過敏(嚴重) and 海鮮都不要(蝦、蛤蜊): the brackets are no part of the dish."""
    has_wish = any(token.kind is Kind.REQUEST for token in before)
    return has_wish and any(token.kind in (Kind.DISH, Kind.GLOSS) for token in inside)


def _says_half(token: Token, tokens: list[Token]) -> bool:
    """no egg (allergy): "I have an allergy" leaves out of what."""
    is_general = token.text in ("過敏", "我有食物過敏", "我過敏很嚴重")
    return is_general and any(other.kind in _WISHES for other in tokens if other != token)


_WISHES: Final = {Kind.REQUEST, Kind.OPTION, Kind.ADDITION, Kind.UNSPOKEN}


def _may_be_refused(tokens: list[Token], piece: str, before: str) -> bool:
    """no pork, spicy: does the "no" hold for both?"""
    is_one_word = re.fullmatch(r"\s*[A-Za-z]+\s*", piece) is not None
    asks = [token for token in tokens if token.kind is Kind.REQUEST or token.family == "level"]
    return is_one_word and bool(asks) and wishes.refuses(before) and not wishes.refuses(piece)


def _of_the_name(tokens: list[Token], inside: str) -> list[Token]:
    """What brackets hold, the names among it marked.

    Beside a wish they may be part of it. Then all is shown: "or pepper" alone would ask for it.
    """
    kinds = {token.kind for token in tokens}
    is_name = {Kind.DISH, Kind.GLOSS}
    if Kind.UNSPOKEN in kinds or (Kind.REQUEST in kinds and kinds & is_name):
        said = [token for token in tokens if token.kind not in {*is_name, Kind.UNSPOKEN}]
        return [*said, Token(Kind.UNSPOKEN, inside.strip())]
    return [token._replace(family=INSIDE) if token.kind is Kind.DISH else token for token in tokens]


INSIDE: Final = "inside"
"""The family of what belongs to the name, but stands in brackets."""


class _Scope(NamedTuple):
    """Where a piece stands."""

    is_bracketed: bool
    has_han_outside: bool
    """Whether the name outside all brackets has a Chinese character."""
    has_refusal: bool
    """Whether a word of the line may turn others round: then nothing is taken for a gloss."""
    price: Twd
    translated: str
    line: str

    def is_translation(self, piece: str) -> bool:
        """Whether `piece` is the name as the traveller reads it."""
        return not self.is_bracketed and piece.casefold() in self.translated


_BRACKET: Final = re.compile(r"\(([^()]*)\)?|([^()]+)")
_INSIDE: Final = re.compile(r"\([^()]*\)?")
# A space parts Chinese from anything; between Latin words it is part of a phrase (no ice).
_GAP: Final = re.compile(
    rf"\s+-+\s*|\s*-+\s+|(?<=[{HAN}])-+|-+(?=[{HAN}])"
    rf"|(?<=[{HAN}]),?\s+(?!:)|(?<!:)\s*,?\s+(?=[{HAN}])|(?<=[{HAN}]),|,(?=[{HAN}])"
)
_PER: Final = f"(?:{any_of(words('serving') + words('piece'))})"
_NUMBER_AT_END: Final = re.compile(
    rf"(?<=[{HAN})])\s*[-:]?\s*(\d{{2,4}}|\d{{1,4}}\.50?)(?:\.00)?(?:[/ ]\d{{2,4}})*(/{_PER}|)"
    r"(?=$|\s*\()"
)
# 12:30 is a time.
_PAUSE: Final = re.compile(r",|(?<!\d):|:(?!\d)|(?<=\?)(?=.)")
_SPACED_OUT: Final = re.compile(rf"[{HAN}](?: [{HAN}])+")


def _without_price(text: str, price: Twd) -> str:
    """牛肉麵120: the price, printed without a gap; where it is not known, what looks like one."""

    def is_price(number: Decimal) -> bool:
        return number == price if price else number >= 25 and number % 5 == 0

    def apart(match: re.Match[str]) -> str:
        is_paid = labels.ends_with_noun(text[: match.start()])  # 現金500
        return match[0] if is_paid or not is_price(Decimal(match[1])) else f" {match[2]}"

    return _NUMBER_AT_END.sub(apart, text)


def _pieces(text: str, *, is_name: bool) -> Iterator[str]:
    """The pieces of `text`; if it `is_name`, the first of them is the name, and no label."""
    if _SPACED_OUT.fullmatch(text.strip()):  # 牛 肉 麵
        text = text.replace(" ", "")
    for at, chunk in enumerate(_GAP.split(text)):
        # no cilantro, garlic or onion; allergy: egg: the mark is part of the wish.
        if wishes.known(chunk):
            pieces = [chunk]
        else:
            name, *rest = _PAUSE.split(chunk, maxsplit=1) if is_name and at == 0 else ["", chunk]
            pieces = [name, *(piece for part in rest for piece in _labelled(part))]
        yield from (piece for piece in pieces if piece.strip(" +&'.-/?"))


def _labelled(text: str) -> Iterator[str]:
    """Its pieces; a label that is read with its value is one."""
    if wishes.known(text):
        yield text
        return
    for part in text.split(","):
        yield from [part] if labels.is_one(part) else _PAUSE.split(part)


def _tokens(piece: str, scope: _Scope, *, is_first: bool) -> list[Token]:
    is_question = piece.endswith("?")
    if not is_first and _CROSSED_OUT.fullmatch(piece.strip()):
        return [Token(Kind.UNSPOKEN, piece.strip())]
    piece = piece.strip(" &'.-?")
    if labels.is_one(piece):
        return [labels.read(piece)]
    if is_question and not is_first:  # Never a permission, nor part of the name.
        asked = wishes.known(f"{piece}?")
        return [asked or Token(Kind.UNSPOKEN, f"{piece}?")]
    if "/" in piece:
        refused = [] if is_first else _refused(piece, scope)
        return refused or _alternatives(piece, scope)
    if scope.line.strip() == f"{piece}?" and not has_han(piece):  # noodles cilantro ok?
        return [Token(Kind.UNSPOKEN, f"{piece}?")]
    if is_first and not scope.is_bracketed:
        pieces = menu_rules.whole(piece) if "到" in piece else []  # 4到6人份 酸菜白肉鍋
        return pieces or _unknown(piece, scope, is_first=True)
    return _whole(piece, scope) or _together(piece, scope) or _unknown(piece, scope)


def _refused(piece: str, scope: _Scope) -> list[Token]:
    """不要香菜/花生粉 and no egg/no onion are lists, not choices; else nothing."""
    parts = [part.strip() for part in piece.split("/") if part.strip()]
    found = [_whole(part, scope) for part in parts]
    tokens = [token for tokens in found for token in tokens]
    requested = [token.text for token in tokens if token.kind is Kind.REQUEST]
    if len(parts) > 1 and len({re.sub("[不要加有]", "", part) for part in parts}) == 1:
        return [Token(Kind.CHOICE, "或".join(parts))]  # 加蔥/不加蔥
    whole = wishes.known(piece)
    if whole and "過敏" in whole.text:
        return [whole]
    if not wishes.refuses(piece) and not any(text.startswith("不") for text in requested):
        return []
    if whole:
        return [whole]
    if not all(found):
        return [Token(Kind.UNSPOKEN, piece)]
    return tokens if len(requested) == len(tokens) else []


def _together(piece: str, scope: _Scope) -> list[Token]:
    """少油、不要蔥; no egg and less sugar: several additions in one piece, else nothing."""
    parts = [part.strip() for part in _AND.split(piece)]
    known = [_whole(part, scope) for part in parts]
    if len(parts) < 2 or wishes.known(piece) or not all(known):
        return []
    return [token for tokens in known for token in tokens]


_AND: Final = re.compile(r"&|\s+and\s+|\+", re.IGNORECASE)


def _unknown(piece: str, scope: _Scope, *, is_first: bool = False) -> list[Token]:
    """A piece that is no known addition as a whole."""
    is_beside = scope.has_han_outside and not is_first
    if is_beside and _OTHER_SCRIPT.search(piece) and not scope.is_translation(piece):
        return [Token(Kind.UNSPOKEN, piece)]
    if not is_first and (labels.has_noun(piece) or _TIME.search(piece) or "%" in piece):
        # 現金不收, 12:30取, 冰量50%
        return [Token(Kind.UNSPOKEN, piece)]
    if has_han(piece):
        parts = piece.split("+") if scope.is_bracketed else []
        is_named = all(scope.line.count(part) > 1 for part in parts)  # 紅豆粉粿奶茶(紅豆+粉粿)
        if len(parts) > 1 and all(map(is_topping, parts)) and not is_named:
            return [Token(Kind.ADDITION, f"加{piece}")]
        # 蔥NO, 蔥蒜不要
        is_unclear = wishes.refuses(piece) or piece.endswith("不要")
        if not is_first and is_unclear:
            return [Token(Kind.UNSPOKEN, piece)]
        if scope.is_bracketed and _STAPLE.fullmatch(piece):  # 加飯(麵)
            return [Token(Kind.DISH, f"或{piece}")]
        return menu_rules.peeled(piece)
    return _foreign(piece, scope)


def _foreign(piece: str, scope: _Scope) -> list[Token]:
    """A piece without Chinese: the name, its gloss, or what may be a wish."""
    if not (scope.is_bracketed or scope.has_han_outside):
        return _latin(piece)
    if wishes.sounds_like_one(piece) or (scope.has_refusal and scope.has_han_outside):
        return [Token(Kind.UNSPOKEN, piece)]
    is_gloss = scope.has_han_outside and wishes.is_gloss(piece, scope.translated)
    foods = wishes.ingredients(piece)
    if foods and scope.has_han_outside and not any(food in scope.line for food in foods):
        return [
            Token(Kind.UNSPOKEN, piece)
        ]  # 蛋餅 Cheese is more than 蛋餅; 高麗菜 Cabbage is not.
    if is_gloss and re.match("and |with ", piece, re.IGNORECASE):
        return [Token(Kind.UNSPOKEN, piece)]
    if is_gloss or not re.search("[A-Za-z0-9]", piece):
        found = piece.casefold().split(" ")
        size = meanings("size").get(found[-1]) or meanings("size").get(found[0])
        return [Token(Kind.GLOSS, piece), *([Token(Kind.SIZE, size)] if size else [])]
    if _SENTENCE.search(piece):
        return [Token(Kind.UNSPOKEN, piece)]
    return _latin(piece)


# Beside a Chinese name: a brand or a title is said, words in small letters are the traveller's.
_SENTENCE: Final = re.compile(
    r"(?:^| )(?!(?:and|of|with|in|on|the|a|n) )[a-z][a-z']+ |[A-Za-z] [a-z]"
    r"|^non?(?!o)[a-z]{4}|(?:less|free)$"
)


_OTHER_SCRIPT: Final = re.compile(rf"(?![{HAN}{LATIN}])[^\W\d_]")
_TIME: Final = re.compile(r"\d:\d")
_STEAK: Final = re.compile("牛排|牛小排|肋眼|菲力|沙朗|steak", re.IGNORECASE)
_CROSSED_OUT: Final = re.compile(rf"[-xX] ?[{HAN}]+|[{HAN}]+ ?[-xX]")
_STAPLE: Final = re.compile("麵|飯|粥|米粉|冬粉|粄條|板條|河粉|意麵|粿條|麵線")

# A choice

_TEMPERATURES_FIRST: Final = re.compile("([冰冷熱溫])/([冰冷熱溫])飲?(?=[^/].)")


def _alternatives(piece: str, scope: _Scope) -> list[Token]:
    """大杯/半糖/少冰 lists what differs in kind; 冰/熱 and 豬/牛 leave a choice."""
    if match := _TEMPERATURES_FIRST.match(piece):  # 冰/熱奶茶
        choice = Token(Kind.CHOICE, f"{match[1]}或{match[2]}")
        return [*_tokens(piece[match.end() :], scope, is_first=False), choice]
    parts = [part.strip() for part in piece.split("/") if part.strip()]
    if not any(any(map(str.isalnum, part)) for part in parts):
        return []
    if any(map(tail.is_answer, parts)):  # 加蛋/不要
        return [Token(Kind.UNSPOKEN, piece)]
    known = [_whole(part, scope) for part in parts]
    if labels.has_noun(piece) and not all(known):  # 載具 /ABC+123
        return [Token(Kind.UNSPOKEN, piece)]
    if not scope.is_bracketed and any(_is_a(Kind.STYLE, tokens) for tokens in known):
        known = [[] for _ in parts]  # 湯/沙拉
    families = [_family(tokens) for tokens in known]
    if piece.startswith("/") and len(parts) == 1 and known[0]:  # 170元/杯
        return known[0]
    if families[0] == "addition" and not any(families[1:]):  # 加麵/飯
        return [Token(Kind.ADDITION, "或".join(parts))]
    is_list = len(set(families)) == len(families) and families.count("") <= 1
    if (is_list or _are_amounts(known)) and not piece.startswith("/"):
        return [
            token
            for part, tokens in zip(parts, known, strict=True)
            for token in tokens or _unknown(part, scope)
        ]
    said = "或".join(parts)
    if scope.is_bracketed or all(known):
        all_known = all(known) and families[0] != "style"
        is_counted = any(_is_a(Kind.PIECES, tokens) for tokens in known)  # 6入/9入
        is_said = all_known and not is_counted
        return [Token(Kind.CHOICE, "或".join(map(_said, known)) if is_said else said)]
    return [Token(Kind.DISH, f"或{said}" if piece.startswith("/") else said)]


def _are_amounts(parts: list[list[Token]]) -> bool:
    """飯:少/菜:多, each of something else."""
    amounts = [re.fullmatch("(.+)[多少]一點", _said(tokens)) for tokens in parts]
    return len({amount[1] for amount in amounts if amount}) == len(parts)


def _family(tokens: list[Token]) -> str:
    """What kind of addition it is; two of one family exclude each other."""
    if not tokens:
        return ""
    first = tokens[0]
    if first.kind is Kind.OPTION:  # 全熟/半熟
        return first.family or first.text[-1]
    if first.kind is Kind.STYLE and first.text == "辣的":
        return "level"
    return first.kind.name.lower()


def _is_a(kind: Kind, tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[0].kind is kind


def _said(tokens: list[Token]) -> str:
    return "".join(f"{token.text}{token.unit}" for token in tokens)


def _whole(piece: str, scope: _Scope) -> list[Token]:
    """The tokens of a piece that is nothing but what a menu adds; empty if it is not."""
    if scope.is_bracketed and piece == str(scope.price):  # 水餃(7.5)
        return [Token(Kind.REMARK, piece)]
    if piece.isdecimal():
        if len(piece) > labels.LONGEST_PRICE or not int(piece):
            return [Token(Kind.UNSPOKEN, piece)]
        is_price = int(piece) == scope.price or labels.may_be_price(piece)
        if not scope.is_bracketed or is_price:
            is_amount = is_price and (scope.is_bracketed or int(piece) == scope.price)
            return [Token(Kind.REMARK, piece)] if is_amount else []
    if piece.casefold() == "medium" and _STEAK.search(scope.line):
        piece = "medium done"
    known = wishes.known(piece)
    if known and has_han(piece) and not _is_wish_in_chinese(piece, known):
        known = None
    # The rules would take 不要生的 for 不要生, and part what the table says with pauses.
    is_told = known and known.kind is Kind.REQUEST and re.search("，|的$", known.text)
    if not is_told and (found := menu_rules.whole(piece)):
        return found
    if known is None:
        return []
    return [Token(Kind.GLOSS, piece)] if _is_said_by_the_name(piece, known, scope) else [known]


def _is_wish_in_chinese(piece: str, known: Token) -> bool:
    """全素 and 原味 are what a menu sells; 走冰 and 請不要加蔥 are what is asked for."""
    return known.kind is not Kind.REQUEST or _ASKS.search(piece) is not None


_ASKS: Final = re.compile(f"[\u3041-\u30ff]|{any_of(table('wish_signs')['asks'])}", re.IGNORECASE)


def _is_said_by_the_name(piece: str, known: Token, scope: _Scope) -> bool:
    """全素便當 Vegan and 炒蛋 Scrambled Egg ask for nothing else."""
    if known.kind is not Kind.REQUEST or has_han(piece) or wishes.refuses(piece):
        return False
    diet, _, limits = known.text.partition("，")
    is_plain = re.search("也|可以", limits) is None
    if diet.startswith("我吃") and is_plain:  # 素雞炒肉絲 is no vegetarian's.
        return re.search(rf"(?:^|[( ]){diet.removeprefix('我吃')}", scope.line) is not None
    if "不" in diet + limits:
        return False
    return known.text.split("要")[-1].strip("的") in scope.line


def _latin(piece: str) -> list[Token]:
    """Latin words: Bubble Milk Tea no ice, No Ice Coke, Iced Latte L.

    With a refusal in it that no table knows, nothing is taken out of the phrase.
    """
    found = piece.split(" ")
    tokens: list[Token] = []
    for at in range(1, len(found)):
        known = wishes.known(" ".join(found[at:]))
        is_long = len(found) - at > 1
        if known and (is_long or known.family in ("sugar", "ice", "level")):
            found, tokens = found[:at], [known]
            break
    for at in range(len(found) - 1, 1, -1):
        known = wishes.known(" ".join(found[:at]))
        if known and (known.family in ("sugar", "ice") or known.text.startswith("不要")):
            found, tokens = found[at:], [known, *tokens]
            break
    if not wishes.refuses(" ".join(found)):
        while len(found) > 1 and (size := meanings("size").get(found[-1].casefold())):
            tokens.append(Token(Kind.SIZE, size))
            found.pop()
        amount = menu_rules.whole(found[-1]) if len(found) > 1 else []
        if _is_a(Kind.AMOUNT, amount):  # coke 330ml
            tokens += amount
            found.pop()
        temperature = meanings("temperature").get(found[0].casefold())
        if temperature and known_measure_word(" ".join(found[1:])) == "杯":  # Hot dogs are none.
            tokens.append(Token(Kind.TEMPERATURE, temperature))
            found = found[1:]
    name = " ".join(found)
    if wishes.refuses(name) and (tokens or _ASKS_IN_ENGLISH.search(name)):
        return [Token(Kind.UNSPOKEN, piece)]  # noodles replace beef with tofu
    # Said with the name, in English: staff may not understand it.
    shown = [Token(Kind.UNSPOKEN, piece)] if wishes.refuses(name) else []
    return [Token(Kind.DISH, name), *tokens, *shown]


_ASKS_IN_ENGLISH: Final = re.compile(r"\b(?:with|add|plus|extra|more)\b", re.IGNORECASE)
