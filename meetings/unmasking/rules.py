"""Unmasking: anybody who ever came, once, with a reason that the person is told."""

from __future__ import annotations

from meetings.people import DEVICES
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.unmasking.commands import UnmaskPerson
from meetings.unmasking.events import PersonUnmasked
from meetings.unmasking.state import unmasked

UNMASKED_MAX = 200
"""Unmaskings in a meeting: whoever needs more wants a roster with real names from the start."""


def unmask(meeting: Meeting, command: UnmaskPerson) -> tuple[PersonUnmasked, ...] | Refused:
    """Refused with `person.unknown`, `person.already_unmasked`, `person.too_many_unmasked`."""
    attendee = meeting.attendance.people.get(command.person)
    if attendee is None or attendee.role in DEVICES:
        return Refused(Code.PERSON_UNKNOWN)
    if unmasked(meeting.unmaskings, command.person) is not None:
        return Refused(Code.PERSON_ALREADY_UNMASKED)
    if len(meeting.unmaskings) >= UNMASKED_MAX:
        return Refused(Code.PERSON_TOO_MANY_UNMASKED)
    return (PersonUnmasked(person=command.person, reason=command.reason),)
