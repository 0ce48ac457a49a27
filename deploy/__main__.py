"""Deploys a stage: the same code for the emulator, LocalStack and AWS.

AWS_ENDPOINT_URL=http://localhost:4566 python -m deploy local
python -m deploy prod        parameters: .chalice/parameters-prod.json
"""

import argparse
import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from deploy import package, parameters
from deploy.cloudformation import api_url, outputs, require_not_of_make_run
from deploy.package import PackageError
from deploy.refusals import in_words
from deploy.rollout import StaysDeployed, Wishes, roll_out
from deploy.target import STAGES, DeployError, choose_target, is_on_aws
from deploy.terminal import Terminal

WATCH_MINUTES_ON_AWS = 3
BESIDE_IT = "started again, it deploys anew; STAGE=rehearsal deploys beside it"


def _parameters(stage: str) -> dict[str, str]:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    of_an_emulator = {"PublicS3EndpointUrl": endpoint} if endpoint else {}
    return parameters.read(stage) | of_an_emulator


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--preview", action="store_true", help="show the changes, make none")
    parser.add_argument("--lose", default="", help="tables, buckets, queues that may be lost")
    parser.add_argument(
        "--watch",
        type=int,
        choices=range(181),
        metavar="0..180",
        help="minutes in which an alarm takes it back",
    )
    parser.add_argument("--no-smoke", action="store_true", help="place no trial order")
    told = parser.parse_args()
    stage: str = told.stage
    like = "prod" if is_on_aws(stage) else "local"
    named = [name for name in (part.strip() for part in told.lose.split(",")) if name]
    terminal = Terminal(says_yes=told.yes or stage == "local", named=named)
    watch = told.watch
    if watch is None:
        watch = WATCH_MINUTES_ON_AWS if is_on_aws(stage) else 0
    wishes = Wishes(told.preview, watch, has_smoke_test=not told.no_smoke)
    try:
        choose_target(stage)
        of_the_file = _parameters(stage)
        package.require_python(stage)
        require_not_of_make_run(stage, BESIDE_IT)
        try:
            roll_out(stage, lambda: package.build(like), of_the_file, terminal, wishes)
        except StaysDeployed:
            _print_outputs(stage)
            raise
        if not told.preview:
            _print_outputs(stage)
    except KeyboardInterrupt:
        return 130
    except (PackageError, DeployError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{in_words(error)}\n")
        return 1
    return 0


def _print_outputs(stage: str) -> None:
    found = outputs(stage)
    if not is_on_aws(stage):
        found["EndpointURL"] = api_url(found)
    sys.stdout.writelines(f"{key}={value}\n" for key, value in sorted(found.items()))


if __name__ == "__main__":
    raise SystemExit(main())
