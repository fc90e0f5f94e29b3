"""
Who is connected, and who has been gone for too long. Pure.

People are not connections: somebody joins the meeting with the first and leaves it with the last,
and only after a grace time, since phones change networks and pages are loaded again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from meetings.people import PersonId


class Presence:
    """Counts connections by person. Time comes in as an argument: monotonic seconds."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self._connections: Counter[PersonId] = Counter()
        self._leaving: dict[PersonId, float] = {}  # in the order of their times: the grace is one

    def __contains__(self, person: PersonId) -> bool:
        """Whether the person has a connection."""
        return self._connections[person] > 0

    @property
    def connections(self) -> int:
        """All of them."""
        return self._connections.total()

    @property
    def empty(self) -> bool:
        """Nobody is connected, and nobody is expected back."""
        return not (self._connections or self._leaving)

    def came(self, person: PersonId) -> None:
        """One more connection."""
        self._connections[person] += 1
        self._leaving.pop(person, None)

    def went(self, person: PersonId, now_s: float) -> None:
        """One less; the last one starts the grace time."""
        self._connections[person] -= 1
        if not self._connections[person]:
            del self._connections[person]
            self._leaving[person] = now_s + self._grace_s

    def expect(self, persons: Iterable[PersonId], now_s: float) -> None:
        """The record has these present; those without a connection have the grace time to come."""
        for person in persons:
            if person not in self:
                self._leaving.setdefault(person, now_s + self._grace_s)

    def next_s(self) -> float | None:
        """When `due` has somebody again; None: nobody is expected."""
        return next(iter(self._leaving.values()), None)

    def due(self, now_s: float) -> tuple[PersonId, ...]:
        """Those whose grace time is over. They are told once."""
        over = tuple(person for person, at_s in self._leaving.items() if at_s <= now_s)
        for person in over:
            del self._leaving[person]
        return over
