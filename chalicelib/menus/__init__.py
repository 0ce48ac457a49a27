"""A shop's menu, and the dictionary of dishes."""
