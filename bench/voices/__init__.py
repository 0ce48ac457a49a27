"""The listening laboratory: what each engine's orders sound like to a speech recogniser."""
