"""
The devices in the meeting room: which camera is the room, which microphone is heard.

One camera at a time is the room, for everybody and the programme; one microphone is open, or the
room would hear itself twice. The host chooses; until then, and while what was chosen is away, the
camera is the one that came last and the microphone the one that came first, of those that somebody
set up before those that the service fetches itself (IP cameras).
"""

from __future__ import annotations

from meetings.people import IP_CAMERA, PersonId, Role
from meetings.state import Meeting


def devices(meeting: Meeting) -> tuple[PersonId, ...]:
    """The room's devices that are there, in the order of their first coming."""
    people = meeting.attendance.people
    return tuple(
        person
        for person in meeting.attendance.members
        if people[person].role is Role.ROOM and people[person].present
    )


def camera(meeting: Meeting) -> PersonId | None:
    """Which camera is the room now; None: there is none."""
    there = devices(meeting)
    if meeting.link.camera in there:
        return meeting.link.camera
    return _set_up(there)[-1] if there else None


def microphone(meeting: Meeting) -> PersonId | None:
    """Which of the devices is heard now; None: there is none."""
    there = devices(meeting)
    if meeting.link.microphone in there:
        return meeting.link.microphone
    return _set_up(there)[0] if there else None


def _set_up(there: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    """Those that somebody set up; all, if nobody did."""
    return tuple(one for one in there if not one.startswith(IP_CAMERA)) or there
