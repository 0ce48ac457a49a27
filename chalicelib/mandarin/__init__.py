"""What the staff hear: an order's Mandarin sentence, from names to numbers. Pure, no AWS."""
