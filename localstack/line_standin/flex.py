"""The rules of Flex Messages that the SDK's models do not know (Messaging API reference)."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from localstack.line_standin.detail import Detail, utf16_length

LARGEST_BUBBLE = 30 * 1024
LARGEST_CAROUSEL = 50 * 1024
MOST_BUBBLES = 12
LONGEST_URI = 1000
LONGEST_LABEL = 40
DEEPEST = 10

_COLOR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
_LENGTH = re.compile(r"\d+(\.\d+)?px")
_LENGTH_OR_SHARE = re.compile(r"\d+(\.\d+)?(px|%)")
_STEPS = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
_TEXT_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
_BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
_CHOICES = {
    "layout": ("horizontal", "vertical", "baseline"),
    "weight": ("regular", "bold"),
    "align": ("start", "end", "center"),
    "gravity": ("top", "bottom", "center"),
    "style": ("primary", "secondary", "link", "normal", "italic"),
    "height": ("sm", "md"),
    "adjustMode": ("shrink-to-fit",),
}
_COLORS = ("color", "backgroundColor", "borderColor")
_PADDINGS = ("paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd")
_MARGINS = ("margin", "spacing")
_IN_BASELINE = ("text", "icon", "filler", "spacer")
_COMPONENTS = frozenset(
    ("box", "text", "button", "separator", "image", "icon", "filler", "spacer", "span", "video")
)


def errors(contents: dict[str, Any]) -> list[Detail]:
    """What LINE would find wrong with a Flex Message's `contents`; nothing if it is good."""
    kind = contents.get("type")
    if kind == "bubble":
        return list(_bubble(contents, ""))
    if kind == "carousel":
        return list(_carousel(contents))
    return [Detail("must be a bubble or a carousel", "/type")]


def _carousel(carousel: dict[str, Any]) -> Iterator[Detail]:
    bubbles = carousel.get("contents")
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= MOST_BUBBLES:
        yield Detail("invalid number of bubbles", "/contents")
        return
    if _size(carousel) > LARGEST_CAROUSEL:
        yield Detail("the carousel is too large", "/")
    for at, bubble in enumerate(bubbles):
        yield from _bubble(bubble, f"/contents/{at}")


def _bubble(bubble: Any, path: str) -> Iterator[Detail]:
    if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
        yield Detail("must be a bubble", path or "/")
        return
    if _size(bubble) > LARGEST_BUBBLE:
        yield Detail("the bubble is too large", path or "/")
    if bubble.get("size", "mega") not in _BUBBLE_SIZES:
        yield Detail("invalid property", f"{path}/size")
    blocks = [name for name in ("header", "hero", "body", "footer") if name in bubble]
    if not blocks:
        yield Detail("at least one block must be specified", path or "/")
    for name in blocks:
        block = bubble[name]
        if name != "hero" and (not isinstance(block, dict) or block.get("type") != "box"):
            yield Detail("must be a box", f"{path}/{name}")
        else:
            yield from _component(block, f"{path}/{name}", depth=1)


def _component(component: Any, path: str, *, depth: int) -> Iterator[Detail]:
    if not isinstance(component, dict) or component.get("type") not in _COMPONENTS:
        yield Detail("unknown component", f"{path}/type")
        return
    if depth > DEEPEST:
        yield Detail("nested too deeply", path)
        return
    yield from _style(component, path)
    if "action" in component:
        yield from _action(component, path)
    kind = component["type"]
    if kind == "box":
        yield from _box(component, path, depth)
    elif kind == "text" and not component.get("contents"):
        text = component.get("text")
        if not isinstance(text, str) or not text.strip():
            yield Detail("must be non-empty text", f"{path}/text")
    elif kind == "button" and "action" not in component:
        yield Detail("must be specified", f"{path}/action")


def _box(box: dict[str, Any], path: str, depth: int) -> Iterator[Detail]:
    contents = box.get("contents")
    if not isinstance(contents, list):
        yield Detail("must be specified", f"{path}/contents")
        return
    for at, child in enumerate(contents):
        where = f"{path}/contents/{at}"
        in_baseline = box.get("layout") == "baseline"
        if in_baseline and isinstance(child, dict) and child.get("type") not in _IN_BASELINE:
            yield Detail("not allowed in a baseline box", where)
        yield from _component(child, where, depth=depth + 1)


def _style(component: dict[str, Any], path: str) -> Iterator[Detail]:
    is_box = component["type"] == "box"
    for name, value in component.items():
        text = value if isinstance(value, str) else ""
        good = True
        if name in _COLORS:
            good = bool(_COLOR.fullmatch(text))
        elif name in _PADDINGS:
            good = text in _STEPS or bool(_LENGTH_OR_SHARE.fullmatch(text))
        elif name in _MARGINS or name == "cornerRadius":
            good = text in _STEPS or bool(_LENGTH.fullmatch(text))
        elif name == "size" and component["type"] in ("text", "span", "icon"):
            good = text in _TEXT_SIZES or bool(_LENGTH.fullmatch(text))
        elif name in ("flex", "maxLines"):
            good = isinstance(value, int) and value >= 0
        elif name in _CHOICES and not (name == "height" and is_box):
            good = value in _CHOICES[name]
        if not good:
            yield Detail("invalid property", f"{path}/{name}")


def _action(component: dict[str, Any], path: str) -> Iterator[Detail]:
    action = component["action"]
    if not isinstance(action, dict):
        yield Detail("must be an object", f"{path}/action")
        return
    label = action.get("label")
    if component["type"] == "button" and (not isinstance(label, str) or not label):
        yield Detail("must be specified", f"{path}/action/label")
    elif isinstance(label, str) and len(label) > LONGEST_LABEL:
        yield Detail(f"must not be longer than {LONGEST_LABEL} characters", f"{path}/action/label")
    if action.get("type") == "uri" and not _is_action_uri(action.get("uri")):
        yield Detail("invalid uri", f"{path}/action/uri")


def _is_action_uri(uri: Any) -> bool:
    if not isinstance(uri, str) or utf16_length(uri) > LONGEST_URI:
        return False
    if not uri.isascii() or any(character.isspace() for character in uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname)
    return parts.scheme in ("line", "tel") and bool(parts.netloc or parts.path)


def _size(container: dict[str, Any]) -> int:
    """Bytes of its JSON as line-bot-sdk sends it, non-ASCII characters escaped."""
    return len(json.dumps(container))
