"""eSpeak NG, through its C library: robotic, but it speaks on any machine without a network.

For local use: eSpeak NG is GPL-3.0 and LAME LGPL, so both come in a layer of their own
(espeakng-loader, lameenc) and never in the function's zip. The C API is that of `speak_lib.h`.
"""

import atexit
import ctypes
import shutil
import tempfile
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.chunks import has_words

WORDS_PER_MINUTE = 130
KILOBITS_PER_SECOND = 48

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
"""Without it the library ends the whole process when a file of its data is missing."""
_LONGEST_PATH = 150
"""Characters. The library cuts the path of its data to 160 bytes, and then misses every file."""
_CHARS_UTF8 = 1  # Neither SSML (0x10) nor [[phonemes]] (0x100): a name is never markup.
_RATE = 1
_SAMPLES = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakEngine:
    """See `Engine`. The library has one state for the whole process: one sentence at a time."""

    name: ClassVar[str] = "espeak"
    version: ClassVar[str] = "1.52-2"
    voice: ClassVar[str] = f"cmn-{WORDS_PER_MINUTE}"
    is_clear: ClassVar[bool] = False

    _lock: ClassVar[Lock] = Lock()

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:  # noqa: ARG002
        # A sentence takes some 30 ms, so there is no deadline to watch.
        if language.split("-")[0] not in ("zh", "cmn"):
            raise PermanentError(f"eSpeak NG speaks no {language} here")
        if not has_words(text):
            raise PermanentError("there is nothing to say")
        with self._lock:
            library, sample_rate = _library()
            return _encode(_synthesise(library, text), sample_rate)


def _synthesise(library: ctypes.CDLL, text: str) -> bytes:
    """16-bit mono PCM."""
    pcm = bytearray()

    def collect(samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            pcm.extend(ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short)))
        return 0

    callback = _SAMPLES(collect)
    library.espeak_SetSynthCallback(callback)
    encoded = text.replace("\0", " ").encode() + b"\0"
    status = library.espeak_Synth(encoded, len(encoded), 0, 0, 0, _CHARS_UTF8, None, None)
    if status != 0:
        raise TransientError(f"eSpeak NG answered {status}")
    library.espeak_Synchronize()
    return bytes(pcm)


def _encode(pcm: bytes, sample_rate: int) -> bytes:
    try:
        import lameenc  # type: ignore[import-not-found]
    except ImportError as error:
        raise TransientError(f"LAME is not installed: {error}") from error
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(KILOBITS_PER_SECOND)
    encoder.set_in_sample_rate(sample_rate)
    encoder.set_channels(1)
    encoder.set_quality(7)  # A third of the time of 2, and this voice gains nothing by more.
    return bytes(encoder.encode(pcm)) + bytes(encoder.flush())


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """The library, ready to speak, and its sample rate in Hz.

    Once a process, whoever asks: a second `espeak_Initialize` frees tables that the library's
    translator goes on reading, which ends in wrong sounds or a crash.
    """
    try:
        import espeakng_loader  # type: ignore[import-untyped]

        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError) as error:
        raise TransientError(f"eSpeak NG is not installed: {error}") from error
    library.espeak_Synth.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int),
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p),
    )
    data = _short_path(Path(espeakng_loader.get_data_path())).parent
    sample_rate = library.espeak_Initialize(
        _AUDIO_OUTPUT_SYNCHRONOUS, 0, str(data).encode(), _DONT_EXIT
    )
    if sample_rate <= 0 or library.espeak_SetVoiceByName(b"cmn") != 0:
        raise TransientError(f"eSpeak NG has no Mandarin voice in {data}")
    library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
    return library, int(sample_rate)


@cache
def _short_path(data: Path) -> Path:
    """`data`, or a link to it where its own path is longer than the library can keep.

    The link stays as long as the process: the library reads a second voice, for Latin letters,
    only when it meets some.
    """
    if len(str(data).encode()) <= _LONGEST_PATH:
        return data
    folder = tempfile.mkdtemp(prefix="espeak-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    link = Path(folder) / data.name
    link.symlink_to(data)
    return link
