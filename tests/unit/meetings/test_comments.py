"""Comments and likes, from the notice until the close."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.refusals import Code
from tests.unit.meetings.given import NEIGHBOUR, OPEN, RECESS, SCHEDULED, VIEWER, given

POSTED = ev.CommentPosted(person="wang", text="尽快修")
LIKED = ev.CommentLiked(comment=8, person="zhao")


@pytest.mark.parametrize("events", [SCHEDULED, OPEN, RECESS])
def test_people_comment_also_while_they_wait(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(VIEWER, cmd.PostComment(text="尽快修")).then(POSTED)


@pytest.mark.parametrize("now", [(), (ev.MeetingRecessed(),)])
def test_a_comment_is_liked(now: tuple[ev.Event, ...]) -> None:
    given(*OPEN, POSTED, *now).when(NEIGHBOUR, cmd.LikeComment(comment=8)).then(LIKED)


def test_a_comment_is_liked_once_by_a_person() -> None:
    like = cmd.LikeComment(comment=8)
    given(*OPEN, POSTED, LIKED).when(NEIGHBOUR, like).refused(Code.COMMENT_ALREADY_LIKED)
    given(*OPEN, POSTED, LIKED).when(VIEWER, like).then(ev.CommentLiked(comment=8, person="wang"))


@pytest.mark.parametrize("comment", [7, 9])
def test_there_has_to_be_such_a_comment(comment: int) -> None:
    like = cmd.LikeComment(comment=comment)
    given(*OPEN, POSTED).when(VIEWER, like).refused(Code.COMMENT_UNKNOWN)
