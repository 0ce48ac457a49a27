"""Where a stage goes, and what that place has."""

from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest

from deploy import target
from deploy.target import DeployError, require_access_logs, require_services


def test_a_region_without_polly_is_told_before_anything_is_deployed() -> None:
    with pytest.raises(DeployError, match="there is no Amazon Polly in ap-east-2: take polly out"):
        require_services(["gtts", "polly"], "ap-east-2")


@pytest.mark.parametrize(
    ("engines", "region"),
    [
        (["gtts"], "ap-east-2"),
        (["gtts", "polly"], "ap-northeast-1"),
        # Newer than the SDK: what it does not know is not claimed.
        (["gtts", "polly"], "moon-west-1"),
    ],
)
def test_a_region_that_has_what_is_needed_is_not_refused(engines: list[str], region: str) -> None:
    require_services(engines, region)


def test_the_sdk_knows_that_taipei_has_the_rest() -> None:
    session = boto3.Session()
    for service in ("apigateway", "dynamodb", "lambda", "s3", "sqs", "ssm"):
        assert "ap-east-2" in session.get_available_regions(service)


def test_access_logs_that_the_account_does_not_allow_are_told_before_anything_is_deployed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = {"cloudwatchRoleArn": "arn:aws:iam::000000000000:role/logs"}
    gateway = SimpleNamespace(get_account=lambda: account)
    monkeypatch.setattr(boto3, "client", lambda _: gateway)
    require_access_logs()
    account.clear()
    with pytest.raises(DeployError, match=r"docs/operations\.md#access-logs"):
        require_access_logs()


def test_the_hint_names_the_emulator_that_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(target, "LOCAL", tmp_path)
    monkeypatch.setenv("PORT", "4701")
    with pytest.raises(DeployError, match="say AWS_ENDPOINT_URL=http://localhost:4701 before"):
        target.choose_target("local")
    (tmp_path / "stack.env").write_text("API_URL=a\nAWS_ENDPOINT_URL=http://localhost:4700\n")
    with pytest.raises(DeployError, match="say AWS_ENDPOINT_URL=http://localhost:4700 before"):
        target.choose_target("local")
