"""
Stream time: the moment that somebody saw when he asked for something.

Who watches the livestream sees the meeting some seconds late, or hours, if he went back in it. His
page knows which moment it shows (EXT-X-PROGRAM-DATE-TIME, RFC 8216, 4.3.2.6: the service's own
clock, whatever the device's says) and may say so. Who is in the room, or on the video link, sees
what happens now: of them it is not heard.
"""

from __future__ import annotations

from meetings.authority import Actor
from meetings.moment import Moment
from meetings.people import PersonId, Place, Role
from meetings.state import Meeting


def behind(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether *person* is there, and sees the meeting by the livestream."""
    attendee = meeting.attendance.people.get(person)
    return attendee is not None and attendee.present and _by_stream(meeting, person, attendee.role)


def seen_ms(meeting: Meeting, actor: Actor, said_ms: int | None, moment: Moment) -> int | None:
    """
    Return the moment that *actor* saw (wall clock, ms); None: the present one.

    Args:
        said_ms: what the actor's page says. Not heard from those who don't see the livestream, nor
            if it lies in the future, or before the meeting was opened.
    """
    if said_ms is None or not _by_stream(meeting, actor.person, actor.role):
        return None
    opened_ms = meeting.opened_ms
    if opened_ms is None or not opened_ms <= said_ms <= moment.now_ms:
        return None
    return said_ms


def _by_stream(meeting: Meeting, person: PersonId, role: Role) -> bool:
    return role is Role.VIEWER and meeting.attendance.place(person) is not Place.ROOM
