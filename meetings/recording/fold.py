"""What entries make of the recording."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from meetings.events import Entry
from meetings.recording.events import (
    RecordingDeleted,
    RecordingEvent,
    RecordingHeld,
    RecordingReleased,
    RecordingSealed,
)
from meetings.recording.state import Recording


def apply(recording: Recording, event: RecordingEvent, entry: Entry) -> Recording:
    """Return the recording after *entry*."""
    match event:
        case RecordingSealed():
            return replace(
                recording,
                files=event.files,
                through=event.through,
                root=event.root,
                complete=event.complete,
            )
        case RecordingHeld():
            return replace(recording, held=event.reason)
        case RecordingReleased():
            return replace(recording, held=None)
        case RecordingDeleted():
            return replace(recording, deleted_ms=entry.at_ms)
        case _:
            assert_never(event)
