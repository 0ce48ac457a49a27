"""Azure AI Speech: an official API with a Taiwanese voice.

"Text to speech REST API" (addresses by region, headers, status codes, output formats), "Voice and
sound with SSML" (`prosody`), "Speech service quotas and limits", "Language and voice support".
Read in November 2026; this was never before the real API.
"""

import re
from typing import ClassVar
from xml.sax.saxutils import escape

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.in_time import in_time
from chalicelib.speech.engines.web_api import TOO_MANY_REQUESTS, Answer, WebApi, mandarin_pieces

LONGEST_REQUEST = 1000
"""Characters. Azure cuts audio off at ten minutes, without a word; this is about five."""
RATE = "0.8"
"""Of the voice's own pace, for the reason that the engine `google` has."""
OUTPUT_FORMAT = "audio-24khz-48kbitrate-mono-mp3"

OK, UNAUTHORIZED = 200, 401
REFUSES_A_BODY = {400, 413}
# "SSML parsing error: 0x80045003". A voice that the region lacks is 400 as well.
_OF_THE_TEXT = re.compile(r"\bssml\b", re.IGNORECASE)


class AzureEngine:
    """See `Engine`. Azure takes SSML alone: the text is escaped, so that no name is read as it."""

    name: ClassVar[str] = "azure"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "zh-TW-HsiaoChenNeural"
    is_clear: ClassVar[bool] = True

    def __init__(self, key_parameter: str, region: str, url: str = "") -> None:
        self._api = WebApi(
            "Azure",
            url or f"https://{region}.tts.speech.microsoft.com/cognitiveservices/v1",
            key_header="Ocp-Apim-Subscription-Key",
            key_parameter=key_parameter,
        )

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        pieces = mandarin_pieces(text, language, LONGEST_REQUEST)
        return in_time(
            "Azure",
            lambda: b"".join(self._request(piece, deadline) for piece in pieces),
            deadline,
        )

    def _request(self, text: str, deadline: float) -> bytes:
        answer = self._api.post(
            self._ssml(text).encode(),
            {
                "Content-Type": "application/ssml+xml",
                "X-Microsoft-OutputFormat": OUTPUT_FORMAT,
                "User-Agent": "order-voice",
            },
            refuses_key=_refuses_key,
            deadline=deadline,
        )
        if answer.status != OK:
            said = f"Azure answered HTTP {answer.status}"
            if answer.status in REFUSES_A_BODY and _names_ssml(answer):
                raise PermanentError(f"{said} to the SSML")
            raise (EngineBusy if answer.status == TOO_MANY_REQUESTS else TransientError)(said)
        if not answer.body:
            raise TransientError("Azure answered without audio")
        return answer.body

    def _ssml(self, text: str) -> str:
        # Azure bills `prosody`, and not the tags around it.
        return (
            '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="zh-TW">'
            f'<voice name="{self.voice}"><prosody rate="{RATE}">{escape(text)}</prosody></voice>'
            "</speak>"
        )


def _refuses_key(answer: Answer) -> bool:
    """Unknown keys, and those of another region."""
    return answer.status == UNAUTHORIZED


def _names_ssml(answer: Answer) -> bool:
    said = f"{answer.reason} {answer.body.decode(errors='replace')}"
    return _OF_THE_TEXT.search(said) is not None
