"""Deadlines: what happens without anybody asking. The service wakes at the next one."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.events import Event
from meetings.floor.events import FloorCalledOff, FloorEnded, FloorOvertime
from meetings.moment import Moment
from meetings.state import Meeting
from meetings.voting import rules as voting

Deadline = tuple[int, Event]
"""Instant (wall clock, ms) and what happens then."""


def next_deadline_ms(meeting: Meeting) -> int | None:
    """Return the instant of the next deadline (wall clock, ms); None if there is none."""
    votes = (until_ms for _, until_ms in voting.deadlines(meeting))
    return min((*(at_ms for at_ms, _ in _deadlines(meeting)), *votes), default=None)


def due(meeting: Meeting, moment: Moment) -> tuple[Event, ...]:
    """
    Return what is due at *moment*, in the order of the deadlines.

    A secret vote ends once `moment.boxes` has its ballots: until then its deadline stays.
    """
    passed = [deadline for deadline in _deadlines(meeting) if deadline[0] <= moment.now_ms]
    passed += voting.due(meeting, moment)
    return tuple(event for _, event in sorted(passed, key=lambda deadline: deadline[0]))


def _deadlines(meeting: Meeting) -> Iterator[Deadline]:
    holder = meeting.floor.holder
    if holder is not None and holder.until_ms is not None and not holder.over:
        if holder.overtime == "mute":
            yield holder.until_ms, FloorEnded(person=holder.person, reason="timed_out")
        else:
            yield holder.until_ms, FloorOvertime(person=holder.person)
    for called in meeting.floor.called:
        if called.until_ms is not None:
            yield called.until_ms, FloorCalledOff(person=called.person, reason="timed_out")
