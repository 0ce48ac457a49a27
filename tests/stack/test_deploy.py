"""Deploying through CloudFormation: again, after a failure, and without a secret."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest

from deploy import cloudformation, package, secure_strings, story
from deploy.artifacts import publish_layer
from deploy.layers import build
from deploy.paths import ROOT
from deploy.rollout import Wishes, roll_out
from deploy.target import DeployError
from localstack.emulators.emulator import Gap
from tests.deploy_support import IMPOSSIBLE, Screen
from tests.emulators import bare_emulator, rests_on


class Changed(package.Package):
    """A package with one resource more than it was built with."""

    @property
    def template(self) -> dict[str, Any]:
        template = super().template
        template["Resources"]["Impossible"] = IMPOSSIBLE
        return template


pytestmark = pytest.mark.usefixtures("bare_emulator")


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    """An emulator of its own for each test: what one leaves there is in no other's way."""
    with bare_emulator(tmp_path / "emulator") as address:
        yield address


def status_of_the_stack() -> str:
    [stack] = boto3.client("cloudformation").describe_stacks(StackName="order-voice-local")[
        "Stacks"
    ]
    return stack["StackStatus"]


def fail_first(built: package.Package) -> None:
    with pytest.raises(DeployError, match="Impossible: "):
        cloudformation.deploy("local", Changed(built.folder), {})
    assert status_of_the_stack() == "ROLLBACK_COMPLETE"


def test_a_failed_first_deployment_names_the_culprit() -> None:
    fail_first(package.build("local"))


@rests_on(Gap.FAILED_CREATION)
def test_a_failed_first_deployment_can_be_repeated() -> None:
    built = package.build("local")
    fail_first(built)
    found = cloudformation.deploy("local", built, {})
    assert status_of_the_stack() == "CREATE_COMPLETE"
    assert found["OrdersTableName"]


@rests_on(Gap.NO_CHANGES)
def test_a_deployment_that_is_repeated_changes_nothing() -> None:
    built = package.build("local")
    found = cloudformation.deploy("local", built, {})
    assert cloudformation.deploy("local", built, {}) == found
    assert status_of_the_stack() == "CREATE_COMPLETE"


def test_a_stack_that_is_changed_stays_where_it_was() -> None:
    built = package.build("local")
    found = cloudformation.deploy("local", built, {})
    assert cloudformation.deploy("local", built, {"ThrottlingRate": "7"}) == found
    assert status_of_the_stack() == "UPDATE_COMPLETE"


@rests_on(Gap.WEB_SOCKETS)
def test_push_comes_to_a_stack_and_goes_again_and_all_else_stays() -> None:
    """As to one that was deployed before there was any."""
    built = package.build("local")

    def deployed(push: str) -> tuple[dict[str, str], set[str]]:
        """By their names, all but push; and what there is of that."""
        cloudformation.deploy("local", built, {"Push": push})
        found = boto3.client("cloudformation").describe_stack_resources(
            StackName="order-voice-local"
        )["StackResources"]
        names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
        push_alone = {name for name in names if name.startswith(("Push", "Connections"))}
        return {name: names[name] for name in names if name not in push_alone}, push_alone

    before, none = deployed("off")
    with_push, there = deployed("on")
    assert none == set()
    assert {"PushApi", "PushStage", "PushConnections", "ConnectionsTable", "PushLogs"} <= there
    assert with_push == before
    assert len(boto3.client("apigatewayv2").get_apis()["Items"]) == 1
    assert deployed("off") == (before, set())
    assert boto3.client("apigatewayv2").get_apis()["Items"] == []
    assert len(boto3.client("dynamodb").list_tables()["TableNames"]) == 2


def test_the_gateways_own_errors_name_the_first_of_the_origins_unless_told_another() -> None:
    built = package.build("local")
    told = {"AllowedOrigins": "https://a.example, https://b.example"}
    for more, named in (
        ({}, "https://a.example"),
        ({"GatewayOrigin": "https://b.example"}, "https://b.example"),
        ({"AllowedOrigins": ""}, ""),
    ):
        cloudformation.deploy("local", built, {**told, **more})
        assert cloudformation.parameters("local")["GatewayOrigin"] == named


def test_the_readmes_command_for_localstack_needs_no_credentials(
    endpoint: str, tmp_path: Path
) -> None:
    # There may be no Google here for the trial order.
    done = deploy_by_command(endpoint, tmp_path, "--no-smoke")
    assert done.returncode == 0, done.stderr
    assert "RestAPIId=" in done.stdout


def empty_layer(folder: Path) -> Path:
    layer = folder / "layer.zip"
    with ZipFile(layer, "w") as archive:
        archive.writestr("python/nothing.txt", "")
    return layer


@pytest.mark.nightly
def test_a_deployment_is_tried_by_an_order_and_taken_back_if_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built, screen = package.build("local"), Screen(monkeypatch)
    speaks = {"SpeechEngines": "espeak", "SpeechLayers": publish_layer("espeak", build("espeak"))}
    # What its key parameter names is not there, as with a key that was never stored.
    google = {"SpeechEngines": "google,espeak", "GoogleSpeechKeyParameter": "/order-voice/missing"}
    monkeypatch.setattr("deploy.rollout.require_engine_keys", lambda *_: None)
    roll_out("local", lambda: built, speaks | google, screen.terminal(says_yes=True), Wishes())
    trial = re.search(
        r"Trial order (\w+) \(shop 部署測試\): heard after .*, by espeak\n", screen.text
    )
    assert trial
    warning = re.search(r"google, the first of SpeechEngines, did not speak .*: (.*)", screen.text)
    assert warning
    assert warning[1].endswith(f"make logs STAGE=local ORDER={trial[1]}")
    told = "\n".join(story.show(trial[1], "local"))
    assert re.search(r"speech engine  engine=google  outcome=failed  reason=\S", told)

    silent = {**speaks, "SpeechLayers": publish_layer("empty", empty_layer(tmp_path))}
    with pytest.raises(DeployError, match="the trial order comes to its voice there"):
        roll_out("local", lambda: built, silent, screen.terminal(says_yes=True), Wishes())
    assert re.search(
        r"The trial order failed: order \w+ was accepted and failed: no eng", screen.text
    )
    log = re.search(r"What it logged: aws logs tail (\S+) --since 15m --endpoint-url", screen.text)
    assert log
    [group] = boto3.client("logs").describe_log_groups(logGroupNamePrefix=log[1])["logGroups"]
    assert "FulfilLogs" in group["logGroupName"]
    assert cloudformation.parameters("local")["SpeechLayers"] == speaks["SpeechLayers"]


def test_what_make_run_has_deployed_is_left_alone(endpoint: str, tmp_path: Path) -> None:
    parameters = {"EmulatorEndpointUrl": endpoint, "ThrottlingRate": "9"}
    cloudformation.deploy("local", package.build("local"), parameters)
    refused = deploy_by_command(endpoint, tmp_path)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "make run, or make up, deployed what is there" in refused.stderr
    [stack] = boto3.client("cloudformation").describe_stacks(StackName="order-voice-local")[
        "Stacks"
    ]
    assert {"ParameterKey": "ThrottlingRate", "ParameterValue": "9"} in stack["Parameters"]


def deploy_by_command(endpoint: str, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # HOME is empty: no credentials of this machine's owner either.
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_ENDPOINT_URL": endpoint}
    return subprocess.run(
        [sys.executable, "-m", "deploy", "local", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def secret(stage: str, name: str) -> str:
    found = boto3.client("ssm").get_parameter(
        Name=f"/order-voice/{stage}/{name}", WithDecryption=True
    )["Parameter"]
    assert found["Type"] == "SecureString"
    return found["Value"]


def test_keys_are_random_and_made_once_by_the_deployment_itself() -> None:
    secure_strings.ensure_secrets("local")
    names = ("client-address-key", "voice-address-key", "line-channel-access-token")
    made = [secret("local", name) for name in names]
    assert len(set(made)) == 3
    assert all(len(value) >= 32 and not value.split()[1:] for value in made)
    secure_strings.ensure_secrets("local")
    assert [secret("local", name) for name in names] == made


def test_a_stack_of_before_the_voices_had_addresses_gets_its_key() -> None:
    secure_strings.ensure_secrets("local")
    kept = secret("local", "client-address-key")
    boto3.client("ssm").delete_parameter(Name="/order-voice/local/voice-address-key")
    secure_strings.ensure_secrets("local")
    assert secret("local", "voice-address-key") != secret("local", "client-address-key") == kept


def test_production_waits_for_lines_token() -> None:
    with pytest.raises(DeployError, match="--name /order-voice/prod/line-channel-access-token"):
        secure_strings.ensure_secrets("prod")
    secure_strings.put_secret("prod", "line-channel-access-token", "t")
    secure_strings.ensure_secrets("prod")
    assert secret("prod", "line-channel-access-token") == "t"


def test_a_named_engines_key_has_to_be_there() -> None:
    told = {"GoogleSpeechKeyParameter": "/order-voice/prod/google-speech-key"}
    secure_strings.require_engine_keys(["gtts", "polly"], told)
    with pytest.raises(DeployError, match="--name /order-voice/prod/google-speech-key"):
        secure_strings.require_engine_keys(["google", "polly"], told)
    secure_strings.put_secret("prod", "google-speech-key", "k")
    secure_strings.require_engine_keys(["google", "polly"], told)
