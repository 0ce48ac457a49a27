"""How long an MP3 plays, by walking its frames (ISO/IEC 11172-3, 13818-3).

Tag readers go by the first header, and misjudge files that were put together from pieces.
"""

SAMPLE_RATES = {  # by MPEG version id
    3: (44_100, 48_000, 32_000),  # MPEG-1
    2: (22_050, 24_000, 16_000),  # MPEG-2
    0: (11_025, 12_000, 8_000),  # MPEG-2.5
}
BITRATES_MPEG1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_MPEG2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
LAYER_3 = 1
MPEG_1 = 3
MONO = 3


class BrokenAudio(ValueError):
    """These bytes are not an MP3 that a phone could play to its end."""


def duration_ms(data: bytes) -> int:
    """Playing time of Layer III audio in milliseconds. Raises `BrokenAudio`.

    Frames that carry only a table (Xing, Info, VBRI) last no time; ID3 tags are passed over.
    Anything else between frames, and a last frame that is cut off, is broken.
    """
    position, seconds = 0, 0.0
    while position < len(data):
        tag = _tag_length(data, position)
        if tag:
            position += tag
            continue
        length, duration, is_table = _frame(data, position)
        if position + length > len(data):
            raise BrokenAudio("the last frame is cut off")
        if not is_table:
            seconds += duration
        position += length
    if not seconds:
        raise BrokenAudio("no audio")
    return round(seconds * 1000)


def _tag_length(data: bytes, position: int) -> int:
    """Bytes of an ID3 tag at `position`, 0 if there is none."""
    head = data[position : position + 10]
    if head.startswith(b"TAG"):
        return 128  # ID3v1
    if head.startswith(b"ID3") and len(head) == 10:
        size = 0
        for byte in head[6:]:
            size = size << 7 | (byte & 0x7F)
        footer = 10 if head[5] & 0x10 else 0
        return 10 + size + footer  # ID3v2
    return 0


def _frame(data: bytes, position: int) -> tuple[int, float, bool]:
    """Bytes, seconds, and whether it holds only a table, of the frame at `position`."""
    header = int.from_bytes(data[position : position + 4])
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate_index, rate_index = header >> 12 & 15, header >> 10 & 3
    is_frame = (
        header >> 21 == 0x7FF
        and layer == LAYER_3
        and version in SAMPLE_RATES
        and 0 < bitrate_index < 15
        and rate_index < 3
    )
    if not is_frame:
        raise BrokenAudio(f"no MP3 frame at byte {position}")
    is_mpeg1 = version == MPEG_1
    rate = SAMPLE_RATES[version][rate_index]
    bitrate = (BITRATES_MPEG1 if is_mpeg1 else BITRATES_MPEG2)[bitrate_index - 1] * 1000
    samples = 1152 if is_mpeg1 else 576
    length = samples // 8 * bitrate // rate + (header >> 9 & 1)
    is_mono = header >> 6 & 3 == MONO
    side_info = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    checksum = 0 if header >> 16 & 1 else 2
    table_at = position + 4 + checksum + side_info
    is_table = data[table_at : table_at + 4] in (b"Xing", b"Info") or (
        data[position + 36 : position + 40] == b"VBRI"
    )
    return length, samples / rate, is_table
