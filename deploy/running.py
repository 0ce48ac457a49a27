"""The stack that `make run` or `make up` serves on this machine, as whoever works on a stage
finds it."""

import os
from pathlib import Path

from deploy.paths import LOCAL
from deploy.target import DeployError, choose_target


def reach(stage: str, port: str = "") -> dict[str, str]:
    """Choose the target of `stage`. `local` is what AWS_ENDPOINT_URL says, else the stack that is
    served, on `port` or the last one started. Returns what that one has written into its
    `stack.env`; {} of any other. Raises `DeployError`."""
    running = _running(port) if stage == "local" else {}
    if running:
        os.environ["AWS_ENDPOINT_URL"] = running["AWS_ENDPOINT_URL"]
    choose_target(stage)
    return running


def _running(port: str) -> dict[str, str]:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        found = [settings_in(file) for file in LOCAL.glob("[0-9]*/stack.env")]
        return next((env for env in found if env["AWS_ENDPOINT_URL"] == endpoint.rstrip("/")), {})
    file = (LOCAL / port if port else LOCAL) / "stack.env"
    if not file.exists():
        raise DeployError(
            "no stack is running here: make run, or make up, starts one; "
            "for another emulator say AWS_ENDPOINT_URL=http://localhost:4566 before make"
        )
    return settings_in(file)


def settings_in(file: Path) -> dict[str, str]:
    """What a `stack.env` says."""
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())
