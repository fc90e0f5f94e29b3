"""
People, as the rules and the register know them.

The record names people by id only. Names and offices stand in a register beside it (`Person`), so
that a person can be forgotten without touching the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME_MAX = (
    40  # characters; the longest names on Chinese identity documents fit (ethnic minorities, 30+)
)
OFFICE_MAX = 60  # characters; unit and post, as on a name plate

_ID_PATTERN = r"^[A-Za-z0-9_.:-]{1,64}$"

PersonId = Annotated[str, StringConstraints(pattern=_ID_PATTERN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)]
Office = Annotated[str, StringConstraints(strip_whitespace=True, max_length=OFFICE_MAX)]


class Role(StrEnum):
    """What somebody is in one meeting. Devices in the room have roles too."""

    HOST = "host"
    """室长: runs the meeting."""
    PARTICIPANT = "participant"
    """Official, member or expert, invited by a signed link, on the video link."""
    VIEWER = "viewer"
    """Resident who came by the room's code."""
    ROOM = "room"
    """The room's camera and microphone."""
    DISPLAY = "display"
    """The room's big screen; sees, never acts."""


MEMBERS = frozenset({Role.HOST, Role.PARTICIPANT})
"""Roles that were invited to the table: they vote where only members vote."""

DEVICES = frozenset({Role.ROOM, Role.DISPLAY})
"""Roles that are equipment: they are no attendance."""


class Person(BaseModel):
    """One line of the register: who stands behind an id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PersonId
    name: Name
    office: Office = ""
    role: Role


Register = Mapping[str, Person]
"""Person id -> person. A missing id is somebody who was forgotten."""
