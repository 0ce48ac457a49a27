"""Wishes in four languages: what is said for them, and which are only shown."""

# ruff: noqa: E501

import re

import pytest

from chalicelib.mandarin import wishes
from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.mandarin.han import is_readable
from chalicelib.mandarin.tokens import Kind, Token
from tests.nightly import at_night

PHRASES = {
    "去冰": "沒有冰 · no ice · No Ice, please · without ice · hold the ice · 走冰 · 氷なし · 얼음 빼주세요",
    "少冰": "less ice · light ice · 氷少なめ · 얼음 적게",
    "半糖": "Half Sugar · 50% sugar · 甘さ半分 · 당도 50%",
    "無糖": "沒糖 · no sugar · sugar-free · 砂糖なし · 설탕 빼고",
    "正常糖": "not less sugar · don't reduce the sugar · 砂糖を減らさないで",
    "不要多加冰塊": "no extra ice · no more ice",
    "要加冰塊": "don't remove the ice · 氷抜かないでください · 不要去冰",
    "不要辣": "not spicy · no spicy · 辛くしないで",
    "不要花生": "no peanuts · NO PEANUTS!! · pls no peanuts · ピーナッツ抜き · 땅콩 빼주세요 · 땅콩은 빼주세요 · 沒有花生 · 沒花生",
    "不要香菜": "no cilantro · without coriander · パクチー抜きでお願いします · 고수 빼 주세요",
    "香菜要放": "don't remove the cilantro · do not remove cilantro · 고수 빼지 마세요",
    "不要花生和腰果": "no peanuts or cashews · no peanuts and cashews",
    "不要蝦子和螃蟹": "no shrimp or crab · えび、かに抜き · 새우랑 게 빼주세요",
    "加起司": "extra cheese · add cheese · チーズ追加",
    "不要多加起司": "no extra cheese",
    "換成豆漿": "with soy milk instead · soy milk instead · 豆乳に変更",
    "我對花生過敏": "allergic to peanuts · peanut allergy · I have a peanut allergy · ピーナッツアレルギー · 땅콩 알레르기",
    "我對花生嚴重過敏": "severe peanut allergy · severely allergic to peanuts · 重度のピーナッツアレルギー",
    "我吃花生不會過敏": "not allergic to peanuts · 對花生不過敏 · ピーナッツアレルギーはありません · 땅콩 알레르기 없어요",
    "我對帶殼海鮮過敏": "I'm allergic to shellfish · shellfish allergy",
    "我對堅果和花生過敏": "nut allergy · allergic to nuts · ナッツアレルギー · 견과류 알레르기",
    "我吃素": "vegetarian · I'm vegetarian · ベジタリアン · 채식",
    "我吃全素，肉、蛋、奶都不行": "vegan · ヴィーガン · 비건",
    "五分熟": "medium done · ミディアム · 미디엄",
    "裡面有花生嗎": "does it contain peanuts? · does this have peanuts?",
    "裡面有花生或蛋嗎": "does it contain peanuts or egg?",
    "我喝牛奶不會過敏": "not allergic to milk",
    "我不喝豆漿": "don't drink soy milk · 豆乳は飲みません",
    "我不能吃牛奶和蛋": "can't eat milk and eggs",
    "不要魷魚、花枝、透抽、中卷、小卷和軟絲": "no squid · イカ抜き · 오징어 빼고",
    "我對魷魚、花枝、透抽、中卷、小卷和軟絲過敏": "allergic to squid · イカアレルギー",
    "裡面有魷魚、花枝、透抽、中卷、小卷或軟絲嗎": "any squid in it",
    "我對牛奶和奶製品嚴重過敏": "severe milk allergy",
    "我對蛋、牛奶和奶製品過敏": "egg and milk allergy",
    "我對白飯和米製品過敏": "allergic to rice",
    "放牛奶沒關係": "milk ok · ミルク可 · 우유 넣어도 돼요",
    "不要牛奶": "no milk · 牛乳なし",
    "加魷魚": "add squid · イカ追加 · 오징어 추가",
    "請給我堅果和花生": "nuts and peanuts please",
    "加堅果": "add nuts",
    "不要豬肝、雞肝和其他的肝臟": "no liver · レバー抜き",
    "不要澱粉": "no starch",
    "不要勾芡": "no thickener · とろみなし",
    "我對麩質過敏，小麥、大麥和麵粉做的都不能吃，也不能加醬油": "allergic to gluten · グルテンアレルギー",
    "我吃全素，大蒜也不行": "vegan no garlic",
    "我不吃肉，但是可以吃魚": "魚素 · no meat but fish ok",
    "不要加糖，也不要加奶": "no sugar no milk",
    "要發票": "要發票 · 發票 · 請給我發票 · invoice please",
    "要收據": "要收據 · 收據 · 我要收據",
    "要發票或收據": "receipt please · a receipt please · can I have a receipt please · レシートください · 영수증 주세요",
    "不要發票": "不要發票 · 不用發票 · no invoice",
    "不要收據": "不用收據 · no receipt",
    "我要用載具": "載具 · 要載具 · 用載具",
    "我要用手機載具": "手機載具",
    "要打統編": "統編 · 打統編",
    "可以刷卡嗎": "can we pay by card · Can I pay with credit card? · do you take credit cards? · カード使えますか · 카드 되나요? · 可不可以刷卡",
    "我要刷卡": "card please · pay by card · カードでお願いします · 카드로 계산할게요 · 刷卡",
    "我付現金": "pay in cash · pay cash · 現金で払います · 현금으로 계산할게요 · 付現",
    "請幫我結帳": "the bill please · check please · お会計お願いします · 계산해 주세요 · 買單",
    "我們要分著吃": "to share · we will share · シェアします · 나눠 먹을게요",
    "請幫我打包": "a takeaway box please · leftovers to go",
    "請給我叉子": "a fork please · fork please · フォークください",
    "請給我叉子和刀子": "a fork and knife please",
    "請給我兩支湯匙": "two spoons please · スプーン2つください · 숟가락 두 개",
    "要筷子": "chopsticks please",
    "少鹽": "less salt",
    "全熟": "well done",
    "請幫我切塊": "cut into pieces",
    "分開裝": "separate bags",
    "飯多一點": "飯多一點 · more rice please · ご飯多め · 밥 많이 주세요",
    "加飯": "extra rice · ご飯大盛り · 밥 추가 · 加白飯",
    "麵多一點": "麵多一點 · more noodles · 麺多め · 면 많이",
    "加麵": "extra noodles · 替え玉",
    "堅果多一點": "堅果多一點 · more nuts",
    "份量多一點": "份量多一點 · 量多め · 양 많이",
    "不要核桃": "no walnuts · くるみ抜き · 호두 빼주세요",
    "我對胡桃和核桃過敏": "對胡桃過敏 · 胡桃アレルギー",
    "我對蚵仔、牡蠣和蠔油過敏": "oyster allergy · 牡蠣アレルギー · 굴 알레르기 · 對牡蠣過敏",
    "我對生蠔、蚵仔、牡蠣和蠔油過敏": "raw oyster allergy",
    "我不能吃生蚵": "我不能吃生蚵",
    "加蚵仔": "add oysters",
    "不要生蠔": "不要生蠔 · no raw oysters",
    "我對蝦子、螃蟹和其他的甲殼類過敏": "crustacean allergy · 甲殻類アレルギー · 갑각류 알레르기 있어요 · 甲殼類過敏",
    "不要米血": "不要米血 · 不要米血糕",
    "不要豬血糕和米血": "no blood cake",
    "不要紹興酒": "no shaoxing wine · no shaoxing · 不要紹興酒",
    "不要味霖": "no mirin · みりん抜き · 미림 빼주세요",
    "不要蟹肉棒": "no crabsticks · no crab sticks",
    "我對蟹肉棒和其他的魚漿製品過敏": "allergic to surimi",
    "不要蟹肉棒和其他的魚漿製品": "no surimi",
    "加蟹肉棒": "add surimi",
    "我不能碰酒，菜裡也不要放酒": "can't eat alcohol · cannot have any alcohol · unable to eat alcohol · I don't eat alcohol · not allowed to eat alcohol · アルコールはだめです · アルコールがダメです · お酒が入っているものは食べられません · 술 들어간 음식 못 먹어요 · 不能吃酒精 · 不吃酒",
    "我不能喝酒": "can't drink alcohol · お酒は飲めません",
    "不要米酒、紹興酒和味霖": "no cooking wine · 料理酒抜き · 맛술 빼주세요",
    "不要柴魚": "不要柴魚 · 沒有柴魚",
    "不要柴魚片": "no bonito flakes · かつお節なし",
    "可以不要辣嗎": "can you make it not spicy? · 可以做不辣的嗎",
    "有不辣的嗎": "is there anything not spicy? · 辛くないものはありますか · 안 매운 거 있어요?",
    "我對亞硫酸鹽漂白劑過敏": "allergic to sulfites · 亜硫酸塩アレルギー · 아황산류 알레르기 · 亞硫酸鹽過敏",
    "不要太鹹": "please make it less salty",
    "請給我兒童座椅": "a high chair please",
}  # fmt: skip


@pytest.mark.parametrize(
    ("phrase", "said"),
    [(phrase, said) for said, phrases in PHRASES.items() for phrase in phrases.split(" · ")],
)
def test_a_wish_is_said_in_chinese(phrase: str, said: str) -> None:
    found = wishes.known(phrase)
    assert found is not None
    assert found.text + found.unit == said


@pytest.mark.parametrize(
    "phrase",
    [
        # What may be two things
        "ice", "cilantro", "not hot", "no light ice", "アイス抜き", "氷大丈夫です", "얼음 괜찮아요",
        "no peanut allergy", "無花生過敏", "leek", "牛乳に代えて", "ピーナッツアレルギーなし", "エビはちょっと…", "ナッツは大丈夫です", "卵入り", "satay sauce",
        # Negations of negations
        "not no ice", "no no ice", "not without ice", "no, extra ice", "Don't, remove the peanuts",
        # A question allows nothing
        "peanuts ok?", "no peanuts?", "卵アレルギー？",
        # Who has none may want one, or tells what was forgotten
        "沒有袋子", "沒有筷子", "沒有花生嗎", "沒有花生也可以",
        # What no short sentence can promise
        "halal", "kosher",
        # One part of it is not known
        "no peanuts or zorblax", "no ice my friend", "without peanuts and without ice",
    ],
)  # fmt: skip
def test_what_is_not_known_whole_is_not_said(phrase: str) -> None:
    assert wishes.known(phrase) is None


def test_no_phrase_means_two_things() -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for table in ("wishes_fixed", "wishes_ingredients"):
        for _, said, phrases in wishes.rows(table):
            for phrase in (said, *phrases):
                meanings.setdefault((table, wishes.folded(phrase)), set()).add(said)
    assert {phrase: said for phrase, said in meanings.items() if len(said) > 1} == {}


def test_every_wish_can_be_said() -> None:
    said = [
        said.replace("X", "花生") for table in ("wishes_fixed", "wishes_patterns", "wishes_ingredients")
        for _, said, _ in wishes.rows(table)
    ]  # fmt: skip
    assert len(said) > 700
    assert [text for text in said if not is_readable(re.sub("[、，/!]", "", text))] == []


@pytest.mark.parametrize("written", ["{}", "({})", "（{}）", " {}", " - {}", "【{}】", ", {}"])
@pytest.mark.parametrize("phrase", ["no peanuts", "ピーナッツ抜き", "땅콩 빼주세요", "不要花生"])
def test_a_wish_is_found_however_it_is_set_off(written: str, phrase: str) -> None:
    if written == "{}" and phrase == "ピーナッツ抜き":
        return  # Without a gap its kana may be part of the name; then the name is not said.
    dish = spoken_dish("牛肉麵" + written.format(phrase))
    assert dish is not None
    assert (dish.name, dish.requests) == ("牛肉麵", ("不要花生",))


@pytest.mark.parametrize(
    "wish",
    [
        "收據:不用",
        "載具:沒有",
        "香菜: 免",
        "香菜:不放",
        "辣 不行",
        "花生:不能吃",
        "蝦 不可以 蛋 可以",
    ],
)
def test_an_answer_takes_what_it_refuses_along(wish: str) -> None:
    dish = spoken_dish(f"牛肉麵 ({wish})")
    assert dish is not None
    assert (dish.name, dish.requests, dish.unspoken) == ("牛肉麵", (), (wish,))


@pytest.mark.parametrize(
    "name",
    ["牛肉麵", *at_night("素食便當", "蛋餅", "鮮奶茶")],
)
def test_no_refusal_of_the_tables_is_taken_for_the_name_once_more(name: str) -> None:
    lost = []
    for _, said, phrases in wishes.rows("wishes_fixed"):
        for phrase in phrases if "不" in said else []:
            dish = spoken_dish(f"{name} ({phrase})")
            if dish is None or dish.unspoken:
                continue
            heard = "，".join((dish.name, *dish.choices, *dish.requests)).replace(name, "")
            if said not in heard and phrase not in heard and not _REFUSES.search(heard):
                lost.append(f"{phrase}: {heard}")
    assert lost == []


_REFUSES = re.compile("[不無沒免別走零]|先上|餐後|整[支塊條片]|乾|撈|原來|瘦|慢|素")
"""How else a customer says no: 飲料先上, 要乾的, 照原來的就好, 整塊, 慢慢來, 奶素."""


def test_what_refuses_all_that_a_word_means_asks_for_one_of_it() -> None:
    for _, said, phrases in wishes.rows("wishes_ingredients"):
        names = said.partition("/!")[0].split("/")
        for phrase in filter(str.isascii, phrases[:1] if len(names) > 1 else []):
            refused, wanted = wishes.known(f"no {phrase}"), wishes.known(f"add {phrase}")
            assert refused is not None, phrase
            assert [name for name in names if name not in refused.text] == [], phrase
            assert wanted == Token(Kind.ADDITION, f"加{names[0]}", family="wish"), phrase
