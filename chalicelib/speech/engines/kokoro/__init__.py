"""Kokoro-82M, a speech model for the CPU: sentence → phonemes → samples → MP3."""
