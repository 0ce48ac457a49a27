"""The engines that run on this machine, over the same sixty orders: `python -m bench.voices`.

Each engine speaks in a process of its own, so that time and memory are its own. Then Whisper's
base model listens (in an environment of its own, 300 MB, installed at the first run), and the
table of docs/speech.md and its pictures are made. Below the table: what Whisper gets wrong when a
person reads.
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.voices.spectrogram import write_png
from chalicelib.mandarin.numbers import amount
from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Item, Order
from chalicelib.speech import engines
from chalicelib.speech.engines.kokoro import audio, pinyin, text
from chalicelib.speech.engines.kokoro.model import SAMPLE_RATE, Samples
from chalicelib.speech.mp3 import duration_ms
from deploy import kokoro_model
from deploy.paths import LOCAL, ROOT
from tests.dishes import DISHES

SPOKEN = LOCAL / "speech"
LISTENING = LOCAL / "listening"
PICTURES = ROOT / "docs" / "speech"
ORDERS = 60
# Two recordings of the corpus AISHELL-1 and what is read in them.
READ_BY_A_PERSON = {
    "BAC009S0764W0121.wav": "甚至出現交易幾乎停滯的情況",
    "BAC009S0764W0122.wav": "一二線城市雖然也處於調整中",
}


def orders(number: int) -> list[str]:
    """The same sentences each time: one to five dishes, one to twelve of each."""
    choose = random.Random(2026)
    sentences = []
    for at in range(number):
        dishes = choose.sample(DISHES, 1 + at % 5)
        counts = choose.choices(range(1, 13), weights=[8, 6, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1], k=5)
        items = [
            Item(original=dish.name, translated=dish.name, quantity=count, price=80)
            for dish, count in zip(dishes, counts, strict=False)
        ]
        order = Order(store_name="店", items=tuple(items), language="zh-TW")
        sentences.append(order_sentence(order).text)
    return sentences


def speak(name: str, number: int) -> None:
    """Speak every order with one engine; runs in a process of its own."""
    folder = SPOKEN / name
    folder.mkdir(parents=True, exist_ok=True)
    engine = engines.engine_of(name) if name != "kokoro" else _kokoro()
    spent = []
    for at, sentence in enumerate(orders(number)):
        began, computed = time.perf_counter(), time.process_time()
        mp3 = engine.speak(sentence, "zh-TW", deadline=time.monotonic() + 120)
        spent.append((time.perf_counter() - began, time.process_time() - computed))
        (folder / f"{at:02}.mp3").write_bytes(mp3)
    # Not getrusage(): its ru_maxrss begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text()
    memory = int(status.split("VmHWM:")[1].split()[0]) / 1000
    print(json.dumps({"spent": spent, "memory": memory}))


def _kokoro() -> Any:
    from chalicelib.speech.engines.kokoro.engine import KokoroEngine

    return KokoroEngine(str(kokoro_model.cache_folder()))


def listen(files: Sequence[Path]) -> list[str]:
    """What the recogniser heard in each file."""
    python = LISTENING / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(LISTENING)], check=True)
        requirements = str(ROOT / "requirements" / "listening.txt")
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements]
        subprocess.run([str(python), *install], check=True)
    command = [
        str(python),
        str(Path(__file__).with_name("listening.py")),
        str(LISTENING / "whisper"),
    ]
    done = subprocess.run(
        [*command, *map(str, files)], check=True, text=True, stdout=subprocess.PIPE
    )
    return [json.loads(line)["heard"] for line in done.stdout.splitlines()]


def syllables(sentence: str, *, tones: bool) -> list[str]:
    """The pinyin of the Chinese in a sentence, tone sandhi and all."""
    said = [run.text for run in text.runs(sentence) if run.kind == "han"]
    return [
        syllable if tones else syllable[:-1]
        for run in said
        for word in pinyin.words(run)
        for syllable in word
    ]


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Syllables to change, add or drop (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for count, one in enumerate(said, 1):
        before, row[0] = row[:], count
        for at, other in enumerate(heard, 1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (one != other))
    return row[-1]


def errors(said: Sequence[str], heard: Sequence[str], *, tones: bool) -> tuple[int, int]:
    """Wrong syllables and syllables in all, of the orders that are Chinese throughout."""
    wrong = total = 0
    for sentence, other in zip(said, heard, strict=True):
        if any(run.kind == "latin" for run in text.runs(sentence)):
            continue
        expected = syllables(sentence, tones=tones)
        # Whisper repeats one syllable for ever where it understands nothing: all wrong, no worse.
        missed = distance(expected, syllables(_readable(other), tones=tones))
        wrong += min(missed, len(expected))
        total += len(expected)
    return wrong, total


def recogniser_errors() -> tuple[int, int, int]:
    """Syllables that the recogniser gets wrong when a person reads, without and with tones; all."""
    folder = SPOKEN / "person"
    if not folder.exists():
        requirements = str(ROOT / "requirements" / "clean-speech.txt")
        # The recordings need none of what the package depends on (PyTorch, 2 GB).
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        target = ["--target", str(folder), "-r", requirements]
        subprocess.run([sys.executable, *install, *target], check=True)
    files = [folder / "s3tokenizer" / "assets" / name for name in READ_BY_A_PERSON]
    said, heard = list(READ_BY_A_PERSON.values()), listen(files)
    wrong, total = errors(said, heard, tones=False)
    wrong_with_tones, _ = errors(said, heard, tones=True)
    return wrong, wrong_with_tones, total


def _readable(heard: str) -> str:
    """Numbers in words; Whisper writes other scripts where it understands nothing."""
    in_words = re.sub(r"\d+(?:\.\d+)?", lambda match: amount(match[0]), heard)
    return "".join(c for c in in_words if c.isascii() or "一" <= c <= "鿿")


def pauses(samples: Samples) -> list[float]:
    """Seconds of each silence of a tenth of a second or more inside the sentence."""
    loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
    gaps = np.diff(loud) / SAMPLE_RATE
    return [float(gap) for gap in gaps if gap >= 0.1]


def measure(name: str, number: int) -> dict[str, float]:
    """One column of the table."""
    command = [sys.executable, "-m", "bench.voices", "--speak", name, "--orders", str(number)]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, cwd=ROOT)
    result = json.loads(done.stdout.splitlines()[-1])
    files = sorted((SPOKEN / name).glob("*.mp3"))[:number]
    lengths = [duration_ms(file.read_bytes()) / 1000 for file in files]
    said, heard = orders(number), listen(files)
    samples = [np.fromfile(file.with_suffix(".f32"), np.float32) for file in files]
    PICTURES.mkdir(parents=True, exist_ok=True)
    write_png(samples[0], PICTURES / f"{name}.png")
    (SPOKEN / name / "heard.txt").write_text(
        "".join(f"{a}\t{b}\n" for a, b in zip(said, heard, strict=True)), "utf-8"
    )
    seconds = [wall for wall, _ in result["spent"]]
    loudness = [audio.loudness(one) for one in samples]
    syllable_count = sum(len(syllables(sentence, tones=False)) for sentence in said)
    wrong, total = errors(said, heard, tones=False)
    wrong_with_tones, _ = errors(said, heard, tones=True)
    rests = [pauses(one) for one in samples]
    return {
        "first sentence, s": seconds[0],
        "median sentence, s": statistics.median(seconds[1:]),
        "slowest sentence, s": max(seconds[1:]),
        "real-time factor": sum(seconds) / sum(lengths),
        "CPU seconds a second of speech": sum(cpu for _, cpu in result["spent"]) / sum(lengths),
        "most memory, MB": result["memory"],
        "median duration, s": statistics.median(lengths),
        "syllables a second": syllable_count / sum(lengths),
        "pauses an order": statistics.mean(len(rest) for rest in rests),
        "median pause, s": statistics.median([gap for rest in rests for gap in rest] or [0.0]),
        "loudness, LUFS": statistics.mean(loudness),
        "loudest - quietest, LU": max(loudness) - min(loudness),
        "kB an order": statistics.mean(file.stat().st_size for file in files) / 1000,
        "wrong syllables, %": 100 * wrong / total,
        "wrong syllables or tones, %": 100 * wrong_with_tones / total,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="espeak,kokoro")
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--speak", metavar="ENGINE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.speak:
        speak(options.speak, options.orders)
        return
    names = options.engines.split(",")
    columns = [measure(name, options.orders) for name in names]
    print(f"| {options.orders} orders | {' | '.join(names)} |\n|---|{'--:|' * len(names)}")
    for row in columns[0]:
        print(f"| {row} | {' | '.join(f'{column[row]:.2f}' for column in columns)} |")
    wrong, wrong_with_tones, total = recogniser_errors()
    print(f"Of {total} syllables that a person reads: {wrong} wrong, with tones {wrong_with_tones}")


if __name__ == "__main__":
    main()
