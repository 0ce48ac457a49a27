"""IAM, enforced by the emulator: each right of each policy is needed, and its loss is noticed.

A right is taken out of the role of a deployed function, the function is made to do what it needs
the right for, and its log, or who asked, must hear of the refusal. Rights that the emulator does
not ask for are named in `UNPROVEN`; every other one must have a deed here.

`make attack` takes every right (it sets `ATTACK_EXAMPLES` to 5,000 or more), `make test` some.
"""

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from chalicelib.orders import queue
from chalicelib.push.connections import MOST_CONNECTIONS
from deploy.kokoro import PREFIX, upload
from deploy.kokoro_model import cache_folder
from localstack.emulators.emulator import Gap
from tests.emulators import rests_on
from tests.security.deployed_functions import Deployed, Right, rights
from tests.stack.client import Client, came_true, until
from tests.web_socket import Refused, WebSocket

UNPROVEN = {
    "logs:CreateLogStream": "the emulator writes the functions' logs by itself",
    "logs:PutLogEvents": "the emulator writes the functions' logs by itself",
    "xray:PutTraceSegments": "the emulator has no X-Ray",
    "xray:PutTelemetryRecords": "the emulator has no X-Ray",
    "polly:SynthesizeSpeech": "the emulator has no Polly",
    "s3:ListBucket": "the emulator says 404 of a missing object to everybody; S3 says 403 without",
    "sqs:ChangeMessageVisibility": "AWS's name of the right; the emulator asks for the batch's own",
    "sqs:ReceiveMessage": "the emulator's poller does not act as the function's role",
    "sqs:DeleteMessage": "the emulator's poller does not act as the function's role",
    "sqs:GetQueueAttributes": "the emulator's poller does not act as the function's role",
}


@pytest.fixture(scope="module")
def deployed(stack: dict[str, str]) -> Deployed:
    return Deployed(Client(stack))


@pytest.fixture
def user(deployed: Deployed) -> dict[str, str]:
    return deployed.client.sign_in("U" + uuid.uuid4().hex)


def unspoken() -> dict[str, Any]:
    """An order whose sentence nobody has ordered before."""
    name = "牛肉麵" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(time.time_ns()))
    return {"store_name": "老王", "items": [{"name": name, "price": 1}]}


Deed = Callable[[Deployed, dict[str, str], str], Any]
"""What takes a right: with the stack, a user's headers, and a completed order of that user."""


def post(deployed: Deployed, _: dict[str, str], __: str) -> None:
    deployed.client.call("POST", "/api/orders/quick", unspoken())


def post_to_a_new_container(deployed: Deployed, user: dict[str, str], order_id: str) -> None:
    deployed.forget("api")
    post(deployed, user, order_id)


def post_as_user_to_a_new_worker(deployed: Deployed, user: dict[str, str], _: str) -> None:
    deployed.forget("fulfil")
    deployed.client.place(unspoken(), **user)


def ask_for_a_voice_ahead(deployed: Deployed, _: dict[str, str], __: str) -> None:
    deployed.client.call("POST", "/api/voices", unspoken())


def ask_a_new_container_for_a_voice(deployed: Deployed, user: dict[str, str], _: str) -> None:
    """With an address that was made up: a real one would need the key as well."""
    deployed.forget("api")
    deployed.client.call("GET", f"/api/voices/{'0' * 26}/{'A' * 40}.mp3", **user)


def ask_for_status(deployed: Deployed, user: dict[str, str], order_id: str) -> None:
    deployed.client.call("GET", f"/api/orders/status/{order_id}", **user)


def ask_for_history(deployed: Deployed, user: dict[str, str], _: str) -> None:
    deployed.client.call("GET", "/api/orders", **user)


def retry(deployed: Deployed, user: dict[str, str], order_id: str) -> None:
    deployed.change(order_id, status="failed", trouble="speech_unavailable")
    deployed.client.call("POST", f"/api/orders/{order_id}/retry", **user)


def ask_for_finished_work(deployed: Deployed, _: dict[str, str], order_id: str) -> None:
    deployed.client.aws("sqs").send_message(
        QueueUrl=deployed.client.stack["ORDERS_QUEUE_URL"],
        MessageBody=queue.body_of(order_id),
    )


def fail_at_line(deployed: Deployed, user: dict[str, str], _: str) -> None:
    deployed.client.line_fails(500)
    deployed.client.place(unspoken(), **user)


def sweep_an_overdue_order(deployed: Deployed, _: dict[str, str], order_id: str) -> None:
    now = time.time_ns() // 1_000_000
    deployed.change(order_id, status="pending", open="open", due_at=1, opened_at=now, attempts=0)
    deployed.sweep()


def sweep_an_old_order_that_somebody_holds(
    deployed: Deployed, _: dict[str, str], order_id: str
) -> None:
    """Its ending is refused, and the sweeper looks whether that was its own doing."""
    held_until = time.time_ns() // 1_000_000 + 10_000
    values = {"due_at": 1, "opened_at": 1, "attempts": 1, "lease_expires_at": held_until}
    deployed.change(order_id, status="processing", open="open", **values)
    deployed.sweep()


def ask_line_for_its_quota_in_a_new_container(
    deployed: Deployed, _: dict[str, str], __: str
) -> None:
    deployed.forget("sweep")
    deployed.sweep(scheduled_at="2026-11-24T09:10:00Z")


def ask_for_a_menu(deployed: Deployed, _: dict[str, str], __: str) -> None:
    deployed.client.call("GET", "/api/menus/sample-tea")


def leave_by_the_webhook(deployed: Deployed, user: dict[str, str], _: str) -> None:
    user_id = jwt.decode(user["Authorization"].split()[1], options={"verify_signature": False})[
        "sub"
    ]
    deployed.client.leave(user_id)


def leave_by_the_webhook_of_a_new_container(
    deployed: Deployed, user: dict[str, str], order_id: str
) -> None:
    deployed.forget("api")
    leave_by_the_webhook(deployed, user, order_id)


def end_again_without_its_page(deployed: Deployed, user: dict[str, str], order_id: str) -> None:
    """The page has gone without a word, and an end is about to be told."""
    deployed.client.pretend_to_be_connected(order_id)
    now = time.time_ns() // 1_000_000
    deployed.change(order_id, status="pending", open="open", due_at=now, opened_at=now, attempts=0)
    ask_for_finished_work(deployed, user, order_id)


def sweep_a_spent_order_without_its_page(
    deployed: Deployed, _: dict[str, str], order_id: str
) -> None:
    deployed.client.pretend_to_be_connected(order_id)
    deployed.change(order_id, status="pending", open="open", due_at=1, opened_at=1, attempts=1)
    deployed.sweep()


REFUSED = "not authorized to perform: {action}"
DEEDS: dict[Right, tuple[Deed, str]] = {
    Right("api", "Orders", "dynamodb:PutItem"): (post, REFUSED),
    Right("api", "Orders", "dynamodb:GetItem"): (ask_for_status, REFUSED),
    Right("api", "Orders", "dynamodb:BatchGetItem"): (ask_for_history, REFUSED),
    Right("api", "Orders", "dynamodb:UpdateItem"): (retry, REFUSED),
    Right("api", "OrdersOfOneOwner", "dynamodb:Query"): (ask_for_history, REFUSED),
    Right("api", "AskForAWorker", "sqs:SendMessage"): (post, REFUSED),
    Right("api", "HashGuestAddresses", "ssm:GetParameter"): (post_to_a_new_container, REFUSED),
    Right("api", "KnowAddressesOfVoices", "ssm:GetParameter"): (
        ask_a_new_container_for_a_voice,
        REFUSED,
    ),
    Right("api", "VerifyLinesWebhook", "ssm:GetParameter"): (
        leave_by_the_webhook_of_a_new_container,
        REFUSED,
    ),
    Right("api", "SignTickets", "ssm:GetParameter"): (post_to_a_new_container, REFUSED),
    Right("api", "Limits", "dynamodb:GetItem"): (post_to_a_new_container, REFUSED),
    Right("api", "Limits", "dynamodb:UpdateItem"): (post, REFUSED),
    Right("api", "Menus", "s3:GetObject"): (
        ask_for_a_menu,
        "(AccessDenied) when calling the GetObject",
    ),
    Right("api", "AskForVoicesAhead", "sqs:SendMessage"): (ask_for_a_voice_ahead, REFUSED),
    Right("ahead", "CountVoices", "dynamodb:UpdateItem"): (ask_for_a_voice_ahead, REFUSED),
    Right("ahead", "Voices", "s3:GetObject"): (
        ask_for_a_voice_ahead,
        "(403) when calling the HeadObject operation",
    ),
    Right("ahead", "Voices", "s3:PutObject"): (
        ask_for_a_voice_ahead,
        "(AccessDenied) when calling the PutObject",
    ),
    Right("fulfil", "CountGuests", "dynamodb:UpdateItem"): (post, REFUSED),
    Right("fulfil", "Orders", "dynamodb:GetItem"): (ask_for_finished_work, REFUSED),
    Right("fulfil", "Orders", "dynamodb:UpdateItem"): (post, REFUSED),
    Right("fulfil", "Orders", "dynamodb:BatchGetItem"): (leave_by_the_webhook, REFUSED),
    Right("fulfil", "OrdersOfOneOwner", "dynamodb:Query"): (leave_by_the_webhook, REFUSED),
    Right("fulfil", "Messages", "sqs:ChangeMessageVisibilityBatch"): (fail_at_line, REFUSED),
    # A HEAD has no body to say more in.
    Right("fulfil", "Voices", "s3:GetObject"): (
        post,
        "(403) when calling the HeadObject operation",
    ),
    Right("fulfil", "Voices", "s3:PutObject"): (post, "(AccessDenied) when calling the PutObject"),
    Right("fulfil", "PushToLine", "ssm:GetParameter"): (post_as_user_to_a_new_worker, REFUSED),
    Right("fulfil", "SignAddressesOfVoices", "ssm:GetParameter"): (
        post_as_user_to_a_new_worker,
        REFUSED,
    ),
    Right("sweep", "Orders", "dynamodb:BatchGetItem"): (sweep_an_overdue_order, REFUSED),
    Right("sweep", "Orders", "dynamodb:GetItem"): (
        sweep_an_old_order_that_somebody_holds,
        REFUSED,
    ),
    Right("sweep", "Orders", "dynamodb:UpdateItem"): (sweep_an_overdue_order, REFUSED),
    Right("sweep", "AskLineForItsQuota", "ssm:GetParameter"): (
        ask_line_for_its_quota_in_a_new_container,
        REFUSED,
    ),
    Right("sweep", "OpenOrders", "dynamodb:Query"): (sweep_an_overdue_order, REFUSED),
    Right("sweep", "AskForAWorker", "sqs:SendMessageBatch"): (sweep_an_overdue_order, REFUSED),
    Right("fulfil", "WhoIsConnected", "dynamodb:GetItem"): (post, REFUSED),
    Right("fulfil", "WhoIsConnected", "dynamodb:UpdateItem"): (end_again_without_its_page, REFUSED),
    Right("fulfil", "Tell", "execute-api:ManageConnections"): (end_again_without_its_page, REFUSED),
    **{
        Right("sweep", statement, action): (sweep_a_spent_order_without_its_page, REFUSED)
        for statement, action in (
            ("WhoIsConnected", "dynamodb:GetItem"),
            ("WhoIsConnected", "dynamodb:UpdateItem"),
            ("Tell", "execute-api:ManageConnections"),
        )
    },
}
SIGNED_FOR_OTHERS = Right("api", "SignUrls", "s3:GetObject")
"""The API signs with it; whoever has the URL needs it."""
CONNECT = [
    Right("push", "Connections", "dynamodb:UpdateItem"),
    Right("push", "Connections", "dynamodb:PutItem"),
    Right("push", "VerifyTickets", "ssm:GetParameter"),
]
"""Who wants to connect is refused; the emulator keeps no logs of that function."""
DISCONNECTS = Right("push", "Connections", "dynamodb:DeleteItem")
FETCHES_ITS_VOICE = Right("fulfil", "Models", "s3:GetObject")
"""Where Kokoro speaks on AWS."""
READS_AN_ENGINES_KEY = {
    "google": Right("fulfil", "SpeakByGoogle", "ssm:GetParameter"),
    "azure": Right("fulfil", "SpeakByAzure", "ssm:GetParameter"),
}
"""Where one of them is named. No key lies there, so nobody outside is asked."""
AS_THE_WORKER_DOES = {
    Right("ahead", right.statement, right.action)
    for right in [*READS_AN_ENGINES_KEY.values(), FETCHES_ITS_VOICE]
}
"""By the same engines' code, of which one function is tried."""
AS_AWS_NAMES_IT = Right("sweep", "AskForAWorker", "sqs:SendMessage")
"""The emulator asks for the batch's own."""
ASKS_FOR_ITSELF = Right("fulfil", "Messages", "sqs:SendMessage")
"""Where an engine's quota is used up; those of the emulator's stack have none."""
PROVEN = [right for right in rights() if right in DEEDS]
IN_EVERY_TEST_RUN = {
    Right("api", "Menus", "s3:GetObject"),
    Right("api", "Orders", "dynamodb:PutItem"),
    Right("api", "AskForAWorker", "sqs:SendMessage"),
    Right("fulfil", "Voices", "s3:PutObject"),
    Right("sweep", "OpenOrders", "dynamodb:Query"),
    Right("sweep", "AskLineForItsQuota", "ssm:GetParameter"),
    Right("fulfil", "OrdersOfOneOwner", "dynamodb:Query"),
    Right("fulfil", "Tell", "execute-api:ManageConnections"),
}
IS_WHOLE = int(os.environ.get("ATTACK_EXAMPLES", "0")) >= 5000


def test_every_right_is_proven_or_said_to_be_unproven() -> None:
    assert {right for right in rights() if right.action not in UNPROVEN} == {
        *DEEDS,
        SIGNED_FOR_OTHERS,
        FETCHES_ITS_VOICE,
        *AS_THE_WORKER_DOES,
        *READS_AN_ENGINES_KEY.values(),
        AS_AWS_NAMES_IT,
        ASKS_FOR_ITSELF,
        *CONNECT,
        DISCONNECTS,
    }


@rests_on(Gap.IAM)
@pytest.mark.parametrize("right", PROVEN, ids=[" ".join(right) for right in PROVEN])
def test_a_right_is_needed_and_its_loss_is_noticed(
    deployed: Deployed, user: dict[str, str], right: Right
) -> None:
    if not IS_WHOLE and right not in IN_EVERY_TEST_RUN:
        pytest.skip("make attack takes every right")
    deed, refusal = DEEDS[right]
    order_id = deployed.client.place(**user)
    assert deployed.client.follow(order_id, **user)["notification"] == "sent"
    since = time.time_ns() // 1_000_000
    expected = refusal.format(action=right.action)

    def is_refused() -> bool:
        # Once more where the call has met a busy machine, and its time-out was told instead.
        deed(deployed, user, order_id)
        return came_true(lambda: expected in deployed.said(right.function, since), seconds=20)

    with deployed.without(right):
        until(is_refused)
    again = deployed.client.place(unspoken(), **user)
    assert deployed.client.follow(again, **user)["status"] == "completed"


@rests_on(Gap.IAM)
def test_a_url_that_the_api_signed_opens_only_while_the_api_may_read(deployed: Deployed) -> None:
    url = deployed.client.follow(deployed.client.place())["voice_url"]
    with deployed.without(SIGNED_FOR_OTHERS):
        refused = deployed.client.call("GET", url)
        assert (refused.status, b"AccessDenied" in refused.data) == (403, True)
    assert deployed.client.call("GET", url).status == 200


@rests_on(Gap.IAM)
@pytest.mark.parametrize("right", CONNECT, ids=[" ".join(right) for right in CONNECT])
def test_a_page_is_connected_only_while_the_function_may(deployed: Deployed, right: Right) -> None:
    push_url = deployed.client.call("POST", "/api/orders/quick", unspoken()).json["push_url"]
    deployed.forget("push")
    with deployed.without(right), pytest.raises(Refused):
        WebSocket(push_url)
    WebSocket(push_url).close()


@rests_on(Gap.IAM)
def test_a_page_that_goes_is_forgotten_only_while_the_function_may(deployed: Deployed) -> None:
    placed = deployed.client.call("POST", "/api/orders/quick", unspoken()).json
    with deployed.without(DISCONNECTS):
        for _ in range(MOST_CONNECTIONS):
            WebSocket(placed["push_url"]).close()
        with pytest.raises(Refused):
            WebSocket(placed["push_url"])
        assert len(deployed.client.connections(placed["order_id"])) == MOST_CONNECTIONS


@rests_on(Gap.IAM)
@pytest.mark.parametrize("engine", READS_AN_ENGINES_KEY)
def test_the_worker_reads_an_engines_key_only_while_it_may(deployed: Deployed, engine: str) -> None:
    if not IS_WHOLE:
        pytest.skip("make attack takes every right")
    key = f"the parameter /order-voice/local/{engine}-speech-key"
    before = deployed.forget("fulfil", SPEECH_ENGINES=f"{engine},espeak")
    try:
        since = time.time_ns() // 1_000_000
        with deployed.without(READS_AN_ENGINES_KEY[engine]):
            assert deployed.engine_of(deployed.client.place(unspoken())) == "espeak"
            refusal = f"{key}: AccessDeniedException, GetParameter"
            until(lambda: refusal in deployed.said("fulfil", since))
        deployed.forget("fulfil")
        assert deployed.engine_of(deployed.client.place(unspoken())) == "espeak"
        until(lambda: f"{key}: ParameterNotFound" in deployed.said("fulfil", since))
    finally:
        deployed.forget("fulfil", **before)


@rests_on(Gap.IAM)
def test_the_worker_fetches_kokoros_voice_only_while_it_may(
    deployed: Deployed, tmp_path: Path
) -> None:
    if not IS_WHOLE:
        pytest.skip("make attack takes every right")
    bucket = deployed.client.stack["VOICE_BUCKET"]
    upload(deployed.client.aws("s3"), cache_folder(), bucket)
    variables = {
        "SPEECH_ENGINES": "kokoro,espeak",
        "KOKORO_LOCATION": f"s3://{bucket}/{PREFIX}",
        "TMPDIR": str(tmp_path),
    }
    before = deployed.forget("fulfil", **variables)
    try:
        since = time.time_ns() // 1_000_000
        with deployed.without(FETCHES_ITS_VOICE):
            assert deployed.engine_of(deployed.client.place(unspoken())) == "espeak"
        refusal = "AccessDenied, GetObject"
        # The order may be completed before the function is: it logs as it ends.
        until(lambda: refusal in deployed.said("fulfil", since))
        assert not any(tmp_path.rglob("*.onnx"))
        deployed.forget("fulfil")
        assert deployed.engine_of(deployed.client.place(unspoken())) == "kokoro"
        assert any(tmp_path.rglob("*.onnx"))
    finally:
        deployed.forget("fulfil", **before)
