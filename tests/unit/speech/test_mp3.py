"""Durations by walking frames, against files made frame by frame."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.speech.mp3 import BrokenAudio, duration_ms

MPEG1_128K_44100 = bytes.fromhex("fffb9000") + bytes(413)
"""1,152 samples at 44.1 kHz: 26.12 ms."""
MPEG1_PADDED = bytes.fromhex("fffb9200") + bytes(414)
MPEG2_64K_24000_MONO = bytes.fromhex("fff384c4") + bytes(188)
"""576 samples at 24 kHz: 24 ms."""
MPEG25_8K_8000_MONO = bytes.fromhex("ffe318c4") + bytes(68)
"""576 samples at 8 kHz: 72 ms."""
ID3V2 = b"ID3\x04\x00\x00" + bytes((0, 0, 1, 2)) + bytes(130)
ID3V1 = b"TAG" + bytes(125)
XING = bytes.fromhex("fff384c4") + bytes(9) + b"Info" + bytes(175)
XING_WITH_CHECKSUM = bytes.fromhex("fff284c4") + bytes(2 + 9) + b"Xing" + bytes(173)
ID3V2_WITH_FOOTER = b"ID3\x04\x00\x10" + bytes((0, 0, 0, 20)) + bytes(20) + bytes(10)
VBRI = bytes.fromhex("fff384c4") + bytes(32) + b"VBRI" + bytes(152)


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
