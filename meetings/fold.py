"""
The fold: what each entry of the record makes of a meeting.

Total over every event and never refusing: whether something may happen was decided before it was
written. Costs little for each entry, whatever has happened before (see `state`).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from immutables import Map

from meetings import events as ev
from meetings.people import MEMBERS, PersonId, Role
from meetings.sections import COMMENTS_SHOWN
from meetings.state import (
    Agenda,
    Attendance,
    Attendee,
    Comment,
    Comments,
    Floor,
    Holder,
    Interval,
    Item,
    Meeting,
    Vote,
    Votes,
    Waiting,
)


def fold(meeting_id: str, entries: Iterable[ev.Entry]) -> Meeting:
    """
    Fold a whole record.

    Raises: ValueError if there are no entries, if they do not begin with the creation, or if their
    offsets do not run 1, 2, 3 ...
    """
    meeting: Meeting | None = None
    for entry in entries:
        meeting = apply(meeting, entry, meeting_id)
    if meeting is None:
        raise ValueError("an empty record is no meeting")
    return meeting


def apply(meeting: Meeting | None, entry: ev.Entry, meeting_id: str = "") -> Meeting:
    """
    Return the meeting after *entry*.

    Args:
        meeting: the meeting before it; None before the first entry.
        meeting_id: the id of the record; read with the first entry only.

    Raises: ValueError if *entry* does not follow on *meeting*.
    """
    if meeting is None:
        if entry.offset != 1 or not isinstance(entry.event, ev.MeetingCreated):
            raise ValueError("a record begins with its creation, at offset 1")
        return _created(meeting_id, entry, entry.event)
    if entry.offset != meeting.offset + 1:
        raise ValueError(f"entry {entry.offset} does not follow on {meeting.offset}")
    answers = meeting.answers
    if entry.actor is not None and entry.cause is not None:
        answers = answers.set((entry.actor, entry.cause), entry.offset)
    return replace(_after(meeting, entry), offset=entry.offset, at_ms=entry.at_ms, answers=answers)


def _created(meeting_id: str, entry: ev.Entry, event: ev.MeetingCreated) -> Meeting:
    return Meeting(
        id=meeting_id,
        offset=entry.offset,
        at_ms=entry.at_ms,
        title=event.title,
        room=event.room,
        room_name=event.room_name,
        planned_ms=event.planned_ms,
        speech_s=event.speech_s,
        agenda=Agenda(tuple(Item(plan) for plan in event.agenda)),
        attendance=Attendance(Map()),
        votes=Votes(Map()),
        comments=Comments(by_id=Map(), latest=(), liked=Map()),
        answers=Map(),
    )


def _after(meeting: Meeting, entry: ev.Entry) -> Meeting:
    at_ms, event = entry.at_ms, entry.event
    match event:
        case ev.MeetingCreated():
            raise ValueError("a meeting is created once")
        case ev.MeetingOpened():
            return replace(meeting, state="open", opened_ms=at_ms)
        case ev.MeetingRecessed():
            return replace(meeting, state="recess")
        case ev.MeetingResumed():
            return replace(meeting, state="open")
        case ev.MeetingClosed():
            # Hands that still wait have nothing to wait for.
            return replace(
                meeting,
                state="closed",
                closed_ms=at_ms,
                agenda=_turned(meeting.agenda, None, at_ms),
                floor=replace(meeting.floor, queue=()),
            )
        case ev.AgendaMoved():
            return replace(meeting, agenda=_turned(meeting.agenda, event.item, at_ms))
        case ev.PersonJoined():
            attendance = _joined(meeting.attendance, event.person, event.role, entry)
            return replace(meeting, attendance=attendance)
        case ev.PersonLeft():
            return replace(meeting, attendance=_left(meeting.attendance, event.person, at_ms))
        case ev.FloorRequested():
            waiting = Waiting(entry.offset, event.person, at_ms, event.about)
            floor = replace(meeting.floor, queue=(*meeting.floor.queue, waiting))
            return replace(meeting, floor=floor)
        case ev.FloorWithdrawn():
            queue = tuple(w for w in meeting.floor.queue if w.request != event.request)
            return replace(meeting, floor=replace(meeting.floor, queue=queue))
        case ev.FloorGranted():
            holder = Holder(event.person, at_ms, event.until_ms)
            queue = tuple(w for w in meeting.floor.queue if w.person != event.person)
            return replace(meeting, floor=Floor(holder, queue))
        case ev.FloorEnded():
            return replace(meeting, floor=replace(meeting.floor, holder=None))
        case ev.CommentPosted():
            return replace(meeting, comments=_posted(meeting.comments, event, entry))
        case ev.CommentLiked():
            return replace(meeting, comments=_liked(meeting.comments, event))
        case ev.VoteOpened():
            return replace(meeting, votes=_vote_opened(meeting.votes, event, entry))
        case ev.BallotCast():
            return replace(meeting, votes=_ballot_cast(meeting.votes, event))
        case ev.VoteClosed():
            return replace(meeting, votes=_vote_closed(meeting.votes, event, at_ms))
        case _:
            assert_never(event)


def _turned(agenda: Agenda, to: int | None, at_ms: int) -> Agenda:
    """Turn away from the current item and to *to*; an item that is taken up again is not done."""

    def turned(item: Item) -> Item:
        if item.plan.id == to:
            started_ms = at_ms if item.started_ms is None else item.started_ms
            return replace(item, started_ms=started_ms, ended_ms=None)
        if item.plan.id == agenda.current:
            return replace(item, ended_ms=at_ms)
        return item

    return Agenda(tuple(turned(item) for item in agenda.items), to)


def _joined(attendance: Attendance, person: PersonId, role: Role, entry: ev.Entry) -> Attendance:
    """Begin a stay; of somebody who is there already, take over the role."""
    before = attendance.people.get(person)
    if before is None:
        stay: tuple[Interval, ...] = (Interval(entry.at_ms),)
        after = Attendee(role, first=entry.offset, last=entry.offset, intervals=stay)
    elif before.present:
        after = replace(before, role=role, last=entry.offset)
    else:
        stay = (*before.intervals, Interval(entry.at_ms))
        after = replace(before, role=role, last=entry.offset, intervals=stay)
    members = attendance.members
    listed = role in MEMBERS or role is Role.ROOM
    if listed != (person in members):
        others = tuple(member for member in members if member != person)
        members = (*others, person) if listed else others
    viewers = attendance.viewers - _counted(before) + _counted(after)
    return Attendance(attendance.people.set(person, after), members, viewers)


def _left(attendance: Attendance, person: PersonId, at_ms: int) -> Attendance:
    before = attendance.people.get(person)
    if before is None or not before.present:
        return attendance
    *past, last = before.intervals
    after = replace(before, intervals=(*past, replace(last, to_ms=at_ms)))
    people = attendance.people.set(person, after)
    return replace(attendance, people=people, viewers=attendance.viewers - _counted(before))


def _counted(attendee: Attendee | None) -> int:
    """1 for a viewer who is there, else 0."""
    return int(attendee is not None and attendee.present and attendee.role is Role.VIEWER)


def _posted(comments: Comments, event: ev.CommentPosted, entry: ev.Entry) -> Comments:
    comment = Comment(event.person, event.text, entry.at_ms, Map())
    return replace(
        comments,
        by_id=comments.by_id.set(entry.offset, comment),
        latest=(*comments.latest, entry.offset)[-COMMENTS_SHOWN:],
    )


def _liked(comments: Comments, event: ev.CommentLiked) -> Comments:
    comment = comments.by_id[event.comment]
    comment = replace(comment, likes=comment.likes.set(event.person, None))
    # Those of the newest comments are kept at hand: they tell which of the shown ones are liked.
    liked = list(comments.liked.get(event.person, ()))
    insort(liked, event.comment)
    return replace(
        comments,
        by_id=comments.by_id.set(event.comment, comment),
        liked=comments.liked.set(event.person, tuple(liked[-COMMENTS_SHOWN:])),
    )


def _vote_opened(votes: Votes, event: ev.VoteOpened, entry: ev.Entry) -> Votes:
    vote = Vote(
        question=event.question,
        options=event.options,
        electors=event.electors,
        opened_ms=entry.at_ms,
        until_ms=event.until_ms,
        ballots=Map(),
        counts=(0,) * len(event.options),
    )
    return Votes(
        votes.by_id.set(entry.offset, vote),
        (*votes.order, entry.offset),
        (*votes.open, entry.offset),
    )


def _ballot_cast(votes: Votes, event: ev.BallotCast) -> Votes:
    vote = votes.by_id[event.vote]
    counts = tuple(n + (i == event.option) for i, n in enumerate(vote.counts))
    vote = replace(vote, ballots=vote.ballots.set(event.person, event.option), counts=counts)
    return replace(votes, by_id=votes.by_id.set(event.vote, vote))


def _vote_closed(votes: Votes, event: ev.VoteClosed, at_ms: int) -> Votes:
    vote = replace(votes.by_id[event.vote], closed_ms=at_ms, reason=event.reason)
    still = tuple(open_id for open_id in votes.open if open_id != event.vote)
    return replace(votes, by_id=votes.by_id.set(event.vote, vote), open=still)
