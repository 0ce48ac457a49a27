"""What the staff hear: an order's Mandarin sentence, from names to numbers. Pure, no AWS."""

from typing import Final

HELLO: Final = "老闆您好，"
GREETING: Final = f"{HELLO}我要點："
"""How the sentence begins; the page shows it to the staff as well."""
