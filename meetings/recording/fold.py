"""What entries make of the recording."""

from __future__ import annotations

from typing import assert_never

from meetings.events import Entry
from meetings.evolve import evolve
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
            return evolve(
                recording,
                files=event.files,
                through=event.through,
                root=event.root,
                complete=event.complete,
            )
        case RecordingHeld():
            return evolve(recording, held=event.reason)
        case RecordingReleased():
            return evolve(recording, held=None)
        case RecordingDeleted():
            return evolve(recording, deleted_ms=entry.at_ms)
        case _:
            assert_never(event)
