"""Builds what is deployed: the merged template and the functions' zip, the same for every target.

`chalice package` makes the template and packs our modules; what they need is added here:

- dependencies are those of requirements.txt, checked by hash, for the functions' machine;
- modules are compiled into the zip (`.pyc` that no clock can invalidate), which halves cold starts;
- botocore's models of services that nothing here calls stay out: two fifths of the zip;
- equal inputs give an equal zip, found again in `.local/package/<hash of the inputs>`.

    python -m deploy.package [--stage local|prod] [--any-python]     prints the folder
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
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from deploy import interpreter, page, resources, wheels
from deploy.interpreter import Python
from deploy.paths import LOCAL, ROOT

PACKAGES = LOCAL / "package"
TEMPLATE = "template.json"
ZIP = "function.zip"
KEPT = 6
"""Packages; enough for two stages and two Pythons, now and before the last change."""
COMPILERS = 2
"""Processes that compile a package's modules: part of how it is reproducible."""
EPOCH = (1980, 1, 1, 0, 0, 0)
AWS_SERVICES = {"apigatewaymanagementapi", "dynamodb", "polly", "s3", "sqs", "ssm", "sts"}
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


def require_python(stage: str) -> None:
    """Raise `PackageError` where this machine has no Python that packages `stage`."""
    try:
        interpreter.require(stage)
    except wheels.InstallError as error:
        raise PackageError(f"{stage} cannot be packaged: {error}") from error


def build(stage: str, python: Python | None = None) -> Package:
    """The package of `stage`, built unless it is there. Raises `PackageError`.

    `python` makes it; without one, the stage's own.
    """
    try:
        python = python or interpreter.of(stage)
        page.build()
    except wheels.InstallError as error:
        raise PackageError(f"{stage} cannot be packaged: {error}") from error
    except page.PageError as error:
        raise PackageError(str(error)) from error
    package = Package(PACKAGES / _fingerprint(stage, python))
    with _one_at_a_time():
        if (package.folder / TEMPLATE).exists():
            os.utime(package.folder)  # The packages used last are the ones kept.
            return package
        with tempfile.TemporaryDirectory(prefix="order-voice-") as scratch:
            work, function = Path(scratch), Path(scratch, "function")
            _chalice(python, stage, work / "project", work)
            _add_requirements(python, stage, function)
            with zipfile.ZipFile(work / "deployment.zip") as ours:
                ours.extractall(function)
            package.folder.mkdir(parents=True, exist_ok=True)
            level = 0 if stage == "local" else 6
            _compile_into(python, function, package.zip_file, level=level)
            template = _template(stage, (work / "sam.yaml").read_text("utf-8"))
            # Last, because it is what says that the build is whole.
            (package.folder / TEMPLATE).write_text(template, "utf-8")
        _forget_old()
    return package


def _forget_old() -> None:
    """Keep the packages used last; each change of the sources has left one of 78 MB."""
    packages = [path for path in PACKAGES.iterdir() if path.is_dir()]
    for folder in sorted(packages, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Who wants the same package as another waits for it."""
    PACKAGES.mkdir(parents=True, exist_ok=True)
    with (PACKAGES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(stage: str, python: Python) -> str:
    """A hash over everything that the package is made from."""
    sources = [
        ROOT / "app.py",
        ROOT / "requirements.txt",
        Path(__file__),
        Path(page.__file__),
        Path(resources.__file__),
        Path(wheels.__file__),
        *sorted(path for path in (ROOT / ".chalice").iterdir() if path.is_file()),
        *sorted(path for path in (ROOT / "chalicelib").rglob("*") if _is_source(path)),
    ]
    digest = hashlib.sha256(f"{stage} {python.version} {platform.machine()}".encode())
    for source in sources:
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _chalice(python: Python, stage: str, project: Path, out: Path) -> None:
    """Chalice's part into `out`: template, and a zip of our modules and its runtime."""
    # A copy without requirements, which Chalice would have pip install, without their hashes for
    # another machine, and again for every change of ours; and without any `__pycache__`.
    ours = shutil.ignore_patterns("__pycache__", "deployments")
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, project / name, ignore=ours)
    page.leave_out_sources(project / "chalicelib" / "liff")
    shutil.copy(ROOT / "app.py", project)
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(LOCAL / "pycache")}
    environment.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    merge = project / ".chalice" / resources.FILES[0]
    merge.write_text(
        json.dumps(resources.merged(project / ".chalice"), ensure_ascii=False), "utf-8"
    )
    chalice = str(python.executable.with_name("chalice"))
    done = subprocess.run(
        [chalice, "package", "--stage", stage, "--merge-template", str(merge), str(out)],
        cwd=project,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"chalice package failed:\n{(done.stdout + done.stderr).strip()}")


def _add_requirements(python: Python, stage: str, folder: Path) -> None:
    """What requirements.txt pins, for the functions' machine, without what is of no use there."""
    try:
        tag = _wheel_tag(python, stage)
        wheels.unpack(ROOT / "requirements.txt", folder, tag, str(python.executable))
    except wheels.InstallError as error:
        raise PackageError(f"the functions' dependencies could not be had: {error}") from error
    for service in (folder / "botocore" / "data").glob("*/"):
        if service.is_dir() and service.name not in AWS_SERVICES:
            shutil.rmtree(service)


def _wheel_tag(python: Python, stage: str) -> str:
    """Of wheels for Lambda's C library: Amazon Linux 2 with Python 3.11, 2023 with newer ones."""
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[_architecture(stage)]
    return f"manylinux_2_{17 if python.version < (3, 12) else 28}_{machine}"


def _compile_into(python: Python, folder: Path, target: Path, *, level: int) -> None:
    """`folder` with `.pyc` files beside its modules as a zip, byte for byte reproducible."""
    # Paths in tracebacks are those of Lambda; a module that does not compile here (there are
    # some for other Pythons in dependencies) goes without. Newer Pythons warn of dependencies'
    # escape sequences, which whoever deploys cannot mend.
    compile_all = [str(python.executable), "-W", "ignore", "-m", "compileall", "-qq", "-i", "-"]
    paths = ["-s", str(folder), "-p", "/var/task", "--invalidation-mode", "unchecked-hash"]
    beside = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
    # Not by compileall's own workers: in which of them, and so after which others, a module is
    # compiled is a matter of time there, and Python 3.12 writes some modules differently then.
    modules = sorted(str(path) for path in folder.rglob("*.py"))
    # Of no modules at all it would compile what this process can import, our sources too.
    shares = [share for at in range(COMPILERS) if (share := modules[at::COMPILERS])]
    with ThreadPoolExecutor(COMPILERS) as compilers:
        for share in shares:
            compilers.submit(
                subprocess.run,
                [*compile_all, *paths],
                input="\n".join(share).encode(),
                env=beside,
                check=False,
            )
    files = [path for path in folder.rglob("*") if path.is_file()]
    write_zip(target, folder, files, level=level)


def write_zip(target: Path, folder: Path, files: Iterable[Path], *, level: int) -> None:
    """`files` of `folder` as a zip, byte for byte reproducible.

    `level` is zlib's; 0 stores them as they are: for an emulator on this machine, where packing
    and unpacking cost more than copying.
    """
    method = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), method, level)


def _template(stage: str, sam: str) -> str:
    """Chalice's YAML as JSON, without the aliases that CloudFormation does not know."""
    template = json.dumps(yaml.safe_load(sam), indent=2)
    # Chalice takes x86 for granted where a stage names nothing.
    return template.replace('"x86_64"', json.dumps(_architecture(stage)))


def _architecture(stage: str) -> str:
    """Of the functions: this machine's for local ones, else what the stage names."""
    named = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))["stages"][stage]
    here = ARCHITECTURES.get(platform.machine().lower()) if stage == "local" else None
    return str(here or named.get("lambda_architecture", "x86_64"))


def _any_python(stage: str) -> Python:
    try:
        return interpreter.of(stage)
    except wheels.InstallError as error:
        here = interpreter.running()
        sys.stderr.write("{}; here packaged by {}.{}\n".format(error, *here.version))
        return here


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="local", choices=["local", "prod"])
    parser.add_argument(
        "--any-python",
        action="store_true",
        help="with the Python that runs, if the stage's own is missing: to be read, not deployed",
    )
    told = parser.parse_args()
    try:
        package = build(told.stage, _any_python(told.stage) if told.any_python else None)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{package.folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
