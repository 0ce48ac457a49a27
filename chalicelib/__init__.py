"""Order Voice: a traveller's order, spoken in Mandarin to the shop staff."""
