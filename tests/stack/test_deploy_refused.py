"""An operator without the rights: the emulator refuses as AWS does."""

import json
from collections.abc import Iterator

import boto3
import pytest

from deploy import __main__ as command
from deploy import kokoro
from deploy.target import CREDENTIALS
from localstack.emulators.emulator import Gap
from tests.emulators import bare_emulator, rests_on

# The template goes to S3 before it is proposed.
ALLOWED = ["sts:GetCallerIdentity", "cloudformation:DescribeStacks", "s3:*"]


@pytest.fixture
def _may_only_look(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Credentials of somebody who may see stacks and change none."""
    with bare_emulator(tmp_path_factory.mktemp("emulator"), enforces_iam=True) as endpoint:
        _look_only(endpoint, monkeypatch)
        yield


def _look_only(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    iam = boto3.client("iam")
    iam.create_user(UserName="u")
    statement = {"Effect": "Allow", "Action": ALLOWED, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName="u")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@rests_on(Gap.IAM)
@pytest.mark.usefixtures("_may_only_look")
def test_the_missing_right_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["deploy", "local"])
    assert command.main() == 1
    assert "no permission for cloudformation:CreateChangeSet" in capsys.readouterr().err


@rests_on(Gap.IAM)
@pytest.mark.usefixtures("_may_only_look")
def test_a_model_of_kokoro_that_is_not_in_s3_stops_it_before_anything_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = kokoro.parameters("voices", "arn:aws:lambda:us-east-1:1:layer:kokoro:1")
    monkeypatch.setattr(command, "_parameters", lambda stage: told)
    monkeypatch.setattr("sys.argv", ["deploy", "local"])
    assert command.main() == 1
    assert capsys.readouterr().err.endswith(" First:\n  python -m deploy.kokoro local\n")
