"""A request body as JSON, strictly: what two parsers could read in two ways is refused."""

import json
from typing import Any, NoReturn

from chalicelib.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType

MAX_BODY_BYTES = 32 * 1024
_LONGEST_INTEGER = 100


def parse(body: bytes, content_type: str, *, max_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """The JSON object in `body` (RFC 8259, UTF-8, I-JSON's unique keys: RFC 7493).

    Raises `UnsupportedMediaType`, `BodyTooLarge` or `MalformedBody`.
    """
    _check_content_type(content_type)
    if len(body) > max_bytes:
        raise BodyTooLarge(f"The body may have {max_bytes} bytes, this one has {len(body)}.")
    if not body.strip():
        raise MalformedBody("The body is empty.")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except UnicodeDecodeError as error:
        raise MalformedBody("The body is not UTF-8.") from error
    except RecursionError as error:
        raise MalformedBody("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise MalformedBody(f"The body cannot be read as JSON: {error}.") from error
    if not isinstance(value, dict):
        raise MalformedBody("The body must be a JSON object.")
    return value


def _check_content_type(content_type: str) -> None:
    media_type, _, parameters = content_type.lower().partition(";")
    if media_type.strip() != "application/json":
        raise UnsupportedMediaType("Send the order as application/json.")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType("JSON is UTF-8; another charset is not supported.")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names the same key twice")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _short(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("a number has too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number
