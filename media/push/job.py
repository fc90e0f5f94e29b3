"""What a push's process is told, and what it tells: JSON, a line each. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer

SCHEMES = frozenset({"rtmp", "rtmps"})


class Fault(StrEnum):
    """Why nothing arrives there; stable, the client has the words for them."""

    UNREACHABLE = "push.unreachable"
    """Nobody answers at its address, or it does not take the stream."""
    LOST = "push.lost"
    """The line broke, or the platform does not take more."""


class Job(BaseModel):
    """First and only line on standard input. The process ends when that is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    """`rtmp://host/app/key`; in no log, no argument list and no environment."""
    folder: str
    """Of the programme."""

    @field_serializer("url", when_used="json")
    def _plain(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


class Told(BaseModel):
    """A line on standard output: how it is from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Literal["live", "reconnecting", "ended"]
    fault: Fault | None = None


def checked(value: SecretStr) -> SecretStr:
    """
    An address that can be pushed to.

    Raises:
        ValueError: it is none; the message does not have it.
    """
    url = value.get_secret_value()
    parts = urlsplit(url)
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or parts.scheme not in SCHEMES or not parts.hostname or len(parts.path) < 2:
        raise ValueError("must be like rtmp://live.example.com/app/key")
    return value
