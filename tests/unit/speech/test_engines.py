"""The chain that the setting names, and what naming it costs."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import current_thread, main_thread
from types import SimpleNamespace

import boto3
import gtts.tts  # type: ignore[import-untyped]
import pytest

from chalicelib import worker
from chalicelib.settings import ENGINES_NEED, SettingsError, settings
from chalicelib.speech.engines import ENGINES, engine_of
from chalicelib.speech.engines.espeak import EspeakEngine
from chalicelib.speech.engines.gtts import GttsEngine
from chalicelib.speech.speaker import Speaker
from chalicelib.speech.store import voice_store
from tests.unit.speech.black_hole import black_hole


@pytest.mark.parametrize("name", list(ENGINES))
def test_an_engine_is_what_its_name_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ENGINES_NEED.get(name, ()):
        monkeypatch.setenv(setting.upper(), "x")
    assert engine_of(name).name == name


@pytest.mark.parametrize(
    ("engine", "setting"),
    [(name, setting) for name in ENGINES_NEED for setting in ENGINES_NEED[name]],
)
def test_an_engine_without_a_setting_that_it_needs_is_told_by_both_their_names(
    engine: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPEECH_ENGINES", f"espeak,{engine}")
    for needed in ENGINES_NEED[engine]:
        monkeypatch.setenv(needed.upper(), "" if needed == setting else "x")
    with pytest.raises(SettingsError, match=f"names {engine}: {setting.upper()} is missing"):
        settings()


@pytest.mark.parametrize("region", ["evil.example/", "japaneast.tts", "Japan East", "日本"])
def test_no_other_host_is_named_by_way_of_a_region(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_SPEECH_REGION", region)
    with pytest.raises(SettingsError, match="no name of a region"):
        settings()


def test_an_unknown_engine_is_told_with_the_known_ones() -> None:
    with pytest.raises(
        SettingsError, match=r"'siri'; known are gtts, polly, google, azure, kokoro, espeak"
    ):
        engine_of("siri")


def test_only_the_libraries_of_named_engines_are_imported() -> None:
    program = "import sys; from chalicelib.speech.engines import engine_of; engine_of('espeak')\n"
    program += "print(*{'gtts', 'numpy', 'onnxruntime', 'linebot'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


def test_without_a_network_orders_are_spoken_by_espeak_and_wait_but_once(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local chain, real engines, S3 as moto plays it, behind a silent firewall."""
    with black_hole() as url:
        monkeypatch.setattr(gtts.tts, "_translate_url", lambda **_: url)
        speaker = Speaker([GttsEngine(), EspeakEngine()], voice_store())
        began = time.monotonic()
        with ThreadPoolExecutor(10) as pool:
            deadline = began + 12
            orders = [f"老闆您好，我要點：牛肉麵{n}碗，謝謝。" for n in range(10)]
            voices = list(
                pool.map(lambda text: speaker.speak(text, "zh-TW", deadline=deadline), orders)
            )
        assert {voice.engine for voice in voices} == {"espeak"}
        assert all(voice.duration_ms > 2000 for voice in voices)
        asked: list[float] = []
        monkeypatch.setattr(GttsEngine, "speak", lambda *_, **__: asked.append(time.monotonic()))
        assert speaker.speak("再加一碗麵", "zh-TW", deadline=time.monotonic() + 12)
        assert asked == []
    stored = boto3.client("s3").list_objects_v2(Bucket="voices")
    assert stored["KeyCount"] == 11


def test_a_batchs_orders_share_one_speaker_from_the_very_first(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten threads that find no speaker yet would make ten, each with breakers of its own."""
    made_by: list[str] = []
    monkeypatch.setattr(worker, "tools", lambda: made_by.append(current_thread().name))
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 20_000)
    worker.fulfil_orders({"Records": []}, context)
    assert made_by == [main_thread().name]
