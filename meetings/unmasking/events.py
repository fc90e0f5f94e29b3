"""What happens to masks."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from meetings.models import EventModel
from meetings.people import PersonId

__all__ = ["PersonUnmasked", "UnmaskReason", "UnmaskingEvent"]

UnmaskReason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]


class PersonUnmasked(EventModel):
    """From now on the desk sees the real name. It stands in the register, never in the record."""

    type: Literal["person.unmasked"] = "person.unmasked"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    reason: UnmaskReason


UnmaskingEvent = PersonUnmasked
