"""Which stage a command means, and what is told of one that is not there."""

import os
import sys
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from deploy import running
from deploy.menus import __main__ as command
from deploy.menus import stage as stages
from deploy.target import DeployError

EMULATOR = "http://localhost:4570"


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """`.local`, where a stack runs on port 4570."""
    monkeypatch.setattr(running, "LOCAL", tmp_path)
    monkeypatch.setattr(stages, "outputs", lambda _: {"VoiceBucketName": "b", "EndpointURL": "u/"})
    monkeypatch.setattr(stages, "parameters", lambda _: {"LiffUrl": "https://liff.line.me/1-Ab"})
    (tmp_path / "4570").mkdir()
    text = f"LIFF_URL={EMULATOR}/liff\nAWS_ENDPOINT_URL={EMULATOR}\n"
    (tmp_path / "4570" / "stack.env").write_text(text)
    (tmp_path / "stack.env").write_text(text)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # As they are afterwards: it sets it for its own process.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    return tmp_path


def test_local_is_the_stack_that_runs(local: Path) -> None:
    found = stages.stage("local")
    assert found.page("a", "5") == f"{EMULATOR}/liff?store=a&table=5"
    assert found.shelf.s3.meta.endpoint_url == EMULATOR
    assert found.is_on_this_machine


def test_a_code_for_phones_leads_through_the_tunnel(local: Path) -> None:
    with (local / "4570" / "stack.env").open("a") as file:
        file.write("PUBLIC_LIFF_URL=https://a.example/liff\n")
    found = stages.stage("local", "4570")
    assert found.page("a") == "https://a.example/liff?store=a"
    assert not found.is_on_this_machine


def test_the_stack_is_known_again_by_its_endpoint(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (local / "stack.env").unlink()
    monkeypatch.setenv("AWS_ENDPOINT_URL", EMULATOR)
    assert stages.stage("local").page("a") == f"{EMULATOR}/liff?store=a"


def test_another_emulator_has_the_page_that_its_stack_says(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    assert stages.stage("local").page("a") == "https://liff.line.me/1-Ab?store=a"


def test_production_is_on_aws_and_its_page_in_line(local: Path) -> None:
    assert stages.stage("prod").page("a") == "https://liff.line.me/1-Ab?store=a"


def test_production_is_not_on_an_emulator(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", EMULATOR)
    with pytest.raises(DeployError, match="prod is on AWS"):
        stages.stage("prod")


@pytest.mark.parametrize("port", ["", "4999"])
def test_where_nothing_runs_that_is_told(local: Path, port: str) -> None:
    (local / "stack.env").unlink()
    with pytest.raises(DeployError, match="no stack is running here: make run, or make up"):
        stages.stage("local", port)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "no AWS region: say AWS_DEFAULT_REGION=ap-northeast-1 before make"),
        ({"AWS_DEFAULT_REGION": "ap-northeast-1"}, "no AWS credentials: say AWS_PROFILE="),
        ({"AWS_PROFILE": "nobody"}, "(nobody) could not be found: aws configure list"),
    ],
    ids=["no region", "no credentials", "no profile"],
)
def test_production_without_a_way_to_aws_is_one_line(
    settings: dict[str, str],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    nobodys = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    for name, value in (settings | nobodys).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(sys, "argv", ["deploy.menus", "publish", "prod", "--file", "a.csv"])
    assert command.main() == 1
    [told] = capsys.readouterr().err.splitlines()
    assert line in told


@pytest.mark.parametrize(
    ("code", "message", "line"),
    [
        ("ValidationError", "Stack with id s does not exist", "no stack order-voice-prod here"),
        ("ValidationError", "no\nway", "AWS: An error occurred (ValidationError)"),
        ("InvalidClientTokenId", "no\nway", "does not know these credentials"),
        ("AccessDenied", "no\nway", "no permission for DescribeStacks"),
    ],
)
def test_only_a_stack_that_is_not_there_is_told_to_be_missing(
    code: str,
    message: str,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")

    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    monkeypatch.setattr(sys, "argv", ["deploy.menus", "publish", "prod", "--file", "a.csv"])
    assert command.main() == 1
    [told] = capsys.readouterr().err.splitlines()
    assert line in told


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["publish", "local"], "say which file: FILE=menus/sample-tea.json"),
        (["publish", "local", "--file", "nowhere.csv"], "nowhere.csv: No such file"),
        (["sold-out", "local", "--store", "a"], "say which dish of which shop: STORE="),
        (["qr", "local"], "say which shop: STORE=sample-tea"),
        (["qr", "local", "--store", "a", "--tables", "9-1"], "9-1 goes backwards"),
    ],
)
def test_what_a_command_lacks_is_one_line(
    arguments: list[str],
    line: str,
    local: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy.menus", *arguments])
    assert command.main() == 1
    [told] = capsys.readouterr().err.splitlines()
    assert line in told
