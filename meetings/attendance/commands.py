"""What may be asked about the attendance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from meetings.attendance.events import (
    LOBBY_PERSONS_MAX,
    WEIGHT_MAX,
    AppointedRole,
    InvitedRole,
    ProxyUntil,
    QuorumRule,
    Reason,
)
from meetings.models import CommandModel
from meetings.people import Contact, Name, Office, PersonId, RealName, Role

__all__ = [
    "AdmitFromLobby",
    "AppointPerson",
    "AttendanceCommand",
    "DeclareRecusal",
    "EnterAttendance",
    "EnterRoster",
    "GiveProxy",
    "Join",
    "Leave",
    "LiftRecusal",
    "RemoveFromRoster",
    "RevokeProxy",
    "SetLobby",
    "SetQuorum",
    "SetRoster",
    "SignIn",
    "SignOut",
    "TurnAway",
]

RoomDigits = Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")]


class Join(CommandModel):
    """Sent by the service when a person's first connection comes."""

    type: Literal["person.join"] = "person.join"


class Leave(CommandModel):
    """Sent by the client on goodbye, or by the service when the last connection stays away."""

    type: Literal["person.leave"] = "person.leave"


class SignIn(CommandModel):
    """
    The person is in the room: oneself, by the code on the room's display, or anybody, on the word
    of the desk. The socket has checked the code before this is carried out.
    """

    type: Literal["attendance.sign_in"] = "attendance.sign_in"
    person: PersonId | None = None
    """None: oneself."""
    code: RoomDigits = ""
    """Four digits; the desk needs none."""


class SignOut(CommandModel):
    """The person has left the room: oneself, or anybody on the word of the desk."""

    type: Literal["attendance.sign_out"] = "attendance.sign_out"
    person: PersonId | None = None


class EnterAttendance(CommandModel):
    """Somebody without a device is in the room: a new person, present from now on."""

    type: Literal["attendance.enter"] = "attendance.enter"
    name: Name
    office: Office = ""
    role: Literal[Role.PARTICIPANT, Role.VIEWER] = Role.VIEWER


class AppointPerson(CommandModel):
    type: Literal["person.appoint"] = "person.appoint"
    person: PersonId
    role: AppointedRole


class SetRoster(CommandModel):
    """Put somebody who is known on the roster, or change the line."""

    type: Literal["roster.set"] = "roster.set"
    person: PersonId
    role: InvitedRole = Role.PARTICIPANT
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    elector: bool = True


class EnterRoster(CommandModel):
    """Put a new person on the roster."""

    type: Literal["roster.enter"] = "roster.enter"
    name: Name
    office: Office = ""
    role: InvitedRole = Role.PARTICIPANT
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MAX)] = 1
    elector: bool = True
    real_name: RealName = ""
    contact: Contact = ""


class RemoveFromRoster(CommandModel):
    type: Literal["roster.remove"] = "roster.remove"
    person: PersonId


class GiveProxy(CommandModel):
    """By the giver, or by the desk with the giver's written word."""

    type: Literal["proxy.give"] = "proxy.give"
    giver: PersonId
    holder: PersonId
    until: ProxyUntil = "close"
    """`item`: for the current agenda item alone."""


class RevokeProxy(CommandModel):
    type: Literal["proxy.revoke"] = "proxy.revoke"
    giver: PersonId


class DeclareRecusal(CommandModel):
    """By the person, or by the desk."""

    type: Literal["recusal.declare"] = "recusal.declare"
    person: PersonId
    item: int


class LiftRecusal(CommandModel):
    type: Literal["recusal.lift"] = "recusal.lift"
    person: PersonId
    item: int


class SetQuorum(CommandModel):
    type: Literal["quorum.set"] = "quorum.set"
    rule: QuorumRule | None = None


class SetLobby(CommandModel):
    """Turned off, it lets in everybody who waits."""

    type: Literal["lobby.set"] = "lobby.set"
    on: bool
    viewers: bool = False


class AdmitFromLobby(CommandModel):
    """Those who wait, or were turned away."""

    type: Literal["lobby.admit"] = "lobby.admit"
    persons: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=LOBBY_PERSONS_MAX)]


class TurnAway(CommandModel):
    type: Literal["lobby.turn_away"] = "lobby.turn_away"
    persons: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=LOBBY_PERSONS_MAX)]
    reason: Reason = ""


AttendanceCommand = (
    Join
    | Leave
    | SignIn
    | SignOut
    | EnterAttendance
    | AppointPerson
    | SetRoster
    | EnterRoster
    | RemoveFromRoster
    | GiveProxy
    | RevokeProxy
    | DeclareRecusal
    | LiftRecusal
    | SetQuorum
    | SetLobby
    | AdmitFromLobby
    | TurnAway
)
