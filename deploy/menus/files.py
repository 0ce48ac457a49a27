"""A menu's file: which form it has, and which encoding."""

import codecs
from pathlib import Path

from deploy.menus import json_file, sheet
from deploy.menus.draft import Draft, MenuRefused

MOST_BYTES = 4 * 1024 * 1024
_SAVE_AS = "save it as “CSV UTF-8” (Excel: 另存新檔 → CSV UTF-8; Google 試算表: 下載 → CSV)"
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read(path: Path, store: str = "", store_name: str = "") -> Draft:
    """What the file says, JSON or a spreadsheet's CSV. `store` and `store_name` say what the file
    does not. Raises `MenuRefused`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MenuRefused(f"{path}: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise MenuRefused(f"{path}: has more than {MOST_BYTES // 1024 // 1024} MB")
    text = decoded(raw, str(path))
    if not text.strip():
        raise MenuRefused(f"{path}: is empty")
    if path.suffix.lower() == ".json" or text.lstrip().startswith("{"):
        return json_file.draft_of(text, str(path), store)
    return sheet.draft_of(text, str(path), store or path.stem.lower(), store_name)


def decoded(raw: bytes, file: str) -> str:
    """The text of UTF-8, with or without a mark, or of UTF-16 with one. Raises `MenuRefused`.

    Nothing else is guessed: bytes of Big5 are as well some of GBK or Shift-JIS, and a wrong guess
    is a menu of wrong characters.
    """
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise MenuRefused(f"{file}: is a whole spreadsheet, no CSV: {_SAVE_AS}")
    encoding = next((name for mark, name in _BOMS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("cp950")
        except UnicodeDecodeError:
            raise MenuRefused(f"{file}, line {line}: is not in UTF-8: {_SAVE_AS}") from error
        raise MenuRefused(
            f"{file}, line {line}: is not in UTF-8, but in Big5, as it seems: {_SAVE_AS}"
        ) from error
    if "\0" in text:
        raise MenuRefused(f"{file}: is not in UTF-8 (it holds NUL): {_SAVE_AS}")
    return text
