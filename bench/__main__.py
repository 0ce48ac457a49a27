"""`make bench`: what our choices are worth, each against its alternative, in alternating runs.

Machines differ and are shared, so the ratio is the result; the times are only what it came from.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import gtts.tts  # type: ignore[import-untyped]
from gtts import gTTS
from rich.console import Console
from rich.table import Table

from chalicelib.mandarin.dish_name import spoken_dish
from chalicelib.speech.engines.gtts import GttsEngine
from deploy import package
from localstack.speech_standin import serving, spoken
from tests.menu_names import menu_lines

ROUNDS = 5
GOOGLE_SECONDS = 0.1
LONG_ORDER = "老闆您好，我要點：" + "、".join(["紅燒牛肉麵兩碗", "珍珠奶茶一杯"] * 10) + "，謝謝。"

console = Console()


def seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def side_by_side(ours: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, in alternating rounds, so that a busy machine is busy for both."""
    pairs = [(seconds(ours), seconds(other)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def importing(folder: Path, code: str) -> Callable[[], object]:
    """A fresh interpreter that finds nothing but the function's zip, as in a cold start."""
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"
    command = [sys.executable, "-I", "-S", "-B", "-c", program]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    return lambda: subprocess.run(command, env=environment, check=True)


def cold_starts(table: Table) -> None:
    built = package.build("local")
    with tempfile.TemporaryDirectory() as scratch:
        compiled, plain = Path(scratch, "compiled"), Path(scratch, "plain")
        for folder in (compiled, plain):
            with zipfile.ZipFile(built.zip_file) as archive:
                archive.extractall(folder)
        for module in plain.rglob("*.pyc"):
            module.unlink()
        api = "import app"
        row(
            table,
            "import the API function: compiled zip / as Chalice packs it",
            *side_by_side(importing(compiled, api), importing(plain, api)),
        )
        with_line = "import app, linebot.v3.messaging"
        row(
            table,
            "import the API function: alone / with line-bot-sdk",
            *side_by_side(importing(compiled, api), importing(compiled, with_line)),
        )


def long_orders(table: Table) -> None:
    with serving() as google:
        google.answers, google.seconds = [(200, spoken(b"an mp3"))], GOOGLE_SECONDS
        gtts.tts._translate_url = lambda **_: google.url
        engine = GttsEngine()

        def packed() -> object:
            return engine.speak(LONG_ORDER, "zh-TW", deadline=time.monotonic() + 60)

        def as_gtts_cuts() -> object:
            return list(gTTS(LONG_ORDER, lang="zh-TW", lang_check=False, timeout=60).stream())

        row(
            table,
            f"speak {len(LONG_ORDER)} characters, {GOOGLE_SECONDS} s a request: packed / gTTS",
            *side_by_side(packed, as_gtts_cuts),
        )


def names(table: Table) -> None:
    """What it costs to read the names of menus, which must stay under 1 ms for one."""
    lines = [line.name for line in menu_lines()]

    def with_a_wish() -> object:
        return [spoken_dish(f"{name} (no peanuts)") for name in lines]

    def as_they_are() -> object:
        return [spoken_dish(name) for name in lines]

    with_a_wish()  # Reads the tables.
    ours, other = side_by_side(with_a_wish, as_they_are)
    each = f"{ours / len(lines) * 1000:.2f} / {other / len(lines) * 1000:.2f} ms each"
    row(table, f"say {len(lines)} names of menus: with a wish / without ({each})", ours, other)


def row(table: Table, what: str, ours: float, other: float) -> None:
    table.add_row(what, f"{ours * 1000:.0f} ms", f"{other * 1000:.0f} ms", f"{ours / other:.2f}")


def main() -> None:
    table = Table("measured", "ours", "other", "ratio", title=f"medians of {ROUNDS} rounds")
    with console.status("Measuring …"):
        cold_starts(table)
        long_orders(table)
        names(table)
    console.print(table)


if __name__ == "__main__":
    main()
