"""What entries make of the people who are forgotten."""

from __future__ import annotations

from meetings.erasure.events import ErasureEvent
from meetings.people import PersonId


def apply(forgotten: frozenset[PersonId], event: ErasureEvent) -> frozenset[PersonId]:
    """Return who is forgotten after *event*."""
    return forgotten | {event.person}
