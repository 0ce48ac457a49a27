"""Builds what is deployed: the merged template and the functions' zip, the same for every target.

`chalice package` does the work; here it is checked, compiled and remembered:

- a dependency that cannot be built is only a warning to Chalice, and an error here;
- modules are compiled into the zip (`.pyc` that no clock can invalidate), which halves cold starts;
- botocore's models of services that nothing here calls stay out: two fifths of the zip;
- equal inputs give an equal zip, found again in `.local/package/<hash of the inputs>`.

    python -m deploy.package [--stage local|prod]     prints the folder
"""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml

from deploy.paths import LOCAL, ROOT

PACKAGES = LOCAL / "package"
TEMPLATE = "template.json"
ZIP = "function.zip"
KEPT = 8
"""Packages; enough for two stages and a few stacks that start at once."""
EPOCH = (1980, 1, 1, 0, 0, 0)
AWS_SERVICES = {"dynamodb", "polly", "s3", "sqs", "ssm", "sts"}
"""What functions may call; botocore knows 400 more."""
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class PackageError(RuntimeError):
    """The build failed; the message is for the person at the terminal."""


class Package(NamedTuple):
    """A deployable build."""

    folder: Path

    @property
    def template(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / TEMPLATE).read_text("utf-8"))
        return loaded

    @property
    def zip_file(self) -> Path:
        return self.folder / ZIP


def build(stage: str) -> Package:
    """The package of `stage`, built unless it is there. Raises `PackageError`."""
    package = Package(PACKAGES / _fingerprint(stage))
    with _one_at_a_time():
        if (package.folder / TEMPLATE).exists():
            os.utime(package.folder)  # The packages used last are the ones kept.
            return package
        with tempfile.TemporaryDirectory(prefix="order-voice-") as scratch:
            work = Path(scratch)
            _chalice(stage, work)
            if not zipfile.is_zipfile(work / "deployment.zip"):
                # Chalice keeps what it packed, also when it was ended in the middle.
                shutil.rmtree(ROOT / ".chalice" / "deployments")
                _chalice(stage, work)
            package.folder.mkdir(parents=True, exist_ok=True)
            _compile_into(work / "deployment.zip", package.zip_file)
            template = _template(stage, (work / "sam.yaml").read_text("utf-8"))
            # Last, because it is what says that the build is whole.
            (package.folder / TEMPLATE).write_text(template, "utf-8")
        _forget_old()
    return package


def _forget_old() -> None:
    """Keep the packages used last; each change of the sources has left one of 24 MB."""
    packages = [path for path in PACKAGES.iterdir() if path.is_dir()]
    for folder in sorted(packages, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two builds at once would share Chalice's cache, and break it."""
    PACKAGES.mkdir(parents=True, exist_ok=True)
    with (PACKAGES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(stage: str) -> str:
    """A hash over everything that the package is made from."""
    sources = [
        ROOT / "app.py",
        ROOT / "requirements.txt",
        Path(__file__),
        *sorted(path for path in (ROOT / ".chalice").iterdir() if path.is_file()),
        *sorted(path for path in (ROOT / "chalicelib").rglob("*") if _is_source(path)),
    ]
    digest = hashlib.sha256(f"{stage} {sys.version_info[:2]} {platform.machine()}".encode())
    for source in sources:
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _chalice(stage: str, out: Path) -> None:
    # Chalice zips what it finds: a `__pycache__` of ours would be shipped, and change the hash.
    # And where it has to fetch wheels of another machine, it asks for them without their hashes.
    pins = {"PIP_CONSTRAINT": str(ROOT / "requirements.txt")}
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | pins
    environment.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    for folder in sorted((ROOT / "chalicelib").rglob("__pycache__")):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    merge = str(ROOT / ".chalice" / "resources.yaml")
    chalice = str(Path(sys.executable).with_name("chalice"))
    done = subprocess.run(
        [chalice, "package", "--stage", stage, "--merge-template", merge, str(out)],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode or "Could not install dependencies" in said:
        raise PackageError(f"chalice package failed:\n{said.strip()}")


def _compile_into(source: Path, target: Path) -> None:
    """Rewrite `source` with `.pyc` files beside its modules, byte for byte reproducible."""
    with tempfile.TemporaryDirectory(prefix="order-voice-") as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(source) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if _is_of_use(name)])
        # Paths in tracebacks are those of Lambda; a module that does not compile here (there are
        # some for other Pythons in dependencies) goes without.
        compile_all = [sys.executable, "-m", "compileall", "-qq", "-j", "0"]
        paths = ["-s", scratch, "-p", "/var/task", "--invalidation-mode", "unchecked-hash"]
        subprocess.run([*compile_all, *paths, scratch], check=False)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for file in files:
                entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, file.read_bytes())


def _is_of_use(name: str) -> bool:
    """Whether a file of Chalice's zip belongs in ours."""
    path = PurePosixPath(name)
    if path.match("botocore/data/*/*/*"):
        return path.parts[2] in AWS_SERVICES
    return "__pycache__" not in path.parts


def _template(stage: str, sam: str) -> str:
    """Chalice's YAML as JSON, without the aliases that CloudFormation does not know.

    Local functions run on this machine's processor, whatever Chalice takes for granted.
    """
    template = json.dumps(yaml.safe_load(sam), indent=2)
    machine = ARCHITECTURES.get(platform.machine().lower())
    if stage != "local" or machine is None:
        return template
    return template.replace('"x86_64"', json.dumps(machine))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="local", choices=["local", "prod"])
    try:
        package = build(parser.parse_args().stage)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{package.folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
