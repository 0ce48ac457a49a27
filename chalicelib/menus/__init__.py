"""A shop's menu: what one document holds, and where it is read."""
