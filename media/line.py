"""
The line between the service and its media process: one JSON object a line, both directions.

Down go calls (a request with its number), up come replies with the same number and reports. A line
that can't be read ends the process that reads it: both ends are ours and of one version.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from media.control import Reply, Report, Request
from media.vitals import Vitals

LINE_MAX = 1 << 20  # bytes; a description has at most 131,072 characters, escaped twice as many


class Call(BaseModel):
    """A request on the line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, Field(ge=1)]
    """Chosen by the caller, never twice in the life of a process."""
    request: Request


Said = Reply | Report | Vitals
"""What the media process says."""

_SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


def encode(message: Call | Said) -> bytes:
    """One line, with its end."""
    return message.model_dump_json().encode() + b"\n"


def decode_call(line: bytes) -> Call:
    """
    Raises:
        pydantic.ValidationError: not a call.
    """
    return Call.model_validate_json(line)


def decode_said(line: bytes) -> Said:
    """
    Raises:
        pydantic.ValidationError: nothing that it says.
    """
    return _SAID.validate_json(line)
