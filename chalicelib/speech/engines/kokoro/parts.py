"""The files that the voice is made of, known by their hashes, and how they are checked.

Kokoro-82M v1.0 (hexgrad, Apache-2.0) in thewh1teagle's 8-bit ONNX export (MIT), from which
`deploy/kokoro_graph.py` makes a model of our own, for one of its Mandarin voices; that voice, and
the American English dictionary of misaki (both hexgrad, Apache-2.0).
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from chalicelib.errors import TransientError


class Part(NamedTuple):
    name: str
    size: int
    """Bytes."""
    sha256: str


MODEL = Part(
    "kokoro-v1.0.int8-parted.onnx",
    92_101_598,
    "020925b663ac4ad866f2c3cbbdc0959d35fcf0935c55774fd0906122dcf2be5b",
)
VOICE = Part(
    "zf_xiaoyi.bin",
    522_240,
    "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
)
DICTIONARY = Part(
    "us_gold.json",
    3_000_469,
    "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f",
)
PARTS = (MODEL, VOICE, DICTIONARY)


def check(folder: Path, part: Part) -> Path:
    """The path of a whole and genuine `part`. Raises `TransientError`, which says what is wrong.

    Hashing the model takes about 0.1 s.
    """
    path = folder / part.name
    try:
        size = path.stat().st_size
        if size != part.size:
            raise TransientError(f"{path} is cut off: {size:,} of {part.size:,} bytes")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TransientError(f"the Kokoro voice is not installed: {error}") from error
    if found != part.sha256:
        raise TransientError(f"{path} is damaged: sha256 {found}")
    return path
