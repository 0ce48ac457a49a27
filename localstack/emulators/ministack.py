"""MiniStack, the embedded emulator: the default."""

from collections.abc import Mapping
from pathlib import Path

import psutil

from deploy.paths import LOCAL
from localstack.emulators.emulator import Emulator, Gap, Place


def _variables(place: Place) -> Mapping[str, str]:
    return {
        "GATEWAY_PORT": str(place.port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if place.enforces_iam else "false",
    }


def _runs_a_function(_: psutil.Process) -> bool:
    return True  # It starts nothing else.


EMULATOR = Emulator(
    name="ministack",
    title="MiniStack 1.5",
    python=LOCAL / "emulator" / "bin" / "python",
    program=Path(__file__).with_name("run_ministack.py"),
    health="/_ministack/health",
    function_logs="emulator.log",
    variables=_variables,
    runs_a_function=_runs_a_function,
    gaps={
        Gap.CONDITIONS: "it compares templates before it looks at what their conditions leave out",
    },
)
