"""Durations by walking frames, against files made frame by frame."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.speech.mp3 import BrokenAudio, duration_ms
from tests.unit.speech.mp3_samples import (
    ID3V1,
    ID3V2,
    ID3V2_WITH_FOOTER,
    MPEG1_128K_44100,
    MPEG1_PADDED,
    MPEG2_64K_24000_MONO,
    MPEG25_8K_8000_MONO,
    VBRI,
    XING,
    XING_WITH_CHECKSUM,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (MPEG1_128K_44100 * 100, 2612),
        (MPEG1_PADDED * 100, 2612),
        (MPEG2_64K_24000_MONO * 100, 2400),
        (MPEG25_8K_8000_MONO * 10, 720),
        (ID3V2 + MPEG2_64K_24000_MONO * 10 + ID3V1, 240),
        (XING + MPEG2_64K_24000_MONO * 10, 240),
        (XING_WITH_CHECKSUM + MPEG2_64K_24000_MONO * 10, 240),
        (ID3V2_WITH_FOOTER + MPEG2_64K_24000_MONO * 10, 240),
        (VBRI + MPEG2_64K_24000_MONO * 10, 240),
        ((XING + MPEG2_64K_24000_MONO * 10) * 3, 720),
        (ID3V2 + MPEG2_64K_24000_MONO + ID3V2 + MPEG1_128K_44100, 50),
    ],
)
def test_a_file_lasts_as_long_as_its_frames(data: bytes, expected: int) -> None:
    assert duration_ms(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>unusual traffic</html>",
        ID3V2,
        XING,
        MPEG2_64K_24000_MONO[:-1],
        MPEG2_64K_24000_MONO * 5 + MPEG2_64K_24000_MONO[:50],
        MPEG2_64K_24000_MONO + b"noise" + MPEG2_64K_24000_MONO,
        bytes(1000),
        b"\xff" * 1000,
        b"ID3",
    ],
)
def test_what_would_not_play_to_its_end_is_broken(data: bytes) -> None:
    with pytest.raises(BrokenAudio):
        duration_ms(data)


@given(st.binary(max_size=2000))
def test_any_bytes_are_measured_or_broken_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(BrokenAudio):
        assert duration_ms(data) > 0
