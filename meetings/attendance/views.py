"""
How people are shown. Withheld: the list of viewers and who waits in the lobby, from everybody but
the desk; the roster, from the public (its numbers are told).
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from itertools import islice

from meetings.attendance.events import (
    LobbyAdmitted,
    LobbyTurnedAway,
    ProxyGiven,
    ProxyRevoked,
    RosterRemoved,
    RosterSet,
)
from meetings.attendance.quorum import quorum
from meetings.attendance.sections import (
    LOBBY_LISTED,
    VIEWERS_LISTED,
    LobbyPersonView,
    LobbyView,
    OwnAttendance,
    OwnProxy,
    PeopleSection,
    PersonView,
    QuorumView,
    RosterLineView,
    RosterSection,
)
from meetings.attendance.state import Attendee
from meetings.events import Event
from meetings.link.views import view as link_view
from meetings.naming import named
from meetings.people import PersonId, Register, Role
from meetings.sections import Audience
from meetings.state import Meeting
from meetings.unmasking.views import unmasked_views


def section(meeting: Meeting, register: Register, audience: Audience) -> PeopleSection:
    people = meeting.attendance.people
    listed: list[PersonId] = []
    if audience is Audience.HOST:
        viewers = (
            (attendee.last, person)
            for person, attendee in people.items()
            if attendee.role is Role.VIEWER and attendee.present
        )
        listed = [person for _, person in nlargest(VIEWERS_LISTED, viewers)]
    return PeopleSection(
        members=tuple(_person(p, people[p], register) for p in meeting.attendance.members),
        viewers=meeting.attendance.viewers,
        viewers_listed=tuple(_person(p, people[p], register) for p in listed),
        in_room=meeting.attendance.in_room,
        quorum=_quorum(meeting),
        lobby=_lobby(meeting, register, audience),
        unmasked=len(meeting.unmaskings),
        unmasked_listed=(unmasked_views(meeting, register) if audience is Audience.HOST else ()),
        link=link_view(meeting, register, desk=audience is Audience.HOST),
    )


def roster_section(meeting: Meeting, register: Register, audience: Audience) -> RosterSection:
    roster = meeting.attendance.roster
    shown = audience in {Audience.HOST, Audience.PARTICIPANT}
    electors = [line for line in roster.lines.values() if line.elector]
    return RosterSection(
        lines=tuple(_line(meeting, register, p) for p in roster.order) if shown else (),
        electors=len(electors),
        weight=sum(line.weight for line in electors),
    )


def own(meeting: Meeting, register: Register, person: PersonId) -> OwnAttendance:
    """Build one person's part of `me`."""
    attendance = meeting.attendance
    attendee = attendance.people.get(person)
    waiting = attendance.lobby.waiting.get(person)
    line = attendance.roster.lines.get(person)
    given = attendance.roster.proxies.get(person)
    return OwnAttendance(
        present=attendance.present(person),
        signed_in=attendee is not None and attendee.signed_in,
        place=attendance.place(person),
        lobby=None if waiting is None else "waiting" if waiting.reason is None else "turned_away",
        reason=(waiting.reason if waiting is not None else None) or "",
        weight=line.weight if line is not None and line.elector else 0,
        holder=None if given is None else given.holder,
        proxies=tuple(
            OwnProxy(
                giver=giver, name=named(register, giver)[0], until=proxy.until, item=proxy.item
            )
            for giver, proxy in sorted(attendance.roster.proxies.items())
            if proxy.holder == person
        ),
        recused=_recused(meeting, person),
    )


def concerned(before: Meeting, event: Event) -> frozenset[PersonId]:
    """Name the persons whose own attendance *event* changes, besides its `person`."""
    match event:
        case LobbyAdmitted() | LobbyTurnedAway():
            return frozenset(event.persons)
        case ProxyGiven():
            given = before.attendance.roster.proxies.get(event.giver)
            holders = {event.holder} if given is None else {event.holder, given.holder}
            return frozenset({event.giver, *holders})
        case ProxyRevoked():
            return frozenset({event.giver, event.holder})
        case RosterSet() | RosterRemoved():
            return frozenset(
                other
                for giver, proxy in before.attendance.roster.proxies.items()
                if event.person in (giver, proxy.holder)
                for other in (giver, proxy.holder)
            )
        case _:
            return frozenset()


def _person(person: PersonId, attendee: Attendee, register: Register) -> PersonView:
    name, office = named(register, person)
    return PersonView(
        id=person,
        name=name,
        office=office,
        role=attendee.role,
        present=attendee.present,
        place=attendee.place,
        connected=attendee.connected,
        signed_in=attendee.signed_in,
    )


def _quorum(meeting: Meeting) -> QuorumView | None:
    rule = meeting.attendance.roster.quorum
    if rule is None:
        return None
    now = quorum(meeting)
    return QuorumView(
        rule=rule, electors=now.electors, present=now.present, needed=now.needed, met=now.met
    )


def _lobby(meeting: Meeting, register: Register, audience: Audience) -> LobbyView:
    lobby = meeting.attendance.lobby
    waiting: tuple[LobbyPersonView, ...] = ()
    turned_away: tuple[LobbyPersonView, ...] = ()
    if audience is Audience.HOST:
        waiting = _waiting(meeting, register, lobby.order)
        away = sorted(p for p, one in lobby.waiting.items() if one.reason is not None)
        turned_away = _waiting(meeting, register, away)
    return LobbyView(
        on=lobby.on,
        viewers=lobby.viewers,
        waiting=len(lobby.order),
        listed=waiting,
        turned_away=turned_away,
    )


def _waiting(
    meeting: Meeting, register: Register, persons: Iterable[PersonId]
) -> tuple[LobbyPersonView, ...]:
    found = []
    for person in islice(persons, LOBBY_LISTED):
        name, office = named(register, person)
        one = meeting.attendance.lobby.waiting[person]
        found.append(
            LobbyPersonView(
                id=person, name=name, office=office, role=one.role, since_ms=one.since_ms
            )
        )
    return tuple(found)


def _line(meeting: Meeting, register: Register, person: PersonId) -> RosterLineView:
    name, office = named(register, person)
    line = meeting.attendance.roster.lines[person]
    proxy = meeting.attendance.roster.proxies.get(person)
    return RosterLineView(
        id=person,
        name=name,
        office=office,
        role=line.role,
        weight=line.weight,
        elector=line.elector,
        holder=None if proxy is None else proxy.holder,
        until=None if proxy is None else proxy.until,
        item=None if proxy is None else proxy.item,
        recused=_recused(meeting, person),
    )


def _recused(meeting: Meeting, person: PersonId) -> tuple[int, ...]:
    recusals = meeting.attendance.roster.recusals
    return tuple(sorted(item for item, aside in recusals.items() if person in aside))
