"""
Attendance: who is there, where, and in which role.

People are not connections: somebody joins with the first and leaves with the last of them, after a
grace time that the session keeps. Whoever is signed in in the room is there besides, connected or
not. Joining and leaving are possible at every time, also after the meeting, to see what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from meetings.attendance import lobby_rules as lobby
from meetings.attendance import roster_rules as roster
from meetings.attendance.commands import (
    AdmitFromLobby,
    AppointPerson,
    AttendanceCommand,
    DeclareRecusal,
    EnterAttendance,
    EnterRoster,
    GiveProxy,
    Join,
    Leave,
    LiftRecusal,
    RemoveFromRoster,
    RevokeProxy,
    SetLobby,
    SetQuorum,
    SetRoster,
    SignIn,
    SignOut,
    TurnAway,
)
from meetings.attendance.events import (
    AttendanceEvent,
    LobbyAdmitted,
    LobbyEntered,
    LobbyLeft,
    PersonAppointed,
    PersonJoined,
    PersonLeft,
    PersonSignedIn,
    PersonSignedOut,
)
from meetings.authority import Actor
from meetings.commands import Asked
from meetings.floor import green_room
from meetings.floor.events import FloorCalledOff, FloorEnded
from meetings.moment import Moment
from meetings.people import DESK, DEVICES, Person, PersonId, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting

IN_ROOM_MAX = 5000  # people in the room at a time

Outcome = tuple[AttendanceEvent | FloorEnded | FloorCalledOff, ...] | Refused


def carry_out(
    meeting: Meeting, command: AttendanceCommand, actor: Actor, moment: Moment
) -> Outcome:
    """Decide what comes of a command about the attendance."""
    match command:
        case Join():
            return join(meeting, actor)
        case Leave():
            return leave(meeting, actor)
        case SignIn():
            return sign_in(meeting, command, actor)
        case SignOut():
            return sign_out(meeting, command, actor)
        case EnterAttendance():
            return enter(meeting, command, moment)
        case AppointPerson():
            return appoint(meeting, command)
        case SetRoster():
            return roster.set_line(meeting, command)
        case EnterRoster():
            return roster.enter(meeting, command, new_person(moment))
        case RemoveFromRoster():
            return roster.remove(meeting, command)
        case GiveProxy():
            return roster.give_proxy(meeting, command, actor)
        case RevokeProxy():
            return roster.revoke_proxy(meeting, command, actor)
        case DeclareRecusal():
            return roster.declare_recusal(meeting, command, actor)
        case LiftRecusal():
            return roster.lift_recusal(meeting, command, actor)
        case SetQuorum():
            return roster.set_quorum(meeting, command)
        case SetLobby():
            return lobby.set_lobby(meeting, command)
        case AdmitFromLobby():
            return lobby.admit(meeting, command)
        case TurnAway():
            return lobby.turn_away(meeting, command)
        case _:
            assert_never(command)


def join(meeting: Meeting, actor: Actor) -> tuple[AttendanceEvent, ...]:
    """Come in, or to the lobby; nothing happens if the person is there already, in this role."""
    if lobby.has_to_wait(meeting.attendance, actor.person, actor.role):
        if actor.person in meeting.attendance.lobby.waiting:
            return ()
        return (LobbyEntered(person=actor.person, role=actor.role),)
    attendee = meeting.attendance.people.get(actor.person)
    if attendee is not None and attendee.connected and attendee.role == actor.role:
        return ()
    return (PersonJoined(person=actor.person, role=actor.role),)


def again(meeting: Meeting, actor: Actor) -> tuple[AttendanceEvent, ...]:
    """Tell that somebody who is here, or waits, has another line in the register now."""
    waiting = meeting.attendance.lobby.waiting.get(actor.person)
    if waiting is None:
        return (PersonJoined(person=actor.person, role=actor.role),)
    # Who was turned away is not heard again.
    return (LobbyEntered(person=actor.person, role=actor.role),) if waiting.reason is None else ()


def leave(
    meeting: Meeting, actor: Actor
) -> tuple[AttendanceEvent | FloorEnded | FloorCalledOff, ...]:
    """
    Go; nothing happens if the person is not there.

    Who speaks over the link gives up the floor; who is signed in in the room is still there. A
    waiting hand stays up: it belongs to the person, who may come back before it is called.
    """
    waiting = meeting.attendance.lobby.waiting.get(actor.person)
    if waiting is not None:
        return (LobbyLeft(person=actor.person),) if waiting.reason is None else ()
    attendee = meeting.attendance.people.get(actor.person)
    if attendee is None or not attendee.connected:
        return ()
    left = PersonLeft(person=actor.person)
    if attendee.signed_in:
        return (left,)
    return (*green_room.left(meeting, actor.person), left)


def sign_in(meeting: Meeting, command: SignIn, actor: Actor) -> Outcome:
    """
    Come into the room.

    The socket has checked the code of whoever signs in alone. Somebody from the lobby is let in by
    it. Refused with `attendance.not_yours`, `attendance.wrong_code` (none at all),
    `person.unknown`, `person.removed`, `attendance.already_signed_in`.
    """
    person = command.person or actor.person
    if actor.role not in DESK:
        if person != actor.person:
            return Refused(Code.ATTENDANCE_NOT_YOURS)
        if not command.code:
            return Refused(Code.ATTENDANCE_WRONG_CODE)
    attendee = meeting.attendance.people.get(person)
    if attendee is not None and attendee.signed_in:
        return Refused(Code.ATTENDANCE_SIGNED_IN)
    if person in meeting.link.removed:
        return Refused(Code.PERSON_REMOVED)
    role = _known_role(meeting, person)
    if role is None or role is Role.ROOM or role is Role.DISPLAY:
        return Refused(Code.PERSON_UNKNOWN)
    signed_in = PersonSignedIn(person=person, role=role)
    if person in meeting.attendance.lobby.waiting:
        return (LobbyAdmitted(persons=(person,)), signed_in)
    return (signed_in,)


def sign_out(meeting: Meeting, command: SignOut, actor: Actor) -> Outcome:
    """
    Leave the room; who is not connected besides gives up the floor.

    Refused with `attendance.not_yours`, `attendance.not_signed_in`.
    """
    person = command.person or actor.person
    if person != actor.person and actor.role not in DESK:
        return Refused(Code.ATTENDANCE_NOT_YOURS)
    attendee = meeting.attendance.people.get(person)
    if attendee is None or not attendee.signed_in:
        return Refused(Code.ATTENDANCE_NOT_SIGNED_IN)
    signed_out = PersonSignedOut(person=person)
    if attendee.connected:
        return (signed_out,)
    return (*green_room.left(meeting, person), signed_out)


def enter(meeting: Meeting, command: EnterAttendance, moment: Moment) -> Outcome:
    """Enter somebody without a device. Refused with `attendance.full`."""
    if meeting.attendance.in_room >= IN_ROOM_MAX:
        return Refused(Code.ATTENDANCE_FULL)
    return (PersonSignedIn(person=new_person(moment), role=command.role),)


def appoint(meeting: Meeting, command: AppointPerson) -> Outcome:
    """
    Give somebody another role; nothing happens if it is the person's already.

    A host stays one: nobody can take the meeting away from whoever called it. Refused with
    `person.unknown`, `person.not_appointable` (a host, equipment).
    """
    person = command.person
    role = _known_role(meeting, person)
    if role is None:
        return Refused(Code.PERSON_UNKNOWN)
    if role is Role.HOST or role in DEVICES:
        return Refused(Code.PERSON_NOT_APPOINTABLE)
    if role == command.role and person in meeting.attendance.people:
        return ()
    appointed = PersonAppointed(person=person, role=command.role)
    if person in meeting.attendance.lobby.waiting and command.role in DESK:
        return (LobbyAdmitted(persons=(person,)), appointed)
    return (appointed,)


# --- the register ---------------------------------------------------------------------------------


def new_person(moment: Moment) -> PersonId:
    """Return the id of the person whom this decision makes: 96 bits of its seed."""
    return f"p-{moment.seed[:24]}"


def lines(
    known: Callable[[PersonId], Person | None], command: Asked, asking: Person, moment: Moment
) -> tuple[Person, ...]:
    """
    Return the lines of the register that an accepted *command* changes.

    They are written in the same transaction as its events.

    Args:
        known: tells the line that an id has so far, or None.
        asking: who asks, in the role that the meeting gives now.
    """
    match command:
        case Join():
            line = coming(known(asking.id), asking)
            return () if known(asking.id) == line else (line,)
        case EnterAttendance():
            return (
                Person(
                    id=new_person(moment),
                    name=command.name,
                    office=command.office,
                    role=command.role,
                ),
            )
        case EnterRoster():
            return (
                Person(
                    id=new_person(moment),
                    name=command.name,
                    office=command.office,
                    role=command.role,
                    real_name=command.real_name,
                    contact=command.contact,
                ),
            )
        case AppointPerson():
            line_now = known(command.person)
            if line_now is None or line_now.role == command.role:
                return ()
            return (line_now.model_copy(update={"role": command.role}),)
        case _:
            return ()


def coming(known: Person | None, person: Person) -> Person:
    """
    Return the line of somebody who comes: what the invitation does not tell stays as it was.

    Args:
        known: the line so far.
    """
    if known is None:
        return person
    return person.model_copy(
        update={
            "real_name": person.real_name or known.real_name,
            "contact": person.contact or known.contact,
        }
    )


def _known_role(meeting: Meeting, person: PersonId) -> Role | None:
    """Return the role of somebody who came, waits or is expected; None: nobody knows the person."""
    attendance = meeting.attendance
    if person in attendance.appointed:
        return attendance.appointed[person]
    if person in attendance.people:
        return attendance.people[person].role
    if person in attendance.lobby.waiting:
        return attendance.lobby.waiting[person].role
    line = attendance.roster.lines.get(person)
    return None if line is None else line.role
