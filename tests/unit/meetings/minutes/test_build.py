"""The minutes tell what the record holds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from meetings.minutes import build
from meetings.minutes.model import Named, Span, Speech
from meetings.people import Role
from tests.unit.meetings.given import CREATED
from tests.unit.meetings.minutes.sample import CHINA, INVITED, held, minutes

CHEN = Named("陈主任", "议事室室长", Role.HOST)
LI = Named("李工", "住建局", Role.PARTICIPANT)
WANG = Named("王阿姨", "", Role.VIEWER)
ZHAO = Named("赵大爷", "", Role.VIEWER)
WRITTEN = minutes()


def clock(span: Span) -> tuple[str, str]:
    return f"{span.begin:%H:%M:%S}", "" if span.end is None else f"{span.end:%H:%M:%S}"


def clocks(spans: Sequence[Span]) -> list[tuple[str, str]]:
    return [clock(span) for span in spans]


def told(speeches: Sequence[Speech]) -> list[tuple[Named, int, str | None]]:
    return [
        (s.who, -1 if s.span.length is None else int(s.span.length.total_seconds()), s.reason)
        for s in speeches
    ]


def test_an_empty_record_has_no_minutes() -> None:
    with pytest.raises(ValueError, match="empty"):
        build([], {}, CHINA)


def test_the_head_tells_what_when_and_where() -> None:
    """In the time of the place."""
    assert (WRITTEN.title, WRITTEN.room_name) == (CREATED.title, CREATED.room_name)
    assert WRITTEN.state == "closed"
    assert WRITTEN.opened is not None
    assert WRITTEN.closed is not None
    assert WRITTEN.opened.isoformat() == "2026-11-22T12:01:00+08:00"
    assert WRITTEN.closed.isoformat() == "2026-11-22T12:12:40+08:00"
    assert WRITTEN.hosts == (CHEN,)
    assert clocks(WRITTEN.recesses) == [("12:06:50", "12:08:30")]
    assert WRITTEN.entries == len(held())


def test_attendance_is_told_in_stays_and_ends_with_the_meeting() -> None:
    """To come back on the next day to see the result is no attendance."""
    assert [one.who for one in WRITTEN.members] == [CHEN, LI]
    assert clocks(WRITTEN.members[0].stays) == [("12:00:10", "12:12:40")]
    assert [one.who for one in WRITTEN.residents] == [WANG, ZHAO]
    assert clocks(WRITTEN.residents[0].stays) == [("12:00:10", "12:12:40")]
    assert clocks(WRITTEN.residents[1].stays) == [
        ("12:00:10", "12:05:40"),
        ("12:08:20", "12:12:40"),
    ]
    assert WRITTEN.most_residents == 2


def test_equipment_is_no_attendance() -> None:
    assert all(one.who.role is not Role.ROOM for one in (*WRITTEN.members, *WRITTEN.residents))


def test_who_was_invited_and_did_not_come_is_absent() -> None:
    assert WRITTEN.absent == (Named("周正", "水务局", Role.PARTICIPANT),)


def test_an_item_that_was_taken_up_again_has_two_times() -> None:
    first, second = WRITTEN.matters
    assert clocks(first.spans) == [("12:02:10", "12:06:40"), ("12:11:50", "12:12:40")]
    assert clocks(second.spans) == [("12:06:40", "12:11:50")]
    assert (first.number, first.title, first.minutes) == (1, "通报情况", 10)


def test_each_speech_is_told_with_the_item_that_it_began_in() -> None:
    """Who, how long, and how it ended."""
    first, second = WRITTEN.matters
    assert told(WRITTEN.other_speeches) == [(CHEN, 60, "yielded")]
    assert told(first.speeches) == [(WANG, 185, "timed_out")]
    assert told(second.speeches) == [(LI, 60, "closed")]


def test_a_vote_is_told_with_named_ballots() -> None:
    """Those of members apart from those of residents."""
    (question,) = WRITTEN.questions
    assert (question.question, question.cast) == ("同意改造方案吗", 3)
    assert clock(question.span) == ("12:10:10", "12:12:40")
    yes, no = question.choices
    assert (yes.option, yes.members, yes.residents, yes.count) == ("同意", (LI,), (ZHAO,), 2)
    assert (no.option, no.members, no.residents, no.count) == ("反对", (), (WANG,), 1)


def test_comments_are_told_with_their_likes() -> None:
    (remark,) = WRITTEN.remarks
    assert (remark.who, remark.likes, f"{remark.at:%H:%M:%S}") == (ZHAO, 1, "12:10:00")


def test_minutes_can_be_read_while_the_meeting_goes_on() -> None:
    """What goes on has no end; ballots of a vote that runs are withheld, also from the host."""
    draft = minutes(held(closed=False))
    assert (draft.state, draft.closed) == ("open", None)
    assert clocks(draft.members[0].stays) == [("12:00:10", "")]
    assert clocks(draft.matters[1].spans) == [("12:06:40", "")]
    (question,) = draft.questions
    assert (question.cast, question.choices, question.span.end) == (3, (), None)


def test_a_speech_and_a_recess_that_go_on_have_no_end() -> None:
    draft = minutes(held()[:8])
    assert told(draft.other_speeches) == [(CHEN, -1, None)]
    assert clocks(minutes(held()[:16]).recesses) == [("12:06:50", "")]


def test_the_close_ends_a_recess() -> None:
    happened = [*held()[:16], (420, held()[28][1])]
    assert clocks(minutes(happened).recesses) == [("12:06:50", "12:07:00")]


def test_somebody_forgotten_keeps_a_role_and_no_name() -> None:
    known = {person: who for person, who in INVITED.items() if person != "li"}
    written = minutes(register=known)
    assert written.members[1].who == Named("", "", Role.PARTICIPANT)
    assert written.questions[0].choices[0].members == (Named("", "", Role.PARTICIPANT),)
