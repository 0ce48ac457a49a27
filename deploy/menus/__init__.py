"""A shop's own menu: read from a file, checked, published to a stage, and led to by QR codes."""
