"""What may be asked about the video link."""

from __future__ import annotations

from typing import Literal

from meetings.link.events import Call, RemovalReason
from meetings.models import CommandModel
from meetings.people import PersonId

__all__ = [
    "AllowPicture",
    "ChooseCamera",
    "ChooseMicrophone",
    "LinkCommand",
    "LockLink",
    "Mute",
    "Readmit",
    "RemovePerson",
    "StopPicture",
    "SummariseCall",
    "UnlockLink",
    "Unmute",
]


class Mute(CommandModel):
    """Close a microphone at the forwarder, until the host opens it or gives the floor."""

    type: Literal["link.mute"] = "link.mute"
    person: PersonId | None = None
    """None: everybody who could be heard but oneself and the room, where the host speaks."""


class Unmute(CommandModel):
    type: Literal["link.unmute"] = "link.unmute"
    person: PersonId


class StopPicture(CommandModel):
    """Close a camera and a shared screen at the forwarder, until the host allows them again."""

    type: Literal["link.stop_picture"] = "link.stop_picture"
    person: PersonId


class AllowPicture(CommandModel):
    type: Literal["link.allow_picture"] = "link.allow_picture"
    person: PersonId


class LockLink(CommandModel):
    """Nobody new joins the link; who was there when it was locked may come back."""

    type: Literal["link.lock"] = "link.lock"


class UnlockLink(CommandModel):
    type: Literal["link.unlock"] = "link.unlock"


class ChooseCamera(CommandModel):
    """Of several cameras in the room this one is the room, for everybody and the programme."""

    type: Literal["room.choose_camera"] = "room.choose_camera"
    person: PersonId


class ChooseMicrophone(CommandModel):
    """Of several devices in the room this one's microphone is heard, whichever camera is shown."""

    type: Literal["room.choose_microphone"] = "room.choose_microphone"
    person: PersonId


class RemovePerson(CommandModel):
    """Put somebody out of the meeting; their link or ticket is void until they are readmitted."""

    type: Literal["person.remove"] = "person.remove"
    person: PersonId
    reason: RemovalReason


class Readmit(CommandModel):
    type: Literal["person.readmit"] = "person.readmit"
    person: PersonId


LinkCommand = (
    Mute
    | Unmute
    | StopPicture
    | AllowPicture
    | LockLink
    | UnlockLink
    | ChooseCamera
    | ChooseMicrophone
    | RemovePerson
    | Readmit
)


class SummariseCall(CommandModel):
    """
    How a person's call went. Asked by the service alone, in the person's name: it is no part of
    `Command`, so that no frame can carry it.
    """

    type: Literal["link.summarise"] = "link.summarise"
    call: Call
