"""The lobby: whoever was invited waits there until the desk lets them in."""

from __future__ import annotations

from meetings.attendance.commands import AdmitFromLobby, SetLobby, TurnAway
from meetings.attendance.events import LobbyAdmitted, LobbySet, LobbyTurnedAway
from meetings.attendance.state import Attendance
from meetings.people import PersonId, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def has_to_wait(attendance: Attendance, person: PersonId, role: Role) -> bool:
    """
    Tell whether the person may not come in yet.

    The desk and equipment never wait, nor does anybody who was let in before or who was inside when
    the lobby was set up. Somebody who was turned away waits even when the lobby is not in use.
    """
    if role not in {Role.PARTICIPANT, Role.VIEWER}:
        return False
    lobby = attendance.lobby
    if person in lobby.waiting:
        return True
    waits = role is Role.PARTICIPANT or lobby.viewers
    inside = person in attendance.people or person in lobby.admitted
    return lobby.on and waits and not inside


def set_lobby(
    meeting: Meeting, command: SetLobby
) -> tuple[LobbyAdmitted | LobbySet, ...] | Refused:
    """Set it up, or take it away, and let in those who wait."""
    lobby = meeting.attendance.lobby
    changed = LobbySet(on=command.on, viewers=command.viewers)
    if (lobby.on, lobby.viewers) == (command.on, command.viewers):
        return ()
    if command.on or not lobby.order:
        return (changed,)
    return (LobbyAdmitted(persons=lobby.order), changed)


def admit(meeting: Meeting, command: AdmitFromLobby) -> tuple[LobbyAdmitted, ...] | Refused:
    """
    Let in those of them who are still in the lobby.

    Refused with `lobby.unknown_person` if there is none.
    """
    waiting = meeting.attendance.lobby.waiting
    persons = tuple(person for person in dict.fromkeys(command.persons) if person in waiting)
    return (LobbyAdmitted(persons=persons),) if persons else Refused(Code.LOBBY_UNKNOWN)


def turn_away(meeting: Meeting, command: TurnAway) -> tuple[LobbyTurnedAway, ...] | Refused:
    """
    Turn away those of them who still wait.

    Refused with `lobby.unknown_person` if there is none.
    """
    waits = frozenset(meeting.attendance.lobby.order)
    persons = tuple(person for person in dict.fromkeys(command.persons) if person in waits)
    if not persons:
        return Refused(Code.LOBBY_UNKNOWN)
    return (LobbyTurnedAway(persons=persons, reason=command.reason),)
