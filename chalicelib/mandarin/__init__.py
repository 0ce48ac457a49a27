"""What the staff hear: an order's Mandarin sentence, from names to numbers. Pure, no AWS."""

from typing import Final

GREETING: Final = "老闆您好，我要點："
"""How the sentence begins; the page shows it to the staff as well."""
