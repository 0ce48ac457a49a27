"""What the template promises on our behalf: the gateway's own errors, limits, least privilege."""

import json
import re
from typing import Any

import pytest
import yaml

from chalicelib.worker import BATCH_SIZE, BATCHES_AT_ONCE
from deploy.paths import ROOT
from tests import watching
from tests.template import resources_yaml


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources_yaml()


def test_the_gateways_own_errors_are_problems_with_our_headers(template: dict[str, Any]) -> None:
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "REQUEST_TOO_LARGE"} <= set(responses)
    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Referrer-Policy"] == "'no-referrer'"
        assert "max-age=63072000" in headers["Strict-Transport-Security"]
        assert "$context" not in response["ResponseTemplates"]["application/json"]


def test_the_gateways_own_errors_name_a_configured_origin_and_no_other(
    template: dict[str, Any],
) -> None:
    """The gateway can answer with one fixed value. It must not echo."""
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    for response in responses.values():
        condition, origin, none = response["ResponseParameters"]["Headers"][
            "Access-Control-Allow-Origin"
        ]["Fn::If"]
        assert condition == "HasGatewayOrigin"
        assert none == {"Ref": "AWS::NoValue"}
        assert origin == {"Fn::Sub": "'${GatewayOrigin}'"}


def test_nobody_can_ask_without_limit(template: dict[str, Any]) -> None:
    everything, placing = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert (everything["HttpMethod"], everything["ResourcePath"]) == ("*", "/*")
    assert everything["ThrottlingRateLimit"] == {"Ref": "ThrottlingRate"}
    assert everything["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurst"}
    assert (placing["HttpMethod"], placing["ResourcePath"]) == ("POST", "/~1api~1orders~1quick")
    for limit in ("Rate", "Burst"):
        condition, own, general = placing[f"Throttling{limit}Limit"]["Fn::If"]
        assert condition == "HasPlacingRate"
        assert own == {"Ref": "PlacingRate"}
        assert general == {"Ref": f"Throttling{limit}"}
    assert template["Parameters"]["ThrottlingRate"]["Default"] <= 100
    limits = {
        name: (template["Parameters"][name]["Default"], template["Parameters"][name]["MinValue"])
        for name in ("OrdersPerMinute", "OrdersPerDay", "GuestsPerAddress", "GuestOrdersPerDay")
    }
    assert limits == {
        "OrdersPerMinute": (10, 1),
        "OrdersPerDay": (100, 1),
        "GuestsPerAddress": (5, 1),
        "GuestOrdersPerDay": (5000, 1),
    }


def test_orders_have_a_throttle_of_their_own_at_an_address_that_there_is(
    template: dict[str, Any],
) -> None:
    from app import app

    _, placing = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    path = placing["ResourcePath"].removeprefix("/").replace("~1", "/")
    assert placing["HttpMethod"] in app.routes[path]


def test_a_stack_that_sets_no_new_parameter_works_as_before(template: dict[str, Any]) -> None:
    defaults = {name: rule.get("Default") for name, rule in template["Parameters"].items()}
    assert (defaults["FulfilBatch"], defaults["FulfilConcurrency"]) == (10, 5)
    assert (BATCH_SIZE, BATCHES_AT_ONCE) == (10, 5), (
        "what Chalice is told, and the template changes"
    )
    memory = (defaults["ApiMemory"], defaults["FulfilMemory"], defaults["SweepMemory"])
    assert memory == (512, 1024, 1024)
    assert defaults["PlacingRate"] == 0


def test_a_worker_has_a_thread_for_each_order_of_the_largest_batch(
    template: dict[str, Any],
) -> None:
    assert template["Parameters"]["FulfilBatch"]["MaxValue"] <= BATCH_SIZE


def test_nothing_is_billed_that_no_alarm_and_no_promise_needs(template: dict[str, Any]) -> None:
    """Keys of KMS cost by the request, metrics of single methods by the method and month."""
    written = str(template)
    assert "MetricsEnabled" not in written
    assert "SSESpecification" not in written
    assert "KMS" not in written.upper()
    watched = {
        one.namespace
        for alarm in watching.alarms(template).values()
        for one in watching.of_an_alarm(alarm, "prod")
    }
    assert watched == {"AWS/SQS", "AWS/ApiGateway", "AWS/Lambda", "OrderVoice"}


def test_a_stack_that_sets_no_new_parameter_can_be_updated(template: dict[str, Any]) -> None:
    without = {name for name, rule in template["Parameters"].items() if "Default" not in rule}
    assert without == {"Stage"}


def test_each_rule_that_checkov_leaves_out_says_why_in_its_line() -> None:
    text = (ROOT / "tools" / "checkov.yaml").read_text("utf-8")
    left_out = yaml.safe_load(text)["skip-check"]
    assert len(left_out) == len(set(left_out)) > 0
    for rule in left_out:
        assert re.search(rf"^  - {rule}  # [^\n]{{20,}}\.$", text, re.MULTILINE), rule


def test_the_voices_come_over_tls_alone(template: dict[str, Any]) -> None:
    [statement] = template["Resources"]["VoiceBucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(statement["Resource"]) == 2


def test_no_secret_is_a_parameter_or_in_an_environment(template: dict[str, Any]) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    secretive = {name for name in variables if "TOKEN" in name or "KEY" in name or "SECRET" in name}
    assert secretive == {
        "LINE_CHANNEL_TOKEN_PARAMETER",
        "CLIENT_ADDRESS_KEY_PARAMETER",
        "VOICE_ADDRESS_KEY_PARAMETER",
        "PUSH_TICKET_KEY_PARAMETER",
        "LINE_CHANNEL_SECRET_PARAMETER",
        "GOOGLE_SPEECH_KEY_PARAMETER",
        "AZURE_SPEECH_KEY_PARAMETER",
    }
    by_any_name = {
        "LINE_CHANNEL_SECRET_PARAMETER": "LineChannelSecretParameter",
        "GOOGLE_SPEECH_KEY_PARAMETER": "GoogleSpeechKeyParameter",
        "AZURE_SPEECH_KEY_PARAMETER": "AzureSpeechKeyParameter",
    }
    for name in secretive - by_any_name.keys():
        assert variables[name]["Fn::Sub"].startswith("/order-voice/${Stage}/")
    words = ("Token", "Secret", "Key")
    named = {name for name in template["Parameters"] if any(word in name for word in words)}
    assert named == set(by_any_name.values())
    for name, parameter in by_any_name.items():
        assert variables[name] == {"Ref": parameter}
        # A name in Parameter Store: no secret of LINE's, Google's or Azure's passes for one.
        is_a_name = re.compile(template["Parameters"][parameter]["AllowedPattern"]).fullmatch
        assert is_a_name("/order-voice/prod/line-channel-secret")
        assert is_a_name("")
        assert not is_a_name("0123456789abcdef" * 2)
        assert not is_a_name("AIza" + "Sy_-" * 9)


def test_the_worker_reads_keys_of_engines_by_their_very_names_and_only_where_there_are_any(
    template: dict[str, Any],
) -> None:
    policy = json.loads((ROOT / ".chalice" / "policy-fulfil.json").read_text("utf-8"))
    for engine in ("Google", "Azure"):
        parameter = f"{engine}SpeechKeyParameter"
        [(condition, statement, otherwise)] = [
            given["Fn::If"]
            for given in policy["Statement"]
            if given.get("Fn::If", [{}, {}])[1].get("Sid") == f"SpeakBy{engine}"
        ]
        assert statement["Action"] == "ssm:GetParameter"
        assert statement["Resource"]["Fn::Sub"].endswith(f":parameter${{{parameter}}}")
        assert otherwise == {"Ref": "AWS::NoValue"}
        assert template["Conditions"][condition] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]
        }
        assert template["Parameters"][parameter]["Default"] == ""
