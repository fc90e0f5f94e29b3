"""How people are shown. Withheld: the list of viewers, from everybody but the host."""

from __future__ import annotations

from heapq import nlargest

from meetings.attendance.sections import VIEWERS_LISTED, PeopleSection, PersonView
from meetings.attendance.state import Attendee
from meetings.naming import named
from meetings.people import PersonId, Register, Role
from meetings.sections import Audience
from meetings.state import Meeting


def section(meeting: Meeting, register: Register, audience: Audience) -> PeopleSection:
    people = meeting.attendance.people
    listed: list[PersonId] = []
    if audience is Audience.HOST:
        viewers = (
            (attendee.last, person)
            for person, attendee in people.items()
            if attendee.role is Role.VIEWER and attendee.present
        )
        listed = [person for _, person in nlargest(VIEWERS_LISTED, viewers)]
    return PeopleSection(
        members=tuple(_person(p, people[p], register) for p in meeting.attendance.members),
        viewers=meeting.attendance.viewers,
        viewers_listed=tuple(_person(p, people[p], register) for p in listed),
    )


def _person(person: PersonId, attendee: Attendee, register: Register) -> PersonView:
    name, office = named(register, person)
    return PersonView(
        id=person, name=name, office=office, role=attendee.role, present=attendee.present
    )
