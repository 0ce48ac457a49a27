"""Fakes of what a worker works with: speaker, voice store, Messaging API."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.order import Voice
from tests.unit.orders_support import VOICE


@dataclass
class FakeSpeaker:
    errors: list[Exception] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    any_voice: list[bool] = field(default_factory=list)
    while_speaking: Callable[[], None] = lambda: None

    def speak(self, text: str, language: str, *, deadline: float, any_voice: bool = False) -> Voice:
        self.spoken.append(text)
        self.any_voice.append(any_voice)
        self.while_speaking()
        if self.errors:
            raise self.errors.pop(0)
        return VOICE


@dataclass
class FakeVoices:
    url: str = "https://api.example/v1/api/voices"
    errors: list[Exception] = field(default_factory=list)

    def address(self, order_id: str, accepted_at: int, *, deadline: float) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return f"{self.url}/{order_id}/{accepted_at}.mp3" if self.url else ""


@dataclass
class FakeMessagingApi:
    errors: list[Exception] = field(default_factory=list)
    pushed: list[tuple[str, list[dict[str, Any]], uuid.UUID]] = field(default_factory=list)
    profile: bool | Exception | None = True
    asked: list[tuple[str, float]] = field(default_factory=list)
    """Whose profile, and until when."""

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

    def has_profile(self, user_id: str, *, deadline: float) -> bool | None:
        self.asked.append((user_id, deadline))
        if isinstance(self.profile, Exception):
            raise self.profile
        return self.profile
