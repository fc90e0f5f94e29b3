"""What entries make of the lobby."""

from __future__ import annotations

from typing import assert_never

from meetings.attendance.events import (
    LobbyAdmitted,
    LobbyEntered,
    LobbyLeft,
    LobbySet,
    LobbyTurnedAway,
)
from meetings.attendance.state import Lobby, Waiting
from meetings.evolve import evolve
from meetings.people import PersonId

LobbyEvent = LobbySet | LobbyEntered | LobbyLeft | LobbyAdmitted | LobbyTurnedAway


def apply(lobby: Lobby, event: LobbyEvent, at_ms: int) -> Lobby:
    """Return the lobby after *event*."""
    match event:
        case LobbySet():
            return evolve(lobby, on=event.on, viewers=event.viewers)
        case LobbyEntered():
            if event.person in lobby.waiting:
                return lobby  # under another name: keeps the place
            return evolve(
                lobby,
                waiting=lobby.waiting.set(event.person, Waiting(event.role, at_ms)),
                order=(*lobby.order, event.person),
            )
        case LobbyLeft():
            return _gone(lobby, (event.person,))
        case LobbyAdmitted():
            admitted = lobby.admitted.update(dict.fromkeys(event.persons, True))
            return evolve(_gone(lobby, event.persons), admitted=admitted)
        case LobbyTurnedAway():
            turned = {
                person: evolve(lobby.waiting[person], reason=event.reason)
                for person in event.persons
                if person in lobby.waiting
            }
            return evolve(
                lobby,
                waiting=lobby.waiting.update(turned),
                order=_without(lobby.order, event.persons),
            )
        case _:
            assert_never(event)


def _gone(lobby: Lobby, persons: tuple[PersonId, ...]) -> Lobby:
    waiting = lobby.waiting
    for person in persons:
        if person in waiting:
            waiting = waiting.delete(person)
    return evolve(lobby, waiting=waiting, order=_without(lobby.order, persons))


def _without(order: tuple[PersonId, ...], persons: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    gone = frozenset(persons)
    return tuple(person for person in order if person not in gone)
