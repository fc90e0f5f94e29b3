"""
The floor: who may speak, and who waits for it.

At most one person holds the floor. Hands wait in the order in which they were raised; the host
calls on whom he wants, also on somebody who has not asked.
"""

from __future__ import annotations

from typing import Literal

from meetings.authority import Actor
from meetings.floor.commands import GrantFloor, RequestFloor
from meetings.floor.events import FloorEnded, FloorGranted, FloorRequested, FloorWithdrawn
from meetings.moment import Moment
from meetings.people import HOSTS
from meetings.refusals import Code, Refused
from meetings.state import Meeting

QUEUE_MAX = 200
"""Hands that can wait: ten hours of speeches. Everybody who waits is told of each step forward."""


def request(
    meeting: Meeting, command: RequestFloor, actor: Actor
) -> tuple[FloorRequested, ...] | Refused:
    """
    Raise a hand.

    Refused with `meeting.not_open`, `floor.already_held`, `floor.already_requested`,
    `floor.queue_full`.
    """
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    if meeting.floor.holds(actor.person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    if meeting.floor.request_of(actor.person) is not None:
        return Refused(Code.FLOOR_ALREADY_REQUESTED)
    if len(meeting.floor.queue) >= QUEUE_MAX:
        return Refused(Code.FLOOR_QUEUE_FULL)
    return (FloorRequested(person=actor.person, about=command.about),)


def withdraw(meeting: Meeting, actor: Actor) -> tuple[FloorWithdrawn, ...] | Refused:
    """Lower the own hand. Refused with `floor.not_requested`."""
    waiting = meeting.floor.request_of(actor.person)
    if waiting is None:
        return Refused(Code.FLOOR_NOT_REQUESTED)
    return (FloorWithdrawn(request=waiting.request),)


def grant(
    meeting: Meeting, command: GrantFloor, moment: Moment
) -> tuple[FloorEnded | FloorGranted, ...] | Refused:
    """
    Give the floor to somebody who is there; whoever held it ends.

    Refused with `meeting.not_open`, `floor.unknown_person`, `floor.already_held`.
    """
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if not meeting.attendance.present(command.person):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    if meeting.floor.holds(command.person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    waiting = meeting.floor.request_of(command.person)
    seconds = meeting.speech_s if command.seconds is None else command.seconds
    granted = FloorGranted(
        person=command.person,
        request=None if waiting is None else waiting.request,
        until_ms=moment.now_ms + seconds * 1000,
    )
    return (*stopped(meeting, "passed"), granted)


def end(meeting: Meeting, actor: Actor) -> tuple[FloorEnded, ...] | Refused:
    """End the speech: the host anybody's, others their own.

    Refused with `floor.not_held`, `floor.not_yours`.
    """
    holder = meeting.floor.holder
    if holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    if holder.person == actor.person:
        return (FloorEnded(person=holder.person, reason="yielded"),)
    if actor.role not in HOSTS:
        return Refused(Code.FLOOR_NOT_YOURS)
    return (FloorEnded(person=holder.person, reason="ended"),)


def stopped(
    meeting: Meeting, reason: Literal["passed", "recess", "closed"]
) -> tuple[FloorEnded, ...]:
    """Return the end of the speech that something else brings about; nothing if nobody speaks."""
    holder = meeting.floor.holder
    return () if holder is None else (FloorEnded(person=holder.person, reason=reason),)
