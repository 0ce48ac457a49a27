"""What LINE accepts as the body of a push, and what it says of one that it refuses.

Two judges. The SDK's own models say what the OpenAPI description says: types, required
properties, enumerations. The rest stands only in the prose of the Messaging API reference:
lengths, sizes, schemes; `flex.py` has those of Flex Messages.
"""

import ipaddress
import json
import re
import threading
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from localstack.line_standin import flex
from localstack.line_standin.detail import Detail, utf16_length

LONGEST_TEXT = 5000
LONGEST_ALT_TEXT = 400
LONGEST_URL = 2000
MOST_MESSAGES = 5

# LINE's own look like U4af4980629…; here a user may also have a name that a person can read.
_USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class RefusalError(Exception):
    """A request that LINE answers with 400. `body` is the answer, shaped as LINE's."""

    message: str
    details: tuple[Detail, ...] = ()

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message}
        if self.details:
            body["details"] = [detail._asdict() for detail in self.details]
        return body


def import_ahead() -> None:
    """Let the SDK's models load, 1.5 s of processor time, before the first push needs them."""
    threading.Thread(target=_push_model, daemon=True).start()


def _push_model() -> Any:
    # Not above: a stack that starts has no processor to spare for what a later push needs.
    from linebot.v3.messaging import PushMessageRequest  # type: ignore[import-untyped]

    return PushMessageRequest


def parse_retry_key(header: str | None) -> uuid.UUID | None:
    """The value of `X-Line-Retry-Key`; raises `RefusalError` unless it is a UUID."""
    if header is None:
        return None
    if not _RETRY_KEY.fullmatch(header):
        raise RefusalError("The 'X-Line-Retry-Key' header is invalid")
    return uuid.UUID(header)


def parse_push(raw: bytes) -> tuple[str, list[dict[str, Any]]]:
    """Recipient and messages of a push; raises `RefusalError`."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RefusalError("The request body could not be parsed as JSON") from error
    if not isinstance(body, dict):
        raise RefusalError("The request body must be a JSON object")
    user_id, messages = body.get("to"), body.get("messages")
    if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
        raise RefusalError("The property, 'to', in the request body is invalid")
    if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
        size = Detail("Size must be between 1 and 5", "messages")
        raise RefusalError("The request body has 1 error(s)", (size,))
    _check_by_prose(messages)
    _check_by_models(body)
    return user_id, messages


def _check_by_models(body: dict[str, Any]) -> None:
    try:
        accepted = _push_model().from_dict(body).to_dict()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The models' errors quote what they refuse; the class is enough to go on.
        invalid = Detail(f"The SDK's models refuse it: {type(error).__name__}", "messages")
        raise RefusalError("The request body has 1 error(s)", (invalid,)) from error
    unknown = [Detail("unknown field", path) for path in _dropped(body, accepted, "")]
    if unknown:
        raise RefusalError(f"The request body has {len(unknown)} error(s)", tuple(unknown))


def _dropped(sent: Any, kept: Any, path: str) -> list[str]:
    """The properties that the models do not know: they are gone after a round trip."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        lost = []
        for name, value in sent.items():
            where = f"{path}.{name}" if path else name
            if name not in kept:
                lost += [where] if value is not None else []
            else:
                lost += _dropped(value, kept[name], where)
        return lost
    if isinstance(sent, list) and isinstance(kept, list):
        pairs = enumerate(zip(sent, kept, strict=False))
        return [lost for at, (a, b) in pairs for lost in _dropped(a, b, f"{path}[{at}]")]
    return []


def _check_by_prose(messages: list[Any]) -> None:
    details: list[Detail] = []
    for at, message in enumerate(messages):
        where = f"messages[{at}]"
        if not isinstance(message, dict):
            details.append(Detail("Must be an object", where))
            continue
        check = {"text": _text, "audio": _audio, "flex": _flex}.get(str(message.get("type")))
        if check is not None:
            details += check(message, where)
    if details:
        raise RefusalError(f"The request body has {len(details)} error(s)", tuple(details))
    for at, message in enumerate(messages):
        if message.get("type") == "flex":
            wrong = flex.errors(message["contents"])
            if wrong:
                raise RefusalError(
                    f"A message (messages[{at}]) in the request body is invalid", tuple(wrong)
                )


def _text(message: dict[str, Any], where: str) -> list[Detail]:
    return _length(message.get("text"), LONGEST_TEXT, f"{where}.text")


def _flex(message: dict[str, Any], where: str) -> list[Detail]:
    details = _length(message.get("altText"), LONGEST_ALT_TEXT, f"{where}.altText")
    if not isinstance(message.get("contents"), dict):
        details.append(Detail("May not be null", f"{where}.contents"))
    return details


def _audio(message: dict[str, Any], where: str) -> list[Detail]:
    url, duration = message.get("originalContentUrl"), message.get("duration")
    details = _length(url, LONGEST_URL, f"{where}.originalContentUrl")
    if not details and not _is_media_address(str(url)):
        details.append(Detail("Must be a valid HTTPS URL", f"{where}.originalContentUrl"))
    if not isinstance(duration, int) or isinstance(duration, bool) or duration <= 0:
        details.append(Detail("Must be greater than or equal to 1", f"{where}.duration"))
    return details


def _length(value: Any, longest: int, where: str) -> list[Detail]:
    if not isinstance(value, str) or not value.strip():
        return [Detail("May not be empty", where)]
    if utf16_length(value) > longest:
        return [Detail(f"Length must be between 0 and {longest}", where)]
    return []


def _is_media_address(url: str) -> bool:
    """https; for the local stack also http on loopback, which is where its S3 is."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if any(character.isspace() for character in url) or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
