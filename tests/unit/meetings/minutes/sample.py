"""A meeting that has something of everything, for the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone

from meetings import events as ev
from meetings.minutes import Minutes, build
from meetings.people import Person, Register, Role
from tests.unit.meetings.given import CREATED, HOST, MEMBER, NEIGHBOUR, REGISTER, ROOM, VIEWER
from tests.unit.meetings.given import joined as joining

CHINA = timezone(timedelta(hours=8))
BEGIN_MS = 1795320000000  # 2026-11-22 12:00:00 in China
INVITED = {
    **REGISTER,
    "zhou": Person(id="zhou", name="周正", office="水务局", role=Role.PARTICIPANT),
}

Happened = tuple[int, ev.Event]
"""Seconds since noon, and what happened."""

VOTE = ev.VoteOpened(question="同意改造方案吗", options=("同意", "反对"), electors="everyone")


def held(*, closed: bool = True) -> list[Happened]:
    """Return what happened, in order; the vote is entry 20."""
    happened: list[Happened] = [
        (0, CREATED),
        *[(10, event) for event in joining(HOST, MEMBER, VIEWER, NEIGHBOUR, ROOM)],
        (60, ev.MeetingOpened()),
        (61, ev.FloorGranted(person="chen")),
        (121, ev.FloorEnded(person="chen", reason="yielded")),
        (130, ev.AgendaMoved(item=1)),
        (140, ev.FloorRequested(person="wang", about="只说给主持人听")),
        (150, ev.FloorGranted(person="wang", request=11)),
        (335, ev.FloorEnded(person="wang", reason="timed_out")),
        (340, ev.PersonLeft(person="zhao")),
        (400, ev.AgendaMoved(item=2)),
        (410, ev.MeetingRecessed()),
        (500, joining(NEIGHBOUR)[0]),
        (510, ev.MeetingResumed()),
        (600, ev.CommentPosted(person="zhao", text="<b>尽快</b>修 & 公示\n谢谢\x07")),
        (610, VOTE),
        (620, ev.CommentLiked(comment=19, person="wang")),
        (620, ev.BallotCast(vote=20, person="wang", option=1)),
        (621, ev.BallotCast(vote=20, person="li", option=0)),
        (622, ev.BallotCast(vote=20, person="zhao", option=0)),
    ]
    if closed:
        happened += [
            (700, ev.FloorGranted(person="li")),
            (710, ev.AgendaMoved(item=1)),
            (760, ev.FloorEnded(person="li", reason="closed")),
            (760, ev.VoteClosed(vote=20, reason="meeting_closed")),
            (760, ev.MeetingClosed()),
            (800, ev.PersonLeft(person="wang")),
            (86_400, joining(VIEWER)[0]),
        ]
    return happened


def record(happened: Sequence[Happened]) -> list[ev.Entry]:
    return [
        ev.Entry(offset=offset, at_ms=BEGIN_MS + second * 1000, event=event)
        for offset, (second, event) in enumerate(happened, 1)
    ]


def minutes(happened: Sequence[Happened] | None = None, register: Register = INVITED) -> Minutes:
    return build(record(held() if happened is None else happened), register, CHINA)
