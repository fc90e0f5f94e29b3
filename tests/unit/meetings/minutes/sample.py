"""A meeting that has something of everything, for the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from meetings import events as ev
from meetings.minutes.build import build
from meetings.minutes.draft import Draft, DraftBlock, fresh
from meetings.minutes.model import Minutes
from meetings.people import Person, Register, Role
from meetings.voting.terms import SIMPLE
from tests.unit.meetings.given import (
    CLERK,
    CREATED,
    HOST,
    MEMBER,
    NEIGHBOUR,
    REGISTER,
    ROOM,
    VIEWER,
)
from tests.unit.meetings.given import joined as joining

CHINA = timezone(timedelta(hours=8))
BEGIN_MS = 1795320000000  # 2026-11-22 12:00:00 in China
INVITED = {
    **REGISTER,
    "he": Person(id="he", name="何书记员", office="社区工作站", role=Role.CLERK),
    "zhou": Person(id="zhou", name="周正", office="水务局", role=Role.PARTICIPANT),
}

Happened = tuple[int, ev.Event]
"""Seconds since noon, and what happened."""

POLL = ev.VoteOpened(question="同意改造方案吗", options=("同意", "反对"), electors="everyone")
POLLED = ev.Outcome(
    result="passed",
    option=0,
    leading=(0,),
    tally=(2, 1),
    ballots=3,
    cast=3,
    abstained=0,
    reasons=("most_votes",),
)
MOTION = ev.VoteOpened(
    question="将积水治理列入年度计划",
    options=("同意", "反对", "弃权"),
    electors="members",
    rules=ev.VoteRules(kind="motion", majority=SIMPLE, tellers=("he", "zhao")),
    roll=(ev.RollLine(person="chen"), ev.RollLine(person="li"), ev.RollLine(person="zhou")),
    present=2,
    quorum=ev.QuorumTaken(needed=2, present=2),
)
CARRIED = ev.Outcome(
    result="passed",
    option=0,
    leading=(0,),
    tally=(2, 0, 0),
    ballots=2,
    cast=2,
    abstained=0,
    present=2,
    entitled=3,
    base=2,
    needed=2,
    reasons=("majority_met",),
)


def held(*, closed: bool = True) -> list[Happened]:
    """Return what happened, in order; the poll is entry 21, the motion 28."""
    people = joining(HOST, MEMBER, VIEWER, NEIGHBOUR, ROOM, CLERK)
    happened: list[Happened] = [
        (0, CREATED),
        *[(10, event) for event in people],
        (20, ev.QuorumSet(rule=ev.QuorumOfCount(n=2))),
        (60, ev.MeetingOpened()),
        (61, ev.FloorGranted(person="chen")),
        (121, ev.FloorEnded(person="chen", reason="yielded")),
        (130, ev.AgendaMoved(item=1)),
        (140, ev.FloorRequested(person="wang", about="只说给主持人听")),
        (150, ev.FloorGranted(person="wang", request=13, side="for")),
        (335, ev.FloorEnded(person="wang", reason="timed_out")),
        (340, ev.PersonLeft(person="zhao")),
        (400, ev.AgendaMoved(item=2)),
        (410, ev.MeetingRecessed()),
        (500, joining(NEIGHBOUR)[0]),
        (510, ev.MeetingResumed()),
        (610, POLL),
        (620, ev.BallotGiven(vote=21, person="wang", marks=(0, 1), channel="electronic")),
        (621, ev.BallotGiven(vote=21, person="li", marks=(1, 0), channel="electronic")),
        (622, ev.BallotGiven(vote=21, person="zhao", marks=(1, 0), channel="electronic")),
        (630, ev.CommentPosted(person="zhao", text="<b>尽快</b>修 & 公示\n谢谢\x07")),
        (631, ev.CommentLiked(comment=25, person="wang")),
        (632, ev.CommentPosted(person="wang", text="见不得人的话")),
        (640, MOTION),
        (645, ev.CommentHidden(comment=27, reason="abuse")),
        (646, ev.CommentPosted(person="wang", text="何时动工？", question_for="li", reply_to=25)),
        (650, ev.BallotGiven(vote=28, person="chen", marks=(1, 0, 0), channel="electronic")),
        (651, ev.VoteChannelClaimed(vote=28, person="li", channel="hands")),
        (652, ev.HandsCounted(vote=28, teller="he", round=1, counts=(1, 0, 0))),
        (653, ev.HandsCounted(vote=28, teller="zhao", round=1, counts=(1, 0, 0))),
        (654, ev.VoteClosed(vote=28, reason="closed", outcome=CARRIED)),
    ]
    if closed:
        happened += [
            (700, ev.FloorGranted(person="li", kind="reply")),
            (710, ev.AgendaMoved(item=1)),
            (760, ev.FloorEnded(person="li", reason="closed")),
            (760, ev.VoteClosed(vote=21, reason="meeting_closed", outcome=POLLED)),
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


def edited(written: Minutes) -> Draft:
    """The draft of the record, with what a clerk adds."""
    draft = fresh(written)
    texts = {"s14": "积水每年都有，希望今年雨季前完工。", "v28": "计票无异议。"}
    blocks = [
        block.model_copy(update={"text": texts.get(block.id, block.text)}) for block in draft.blocks
    ]
    blocks += [
        DraftBlock(id="n1", kind="note", item=1, text="会上出示了积水照片。"),
        DraftBlock(id="c1", kind="conclusion", item=2, text="雨季前完成三号楼前的管网改造。"),
        DraftBlock(
            id="t1",
            kind="task",
            item=2,
            text="编制改造方案并公示",
            department="住建局",
            due="2026年12月20日",
        ),
        DraftBlock(id="t2", kind="task", text="向居民通报进展"),
    ]
    return draft.model_copy(update={"blocks": tuple(blocks)})


def address(at: datetime) -> str:
    return f"https://yishi.example.cn/r/a1b2?meeting=m1&at={round(at.timestamp() * 1000)}"
