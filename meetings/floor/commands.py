"""What may be asked about the floor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.floor.events import QUEUE_MAX, About, SpeechText
from meetings.floor.rulebook import SPEECH_MAX_S, FloorRules, Kind, Side
from meetings.models import CommandModel, Offset
from meetings.people import PersonId

__all__ = [
    "SPEECH_MAX_S",
    "CallFloor",
    "CallOffFloor",
    "DrawFloor",
    "EndFloor",
    "ExtendFloor",
    "FloorCommand",
    "GiveFloorText",
    "GrantFloor",
    "ListFloor",
    "NominateFloor",
    "PauseFloor",
    "ReadyFloor",
    "RequestFloor",
    "SetFloorRules",
    "UnpauseFloor",
    "WithdrawFloor",
]

Seconds = Annotated[int, Field(ge=5, le=SPEECH_MAX_S)]


class RequestFloor(CommandModel):
    type: Literal["floor.request"] = "floor.request"
    about: About = ""
    kind: Kind = "speech"
    side: Side | None = None
    person: PersonId | None = None
    """For somebody else: the desk raises the hands of those who sit in the room."""


class WithdrawFloor(CommandModel):
    type: Literal["floor.withdraw"] = "floor.withdraw"
    person: PersonId | None = None
    """Somebody else's: the desk only."""
    request: Offset | None = None
    """None: all of the person's hands."""


class SetFloorRules(CommandModel):
    type: Literal["floor.set_rules"] = "floor.set_rules"
    rules: FloorRules | None
    """None: the item's own rules are dropped; the meeting's become the usual ones."""
    item: Annotated[int, Field(ge=1)] | None = None
    """None: for the whole meeting."""


class DrawFloor(CommandModel):
    """Draw the order of the hands that wait, by lot."""

    type: Literal["floor.draw"] = "floor.draw"


class ListFloor(CommandModel):
    """Fix the list of speakers, in this order."""

    type: Literal["floor.list"] = "floor.list"
    persons: Annotated[tuple[PersonId, ...], Field(max_length=QUEUE_MAX)]


class NominateFloor(CommandModel):
    """The speaker, or the host, names the next."""

    type: Literal["floor.nominate"] = "floor.nominate"
    person: PersonId


class CallFloor(CommandModel):
    """Call somebody to the green room, to get ready."""

    type: Literal["floor.call"] = "floor.call"
    person: PersonId


class ReadyFloor(CommandModel):
    """The called person can be heard and seen."""

    type: Literal["floor.ready"] = "floor.ready"


class CallOffFloor(CommandModel):
    """The desk takes a call back, or the called person declines."""

    type: Literal["floor.call_off"] = "floor.call_off"
    person: PersonId | None = None
    """None: the own."""


class GiveFloorText(CommandModel):
    """Whoever is called, or speaks, but can't be heard has the text read out."""

    type: Literal["floor.give_text"] = "floor.give_text"
    text: SpeechText


class GrantFloor(CommandModel):
    type: Literal["floor.grant"] = "floor.grant"
    person: PersonId
    seconds: Seconds | None = None
    """Length of the speech, whatever the rules say; None: as they say."""
    interrupt: bool = False
    """The speech under way waits, and goes on afterwards; or else it ends."""


class EndFloor(CommandModel):
    """The host ends the speech, or the speaker yields."""

    type: Literal["floor.end"] = "floor.end"


class PauseFloor(CommandModel):
    type: Literal["floor.pause"] = "floor.pause"


class UnpauseFloor(CommandModel):
    type: Literal["floor.unpause"] = "floor.unpause"


class ExtendFloor(CommandModel):
    """Give the speaker more time; in overtime, from now on."""

    type: Literal["floor.extend"] = "floor.extend"
    seconds: Seconds


FloorCommand = (
    RequestFloor
    | WithdrawFloor
    | SetFloorRules
    | DrawFloor
    | ListFloor
    | NominateFloor
    | CallFloor
    | ReadyFloor
    | CallOffFloor
    | GiveFloorText
    | GrantFloor
    | EndFloor
    | PauseFloor
    | UnpauseFloor
    | ExtendFloor
)
