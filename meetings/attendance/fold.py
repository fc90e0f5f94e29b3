"""What entries make of the attendance."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from meetings.attendance.events import AttendanceEvent, PersonJoined, PersonLeft
from meetings.attendance.state import Attendance, Attendee, Interval
from meetings.events import Entry
from meetings.people import MEMBERS, PersonId, Role


def apply(attendance: Attendance, event: AttendanceEvent, entry: Entry) -> Attendance:
    """Return the attendance after *entry*."""
    match event:
        case PersonJoined():
            return _joined(attendance, event.person, event.role, entry)
        case PersonLeft():
            return _left(attendance, event.person, entry.at_ms)
        case _:
            assert_never(event)


def _joined(attendance: Attendance, person: PersonId, role: Role, entry: Entry) -> Attendance:
    """Begin a stay; of somebody who is there already, take over the role."""
    before = attendance.people.get(person)
    if before is None:
        stay: tuple[Interval, ...] = (Interval(entry.at_ms),)
        after = Attendee(role, first=entry.offset, last=entry.offset, intervals=stay)
    elif before.present:
        after = replace(before, role=role, last=entry.offset)
    else:
        stay = (*before.intervals, Interval(entry.at_ms))
        after = replace(before, role=role, last=entry.offset, intervals=stay)
    members = attendance.members
    listed = role in MEMBERS or role is Role.ROOM
    if listed != (person in members):
        others = tuple(member for member in members if member != person)
        members = (*others, person) if listed else others
    viewers = attendance.viewers - _counted(before) + _counted(after)
    return Attendance(attendance.people.set(person, after), members, viewers)


def _left(attendance: Attendance, person: PersonId, at_ms: int) -> Attendance:
    before = attendance.people.get(person)
    if before is None or not before.present:
        return attendance
    *past, last = before.intervals
    after = replace(before, intervals=(*past, replace(last, to_ms=at_ms)))
    people = attendance.people.set(person, after)
    return replace(attendance, people=people, viewers=attendance.viewers - _counted(before))


def _counted(attendee: Attendee | None) -> int:
    """1 for a viewer who is there, else 0."""
    return int(attendee is not None and attendee.present and attendee.role is Role.VIEWER)
