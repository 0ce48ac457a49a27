"""eSpeak NG, through its C library: robotic, but it speaks on any machine without a network.

For local use: eSpeak NG is GPL-3.0 and LAME LGPL, so both come in a layer of their own
(espeakng-loader, lameenc) and never in the function's zip. The C API is that of `speak_lib.h`.
"""

import ctypes
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from chalicelib.errors import PermanentError

WORDS_PER_MINUTE = 130
KILOBITS_PER_SECOND = 48

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_RATE = 1
_SAMPLES = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakEngine:
    """See `Engine`. The library has one state for the whole process: one sentence at a time."""

    name: ClassVar[str] = "espeak"
    version: ClassVar[str] = "1.52-1"
    voice: ClassVar[str] = f"cmn-{WORDS_PER_MINUTE}"

    _lock: ClassVar[Lock] = Lock()

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:  # noqa: ARG002
        # A sentence takes some 30 ms, so there is no deadline to watch.
        if language.split("-")[0] not in ("zh", "cmn"):
            raise PermanentError(f"eSpeak NG speaks no {language} here")
        if not any(character.isalnum() for character in text):
            raise PermanentError("there is nothing to say")
        with self._lock:
            return self._encode(self._synthesise(text))

    def _synthesise(self, text: str) -> bytes:
        """16-bit mono PCM."""
        library, pcm = self._library, bytearray()

        def collect(samples: Any, count: int, _events: Any) -> int:
            if samples and count > 0:
                pcm.extend(ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short)))
            return 0

        callback = _SAMPLES(collect)
        library.espeak_SetSynthCallback(callback)
        encoded = text.encode() + b"\0"
        library.espeak_Synth(encoded, len(encoded), 0, 0, 0, _CHARS_UTF8, None, None)
        library.espeak_Synchronize()
        return bytes(pcm)

    def _encode(self, pcm: bytes) -> bytes:
        encoder = self._lameenc.Encoder()
        encoder.silence()
        encoder.set_bit_rate(KILOBITS_PER_SECOND)
        encoder.set_in_sample_rate(self._sample_rate)
        encoder.set_channels(1)
        encoder.set_quality(2)
        return bytes(encoder.encode(pcm)) + bytes(encoder.flush())

    @cached_property
    def _lameenc(self) -> Any:
        try:
            import lameenc  # type: ignore[import-not-found]
        except ImportError as error:
            raise PermanentError(f"LAME is not installed: {error}") from error
        return lameenc

    @cached_property
    def _library(self) -> ctypes.CDLL:
        return self._loaded[0]

    @cached_property
    def _sample_rate(self) -> int:
        return self._loaded[1]

    @cached_property
    def _loaded(self) -> tuple[ctypes.CDLL, int]:
        """The library, ready to speak, and its sample rate in Hz."""
        try:
            import espeakng_loader  # type: ignore[import-untyped]
        except ImportError as error:
            raise PermanentError(f"eSpeak NG is not installed: {error}") from error
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(Path(espeakng_loader.get_data_path()).parent).encode()
        sample_rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
        if sample_rate <= 0 or library.espeak_SetVoiceByName(b"cmn") != 0:
            raise PermanentError("eSpeak NG has no Mandarin voice here")
        library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
        return library, int(sample_rate)
