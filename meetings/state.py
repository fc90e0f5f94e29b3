"""
A meeting as its record tells it: the result of the fold.

Everything here is immutable, so that a state can be handed to anybody and kept as long as wanted.
Large collections are persistent maps: a new state shares with the old all that did not change.
Instants are wall clock, milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from meetings.events import AgendaItem, Electors, VoteEnd
from meetings.people import PersonId, Role
from meetings.sections import MeetingState


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item and when the meeting dealt with it."""

    plan: AgendaItem
    started_ms: int | None = None
    """When the meeting first turned to it."""
    ended_ms: int | None = None
    """When the meeting last turned away from it; None before, and while it is current."""


@dataclass(frozen=True, slots=True)
class Agenda:
    items: tuple[Item, ...] = ()
    current: int | None = None
    """Id of the item that the meeting is at."""


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


@dataclass(frozen=True, slots=True)
class Vote:
    question: str
    options: tuple[str, ...]
    electors: Electors
    opened_ms: int
    until_ms: int | None
    ballots: Map[PersonId, int]
    """Person -> index of the option chosen."""
    counts: tuple[int, ...]
    """Ballots per option."""
    closed_ms: int | None = None
    reason: VoteEnd | None = None

    @property
    def open(self) -> bool:
        return self.closed_ms is None


@dataclass(frozen=True, slots=True)
class Votes:
    by_id: Map[int, Vote]
    order: tuple[int, ...] = ()
    """All, oldest first."""
    open: tuple[int, ...] = ()
    """Those that run, oldest first."""


@dataclass(frozen=True, slots=True)
class Comment:
    person: PersonId
    text: str
    at_ms: int
    likes: Map[PersonId, None]
    """Who likes it."""


@dataclass(frozen=True, slots=True)
class Comments:
    by_id: Map[int, Comment]
    latest: tuple[int, ...]
    """The newest, oldest first, at most COMMENTS_SHOWN."""
    liked: Map[PersonId, tuple[int, ...]]
    """Person -> the newest comments that the person likes, ascending, at most COMMENTS_SHOWN."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The whole meeting after the entry at `offset`."""

    id: str
    offset: int
    at_ms: int
    """When the last entry was written."""
    title: str
    room: str
    room_name: str
    planned_ms: int
    speech_s: int
    """Usual length of a speech, seconds."""
    agenda: Agenda
    attendance: Attendance
    votes: Votes
    comments: Comments
    answers: Map[tuple[PersonId, str], int]
    """(Person, command id) -> offset of the last entry that the command became."""
    floor: Floor = Floor()
    state: MeetingState = "scheduled"
    opened_ms: int | None = None
    closed_ms: int | None = None
