"""Deadlines: speeches and votes end by themselves, in the order of their times."""

from __future__ import annotations

from meetings import events as ev
from meetings.deadlines import due, next_deadline_ms
from tests.unit.meetings.given import OPEN, meeting

SPEAKS = ev.FloorGranted(person="li", until_ms=60_000)
VOTE = ev.VoteOpened(question="?", options=("a", "b"), electors="everyone", until_ms=50_000)
TIMED_OUT = ev.FloorEnded(person="li", reason="timed_out")


def test_a_quiet_meeting_has_no_deadline() -> None:
    """Nor one whose speech and vote have no time."""
    assert next_deadline_ms(meeting(*OPEN)) is None
    endless = (ev.FloorGranted(person="li"), VOTE.model_copy(update={"until_ms": None}))
    assert next_deadline_ms(meeting(*OPEN, *endless)) is None
    assert due(meeting(*OPEN, *endless), 10**12) == ()


def test_the_next_deadline_is_the_earliest() -> None:
    assert next_deadline_ms(meeting(*OPEN, SPEAKS)) == 60_000
    assert next_deadline_ms(meeting(*OPEN, SPEAKS, VOTE)) == 50_000


def test_nothing_is_due_before_its_time() -> None:
    now = meeting(*OPEN, SPEAKS, VOTE)
    assert due(now, 49_999) == ()
    assert due(now, 50_000) == (ev.VoteClosed(vote=9, reason="timed_out"),)


def test_what_is_due_comes_in_the_order_of_the_times() -> None:
    """Also if the service slept through several."""
    now = meeting(*OPEN, SPEAKS, VOTE)
    assert due(now, 10**12) == (ev.VoteClosed(vote=9, reason="timed_out"), TIMED_OUT)


def test_what_has_ended_is_not_due() -> None:
    ended = (ev.VoteClosed(vote=9, reason="closed"), ev.FloorEnded(person="li", reason="ended"))
    now = meeting(*OPEN, SPEAKS, VOTE, *ended)
    assert next_deadline_ms(now) is None
    assert due(now, 10**12) == ()
