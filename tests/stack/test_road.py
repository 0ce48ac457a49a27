"""The deployed stack on the emulator: from POST to audio, push and status."""

import json
import os
import time
import urllib.parse
import uuid
from typing import Any

import pytest

from chalicelib.orders.transitions import SWEEP_AFTER_MS
from chalicelib.speech.mp3 import duration_ms
from deploy.paths import LOCAL
from tests.stack.client import Client, until


@pytest.fixture
def client(stack: dict[str, str]) -> Client:
    return Client(stack)


@pytest.fixture
def user_id() -> str:
    return "U" + uuid.uuid4().hex


def test_a_guests_order_is_heard(client: Client) -> None:
    status = client.follow(client.place())
    assert (status["status"], status["stage"], status["notification"]) == (
        "completed",
        "done",
        "skipped",
    )
    audio = client.call("GET", status["voice_url"])
    assert audio.status == 200
    assert duration_ms(audio.data) == status["voice_duration_ms"] > 1000
    assert audio.headers["Content-Type"] == "audio/mpeg"
    assert f"order-voice-{status['order_id']}.mp3" in audio.headers["Content-Disposition"]


def test_the_audio_can_be_played_from_the_middle(client: Client) -> None:
    status = client.follow(client.place())
    whole = client.call("GET", status["voice_url"]).data
    part = client.call("GET", status["voice_url"], Range="bytes=100-199")
    assert (part.status, part.data) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


def test_the_audio_is_private(client: Client) -> None:
    url = client.follow(client.place())["voice_url"]
    head = client.aws("s3").get_public_access_block(Bucket=client.stack["VOICE_BUCKET"])
    assert all(head["PublicAccessBlockConfiguration"].values())
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"


def test_a_users_order_is_pushed_once_with_its_true_duration(client: Client, user_id: str) -> None:
    token = client.sign_in(user_id)
    order_id = client.place(**token)
    status = client.follow(order_id, **token)
    assert status["notification"] == "sent"
    messages = client.chat(user_id)
    assert [entry["message"]["type"] for entry in messages] == ["flex", "text", "audio"]
    assert len({entry["push"] for entry in messages}) == 1
    voice = messages[2]["message"]
    assert voice["duration"] == status["voice_duration_ms"]
    assert len(voice["originalContentUrl"]) < 200
    assert f"/api/voices/{order_id}/" in voice["originalContentUrl"]
    led = client.call("GET", voice["originalContentUrl"])
    assert led.status == 302
    heard = client.call("GET", led.headers["Location"])
    assert (heard.status, duration_ms(heard.data)) == (200, voice["duration"])
    assert order_id in json.dumps(messages[0]["message"])
    assert client.call("GET", f"/api/orders/status/{order_id}").status == 404
    listed = client.call("GET", "/api/orders", **token).json["orders"]
    assert [entry["order_id"] for entry in listed] == [order_id]


def test_a_voices_address_is_nobodys_to_make_up(client: Client, user_id: str) -> None:
    token = client.sign_in(user_id)
    first, second = (client.place(**token) for _ in range(2))
    for order_id in (first, second):
        client.follow(order_id, **token)
    addresses = [entry["message"].get("originalContentUrl") for entry in client.chat(user_id)]
    address = next(address for address in addresses if address and first in address)
    assert client.call("GET", address).status == 302
    for made_up in (
        address.replace(first, second),
        address.replace(first, "0" * 26),
        f"{address[:-44]}{'A' * 41}.mp3",
        f"{address[:-44]}{'A' * 40}.mp3",
        address.removesuffix(".mp3"),
    ):
        refused = client.call("GET", made_up)
        assert (refused.status, refused.json["code"]) == (404, "not_found")


def test_the_messages_button_leads_to_the_page_of_that_order(client: Client, user_id: str) -> None:
    token = client.sign_in(user_id)
    order_id = client.place(**token)
    client.follow(order_id, **token)
    flex = json.dumps(client.chat(user_id)[0]["message"])
    uri = flex.split('"uri": "')[1].split('"')[0]
    redirect = client._http.request("GET", uri, redirect=False)
    assert redirect.status == 302
    assert redirect.headers["Location"] == f"{client.stack['LIFF_URL']}?order_id={order_id}"
    assert client.call("GET", redirect.headers["Location"]).status == 200


def test_trouble_at_line_is_waited_out_and_the_push_still_comes_once(
    client: Client, user_id: str
) -> None:
    token = client.sign_in(user_id)
    client.line_fails(500, "drop-after-accept")
    order_id = client.place(**token)
    began = time.monotonic()
    status = client.follow(order_id, **token)
    assert (status["status"], status["notification"]) == ("completed", "sent")
    assert time.monotonic() - began < SWEEP_AFTER_MS / 1000, "after its pauses, of 2 and 4 s"
    assert len({entry["push"] for entry in client.chat(user_id)}) == 1


def test_equal_sentences_are_made_once(client: Client) -> None:
    first, second = (client.follow(client.place())["voice_url"] for _ in range(2))
    assert urllib.parse.urlsplit(first).path == urllib.parse.urlsplit(second).path


def test_poison_rests_with_the_dead_letters_and_holds_up_nobody(client: Client) -> None:
    sqs, queue = client.aws("sqs"), client.stack["ORDERS_QUEUE_URL"]
    sqs.send_message(QueueUrl=queue, MessageBody="poison")
    assert client.follow(client.place())["status"] == "completed"

    def dead_letters() -> list[str]:
        answer = sqs.receive_message(
            QueueUrl=client.stack["DEAD_LETTER_QUEUE_URL"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    until(lambda: "poison" in dead_letters())


def test_an_order_whose_message_was_lost_is_healed_by_its_clients_retry(client: Client) -> None:
    key = {"Idempotency_Key": str(uuid.uuid4())}
    order_id = client.place(**key)
    assert client.place(**key) == order_id
    assert client.follow(order_id)["status"] == "completed"


def test_refusals_are_problems_with_their_fields(client: Client) -> None:
    refused = client.call("POST", "/api/orders/quick", {"store_name": "老王", "items": []})
    assert (refused.status, refused.json["code"]) == (422, "order_invalid")
    assert refused.json["errors"][0]["field"] == "items"
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_large_and_odd_order_goes_all_the_way(client: Client, user_id: str) -> None:
    token = client.sign_in(user_id)
    names = ["<img src=x onerror=alert(1)>", "🍜牛肉麵", "A&B 套餐", "雞排(大)", "Latte"]
    items = [{"name": names[n % 5] + str(n), "price": 1000 + n, "quantity": 99} for n in range(50)]
    order = {"store_name": '"><script>', "items": items, "language": "th"}
    status = client.follow(client.place(order, **token), **token)
    assert (status["status"], status["notification"]) == ("completed", "sent")


def test_what_is_asked_at_the_counter_arrives_in_voice_chat_and_status(
    client: Client, user_id: str
) -> None:
    token = client.sign_in(user_id)
    tea = {"name": "珍珠奶茶", "price": 60, "quantity": 2, "options": ["大杯", "半糖", "少冰"]}
    unknown = {"name": "祖傳鵝油拌苦菜", "note": "不要辣"}
    asked: dict[str, Any] = {"dining": "takeaway", "people": 2, "table": "A5"}
    asked |= {"allergies": ["peanuts"], "diets": ["no_pork"]}
    order = {
        "store_name": "現場點餐",
        "items": [tea, unknown],
        "note": "我趕火車",
        "language": "ja",
    }
    order |= asked | {"note": "我趕火車"}
    status = client.follow(client.place(order, **token), **token)
    assert status["spoken"] == (
        "老闆您好，外帶，兩位，A五號桌，我要點："
        "大杯珍珠奶茶半糖少冰兩杯；祖傳鵝油拌苦菜一份，不要辣；另外，我趕火車。"
        "請特別注意，我對花生過敏，連一點點都要避開。花生粉、花生油、米漿、麻醬、沙茶醬也會過敏。"
        "我的餐點請避開豬肉，肉燥、貢丸、香腸、火腿、豬油、大骨湯也都要避開。謝謝。"
    )
    assert status["unspoken"] == []
    assert {name: status[name] for name in asked} == asked
    bubble = json.dumps(client.chat(user_id)[0]["message"], ensure_ascii=False)
    assert "⚠ 過敏：花生" in bubble
    assert "⚠ 飲食習慣：不吃豬" in bubble
    assert "外帶 · 2 位 · 桌號 A5" in bubble


def test_a_cold_start_links_what_another_has_unpacked(stack: dict[str, str]) -> None:
    if stack["EMULATOR"] != "ministack":
        pytest.skip("another emulator unpacks in its own way")
    started = LOCAL / stack["AWS_ENDPOINT_URL"].rpartition(":")[2] / "tmp"
    modules = [code / "app.py" for code in started.glob("ministack-lambda-*/code")]
    kept = {os.stat(module).st_ino for module in (LOCAL / "unpacked").glob("*/app.py")}
    assert len(modules) >= 2  # The API and a worker.
    assert {module.stat().st_ino for module in modules} <= kept
