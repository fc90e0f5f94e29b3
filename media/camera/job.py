"""What a camera's process is told, and what it tells: JSON, a line each. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, field_serializer


class Fault(StrEnum):
    """Why there is no picture; stable, the client has the words for them."""

    UNREACHABLE = "camera.unreachable"
    """Nobody answers at its address, or the line broke."""
    FORBIDDEN = "camera.forbidden"
    """It wants another name or password."""
    NO_PICTURE = "camera.no_picture"
    """It sends none, or stopped."""
    CODEC = "camera.codec"
    """Not H264: nothing else is passed on without decoding."""
    REORDERED = "camera.reordered"
    """Its pictures are not sent in the order of their display (B pictures), which WebRTC lacks."""
    REFUSED = "camera.refused"
    """The service does not take it at this moment."""
    LOST = "camera.lost"
    """The service ended its link."""


class Job(BaseModel):
    """First and only line on standard input. The process ends when that is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera: SecretStr
    """`rtsp://name:password@host/path`; in no log, no argument list and no environment."""
    sound: bool
    """Send its sound too."""
    whip: str
    token: SecretStr
    ca: str | None = None
    """Certificate file to trust besides, for a service with a local authority."""

    @field_serializer("camera", "token", when_used="json")
    def _plain(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


class Told(BaseModel):
    """A line on standard output. After "ended" nothing follows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Literal["live", "ended"]
    fault: Fault | None = None
    """Why it ended."""


def shown_address(url: str) -> str:
    """An address without name, password and query: for logs."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
