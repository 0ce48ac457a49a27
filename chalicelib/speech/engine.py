"""What every speech engine can do: turn a text into MP3 bytes, or say why not."""

from typing import Protocol


class Engine(Protocol):
    """One voice. `name`, `version` and `voice` are part of the audio's key in S3: change the
    version when the same text would sound different."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def voice(self) -> str: ...

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        """`text` in `language` (BCP 47) as MP3, before `deadline` (`time.monotonic()` seconds).

        Raises `TransientError` if it may succeed later (`EngineBusy` if that says nothing about
        the engine's health), `PermanentError` if it cannot. Their messages are logged, so they
        never hold any of the text.
        """
        ...
