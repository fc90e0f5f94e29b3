"""What may be asked about masks."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel
from meetings.people import PersonId
from meetings.unmasking.events import UnmaskReason

__all__ = ["UnmaskPerson", "UnmaskingCommand"]


class UnmaskPerson(CommandModel):
    type: Literal["person.unmask"] = "person.unmask"
    person: PersonId
    reason: UnmaskReason


UnmaskingCommand = UnmaskPerson
