"""Stream time: whose page is believed about the moment that it shows, and which moments."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.people import Role
from tests.each import each
from tests.unit.meetings.given import HOST, MEMBER, NOW, OPEN, SCHEDULED, VIEWER, given

OPENED_MS = len(OPEN) * 1000
IN_ROOM = ev.PersonSignedIn(person=VIEWER.person, role=Role.VIEWER)


def comment(at_ms: int | None) -> cmd.PostComment:
    return cmd.PostComment(text="二号楼也积水", at_ms=at_ms)


def posted(person: str, seen_ms: int | None) -> ev.CommentPosted:
    return ev.CommentPosted(person=person, text="二号楼也积水", seen_ms=seen_ms)


@each("seen_ms", [OPENED_MS, NOW - 3000, NOW])
def test_a_viewers_comment_carries_the_moment_that_it_answers(seen_ms: int) -> None:
    given(*OPEN).when(VIEWER, comment(seen_ms)).then(posted("wang", seen_ms))


@each("seen_ms", [None, OPENED_MS - 1, NOW + 1])
def test_no_moment_is_taken_from_the_future_or_from_before_the_meeting(seen_ms: int | None) -> None:
    """The comment is taken all the same: it answers the present moment."""
    given(*OPEN).when(VIEWER, comment(seen_ms)).then(posted("wang", None))


def test_there_is_no_moment_before_the_meeting_was_opened() -> None:
    given(*SCHEDULED).when(VIEWER, comment(NOW - 1)).then(posted("wang", None))


def test_who_sees_what_happens_now_has_no_other_moment() -> None:
    """Members on the video link, and whoever signed in in the room."""
    for actor in (HOST, MEMBER):
        given(*OPEN).when(actor, comment(NOW - 3000)).then(posted(actor.person, None))
    given(*OPEN, IN_ROOM).when(VIEWER, comment(NOW - 3000)).then(posted("wang", None))
