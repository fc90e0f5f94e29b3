"""
The green room: where somebody gets ready to speak, while others speak.

Who is called may send sound and picture, so that the link stands when the floor is granted, but is
not let through to anybody until then (see `signaling.floor_to_media`). Whose browser can't, writes
the speech down, and the host reads it out.
"""

from __future__ import annotations

from typing import Final

from meetings.authority import Actor
from meetings.floor.commands import CallFloor, CallOffFloor, GiveFloorText
from meetings.floor.events import (
    FloorCalled,
    FloorCalledOff,
    FloorEnded,
    FloorReady,
    FloorTextGiven,
)
from meetings.floor.rules import Decided, can_speak
from meetings.moment import Moment
from meetings.people import DESK, PersonId
from meetings.refusals import Code, Refused
from meetings.state import Meeting

CALLED_MAX: Final = 3
"""People in the green room: the next ones. More would hold links that nobody sees."""

CALL_S: Final = 120
"""Time to get ready, seconds: to find the phone, to allow the camera, to look at oneself."""


def call(meeting: Meeting, command: CallFloor, moment: Moment) -> Decided:
    """
    Call somebody who is there to the green room.

    Refused with `meeting.not_open`, `floor.unknown_person`, `floor.already_held`,
    `floor.already_called`, `floor.green_room_full`.
    """
    floor, person = meeting.floor, command.person
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    if not can_speak(meeting, person):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    if floor.holds(person) or floor.waits_to_go_on(person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    if floor.call_of(person) is not None:
        return Refused(Code.FLOOR_ALREADY_CALLED)
    if len(floor.called) >= CALLED_MAX:
        return Refused(Code.FLOOR_GREEN_ROOM_FULL)
    hands = floor.hands_of(person)
    request = hands[0].request if hands else None
    until_ms = moment.now_ms + CALL_S * 1000
    return (FloorCalled(person=person, request=request, until_ms=until_ms),)


def ready(meeting: Meeting, actor: Actor) -> Decided:
    """Say that the own devices work; once is enough. Refused with `floor.not_called`."""
    called = meeting.floor.call_of(actor.person)
    if called is None:
        return Refused(Code.FLOOR_NOT_CALLED)
    return () if called.ready else (FloorReady(person=actor.person),)


def call_off(meeting: Meeting, command: CallOffFloor, actor: Actor) -> Decided:
    """
    Take a call back, or decline the own: then the hand is lowered too.

    Refused with `floor.not_yours`, `floor.not_called`.
    """
    person = actor.person if command.person is None else command.person
    if person != actor.person and actor.role not in DESK:
        return Refused(Code.FLOOR_NOT_YOURS)
    if meeting.floor.call_of(person) is None:
        return Refused(Code.FLOOR_NOT_CALLED)
    reason = "declined" if person == actor.person else "host"
    return (FloorCalledOff(person=person, reason=reason),)


def give_text(meeting: Meeting, command: GiveFloorText, actor: Actor) -> Decided:
    """
    Hand in what the host shall read out; again replaces it. Who is called is ready by that.

    Refused with `floor.not_called`, to whom neither is called nor speaks.
    """
    floor = meeting.floor
    if floor.call_of(actor.person) is None and not floor.holds(actor.person):
        return Refused(Code.FLOOR_NOT_CALLED)
    return (FloorTextGiven(person=actor.person, text=command.text),)


def left(meeting: Meeting, person: PersonId) -> tuple[FloorEnded | FloorCalledOff, ...]:
    """
    Return what leaving ends: the speech and the call. A waiting hand stays up: it belongs to the
    person, who may come back before it is called.
    """
    floor = meeting.floor
    if floor.holds(person) or floor.waits_to_go_on(person):
        return (FloorEnded(person=person, reason="left"),)
    if floor.call_of(person) is not None:
        return (FloorCalledOff(person=person, reason="left"),)
    return ()
