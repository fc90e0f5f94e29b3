"""What happens to the attendance: stays, appointments, roster, proxies, recusals, lobby."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from meetings.models import EventModel
from meetings.people import PersonId, Role

__all__ = [
    "LOBBY_PERSONS_MAX",
    "REASON_MAX",
    "ROSTER_MAX",
    "WEIGHT_MAX",
    "AppointedRole",
    "AttendanceEvent",
    "InvitedRole",
    "LobbyAdmitted",
    "LobbyEntered",
    "LobbyLeft",
    "LobbySet",
    "LobbyTurnedAway",
    "PersonAppointed",
    "PersonJoined",
    "PersonLeft",
    "PersonSignedIn",
    "PersonSignedOut",
    "ProxyGiven",
    "ProxyRevoked",
    "ProxyUntil",
    "QuorumOfCount",
    "QuorumOfRoster",
    "QuorumRule",
    "QuorumSet",
    "RecusalDeclared",
    "RecusalLifted",
    "RosterLine",
    "RosterRemoved",
    "RosterSet",
]

ROSTER_MAX = 1000  # lines
WEIGHT_MAX = 1_000_000  # votes of one person; owners vote by square metres
LOBBY_PERSONS_MAX = 200  # persons of one admission
REASON_MAX = 120  # characters

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=REASON_MAX)]
AppointedRole = Literal[Role.DEPUTY, Role.CLERK, Role.PARTICIPANT, Role.VIEWER]
"""Roles that somebody can be given in the course of the meeting."""
InvitedRole = Literal[Role.HOST, Role.DEPUTY, Role.CLERK, Role.PARTICIPANT, Role.VIEWER]
"""Roles that people have; the others are equipment."""
ProxyUntil = Literal["close", "item"]


# --- stays ----------------------------------------------------------------------------------------


class PersonJoined(EventModel):
    """The person's first connection came."""

    type: Literal["person.joined"] = "person.joined"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    role: Role


class PersonLeft(EventModel):
    """The person's last connection has been gone for the grace time, or the person said goodbye."""

    type: Literal["person.left"] = "person.left"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class PersonSignedIn(EventModel):
    """The person is in the room: by the code on its display, or on the clerk's word."""

    type: Literal["person.signed_in"] = "person.signed_in"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    role: InvitedRole


class PersonSignedOut(EventModel):
    """The person left the room; perhaps still connected."""

    type: Literal["person.signed_out"] = "person.signed_out"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class PersonAppointed(EventModel):
    """The person has this role from now on, whatever the invitation said."""

    type: Literal["person.appointed"] = "person.appointed"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    role: AppointedRole


# --- roster, proxies, recusals, quorum ------------------------------------------------------------


class RosterLine(BaseModel):
    """Somebody who was expected, and what that person's vote weighs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PersonId
    role: InvitedRole
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    elector: bool = True
    """Votes where the members vote, and counts for the quorum."""


class RosterSet(EventModel):
    """A line of the roster, new or another than before."""

    type: Literal["roster.set"] = "roster.set"
    changes: ClassVar = frozenset({"people", "roster"})
    person: PersonId
    role: InvitedRole
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    elector: bool = True


class RosterRemoved(EventModel):
    """The line is gone, and with it the person's proxies."""

    type: Literal["roster.removed"] = "roster.removed"
    changes: ClassVar = frozenset({"people", "roster"})
    person: PersonId


class ProxyGiven(EventModel):
    """While the giver is away, the holder votes for the giver too."""

    type: Literal["proxy.given"] = "proxy.given"
    changes: ClassVar = frozenset({"people", "roster"})
    giver: PersonId
    holder: PersonId
    until: ProxyUntil
    item: int | None = None
    """The only agenda item that it is for, with `until` "item"."""


class ProxyRevoked(EventModel):
    type: Literal["proxy.revoked"] = "proxy.revoked"
    changes: ClassVar = frozenset({"people", "roster"})
    giver: PersonId
    holder: PersonId


class RecusalDeclared(EventModel):
    """回避: the person has no vote at this item, and is not counted for its quorum."""

    type: Literal["recusal.declared"] = "recusal.declared"
    changes: ClassVar = frozenset({"people", "roster"})
    person: PersonId
    item: int


class RecusalLifted(EventModel):
    type: Literal["recusal.lifted"] = "recusal.lifted"
    changes: ClassVar = frozenset({"people", "roster"})
    person: PersonId
    item: int


class QuorumOfRoster(BaseModel):
    """So great a part of the electors on the roster."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    of: Literal["roster"] = "roster"
    num: Annotated[int, Field(ge=1, le=100)]
    den: Annotated[int, Field(ge=1, le=100)]
    strictly: bool = False
    """More than the part (过半数), not merely as much (三分之二以上)."""
    proxies: bool = False
    """Electors who are away count if whoever holds their proxy is there."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.num > self.den:
            raise ValueError("no more than all can be needed")
        return self


class QuorumOfCount(BaseModel):
    """So many electors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    of: Literal["count"] = "count"
    n: Annotated[int, Field(ge=1, le=ROSTER_MAX)]
    proxies: bool = False


QuorumRule = Annotated[QuorumOfRoster | QuorumOfCount, Field(discriminator="of")]


class QuorumSet(EventModel):
    type: Literal["quorum.set"] = "quorum.set"
    changes: ClassVar = frozenset({"people"})
    rule: QuorumRule | None
    """None: the meeting has a quorum whoever is there."""


# --- lobby ----------------------------------------------------------------------------------------


class LobbySet(EventModel):
    type: Literal["lobby.set"] = "lobby.set"
    changes: ClassVar = frozenset({"people"})
    on: bool
    viewers: bool = False
    """Residents wait too, not only those who were invited."""


class LobbyEntered(EventModel):
    """The person's first connection came, and waits to be let in."""

    type: Literal["lobby.entered"] = "lobby.entered"
    changes: ClassVar = frozenset({"people"})
    person: PersonId
    role: Role


class LobbyLeft(EventModel):
    """Whoever waited is gone."""

    type: Literal["lobby.left"] = "lobby.left"
    changes: ClassVar = frozenset({"people"})
    person: PersonId


class LobbyAdmitted(EventModel):
    """They may come in, now and later; each that is still connected joins."""

    type: Literal["lobby.admitted"] = "lobby.admitted"
    changes: ClassVar = frozenset({"people"})
    persons: tuple[PersonId, ...]


class LobbyTurnedAway(EventModel):
    """They may not come in; the desk can still admit them later."""

    type: Literal["lobby.turned_away"] = "lobby.turned_away"
    changes: ClassVar = frozenset({"people"})
    persons: tuple[PersonId, ...]
    reason: Reason = ""
    """Told to those who are turned away."""


AttendanceEvent = (
    PersonJoined
    | PersonLeft
    | PersonSignedIn
    | PersonSignedOut
    | PersonAppointed
    | RosterSet
    | RosterRemoved
    | ProxyGiven
    | ProxyRevoked
    | RecusalDeclared
    | RecusalLifted
    | QuorumSet
    | LobbySet
    | LobbyEntered
    | LobbyLeft
    | LobbyAdmitted
    | LobbyTurnedAway
)
