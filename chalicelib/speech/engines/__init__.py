"""The speech engines, one file each (`kokoro` is a folder): text → MP3 bytes.

To add one:

1. a module here whose class has what `Engine` asks for;
2. its name in `ENGINES`, with a function that imports the module and makes the engine;
3. its settings in `settings.py` (`ENGINES_NEED` has those that it cannot be without), its rights in
   `.chalice/policy-fulfil.json` and `.chalice/policy-ahead.json`;
4. its name in `telemetry.ENGINES`, what it takes in `orders/pace.py`, its row in README.md and in
   docs/speech.md;
5. tests before a loopback stand-in, as `tests/unit/speech/test_polly_engine.py`.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from chalicelib.settings import SettingsError, settings


class Engine(Protocol):
    """One voice. `name`, `version` and `voice` are part of the audio's key in S3: change the
    version when the same text would sound different."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def voice(self) -> str: ...
    @property
    def is_clear(self) -> bool:
        """Whether staff understand it at once. One that is not speaks where the others fail, not
        where they are only busy."""
        ...

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        """`text` in `language` (BCP 47) as MP3, before `deadline` (`time.monotonic()` seconds).

        Raises `PermanentError` if it is the text that it will never speak, and `TransientError`
        otherwise, also where the engine, its voice, a right or a setting is missing: somebody will
        mend that, and the order must not be lost to it (`EngineBusy` if it says nothing about the
        engine's health: it speaks for others, or too many have asked it). Their messages are
        logged, so they never hold any of the text.
        """
        ...


# An engine's module is imported only when it is named, because each brings its own libraries.


def _gtts() -> Engine:
    from chalicelib.speech.engines.gtts import GttsEngine

    return GttsEngine()


def _polly() -> Engine:
    from chalicelib.speech.engines.polly import PollyEngine

    return PollyEngine()


def _google() -> Engine:
    from chalicelib.speech.engines.google import GoogleEngine

    return GoogleEngine(settings().google_speech_key_parameter)


def _azure() -> Engine:
    from chalicelib.speech.engines.azure import AzureEngine

    return AzureEngine(settings().azure_speech_key_parameter, settings().azure_speech_region)


def _kokoro() -> Engine:
    from chalicelib.speech.engines.kokoro.engine import KokoroEngine

    return KokoroEngine(settings().kokoro_location)


def _espeak() -> Engine:
    from chalicelib.speech.engines.espeak import EspeakEngine

    return EspeakEngine()


ENGINES: dict[str, Callable[[], Engine]] = {
    "gtts": _gtts,
    "polly": _polly,
    "google": _google,
    "azure": _azure,
    "kokoro": _kokoro,
    "espeak": _espeak,
}


def require_known(names: Iterable[str]) -> None:
    """Raise `SettingsError` for a name that no engine has."""
    for name in names:
        if name not in ENGINES:
            raise SettingsError(f"SPEECH_ENGINES names {name!r}; known are {', '.join(ENGINES)}")


def engine_of(name: str) -> Engine:
    """A new engine of that name. Raises `SettingsError`."""
    require_known([name])
    return ENGINES[name]()
