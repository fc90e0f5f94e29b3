"""What the screens show of the people."""

from __future__ import annotations

from typing import Literal

from meetings.attendance.events import InvitedRole, ProxyUntil, QuorumRule
from meetings.link.sections import LinkView
from meetings.models import SectionModel
from meetings.people import Place, Role
from meetings.unmasking.sections import UnmaskedView

__all__ = [
    "LOBBY_LISTED",
    "VIEWERS_LISTED",
    "LobbyPersonView",
    "LobbyView",
    "OwnAttendance",
    "OwnProxy",
    "PeopleSection",
    "PersonView",
    "QuorumView",
    "RosterLineView",
    "RosterSection",
]

VIEWERS_LISTED = 200  # viewers listed for the desk; others are counted
LOBBY_LISTED = 200  # people in the lobby listed for the desk; others are counted


class PersonView(SectionModel):
    id: str
    name: str
    office: str
    role: Role
    present: bool
    place: Place
    """Where the person takes part, or did last."""
    connected: bool
    """By a device of the person's own."""
    signed_in: bool
    """In the room, by its code or on the clerk's word."""


class QuorumView(SectionModel):
    rule: QuorumRule
    electors: int
    """Electors on the roster, without those who stand aside at the current item (应到)."""
    present: int
    """Of them, those who count as present (实到)."""
    needed: int
    met: bool


class LobbyPersonView(SectionModel):
    id: str
    name: str
    office: str
    role: Role
    since_ms: int


class LobbyView(SectionModel):
    on: bool
    viewers: bool
    """Residents wait too."""
    waiting: int
    listed: tuple[LobbyPersonView, ...]
    """For the desk: who waits, the longest first, at most LOBBY_LISTED; empty for others."""
    turned_away: tuple[LobbyPersonView, ...]
    """For the desk: who was turned away and may still be admitted, at most LOBBY_LISTED."""


class PeopleSection(SectionModel):
    members: tuple[PersonView, ...]
    """Desk and participants that ever came, and the room itself."""
    viewers: int
    """Viewers present."""
    viewers_listed: tuple[PersonView, ...]
    """For the desk: viewers present, newest first, at most VIEWERS_LISTED; empty for others."""
    in_room: int
    """People present in the room, with a device or without."""
    quorum: QuorumView | None
    """None: no quorum was set."""
    lobby: LobbyView
    unmasked: int
    """Whose real names the desk asked for."""
    unmasked_listed: tuple[UnmaskedView, ...]
    """For the desk: newest first, at most UNMASKED_SHOWN; empty for others."""
    link: LinkView


class RosterLineView(SectionModel):
    id: str
    name: str
    office: str
    role: InvitedRole
    weight: int
    elector: bool
    holder: str | None
    """Who holds the person's proxy."""
    until: ProxyUntil | None
    item: int | None
    """The only agenda item that the proxy is for."""
    recused: tuple[int, ...]
    """Agenda items at which the person stands aside."""


class RosterSection(SectionModel):
    lines: tuple[RosterLineView, ...]
    """For desk and participants, in the order of the roster; empty for others."""
    electors: int
    weight: int
    """Of all electors together."""


class OwnProxy(SectionModel):
    """A proxy that the person holds."""

    giver: str
    name: str
    until: ProxyUntil
    item: int | None


class OwnAttendance(SectionModel):
    """One person's own part, in `me`."""

    present: bool
    signed_in: bool
    place: Place
    lobby: Literal["waiting", "turned_away"] | None
    """None: is inside."""
    reason: str
    """Why the person was turned away."""
    weight: int
    """0: not on the roster, or no elector."""
    holder: str | None
    """Who holds this person's proxy."""
    proxies: tuple[OwnProxy, ...]
    """Held by this person."""
    recused: tuple[int, ...]
