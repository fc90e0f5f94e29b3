"""What happens to people's names."""

from __future__ import annotations

from typing import ClassVar, Literal

from meetings.models import EventModel
from meetings.people import PersonId

__all__ = ["ErasureEvent", "PersonForgotten"]


class PersonForgotten(EventModel):
    """
    The person's line in the register was deleted with this entry, and will not come back.

    What the person said, voted and wrote stays in the record, under the id alone.
    """

    type: Literal["person.forgotten"] = "person.forgotten"
    changes: ClassVar = frozenset[str]()  # of itself; the register shows in all sections with names
    person: PersonId


ErasureEvent = PersonForgotten
