"""What the front end of the job's own description sends: bodies and headers, as we read of it.

Its items name one dish several times over, its prices stand under two names, and a field that it
has no value for is null or empty.
"""

from typing import Any

USER_ID = "U8d1f0c5b2a7e4f6390c1d2e3f4a5b6c7"

LIFF_HEADERS = {
    "X-LIFF-User-Lang": "en-US",
    "X-LIFF-User-Id": USER_ID,
    "X-Store-Id": "12",
}

DISHES_OF_A_DATABASE = [
    {
        "menu_item_id": 301,
        "name": {"original": "蚵仔麵線", "translated": "Oyster vermicelli"},
        "item_name": "Oyster vermicelli",
        "price": 65,
        "quantity": 2,
        "subtotal": 130,
    },
    {
        "menu_item_id": 302,
        "name": {"original": "冬瓜茶", "translated": "Winter melon tea"},
        "item_name": "Winter melon tea",
        "price": 25,
        "quantity": 1,
        "subtotal": 25,
    },
]

DISHES_OF_A_PHOTO = [
    {
        "menu_item_id": "temp_1",
        "original_name": "韭菜水餃",
        "translated_name": "Chive dumplings",
        "item_name": "Chive dumplings",
        "price": 7.5,
        "price_unit": 7.5,
        "quantity": 10,
        "subtotal": 75,
        "description": "",
        "category": "dumplings",
    },
    {
        "menu_item_id": "temp_2",
        "original_name": "時令鮮魚",
        "translated_name": "Fish of the day",
        "price": 0,
        "price_unit": 0,
        "quantity": None,
        "subtotal": 0,
        "note": "",
    },
]

AT_A_PARTNER: dict[str, Any] = {
    "store_id": 12,
    "store_name": "阿婆麵線",
    "language": "en",
    "line_user_id": USER_ID,
    "items": DISHES_OF_A_DATABASE,
    "total": 155,
}

ELSEWHERE: dict[str, Any] = {
    "store_id": "ChIJ-fakePlaceIdOfATest0",
    "store_name": "Grandma's Dumplings",
    "line_user_id": None,
    "language": "",
    "note": "  ",
    "items": DISHES_OF_A_PHOTO,
    "total_amount": 75,
}
"""A shop that only a map knows, under the name that the map shows the traveller."""
