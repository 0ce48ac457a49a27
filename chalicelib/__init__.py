"""Order Voice: a traveller's order, spoken in Mandarin to the shop staff."""

__version__ = "1.2.0"
