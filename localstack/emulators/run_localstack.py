"""LocalStack without Docker, with the guard before it: what its own Python runs, as a file.

run_localstack.py --functions …/bin/python --folder DIR --unpacked .local/unpacked
                  --page-port 4566 [--origin …] [--public-url …]

Everything else LocalStack reads from its environment. Two of its parts are exchanged: functions run
as processes (`execution_environment.py`) where it would start containers, and moto keeps the
tables where it would start Amazon's DynamoDBLocal.jar: behind an address of LocalStack's own
server, so that no second port is open.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

sys.path[0] = str(Path(__file__).parents[2])
from localstack.emulators.execution_environment import (  # noqa: E402
    Event,
    ExecutionEnvironment,
    Function,
    InitError,
)
from localstack.guard import Guard  # noqa: E402
from localstack.unpacking import unpack  # noqa: E402

# From here on `localstack` is LocalStack: ours, which has the same name, has done its part.
del sys.path[0]
for _name in [name for name in sys.modules if name.partition(".")[0] == "localstack"]:
    del sys.modules[_name]
from moto.moto_server.werkzeug_app import create_backend_app  # noqa: E402
from werkzeug import Request, Response  # noqa: E402

from localstack import config  # type: ignore[attr-defined]  # noqa: E402
from localstack.logging.setup import (  # type: ignore[import-not-found]  # noqa: E402
    setup_logging_from_config,
)
from localstack.runtime.current import (  # type: ignore[import-not-found]  # noqa: E402
    initialize_runtime,
)
from localstack.runtime.server import hypercorn  # type: ignore[import-not-found]  # noqa: E402
from localstack.services.dynamodb.server import (  # type: ignore[import-not-found]  # noqa: E402
    DynamodbServer,
)
from localstack.services.edge import ROUTER  # type: ignore[import-not-found]  # noqa: E402
from localstack.services.lambda_.invocation import (  # type: ignore[import-not-found]  # noqa: E402
    executor_endpoint,
    lambda_models,
    plugins,
    runtime_executor,
)

TABLES = "/_order_voice/tables"
"""Where moto's DynamoDB answers: for LocalStack itself, behind the guard."""
PASSED_ON = {"PATH", "LANG", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE"}
"""Of LocalStack's environment, for its functions."""


class ProcessExecutor(runtime_executor.RuntimeExecutor):  # type: ignore[misc]
    """What LocalStack asks to run one execution environment of a function: as a process."""

    python: ClassVar[Path]
    """Has `awslambdaric`, and the version that the functions' zip is made for."""
    folder: ClassVar[Path]
    """Of the functions' logs and temporary files."""
    running: ClassVar[set[ExecutionEnvironment]] = set()

    def start(self, env_vars: Mapping[str, object]) -> None:
        name = f"{self.function_version.id.function_name}-{self.id[:8]}"
        # Short: eSpeak NG cuts the paths of its data to 160 bytes.
        function = self._function(env_vars, self.folder / "tmp" / self.id[:8])
        self._environment = ExecutionEnvironment(function, self.folder / f"{name}.log")
        self.running.add(self._environment)
        try:
            self._environment.start()
        except InitError as error:
            raise executor_endpoint.StatusErrorException(
                f"Environment startup failed: {error}", payload=error.payload
            ) from error

    def _function(self, env_vars: Mapping[str, object], temporary: Path) -> Function:
        version = self.function_version.config
        code = version.code.get_unzipped_code_location()
        layers = [layer.code.get_unzipped_code_location() for layer in version.layers]
        temporary.mkdir(parents=True)
        return Function(
            command=(str(self.python), "-m", "awslambdaric", version.handler),
            variables={
                **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
                **{name: str(value) for name, value in env_vars.items()},
                "HOME": str(temporary),
                "TMPDIR": str(temporary),
                "LAMBDA_TASK_ROOT": str(code),
                "PYTHONPATH": os.pathsep.join(str(layer / "python") for layer in layers),
            },
            code=code,
            timeout_seconds=version.timeout,
        )

    def stop(self) -> None:
        self.running.discard(self._environment)
        self._environment.stop()

    def invoke(self, payload: Mapping[str, str]) -> object:
        event = Event(
            request_id=payload["invoke-id"],
            payload=payload["payload"].encode(),
            function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
        )
        answer = self._environment.invoke(event)
        return lambda_models.InvocationResult(
            event.request_id, answer.payload, is_error=answer.is_error, logs=answer.log
        )

    def get_logs(self) -> str:
        return str(self._environment.log.read_text(errors="replace"))

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "localhost"

    def get_runtime_endpoint(self) -> str:
        return ""  # Of LocalStack's own init process, of which there is none here.

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        code = function_version.config.code
        for archive in (code, *(layer.code for layer in function_version.config.layers)):
            archive.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """What was unpacked goes with LocalStack."""


def keep_tables_in_moto(port: int) -> None:
    """Answer for DynamoDBLocal.jar at `TABLES`. One request at a time, so that a condition and its
    write are one: moto has no locks."""
    app = create_backend_app("dynamodb")
    one_at_a_time = threading.Lock()

    class Proxy:
        """Where LocalStack forwards a request to."""

        @staticmethod
        def forward(request: Request, **_: str) -> Response:
            asked = {**request.environ, "PATH_INFO": "/", "wsgi.input": BytesIO(request.get_data())}
            with one_at_a_time:
                return Response.from_app(app, asked)

    # Its own clients want an address.
    ROUTER.add(f"{TABLES}/", endpoint=Proxy.forward, methods=["POST"])
    DynamodbServer.url = property(lambda _: f"http://127.0.0.1:{port}{TABLES}")
    DynamodbServer.start_dynamodb = lambda _: True
    DynamodbServer.stop_dynamodb = lambda _: None
    DynamodbServer.get().proxy.proxy = Proxy


def unpack_once(kept_in: Path) -> None:
    """It unpacks a zip anew for each function, and then sets the mode of every file."""
    lambda_models.unzip = lambda archive, target: unpack(Path(archive), Path(target), kept_in)
    lambda_models.chmod_r = lambda *_: None


def put_before(guard: dict[str, Any]) -> None:
    """Have the guard look at each request first."""
    gateway = hypercorn.AsgiGateway
    hypercorn.AsgiGateway = lambda *given, **named: Guard(gateway(*given, **named), **guard)


def serve() -> None:
    """As LocalStack's own entry point, but for the end: that one waits for connections which
    clients keep open."""
    setup_logging_from_config()
    infrastructure = initialize_runtime()

    def end(*_: object) -> None:
        for environment in list(ProcessExecutor.running):
            environment.stop()
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    infrastructure.run()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--unpacked", type=Path, required=True, help="where zips are kept so")
    parser.add_argument("--page-port", type=int, action="append", required=True)
    parser.add_argument("--origin", action="append", default=[])
    parser.add_argument("--public-url", default="")
    options = parser.parse_args()
    [listen] = config.GATEWAY_LISTEN
    ProcessExecutor.python, ProcessExecutor.folder = options.functions, options.folder
    plugins.DockerRuntimeExecutorPlugin.load = lambda *_: ProcessExecutor
    keep_tables_in_moto(listen.port)
    unpack_once(options.unpacked)
    put_before(
        {
            "page_ports": options.page_port,
            "origins": options.origin,
            "public_url": options.public_url,
        }
    )
    serve()


if __name__ == "__main__":
    main()
