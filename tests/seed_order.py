"""The order that tests send where any order will do."""

from typing import Any

SEED_ORDER: dict[str, Any] = {
    "store_name": "測試店家",
    "items": [{"item_name": "測試商品", "price": 100, "quantity": 1}],
    "total_amount": 100,
}
