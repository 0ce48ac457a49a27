"""Lambda layers with what engines need and the function's zip must not hold.

    espeak    eSpeak NG (GPL-3.0) and LAME (LGPL): for local use only
    kokoro    NumPy, ONNX Runtime, pypinyin, LAME: the runtime of the Kokoro voice

Wheels are the pinned ones, checked by hash; a layer that was built is kept in `.local/layers`.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from deploy.package import EPOCH, PackageError
from deploy.paths import LOCAL, ROOT

LAYERS = LOCAL / "layers"
PACKAGES = {
    "espeak": ("espeakng-loader", "lameenc"),
    "kokoro": ("numpy", "onnxruntime", "pypinyin", "lameenc"),
}
LOCK = ROOT / "requirements" / "local.txt"


def build(name: str, *, platform: str = "") -> Path:
    """The zip of a layer, built unless it is there. Raises `PackageError`.

    `platform` is a wheel's tag (`manylinux_2_28_aarch64`); without it, it is this machine's.
    """
    lock = "".join(_locked(package) for package in PACKAGES[name])
    kind = f"{sys.version_info[:2]} {platform}".rstrip()
    fingerprint = hashlib.sha256(f"{kind} {lock}".encode()).hexdigest()[:16]
    target = LAYERS / f"{name}-{fingerprint}.zip"
    if not target.exists():
        with tempfile.TemporaryDirectory(prefix="order-voice-") as scratch:
            folder = Path(scratch)
            (folder / "requirements.txt").write_text(lock)
            _install(folder / "requirements.txt", folder / "python", platform)
            LAYERS.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_suffix(f".{os.getpid()}")
            _zip(folder, unfinished)
            unfinished.rename(target)
    return target


def _locked(package: str) -> str:
    """The lines of the lock file that pin `package` and its hashes."""
    entry = re.search(rf"^{package}==[^\n]*\n(    --hash[^\n]*\n)+", LOCK.read_text(), re.MULTILINE)
    if entry is None:
        raise PackageError(f"{LOCK.name} does not pin {package}")
    return entry[0]


def _install(requirements: Path, target: Path, platform: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--no-compile"]
    if platform:
        options += ["--platform", platform]
    done = subprocess.run(
        [*command, *options, "--target", str(target), "--requirement", str(requirements)],
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"a layer could not be installed:\n{done.stderr.strip()}")


def _zip(folder: Path, target: Path) -> None:
    """`folder/python` as a layer, byte for byte reproducible, without what only tests need."""
    files = sorted(
        path
        for path in (folder / "python").rglob("*")
        if path.is_file() and not {"tests", "__pycache__"} & set(path.parts)
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
