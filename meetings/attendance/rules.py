"""
Attendance: who is there.

People are not connections: somebody joins with the first and leaves with the last of them, after a
grace time that the session keeps. Joining and leaving are possible at every time, also after the
meeting, to see what came of it.
"""

from __future__ import annotations

from meetings.attendance.events import PersonJoined, PersonLeft
from meetings.authority import Actor
from meetings.floor.events import FloorEnded
from meetings.state import Meeting


def join(meeting: Meeting, actor: Actor) -> tuple[PersonJoined, ...]:
    """Come in; nothing happens if the person is there already, in the same role."""
    attendee = meeting.attendance.people.get(actor.person)
    if attendee is not None and attendee.present and attendee.role == actor.role:
        return ()
    return (PersonJoined(person=actor.person, role=actor.role),)


def leave(meeting: Meeting, actor: Actor) -> tuple[FloorEnded | PersonLeft, ...]:
    """
    Go; nothing happens if the person is not there.

    Who speaks gives up the floor. A waiting hand stays up: it belongs to the person, who may come
    back before it is called.
    """
    if not meeting.attendance.present(actor.person):
        return ()
    left = PersonLeft(person=actor.person)
    if meeting.floor.holds(actor.person):
        return (FloorEnded(person=actor.person, reason="left"), left)
    return (left,)
