"""What may be asked about people's names."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel
from meetings.people import PersonId

__all__ = ["ErasureCommand", "ForgetPerson"]


class ForgetPerson(CommandModel):
    """Delete somebody's name, office and contact. It can't be taken back."""

    type: Literal["person.forget"] = "person.forget"
    person: PersonId


ErasureCommand = ForgetPerson
