"""Deploys a stage: the same code for the emulator, LocalStack and AWS.

AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy local
python -m deploy prod        parameters: .chalice/parameters-prod.json
"""

import argparse
import json
import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from deploy import package
from deploy.cloudformation import deploy, parameters
from deploy.package import PackageError
from deploy.paths import ROOT
from deploy.secure_strings import ensure_secrets
from deploy.target import DeployError, choose_target, in_one_line


def _parameters(stage: str) -> dict[str, str]:
    file = ROOT / ".chalice" / f"parameters-{stage}.json"
    loaded: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return loaded | ({"PublicS3EndpointUrl": endpoint} if stage == "local" and endpoint else {})


def _leave_alone_what_make_run_deployed(stage: str) -> None:
    """Its parameters are its own, and the file's would take away its voices and its sign-in."""
    try:
        own = parameters(stage)
    except DeployError:
        return  # There is none yet.
    if own.get("EmulatorEndpointUrl"):
        raise DeployError("make run deployed what is there; start it again to deploy anew")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["local", "prod"])
    stage = parser.parse_args().stage
    try:
        choose_target(stage)
        _leave_alone_what_make_run_deployed(stage)
        ensure_secrets(stage)
        found = deploy(stage, package.build(stage), _parameters(stage))
    except KeyboardInterrupt:
        return 130
    except (PackageError, DeployError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_one_line(error)}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
