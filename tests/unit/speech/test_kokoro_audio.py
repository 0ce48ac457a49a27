"""Equal loudness, no clicks, no clipping: on signals whose properties are known."""

import numpy as np
import pytest

from chalicelib.speech.engines.kokoro import audio
from chalicelib.speech.engines.kokoro.model import SAMPLE_RATE, Samples


def _tone(seconds: float, amplitude: float, hertz: float = 997.0) -> Samples:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_loudness_is_that_of_the_standards_reference_tone() -> None:
    # BS.1770-4: a 997 Hz sine at full scale in one channel reads -3.01 LUFS.
    assert audio.loudness(_tone(3, 1.0)) == pytest.approx(-3.01, abs=0.05)
    assert audio.loudness(_tone(3, 0.1)) == pytest.approx(-23.01, abs=0.05)


def test_loudness_weighs_frequencies_as_ears_do() -> None:
    reference = audio.loudness(_tone(3, 0.1))
    assert audio.loudness(_tone(3, 0.1, hertz=4000)) - reference == pytest.approx(3.3, abs=0.5)
    assert audio.loudness(_tone(3, 0.1, hertz=40)) - reference < -5


def test_pauses_do_not_count_as_quiet_speech() -> None:
    spoken = np.concatenate([_tone(2, 0.1), _silence(2), _tone(2, 0.1)])
    assert audio.loudness(spoken) == pytest.approx(audio.loudness(_tone(2, 0.1)), abs=0.5)


def test_silence_has_a_loudness_too() -> None:
    assert audio.loudness(_silence(1)) == -70


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_every_sentence_comes_out_equally_loud_and_never_clips(amplitude: float) -> None:
    mixed = audio.mix([_tone(1.5, amplitude), _tone(0.7, amplitude)])
    assert audio.loudness(mixed) == pytest.approx(audio.TARGET_LOUDNESS, abs=0.5)
    assert np.abs(mixed).max() <= audio.PEAK


def test_peaks_are_bent_and_the_rest_is_left_alone() -> None:
    speech = _tone(3, 0.05)
    speech[SAMPLE_RATE] = 0.9
    mixed = audio.mix([speech])
    assert np.abs(mixed).max() <= audio.PEAK
    assert audio.loudness(mixed) == pytest.approx(audio.TARGET_LOUDNESS, abs=0.5)


def test_pieces_begin_and_end_without_a_click() -> None:
    # Cut in the middle of a loud wave: the worst that a model's edge can be.
    mixed = audio.mix([_tone(1, 0.5, hertz=220)[37:], _tone(1, 0.5, hertz=220)[11:]])
    steps = np.abs(np.diff(mixed, prepend=0.0, append=0.0))
    inside_a_wave = np.abs(np.diff(_tone(1, 0.5, hertz=220))).max() * np.abs(mixed).max() / 0.5
    assert steps.max() <= 1.05 * inside_a_wave
    assert np.abs(mixed[:24]).max() < 0.001
    assert np.abs(mixed[-24:]).max() < 0.001


def test_between_two_pieces_there_is_one_pause() -> None:
    piece = np.concatenate([_silence(0.5), _tone(1, 0.3), _silence(0.8)])
    mixed = audio.mix([piece, piece])
    quiet = np.flatnonzero(np.abs(mixed) > 0.005)
    longest_gap = np.diff(quiet).max() / SAMPLE_RATE
    assert audio.PAUSE <= longest_gap <= audio.PAUSE + 0.12
    assert len(mixed) / SAMPLE_RATE == pytest.approx(2 + 2.5 * audio.PAUSE, abs=0.2)


def test_the_mp3_is_mono_at_the_models_own_rate() -> None:
    data = audio.mp3([_tone(1, 0.3)])
    start = next(at for at in range(len(data)) if data[at] == 0xFF and data[at + 1] & 0xE0 == 0xE0)
    header = int.from_bytes(data[start : start + 4], "big")
    mpeg_2, layer_3, rate_24_khz, mono = (
        header >> 19 & 3,
        header >> 17 & 3,
        header >> 10 & 3,
        header >> 6 & 3,
    )
    assert (mpeg_2, layer_3, rate_24_khz, mono) == (2, 1, 1, 3)


def test_a_comma_is_a_pause_and_the_closure_before_a_consonant_is_none() -> None:
    said = [_tone(0.5, 0.3), _silence(0.2), _tone(0.5, 0.3), _silence(0.06), _tone(0.5, 0.3)]
    slower = audio.lengthen_pauses(np.concatenate(said), most=2)
    assert len(slower) / SAMPLE_RATE == pytest.approx(1.76 + 0.1, abs=0.01)
    assert np.diff(np.flatnonzero(slower)).max() / SAMPLE_RATE == pytest.approx(
        audio.PAUSE_AT_A_MARK, abs=0.01
    )


def test_there_are_no_more_pauses_than_marks() -> None:
    said = [_tone(0.5, 0.3), _silence(0.15), _tone(0.5, 0.3), _silence(0.25), _tone(0.5, 0.3)]
    assert len(audio.lengthen_pauses(np.concatenate(said), most=1)) / SAMPLE_RATE == pytest.approx(
        1.9 + 0.05, abs=0.01
    )
