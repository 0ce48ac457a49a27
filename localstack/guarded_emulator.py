"""MiniStack with the guard before it: what the emulator's own Python runs, as a file.

guarded_emulator.py --page-port 4566 [--page-port …] [--origin …] [--public-url …]

Everything else MiniStack reads from its environment. The guard is found without `PYTHONPATH`, which
the functions would inherit: they must find nothing of this repository but what is in their zip.
"""

import argparse
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])
from localstack.guard import Guard  # noqa: E402

del sys.path[0]
from ministack import app as ministack  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page-port", type=int, action="append", required=True)
    parser.add_argument("--origin", action="append", default=[])
    parser.add_argument("--public-url", default="")
    options = parser.parse_args()
    ministack.app = Guard(
        ministack.app,
        page_ports=options.page_port,
        origins=options.origin,
        public_url=options.public_url,
    )
    del sys.argv[1:]  # MiniStack reads it too.
    ministack.main()


if __name__ == "__main__":
    main()
