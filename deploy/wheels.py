"""Installs pinned requirements, checked by hash: by uv, or by pip where uv cannot.

    python -m deploy.wheels --get-uv                      uv itself, pinned, into this environment
    python -m deploy.wheels requirements/local.txt [--python OTHER]

uv takes a tenth of pip's time. It is told of the indexes, proxies and certificates that pip is
configured with. Set-up begins here: nothing but the standard library is imported.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from deploy.paths import ROOT

UV = Path(sys.executable).with_name("uv")
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_LOCKED = ("--require-hashes", "--only-binary", ":all:")
OWN_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
"""Where uv's own configuration names an index, that of pip is not for it."""


class InstallError(RuntimeError):
    """The requirements could not be installed; the message is for the person at the terminal."""


class IndexSilent(InstallError):
    """The package index cannot be reached: what it holds is not known."""


_NO_ANSWER = re.compile(
    # pip, at its last try; uv.
    r"Retry\(total=0.* after connection broken by"
    r"|Failed to fetch.*(?:client error \(Connect\)|timed out)"
)


def get_uv() -> bool:
    """Install the pinned uv beside this Python, and see whether it runs here.

    Raises `IndexSilent`: pip would not get further.
    """
    file = ROOT / "requirements" / "uv.txt"
    try:
        _run([*_PIP, "install", *_LOCKED, "--requirement", str(file)])
        _run([str(UV), "--version"])
    except IndexSilent:
        raise
    except InstallError as error:
        UV.unlink(missing_ok=True)
        _say(f"There is no uv for this machine ({error}): pip installs, and takes longer.")
        return False
    return True


def install(requirements: Path, python: str = sys.executable) -> None:
    """What `requirements` pins into the environment of `python`. Raises `InstallError`."""
    options = ["--require-hashes", "--requirement", str(requirements)]
    _by_uv_or_pip(
        ["install", "--python", python, *options],
        ["--python", python, "install", *options],
    )


def unpack(
    requirements: Path, folder: Path, platform: str = "", python: str = sys.executable
) -> None:
    """Exactly what `requirements` pins into `folder`, uncompiled. Raises `InstallError`.

    `platform` is a wheel's tag (`manylinux_2_28_aarch64`); without it, it is this machine's. The
    version is that of `python`. What an installer notes and makes by itself is left out: both
    leave the same files.
    """
    options = ["--no-deps", *_LOCKED, "--requirement", str(requirements), "--target", str(folder)]
    _by_uv_or_pip(
        ["install", "--python", python, *options, *_platform_of_uv(platform)],
        ["--python", python, "install", *options, "--no-compile", *_platforms_of_pip(platform)],
    )
    for note in ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"):
        for file in folder.glob(f"*.dist-info/{note}"):
            file.unlink()
    for script in (folder / "bin").glob("*"):
        script.unlink()
    (folder / ".lock").unlink(missing_ok=True)


def _by_uv_or_pip(uv: Sequence[str], pip: Sequence[str]) -> None:
    if UV.exists():
        flags, environment = _as_pip_is_configured()
        try:
            _run([str(UV), "pip", *uv, "--quiet", *flags], environment)
        except IndexSilent:
            pass  # pip may know a way; if not, it says the same.
        except InstallError as error:
            _say(f"uv could not install ({error}): pip does it, and takes longer.")
        else:
            return
    _run([*_PIP, *pip])


def _platform_of_uv(tag: str) -> list[str]:
    if not tag:
        return []
    glibc, machine = _parts(tag)
    return ["--python-platform", f"{machine}-manylinux_2_{glibc}"]


def _platforms_of_pip(tag: str) -> list[str]:
    """pip takes tags literally: those of older C libraries, which do as well, are named too."""
    if not tag:
        return []
    glibc, machine = _parts(tag)
    tags = [f"manylinux_2_{older}_{machine}" for older in range(glibc, 16, -1)]
    return [f"--platform={tag}" for tag in [*tags, f"manylinux2014_{machine}"]]


def _parts(tag: str) -> tuple[int, str]:
    """glibc's minor version, and the machine, of a tag of PEP 600."""
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", tag)
    if found is None:
        raise InstallError(f"{tag} is no tag like manylinux_2_28_aarch64")
    return int(found[1]), found[2]


@cache
def _as_pip_is_configured() -> tuple[list[str], dict[str, str]]:
    """Options and environment that make uv look where pip would, and in pip's way."""
    settings = _pip_configuration()
    environment = {
        "SSL_CERT_FILE": settings.get("cert", ""),
        "SSL_CLIENT_CERT": settings.get("client-cert", ""),
        "HTTPS_PROXY": settings.get("proxy", ""),
        "HTTP_PROXY": settings.get("proxy", ""),
        "UV_HTTP_TIMEOUT": settings.get("timeout", settings.get("default-timeout", "")),
        "UV_INSECURE_HOST": " ".join(settings.get("trusted-host", "").split()),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    flags = []
    if not any(os.environ.get(name) for name in OWN_INDEXES):
        links = [link for link in settings.get("find-links", "").split() if _is_there(link)]
        environment |= {
            "UV_DEFAULT_INDEX": settings.get("index-url", ""),
            "UV_INDEX": " ".join(settings.get("extra-index-url", "").split()),
            # As pip does; whoever serves a file, its hash is the pinned one.
            "UV_INDEX_STRATEGY": "unsafe-best-match",
            "UV_FIND_LINKS": ",".join(links),
        }
        if settings.get("no-index", "").lower() in {"1", "on", "true", "yes"}:
            flags = ["--no-index"]
    return flags, {name: value for name, value in environment.items() if value} | dict(os.environ)


def _pip_configuration() -> Mapping[str, str]:
    """pip's options for `install`, wherever they are set: environment before files."""
    listed = _run([sys.executable, "-m", "pip", "config", "list"])
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for name, value in re.findall(rf"^{section}\.([\w-]+)=(.*)$", listed, re.MULTILINE):
            found[name] = str(ast.literal_eval(value))
    return found


def _index() -> str:
    """What to call the index where packages are looked for."""
    is_configured = any(os.environ.get(name) for name in OWN_INDEXES) or (
        _pip_configuration().keys() & {"index-url", "extra-index-url"}
    )
    return "your package index" if is_configured else "the package index pypi.org"


def _is_there(link: str) -> bool:
    """Whether pip would take anything from `link`; uv refuses a folder that is not there."""
    return "://" in link or Path(link).expanduser().exists()


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """What `command` prints. Raises `InstallError` with its reason in one line."""
    try:
        done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    except OSError as error:
        raise InstallError(f"{Path(command[0]).name} does not run: {error.strerror}") from error
    if done.returncode:
        said = " ".join(done.stderr.split())
        if _NO_ANSWER.search(said) and "certificate" not in said.lower():
            raise IndexSilent(
                f"{_index()} does not answer: check network, proxy and PIP_INDEX_URL; "
                "then run make again"
            )
        raise InstallError(re.sub(r"^.*?(?=error:|ERROR:|×)", "", said)[:500] or "no reason given")
    return done.stdout


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requirements", nargs="?", type=Path)
    parser.add_argument("--python", default=sys.executable, help="of the environment to fill")
    parser.add_argument("--get-uv", action="store_true")
    arguments = parser.parse_args()
    try:
        if arguments.get_uv:
            get_uv()
        if arguments.requirements:
            install(arguments.requirements, arguments.python)
    except IndexSilent as error:
        _say(str(error))
        return 1
    except InstallError as error:
        _say(f"{arguments.requirements} could not be installed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
