"""Google Cloud Text-to-Speech: an official API with a Taiwanese voice.

Cloud Text-to-Speech reference, REST v1, `text.synthesize` (`SynthesisInput`,
`VoiceSelectionParams`, `AudioConfig`); "Quotas and limits"; for keys "Use API keys to access APIs",
and `google.api.ErrorReason`, of which some come with 400 and some with 403. Read in November 2026;
this was never before the real API.
"""

import base64
import json
import re
from typing import Any, ClassVar

from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.in_time import in_time
from chalicelib.speech.engines.web_api import TOO_MANY_REQUESTS, Answer, WebApi, mandarin_pieces

URL = "https://texttospeech.googleapis.com/v1/text:synthesize"
LONGEST_REQUEST = 300
"""Characters: at most 1,200 of the 5,000 bytes that Google takes. It answers when all is spoken, so
a longer piece would come nearer to the read time-out."""
SPEAKING_RATE = 0.8
"""Of the voice's own pace, which nobody publishes. Azure's list of voices has 293 "words" a minute
for one of its Mandarin voices, 4.9 syllables a second: at 0.8 that is 3.9, and staff who write
while they listen have Kokoro's 3.7. To be put right by ear."""

OK, BAD_REQUEST, UNAUTHORIZED = 200, 400, 401
_REASON = re.compile(r"[A-Z][A-Z_]{0,63}")
# "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes…", "This request
# contains sentences that are too long…". A voice that is not there is INVALID_ARGUMENT as well.
_OF_THE_TEXT = re.compile(r"\binput\.(text|ssml)\b|\bsentences?\b", re.IGNORECASE)


class GoogleEngine:
    """See `Engine`. The text is always sent as text, so that no name is ever read as SSML."""

    name: ClassVar[str] = "google"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "cmn-TW-Wavenet-A"
    is_clear: ClassVar[bool] = True

    def __init__(self, key_parameter: str, url: str = URL) -> None:
        self._api = WebApi(
            "Google Cloud", url, key_header="X-Goog-Api-Key", key_parameter=key_parameter
        )

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        pieces = mandarin_pieces(text, language, LONGEST_REQUEST)
        return in_time(
            "Google Cloud",
            lambda: b"".join(self._request(piece, deadline) for piece in pieces),
            deadline,
        )

    def _request(self, text: str, deadline: float) -> bytes:
        request = {
            "input": {"text": text},
            "voice": {"languageCode": "cmn-TW", "name": self.voice},
            "audioConfig": {
                "audioEncoding": "MP3",
                "sampleRateHertz": 24_000,
                "speakingRate": SPEAKING_RATE,
            },
        }
        answer = self._api.post(
            json.dumps(request).encode(),
            {"Content-Type": "application/json"},
            refuses_key=_refuses_key,
            deadline=deadline,
        )
        if answer.status != OK:
            reason, message = _error(answer)
            said = f"Google Cloud answered HTTP {answer.status}, {reason}"
            if answer.status == BAD_REQUEST and _OF_THE_TEXT.search(message):
                raise PermanentError(said)
            raise (EngineBusy if answer.status == TOO_MANY_REQUESTS else TransientError)(said)
        try:
            audio = base64.b64decode(json.loads(answer.body)["audioContent"], validate=True)
        except (ValueError, LookupError, TypeError, RecursionError):
            raise TransientError("Google Cloud answered what cannot be read") from None
        if not audio:
            raise TransientError("Google Cloud answered without audio")
        return audio


def _refuses_key(answer: Answer) -> bool:
    """Unknown and expired keys are 400, those that may not be used for this 403."""
    return answer.status == UNAUTHORIZED or _error(answer)[0].startswith("API_KEY_")


def _error(answer: Answer) -> tuple[str, str]:
    """Google's name for the error, fit for the log, and its sentence, which may quote the text."""
    if answer.status == OK:
        return "", ""
    try:
        error: dict[str, Any] = json.loads(answer.body)["error"]
        named = [detail["reason"] for detail in error.get("details", []) if "reason" in detail]
        reason, message = str([*named, error["status"]][0]), str(error["message"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "no reason", ""
    return (reason if _REASON.fullmatch(reason) else "no reason"), message
