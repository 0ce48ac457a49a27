"""The audio in S3: content-addressed, so that equal sentences are made once.

Objects are never replaced: an order says how long its audio is, and another recording of the same
sentence may be longer. They expire by the bucket's lifecycle, later than the orders that point
at them.
"""

import hashlib
import time
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import StorageUnavailable, TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.order import SignedUrl, Voice
from chalicelib.settings import settings
from chalicelib.speech.engines import Engine

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

URL_SECONDS = 3600
WINDOW_SECONDS = 600
"""How long one URL is handed out again, so that a status answer's ETag stays the same."""

CALL_SECONDS = 10.0
"""For one call: the SDK's two tries of 1 + 4 s."""

NOT_FOUND = 404
PRECONDITION_FAILED = 412


def voice_key(engine: Engine, text: str, language: str) -> str:
    """Where the audio of `text`, spoken by `engine`, lies. Says nothing about who ordered."""
    parts = (
        engine.name,
        engine.version,
        engine.voice,
        language,
        unicodedata.normalize("NFC", text),
    )
    return f"voice/{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}.mp3"


class VoiceStore:
    """One bucket of audio. Thread-safe."""

    def __init__(
        self,
        bucket: str,
        client: "S3Client",
        signing_client: "S3Client",
        *,
        reusable_for: timedelta,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`reusable_for` is the age up to which audio outlives an order that is placed now.

        It is as long as one period: in the next, every sentence is recorded again.
        """
        self._bucket = bucket
        self._client = client
        self._signing_client = signing_client
        self._reusable_for = reusable_for
        self._clock = clock
        self._lock = Lock()
        self._signed: dict[tuple[str, str], SignedUrl] = {}

    def find(self, key: str) -> Voice | None:
        """This period's recording of `key`, None if there is none. Raises `StorageUnavailable`."""
        key = self._recording(key)
        try:
            head = _ask(lambda: self._client.head_object(Bucket=self._bucket, Key=key))
        except ClientError as error:
            if _status(error) == NOT_FOUND:
                return None
            raise StorageUnavailable(f"S3 does not say what is there: {reason(error)}") from error
        except (BotoCoreError, TransientError) as error:
            raise StorageUnavailable(f"S3 does not say what is there: {reason(error)}") from error
        metadata = head["Metadata"]
        if "duration-ms" not in metadata or "engine" not in metadata:
            return None
        return Voice(key, int(metadata["duration-ms"]), metadata["engine"], was_there=True)

    def put(self, key: str, mp3: bytes, *, duration_ms: int, engine: str) -> Voice:
        """Store checked audio, or find what another worker has. Raises `StorageUnavailable`."""
        recording = self._recording(key)
        try:
            _ask(
                lambda: self._client.put_object(
                    Bucket=self._bucket,
                    Key=recording,
                    IfNoneMatch="*",
                    Body=mp3,
                    ContentType="audio/mpeg",
                    CacheControl="private, max-age=86400, immutable",
                    Metadata={"duration-ms": str(duration_ms), "engine": engine},
                )
            )
        except (BotoCoreError, ClientError, TransientError) as error:
            is_there = _status(error) == PRECONDITION_FAILED
            if is_there and (found := self.find(key)) is not None:
                return found
            raise StorageUnavailable(f"S3 did not take the audio: {reason(error)}") from error
        return Voice(recording, duration_ms, engine)

    def _recording(self, key: str) -> str:
        """Where this period's recording of `key` lies."""
        period = int(self._clock() // self._reusable_for.total_seconds())
        return f"{key.removesuffix('.mp3')}-{period}.mp3"

    def url(self, voice_key: str, order_id: str) -> SignedUrl:
        """A URL (SigV4) that plays, honours Range, and saves as `order-voice-<order id>.mp3`.

        Saves, wherever the page is from: browsers ignore `<a download>` across origins, but not
        `attachment`, and players ignore that.

        The same one for `WINDOW_SECONDS`, so at least `URL_SECONDS - WINDOW_SECONDS` are left.
        """
        with self._lock:
            now = int(self._clock())
            signed = self._signed.get((voice_key, order_id))
            if signed is None or signed.expires_at - now < URL_SECONDS - WINDOW_SECONDS:
                self._forget_old(now)
                signed = SignedUrl(self._sign(voice_key, order_id), now + URL_SECONDS)
                self._signed[voice_key, order_id] = signed
            return signed

    def _sign(self, voice_key: str, order_id: str) -> str:
        if not order_id.isalnum() or not order_id.isascii():
            raise ValueError(f"no order id, which could break out of the header: {order_id!r}")
        return self._signing_client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": voice_key,
                "ResponseContentType": "audio/mpeg",
                "ResponseContentDisposition": f'attachment; filename="order-voice-{order_id}.mp3"',
            },
            ExpiresIn=URL_SECONDS,
        )

    def _forget_old(self, now: int) -> None:
        fresh = now + URL_SECONDS - WINDOW_SECONDS
        self._signed = {
            name: signed for name, signed in self._signed.items() if signed.expires_at >= fresh
        }


def _ask(call: Callable[[], T]) -> T:
    return in_time("S3", call, time.monotonic() + CALL_SECONDS)


def _status(error: Exception) -> int | None:
    """The HTTP status that S3 answered with, None if it did not answer."""
    if not isinstance(error, ClientError):
        return None
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


@once
def voice_store() -> VoiceStore:
    """This process's store."""
    ages = settings().audio_retention_days - settings().order_retention_days
    public = settings().public_s3_endpoint_url
    client = _client(None)
    return VoiceStore(
        settings().voice_bucket,
        client,
        _client(public) if public else client,
        reusable_for=timedelta(days=ages),
    )


def _client(endpoint_url: str | None) -> "S3Client":
    # Emulators have no host name per bucket that a browser could resolve.
    is_emulator = bool(settings().aws_endpoint_url or endpoint_url)
    client: S3Client = aws.client(
        "s3",
        endpoint_url=endpoint_url,
        connect=1,
        read=4,
        tries=2,
        signature_version="s3v4",
        s3={"addressing_style": "path" if is_emulator else "virtual"},
    )
    return client
