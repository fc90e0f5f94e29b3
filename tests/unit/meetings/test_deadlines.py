"""Deadlines: speeches and votes end by themselves, in the order of their times."""

from __future__ import annotations

from meetings import events as ev
from meetings.deadlines import due, next_deadline_ms
from meetings.moment import Moment
from tests.each import each
from tests.unit.meetings.given import OPEN, meeting

SPEAKS = ev.FloorGranted(person="li", until_ms=60_000)
VOTE = ev.VoteOpened(question="?", options=("a", "b"), electors="everyone", until_ms=50_000)
VOTE_TIMED_OUT = ev.VoteClosed(
    vote=9,
    reason="timed_out",
    outcome=ev.Outcome(
        result="rejected", tally=(0, 0), ballots=0, cast=0, abstained=0, reasons=("nobody_voted",)
    ),
)
TIMED_OUT = ev.FloorEnded(person="li", reason="timed_out")


def test_a_quiet_meeting_has_no_deadline() -> None:
    """Nor one whose speech and vote have no time."""
    assert next_deadline_ms(meeting(*OPEN)) is None
    endless = (ev.FloorGranted(person="li"), VOTE.model_copy(update={"until_ms": None}))
    assert next_deadline_ms(meeting(*OPEN, *endless)) is None
    assert due(meeting(*OPEN, *endless), Moment(10**12)) == ()


def test_the_next_deadline_is_the_earliest() -> None:
    assert next_deadline_ms(meeting(*OPEN, SPEAKS)) == 60_000
    assert next_deadline_ms(meeting(*OPEN, SPEAKS, VOTE)) == 50_000


def test_nothing_is_due_before_its_time() -> None:
    now = meeting(*OPEN, SPEAKS, VOTE)
    assert due(now, Moment(49_999)) == ()
    assert due(now, Moment(50_000)) == (VOTE_TIMED_OUT,)


def test_what_is_due_comes_in_the_order_of_the_times() -> None:
    """Also if the service slept through several."""
    now = meeting(*OPEN, SPEAKS, VOTE)
    assert due(now, Moment(10**12)) == (VOTE_TIMED_OUT, TIMED_OUT)


@each("overtime", ["warn", "host"])
def test_where_the_time_does_not_end_a_speech_it_is_noted_once(overtime: ev.Overtime) -> None:
    """Until there is more time, which runs out again."""
    speaks = SPEAKS.model_copy(update={"overtime": overtime})
    over = ev.FloorOvertime(person="li")
    assert due(meeting(*OPEN, speaks), Moment(10**12)) == (over,)
    assert next_deadline_ms(meeting(*OPEN, speaks, over)) is None
    more = ev.FloorExtended(until_ms=90_000)
    assert next_deadline_ms(meeting(*OPEN, speaks, over, more)) == 90_000


def test_a_paused_speech_has_no_deadline() -> None:
    """Nor has one that waits for another one's end."""
    paused = ev.FloorPaused(left_ms=9000)
    assert next_deadline_ms(meeting(*OPEN, SPEAKS, paused)) is None
    goes_on = ev.FloorUnpaused(until_ms=70_000)
    assert next_deadline_ms(meeting(*OPEN, SPEAKS, paused, goes_on)) == 70_000
    other = ev.FloorGranted(person="wang", interrupts=True)
    assert next_deadline_ms(meeting(*OPEN, SPEAKS, paused, other)) is None


def test_who_is_not_ready_in_time_is_called_off() -> None:
    called = ev.FloorCalled(person="li", until_ms=60_000)
    off = ev.FloorCalledOff(person="li", reason="timed_out")
    assert due(meeting(*OPEN, called), Moment(10**12)) == (off,)
    ready = ev.FloorReady(person="li")
    assert next_deadline_ms(meeting(*OPEN, called, ready)) is None


def test_what_has_ended_is_not_due() -> None:
    ended = (ev.VoteClosed(vote=9, reason="closed"), ev.FloorEnded(person="li", reason="ended"))
    now = meeting(*OPEN, SPEAKS, VOTE, *ended)
    assert next_deadline_ms(now) is None
    assert due(now, Moment(10**12)) == ()
