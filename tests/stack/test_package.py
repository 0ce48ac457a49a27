"""What is deployed, looked at before it is: the zip, and the merged template."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chalicelib.settings import Settings
from deploy import cloudformation, interpreter, package, wheels
from deploy.interpreter import Python
from deploy.package import Package
from deploy.paths import ROOT
from tests.template import statements as statements_of

LAMBDA_LIMIT = 250 * 2**20
"""Bytes of an unpacked function with its layers (Lambda quotas)."""
SET_BY_LAMBDA = {"AWS_REGION"}
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "STAGE": "s",
    "ORDERS_TABLE": "t",
    "LIMITS_TABLE": "l",
    "ORDERS_QUEUE_URL": "q",
    "VOICE_BUCKET": "b",
    "LINE_CHANNEL_TOKEN_PARAMETER": "/l",
    "CLIENT_ADDRESS_KEY_PARAMETER": "/c",
    "VOICE_ADDRESS_KEY_PARAMETER": "/v",
    "SPEECH_ENGINES": "gtts,polly",
}


@pytest.fixture(scope="module")
def built() -> Package:
    return package.build("local")


@pytest.fixture(scope="module")
def unpacked(built: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    with zipfile.ZipFile(built.zip_file) as archive:
        archive.extractall(folder)
    return folder


def imported(unpacked: Path, code: str, whole: str = "") -> set[str]:
    """The top-level modules that `code` leaves loaded, with nothing but the zip to import from; or
    all below the package `whole`."""
    names = "name.split('.')[0] for name in sys.modules"
    if whole:
        names = f"name for name in sys.modules if name.startswith({whole!r})"
    program = f"import sys; sys.path.insert(0, {str(unpacked)!r}); {code}; print(*{{{names}}})"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        env=ENVIRONMENT,
        cwd=unpacked,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_api_function_finds_all_it_imports_in_the_zip_and_nothing_heavy(unpacked: Path) -> None:
    """Not even what orders are checked with, and tokens: most requests are for something else."""
    modules = imported(unpacked, "import app; app.app")
    assert "pynamodb" in modules
    assert modules.isdisjoint({"linebot", "gtts", "espeakng_loader", "lameenc", "numpy", "aiohttp"})
    assert modules.isdisjoint({"pydantic", "jwt", "cryptography"})


def test_the_api_serves_a_menu_without_the_rules_that_it_was_published_by(unpacked: Path) -> None:
    loaded = imported(unpacked, "import app", whole="chalicelib.menus")
    assert loaded == {"chalicelib.menus", "chalicelib.menus.reading"}


def test_the_worker_finds_all_it_works_with_in_the_zip(unpacked: Path) -> None:
    modules = imported(unpacked, "from chalicelib import worker; worker.tools()")
    assert "gtts" in modules
    assert modules.isdisjoint({"app", "linebot"}), "LINE is loaded beside the voice"
    loads_line = "from chalicelib import worker; worker.tools().prepare_push().join()"
    assert "linebot" in imported(unpacked, loads_line)


def test_the_worker_has_all_that_speaking_takes_before_its_first_batch(
    built: Package, unpacked: Path
) -> None:
    handler = built.template["Resources"]["FulfilOrders"]["Properties"]["Handler"]
    code = f"import os; os.environ['_HANDLER'] = {handler!r}; from chalicelib import worker"
    modules = imported(unpacked, code)
    assert "gtts" in modules
    assert "linebot" not in modules
    ours = imported(unpacked, code, whole="chalicelib.")
    assert {"chalicelib.mandarin.sentence", "chalicelib.speech.speaker"} <= ours


def test_the_function_behind_the_websocket_loads_neither_orders_nor_speech_nor_line(
    unpacked: Path,
) -> None:
    code = "from chalicelib.push import connecting"
    modules = imported(unpacked, code)
    assert "boto3" in modules
    assert modules.isdisjoint({"app", "pynamodb", "linebot", "gtts", "pydantic"})
    ours = imported(unpacked, code, whole="chalicelib.")
    assert not [name for name in ours if name.startswith(("chalicelib.speech", "chalicelib.line"))]


def test_the_zip_holds_what_requirements_txt_names_and_nothing_for_this_machine_alone(
    unpacked: Path,
) -> None:
    names = {path.name.split("-")[0].lower() for path in unpacked.glob("*.dist-info")}
    assert {"pynamodb", "gtts", "line_bot_sdk"} <= names
    local = {"chalice", "espeakng_loader", "lameenc", "onnxruntime", "numpy", "rich", "starlette"}
    assert names.isdisjoint(local | {"moto", "pytest"})
    assert not list(unpacked.rglob("*espeak-ng-data*"))


def test_the_zip_knows_the_services_that_our_code_calls(unpacked: Path) -> None:
    sources = [file.read_text("utf-8") for file in (ROOT / "chalicelib").rglob("*.py")]
    called = {name for text in sources for name in re.findall(r'client\(\s*"([a-z0-9-]+)"', text)}
    assert called >= {"s3", "sqs", "ssm", "polly"}
    assert called <= package.AWS_SERVICES
    known = {
        folder.name for folder in (unpacked / "botocore" / "data").iterdir() if folder.is_dir()
    }
    assert known == package.AWS_SERVICES
    clients = "; ".join(f"boto3.client({name!r})" for name in sorted(known))
    imported(unpacked, f"import boto3; {clients}")


def test_the_zip_is_within_lambdas_limit_with_room_for_layers(unpacked: Path) -> None:
    size = sum(path.stat().st_size for path in unpacked.rglob("*") if path.is_file())
    assert size < LAMBDA_LIMIT * 0.6


def test_our_modules_are_compiled_once_and_carry_no_path_of_this_machine(unpacked: Path) -> None:
    compiled = list((unpacked / "chalicelib").rglob("*.pyc"))
    sources = list((unpacked / "chalicelib").rglob("*.py"))
    assert len(compiled) == len(sources) > 40
    assert not any(str(ROOT).encode() in file.read_bytes() for file in compiled)


def test_a_second_build_is_the_first(built: Package) -> None:
    assert package.build("local") == built


@pytest.fixture(scope="module")
def production() -> Package:
    try:
        return package.build("prod")
    except package.PackageError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def test_production_runs_one_python_whoever_deploys(production: Package) -> None:
    functions = [
        resource["Properties"]
        for resource in production.template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert {function["Runtime"] for function in functions} == {interpreter.NAME}
    assert {*functions[0]["Architectures"]} == {"arm64"}
    with zipfile.ZipFile(production.zip_file) as archive:
        names = archive.namelist()
    tags = {tag for name in names for tag in re.findall(r"\.cpython-(\d+)\b", name)}
    assert tags == {"{}{}".format(*interpreter.PRODUCTION)}
    machines = {found for name in names for found in re.findall(r"cpython-\d+-(\w+)-linux", name)}
    assert machines == {"aarch64"}


def test_production_gets_what_the_local_stack_was_tried_with(built: Package) -> None:
    def portable(zip_file: Path) -> dict[str, int]:
        """Names and checksums of what does not depend on the processor."""
        with zipfile.ZipFile(zip_file) as archive:
            return {
                entry.filename: entry.CRC
                for entry in archive.infolist()
                if not entry.filename.endswith(".so") and ".dist-info/" not in entry.filename
            }

    of_this_python = package.build("prod", interpreter.running())
    assert portable(of_this_python.zip_file) == portable(built.zip_file)


def test_old_packages_make_room_and_the_one_in_use_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def chalice(python: Python, stage: str, project: Path, out: Path) -> None:
        with zipfile.ZipFile(out / "deployment.zip", "w") as archive:
            archive.writestr("app.py", "")
        (out / "sam.yaml").write_text("{}")

    monkeypatch.setattr(package, "PACKAGES", tmp_path)
    monkeypatch.setattr(package, "_chalice", chalice)
    monkeypatch.setattr(package, "_add_requirements", lambda *_: None)
    in_use = package.build("local")
    for age in range(package.KEPT + 3):
        (tmp_path / str(age)).mkdir()
        os.utime(tmp_path / str(age), (age, age))
    os.utime(in_use.folder, (0, 0))
    assert package.build("local") == in_use

    newest = package.build("prod", interpreter.running())
    left = {path for path in tmp_path.iterdir() if path.is_dir()}
    assert {in_use.folder, newest.folder} <= left
    assert len(left) == package.KEPT
    assert tmp_path / "0" not in left


def test_a_dependency_that_cannot_be_had_fails_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unpack(requirements: Path, folder: Path, platform: str, python: str) -> None:
        raise wheels.InstallError("no wheel of oranges")

    monkeypatch.setattr(package, "PACKAGES", tmp_path)
    monkeypatch.setattr(wheels, "unpack", unpack)
    with pytest.raises(package.PackageError, match="no wheel of oranges"):
        package.build("local")
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_template_that_chalice_cannot_make_fails_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chalice = tmp_path / "chalice"
    chalice.write_text("#!/bin/sh\necho 'no such stage' >&2; exit 2\n")
    chalice.chmod(0o755)
    monkeypatch.setattr(package, "PACKAGES", tmp_path / "package")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(package.PackageError, match="no such stage"):
        package.build("local")


@pytest.mark.nightly
@pytest.mark.parametrize("stage", ["local", "prod"])
def test_the_zip_is_the_same_whichever_installer_made_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: str
) -> None:
    def checksums(zip_file: Path) -> dict[str, int]:
        with zipfile.ZipFile(zip_file) as archive:
            return {entry.filename: entry.CRC for entry in archive.infolist()}

    python = package._any_python(stage)
    by_default = checksums(package.build(stage, python).zip_file)
    monkeypatch.setattr(package, "PACKAGES", tmp_path)
    monkeypatch.setattr(wheels, "UV", tmp_path / "there is no uv")
    assert checksums(package.build(stage, python).zip_file) == by_default


@pytest.fixture(scope="module", params=["local", "prod"])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    return package.build(request.param, interpreter.running()).template


def test_the_template_is_no_longer_than_cloudformation_reads(template: dict[str, Any]) -> None:
    body = cloudformation.with_code(template, "b" * 63, "k" * 80)
    assert len(body.encode()) < 1_000_000 / 2


def test_every_setting_is_set_by_the_template(template: dict[str, Any]) -> None:
    variables = set(template["Globals"]["Function"]["Environment"]["Variables"])
    own = template["Resources"]["FulfilOrders"]["Properties"]["Environment"]["Variables"]
    settings = {field.name.upper() for field in fields(Settings)}
    assert settings - variables - set(own) <= SET_BY_LAMBDA
    assert variables <= settings
    assert set(own) == {"API_URL"}


def test_the_voices_address_leads_to_this_api_by_https(template: dict[str, Any]) -> None:
    own = template["Resources"]["FulfilOrders"]["Properties"]["Environment"]["Variables"]
    condition, on_aws, elsewhere = own["API_URL"]["Fn::If"]
    assert condition == "IsOnAws"
    endpoint = template["Outputs"]["EndpointURL"]["Value"]["Fn::Sub"]
    assert endpoint.startswith("https://")
    assert on_aws["Fn::Sub"] == endpoint.removesuffix("/")
    stage = template["Resources"]["RestAPI"]["Properties"]["StageName"]
    assert f"/{stage}/" in elsewhere["Fn::Sub"]


def test_no_log_and_no_trace_of_the_gateway_tells_an_address_that_opens_something(
    template: dict[str, Any],
) -> None:
    """A voice's address holds its key. Of what the gateway can write down, execution logs and its
    own traces have whole paths; access logs have what their format names."""
    properties = template["Resources"]["RestAPI"]["Properties"]
    assert "TracingEnabled" not in properties
    settings = {name for setting in properties["MethodSettings"] for name in setting}
    assert settings.isdisjoint({"LoggingLevel", "DataTraceEnabled"})
    condition, access_logs, _ = properties["AccessLogSetting"]["Fn::If"]
    assert condition == "HasAccessLogs"
    told = set(json.loads(access_logs["Format"]).values())
    assert "$context.resourcePath" in told
    assert not [name for name in told if re.search(r"context\.(path|identity|requestOver)", name)]


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        ("HasPush", {"PushApi", "PushConnections", "PushConnectionsRole", "ConnectionsTable"}),
        ("SpeaksAhead", {"AheadQueue", "PrepareVoices", "PrepareVoicesRole", "AheadLogs"}),
    ],
)
def test_what_is_turned_off_goes_whole(
    template: dict[str, Any], condition: str, known: set[str]
) -> None:
    """What is there under the condition is named where it holds, and nowhere else."""
    conditional = {
        name
        for name, resource in template["Resources"].items()
        if resource.get("Condition") == condition
    }
    assert known <= conditional
    without = {
        "Resources": {
            name: resource
            for name, resource in template["Resources"].items()
            if name not in conditional
        },
        "Globals": template["Globals"],
    }
    written = json.dumps(_where_it_is_off(without, condition))
    assert not [name for name in conditional if name in written]


def _where_it_is_off(value: Any, condition: str) -> Any:
    if isinstance(value, dict):
        if "Fn::If" in value and value["Fn::If"][0] == condition:
            return _where_it_is_off(value["Fn::If"][2], condition)
        return {name: _where_it_is_off(part, condition) for name, part in value.items()}
    return (
        [_where_it_is_off(part, condition) for part in value] if isinstance(value, list) else value
    )


def test_workers_and_the_sweeper_tell_by_this_one_api_and_do_nothing_else_with_it(
    template: dict[str, Any],
) -> None:
    resource = (
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
        "${PushApi}/v1/POST/@connections/*"
    )
    told = [entry for entry in statements(template) if "execute-api" in json.dumps(entry)]
    assert [(entry["Action"], entry["Resource"]) for entry in told] == [
        ("execute-api:ManageConnections", {"Fn::Sub": resource})
    ] * 2
    assert template["Resources"]["PushStage"]["Properties"]["StageName"] == "v1"


def test_the_websockets_gateway_writes_no_address_down(template: dict[str, Any]) -> None:
    """Its addresses hold tickets."""
    stage = template["Resources"]["PushStage"]["Properties"]
    assert "AccessLogSettings" not in stage
    assert set(stage["DefaultRouteSettings"]) == {"ThrottlingRateLimit", "ThrottlingBurstLimit"}


def test_connections_are_forgotten_and_go_with_the_stack(template: dict[str, Any]) -> None:
    table = template["Resources"]["ConnectionsTable"]
    assert table["Properties"]["KeySchema"] == [{"AttributeName": "key", "KeyType": "HASH"}]
    expiry = {"AttributeName": "expires_at", "Enabled": True}
    assert table["Properties"]["TimeToLiveSpecification"] == expiry
    assert "DeletionPolicy" not in table


def found(name: str, value: Any) -> Iterator[Any]:
    """The arguments of every use of the function `name` in a part of a template."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and name in value:
        yield value[name]
    for part in parts:
        yield from found(name, part)


def test_an_account_with_no_origin_of_its_own_can_be_deployed_to(template: dict[str, Any]) -> None:
    """`AWS::LanguageExtensions` works `Fn::Select` out even under a condition that is false, and
    refuses the template where the list is shorter: only a list that is written out is safe."""
    assert list(found("Fn::If", template))
    for index, values in found("Fn::Select", template):
        assert isinstance(values, list)
        assert int(index) < len(values)


def statements(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                yield from statements_of(policy["PolicyDocument"])


def test_no_function_may_do_more_than_it_names(template: dict[str, Any]) -> None:
    for statement in statements(template):
        assert "*" not in json.dumps(statement["Action"])
        if statement["Resource"] == "*":
            assert statement["Sid"].endswith("WhichHasNoResources")


def test_the_api_alone_reads_menus_and_lists_nothing_else(template: dict[str, Any]) -> None:
    named = [entry for entry in statements(template) if "menus" in json.dumps(entry)]
    assert {entry["Sid"]: entry["Action"] for entry in named} == {
        "Menus": "s3:GetObject",
        "LearnThatAMenuIsMissing": "s3:ListBucket",
    }
    assert len(named) == 2
    by_sid = {entry["Sid"]: entry for entry in named}
    assert by_sid["Menus"]["Resource"] == {"Fn::Sub": "${VoiceBucket.Arn}/menus/*"}
    listing = by_sid["LearnThatAMenuIsMissing"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "menus/*"}}
    role = template["Resources"]["ApiHandlerRole"]["Properties"]["Policies"]
    assert all(entry in role[0]["PolicyDocument"]["Statement"] for entry in named)


def test_each_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    functions = [
        resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert len(functions) == len(set(functions)) == 5


def test_what_is_stored_is_private_encrypted_and_kept_in_production(
    template: dict[str, Any],
) -> None:
    resources = template["Resources"]
    table, bucket = resources["OrdersTable"], resources["VoiceBucket"]
    for kept in (table, bucket):
        assert kept["DeletionPolicy"] == {"Fn::If": ["IsProd", "Retain", "Delete"]}
        assert kept["UpdateReplacePolicy"] == {"Fn::If": ["IsProd", "Retain", "Delete"]}
    assert "SSESpecification" not in table["Properties"], "DynamoDB encrypts by AWS's own key"
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": {"Fn::If": ["IsProd", True, False]}}
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    assert "BucketEncryption" in bucket["Properties"]
    for queue in ("OrdersQueue", "DeadLetterQueue"):
        assert resources[queue]["Properties"]["SqsManagedSseEnabled"] is True


def test_queue_and_worker_fit_each_other(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    worker = resources["FulfilOrders"]["Properties"]
    queue = resources["OrdersQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * worker["Timeout"]
    source = worker["Events"]["FulfilOrdersSqsEventSource"]["Properties"]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BatchSize"] == {"Ref": "FulfilBatch"}
    assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "FulfilConcurrency"}}
    ahead = resources["PrepareVoices"]["Properties"]["Events"]["PrepareVoicesSqsEventSource"]
    assert ahead["Properties"]["ScalingConfig"] == {
        "MaximumConcurrency": {"Ref": "AheadConcurrency"}
    }
    least = template["Parameters"]["AheadConcurrency"]
    assert least["Default"] == least["MinValue"] == 2, "as AWS has it"


def test_each_function_has_the_memory_of_its_parameter(template: dict[str, Any]) -> None:
    memory = {
        name: resource["Properties"]["MemorySize"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    assert memory == {
        "APIHandler": {"Ref": "ApiMemory"},
        "FulfilOrders": {"Ref": "FulfilMemory"},
        "SweepOrders": {"Ref": "SweepMemory"},
        "PrepareVoices": {"Ref": "FulfilMemory"},
        "PushConnections": 512,
    }


def test_the_model_and_the_template_describe_the_same_table(template: dict[str, Any]) -> None:
    from chalicelib.orders.record import OrderRecord

    properties = template["Resources"]["OrdersTable"]["Properties"]
    schema = OrderRecord._get_schema()
    assert properties["KeySchema"] == [
        {"AttributeName": key["AttributeName"], "KeyType": key["KeyType"]}
        for key in schema["key_schema"]
    ]
    ours = {index["index_name"]: index for index in schema["global_secondary_indexes"]}
    for index in properties["GlobalSecondaryIndexes"]:
        keys = ours[index["IndexName"]]["key_schema"]
        assert index["KeySchema"] == sorted(keys, key=lambda key: key["KeyType"])
        assert index["Projection"] == ours[index["IndexName"]]["projection"]
    assert len(ours) == len(properties["GlobalSecondaryIndexes"])
    assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at"


def test_counters_have_the_key_and_the_end_that_the_code_gives_them(
    template: dict[str, Any],
) -> None:
    table = template["Resources"]["LimitsTable"]
    assert table["Properties"]["KeySchema"] == [{"AttributeName": "key", "KeyType": "HASH"}]
    assert table["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }
    assert "DeletionPolicy" not in table, "they may be lost, and go with the stack"


def test_the_gateway_compresses_the_page(template: dict[str, Any]) -> None:
    assert template["Resources"]["RestAPI"]["Properties"]["MinimumCompressionSize"] <= 1024


def test_production_is_arm_and_the_local_stack_is_this_machines() -> None:
    by_stage = {
        stage: json.dumps(
            package.build(stage, interpreter.running()).template["Resources"]["FulfilOrders"]
        )
        for stage in ("local", "prod")
    }
    assert '"arm64"' in by_stage["prod"]
    here = "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"
    assert f'"{here}"' in by_stage["local"]
