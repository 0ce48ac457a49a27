"""`make deploy` as a command: what ends it before AWS is asked, and what it prints at its end."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from deploy import __main__ as command
from deploy import interpreter, parameters, wheels
from deploy.paths import ROOT
from deploy.rollout import StaysDeployed
from deploy.target import DeployError

HERE = "http://localhost:9"
OUTPUTS = {"RestAPIId": "a1", "EndpointURL": "https://a1.example/v1"}


@pytest.fixture
def _no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> object:
        raise AssertionError("AWS is asked")

    monkeypatch.setattr(boto3, "client", asked)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["deploy", "prod"])


@pytest.mark.usefixtures("_no_aws")
def test_a_refused_file_of_parameters_ends_it_before_aws_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: str) -> dict[str, str]:
        raise DeployError("line 2, column 3: no")

    monkeypatch.setattr(parameters, "read", refused)
    assert command.main() == 1
    assert capsys.readouterr().err == "line 2, column 3: no\n"


@pytest.mark.usefixtures("_no_aws")
def test_a_machine_that_cannot_package_production_is_told_before_aws_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found_none(_: str) -> None:
        raise wheels.InstallError("this machine has none")

    monkeypatch.setattr(interpreter, "running", lambda: interpreter.Python(None, (3, 11)))  # type: ignore[arg-type]
    monkeypatch.setattr(interpreter, "find", found_none)
    assert command.main() == 1
    assert capsys.readouterr().err == "prod cannot be packaged: this machine has none\n"


@pytest.mark.parametrize("minutes", ["soon", "-1", "181"])
def test_a_watch_that_cloudformation_does_not_keep_is_refused_at_once(
    minutes: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "prod", f"--watch={minutes}"])
    with pytest.raises(SystemExit):
        command.main()
    assert "argument --watch" in capsys.readouterr().err


def test_a_first_deployment_that_stays_though_its_trial_failed_has_outputs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, StaysDeployed("it stays")) == 1
    told = capsys.readouterr()
    assert told.out == f"EndpointURL={HERE}/restapis/a1/v1/_user_request_\nRestAPIId=a1\n"
    assert told.err == "it stays\n"


def test_a_no_is_no_success_and_prints_no_outputs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, DeployError("nothing is changed")) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "nothing is changed\n")


def ended(monkeypatch: pytest.MonkeyPatch, error: DeployError) -> int:
    def roll_out(*_: object) -> None:
        raise error

    monkeypatch.setattr("sys.argv", ["deploy", "local"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    monkeypatch.setattr(command, "require_not_of_make_run", lambda *_: None)
    monkeypatch.setattr(command, "roll_out", roll_out)
    monkeypatch.setattr(command, "outputs", lambda _: dict(OUTPUTS))
    return command.main()


NOWHERE = ("local", "", "local is on an emulator: say AWS_ENDPOINT_URL=")
ELSEWHERE = [
    ("local", "garbage", "local is on an emulator: say AWS_ENDPOINT_URL="),
    ("rehearsal", "", "rehearsal is on an emulator: say AWS_ENDPOINT_URL="),
    ("prod", "http://localhost:9", "prod is on AWS, but AWS_ENDPOINT_URL=http://localhost:9"),
]
OTHERS = ["deploy.destroy", "deploy.redrive", "deploy.forget"]


@pytest.mark.parametrize(
    ("command", "stage", "endpoint", "said"),
    [
        *(("deploy", *wrong) for wrong in (NOWHERE, *ELSEWHERE)),
        *((other, *NOWHERE) for other in OTHERS),
        # All ask one and the same of where they are.
        *(
            pytest.param(other, *wrong, marks=pytest.mark.nightly)
            for other in OTHERS
            for wrong in ELSEWHERE
        ),
    ],
)
def test_a_stage_is_looked_for_where_it_is(
    command: str, stage: str, endpoint: str, said: str, tmp_path: Path
) -> None:
    """Credentials may be at hand: `local` must not reach a real account by them."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL": endpoint}
    done = subprocess.run(
        [sys.executable, "-m", command, stage],
        cwd=ROOT,
        env=environment
        | {
            "AWS_DEFAULT_REGION": "x-1",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "USER": "U" + "0" * 32,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr
