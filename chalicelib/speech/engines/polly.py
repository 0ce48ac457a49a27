"""Amazon Polly: AWS's own voice, for when Google's does not answer."""

from typing import TYPE_CHECKING, ClassVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import EngineBusy, PermanentError, TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.speech.chunks import has_words, spoken_pieces

if TYPE_CHECKING:
    from mypy_boto3_polly import PollyClient
    from mypy_boto3_polly.literals import EngineType

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
LONGEST_REQUEST = 1500
"""Characters; Polly takes 3,000 that it bills (SynthesizeSpeech, quotas)."""

TEXT_REFUSED = "TextLengthExceededException"
"""The error code that says that the text is to blame. With everything else (5xx, but also a right,
a voice or a region that is missing, which somebody will mend) the order waits."""
THROTTLED = {"ThrottlingException", "TooManyRequestsException"}
"""Error codes of the quotas: so many a second, and so many at once."""
TOO_MANY_REQUESTS = 429
OF_THE_KIND = {"EngineNotSupportedException", "ValidationException"}
"""Error codes of a region that has the voice in another kind only."""


class PollyEngine:
    """See `Engine`. The text is always sent as text, so that no name is ever read as SSML."""

    name: ClassVar[str] = "polly"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "Zhiyu"
    """Neural where the region has it, else standard; one bucket only ever hears one of them."""
    is_clear: ClassVar[bool] = True

    def __init__(self, endpoint_url: str | None = None) -> None:
        self._client = once(lambda: _client(endpoint_url))
        self._kind: EngineType = "neural"

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:
        if language.split("-")[0] not in ("zh", "cmn"):
            raise PermanentError(f"Polly's Zhiyu does not speak {language}")
        if not has_words(text):
            raise PermanentError("there is nothing to say")
        pieces = spoken_pieces(text, LONGEST_REQUEST)
        return in_time("Polly", lambda: b"".join(map(self._request, pieces)), deadline)

    def _request(self, text: str) -> bytes:
        kind = self._kind
        try:
            audio = self._synthesise(text, kind)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if kind == "neural" and code in OF_THE_KIND and "engine" in f"{code} {message}".lower():
                self._kind = "standard"
                return self._request(text)
            if code == TEXT_REFUSED:
                raise PermanentError(f"Polly refused: {reason(error)}") from error
            status = error.response["ResponseMetadata"].get("HTTPStatusCode")
            is_throttled = code in THROTTLED or status == TOO_MANY_REQUESTS
            kind_of_error = EngineBusy if is_throttled else TransientError
            raise kind_of_error(f"Polly answered {reason(error)}") from error
        except BotoCoreError as error:
            raise TransientError(f"Polly did not speak: {reason(error)}") from error
        except OSError as error:
            raise TransientError("Polly's answer broke off") from error
        if not audio:
            raise TransientError("Polly answered without audio")
        return audio

    def _synthesise(self, text: str, kind: "EngineType") -> bytes:
        answer = self._client().synthesize_speech(
            Text=text,
            TextType="text",
            OutputFormat="mp3",
            SampleRate="24000" if kind == "neural" else "22050",
            VoiceId="Zhiyu",
            Engine=kind,
            LanguageCode="cmn-CN",
        )
        with answer["AudioStream"] as audio:
            return audio.read()


def _client(endpoint_url: str | None) -> "PollyClient":
    client: PollyClient = aws.client(
        "polly",
        endpoint_url=endpoint_url,
        connect=CONNECT_SECONDS,
        read=READ_SECONDS,
        tries=1,
    )
    return client
