"""`python -m localstack.line_standin --port N --channel-id … --channel-token … --state-dir …`"""

import argparse
import logging
import os
import sys
from pathlib import Path

from localstack.line_standin.app import Config
from localstack.line_standin.server import HOST, bind, serve


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m localstack.line_standin", description="A loopback stand-in for LINE."
    )
    parser.add_argument("--port", type=int, default=4567, help="default: %(default)s")
    parser.add_argument(
        "--channel-id",
        default=os.environ.get("LINE_LOGIN_CHANNEL_ID"),
        help="LINE Login channel, the audience of ID tokens (or LINE_LOGIN_CHANNEL_ID)",
    )
    parser.add_argument(
        "--channel-token",
        default=os.environ.get("LINE_CHANNEL_TOKEN"),
        help="channel access token that a push must bring (or LINE_CHANNEL_TOKEN)",
    )
    parser.add_argument(
        "--state-dir", type=Path, help="keeps messages, retry keys and signing keys over restarts"
    )
    parser.add_argument(
        "--page-port",
        type=int,
        action="append",
        default=[],
        help="a port of this machine whose pages may sign in (repeat it for more)",
    )
    parser.add_argument(
        "--origin", action="append", default=[], help="of another page that may (likewise)"
    )
    parser.add_argument(
        "--stack-folder", type=Path, help="of the stack that it belongs to, which the glance shows"
    )
    parser.add_argument(
        "--hang-seconds", type=float, default=30.0, help='how long a "hang" fault lasts'
    )
    found = parser.parse_args()
    for option in ("channel_id", "channel_token"):
        if not getattr(found, option):
            parser.error(f"--{option.replace('_', '-')} is missing")
    return found


def main() -> int:
    options = arguments()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("line_standin").setLevel(logging.INFO)
    state_file = None
    if options.state_dir:
        options.state_dir.mkdir(parents=True, exist_ok=True)
        state_file = options.state_dir / "line-standin.sqlite3"
    try:
        listener = bind(options.port)
    except OSError as error:
        sys.stderr.write(f"Port {options.port} cannot be used: {error.strerror}\n")
        return 1
    sys.stderr.write(f"LINE stand-in: http://{HOST}:{listener.getsockname()[1]}/\n")
    config = Config(
        channel_id=options.channel_id,
        channel_token=options.channel_token,
        state_file=state_file,
        hang_seconds=options.hang_seconds,
        page_ports=tuple(options.page_port),
        origins=tuple(options.origin),
        stack_folder=options.stack_folder,
    )
    serve(config, listener)
    return 0


if __name__ == "__main__":
    sys.exit(main())
