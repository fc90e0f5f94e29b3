"""The floor, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.people import PersonId


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the floor."""

    person: PersonId
    since_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A floor request that waits."""

    request: int
    person: PersonId
    since_ms: int
    about: str


@dataclass(frozen=True, slots=True)
class Floor:
    holder: Holder | None = None
    queue: tuple[Waiting, ...] = ()
    """In the order of asking."""

    def request_of(self, person: PersonId) -> Waiting | None:
        return next((waiting for waiting in self.queue if waiting.person == person), None)

    def holds(self, person: PersonId) -> bool:
        return self.holder is not None and self.holder.person == person
