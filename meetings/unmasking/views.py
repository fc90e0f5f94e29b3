"""How unmaskings are shown. Withheld: all but their number, from everybody but the desk."""

from __future__ import annotations

from meetings.naming import named
from meetings.people import PersonId, Register
from meetings.state import Meeting
from meetings.unmasking.sections import UNMASKED_SHOWN, UnmaskedView


def unmasked_views(meeting: Meeting, register: Register) -> tuple[UnmaskedView, ...]:
    """Return the newest unmaskings, newest first, as the desk sees them."""
    return tuple(
        UnmaskedView(
            person=one.person,
            name=named(register, one.person)[0],
            real_name=_real_name(register, one.person),
            reason=one.reason,
            by="" if one.by is None else named(register, one.by)[0],
            at_ms=one.at_ms,
        )
        for one in reversed(meeting.unmaskings[-UNMASKED_SHOWN:])
    )


def _real_name(register: Register, person: PersonId) -> str:
    known = register.get(person)
    return "" if known is None else known.real_name
