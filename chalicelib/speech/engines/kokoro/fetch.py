"""Where the voice's files are on this machine; on AWS they come from S3 first.

    s3://bucket/prefix/kokoro-….onnx ──stream, hash──▶ /tmp/kokoro/x7.part ──▶ /tmp/kokoro/…

A Lambda container does that once. A file gets its name only when it is whole and genuine; until
then it has one of its own, because a download that came too late may still be writing.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.aws_reason import reason
from chalicelib.errors import TransientError
from chalicelib.in_time import in_time
from chalicelib.once import once
from chalicelib.speech.engines.kokoro.parts import PARTS, Part

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1 << 20


def fetch(
    location: str,
    *,
    deadline: float,
    clock: Callable[[], float],
    into: Path | None = None,
    parts: Sequence[Part] = PARTS,
) -> Path:
    """The folder that `location` names: itself, or a copy of `s3://bucket/prefix` `into` another.

    Raises `TransientError` when no location is set, when S3 does not answer, when what lies there
    is not the voice, or when it does not arrive before `deadline`.
    """
    if not location:
        raise TransientError("the Kokoro voice is not installed: KOKORO_LOCATION is not set")
    url = urlsplit(location)
    if url.scheme != "s3":
        return Path(location)
    folder = into or Path(tempfile.gettempdir(), "kokoro")
    folder.mkdir(exist_ok=True)
    missing = [part for part in parts if not (folder / part.name).exists()]
    prefix = url.path.strip("/")

    def download() -> None:
        for part in missing:
            key = f"{prefix}/{part.name}".lstrip("/")
            _download(url.netloc, key, folder, part, lambda: clock() > deadline)

    if missing:
        in_time("S3", download, time.monotonic() + deadline - clock())
    return folder


def _download(bucket: str, key: str, folder: Path, part: Part, late: Callable[[], bool]) -> None:
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(suffix=".part", dir=folder) as own:
        unfinished = Path(own, part.name)
        try:
            body = _client().get_object(Bucket=bucket, Key=key)["Body"]
            with unfinished.open("wb") as file:
                for chunk in body.iter_chunks(_CHUNK):
                    if late():
                        raise TransientError(f"{key} did not arrive in time")
                    digest.update(chunk)
                    file.write(chunk)
        except (BotoCoreError, ClientError) as error:
            raise TransientError(f"cannot fetch s3://{bucket}/{key}: {reason(error)}") from error
        if digest.hexdigest() != part.sha256:
            # It may be mended, and until then the breaker spares each order the whole download.
            raise TransientError(f"s3://{bucket}/{key} is damaged: sha256 {digest.hexdigest()}")
        unfinished.replace(folder / part.name)


@once
def _client() -> "S3Client":
    client: S3Client = aws.client("s3", connect=2, read=4, tries=2)
    return client
