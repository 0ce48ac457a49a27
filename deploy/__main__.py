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
from deploy.cloudformation import outputs, require_not_of_make_run
from deploy.package import PackageError
from deploy.paths import ROOT
from deploy.refusals import in_words
from deploy.rollout import Wishes, roll_out
from deploy.target import DeployError, choose_target
from deploy.terminal import Terminal

WATCH_MINUTES = {"prod": 3, "local": 0}


def _parameters(stage: str) -> dict[str, str]:
    file = ROOT / ".chalice" / f"parameters-{stage}.json"
    loaded: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return loaded | ({"PublicS3EndpointUrl": endpoint} if stage == "local" and endpoint else {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["local", "prod"])
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--preview", action="store_true", help="show the changes, make none")
    parser.add_argument("--lose", default="", help="tables, buckets, queues that may be lost")
    parser.add_argument("--watch", type=int, help="minutes in which an alarm takes it back")
    parser.add_argument("--no-smoke", action="store_true", help="place no trial order")
    told = parser.parse_args()
    stage: str = told.stage
    named = [name.strip() for name in told.lose.split(",")]
    terminal = Terminal(says_yes=told.yes or stage == "local", named=named)
    watch = WATCH_MINUTES[stage] if told.watch is None else told.watch
    wishes = Wishes(told.preview, watch, has_smoke_test=not told.no_smoke)
    try:
        choose_target(stage)
        require_not_of_make_run(stage)
        roll_out(stage, lambda: package.build(stage), _parameters(stage), terminal, wishes)
        found = {} if told.preview else outputs(stage)
    except KeyboardInterrupt:
        return 130
    except (PackageError, DeployError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
