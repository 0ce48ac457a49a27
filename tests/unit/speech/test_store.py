"""The audio in S3, on moto."""

import urllib.parse
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from chalicelib import aws
from chalicelib.errors import StorageUnavailable
from chalicelib.order import Voice
from chalicelib.settings import settings
from chalicelib.speech import store
from chalicelib.speech.store import URL_SECONDS, WINDOW_SECONDS, VoiceStore

KEY = "voice/abc.mp3"
PERIOD = timedelta(days=30)
pytestmark = pytest.mark.usefixtures("aws")


class Clock:
    def __init__(self) -> None:
        self.now = float(PERIOD.total_seconds() * 600)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def s3(aws: None) -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("s3", config=Config(signature_version="s3v4"))


def new_store(s3: Any, clock: Clock | None = None) -> VoiceStore:
    return VoiceStore("voices", s3, s3, reusable_for=PERIOD, clock=clock or Clock())


def test_what_was_put_is_found_with_its_duration_and_engine(s3: Any) -> None:
    put = new_store(s3).put(KEY, b"mp3", duration_ms=4200, engine="gtts")
    assert new_store(s3).find(KEY) == put == Voice("voice/abc-600.mp3", 4200, "gtts")
    head = s3.head_object(Bucket="voices", Key=put.key)
    assert head["ContentType"] == "audio/mpeg"


def test_what_is_not_there_is_not_found(s3: Any) -> None:
    assert new_store(s3).find(KEY) is None


def test_audio_that_would_expire_before_a_new_order_is_made_again(s3: Any) -> None:
    clock = Clock()
    voices = new_store(s3, clock)
    voices.put(KEY, b"mp3", duration_ms=1, engine="gtts")
    clock.now += timedelta(days=29, hours=23).total_seconds()
    assert voices.find(KEY) is not None
    clock.now += timedelta(hours=2).total_seconds()
    assert voices.find(KEY) is None


def test_what_orders_point_at_is_never_replaced(s3: Any) -> None:
    clock = Clock()
    voices = new_store(s3, clock)
    first = voices.put(KEY, b"mp3", duration_ms=1, engine="gtts")
    assert voices.put(KEY, b"longer", duration_ms=2, engine="gtts") == first
    clock.now += PERIOD.total_seconds()
    again = voices.put(KEY, b"longer", duration_ms=2, engine="gtts")
    assert (again.duration_ms, again.key != first.key) == (2, True)
    assert s3.get_object(Bucket="voices", Key=first.key)["Body"].read() == b"mp3"


def test_cached_audio_always_outlives_the_order_that_is_handed_it() -> None:
    limits = settings()
    oldest_handed_out = limits.audio_retention_days - limits.order_retention_days
    assert oldest_handed_out > 0
    assert oldest_handed_out + limits.order_retention_days <= limits.audio_retention_days


def test_trouble_at_s3_is_storage_unavailable(s3: Any) -> None:
    s3.delete_bucket(Bucket="voices")
    with pytest.raises(StorageUnavailable):
        new_store(s3).put(KEY, b"mp3", duration_ms=1, engine="gtts")
    unreachable = boto3.client(
        "s3", endpoint_url="http://127.0.0.1:9", config=Config(retries={"max_attempts": 0})
    )
    with pytest.raises(StorageUnavailable):
        new_store(unreachable).find(KEY)


def test_a_url_is_signed_and_names_type_and_file(s3: Any) -> None:
    clock = Clock()
    signed = new_store(s3, clock).url(KEY, "0ABC")
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(signed.url).query))
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Expires"] == str(URL_SECONDS)
    assert query["response-content-type"] == "audio/mpeg"
    assert query["response-content-disposition"] == 'attachment; filename="order-voice-0ABC.mp3"'
    assert signed.expires_at == int(clock.now) + URL_SECONDS
    assert len(signed.url) < 2000


def test_the_same_url_is_handed_out_within_a_window_and_a_fresh_one_after_it(s3: Any) -> None:
    clock = Clock()
    voices = new_store(s3, clock)
    first = voices.url(KEY, "A")
    clock.now += WINDOW_SECONDS - 1
    assert voices.url(KEY, "A") == first
    assert voices.url(KEY, "B").url != first.url
    clock.now += 2
    again = voices.url(KEY, "A")
    assert again.expires_at > first.expires_at
    assert len(voices._signed) == 2


@pytest.mark.parametrize(
    "order_id", ['a"; x=".mp3', "a\r\nSet-Cookie: b", "", "a/b.mp3", "a.mp3\n", "點餐.mp3", ".."]
)
def test_an_id_that_could_break_out_of_the_header_is_refused(s3: Any, order_id: str) -> None:
    with pytest.raises(ValueError, match="no order id"):
        new_store(s3).url(KEY, order_id)


def test_with_a_functions_session_token_a_url_still_fits_into_a_line_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # LINE takes 2,000 characters; a Lambda's token has about 1,100, some of them encoded as three.
    token = "IQoJb3JpZ2luX2VjE" + "aB/+" * 30 + "aBcDeFgH" * 120 + "=="
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
    aws.session.cache_clear()
    order_id = "0123456789ABCDEFGHJKMNPQRS"
    key = f"voice/{'0' * 64}.mp3"
    url = store.voice_store().url(key, order_id).url
    assert urllib.parse.quote(token, safe="") in url
    assert len(url) < 2000


def test_browsers_get_urls_of_the_endpoint_that_they_can_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUBLIC_S3_ENDPOINT_URL", "http://localhost:4566")
    settings.cache_clear()
    url = store.voice_store().url(KEY, "A").url
    assert url.startswith("http://localhost:4566/voices/voice/abc.mp3?")


def test_on_aws_urls_name_the_buckets_own_regional_host() -> None:
    url = store.voice_store().url(KEY, "A").url
    assert url.startswith("https://voices.s3.ap-northeast-1.amazonaws.com/voice/abc.mp3?")
