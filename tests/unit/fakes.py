"""Fakes of what a worker works with: speaker, voice store, Messaging API."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.order import SignedUrl, Voice
from tests.unit.orders_support import NOW, VOICE


@dataclass
class FakeSpeaker:
    errors: list[Exception] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    while_speaking: Callable[[], None] = lambda: None

    def speak(self, text: str, language: str, *, deadline: float) -> Voice:
        self.spoken.append(text)
        self.while_speaking()
        if self.errors:
            raise self.errors.pop(0)
        return VOICE


class FakeVoices:
    def url(self, voice_key: str, order_id: str) -> SignedUrl:
        return SignedUrl(f"https://voices.example/{voice_key}?name={order_id}", NOW // 1000 + 3600)


@dataclass
class FakeMessagingApi:
    errors: list[Exception] = field(default_factory=list)
    pushed: list[tuple[str, list[dict[str, Any]], uuid.UUID]] = field(default_factory=list)

    def push(
        self,
        user_id: str,
        messages: list[dict[str, Any]],
        *,
        retry_key: uuid.UUID,
        deadline: float,
    ) -> None:
        self.pushed.append((user_id, messages, retry_key))
        if self.errors:
            raise self.errors.pop(0)
