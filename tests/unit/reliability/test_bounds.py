"""The numbers that promises rest on, across code, template and page."""

import re
from typing import Any

import pytest

from chalicelib import parameter_store, worker
from chalicelib.fulfilment import (
    COMPLETING_SECONDS,
    FIRST_PAUSE_SECONDS,
    PROFILE_SECONDS,
    PUSH_SECONDS,
)
from chalicelib.in_time import AWS_SECONDS, MOST_LEFT_BEHIND
from chalicelib.line import login
from chalicelib.menus import reading
from chalicelib.orders import counters, queue
from chalicelib.orders.erasing import ERASE_SECONDS
from chalicelib.orders.record import OrderRecord
from chalicelib.orders.transitions import CLOCK_SKEW_MS, GIVE_UP_AFTER_MS, SWEEP_AFTER_MS
from chalicelib.settings import MOST_ATTEMPTS
from chalicelib.speech.store import CALL_SECONDS, voice_store
from deploy.paths import ROOT
from localstack.line_standin.store import RETRY_KEY_LIFE
from tests.template import chalice_config, resources_yaml

MADE_UP_FOR_WITHIN_SECONDS = 90
SWEEP_EVERY_SECONDS = 60
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources_yaml()


@pytest.fixture(scope="module")
def timeout() -> int:
    """Of the worker, in seconds; the same in every stage."""
    config = chalice_config()
    assert not any("lambda_functions" in stage for stage in config["stages"].values())
    seconds: int = config["lambda_functions"]["fulfil_orders"]["lambda_timeout"]
    return seconds


def test_a_killed_worker_and_a_lost_message_are_made_up_for_in_time(timeout: int) -> None:
    lease = timeout - worker.RESERVE_SECONDS + CLOCK_SKEW_MS / 1000
    assert lease + SWEEP_EVERY_SECONDS < MADE_UP_FOR_WITHIN_SECONDS
    assert SWEEP_AFTER_MS / 1000 + SWEEP_EVERY_SECONDS < MADE_UP_FOR_WITHIN_SECONDS


def test_the_sweeper_comes_after_every_pause() -> None:
    longest = FIRST_PAUSE_SECONDS ** (MOST_ATTEMPTS - 1) + 1
    assert longest * 1000 < SWEEP_AFTER_MS


def test_every_call_ends_when_the_sdk_would_have_given_up() -> None:
    """A server that trickles meets every time-out of the SDK's, and not these."""
    meta = OrderRecord.Meta
    tries = 1 + meta.max_retry_attempts
    assert tries * (meta.connect_timeout_seconds + meta.read_timeout_seconds) == AWS_SECONDS
    for client in (queue._client(), parameter_store._client()):
        assert _longest(client) == AWS_SECONDS
    assert _longest(voice_store()._client) == CALL_SECONDS
    assert _longest(reading._client()) == reading.CALL_SECONDS == CALL_SECONDS
    assert _longest(counters.client()) < counters.CALL_SECONDS
    assert f"{AWS_SECONDS:.0f} s" in PAGE
    assert f"{CALL_SECONDS:.0f} s" in PAGE


def test_erasing_is_over_before_the_gateway_is() -> None:
    """A token's keys, the time that erasing takes, and one last call that hangs."""
    gateway_seconds = chalice_config()["lambda_timeout"]
    assert login.FETCH_SECONDS + ERASE_SECONDS + AWS_SECONDS < gateway_seconds < 29
    assert f"{ERASE_SECONDS:.0f} s" in PAGE


def _longest(client: Any) -> float:
    config = client.meta.config
    tries: int = config.retries["total_max_attempts"]
    return tries * float(config.connect_timeout + config.read_timeout)


def test_no_thread_that_is_left_behind_uses_up_lambdas_threads() -> None:
    systems = {"DynamoDB", "SQS", "SSM", "S3", "LINE", "LINE's keys", "Google", "Polly"}
    systems |= {"LINE's profiles", "API Gateway", "Google Cloud", "Azure"}
    code = " ".join(file.read_text("utf-8") for file in (ROOT / "chalicelib").rglob("*.py"))
    assert set(re.findall(r'in_time\(\s*"([^"]+)"', code)) == systems
    assert len(systems) * MOST_LEFT_BEHIND < 1024 / 2


def test_a_profile_and_completing_fit_into_what_is_kept_for_the_push() -> None:
    assert PROFILE_SECONDS == 1.0, "more than that no traveller waits for"
    assert PROFILE_SECONDS + COMPLETING_SECONDS < PUSH_SECONDS
    meta = OrderRecord.Meta
    assert meta.connect_timeout_seconds + meta.read_timeout_seconds <= COMPLETING_SECONDS
    assert f"the profile {PROFILE_SECONDS:.0f} s" in PAGE


def test_handing_back_is_over_before_the_function_is(timeout: int) -> None:
    assert 0 < worker.ANSWER_SECONDS < worker.RESERVE_SECONDS < timeout


def test_a_sweep_is_over_before_the_next_and_has_the_cores_that_the_page_says(
    template: dict[str, Any],
) -> None:
    sweeper = chalice_config()["lambda_functions"]["sweep_orders"]
    assert sweeper["lambda_timeout"] < SWEEP_EVERY_SECONDS
    assert f"{template['Parameters']['SweepMemory']['Default']} MB" in PAGE


def test_leases_allow_for_five_seconds_between_clocks() -> None:
    assert CLOCK_SKEW_MS == 5_000


def test_a_push_is_never_repeated_after_its_retry_key_is_forgotten() -> None:
    assert GIVE_UP_AFTER_MS / 1000 + 60 < RETRY_KEY_LIFE


def test_messages_stay_invisible_longer_than_any_function_lives(
    template: dict[str, Any], timeout: int
) -> None:
    """AWS: at least six times the function's timeout; at least five receives."""
    queue = template["Resources"]["OrdersQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == {"Ref": "MaxAttempts"}
    attempts = template["Parameters"]["MaxAttempts"]
    assert (attempts["Default"], attempts["MaxValue"]) == (5, MOST_ATTEMPTS)
    dead_letters = template["Resources"]["DeadLetterQueue"]["Properties"]
    assert dead_letters["MessageRetentionPeriod"] == 14 * 86_400
    assert queue["MessageRetentionPeriod"] * 1000 > GIVE_UP_AFTER_MS


def test_orders_and_audio_expire_together_and_never_the_audio_first(
    template: dict[str, Any],
) -> None:
    resources, parameters = template["Resources"], template["Parameters"]
    ttl = resources["OrdersTable"]["Properties"]["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "expires_at", "Enabled": True}
    rules = resources["VoiceBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    [expiry] = [rule for rule in rules if "ExpirationInDays" in rule]
    assert expiry["ExpirationInDays"] == {"Ref": "AudioRetentionDays"}
    assert (expiry["Status"], expiry["Prefix"]) == ("Enabled", "voice/")
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    for name in ("OrderRetentionDays", "AudioRetentionDays"):
        variable = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
        assert variables[variable] == {"Ref": name}
    days = {name: parameters[f"{name}RetentionDays"]["Default"] for name in ("Order", "Audio")}
    assert days["Audio"] > days["Order"] > 1, "an id is reused later than LINE forgets its key"


def test_in_production_the_data_outlives_mistakes(template: dict[str, Any]) -> None:
    def in_production(value: Any) -> Any:
        condition, there, elsewhere = value["Fn::If"]
        assert condition == "IsProd"
        assert elsewhere in ("Delete", False)
        return there

    table, bucket = (template["Resources"][name] for name in ("OrdersTable", "VoiceBucket"))
    for resource in (table, bucket):
        assert in_production(resource["DeletionPolicy"]) == "Retain"
        assert in_production(resource["UpdateReplacePolicy"]) == "Retain"
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert in_production(recovery["PointInTimeRecoveryEnabled"]) is True
    assert in_production(table["Properties"]["DeletionProtectionEnabled"]) is True


def test_what_a_sweep_asks_beside_its_orders_leaves_it_its_time(timeout: int) -> None:
    assert worker.WAITING_SECONDS == 3
    assert worker.QUOTA_SECONDS == 2
    assert worker.QUOTA_NEEDS_SECONDS == 8
    assert worker.WAITING_SECONDS < worker.QUOTA_NEEDS_SECONDS < timeout - worker.RESERVE_SECONDS
    for said in ("left after 3 s (`WAITING_SECONDS`)", "left after 2 s (`QUOTA_SECONDS`)"):
        assert said in PAGE
    assert "less than 8 s left (`QUOTA_NEEDS_SECONDS`)" in PAGE


def test_the_page_uses_the_codes_own_names() -> None:
    folders = ("chalicelib", "localstack", "tests/unit/reliability", ".chalice")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.*")]
    code = " ".join(
        file.read_text("utf-8") for file in files if file.suffix in (".py", ".json", ".mjs")
    )
    names = set(re.findall(r"`([A-Za-z_][A-Za-z0-9_.]*)(?:\(\))?`", PAGE))
    assert len(names) > 30
    unknown = {name for name in names if name.split(".")[-1] not in code}
    assert not unknown
