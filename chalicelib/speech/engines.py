"""The chain of engines that the setting `SPEECH_ENGINES` names.

An engine's module is imported only when it is named, because each brings its own libraries.
"""

from collections.abc import Callable
from functools import cache

from chalicelib.settings import SettingsError, settings
from chalicelib.speech.engine import Engine
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import voice_store


def _gtts() -> Engine:
    from chalicelib.speech.gtts_engine import GttsEngine

    return GttsEngine()


def _polly() -> Engine:
    from chalicelib.speech.polly_engine import PollyEngine

    return PollyEngine()


def _espeak() -> Engine:
    from chalicelib.speech.espeak_engine import EspeakEngine

    return EspeakEngine()


def _kokoro() -> Engine:
    from chalicelib.speech.kokoro_engine import KokoroEngine

    return KokoroEngine(settings().kokoro_location)


ENGINES: dict[str, Callable[[], Engine]] = {
    "gtts": _gtts,
    "polly": _polly,
    "kokoro": _kokoro,
    "espeak": _espeak,
}


def engine(name: str) -> Engine:
    """The engine of that name. Raises `SettingsError`."""
    if name not in ENGINES:
        raise SettingsError(f"SPEECH_ENGINES names {name!r}; known are {', '.join(ENGINES)}")
    return ENGINES[name]()


@cache
def speaker() -> Speaker:
    """This process's speaker."""
    return Speaker([engine(name) for name in settings().speech_engines], voice_store())
