"""Connections as a hub sees them, and what the record makes of the people behind them."""

from __future__ import annotations

from typing import Final, Protocol

from meetings.people import Person, Role
from meetings.sections import Audience
from meetings.state import Meeting
from signaling.negotiation import Negotiation
from signaling.outbox import Batch
from signaling.wire.codes import CloseCode
from signaling.wire.frames import ServerFrame, Welcome

_AUDIENCES: Final = {
    Role.HOST: Audience.HOST,
    Role.DEPUTY: Audience.HOST,
    Role.CLERK: Audience.HOST,
    Role.PARTICIPANT: Audience.PARTICIPANT,
    Role.VIEWER: Audience.VIEWER,
    Role.DISPLAY: Audience.DISPLAY,
    Role.ROOM: Audience.DISPLAY,  # stands in the same room
}


def appointed(meeting: Meeting, person: Person) -> Person:
    """Return the person in the role that the meeting gives now, whatever the invitation says."""
    role = meeting.attendance.role(person.id, person.role)
    return person if role is person.role else person.model_copy(update={"role": role})


def audience_of(meeting: Meeting, person: Person) -> Audience:
    """Tell what somebody gets to see now."""
    if person.id in meeting.attendance.lobby.waiting:
        return Audience.LOBBY
    return _AUDIENCES[person.role]


class Overloaded(Exception):
    """No more connections, or the record can't keep up: come again later."""


class Removed(Exception):
    """The host put the person out; why is the message."""


class Client(Protocol):
    """A connection. Nothing here blocks."""

    person: Person
    invitation: str
    """Id of the personal link that it came by, or empty."""
    companion: bool
    """Has no video link: another device of the person is meant to have it."""
    negotiation: Negotiation

    def begin(self, welcome: Welcome, batch: Batch) -> None:
        """Begin, or begin anew: what waits of older sections is void."""
        ...

    def send(self, frame: ServerFrame) -> None:
        """One direct frame, in order."""
        ...

    def push(self, batch: Batch) -> None:
        """Newer sections."""
        ...

    def end(self, code: CloseCode, reason: str = "") -> None:
        """Close it."""
        ...

    def negotiate(self) -> None:
        """The negotiation may have a request to carry out."""
        ...
