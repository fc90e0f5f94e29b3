"""What entries make of the attendance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from immutables import Map

from meetings.attendance import lobby_fold, roster_fold
from meetings.attendance.events import (
    AttendanceEvent,
    LobbyAdmitted,
    LobbyEntered,
    LobbyLeft,
    LobbySet,
    LobbyTurnedAway,
    PersonAppointed,
    PersonJoined,
    PersonLeft,
    PersonSignedIn,
    PersonSignedOut,
    ProxyGiven,
    ProxyRevoked,
    QuorumRule,
    QuorumSet,
    RecusalDeclared,
    RecusalLifted,
    RosterLine,
    RosterRemoved,
    RosterSet,
)
from meetings.attendance.state import Attendance, Attendee, Interval, Lobby, Roster, Stay
from meetings.events import Entry
from meetings.evolve import evolve
from meetings.people import DEVICES, MEMBERS, PersonId, Place, Role, usual_place


def begin(lines: Sequence[RosterLine], quorum: QuorumRule | None, *, lobby: bool) -> Attendance:
    """Return the attendance of a meeting that was just created."""
    return Attendance(
        people=Map(),
        roster=Roster(
            lines=Map({line.person: line for line in lines}),
            order=tuple(dict.fromkeys(line.person for line in lines)),
            quorum=quorum,
        ),
        lobby=Lobby(on=lobby),
    )


def apply(attendance: Attendance, event: AttendanceEvent, entry: Entry) -> Attendance:
    """Return the attendance after *entry*."""
    match event:
        case PersonJoined() | PersonLeft() | PersonSignedIn() | PersonSignedOut():
            return _moved(attendance, event, entry)
        case PersonAppointed():
            return _appointed(attendance, event, entry)
        case (
            RosterSet()
            | RosterRemoved()
            | ProxyGiven()
            | ProxyRevoked()
            | RecusalDeclared()
            | RecusalLifted()
            | QuorumSet()
        ):
            return evolve(attendance, roster=roster_fold.apply(attendance.roster, event))
        case LobbySet() | LobbyEntered() | LobbyLeft() | LobbyAdmitted() | LobbyTurnedAway():
            return evolve(attendance, lobby=lobby_fold.apply(attendance.lobby, event, entry.at_ms))
        case _:
            assert_never(event)


def _moved(
    attendance: Attendance,
    event: PersonJoined | PersonLeft | PersonSignedIn | PersonSignedOut,
    entry: Entry,
) -> Attendance:
    """Begin or end a connection or a signature; the two make one presence."""
    before = attendance.people.get(event.person)
    connected = before is not None and before.connected
    signed_in = before is not None and before.signed_in
    match event:
        case PersonJoined():
            # Of somebody who is there already, this takes over the role.
            return _put(
                attendance, event.person, event.role, entry, connected=True, signed_in=signed_in
            )
        case PersonSignedIn():
            role = event.role if before is None else before.role
            return _put(attendance, event.person, role, entry, connected=connected, signed_in=True)
        case PersonLeft() | PersonSignedOut():
            if before is None:
                return attendance
            left = isinstance(event, PersonLeft)
            return _put(
                attendance,
                event.person,
                before.role,
                entry,
                connected=connected and not left,
                signed_in=signed_in and left,
            )
        case _:
            assert_never(event)


def _appointed(attendance: Attendance, event: PersonAppointed, entry: Entry) -> Attendance:
    attendance = evolve(attendance, appointed=attendance.appointed.set(event.person, event.role))
    before = attendance.people.get(event.person)
    if before is None:
        return attendance
    return _put(
        attendance,
        event.person,
        event.role,
        entry,
        connected=before.connected,
        signed_in=before.signed_in,
    )


def _put(
    attendance: Attendance,
    person: PersonId,
    role: Role,
    entry: Entry,
    *,
    connected: bool,
    signed_in: bool,
) -> Attendance:
    """Put down how somebody is present from this entry on."""
    before = attendance.people.get(person)
    came = isinstance(entry.event, PersonJoined | PersonSignedIn)
    after = Attendee(
        role=role,
        first=entry.offset if before is None else before.first,
        last=entry.offset if came or before is None else before.last,
        intervals=() if before is None else before.intervals,
        connected=connected,
        signed_in=signed_in,
        stays=() if before is None else before.stays,
    )
    place = None
    if connected or signed_in:
        place = Place.ROOM if signed_in else usual_place(role)
    after = evolve(
        after,
        intervals=_continued(after.intervals, entry.at_ms, present=place is not None),
        stays=_stayed(after.stays, entry.at_ms, place),
    )
    members = attendance.members
    listed = role in MEMBERS or role is Role.ROOM
    if listed != (person in members):
        others = tuple(member for member in members if member != person)
        members = (*others, person) if listed else others
    return evolve(
        attendance,
        people=attendance.people.set(person, after),
        members=members,
        viewers=attendance.viewers + _viewer(after) - _viewer(before),
        in_room=attendance.in_room + _in_room(after) - _in_room(before),
    )


def _continued(
    intervals: tuple[Interval, ...], at_ms: int, *, present: bool
) -> tuple[Interval, ...]:
    """Open a new interval, close the last one, or leave them as they are."""
    open_now = bool(intervals) and intervals[-1].to_ms is None
    if present and not open_now:
        return (*intervals, Interval(at_ms))
    if open_now and not present:
        return (*intervals[:-1], Interval(intervals[-1].from_ms, at_ms))
    return intervals


def _stayed(stays: tuple[Stay, ...], at_ms: int, place: Place | None) -> tuple[Stay, ...]:
    """Go on at *place*; None: nowhere."""
    if stays and stays[-1].to_ms is None:
        last = stays[-1]
        if last.place is place:
            return stays
        stays = (*stays[:-1], Stay(last.place, last.from_ms, at_ms))
    return stays if place is None else (*stays, Stay(place, at_ms))


def _viewer(attendee: Attendee | None) -> int:
    """1 for a viewer who is there, else 0."""
    return int(attendee is not None and attendee.present and attendee.role is Role.VIEWER)


def _in_room(attendee: Attendee | None) -> int:
    """1 for somebody, no equipment, who is there in the room, else 0."""
    return int(
        attendee is not None
        and attendee.present
        and attendee.place is Place.ROOM
        and attendee.role not in DEVICES
    )
