"""
Who may ask what: one table, role x command.

It says only what a role may ask at all. Whether the meeting can grant it at this moment, and
whether something belongs to the person who asks, is decided by the rules (`decide`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
    "meeting.adjourn": _HOST,
    "meeting.resume": _HOST,
    "meeting.close": _HOST,
    "agenda.move": _HOST,
    "agenda.insert": _HOST,
    "agenda.edit": _HOST,
    "agenda.reorder": _HOST,
    "agenda.postpone": _HOST,
    "agenda.reopen": _HOST,
    "person.join": _ALL_BUT_DISPLAY,
    "person.leave": _ALL_BUT_DISPLAY,
    "person.appoint": _HOST,
    "attendance.sign_in": _PEOPLE,  # oneself, by the room's code, but for the desk
    "attendance.sign_out": _PEOPLE,
    "attendance.enter": _DESK,
    "roster.set": _DESK,
    "roster.enter": _DESK,
    "roster.remove": _DESK,
    "proxy.give": _PEOPLE,  # the own proxy only, but for the desk
    "proxy.revoke": _PEOPLE,
    "recusal.declare": _PEOPLE,  # for oneself, but for the desk
    "recusal.lift": _PEOPLE,
    "quorum.set": _HOST,
    "lobby.set": _DESK,
    "lobby.admit": _DESK,
    "lobby.turn_away": _DESK,
    "floor.request": _PEOPLE,
    "floor.withdraw": _PEOPLE,
    "floor.set_rules": _HOST,
    "floor.draw": _HOST,
    "floor.list": _DESK,
    "floor.nominate": _PEOPLE,  # the host, or who speaks
    "floor.call": _DESK,
    "floor.ready": _PEOPLE,
    "floor.call_off": _PEOPLE,  # the own call only, but for the desk
    "floor.give_text": _PEOPLE,
    "floor.grant": _HOST,
    "floor.pause": _HOST,
    "floor.unpause": _HOST,
    "floor.extend": _HOST,
    "floor.end": _PEOPLE,  # the own speech only, but for the host: see `floor`
    "comments.set_rules": _DESK,
    "comment.post": _PEOPLE,
    "comment.like": _PEOPLE,
    "comment.unlike": _PEOPLE,
    "comment.approve": _DESK,
    "comment.hide": _DESK,
    "comment.appeal": _PEOPLE,  # the own comments only
    "comment.decline_appeal": _DESK,
    "comment.restore": _DESK,
    "comment.pin": _DESK,
    "comment.unpin": _DESK,
    "comment.show": _DESK,
    "comment.unshow": _DESK,
    "comment.address": _DESK,
    "person.unmask": _DESK,
    "person.forget": _HOST,
    "link.mute": _HOST,
    "link.unmute": _HOST,
    "link.stop_picture": _HOST,
    "link.allow_picture": _HOST,
    "link.lock": _HOST,
    "link.unlock": _HOST,
    "room.choose_camera": _HOST,
    "room.choose_microphone": _HOST,
    "programme.show": _HOST,
    "person.remove": _HOST,
    "person.readmit": _HOST,
    "captions.set": _HOST,
    "captions.add": _DESK,
    "captions.correct": _DESK,
    "push.start": _HOST,
    "push.stop": _HOST,
    "recording.hold": _HOST,
    "recording.release": _HOST,
    "recording.delete": _HOST,
    "minutes.sign": _DESK,
    "minutes.publish": _DESK,
    "minutes.amend": _DESK,
    "vote.open": _HOST,
    "vote.cast": _PEOPLE,
    "vote.cast_for": _PEOPLE,  # as holder of the proxy, but for the desk
    "vote.take_paper": _PEOPLE,
    "vote.claim": _PEOPLE,  # for oneself, but for the desk
    "vote.release": _PEOPLE,
    "vote.count": _PEOPLE,  # the two tellers
    "vote.recount": _PEOPLE,  # a teller, or the desk
    "vote.close": _HOST,
    "vote.decide_tie": _HOST,
    "vote.cancel": _HOST,
}
"""Command type -> roles that may ask it."""


def may(role: Role, command_type: str) -> bool:
    """Tell whether *role* may ask for commands of this type."""
    return role in ALLOWED[command_type]


@cache
def commands_of(role: Role) -> tuple[str, ...]:
    """Return the command types that *role* may ask, in the order of the table."""
    return tuple(command for command, roles in ALLOWED.items() if role in roles)
