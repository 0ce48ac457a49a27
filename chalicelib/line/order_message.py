"""The messages that one LINE push carries: a Flex bubble, a text, the voice.

Pure: values in, message objects of the Messaging API out. What customers typed is only ever the
value of a `text` field; no address is made from it.

Limits are those of the Messaging API reference. It counts characters in UTF-16 code units.
"""

import ipaddress
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from chalicelib.languages import texts
from chalicelib.line import bubble
from chalicelib.line.cut import cut, utf16_length
from chalicelib.order import Order, Part
from chalicelib.orders.summary import Summary, amount, for_staff, in_both

Message = dict[str, Any]

LONGEST_TEXT = 5000
LONGEST_ALT_TEXT = 400
LONGEST_AUDIO_URL = 2000
LONGEST_ACTION_URI = 1000
LARGEST_BUBBLE = 30 * 1024
"""Bytes of a bubble's JSON."""


def order_messages(
    *,
    order: Order,
    order_id: str,
    summary: Summary,
    voice_url: str | None,
    voice_duration_ms: int,
    liff_url: str,
    unspoken: Sequence[Part] = (),
) -> list[Message]:
    """What the traveller gets in the chat, in the order in which LINE shows it.

    `unspoken` is what the voice leaves to the screen: the bubble shows it as that. The voice is
    left out where LINE would refuse its address, and the button where there is no page to open.
    """
    button_uri = _order_uri(liff_url, order_id)
    has_voice = bool(voice_url) and voice_duration_ms > 0 and is_audio_url(voice_url or "")
    messages = [
        _flex(order, unspoken, button_uri=button_uri, has_voice=has_voice),
        _text(order, summary, has_voice=has_voice, has_button=button_uri is not None),
    ]
    if has_voice:
        messages.append(
            {"type": "audio", "originalContentUrl": voice_url, "duration": voice_duration_ms}
        )
    return messages


def is_audio_url(url: str) -> bool:
    """Whether LINE takes `url` for an audio message: https, at most 2,000 characters.

    On loopback hosts plain http will do: it is what the local stand-in for LINE accepts.
    """
    return utf16_length(url) <= LONGEST_AUDIO_URL and _is_web_address(url)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _order_uri(liff_url: str, order_id: str) -> str | None:
    """`{liff_url}?order_id=…`, or None where there is no page that a button could open."""
    if not _is_web_address(liff_url):
        return None
    parts = urlsplit(liff_url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("order_id", order_id)]
    uri = urlunsplit(parts._replace(query=urlencode(query)))
    return uri if utf16_length(uri) <= LONGEST_ACTION_URI else None


def _flex(
    order: Order, unspoken: Sequence[Part], *, button_uri: str | None, has_voice: bool
) -> Message:
    said = texts(order.language)
    words = said["summary"] | said["line"]
    alt_text = words["alt_text" if order.total_amount is not None else "alt_text_unknown"].format(
        store=in_both(order.store, order.language), amount=amount(order.total_amount, "")
    )
    return {
        "type": "flex",
        "altText": cut(alt_text, LONGEST_ALT_TEXT),
        "contents": _fitting_bubble(order, unspoken, words, button_uri, has_voice),
    }


def _fitting_bubble(
    order: Order,
    unspoken: Sequence[Part],
    words: dict[str, str],
    button_uri: str | None,
    has_voice: bool,
) -> dict[str, Any]:
    """The most detailed bubble that LINE accepts: both names, then one, then fewer rows."""
    order = for_staff(order)
    count = len(order.items)
    attempts = [(count, True, 100), (count, False, 100), (count, False, 40)]
    attempts += [(rows, False, 40) for rows in range(count - 1, 0, -1)]
    for rows, both_names, longest_name in attempts:
        contents = bubble.order_bubble(
            order,
            words,
            rows=rows,
            both_names=both_names,
            longest_name=longest_name,
            button_uri=button_uri,
            has_voice=has_voice,
            unspoken=unspoken,
        )
        if len(json.dumps(contents)) <= LARGEST_BUBBLE:
            break
    return contents


def _text(order: Order, summary: Summary, *, has_voice: bool, has_button: bool) -> Message:
    """The Chinese order for showing to the staff, then what it means for the traveller."""
    words = texts(order.language)["line"]
    if has_voice:
        frame = words["text"]
    elif has_button:
        frame = words["text_without_voice"]
    else:
        frame = f"{words['title']}\n\n{{chinese}}"
    store = cut(in_both(order.store, order.language), 420)
    room = LONGEST_TEXT - utf16_length(frame.format(store=store, chinese=""))
    text = frame.format(store=store, chinese=cut(summary.chinese, room))
    if summary.translated != summary.chinese:
        translation = f"\n\n{words['your_order']}\n{summary.translated}"
        room = LONGEST_TEXT - utf16_length(text)
        # Less of a translation is of no use.
        if room > 100:
            text += cut(translation, room)
    return {"type": "text", "text": text}
