"""Each known gap of the emulator that runs, by itself. Who mends one there makes its test fail:
then it is taken out of the emulator's gaps, and the tests that rest on it run."""

import io
import json
import sys
import time
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from localstack.emulators.emulator import Gap
from tests.deploy_support import IMPOSSIBLE, QUEUE, UNDELETABLE, after, table, template
from tests.emulators import EMULATOR, bare_emulator
from tests.stack.client import until

SHOWN: set[Gap] = set()
ROLE = "arn:aws:iam::000000000000:role/r"
RUNTIME: Any = "python{}.{}".format(*sys.version_info)

pytestmark = pytest.mark.usefixtures("bare_emulator")


def shows(gap: Gap) -> pytest.MarkDecorator:
    SHOWN.add(gap)
    reason = f"{EMULATOR.title} is not known for this gap: {gap}"
    return pytest.mark.skipif(gap not in EMULATOR.gaps, reason=reason)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with bare_emulator(tmp_path_factory.mktemp("emulator"), enforces_iam=True) as address:
        yield address


class Stack:
    """One of CloudFormation, with a name of its own."""

    def __init__(self) -> None:
        self.cloudformation = boto3.client("cloudformation")
        self.name = f"s{time.time_ns()}"

    def propose(self, **resources: Any) -> str:
        """The ARN of a change set to these resources."""
        return self.propose_template(template(**resources))

    def propose_template(self, whole: dict[str, Any]) -> str:
        created = self.cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"c{time.time_ns()}",
            ChangeSetType="UPDATE" if self.exists() else "CREATE",
            TemplateBody=json.dumps(whole),
            Capabilities=["CAPABILITY_AUTO_EXPAND"],
        )
        ready = self.cloudformation.get_waiter("change_set_create_complete")
        ready.wait(ChangeSetName=created["Id"], WaiterConfig={"Delay": 1})
        return created["Id"]

    def changes(self, change_set: str) -> list[Any]:
        found = self.cloudformation.describe_change_set(ChangeSetName=change_set)["Changes"]
        return [change["ResourceChange"] for change in found]

    def execute(self, change_set: str) -> str:
        self.cloudformation.execute_change_set(ChangeSetName=change_set)
        return self.end()

    def become(self, **resources: Any) -> str:
        return self.execute(self.propose(**resources))

    def exists(self) -> bool:
        stacks = self.cloudformation.describe_stacks()["Stacks"]
        return any(stack["StackName"] == self.name for stack in stacks)

    def status(self) -> str:
        return self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]

    def end(self) -> str:
        until(lambda: not self.status().endswith("_IN_PROGRESS"))
        return self.status()

    def delete(self) -> list[str]:
        """The statuses that the stack had on its way out."""
        stack = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        statuses: list[str] = []

        def is_gone() -> bool:
            events = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            own = [event for event in events if event.get("PhysicalResourceId") == stack]
            statuses[:] = [event["ResourceStatus"] for event in own]
            return statuses[0] == "DELETE_COMPLETE"

        until(is_gone)
        return statuses[: statuses.index("DELETE_IN_PROGRESS")][::-1]

    def resources(self) -> dict[str, str]:
        """Name in the template, and in the account."""
        found = self.cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


@pytest.fixture
def stack(bare_emulator: str) -> Stack:
    return Stack()


def archive(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as opened:
        opened.writestr(name, text)
    return file.getvalue()


def test_every_gap_is_shown_here() -> None:
    assert set(Gap) == SHOWN


@shows(Gap.IAM)
def test_who_has_no_rights_may_all_the_same() -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
    assert session.client("s3").create_bucket(Bucket="not-allowed")["Location"]


@shows(Gap.GATEWAY_RESPONSES)
def test_the_gateways_own_answer_has_a_body_of_its_own(endpoint: str) -> None:
    gateway = boto3.client("apigateway")
    api = gateway.create_rest_api(name="a")
    method = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.put_gateway_response(
        restApiId=api["id"],
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseParameters={"gatewayresponse.header.X-Ours": "'1'"},
        responseTemplates={"application/json": '{"ours": 1}'},
    )
    gateway.create_deployment(restApiId=api["id"], stageName="v")
    url = f"{endpoint}/restapis/{api['id']}/v/_user_request_/nothing"
    answer = urllib3.request("GET", url)
    assert answer.status == 404
    assert "X-Ours" not in answer.headers
    assert "ours" not in answer.json()


@shows(Gap.STAGES)
def test_a_stage_has_no_rates_and_stays_as_it_was(stack: Stack) -> None:
    def of_the_api(kind: str, **properties: Any) -> dict[str, Any]:
        return {
            "Type": f"AWS::ApiGateway::{kind}",
            "Properties": {"RestApiId": {"Ref": "Api"}, **properties},
        }

    def stage(said: str) -> dict[str, Any]:
        rates = {"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": 5}
        return of_the_api(
            "Stage",
            StageName="v",
            DeploymentId={"Ref": "Deployment"},
            Description=said,
            MethodSettings=[rates],
        )

    root = of_the_api(
        "Method",
        ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
        HttpMethod="GET",
        AuthorizationType="NONE",
        Integration={"Type": "MOCK"},
    )
    api = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "b"}},
        "Root": root,
        "Deployment": after(of_the_api("Deployment"), "Root"),
    }
    assert stack.become(**api, Stage=stage("before")) == "CREATE_COMPLETE"
    assert stack.become(**api, Stage=stage("after")) == "UPDATE_COMPLETE"
    made = boto3.client("apigateway").get_stage(restApiId=stack.resources()["Api"], stageName="v")
    assert made["description"] == "before"
    assert not made["methodSettings"]


@shows(Gap.LOG_GROUPS)
def test_a_function_logs_to_the_default_group() -> None:
    functions, logs = boto3.client("lambda"), boto3.client("logs")
    logs.create_log_group(logGroupName="/own")
    functions.create_function(
        FunctionName="f",
        Runtime=RUNTIME,
        Role=ROLE,
        Handler="m.f",
        Code={"ZipFile": archive("m.py", "def f(*_): print('said')")},
        LoggingConfig={"LogGroup": "/own"},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    functions.invoke(FunctionName="f")

    def groups() -> dict[str, Any]:
        return {one["logGroupName"]: one for one in logs.describe_log_groups()["logGroups"]}

    until(lambda: "/aws/lambda/f" in groups())
    assert "retentionInDays" not in groups()["/aws/lambda/f"]
    assert not logs.describe_log_streams(logGroupName="/own")["logStreams"]


@shows(Gap.LAYERS)
def test_a_layer_that_is_taken_away_stays(stack: Stack) -> None:
    functions = boto3.client("lambda")
    layer = functions.publish_layer_version(LayerName="l", Content={"ZipFile": archive("l", "")})
    properties = {
        "Runtime": RUNTIME,
        "Role": ROLE,
        "Handler": "index.f",
        "Code": {"ZipFile": "def f(*_): pass"},
    }
    with_layer = {**properties, "Layers": [layer["LayerVersionArn"]]}
    assert stack.become(F=function(**with_layer)) == "CREATE_COMPLETE"
    assert stack.become(F=function(**properties)) == "UPDATE_COMPLETE"
    made = functions.get_function_configuration(FunctionName=stack.resources()["F"])
    assert [one["Arn"] for one in made["Layers"]] == [layer["LayerVersionArn"]]


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


@shows(Gap.RULES)
def test_a_rule_forbids_nothing(stack: Stack) -> None:
    never = {"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}
    whole = template(Queue=QUEUE) | {"Rules": {"Never": {"Assertions": [never]}}}
    stack.cloudformation.create_stack(StackName=stack.name, TemplateBody=json.dumps(whole))
    assert stack.end() == "CREATE_COMPLETE"


@shows(Gap.PARAMETERS)
@pytest.mark.parametrize(
    ("bound", "beyond"),
    [
        ({"Type": "Number", "MinValue": 1}, "0"),
        ({"Type": "Number", "MaxValue": 3}, "4"),
        ({"Type": "Number", "AllowedValues": [1]}, "2"),
    ],
    ids=["least", "most", "values"],
)
def test_a_parameter_may_be_what_it_may_not(
    stack: Stack, bound: dict[str, Any], beyond: str
) -> None:
    whole = template(Queue=QUEUE) | {"Parameters": {"Bound": bound}}
    stack.cloudformation.create_stack(
        StackName=stack.name,
        TemplateBody=json.dumps(whole),
        Parameters=[{"ParameterKey": "Bound", "ParameterValue": beyond}],
    )
    assert stack.end() == "CREATE_COMPLETE"


@shows(Gap.REPLACEMENT)
def test_a_table_keeps_its_key(stack: Stack) -> None:
    stack.become(Table=table(key="k"))
    proposed = stack.propose(Table=table(key="other"))
    assert [change["Replacement"] for change in stack.changes(proposed)] == ["False"]
    assert stack.execute(proposed) == "UPDATE_COMPLETE"
    described = boto3.client("dynamodb").describe_table(TableName=stack.resources()["Table"])
    assert described["Table"]["KeySchema"] == [{"AttributeName": "k", "KeyType": "HASH"}]


@shows(Gap.CONDITIONS)
def test_a_change_set_lists_what_its_condition_leaves_out(stack: Stack) -> None:
    whole = template(Queue=QUEUE, Never={**QUEUE, "Condition": "No"})
    whole["Conditions"] = {"No": {"Fn::Equals": ["a", "b"]}}
    proposed = stack.propose_template(whole)
    listed = {change["LogicalResourceId"] for change in stack.changes(proposed)}
    assert listed == {"Queue", "Never"}
    assert stack.execute(proposed) == "CREATE_COMPLETE"
    assert set(stack.resources()) == {"Queue"}


@shows(Gap.POLICIES)
def test_a_change_set_does_not_say_what_becomes_of_what_is_removed(stack: Stack) -> None:
    stack.become(Queue=QUEUE, Kept=table(policy="Retain"), Other=QUEUE)
    changes = stack.changes(stack.propose(Other=QUEUE))
    assert [change["Action"] for change in changes] == ["Remove", "Remove"]
    assert not [change for change in changes if "PolicyAction" in change]


@shows(Gap.NO_CHANGES)
def test_a_change_set_without_changes_is_executed(stack: Stack) -> None:
    whole = template(Queue=QUEUE) | {"Transform": "AWS::Serverless-2016-10-31"}
    assert stack.execute(stack.propose_template(whole)) == "CREATE_COMPLETE"
    proposed = stack.propose_template(whole)
    assert not stack.changes(proposed)
    assert stack.execute(proposed) == "UPDATE_COMPLETE"


@shows(Gap.OVERTAKEN)
def test_a_change_set_that_was_overtaken_is_executed(stack: Stack) -> None:
    stack.become(Queue=QUEUE)
    first, second = stack.propose(Queue=QUEUE, A=QUEUE), stack.propose(Queue=QUEUE, B=QUEUE)
    assert stack.execute(first) == "UPDATE_COMPLETE"
    assert stack.execute(second) == "UPDATE_COMPLETE"
    assert set(stack.resources()) == {"Queue", "A", "B"}


@shows(Gap.WAIT_CONDITIONS)
def test_a_wait_condition_is_there_at_once(stack: Stack) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    properties = {"Handle": {"Ref": "Handle"}, "Timeout": "3"}
    condition = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": properties}
    # After its time it would have failed.
    assert stack.become(Handle=handle, Condition=condition) == "CREATE_COMPLETE"


@shows(Gap.ROLLBACK)
@pytest.mark.parametrize("before", [{}, {"Queue": QUEUE}], ids=["creation", "update"])
def test_what_failed_is_not_taken_back(stack: Stack, before: dict[str, Any]) -> None:
    if before:
        stack.become(**before)
    status = stack.become(**before, Made=QUEUE, Bad=after(IMPOSSIBLE, "Made"))
    assert status == "ROLLBACK_COMPLETE"
    address = stack.resources()["Made"]
    assert address in boto3.client("sqs").list_queues()["QueueUrls"]


@shows(Gap.STOPPED_UPDATES)
def test_an_update_that_may_not_be_taken_back_says_that_it_went_well(stack: Stack) -> None:
    stack.become(Queue=QUEUE)
    body = json.dumps(template(Queue=QUEUE, Bad=IMPOSSIBLE))
    stack.cloudformation.update_stack(StackName=stack.name, TemplateBody=body, DisableRollback=True)
    assert stack.end() == "UPDATE_COMPLETE"


@shows(Gap.FAILED_CREATION)
def test_a_stack_that_was_never_whole_says_on_its_way_out_that_it_stays(stack: Stack) -> None:
    unborn = after(QUEUE, "Bad")
    value = {"Type": "String", "Value": {"Fn::GetAtt": ["Unborn", "Arn"]}}
    refers = {"Type": "AWS::SSM::Parameter", "Properties": value}
    assert stack.become(Bad=IMPOSSIBLE, Unborn=unborn, Refers=refers) == "ROLLBACK_COMPLETE"
    assert "DELETE_FAILED" in stack.delete()


@shows(Gap.WEB_SOCKETS)
def test_an_api_of_websockets_is_said_to_be_there_and_is_not(stack: Stack) -> None:
    properties = {
        "Name": "push",
        "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action",
    }
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties}
    assert stack.become(Api=api) == "CREATE_COMPLETE"
    with pytest.raises(ClientError):
        boto3.client("apigatewayv2").get_apis()


@shows(Gap.UNDELETABLE)
def test_a_stack_is_gone_though_a_network_of_it_stays(stack: Stack) -> None:
    stack.become(**UNDELETABLE)
    network = stack.resources()["Network"]
    assert stack.delete()[-1] == "DELETE_COMPLETE"
    assert boto3.client("ec2").describe_vpcs(VpcIds=[network])["Vpcs"]
