"""
Who may ask what: one table, role x command.

It says only what a role may ask at all. Whether the meeting can grant it at this moment, and
whether something belongs to the person who asks, is decided by the rules (`decide`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from meetings.people import DESK, DEVICES, HOSTS, PersonId, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as the connection proved it."""

    person: PersonId
    role: Role


_HOST = HOSTS
_DESK = DESK
_PEOPLE = frozenset(Role) - DEVICES
_ALL_BUT_DISPLAY = _PEOPLE | {Role.ROOM}

ALLOWED: Final[Mapping[str, frozenset[Role]]] = {
    "meeting.open": _HOST,
    "meeting.recess": _HOST,
    "meeting.resume": _HOST,
    "meeting.close": _HOST,
    "agenda.move": _HOST,
    "person.join": _ALL_BUT_DISPLAY,
    "person.leave": _ALL_BUT_DISPLAY,
    "floor.request": _PEOPLE,
    "floor.withdraw": _PEOPLE,
    "floor.grant": _HOST,
    "floor.end": _PEOPLE,  # the own speech only, but for the host: see `floor`
    "comment.post": _PEOPLE,
    "comment.like": _PEOPLE,
    "vote.open": _HOST,
    "vote.cast": _PEOPLE,
    "vote.close": _HOST,
}
"""Command type -> roles that may ask it."""


def may(role: Role, command_type: str) -> bool:
    """Tell whether *role* may ask for commands of this type."""
    return role in ALLOWED[command_type]


def commands_of(role: Role) -> tuple[str, ...]:
    """Return the command types that *role* may ask, in the order of the table."""
    return tuple(command for command, roles in ALLOWED.items() if role in roles)
