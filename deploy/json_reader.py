"""JSON (RFC 8259) with the places of its values, so that a mistake has a line and a column."""

import json
import re
from bisect import bisect_right
from typing import Any, NoReturn

from chalicelib.orders.text import Place
from deploy.spot import Spot

_SPACE = re.compile(r"[ \t\n\r]*")


class Reader:
    """Reads one document. Raises `json.JSONDecodeError`, or another `ValueError` at `at`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scalar = json.JSONDecoder(parse_constant=self._no_constant).raw_decode
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.places: dict[Place, int] = {}
        """Where each value begins."""
        self.mistakes: list[tuple[int, str]] = []
        self.at = 0
        """Where the value begins that is being read."""

    def spot(self, at: int) -> Spot:
        """Where the character `at` is."""
        line = bisect_right(self._lines, at)
        return Spot(line, at - self._lines[line - 1] + 1)

    def whole(self) -> Any:
        """The document."""
        value, at = self._value(0, ())
        at = self._skip(at)
        if at < len(self._text):
            self._fail("there is more behind the end", at)
        return value

    def _value(self, at: int, place: Place) -> tuple[Any, int]:
        self.places[place] = self.at = at = self._skip(at)
        if self._text.startswith("{", at):
            return self._object(at + 1, place)
        if self._text.startswith("[", at):
            return self._array(at + 1, place)
        return self._scalar(self._text, at)

    def _object(self, at: int, place: Place) -> tuple[dict[str, Any], int]:
        value: dict[str, Any] = {}
        at = self._skip(at)
        if self._text.startswith("}", at):
            return value, at + 1
        while True:
            key_at = at = self._skip(at)
            if not self._text.startswith('"', at):
                self._fail("expecting a key in double quotes", at)
            key, at = self._scalar(self._text, at)
            if key in value:
                self.mistakes.append((key_at, f'the key "{key}" is there twice'))
            at = self._expect(":", at)
            value[key], at = self._value(at, (*place, key))
            at = self._skip(at)
            if self._text.startswith("}", at):
                return value, at + 1
            at = self._expect(",", at)

    def _array(self, at: int, place: Place) -> tuple[list[Any], int]:
        value: list[Any] = []
        at = self._skip(at)
        if self._text.startswith("]", at):
            return value, at + 1
        while True:
            part, at = self._value(at, (*place, len(value)))
            value.append(part)
            at = self._skip(at)
            if self._text.startswith("]", at):
                return value, at + 1
            at = self._expect(",", at)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _expect(self, sign: str, at: int) -> int:
        at = self._skip(at)
        if not self._text.startswith(sign, at):
            self._fail(f"expecting {sign}", at)
        return at + 1

    def _fail(self, message: str, at: int) -> NoReturn:
        raise json.JSONDecodeError(message, self._text, at)

    def _no_constant(self, name: str) -> NoReturn:
        self._fail(f"{name} is not JSON", self.at)
