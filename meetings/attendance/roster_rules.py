"""The roster: who is expected, who votes for whom, who stands aside, how many have to be there."""

from __future__ import annotations

from meetings.attendance.commands import (
    DeclareRecusal,
    EnterRoster,
    GiveProxy,
    LiftRecusal,
    RemoveFromRoster,
    RevokeProxy,
    SetQuorum,
    SetRoster,
)
from meetings.attendance.events import (
    ROSTER_MAX,
    ProxyGiven,
    ProxyRevoked,
    QuorumSet,
    RecusalDeclared,
    RecusalLifted,
    RosterRemoved,
    RosterSet,
)
from meetings.attendance.proxies import HELD_MAX, held_by, valid
from meetings.authority import Actor
from meetings.people import DESK, DEVICES, PersonId
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def set_line(meeting: Meeting, command: SetRoster) -> tuple[RosterSet, ...] | Refused:
    """
    Put somebody on the roster or change the line; nothing happens if it stands there so.

    Refused with `person.unknown` (never came, and is not on it; or equipment), `roster.full`.
    """
    attendance = meeting.attendance
    attendee = attendance.people.get(command.person)
    equipment = attendee is not None and attendee.role in DEVICES
    if equipment or not attendance.knows(command.person):
        return Refused(Code.PERSON_UNKNOWN)
    line = attendance.roster.lines.get(command.person)
    if line is None and len(attendance.roster.lines) >= ROSTER_MAX:
        return Refused(Code.ROSTER_FULL)
    wanted = RosterSet(
        person=command.person,
        role=command.role,
        weight=command.weight,
        elector=command.elector,
    )
    if line is not None and line.model_dump() == wanted.model_dump(exclude={"type"}):
        return ()
    return (wanted,)


def enter(
    meeting: Meeting, command: EnterRoster, person: PersonId
) -> tuple[RosterSet, ...] | Refused:
    """Put a new person on the roster. Refused with `roster.full`."""
    if len(meeting.attendance.roster.lines) >= ROSTER_MAX:
        return Refused(Code.ROSTER_FULL)
    return (
        RosterSet(person=person, role=command.role, weight=command.weight, elector=command.elector),
    )


def remove(meeting: Meeting, command: RemoveFromRoster) -> tuple[RosterRemoved, ...] | Refused:
    """Refused with `roster.unknown_person`."""
    if command.person not in meeting.attendance.roster.lines:
        return Refused(Code.ROSTER_UNKNOWN)
    return (RosterRemoved(person=command.person),)


def give_proxy(
    meeting: Meeting, command: GiveProxy, actor: Actor
) -> tuple[ProxyGiven, ...] | Refused:
    """
    Let another elector vote for the giver while the giver is away.

    Refused with `proxy.not_yours`, `proxy.to_oneself`, `proxy.not_elector` (either is none on the
    roster), `agenda.unknown_item` (for the current item, and there is none), `proxy.already_given`,
    `proxy.chained` (a proxy is not handed on), `proxy.too_many`. One for another item gives way.
    """
    giver, holder = command.giver, command.holder
    roster = meeting.attendance.roster
    if actor.person != giver and actor.role not in DESK:
        return Refused(Code.PROXY_NOT_YOURS)
    if giver == holder:
        return Refused(Code.PROXY_TO_ONESELF)
    if not (_elector(meeting, giver) and _elector(meeting, holder)):
        return Refused(Code.PROXY_NOT_ELECTOR)
    item = meeting.agenda.current if command.until == "item" else None
    if command.until == "item" and item is None:
        return Refused(Code.AGENDA_UNKNOWN)
    given, onward = roster.proxies.get(giver), roster.proxies.get(holder)
    if given is not None and valid(meeting, given):
        return Refused(Code.PROXY_ALREADY_GIVEN)
    if (onward is not None and valid(meeting, onward)) or held_by(meeting, giver):
        return Refused(Code.PROXY_CHAINED)
    if len(held_by(meeting, holder)) >= HELD_MAX:
        return Refused(Code.PROXY_TOO_MANY)
    return (ProxyGiven(giver=giver, holder=holder, until=command.until, item=item),)


def revoke_proxy(
    meeting: Meeting, command: RevokeProxy, actor: Actor
) -> tuple[ProxyRevoked, ...] | Refused:
    """By the giver, or the desk. Refused with `proxy.not_yours`, `proxy.unknown`."""
    if actor.person != command.giver and actor.role not in DESK:
        return Refused(Code.PROXY_NOT_YOURS)
    given = meeting.attendance.roster.proxies.get(command.giver)
    if given is None:
        return Refused(Code.PROXY_UNKNOWN)
    return (ProxyRevoked(giver=command.giver, holder=given.holder),)


def declare_recusal(
    meeting: Meeting, command: DeclareRecusal, actor: Actor
) -> tuple[RecusalDeclared, ...] | Refused:
    """
    Stand aside at an item.

    Refused with `recusal.not_yours`, `person.unknown`, `agenda.unknown_item`,
    `recusal.already_declared`.
    """
    if actor.person != command.person and actor.role not in DESK:
        return Refused(Code.RECUSAL_NOT_YOURS)
    if not meeting.attendance.knows(command.person):
        return Refused(Code.PERSON_UNKNOWN)
    if all(item.plan.id != command.item for item in meeting.agenda.items):
        return Refused(Code.AGENDA_UNKNOWN)
    if meeting.attendance.roster.recused(command.person, command.item):
        return Refused(Code.RECUSAL_ALREADY)
    return (RecusalDeclared(person=command.person, item=command.item),)


def lift_recusal(
    meeting: Meeting, command: LiftRecusal, actor: Actor
) -> tuple[RecusalLifted, ...] | Refused:
    """Refused with `recusal.not_yours`, `recusal.unknown`."""
    if actor.person != command.person and actor.role not in DESK:
        return Refused(Code.RECUSAL_NOT_YOURS)
    if not meeting.attendance.roster.recused(command.person, command.item):
        return Refused(Code.RECUSAL_UNKNOWN)
    return (RecusalLifted(person=command.person, item=command.item),)


def set_quorum(meeting: Meeting, command: SetQuorum) -> tuple[QuorumSet, ...] | Refused:
    """Say how many have to be there; nothing happens if it is so already."""
    if meeting.attendance.roster.quorum == command.rule:
        return ()
    return (QuorumSet(rule=command.rule),)


def _elector(meeting: Meeting, person: PersonId) -> bool:
    line = meeting.attendance.roster.lines.get(person)
    return line is not None and line.elector
