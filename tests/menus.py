"""A small menu that is right, to be broken by tests, and files to hold one."""

import copy
import json
from pathlib import Path
from typing import Any

_MENU: dict[str, Any] = {
    "store_id": "tea-corner",
    "name": {"zh-TW": "茶角", "en": "Tea Corner"},
    "hours": [{"days": ["mon", "tue"], "opens": "11:00", "closes": "21:00"}],
    "sections": [
        {
            "id": "tea",
            "name": {"zh-TW": "茶"},
            "dishes": [
                {"id": "black-tea", "name": {"zh-TW": "紅茶"}, "price": 30},
                {
                    "id": "bubble-tea",
                    "name": {"zh-TW": "珍珠奶茶", "ja": "タピオカミルクティー"},
                    "sizes": [
                        {"id": "large", "name": {"zh-TW": "大杯"}, "price": 65},
                        {"id": "medium", "name": {"zh-TW": "中杯"}, "price": 55.5},
                    ],
                    "options": ["sweetness"],
                    "allergens": ["milk"],
                },
            ],
        }
    ],
    "option_groups": [
        {
            "id": "sweetness",
            "name": {"zh-TW": "甜度"},
            "required": True,
            "min": 1,
            "max": 1,
            "options": [
                {"id": "half", "name": {"zh-TW": "半糖"}, "price": 0},
                {"id": "none", "name": {"zh-TW": "無糖"}, "sold_out": True},
            ],
        }
    ],
}


def menu(**changes: Any) -> dict[str, Any]:
    """The menu, with other values at paths like `sections.0.dishes.1.price`."""
    document = copy.deepcopy(_MENU)
    for path, value in changes.items():
        *steps, last = path.split(".")
        part: Any = document
        for step in steps:
            part = part[int(step) if isinstance(part, list) else step]
        if value is ...:
            del part[last]
        else:
            part[last] = value
    return document


def json_file(folder: Path, document: Any) -> Path:
    file = folder / "menu.json"
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    return file


def csv_file(folder: Path, *lines: str, name: str = "ming.csv") -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
