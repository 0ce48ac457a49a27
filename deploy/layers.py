"""Lambda layers with what engines need and the function's zip must not hold.

    espeak    eSpeak NG (GPL-3.0) and LAME (LGPL): for local use only
    kokoro    NumPy, ONNX Runtime, pypinyin, LAME: the runtime of the Kokoro voice

Wheels are the pinned ones, checked by hash; a layer that was built is kept in `.local/layers`.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from deploy import interpreter, wheels
from deploy.interpreter import Python
from deploy.package import PackageError, write_zip
from deploy.paths import LOCAL, ROOT

LAYERS = LOCAL / "layers"
PACKAGES = {
    "espeak": ("espeakng-loader", "lameenc"),
    "kokoro": ("numpy", "onnxruntime", "pypinyin", "lameenc"),
}
LOCK = ROOT / "requirements" / "local.txt"


def build(name: str, python: Python | None = None, *, platform: str = "") -> Path:
    """The zip of a layer, built unless it is there. Raises `PackageError`.

    `python` is that of the functions; without it, it is the one that runs. `platform` is a wheel's
    tag (`manylinux_2_28_aarch64`); without it, it is this machine's.
    """
    python = python or interpreter.running()
    lock = "".join(_locked(package) for package in PACKAGES[name])
    kind = f"{python.version} {platform}".rstrip()
    fingerprint = hashlib.sha256(f"{kind} {lock}".encode()).hexdigest()[:16]
    target = LAYERS / f"{name}-{fingerprint}.zip"
    if not target.exists():
        with tempfile.TemporaryDirectory(prefix="order-voice-") as scratch:
            folder = Path(scratch)
            pinned = folder / "requirements.txt"
            pinned.write_text(lock)
            try:
                wheels.unpack(pinned, folder / "python", platform, str(python.executable))
            except wheels.InstallError as error:
                raise PackageError(f"a layer could not be installed: {error}") from error
            LAYERS.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_suffix(f".{os.getpid()}")
            # Without what only tests need.
            files = (
                path
                for path in (folder / "python").rglob("*")
                if path.is_file() and not {"tests", "__pycache__"} & set(path.parts)
            )
            write_zip(unfinished, folder, files, level=6 if platform else 1)
            unfinished.rename(target)
    return target


def _locked(package: str) -> str:
    """The lines of the lock file that pin `package` and its hashes."""
    entry = re.search(rf"^{package}==[^\n]*\n(    --hash[^\n]*\n)+", LOCK.read_text(), re.MULTILINE)
    if entry is None:
        raise PackageError(f"{LOCK.name} does not pin {package}")
    return entry[0]
