"""Folding makes of a record what it says, and refuses what is no record."""

from __future__ import annotations

import pytest

from meetings import events as ev
from meetings.attendance.state import Interval
from meetings.comments.fold import LATEST_KEPT
from meetings.fold import apply, fold
from meetings.people import Role
from tests.each import each
from tests.unit.meetings.given import (
    CLOSED,
    CREATED,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    joined,
    meeting,
    record,
)


def test_an_empty_record_is_no_meeting() -> None:
    with pytest.raises(ValueError, match="empty"):
        fold("m1", [])


def test_a_record_begins_with_its_creation() -> None:
    with pytest.raises(ValueError, match="begins with its creation"):
        apply(None, ev.Entry(offset=1, at_ms=0, event=ev.MeetingOpened()))
    with pytest.raises(ValueError, match="begins with its creation"):
        apply(None, ev.Entry(offset=2, at_ms=0, event=CREATED))


def test_a_meeting_is_created_once() -> None:
    with pytest.raises(ValueError, match="created once"):
        meeting(CREATED, CREATED)


@each("offset", [1, 2, 4])
def test_an_entry_follows_on_the_head(offset: int) -> None:
    """Neither a repeated entry nor one after a gap is folded."""
    head = fold("m1", record(SCHEDULED[:2]))
    with pytest.raises(ValueError, match="does not follow"):
        apply(head, ev.Entry(offset=offset, at_ms=0, event=ev.MeetingOpened()))


def test_the_meeting_is_where_the_record_ends() -> None:
    now = meeting(*OPEN)
    assert (now.id, now.offset, now.at_ms) == ("m1", 7, 7000)
    assert (now.title, now.room, now.room_name) == (CREATED.title, "A1B2", "翠园社区议事室")
    assert (now.planned_ms, now.speech_s) == (500, 180)


def test_the_meeting_goes_from_state_to_state() -> None:
    assert meeting(*SCHEDULED).state == "scheduled"
    assert (meeting(*OPEN).state, meeting(*OPEN).opened_ms) == ("open", 7000)
    assert meeting(*RECESS).state == "recess"
    resumed = meeting(*RECESS, ev.MeetingResumed())
    assert (resumed.state, resumed.opened_ms) == ("open", 7000)
    assert (meeting(*CLOSED).state, meeting(*CLOSED).closed_ms) == ("closed", 8000)


def test_the_agenda_knows_when_each_item_was_dealt_with() -> None:
    """From first turning to an item until last turning away; an item taken up again is not done."""
    move = [ev.AgendaMoved(item=item) for item in (1, 2, 1)]
    first = meeting(*OPEN, move[0]).agenda
    assert first.current == 1
    assert [(i.started_ms, i.ended_ms) for i in first.items] == [(8000, None), (None, None)]
    second = meeting(*OPEN, *move[:2]).agenda
    assert [(i.started_ms, i.ended_ms) for i in second.items] == [(8000, 9000), (9000, None)]
    again = meeting(*OPEN, *move).agenda
    assert [(i.started_ms, i.ended_ms) for i in again.items] == [(8000, None), (9000, 10000)]


def test_the_close_ends_the_current_item_and_lowers_all_hands() -> None:
    asked = (ev.AgendaMoved(item=1), ev.FloorRequested(person="wang"))
    closed = meeting(*OPEN, *asked, ev.MeetingClosed())
    assert closed.agenda.current is None
    assert closed.agenda.items[0].ended_ms == 10000
    assert closed.floor.queue == ()


def test_attendance_is_kept_in_intervals_of_a_person() -> None:
    left, back = ev.PersonLeft(person="wang"), joined(VIEWER)
    attendee = meeting(*OPEN, left, *back).attendance.people["wang"]
    assert attendee.intervals == (Interval(4000, 8000), Interval(9000, None))
    assert (attendee.first, attendee.last, attendee.present) == (4, 9, True)


def test_a_join_of_somebody_who_is_there_begins_no_second_interval() -> None:
    attendance = meeting(*OPEN, *joined(VIEWER)).attendance
    assert attendance.people["wang"].intervals == (Interval(4000, None),)
    assert attendance.viewers == 2


def test_leaving_twice_is_leaving_once() -> None:
    left = ev.PersonLeft(person="wang")
    attendance = meeting(*OPEN, left, left, ev.PersonLeft(person="nobody")).attendance
    assert attendance.people["wang"].intervals == (Interval(4000, 8000),)
    assert attendance.viewers == 1


def test_members_stand_in_the_order_of_coming() -> None:
    """Hosts, participants and the room; also after they have gone."""
    attendance = meeting(*OPEN, ev.PersonLeft(person="chen")).attendance
    assert attendance.members == ("chen", "li", "room")


def test_who_comes_back_in_another_role_is_counted_in_that() -> None:
    promoted = ev.PersonJoined(person="wang", role=Role.PARTICIPANT)
    attendance = meeting(*OPEN, promoted).attendance
    assert (attendance.members[-1], attendance.viewers) == ("wang", 1)
    attendance = meeting(*OPEN, promoted, *joined(VIEWER)).attendance
    assert ("wang" in attendance.members, attendance.viewers) == (False, 2)


def test_the_queue_is_in_the_order_of_asking() -> None:
    asked = (ev.FloorRequested(person="wang", about="费用"), ev.FloorRequested(person="li"))
    floor = meeting(*OPEN, *asked).floor
    assert [(w.request, w.person, w.since_ms) for w in floor.queue] == [
        (8, "wang", 8000),
        (9, "li", 9000),
    ]
    assert floor.queue[0].about == "费用"
    assert meeting(*OPEN, *asked, ev.FloorWithdrawn(request=8)).floor.queue == floor.queue[1:]


def test_a_grant_takes_the_hand_down_and_gives_the_floor() -> None:
    asked = ev.FloorRequested(person="wang")
    granted = ev.FloorGranted(person="wang", request=8, until_ms=99_000)
    floor = meeting(*OPEN, asked, granted).floor
    assert floor.queue == ()
    assert floor.holder is not None
    assert (floor.holder.person, floor.holder.since_ms, floor.holder.until_ms) == (
        "wang",
        9000,
        99_000,
    )
    ended = ev.FloorEnded(person="wang", reason="ended")
    assert meeting(*OPEN, asked, granted, ended).floor.holder is None


def test_a_vote_counts_each_ballot() -> None:
    opened = ev.VoteOpened(
        question="同意方案吗", options=("同意", "反对", "弃权"), electors="everyone"
    )
    ballots = [
        ev.BallotCast(vote=8, person=person, option=option)
        for person, option in (("wang", 0), ("li", 2), ("chen", 0))
    ]
    votes = meeting(*OPEN, opened, *ballots).votes
    assert (votes.order, votes.open) == ((8,), (8,))
    assert votes.by_id[8].counts == (2, 0, 1)
    marks = {person: ballot.marks for person, ballot in votes.by_id[8].ballots.items()}
    assert marks == {"wang": (1, 0, 0), "li": (0, 0, 1), "chen": (1, 0, 0)}
    closed = meeting(*OPEN, opened, ev.VoteClosed(vote=8, reason="closed")).votes
    assert (closed.order, closed.open, closed.by_id[8].closed_ms) == ((8,), (), 9000)


def test_only_the_newest_comments_are_at_hand_and_all_are_kept() -> None:
    posted = [ev.CommentPosted(person="wang", text=f"第{i}条") for i in range(LATEST_KEPT + 5)]
    comments = meeting(*OPEN, *posted).comments
    assert len(comments.by_id) == LATEST_KEPT + 5
    assert comments.latest == tuple(range(13, 13 + LATEST_KEPT))


def test_likes_are_kept_by_comment_and_by_person() -> None:
    """In the order of liking."""
    posted = [ev.CommentPosted(person="wang", text="好") for _ in range(3)]
    liked = [ev.CommentLiked(comment=comment, person="li") for comment in (9, 10, 8)]
    comments = meeting(*OPEN, *posted, *liked).comments
    assert dict(comments.by_id[8].likes) == {"li": None}
    assert comments.liked["li"] == (9, 10, 8)


def test_a_command_is_known_by_person_and_id() -> None:
    """The answer to a command is the last entry that it became."""
    entries = record(OPEN)
    for cause, event in (("close-it", ev.FloorEnded(person="li", reason="closed")),
                         ("close-it", ev.MeetingClosed())):  # fmt: skip
        entries.append(
            ev.Entry(offset=len(entries) + 1, at_ms=9000, actor="chen", cause=cause, event=event)
        )
    assert dict(fold("m1", entries).answers) == {("chen", "close-it"): 9}
