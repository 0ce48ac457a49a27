"""Where this repository is, and what it keeps out of git."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
"""What was built, installed or is running here."""
