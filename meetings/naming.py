"""Names of people, as the register has them. Empty for somebody who was forgotten."""

from __future__ import annotations

from meetings.people import PersonId, Register, Role
from meetings.state import Meeting


def named(register: Register, person: PersonId) -> tuple[str, str]:
    """Return name and office; empty for somebody who was forgotten."""
    known = register.get(person)
    return ("", "") if known is None else (known.name, known.office)


def role_of(meeting: Meeting, register: Register, person: PersonId) -> Role:
    """Return the role in the register; of somebody who was forgotten, that of the last join."""
    known = register.get(person)
    if known is not None:
        return known.role
    attendee = meeting.attendance.people.get(person)
    return Role.DISPLAY if attendee is None else attendee.role
