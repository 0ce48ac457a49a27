"""MP3 frames and tags, made byte by byte."""

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
