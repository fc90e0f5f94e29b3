"""What may be asked about the floor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.floor.events import About
from meetings.models import CommandModel
from meetings.people import PersonId

__all__ = [
    "SPEECH_MAX_S",
    "EndFloor",
    "FloorCommand",
    "GrantFloor",
    "RequestFloor",
    "WithdrawFloor",
]

SPEECH_MAX_S = 7200


class RequestFloor(CommandModel):
    type: Literal["floor.request"] = "floor.request"
    about: About = ""


class WithdrawFloor(CommandModel):
    type: Literal["floor.withdraw"] = "floor.withdraw"


class GrantFloor(CommandModel):
    type: Literal["floor.grant"] = "floor.grant"
    person: PersonId
    seconds: Annotated[int, Field(ge=5, le=SPEECH_MAX_S)] | None = None
    """Length of the speech; None: the meeting's usual length."""


class EndFloor(CommandModel):
    """The host ends the speech, or the speaker yields."""

    type: Literal["floor.end"] = "floor.end"


FloorCommand = RequestFloor | WithdrawFloor | GrantFloor | EndFloor
