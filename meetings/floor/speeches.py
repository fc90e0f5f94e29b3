"""
Speeches: who has the floor, and for how long.

At most one person speaks. The host gives the floor to whom he wants, also to somebody who has not
asked; where the order binds, the record says how many he passed over. A speech that is interrupted
waits, its microphone closed, until the one that interrupts it has ended and the host lets it go on.
"""

from __future__ import annotations

from typing import Final, Literal

from meetings.authority import Actor
from meetings.floor.commands import ExtendFloor, GrantFloor
from meetings.floor.events import (
    FloorEnded,
    FloorEvent,
    FloorExtended,
    FloorGranted,
    FloorPaused,
    FloorUnpaused,
    Limit,
)
from meetings.floor.rulebook import SPEECH_MAX_S, Side
from meetings.floor.rules import Decided, place_of
from meetings.floor.state import Floor, Holder, Waiting
from meetings.moment import Moment
from meetings.people import HOSTS, PersonId, Place
from meetings.refusals import Code, Refused
from meetings.state import Meeting

BINDING: Final = frozenset({"open", "list", "draw", "nominate"})
"""Modes whose order binds: who is passed over is told."""


def grant(meeting: Meeting, command: GrantFloor, moment: Moment) -> Decided:
    """
    Give the floor to somebody who is there. Whoever held it ends, or is interrupted.

    Refused with `meeting.not_open`, `floor.unknown_person`, `floor.already_held`,
    `floor.not_held` (there is nothing to interrupt), `floor.already_interrupted`,
    `floor.no_time_left` (of the item or of the group; the host may say a time).
    """
    floor, person = meeting.floor, command.person
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if not meeting.attendance.present(person):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    if floor.holds(person) or floor.waits_to_go_on(person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    if command.interrupt and floor.holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    if command.interrupt and floor.interrupted is not None:
        return Refused(Code.FLOOR_ALREADY_INTERRUPTED)
    hand = _answered(floor, person)
    place = place_of(meeting, person) if hand is None else hand.place
    side = None if hand is None else hand.side
    seconds = command.seconds
    limit: Limit = "speech"
    left_ms = seconds * 1000 if seconds is not None else 0
    if seconds is None:
        left_ms, limit = _time(meeting, place, side, moment)
        if left_ms <= 0:
            return Refused(Code.FLOOR_NO_TIME_LEFT, limit)
    granted = FloorGranted(
        person=person,
        request=None if hand is None else hand.request,
        until_ms=moment.now_ms + left_ms,
        kind="speech" if hand is None else hand.kind,
        side=side,
        place=place,
        limit=limit,
        warning_s=floor.rules.warning_s,
        overtime=floor.rules.overtime,
        passed_over=_passed_over(meeting, hand),
        interrupts=command.interrupt,
    )
    before = _interrupted(floor, moment) if command.interrupt else stopped(meeting, "passed")
    return (*before, granted)


def _answered(floor: Floor, person: PersonId) -> Waiting | None:
    """Return the hand that the floor answers: the one that was called, or else the foremost."""
    hands = floor.hands_of(person)
    call = floor.call_of(person)
    called = [hand for hand in hands if call is not None and hand.request == call.request]
    return next(iter([*called, *hands]), None)


def _time(
    meeting: Meeting, place: Place | None, side: Side | None, moment: Moment
) -> tuple[int, Limit]:
    """Return the time of a speech, ms, and what limits it."""
    floor, rules = meeting.floor, meeting.floor.rules
    usual_s = meeting.speech_s if rules.speech_s is None else rules.speech_s
    times: list[tuple[int, Limit]] = [(usual_s * 1000, "speech")]
    if rules.item_s is not None:
        times.append((rules.item_s * 1000 - floor.spent_ms("", moment.now_ms), "item"))
    group = place if rules.group_by == "place" else side
    if rules.group_s is not None and group is not None:
        times.append((rules.group_s * 1000 - floor.spent_ms(group, moment.now_ms), "group"))
    return min(times, key=lambda time: time[0])


def _passed_over(meeting: Meeting, hand: Waiting | None) -> int:
    """Count the people who stand before *hand* in an order that binds, and could have come."""
    floor = meeting.floor
    if hand is None or floor.rules.mode not in BINDING:
        return 0
    before: set[PersonId] = set()
    for placed in floor.order:
        if placed.waiting is hand:
            break
        before.add(placed.waiting.person)
    before.discard(hand.person)
    return sum(
        meeting.attendance.present(person) and floor.call_of(person) is None for person in before
    )


def _interrupted(floor: Floor, moment: Moment) -> tuple[FloorEvent, ...]:
    holder = floor.holder
    if holder is None or holder.paused:
        return ()
    return (FloorPaused(left_ms=_left_ms(holder, moment)),)


def _left_ms(holder: Holder, moment: Moment) -> int | None:
    if holder.until_ms is None:
        return None
    return max(holder.until_ms - moment.now_ms, 0)


def end(meeting: Meeting, actor: Actor) -> Decided:
    """
    End the speech: the host anybody's, others their own, also one that is interrupted.

    Refused with `floor.not_held`, `floor.not_yours`.
    """
    holder = meeting.floor.holder
    if holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    if meeting.floor.holds(actor.person) or meeting.floor.waits_to_go_on(actor.person):
        return (FloorEnded(person=actor.person, reason="yielded"),)
    if actor.role not in HOSTS:
        return Refused(Code.FLOOR_NOT_YOURS)
    return (FloorEnded(person=holder.person, reason="ended"),)


def pause(meeting: Meeting, moment: Moment) -> Decided:
    """
    Interrupt the speech: its time stands still, its microphone is closed.

    Refused with `floor.not_held`, `floor.already_paused`.
    """
    holder = meeting.floor.holder
    if holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    if holder.paused:
        return Refused(Code.FLOOR_ALREADY_PAUSED)
    return (FloorPaused(left_ms=_left_ms(holder, moment)),)


def unpause(meeting: Meeting, moment: Moment) -> Decided:
    """Let the speech go on. Refused with `floor.not_held`, `floor.not_paused`."""
    holder = meeting.floor.holder
    if holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    if not holder.paused:
        return Refused(Code.FLOOR_NOT_PAUSED)
    until_ms = None if holder.left_ms is None else moment.now_ms + holder.left_ms
    return (FloorUnpaused(until_ms=until_ms),)


def extend(meeting: Meeting, command: ExtendFloor, moment: Moment) -> Decided:
    """
    Give more time, up to SPEECH_MAX_S from now; in overtime it begins now.

    Refused with `floor.not_held`.
    """
    holder = meeting.floor.holder
    if holder is None:
        return Refused(Code.FLOOR_NOT_HELD)
    left_ms = holder.left_ms if holder.paused else _left_ms(holder, moment)
    left_ms = min((left_ms or 0) + command.seconds * 1000, SPEECH_MAX_S * 1000)
    if holder.paused:
        return (FloorExtended(left_ms=left_ms),)
    return (FloorExtended(until_ms=moment.now_ms + left_ms),)


def stopped(
    meeting: Meeting, reason: Literal["passed", "recess", "closed"]
) -> tuple[FloorEnded, ...]:
    """Return the ends of the speeches that something else brings about."""
    speakers = (meeting.floor.holder, meeting.floor.interrupted)
    return tuple(
        FloorEnded(person=holder.person, reason=reason) for holder in speakers if holder is not None
    )
