"""Amazon Polly: AWS's own voice, for when Google's does not answer."""

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.chunks import pack

if TYPE_CHECKING:
    from mypy_boto3_polly import PollyClient

READ_SECONDS = 5.0
LONGEST_REQUEST = 1500
"""Characters; Polly takes 3,000 that it bills (SynthesizeSpeech, quotas)."""


class PollyEngine:
    """See `Engine`. The text is always sent as text, so that no name is ever read as SSML."""

    name: ClassVar[str] = "polly"
    version: ClassVar[str] = "1"
    voice: ClassVar[str] = "Zhiyu-neural"

    def __init__(self, endpoint_url: str | None = None) -> None:
        self._endpoint_url = endpoint_url

    def speak(self, text: str, language: str, *, deadline: float) -> bytes:  # noqa: ARG002
        # The client's own time-outs keep the deadline.
        if language.split("-")[0] not in ("zh", "cmn"):
            raise PermanentError(f"Polly's Zhiyu does not speak {language}")
        if not any(character.isalnum() for character in text):
            raise PermanentError("there is nothing to say")
        return b"".join(self._request(piece) for piece in pack(text, LONGEST_REQUEST))

    def _request(self, text: str) -> bytes:
        try:
            answer = self._client.synthesize_speech(
                Text=text,
                TextType="text",
                OutputFormat="mp3",
                SampleRate="24000",
                VoiceId="Zhiyu",
                Engine="neural",
                LanguageCode="cmn-CN",
            )
            return answer["AudioStream"].read()
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            code = error.response["Error"]["Code"]
            if status >= 500 or status == 429 or "Throttl" in code:
                raise TransientError(f"Polly answered {code}") from error
            raise PermanentError(f"Polly refused: {code}") from error
        except (BotoCoreError, OSError) as error:
            raise TransientError("Polly did not answer") from error

    @cached_property
    def _client(self) -> "PollyClient":
        return boto3.client(
            "polly",
            endpoint_url=self._endpoint_url,
            config=Config(
                connect_timeout=1,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1},
            ),
        )
