"""The recording: sealed while it grows, kept or deleted when the meeting is closed."""

from __future__ import annotations

from typing import assert_never

from meetings.events import Event
from meetings.moment import Moment
from meetings.recording.commands import (
    DeleteRecording,
    ExpireRecording,
    HoldRecording,
    RecordingCommand,
    RecordingUpkeep,
    ReleaseRecording,
    SealRecording,
)
from meetings.recording.events import (
    RecordingDeleted,
    RecordingHeld,
    RecordingReleased,
    RecordingSealed,
)
from meetings.refusals import Code, Refused
from meetings.state import Meeting

DAY_MS = 86_400_000

Outcome = tuple[Event, ...] | Refused


def carry_out(meeting: Meeting, command: RecordingCommand) -> Outcome:
    """What comes of a person's command; refused with `recording.*`."""
    recording = meeting.recording
    if recording.deleted_ms is not None:
        return Refused(Code.RECORDING_DELETED)
    match command:
        case HoldRecording():
            return (
                () if recording.held == command.reason else (RecordingHeld(reason=command.reason),)
            )
        case ReleaseRecording():
            return () if recording.held is None else (RecordingReleased(),)
        case DeleteRecording():
            return _delete(meeting, command.reason, None)
        case _:
            assert_never(command)


def upkeep(meeting: Meeting, command: RecordingUpkeep, moment: Moment) -> Outcome:
    """
    What comes of the service's own command. What is known already is accepted; a meeting's
    recording expires so many days after the close, if nobody holds it.
    """
    recording = meeting.recording
    if recording.deleted_ms is not None:
        return Refused(Code.RECORDING_DELETED)
    match command:
        case SealRecording():
            known = command.files < recording.files or (
                (command.files, command.complete) == (recording.files, recording.complete)
            )
            sealed = RecordingSealed(
                files=command.files,
                through=command.through,
                root=command.root,
                complete=command.complete,
            )
            return () if known else (sealed,)
        case ExpireRecording():
            if (
                meeting.closed_ms is None
                or moment.now_ms - meeting.closed_ms < command.days * DAY_MS
            ):
                return Refused(Code.RECORDING_OPEN)
            return _delete(meeting, "", command.days)
        case _:
            assert_never(command)


def _delete(meeting: Meeting, reason: str, days: int | None) -> Outcome:
    recording = meeting.recording
    if meeting.state != "closed":
        return Refused(Code.RECORDING_OPEN)
    if recording.held is not None:
        return Refused(Code.RECORDING_HELD, recording.held)
    if recording.files and not recording.complete:
        return Refused(Code.RECORDING_OPEN)  # the last second is not sealed yet
    deleted = RecordingDeleted(reason=reason, days=days, files=recording.files, root=recording.root)
    return (deleted,)
