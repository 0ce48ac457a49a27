"""What a neural network computes with, in bytes: ranges and weights → steps, zeros, whole numbers.

All is addition, multiplication, division, rounding and extremes of single IEEE doubles, so it is
the same on every machine: no sum over many numbers, whose order processors choose for themselves.
"""

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

HEADROOM = 0.05
"""By how much of itself a range is widened at either end, for what was not measured."""
MIDDLE = 128
"""Of the unsigned bytes: what a channel's bytes are counted from."""
_NOTHING = 1e-6
"""In place of half a channel's range, or of a step, where nothing ever happens."""


def widened(low: Doubles, high: Doubles) -> tuple[Doubles, Doubles]:
    more = (high - low) * HEADROOM
    return low - more, high + more


def byte_scale(low: float, high: float) -> tuple[float, float]:
    """The step between bytes that reach from `low` to `high`, and the byte of zero, for which
    there is one in any case: silence stays silence."""
    low, high = min(low, 0.0), max(high, 0.0)
    step = float(np.float32((high - low) / 255))
    return step, float(np.rint(-low / step))


def channel_scales(
    low: Doubles, high: Doubles, *, is_normalised: bool
) -> tuple[Doubles, Doubles, Doubles]:
    """For each channel that comes out the step between bytes, the byte of zero, and what the byte
    `MIDDLE` stands for.

    Where a normalisation takes the mean away, what is in the middle of the range is taken for
    zero. Elsewhere the range is widened until zero is a byte of it.
    """
    if not is_normalised:
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, _NOTHING)
    step = half / 127
    if is_normalised:
        return step, np.full_like(step, MIDDLE), middle
    zero = np.rint(MIDDLE - middle / step).clip(0, 255)
    return step, zero, (MIDDLE - zero) * step


def in_8_bits(weights: Doubles) -> tuple[Doubles, Doubles]:
    """`weights` in whole steps, and the step of each channel that comes out.

    Processors without VNNI multiply two neighbouring channels that go in at a time, unsigned bytes
    by signed ones, and keep the sum in 16 bits, cut off where it has no room. So of neighbours no
    two of one sign come to more than 128: 255 × 128 has room. Rounding adds at most 1 to 127.
    """
    even, odd = weights[:, 0::2], weights[:, 1::2]
    up = np.maximum(even, 0) + np.maximum(odd, 0)
    down = np.maximum(-even, 0) + np.maximum(-odd, 0)
    step = np.maximum(np.maximum(up, down).max((1, 2)) / 127, _NOTHING)
    return np.rint(weights / step[:, np.newaxis, np.newaxis]), step
