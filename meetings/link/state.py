"""The video link, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.link.events import Call
from meetings.people import DESK, PersonId, Role

CALLS_KEPT = 200
"""Newest summaries in memory, for the minutes; the record has them all."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the host ordered about somebody."""

    by: PersonId | None
    at_ms: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VideoLink:
    """What the host ordered, and how the calls went."""

    muted: Map[PersonId, Ruling] = field(default_factory=Map)
    stopped: Map[PersonId, Ruling] = field(default_factory=Map)
    """Whose picture is not let through."""
    removed: Map[PersonId, Ruling] = field(default_factory=Map)
    inside: frozenset[PersonId] | None = None
    """Who was there when the link was locked; None: it is not locked."""
    camera: PersonId | None = None
    """Which of the room's cameras the host chose."""
    microphone: PersonId | None = None
    """Which of the room's devices the host chose to be heard."""
    calls: tuple[tuple[PersonId, Call], ...] = ()
    """In the order of their ends, the newest CALLS_KEPT."""

    @property
    def locked(self) -> bool:
        return self.inside is not None

    def admits(self, person: PersonId, role: Role, *, expected: bool) -> bool:
        """
        Tell whether somebody may be on the link.

        A lock keeps those away who were not there when it was put on. Not the desk, who may have to
        take it off; not the room's display, which shows only; not whoever is to speak.

        Args:
            expected: has the floor, waits to go on, or is called to the green room.
        """
        if person in self.removed:
            return False
        open_to_all = self.inside is None or role in DESK or role is Role.DISPLAY
        return open_to_all or expected or person in (self.inside or ())
