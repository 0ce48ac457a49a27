"""LocalStack 4.14, the last version that starts without a token: as a process, without Docker.

Seen with 4.14.0 in November 2026. It is not the image: functions run as processes, and moto keeps
the tables (`run_localstack.py`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from deploy.paths import LOCAL
from localstack.emulators.emulator import Emulator, Gap, Place

FUNCTIONS = LOCAL / "functions" / "bin" / "python"
"""With `awslambdaric`, and of the Python that packages the functions."""


def _arguments(place: Place) -> Sequence[str]:
    return ["--functions", str(FUNCTIONS), "--folder", str(place.folder / "functions")]


def _variables(place: Place) -> Mapping[str, str]:
    return {
        "GATEWAY_LISTEN": f"127.0.0.1:{place.port}",
        # Its other server, twisted, listens on all interfaces whatever it is told.
        "GATEWAY_SERVER": "hypercorn",
        "LOCALSTACK_HOST": f"localhost:{place.port}",
        "FILESYSTEM_ROOT": str(place.folder / "localstack"),
        "OVERRIDE_IN_DOCKER": "0",
        "DNS_ADDRESS": "0",
        # It asks nobody outside.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "MOTO_ACCOUNT_ID": "000000000000",
        # The guard and the API say which origins may.
        "DISABLE_CORS_CHECKS": "1",
        "DISABLE_CORS_HEADERS": "1",
        # A function's first start on a busy machine.
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "60",
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
    }


def _runs_a_function(process: psutil.Process) -> bool:
    return "awslambdaric" in process.cmdline()


EMULATOR = Emulator(
    name="localstack",
    title="LocalStack 4.14",
    python=LOCAL / "localstack" / "bin" / "python",
    program=Path(__file__).with_name("run_localstack.py"),
    health="/_localstack/health",
    function_logs="functions/*.log",
    arguments=_arguments,
    variables=_variables,
    runs_a_function=_runs_a_function,
    parameters={"Push": "off"},
    gaps={
        Gap.IAM: "a function, and an operator, may do whatever they ask for",
        Gap.GATEWAY_RESPONSES: "only their status is honoured",
        Gap.STAGES: "it says UPDATE_COMPLETE; MethodSettings are left out from the first",
        Gap.LOG_GROUPS: "LoggingConfig is only kept",
        Gap.LAYERS: "it updates what a template says, and not what it no longer says",
        Gap.RULES: "they are read over",
        Gap.PARAMETERS: "only whether a Number is one: no AllowedValues, no MinValue",
        Gap.REPLACEMENT: "a change set says Replacement False, and it says UPDATE_COMPLETE",
        Gap.POLICIES: "there is no PolicyAction in it",
        Gap.NO_CHANGES: "it can be executed, and the stack says UPDATE_COMPLETE",
        Gap.OVERTAKEN: "its status stays AVAILABLE",
        Gap.WAIT_CONDITIONS: "they are CREATE_COMPLETE at once",
        Gap.ROLLBACK: "it stays, and an update ends in ROLLBACK_COMPLETE, as a creation does",
        Gap.STOPPED_UPDATES: "it says UPDATE_COMPLETE, and there is no RollbackStack",
        Gap.FAILED_CREATION: "DELETE_FAILED, where something refers to what was never made",
        Gap.WEB_SOCKETS: "resources of AWS::ApiGatewayV2 are passed over in silence",
        Gap.UNDELETABLE: "DELETE_FAILED is followed by DELETE_COMPLETE",
    },
)
