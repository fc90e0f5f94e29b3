"""What entries make of the floor."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from meetings.events import Entry
from meetings.floor.events import (
    FloorEnded,
    FloorEvent,
    FloorGranted,
    FloorRequested,
    FloorWithdrawn,
)
from meetings.floor.state import Floor, Holder, Waiting


def apply(floor: Floor, event: FloorEvent, entry: Entry) -> Floor:
    """Return the floor after *entry*."""
    match event:
        case FloorRequested():
            waiting = Waiting(entry.offset, event.person, entry.at_ms, event.about)
            return replace(floor, queue=(*floor.queue, waiting))
        case FloorWithdrawn():
            return replace(floor, queue=tuple(w for w in floor.queue if w.request != event.request))
        case FloorGranted():
            holder = Holder(event.person, entry.at_ms, event.until_ms)
            queue = tuple(w for w in floor.queue if w.person != event.person)
            return replace(floor, holder=holder, queue=queue)
        case FloorEnded():
            return replace(floor, holder=None)
        case _:
            assert_never(event)
