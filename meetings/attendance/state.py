"""The attendance, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from meetings.people import PersonId, Role


@dataclass(frozen=True, slots=True)
class Interval:
    """One stay."""

    from_ms: int
    to_ms: int | None = None
    """None: still there."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody, or a device, who ever joined."""

    role: Role
    first: int
    """Offset of the first join: the order of coming."""
    last: int
    """Offset of the latest join."""
    intervals: tuple[Interval, ...]
    """Stays in order, without overlap."""

    @property
    def present(self) -> bool:
        return self.intervals[-1].to_ms is None


@dataclass(frozen=True, slots=True)
class Attendance:
    people: Map[PersonId, Attendee]
    members: tuple[PersonId, ...] = ()
    """Hosts, participants and the room, in the order of coming."""
    viewers: int = 0
    """Viewers present."""

    def present(self, person: PersonId) -> bool:
        attendee = self.people.get(person)
        return attendee is not None and attendee.present
