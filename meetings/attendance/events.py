"""What happens to the attendance."""

from __future__ import annotations

from typing import ClassVar, Literal

from meetings.models import EventModel
from meetings.people import PersonId, Role

__all__ = [
    "AttendanceEvent",
    "PersonJoined",
    "PersonLeft",
]


class PersonJoined(EventModel):
    """The person's first connection came."""

    type: Literal["person.joined"] = "person.joined"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    role: Role


class PersonLeft(EventModel):
    """The person's last connection has been gone for the grace time, or the person said goodbye."""

    type: Literal["person.left"] = "person.left"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


AttendanceEvent = PersonJoined | PersonLeft
