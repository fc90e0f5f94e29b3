"""What may be asked about the recording; two commands are the service's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.models import CommandModel
from meetings.recording.events import Reason, Root

__all__ = [
    "DeleteRecording",
    "ExpireRecording",
    "HoldRecording",
    "RecordingCommand",
    "RecordingUpkeep",
    "ReleaseRecording",
    "SealRecording",
]


class HoldRecording(CommandModel):
    """Keep it, whatever the rules say."""

    type: Literal["recording.hold"] = "recording.hold"
    reason: Reason


class ReleaseRecording(CommandModel):
    """The rules hold again."""

    type: Literal["recording.release"] = "recording.release"


class DeleteRecording(CommandModel):
    """Delete picture and sound for good; the record stays."""

    type: Literal["recording.delete"] = "recording.delete"
    reason: Reason


class SealRecording(CommandModel):
    """By the service, as segments become whole."""

    type: Literal["recording.seal"] = "recording.seal"
    files: Annotated[int, Field(ge=1)]
    through: Annotated[int, Field(ge=0)]
    root: Root
    complete: bool


class ExpireRecording(CommandModel):
    """By the service: the rule's days are over."""

    type: Literal["recording.expire"] = "recording.expire"
    days: Annotated[int, Field(ge=1)]


RecordingCommand = HoldRecording | ReleaseRecording | DeleteRecording
RecordingUpkeep = SealRecording | ExpireRecording
