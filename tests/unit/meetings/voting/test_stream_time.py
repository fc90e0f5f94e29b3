"""Votes close in stream time: what was given in time in the livestream counts if it comes soon."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.deadlines import due, next_deadline_ms
from meetings.moment import Moment
from meetings.people import Role
from meetings.refusals import Code
from meetings.sections import Audience
from meetings.state import Meeting
from meetings.voting import views
from meetings.voting.rules import boxes_due
from meetings.voting.sections import VoteView
from tests.each import each
from tests.unit.meetings.given import (
    HOST,
    MEMBER,
    NEIGHBOUR,
    NOW,
    REGISTER,
    VIEWER,
    given,
    meeting,
)
from tests.unit.meetings.voting.sample import BODY, NO, VOTE, WU, YES, gave, opened

CLOSE_MS, GRACE_MS = NOW, 4000
END_MS = CLOSE_MS + GRACE_MS
POLL = opened(roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS)
TIME_UP = ev.VoteTimeUp(vote=VOTE, close_ms=CLOSE_MS, until_ms=END_MS, reason="timed_out")
LATE = (*BODY, POLL, TIME_UP)
CLOSE = cmd.CloseVote(vote=VOTE)
TELLERS = ev.VoteRules(kind="motion", majority=ev.SIMPLE, tellers=("sun", "wang"))
LIVE = ev.VoteRules(kind="motion", majority=ev.SIMPLE, results="live")
SECRET = ev.VoteRules(kind="motion", majority=ev.SIMPLE, secrecy="secret")
GONE = tuple(ev.PersonLeft(person=who.person) for who in (VIEWER, NEIGHBOUR))


def cast(seen_ms: int | None) -> cmd.CastBallot:
    return cmd.CastBallot(vote=VOTE, marks=YES, at_ms=seen_ms)


def late(seen_ms: int) -> ev.BallotGiven:
    return gave("wang", YES).model_copy(update={"seen_ms": seen_ms})


# --- ballots at the edges


@each("at_ms", [CLOSE_MS, CLOSE_MS + 1, END_MS - 1])
def test_a_ballot_of_before_the_close_counts_until_the_grace_is_over(at_ms: int) -> None:
    """Its entry says at which moment of the livestream it was given."""
    given(*LATE).when(VIEWER, cast(CLOSE_MS - 1), at_ms=at_ms).then(late(CLOSE_MS - 1))


@each("at_ms", [END_MS, END_MS + 1])
def test_a_ballot_after_the_grace_is_refused(at_ms: int) -> None:
    given(*LATE).when(VIEWER, cast(CLOSE_MS - 1), at_ms=at_ms).refused(Code.VOTE_CLOSED)


@each("seen_ms", [CLOSE_MS, CLOSE_MS + 1, None])
def test_who_saw_the_close_is_too_late(seen_ms: int | None) -> None:
    given(*LATE).when(VIEWER, cast(seen_ms), at_ms=CLOSE_MS + 1).refused(Code.VOTE_CLOSED)


def test_the_grace_is_the_viewers_alone() -> None:
    """Not of who sees the room, and not of a raised hand that the desk enters."""
    here = ev.PersonSignedIn(person="wang", role=Role.VIEWER)
    for actor in (HOST, MEMBER, WU):
        given(*LATE).when(actor, cast(CLOSE_MS - 1), at_ms=CLOSE_MS).refused(Code.VOTE_CLOSED)
    given(*LATE, here).when(VIEWER, cast(CLOSE_MS - 1), at_ms=CLOSE_MS).refused(Code.VOTE_CLOSED)
    entered = cmd.CastBallotFor(vote=VOTE, person="wang", marks=YES, at_ms=CLOSE_MS - 1)
    given(*LATE).when(HOST, entered, at_ms=CLOSE_MS).refused(Code.VOTE_CLOSED)


def test_a_viewer_votes_late_by_proxy_as_for_himself() -> None:
    roll = (ev.RollLine(person="zhou", holder="wang"),)
    vote = opened(roll=roll, grace_ms=GRACE_MS, until_ms=CLOSE_MS)
    command = cmd.CastBallotFor(vote=VOTE, person="zhou", marks=NO, at_ms=CLOSE_MS - 1)
    ballot = gave("zhou", NO, "proxy").model_copy(update={"seen_ms": CLOSE_MS - 1})
    given(*BODY, vote, TIME_UP).when(VIEWER, command, at_ms=END_MS - 1).then(ballot)


def test_a_ballot_in_time_says_nothing_of_what_its_voter_saw() -> None:
    given(*BODY, POLL).when(VIEWER, cast(CLOSE_MS - 3000), at_ms=CLOSE_MS - 1).then(
        gave("wang", YES)
    )


def test_nothing_but_ballots_comes_late() -> None:
    """No paper is given out, and no channel claimed."""
    secret = opened(SECRET, roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS, paper_key="c" * 512)
    paper = cmd.TakePaper(vote=VOTE, blinded="1" * 512)
    given(*BODY, secret, TIME_UP).when(VIEWER, paper, at_ms=CLOSE_MS).refused(Code.VOTE_CLOSED)
    claim = cmd.ClaimChannel(vote=VOTE, channel="electronic")
    given(*LATE).when(VIEWER, claim, at_ms=CLOSE_MS).refused(Code.VOTE_CLOSED)


# --- the end


def test_the_time_is_up_first_and_the_vote_ends_after_the_grace() -> None:
    now = meeting(*BODY, POLL)
    assert next_deadline_ms(now) == CLOSE_MS
    assert due(now, Moment(CLOSE_MS - 1)) == ()
    assert due(now, Moment(CLOSE_MS + 20)) == (TIME_UP,)  # a timer that woke late adds nothing
    waiting = meeting(*LATE, late(CLOSE_MS - 1))
    assert next_deadline_ms(waiting) == END_MS
    assert due(waiting, Moment(END_MS - 1)) == ()
    (closed,) = due(waiting, Moment(END_MS))
    assert isinstance(closed, ev.VoteClosed)
    assert closed.outcome is not None
    assert (closed.reason, closed.outcome.tally) == ("timed_out", (1, 0, 0))


def test_a_close_at_once_leaves_viewers_the_grace() -> None:
    poll = opened(roll=None, grace_ms=GRACE_MS)
    time_up = ev.VoteTimeUp(vote=VOTE, close_ms=NOW, until_ms=NOW + GRACE_MS, reason="closed")
    given(*BODY, poll).when(HOST, CLOSE).then(time_up)
    given(*BODY, poll, time_up).when(HOST, CLOSE).then()
    (closed,) = due(meeting(*BODY, poll, time_up), Moment(NOW + GRACE_MS))
    assert isinstance(closed, ev.VoteClosed)
    assert closed.reason == "closed"


@each("roll", [True, False])
def test_nobody_is_waited_for_where_no_voter_watches_the_livestream(*, roll: bool) -> None:
    """A vote of members, and an open poll whose viewers have all gone."""
    vote = opened(grace_ms=GRACE_MS) if roll else opened(roll=None, grace_ms=GRACE_MS)
    decision = given(*BODY, vote, *(() if roll else GONE)).when(HOST, CLOSE).decision
    assert isinstance(decision, tuple)
    assert [type(event) for event in decision] == [ev.VoteClosed]


def test_nobody_is_waited_for_who_has_voted() -> None:
    """Unless ballots may be changed; a raised hand is seen in the room."""
    both = (gave("wang", YES), gave("zhao", NO))
    poll = opened(roll=None, grace_ms=GRACE_MS)
    decision = given(*BODY, poll, *both).when(HOST, CLOSE).decision
    assert isinstance(decision, tuple)
    assert [type(event) for event in decision] == [ev.VoteClosed]
    time_up = ev.VoteTimeUp(vote=VOTE, close_ms=NOW, until_ms=NOW + GRACE_MS, reason="closed")
    given(*BODY, poll, both[0]).when(HOST, CLOSE).then(time_up)
    rules = ev.VoteRules(kind="motion", majority=ev.SIMPLE, changeable=True)
    changeable = opened(rules, roll=None, grace_ms=GRACE_MS)
    given(*BODY, changeable, *both).when(HOST, CLOSE).then(time_up)


def test_hands_are_counted_meanwhile_and_open_nothing_again() -> None:
    """The time is up once, also where nobody watches yet; the vote ends when both are done."""
    hand = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands")
    vote = opened(TELLERS, grace_ms=GRACE_MS, until_ms=CLOSE_MS)
    counts = [
        ev.HandsCounted(vote=VOTE, teller=teller, round=1, counts=YES) for teller in TELLERS.tellers
    ]
    (time_up,) = due(meeting(*BODY, vote, hand), Moment(CLOSE_MS))
    assert time_up == TIME_UP.model_copy(update={"until_ms": CLOSE_MS})
    assert next_deadline_ms(meeting(*BODY, vote, hand, time_up)) is None
    (closed,) = due(meeting(*BODY, vote, hand, time_up, *counts), Moment(CLOSE_MS + 60_000))
    assert isinstance(closed, ev.VoteClosed)
    poll = opened(TELLERS, roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS)
    early = meeting(*BODY, poll, hand, TIME_UP, *counts)
    assert due(early, Moment(END_MS - 1)) == ()
    assert next_deadline_ms(early) == END_MS


def test_the_box_of_a_secret_vote_stays_closed_until_the_grace_is_over() -> None:
    secret = opened(SECRET, roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS, paper_key="c" * 512)
    assert boxes_due(meeting(*BODY, secret), CLOSE_MS) == ()
    waiting = meeting(*BODY, secret, TIME_UP)
    assert (boxes_due(waiting, END_MS - 1), boxes_due(waiting, END_MS)) == ((), (VOTE,))


def test_the_box_takes_what_comes_within_the_grace() -> None:
    """Also in the moment before the record says that the time is up."""
    secret = opened(SECRET, roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS, paper_key="c" * 512)
    for events in ((secret,), (secret, TIME_UP)):
        vote = meeting(*BODY, *events).votes.by_id[VOTE]
        assert (vote.boxes(END_MS - 1), vote.boxes(END_MS)) == (True, False)


# --- what is seen


@each("audience", list(Audience))
def test_nobody_sees_a_tally_while_late_ballots_may_come(audience: Audience) -> None:
    """Not even one that was shown until then."""
    poll = opened(LIVE, roll=None, grace_ms=GRACE_MS, until_ms=CLOSE_MS)
    ran = meeting(*BODY, poll, gave("li", YES))
    waits = meeting(*BODY, poll, gave("li", YES), TIME_UP)

    def shown(now: Meeting) -> VoteView:
        (vote,) = views.section(now, REGISTER, audience).votes
        return vote

    running, waiting = shown(ran), shown(waits)
    assert running.tally == (1, 0, 0)
    assert (waiting.tally, waiting.outcome, waiting.cast) == (None, None, 1)
    assert (waiting.state, waiting.until_ms, waiting.late_until_ms) == ("open", CLOSE_MS, END_MS)
