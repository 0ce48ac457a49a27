"""Samples → MP3: trimmed, joined, made equally loud, faded in and out.

Loudness is ITU-R BS.1770-4's: K-weighting, blocks of 400 ms, two gates. The weighting is done on
the spectrum, where only its magnitude matters, so that it needs no filter and no SciPy.
"""

from collections.abc import Sequence

import lameenc  # type: ignore[import-not-found]
import numpy as np
from numpy.typing import NDArray

from chalicelib.speech.engines.kokoro.model import SAMPLE_RATE, Samples

TARGET_LOUDNESS = -18.0
"""LUFS. A telephone's loudspeaker in a noisy shop: louder than broadcasting's -23, and with
enough room for the peaks of speech."""
PEAK = 0.89
"""-1 dB: MP3 overshoots a little."""
PAUSE = 0.28
"""Seconds of silence between two pieces, about what the voice itself leaves at a comma."""

PAUSE_AT_A_MARK = 0.3
"""Seconds of a pause inside a piece, at least: staff write down one dish after the other."""
_SHORTEST_PAUSE = 0.11
"""Seconds. The closure before a p, t or k is shorter."""

_EDGE = 0.04
_FADE = 0.015
_SILENCE = 10 ** (-45 / 20)
_QUIET = 10 ** (-30 / 20)
_BIT_RATE = 64


def mp3(pieces: Sequence[Samples]) -> bytes:
    """The MP3 (mono, 24 kHz, 64 kbit/s) of the spoken pieces, one behind the other."""
    return _encode(mix(pieces))


def mix(pieces: Sequence[Samples]) -> Samples:
    """The pieces, one behind the other, as loud as every other sentence."""
    return _limit(_even(_join([_trim(piece) for piece in pieces])))


def _trim(piece: Samples) -> Samples:
    """Without the model's silence (and sighs) at both ends, and faded there: a cut clicks."""
    heard = np.flatnonzero(np.abs(piece) > _SILENCE * max(float(np.abs(piece).max()), 1e-6))
    edge = round(_EDGE * SAMPLE_RATE)
    trimmed = piece[max(heard[0] - edge, 0) : heard[-1] + edge].copy()
    fade = min(round(_FADE * SAMPLE_RATE), len(trimmed) // 2)
    slope = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
    trimmed[:fade] *= slope
    trimmed[len(trimmed) - fade :] *= slope[::-1]
    return trimmed


def lengthen_pauses(piece: Samples, most: int) -> Samples:
    """The piece with its longest pauses, `most` of them, made `PAUSE_AT_A_MARK` seconds long.

    The model rests for 0.2 s at most of the commas, whatever stands there; where it does not rest
    at all there is no good place to put a pause, and none is put.
    """
    quiet = np.abs(piece) < _QUIET * float(np.abs(piece).max(initial=1e-6))
    changes = np.flatnonzero(np.diff(quiet.astype(np.int8), prepend=0, append=0))
    gaps = [(start, end) for start, end in changes.reshape(-1, 2) if start and end < len(piece)]
    gaps = [gap for gap in gaps if gap[1] - gap[0] >= _SHORTEST_PAUSE * SAMPLE_RATE]
    longest = sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[:most], reverse=True)
    for start, end in longest:
        missing = round(PAUSE_AT_A_MARK * SAMPLE_RATE) - (end - start)
        piece = np.insert(piece, (start + end) // 2, np.zeros(max(missing, 0), np.float32))
    return piece


def rests_at_its_end(piece: Samples) -> bool:
    """Whether the voice is silent in the last 25 ms, so that another piece may stand there."""
    end = piece[-SAMPLE_RATE // 40 :]
    return bool(np.abs(end).max() < _QUIET * np.abs(piece).max())


def _join(pieces: Sequence[Samples]) -> Samples:
    pause = np.zeros(round(PAUSE * SAMPLE_RATE), np.float32)
    joined = [part for piece in pieces for part in (piece, pause)]
    return np.concatenate([pause[: len(pause) // 2], *joined])


def _even(samples: Samples) -> Samples:
    gain = 10 ** ((TARGET_LOUDNESS - loudness(samples)) / 20)
    return samples * np.float32(gain)


def _limit(samples: Samples) -> Samples:
    """Bend the few peaks over 70 % of full scale so that none passes `PEAK`; leave the rest."""
    knee = 0.7
    over = np.abs(samples) > knee
    bent = knee + (PEAK - knee) * np.tanh((np.abs(samples) - knee) / (PEAK - knee))
    return np.where(over, np.sign(samples) * bent, samples).astype(np.float32)


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS; -70 or less is silence."""
    weights = _k_weighting(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE))
    weighted = np.fft.irfft(np.fft.rfft(samples) * weights, len(samples))
    block, step = round(0.4 * SAMPLE_RATE), round(0.1 * SAMPLE_RATE)
    energy = np.concatenate([[0.0], np.cumsum(weighted.astype(np.float64) ** 2)])
    starts = np.arange(0, max(len(samples) - block, 0) + 1, step)
    powers = (energy[np.minimum(starts + block, len(samples))] - energy[starts]) / block
    for gate in (10 ** ((-70 + 0.691) / 10), None):
        threshold = gate if gate is not None else powers.mean() / 10
        powers = powers[powers > threshold]
        if not len(powers):
            return -70.0
    return float(-0.691 + 10 * np.log10(powers.mean()))


def _k_weighting(frequencies: NDArray[np.floating]) -> NDArray[np.floating]:
    """Magnitude of BS.1770's two filters, by their analogue prototypes: shelf and high-pass."""
    s = 1j * frequencies
    f0, q, gain, bandwidth_gain = 1681.97, 0.7072, 10 ** (4 / 20), 10 ** (4 / 40)
    shelf = (gain * s**2 + bandwidth_gain / q * f0 * s + f0**2) / (s**2 + f0 / q * s + f0**2)
    f1, q1 = 38.1355, 0.5003
    high_pass = s**2 / (s**2 + f1 / q1 * s + f1**2)
    return np.abs(shelf * high_pass)


def _encode(samples: Samples) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(SAMPLE_RATE)
    encoder.set_bit_rate(_BIT_RATE)
    encoder.set_quality(2)
    pcm = np.round(samples * 32767).astype("<i2").tobytes()
    return bytes(encoder.encode(pcm) + encoder.flush())
