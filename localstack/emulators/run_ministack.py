"""MiniStack with the guard before it: what the emulator's own Python runs, as a file.

run_ministack.py --page-port 4566 [--page-port …] [--origin …] [--public-url …]
                 --unpacked .local/unpacked

Everything else MiniStack reads from its environment. The guard is found without `PYTHONPATH`, which
the functions would inherit: they must find nothing of this repository but what is in their zip.
"""

import argparse
import importlib
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path[0] = str(Path(__file__).parents[2])
from localstack.guard import Guard  # noqa: E402
from localstack.unpacking import unpacked_in  # noqa: E402

del sys.path[0]
from ministack import app as ministack  # type: ignore[import-not-found]  # noqa: E402
from ministack.core import lambda_runtime  # type: ignore[import-not-found]  # noqa: E402
from ministack.services.cloudformation import (  # type: ignore[import-not-found]  # noqa: E402
    provisioners,
)


def make_numbers_of_parameters() -> None:
    """A template's parameters are text, of which AWS makes the number that a property wants.
    MiniStack 1.5 leaves a queue's mapping as it is, and then never polls the queue."""
    mapping = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]

    def with_numbers(work: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: work(*map(_numbered, given))

    for step in ("create", "update"):
        mapping[step] = with_numbers(mapping[step])


def _numbered(given: Any) -> Any:
    """A mapping's properties with numbers; anything else as it is."""
    if not isinstance(given, dict):
        return given
    numbers: dict[str, Any] = {}
    if "BatchSize" in given:
        numbers["BatchSize"] = int(given["BatchSize"])
    if "ScalingConfig" in given:
        most = int(given["ScalingConfig"]["MaximumConcurrency"])
        numbers["ScalingConfig"] = {"MaximumConcurrency": most}
    return given | numbers


def unpack_once(kept_in: Path) -> None:
    """MiniStack 1.5 unpacks a function's zip and layers at each of its cold starts."""
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": unpacked_in(kept_in)})


def import_ahead() -> None:
    """What MiniStack imports when the first template comes, half a second, while it waits."""
    module = "samtranslator.translator.transform"
    threading.Thread(target=importlib.import_module, args=[module], daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page-port", type=int, action="append", required=True)
    parser.add_argument("--origin", action="append", default=[])
    parser.add_argument("--public-url", default="")
    parser.add_argument("--unpacked", type=Path, required=True, help="where zips are kept so")
    options = parser.parse_args()
    ministack.app = Guard(
        ministack.app,
        page_ports=options.page_port,
        origins=options.origin,
        public_url=options.public_url,
    )
    make_numbers_of_parameters()
    unpack_once(options.unpacked)
    import_ahead()
    del sys.argv[1:]  # MiniStack reads it too.
    ministack.main()


if __name__ == "__main__":
    main()
