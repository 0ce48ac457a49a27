"""Every environment variable the app reads, once, typed.

The CloudFormation template sets them from its parameters. A variable without a default that
is missing, or one that does not parse, stops the function at its first use and names itself.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache


class SettingsError(RuntimeError):
    """A variable is missing or malformed; the message names it."""


MOST_ATTEMPTS = 5
"""After more, the pauses would be longer than the sweeper waits, and than a traveller does."""
MOST_OPEN_SHARDS = 64
"""The sweeper reads as many, whatever is written. 10,000 orders a second take 40."""


LINE_PUSHES = ("always", "asked", "never")
SPEAK_AHEAD = ("auto", "on", "off")
_ADD_FRIEND = re.compile(r"https://(line\.me/R/ti/p/[\w@%.~-]+|lin\.ee/[\w-]+)", re.ASCII)

_AZURE_REGION = re.compile(r"[a-z0-9]+")
"""It becomes a part of the address that the key is sent to."""

ENGINES_NEED = {
    "google": ("google_speech_key_parameter",),
    "azure": ("azure_speech_key_parameter", "azure_speech_region"),
}
"""What a speech engine that is named cannot be without."""

_AT_LEAST_ONE = (
    "orders_per_minute",
    "orders_per_day",
    "guests_per_address",
    "guest_orders_per_day",
    "ahead_per_day",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)


_PARSERS: dict[object, Callable[[str], object]] = {int: int, tuple[str, ...]: _words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per variable; the variable is the field's name in capitals."""

    stage: str
    """Which stack this is; metrics of two in one account are told apart by it."""

    # Where things are
    orders_table: str
    limits_table: str
    orders_queue_url: str
    voice_bucket: str
    aws_endpoint_url: str = ""
    """Set by emulators only. botocore reads it by itself."""
    public_s3_endpoint_url: str = ""
    """Where a *browser* reaches S3, if that is not where the functions do."""
    aws_region: str = ""
    """Set by Lambda itself."""
    api_url: str = ""
    """Where LINE's app reaches the API, with its stage; the worker alone is told."""

    tracing: str = "off"
    """What X-Ray traces: `functions`, `calls` (theirs to AWS, too), or `off`."""

    # Push; all empty where there is none
    push_url: str = ""
    """Where pages open their WebSocket."""
    push_callback_url: str = ""
    """Where the functions reach those who are connected."""
    connections_table: str = ""

    # Secrets, by their names in SSM Parameter Store (SecureString)
    line_channel_token_parameter: str
    client_address_key_parameter: str
    voice_address_key_parameter: str
    push_ticket_key_parameter: str = ""
    line_channel_secret_parameter: str = ""
    """What LINE signs its webhook with. Empty: there is no webhook."""
    google_speech_key_parameter: str = ""
    """The API key of the engine `google`."""
    azure_speech_key_parameter: str = ""
    """The key of the Speech resource that the engine `azure` speaks by."""

    # LINE
    line_login_channel_id: str = ""
    """The audience of ID tokens. Empty: every order is a guest's."""
    line_api_url: str = "https://api.line.me"
    line_standin_url: str = ""
    """The local LINE stand-in, where the page signs in without a LIFF id. Empty on AWS."""
    liff_id: str = ""
    liff_url: str = ""
    """What the LINE message's button opens, usually `https://liff.line.me/<LIFF id>`."""

    line_push: str = "always"
    """Which orders of LINE users are pushed, which costs money: every one, those that ask for it
    (`notify`), or none. One of `LINE_PUSHES`."""

    line_add_friend_url: str = ""
    """LINE's address that adds the official account as a friend, for the page: `https://lin.ee/…`
    or `https://line.me/R/ti/p/…`. Empty: no link."""

    # Speech
    speech_engines: tuple[str, ...] = ("gtts", "polly")
    """Tried in this order."""
    azure_speech_region: str = ""
    """Where the Speech resource of the engine `azure` is: `japaneast`, `eastasia` …"""
    kokoro_location: str = ""
    """Where the voice of the engine `kokoro` is: a folder, or `s3://bucket/prefix`."""
    speak_ahead: str = "auto"
    """Whether voices are prepared before orders are confirmed: `on`; `off`; `auto`, unless `gtts`
    leads the chain, because Google blocks heavy callers. One of `SPEAK_AHEAD`."""
    ahead_queue_url: str = ""
    """Where they are asked for. Empty: none is."""

    # Limits
    orders_per_minute: int = 10
    """New orders one LINE user may place in a minute."""
    orders_per_day: int = 100
    """New orders one LINE user may place in a day in Taiwan."""
    guests_per_address: int = 5
    """One guest address may place as many orders as so many LINE users: a night market may be
    behind one address of a carrier."""
    guest_orders_per_day: int = 5000
    """New orders all guests together may place in a day in Taiwan."""
    ahead_per_day: int = 5000
    """Voices of all who order together that are prepared in a day in Taiwan."""
    max_attempts: int = 5
    """How often an order is worked on before it is given up: 1 to `MOST_ATTEMPTS`. Equals the
    queue's maxReceiveCount."""
    open_shards: int = 1
    """Into how many shards the index of open orders is written: 1 to `MOST_OPEN_SHARDS`."""
    order_retention_days: int = 30
    audio_retention_days: int = 60
    """Longer than orders live, so that no order outlives its audio."""
    allowed_origins: tuple[str, ...] = ()
    """Origins of LIFF pages served from elsewhere. The app's own page needs none."""

    def __post_init__(self) -> None:
        for name in _AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise SettingsError(f"{name.upper()}={getattr(self, name)} is not 1 or more")
        self._require_what_engines_need()
        if self.line_push not in LINE_PUSHES:
            raise SettingsError(f"LINE_PUSH={self.line_push} is none of {', '.join(LINE_PUSHES)}")
        if self.speak_ahead not in SPEAK_AHEAD:
            raise SettingsError(
                f"SPEAK_AHEAD={self.speak_ahead} is none of {', '.join(SPEAK_AHEAD)}"
            )
        if self.line_add_friend_url and not _ADD_FRIEND.fullmatch(self.line_add_friend_url):
            raise SettingsError(
                f"LINE_ADD_FRIEND_URL={self.line_add_friend_url} is neither "
                "https://line.me/R/ti/p/… nor https://lin.ee/…"
            )
        if not 1 <= self.max_attempts <= MOST_ATTEMPTS:
            raise SettingsError(f"MAX_ATTEMPTS={self.max_attempts} is not 1 to {MOST_ATTEMPTS}")
        if not 1 <= self.open_shards <= MOST_OPEN_SHARDS:
            raise SettingsError(f"OPEN_SHARDS={self.open_shards} is not 1 to {MOST_OPEN_SHARDS}")
        if not self.audio_retention_days > self.order_retention_days > 1:
            raise SettingsError(
                f"AUDIO_RETENTION_DAYS={self.audio_retention_days} must be more than "
                f"ORDER_RETENTION_DAYS={self.order_retention_days}, and that more than 1"
            )

    @property
    def speaks_ahead(self) -> bool:
        """Whether voices are prepared before orders are confirmed."""
        is_bearable = self.speak_ahead == "on" or self.speech_engines[0] != "gtts"
        return bool(self.ahead_queue_url) and self.speak_ahead != "off" and is_bearable

    def _require_what_engines_need(self) -> None:
        for engine in self.speech_engines:
            for name in ENGINES_NEED.get(engine, ()):
                if not getattr(self, name):
                    raise SettingsError(f"SPEECH_ENGINES names {engine}: {name.upper()} is missing")
        region = self.azure_speech_region
        if region and not _AZURE_REGION.fullmatch(region):
            raise SettingsError(f"AZURE_SPEECH_REGION={region} is no name of a region")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `environment`; raises `SettingsError`. An empty value counts as not set."""
        values = {}
        for field in fields(cls):
            variable = field.name.upper()
            text = environment.get(variable, "")
            if not text:
                continue
            try:
                values[field.name] = _PARSERS.get(field.type, str)(text)
            except ValueError as error:
                raise SettingsError(f"{variable}={text!r} is not a whole number") from error
        try:
            return cls(**values)  # type: ignore[arg-type]
        except TypeError as error:
            missing = [name.upper() for name in _required() if name not in values]
            raise SettingsError(f"missing environment variables: {', '.join(missing)}") from error


def _required() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Settings) if field.default is MISSING)


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment(os.environ)
