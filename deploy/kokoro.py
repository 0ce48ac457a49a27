"""Brings the Kokoro voice to a deployed stack: its runtime as a layer, its files to S3.

    python -m deploy.kokoro prod [--platform manylinux_2_28_aarch64]

The stack must exist. Prints the parameters to add to `.chalice/parameters-<stage>.json`; the
next `make deploy` then speaks with Kokoro first. Costs and figures: docs/speech.md.

A version that speaks with another model finds it there only after this has run again; the model
of the version before stays beside it, for the way back.
"""

import argparse
import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from chalicelib.speech.engines.kokoro.parts import PARTS, check
from deploy import downloads, interpreter, kokoro_model, layers, wheels
from deploy.artifacts import is_there, publish_layer
from deploy.cloudformation import outputs
from deploy.package import PackageError
from deploy.refusals import in_words
from deploy.target import STAGES, DeployError, choose_target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "models/kokoro"
"""In the bucket of the voices, beside `voice/`, whose objects expire."""
ARM64 = "manylinux_2_28_aarch64"
MEMORY_MB = 3008
"""Of the worker: 1.7 cores. See docs/speech.md."""


def parameters(bucket: str, layer_arn: str) -> dict[str, str]:
    return {
        "SpeechEngines": "kokoro,gtts",
        "SpeechLayers": layer_arn,
        "KokoroLocation": f"s3://{bucket}/{PREFIX}",
        "FulfilMemory": str(MEMORY_MB),
        "FulfilBatch": "1",
    }


def upload(s3: "S3Client", folder: Path, bucket: str) -> None:
    """Put the voice's files, checked, under `PREFIX`. Raises `TransientError`."""
    for part in PARTS:
        s3.upload_file(str(check(folder, part)), bucket, f"{PREFIX}/{part.name}")


def require_voice(engines: Collection[str], told: Mapping[str, str], stage: str) -> None:
    """Raise `DeployError` where the parameters `told` have Kokoro speak, and S3 has not all files
    of this version's voice: the next engine would speak, and no trial order would tell."""
    location = told.get("KokoroLocation", "")
    url = urlsplit(location)
    if "kokoro" not in engines or url.scheme != "s3":
        return
    for part in PARTS:
        if not is_there(url.netloc, f"{url.path.strip('/')}/{part.name}".lstrip("/")):
            raise DeployError(
                f"{location} has no {part.name}, with which this version's Kokoro speaks. First:\n"
                f"  python -m deploy.kokoro {stage}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--platform", default=ARM64, help="wheel tag of the functions' machine")
    options = parser.parse_args()
    try:
        choose_target(options.stage)
        python = interpreter.of(options.stage)
        bucket = outputs(options.stage)["VoiceBucketName"]
        folder = kokoro_model.cache_folder()
        kokoro_model.install(folder, Console(stderr=True))
        upload(boto3.client("s3"), folder, bucket)
        arn = publish_layer("kokoro", layers.build("kokoro", python, platform=options.platform))
    except (DeployError, downloads.InstallError, wheels.InstallError, PackageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    sys.stdout.write(json.dumps(parameters(bucket, arn), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
