"""
People, as the rules and the register know them.

The record names people by id only. Names and offices stand in a register beside it (`Person`), so
that a person can be forgotten without touching the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME_MAX = (
    40  # characters; the longest names on Chinese identity documents fit (ethnic minorities, 30+)
)
OFFICE_MAX = 60  # characters; unit and post, as on a name plate
CONTACT_MAX = 100  # characters; a telephone number or an address

_ID_PATTERN = r"^[A-Za-z0-9_.:-]{1,64}$"

PersonId = Annotated[str, StringConstraints(pattern=_ID_PATTERN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX)]
Office = Annotated[str, StringConstraints(strip_whitespace=True, max_length=OFFICE_MAX)]
RealName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX)]
Contact = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CONTACT_MAX)]


class Role(StrEnum):
    """What somebody is in one meeting. Devices in the room have roles too."""

    HOST = "host"
    """室长: runs the meeting."""
    DEPUTY = "deputy"
    """副室长: may all that the host may, at all times."""
    CLERK = "clerk"
    """书记员: attendance, hands, counts, moderation and minutes; does not run the meeting."""
    PARTICIPANT = "participant"
    """Official, member or expert, invited by a signed link, on the video link."""
    VIEWER = "viewer"
    """Resident who came by the room's code."""
    ROOM = "room"
    """The room's camera and microphone."""
    DISPLAY = "display"
    """The room's big screen; sees, never acts."""


HOSTS = frozenset({Role.HOST, Role.DEPUTY})
"""Roles that run the meeting."""

DESK = HOSTS | {Role.CLERK}
"""Roles at the desk: they see what the host sees."""

MEMBERS = DESK | {Role.PARTICIPANT}
"""Roles that were invited to the table: they are listed, and on the video link."""

ELECTORS = HOSTS | {Role.PARTICIPANT}
"""Roles that vote where only members vote, unless the roster says otherwise."""

DEVICES = frozenset({Role.ROOM, Role.DISPLAY})
"""Roles that are equipment: they are no attendance."""


IP_CAMERA = "camera:"
"""
Ids of the room's IP cameras begin so; no other id that the service makes has a colon.
"""


class Place(StrEnum):
    """Where somebody takes part at the moment."""

    ROOM = "room"
    """In the meeting room."""
    LINK = "link"
    """On the video link."""
    ONLINE = "online"
    """At the livestream."""


def usual_place(role: Role) -> Place:
    """Return where somebody of *role* takes part, unless it is known better."""
    if role is Role.PARTICIPANT:
        return Place.LINK
    return Place.ONLINE if role is Role.VIEWER else Place.ROOM


class Person(BaseModel):
    """One line of the register: who stands behind an id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PersonId
    name: Name
    office: Office = ""
    role: Role
    real_name: RealName = ""
    """As on the identity card; shown to nobody, unless the desk unmasks, which is recorded."""
    contact: Contact = ""
    """For invitations; shown to nobody."""


Register = Mapping[str, Person]
"""Person id -> person. A missing id is somebody who was forgotten."""


SERVICE: Final = Person(id="service", name="-", role=Role.ROOM)
"""Asks for what the service itself does; never in a register, and no actor of an entry."""
