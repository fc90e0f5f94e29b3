"""What happens to the video link."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.models import EventModel
from meetings.people import PersonId

__all__ = [
    "Call",
    "CallSummarised",
    "CameraChosen",
    "LinkEvent",
    "LinkLocked",
    "LinkMuted",
    "LinkUnlocked",
    "LinkUnmuted",
    "MicrophoneChosen",
    "PersonReadmitted",
    "PersonRemoved",
    "PictureAllowed",
    "PictureStopped",
    "RemovalReason",
]

RemovalReason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]

Permille = Annotated[int, Field(ge=0, le=1000)]
Count = Annotated[int, Field(ge=0)]


class LinkMuted(EventModel):
    """The microphone is closed until it is opened again, or the person is given the floor."""

    type: Literal["link.muted"] = "link.muted"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class LinkUnmuted(EventModel):
    type: Literal["link.unmuted"] = "link.unmuted"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class PictureStopped(EventModel):
    """The camera is closed, and a shared screen with it."""

    type: Literal["link.picture_stopped"] = "link.picture_stopped"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class PictureAllowed(EventModel):
    type: Literal["link.picture_allowed"] = "link.picture_allowed"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class LinkLocked(EventModel):
    """Who is not there now stays away from the link, unless the floor is given to them."""

    type: Literal["link.locked"] = "link.locked"
    changes: ClassVar = frozenset({"people"})


class LinkUnlocked(EventModel):
    type: Literal["link.unlocked"] = "link.unlocked"
    changes: ClassVar = frozenset({"people"})


class CameraChosen(EventModel):
    """This one of the room's cameras is the room, while it is there."""

    type: Literal["room.camera_chosen"] = "room.camera_chosen"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class MicrophoneChosen(EventModel):
    """This one of the room's devices is heard, while it is there."""

    type: Literal["room.microphone_chosen"] = "room.microphone_chosen"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class PersonRemoved(EventModel):
    """Somebody was put out of the meeting and can't come again until readmitted."""

    type: Literal["person.removed"] = "person.removed"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    reason: RemovalReason


class PersonReadmitted(EventModel):
    type: Literal["person.readmitted"] = "person.readmitted"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class Call(BaseModel):
    """
    How one stay on the link went. Every figure but the instants has a default: what was not
    measured is not known, and told as nothing.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    from_ms: int
    to_ms: int
    round_trip_ms: Count | None = None
    """The usual one: mean over the call."""
    lost_up: Permille | None = None
    """Packets of the person's sound and picture that never arrived."""
    lost_down: Permille | None = None
    """Packets to the person that never arrived."""
    frozen_ms: Count | None = None
    """How long pictures that the person saw stood still, as the page counted it."""
    concealed: Permille | None = None
    """Part of the sound that the person heard which had to be made up."""
    weak_ms: Count = 0
    """How long the line was weak."""
    breaks: Count = 0
    """How often the link was lost and came back."""


class CallSummarised(EventModel):
    """How a person's call went; written down when the person left or the meeting was closed."""

    type: Literal["link.summarised"] = "link.summarised"
    changes: ClassVar = frozenset()
    person: PersonId
    call: Call


LinkEvent = (
    LinkMuted
    | LinkUnmuted
    | PictureStopped
    | PictureAllowed
    | LinkLocked
    | LinkUnlocked
    | PersonRemoved
    | PersonReadmitted
    | CallSummarised
    | CameraChosen
    | MicrophoneChosen
)
