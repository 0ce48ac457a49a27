"""The engines that ask an API on the web, before a stand-in, and the store that has their key."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.speech.engines import Engine
from chalicelib.speech.engines.azure import AzureEngine
from chalicelib.speech.engines.google import GoogleEngine
from localstack.speech_standin import Standin

KEY = "the-key"
NAME = "/order-voice/test/speech-key"


class KeyStore:
    """Parameter Store with one SecureString, or none."""

    def __init__(self) -> None:
        self.key: str | None = KEY
        self.asked = 0

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        if self.key is None:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": self.key}}


def google_audio(mp3: bytes) -> bytes:
    return json.dumps({"audioContent": base64.b64encode(mp3).decode()}).encode()


def google_error(status: str, reason: str = "", message: str = "no") -> bytes:
    """Google's error model: `google.rpc.Status` with an `ErrorInfo`."""
    details = [
        {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "message": message},
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason},
    ]
    error = {"code": 400, "message": message, "status": status}
    return json.dumps({"error": error | ({"details": details} if reason else {})}).encode()


@dataclass(frozen=True)
class Api:
    name: str
    engine: Callable[[str], Engine]
    """Before a stand-in at this URL."""
    key_header: str
    audio: Callable[[bytes], bytes]
    """The answer with this MP3 in it."""
    wrong_key: tuple[int, bytes]

    def speak(
        self,
        standin: Standin,
        text: str = "牛肉麵兩碗",
        language: str = "zh-TW",
        *,
        seconds: float = 5,
    ) -> bytes:
        engine = self.engine(standin.url)
        return engine.speak(text, language, deadline=time.monotonic() + seconds)

    def keys(self, standin: Standin) -> list[str | None]:
        return [headers[self.key_header] for headers in standin.requests]


GOOGLE = Api(
    "google",
    lambda url: GoogleEngine(NAME, url),
    "X-Goog-Api-Key",
    google_audio,
    (400, google_error("INVALID_ARGUMENT", "API_KEY_INVALID", "API key not valid.")),
)
AZURE = Api(
    "azure",
    lambda url: AzureEngine(NAME, "", url),
    "Ocp-Apim-Subscription-Key",
    lambda mp3: mp3,
    (401, b""),
)
