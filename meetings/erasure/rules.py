"""
Erasure: anybody's name can be forgotten at every time, also long after the meeting.

Whoever is still there goes first: somebody without a name can't be called on. The invitation of
somebody who was forgotten is void, since it would bring the name back.
"""

from __future__ import annotations

from collections.abc import Iterator

from meetings.attendance.events import LobbyLeft, PersonLeft, PersonSignedOut
from meetings.erasure.commands import ForgetPerson
from meetings.erasure.events import PersonForgotten
from meetings.events import Event
from meetings.floor import green_room
from meetings.floor.events import FloorWithdrawn
from meetings.people import PersonId
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def forget(meeting: Meeting, command: ForgetPerson) -> tuple[Event, ...] | Refused:
    """
    Forget somebody; also one who never came, but whose name stands in the register.

    Refused with `person.forgotten`.
    """
    if command.person in meeting.forgotten:
        return Refused(Code.PERSON_FORGOTTEN)
    return (*_gone(meeting, command.person), PersonForgotten(person=command.person))


def _gone(meeting: Meeting, person: PersonId) -> Iterator[Event]:
    """Return what makes somebody leave who is there, waits to speak, or waits outside."""
    yield from green_room.left(meeting, person)
    for hand in meeting.floor.hands_of(person):
        yield FloorWithdrawn(request=hand.request, person=person)
    if person in meeting.attendance.lobby.waiting:
        yield LobbyLeft(person=person)
    attendee = meeting.attendance.people.get(person)
    if attendee is not None and attendee.signed_in:
        yield PersonSignedOut(person=person)
    if attendee is not None and attendee.connected:
        yield PersonLeft(person=person)
