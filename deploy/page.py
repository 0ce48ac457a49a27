"""Builds the page: what `chalicelib/liff` serves, of its sources, the texts and the dictionary.

chalicelib/liff/*.js ──esbuild──▶ app.js              what the page opens with
                                  later.js            what comes when it is shown
                                  order-views.js      what comes after Confirm
                                  dish-finder.js      what looks up typed dishes, by itself
                                  shared-<hash>.js    what several need
                                  *.js.map            their source maps
guard.js, style.css  ──esbuild──▶ the same, smaller: they stand in the page itself
order-client.js                   as it is, for pages of others
chalicelib/locales   ───────────▶ <language>.json, erase-<language>.json, chat-<language>.json,
                                  reload.html
menus/dishes.tsv     ───────────▶ dishes-<language>.json

python -m deploy.page     builds it where a source has changed
"""

import fcntl
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from chalicelib import languages
from chalicelib.mandarin import GREETING
from chalicelib.menus.dictionary import listing
from chalicelib.orders.summary import STAFF_LANGUAGE
from deploy import downloads, esbuild
from deploy.paths import LOCAL, ROOT

SOURCES = ROOT / "chalicelib" / "liff"
BUILT = SOURCES / "built"
STAMP = "made-of"
"""Names the sources that the page was built of."""

_SCRIPTS = ("app.js", "later.js", "order-views.js", "dish-finder.js")
_AS_THEY_ARE = ("page.html", "order-client.js", "kind-options.json")
_ENGINES = "es2022"
"""Of LINE's web views: iOS 16, Android's WebView 94."""


class PageError(RuntimeError):
    """The page could not be built; the message is for the person at the terminal."""


def build() -> None:
    """Make the built page what its sources say; quick where it is so. Raises `PageError`."""
    with _one_at_a_time():
        made_of = _fingerprint()
        if _stamp() == made_of:
            return
        with tempfile.TemporaryDirectory(prefix="page-", dir=LOCAL) as scratch:
            out = Path(scratch, "built")
            out.mkdir()
            try:
                _scripts(out)
            except (downloads.InstallError, esbuild.BundleError) as error:
                raise PageError(f"the page could not be built: {error}") from error
            for name in _AS_THEY_ARE:
                shutil.copy(SOURCES / name, out)
            _texts(out)
            (out / "version").write_text(_digest(out), "utf-8")
            (out / STAMP).write_text(made_of, "utf-8")
            shutil.rmtree(BUILT, ignore_errors=True)
            out.replace(BUILT)


def leave_out_sources(folder: Path) -> None:
    """Of a copy of `chalicelib/liff`, keep what is served: the built page, and its server."""
    for file in folder.iterdir():
        if file.is_file() and file.suffix != ".py":
            file.unlink()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "page.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint() -> str:
    """A hash over everything that the page is made of."""
    made_by = [Path(__file__), Path(esbuild.__file__), downloads.NPM_PACKAGES]
    made_of = sorted(
        file
        for file in (ROOT / "chalicelib").rglob("*")
        if file.is_file() and BUILT not in file.parents and "__pycache__" not in file.parts
    )
    digest = hashlib.sha256()
    for source in [*made_by, *made_of]:
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def _stamp() -> str:
    try:
        return (BUILT / STAMP).read_text("utf-8")
    except FileNotFoundError:
        return ""


def _scripts(out: Path) -> None:
    metafile = out / "metafile"
    minify = ["--minify", f"--target={_ENGINES}", "--charset=utf8", f"--outdir={out}"]
    modules = ["--bundle", "--format=esm", "--splitting", "--chunk-names=shared-[hash]"]
    maps = ["--sourcemap", "--sources-content=true"]
    esbuild.run([*_SCRIPTS, *minify, *modules, *maps, f"--metafile={metafile}"], SOURCES)
    esbuild.run(["guard.js", "style.css", *minify], SOURCES)
    for file in out.glob("*.map"):
        source_map = json.loads(file.read_text("utf-8"))
        # Beside the script, not where it was built.
        source_map["sources"] = [Path(name).name for name in source_map["sources"]]
        file.write_text(json.dumps(source_map, ensure_ascii=False), "utf-8")
    outputs = json.loads(metafile.read_text("utf-8"))["outputs"]
    metafile.unlink()
    needs = {
        Path(name).name: [
            Path(found["path"]).name
            for found in output["imports"]
            if found["kind"] == "import-statement"
        ]
        for name, output in outputs.items()
        if output.get("entryPoint") in _SCRIPTS
    }
    (out / "needs.json").write_text(json.dumps(needs), "utf-8")


_IN_BOTH = ("dining", "allergies", "diets")
"""What the page says to the traveller and to the staff."""


def _texts(out: Path) -> None:
    """The page's own texts and those that it shares with the server, and the dictionary."""
    for language in languages.SUPPORTED:
        texts = languages.texts(language)
        of_staff = languages.texts(STAFF_LANGUAGE)
        shared = {
            "status": texts["status"],
            "summary": texts["summary"],
            **{name: texts[name] for name in _IN_BOTH},
            **{f"staff_{name}": of_staff[name] for name in _IN_BOTH},
            "staff_summary": of_staff["summary"] | {"greeting": GREETING},
        }
        said = json.dumps(texts["page"] | shared, ensure_ascii=False)
        (out / f"{language}.json").write_text(said, "utf-8")
        for part in ("erase", "chat"):
            said = json.dumps(texts[part], ensure_ascii=False)
            (out / f"{part}-{language}.json").write_text(said, "utf-8")
        (out / f"dishes-{language}.json").write_text(listing(language), "utf-8")
    lines = "\n".join(_reload_line(language) for language in languages.SUPPORTED)
    (out / "reload.html").write_text(lines, "utf-8")


def _reload_line(language: str) -> str:
    """What the guard says in one language, before any texts are loaded."""
    tag = "zh-Hant-TW" if language == "zh-TW" else language
    return f'<p lang="{tag}">{escape(languages.texts(language)["page"]["reload"])}</p>'


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def main() -> int:
    try:
        build()
    except PageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
