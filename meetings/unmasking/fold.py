"""What entries make of the unmaskings."""

from __future__ import annotations

from meetings.events import Entry
from meetings.unmasking.events import UnmaskingEvent
from meetings.unmasking.state import Unmasking, Unmaskings


def apply(unmaskings: Unmaskings, event: UnmaskingEvent, entry: Entry) -> Unmaskings:
    """Return the unmaskings after *entry*."""
    return (*unmaskings, Unmasking(event.person, event.reason, entry.actor, entry.at_ms))
