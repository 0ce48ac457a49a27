"""The template's parameters: what CloudFormation accepts together, and what it refuses in words."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from deploy import kokoro
from deploy.target import CREDENTIALS
from localstack.emulators.emulator import Gap
from tests.emulators import rests_on
from tests.template import resources_yaml


@pytest.fixture(scope="module")
def cloudformation(endpoint: str) -> Any:
    return boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
    )


@pytest.fixture(scope="module")
def accepted(cloudformation: Any) -> Any:
    """Whether a stack with these parameters gets as far as its resources; else, what is said."""
    template = resources_yaml()
    only_parameters = {
        "Parameters": template["Parameters"],
        "Rules": template["Rules"],
        "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    }

    def ask(**parameters: str) -> str:
        told = [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in {"Stage": "prod", **parameters}.items()
        ]
        try:
            cloudformation.create_change_set(
                StackName="asked",
                ChangeSetName="asked",
                ChangeSetType="CREATE",
                TemplateBody=json.dumps(only_parameters),
                Parameters=told,
            )
        except ClientError as refused:
            return refused.response["Error"]["Message"]
        cloudformation.delete_stack(StackName="asked")
        return ""

    return ask


def test_a_stack_that_sets_nothing_is_accepted(accepted: Any) -> None:
    assert not accepted()


def test_what_kokoro_prints_for_the_parameters_is_accepted(accepted: Any) -> None:
    assert not accepted(**kokoro.parameters("voices", "arn:aws:lambda:us-east-1:1:layer:kokoro:1"))


@rests_on(Gap.RULES)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"FulfilBatch": "10"}, "FulfilBatch must be 1"), ({"FulfilMemory": "1024"}, "3008")],
)
def test_kokoro_with_too_much_work_or_too_little_memory_is_refused_in_words(
    accepted: Any, wrong: dict[str, str], said: str
) -> None:
    assert said in accepted(**kokoro.parameters("voices", "arn:layer") | wrong)


def test_kokoro_on_an_emulator_has_the_machines_own_memory(accepted: Any) -> None:
    assert not accepted(KokoroLocation="/voice", EmulatorEndpointUrl="http://localhost:4566")


RATES = (5, 10, 20, 50, 100, 200, 500, 1000)


@pytest.mark.parametrize("placing", RATES)
def test_orders_may_come_as_fast_as_all_requests(accepted: Any, placing: int) -> None:
    for throttling in RATES:
        if placing <= throttling:
            assert not accepted(PlacingRate=str(placing), ThrottlingRate=str(throttling))


@rests_on(Gap.RULES)
@pytest.mark.parametrize("placing", RATES)
def test_orders_may_come_no_faster_than_all_requests(accepted: Any, placing: int) -> None:
    for throttling in (*RATES, 7, 3000):
        if throttling not in RATES or placing > throttling:
            told = accepted(PlacingRate=str(placing), ThrottlingRate=str(throttling))
            assert "ThrottlingRate must be at least PlacingRate" in told, throttling


@pytest.mark.parametrize("rate", ["1", "7", "50", "100", "3000"])
def test_a_stack_with_a_throttle_of_its_own_goes_on_as_it_was(accepted: Any, rate: str) -> None:
    assert not accepted(ThrottlingRate=rate)


@rests_on(Gap.PARAMETERS)
@pytest.mark.parametrize(
    ("name", "value"),
    [("FulfilBatch", "0"), ("FulfilBatch", "11"), ("FulfilConcurrency", "1"), ("PlacingRate", "7")],
)
def test_what_lambda_or_a_rule_could_not_hold_is_refused(
    accepted: Any, name: str, value: str
) -> None:
    assert name in accepted(**{name: value})
