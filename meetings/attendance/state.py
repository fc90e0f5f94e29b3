"""The attendance, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.attendance.events import ProxyUntil, QuorumRule, RosterLine
from meetings.people import PersonId, Place, Role, usual_place


@dataclass(frozen=True, slots=True)
class Interval:
    """One stay."""

    from_ms: int
    to_ms: int | None = None
    """None: still there."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at one place."""

    place: Place
    from_ms: int
    to_ms: int | None = None
    """None: still there."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody, or a device, who ever came: over the socket, or into the room."""

    role: Role
    first: int
    """Offset of the first coming: the order of coming."""
    last: int
    """Offset of the latest coming."""
    intervals: tuple[Interval, ...]
    """Times of presence in order, without overlap, wherever and however often connected."""
    connected: bool = True
    signed_in: bool = False
    """Is in the room, by the code or on the clerk's word."""
    stays: tuple[Stay, ...] = ()
    """The same times, cut where the place changed."""

    @property
    def present(self) -> bool:
        return self.intervals[-1].to_ms is None

    @property
    def place(self) -> Place:
        """Where the person takes part, or did last."""
        if self.present:
            return Place.ROOM if self.signed_in else usual_place(self.role)
        return self.stays[-1].place

    def present_at(self, at_ms: int) -> bool:
        """Tell whether the person was there at *at_ms*; the instant of leaving counts as away."""
        return any(
            stay.from_ms <= at_ms and (stay.to_ms is None or at_ms < stay.to_ms)
            for stay in self.intervals
        )


@dataclass(frozen=True, slots=True)
class Proxy:
    """An elector's proxy, until it is revoked."""

    holder: PersonId
    until: ProxyUntil
    item: int | None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who was expected. Empty: nobody made one."""

    lines: Map[PersonId, RosterLine] = field(default_factory=Map)
    order: tuple[PersonId, ...] = ()
    """As they were put on it."""
    proxies: Map[PersonId, Proxy] = field(default_factory=Map)
    """By giver. Whether one is in force at the moment: see `proxies`."""
    recusals: Map[int, frozenset[PersonId]] = field(default_factory=Map)
    """Agenda item -> who stands aside there."""
    quorum: QuorumRule | None = None

    def recused(self, person: PersonId, item: int | None) -> bool:
        return item is not None and person in self.recusals.get(item, frozenset())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the lobby."""

    role: Role
    since_ms: int
    reason: str | None = None
    """Why the person was turned away; None: waits."""


@dataclass(frozen=True, slots=True)
class Lobby:
    on: bool = False
    viewers: bool = False
    """Residents wait too."""
    waiting: Map[PersonId, Waiting] = field(default_factory=Map)
    """Those who wait, and those who were turned away."""
    order: tuple[PersonId, ...] = ()
    """Those who wait, the longest first."""
    admitted: Map[PersonId, bool] = field(default_factory=Map)
    """Those who need not wait again."""


@dataclass(frozen=True, slots=True)
class Attendance:
    people: Map[PersonId, Attendee]
    members: tuple[PersonId, ...] = ()
    """Desk, participants and the room, in the order of coming."""
    viewers: int = 0
    """Viewers present."""
    in_room: int = 0
    """People present in the room."""
    appointed: Map[PersonId, Role] = field(default_factory=Map)
    """Roles given in the course of the meeting; they outweigh those of the invitations."""
    roster: Roster = field(default_factory=Roster)
    lobby: Lobby = field(default_factory=Lobby)

    def present(self, person: PersonId) -> bool:
        attendee = self.people.get(person)
        return attendee is not None and attendee.present

    def place(self, person: PersonId) -> Place:
        """Where the person takes part, or did last; of one who never came, where a viewer does."""
        attendee = self.people.get(person)
        return Place.ONLINE if attendee is None else attendee.place

    def role(self, person: PersonId, invited: Role) -> Role:
        """The role of somebody who was invited as *invited*."""
        return self.appointed.get(person, invited)

    def knows(self, person: PersonId) -> bool:
        """Tell whether the person ever came, waits, or is on the roster."""
        return person in self.people or person in self.roster.lines or person in self.lobby.waiting
