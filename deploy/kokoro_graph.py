"""Our model of Kokoro, made from the published one: the same file, byte for byte, on every machine.

published ─ scales fixed (kokoro_scales.py) ─ openings left out (kokoro_openings.py) ─▶ ours
"""

from pathlib import Path

import numpy as np
import onnx

from deploy.kokoro_openings import OPENINGS, left_out
from deploy.kokoro_scales import RANGES, fixed


def make(published: Path, made: Path) -> None:
    """Write the model that is `made` from the `published` one; takes about 2 s and 460 MB."""
    model = onnx.load(published)
    with np.load(RANGES) as ranges, np.load(OPENINGS) as openings:
        fixed(model, ranges)
        left_out(model, openings)
    made.write_bytes(model.SerializeToString(deterministic=True))
