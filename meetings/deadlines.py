"""Deadlines: what happens without anybody asking. The service wakes at the next one."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.floor.events import FloorEnded
from meetings.state import Meeting
from meetings.voting.events import VoteClosed

Deadline = tuple[int, FloorEnded | VoteClosed]
"""Instant (wall clock, ms) and what happens then."""


def next_deadline_ms(meeting: Meeting) -> int | None:
    """Return the instant of the next deadline (wall clock, ms); None if there is none."""
    return min((at_ms for at_ms, _ in _deadlines(meeting)), default=None)


def due(meeting: Meeting, now_ms: int) -> tuple[FloorEnded | VoteClosed, ...]:
    """Return what is due at *now_ms*, in the order of the deadlines."""
    passed = [deadline for deadline in _deadlines(meeting) if deadline[0] <= now_ms]
    return tuple(event for _, event in sorted(passed, key=lambda deadline: deadline[0]))


def _deadlines(meeting: Meeting) -> Iterator[Deadline]:
    holder = meeting.floor.holder
    if holder is not None and holder.until_ms is not None:
        yield holder.until_ms, FloorEnded(person=holder.person, reason="timed_out")
    for vote_id in meeting.votes.open:
        until_ms = meeting.votes.by_id[vote_id].until_ms
        if until_ms is not None:
            yield until_ms, VoteClosed(vote=vote_id, reason="timed_out")
