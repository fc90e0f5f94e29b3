"""The end of a vote: at once, announced, by its time, by the meeting's end; ties; cancelling."""

from __future__ import annotations

from hashlib import sha256

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.deadlines import due, next_deadline_ms
from meetings.moment import Moment
from meetings.refusals import Code
from meetings.voting.events import PUBLISHED_MAX
from meetings.voting.rules import boxes_due
from meetings.voting.tie import draw
from tests.each import each
from tests.unit.meetings.given import HOST, NOW, VIEWER, Given, Outcome, given, meeting
from tests.unit.meetings.voting.sample import BODY, NO, VOTE, YES, gave, opened

CLOSE = cmd.CloseVote(vote=VOTE)
SECRET = opened(
    ev.VoteRules(kind="motion", majority=ev.SIMPLE, secrecy="secret"), paper_key="c" * 512
)
TELLERS = ev.VoteRules(kind="motion", majority=ev.SIMPLE, tellers=("sun", "wang"))
HAND = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands")


def agreed(counts: tuple[int, ...] = YES) -> list[ev.HandsCounted]:
    return [
        ev.HandsCounted(vote=VOTE, teller=teller, round=1, counts=counts)
        for teller in TELLERS.tellers
    ]


def tied(tie: str) -> Given:
    """One for, one against."""
    rules = ev.VoteRules(kind="motion", majority=ev.SIMPLE, tie=tie)
    return given(*BODY, opened(rules), gave("chen", YES), gave("wu", NO))


def events_of(outcome: Outcome) -> tuple[ev.Event, ...]:
    assert isinstance(outcome.decision, tuple), outcome.decision
    return outcome.decision


def outcome_of(event: ev.Event) -> ev.Outcome:
    assert isinstance(event, ev.VoteClosed)
    assert event.outcome is not None
    return event.outcome


# --- the close


def test_a_close_says_what_the_vote_came_to() -> None:
    (closed,) = events_of(given(*BODY, opened(), gave("li", YES)).when(HOST, CLOSE))
    assert outcome_of(closed).result == "passed"
    assert isinstance(closed, ev.VoteClosed)
    assert closed.reason == "closed"


def test_an_announced_close_comes_when_it_was_said() -> None:
    """Whatever the livestream's delay: viewers count by what they see."""
    command = cmd.CloseVote(vote=VOTE, window_s=10)
    moment = Moment(NOW, stream_delay_ms=6000)
    given(*BODY, opened(roll=None, grace_ms=6000)).when(HOST, command, moment=moment).then(
        ev.VoteClosing(vote=VOTE, until_ms=NOW + 10_000)
    )


def test_ballots_are_taken_until_the_announced_close() -> None:
    closing = ev.VoteClosing(vote=VOTE, until_ms=50_000)
    cast = cmd.CastBallot(vote=VOTE, marks=YES)
    poll = opened(roll=None)
    given(*BODY, poll, closing).when(VIEWER, cast, at_ms=49_999).then(gave("wang", YES))
    given(*BODY, poll, closing).when(VIEWER, cast, at_ms=50_000).refused(Code.VOTE_CLOSED)


def test_an_announced_close_comes_by_itself() -> None:
    now = meeting(*BODY, opened(), ev.VoteClosing(vote=VOTE, until_ms=50_000))
    assert next_deadline_ms(now) == 50_000
    (closed,) = due(now, Moment(50_000))
    assert isinstance(closed, ev.VoteClosed)
    assert closed.reason == "closed"


def test_a_close_is_never_put_off() -> None:
    timed = opened(until_ms=NOW + 5000)
    window = cmd.CloseVote(vote=VOTE, window_s=5)
    given(*BODY, timed).when(HOST, window).then()
    sooner = cmd.CloseVote(vote=VOTE, window_s=4)
    given(*BODY, timed).when(HOST, sooner).then(ev.VoteClosing(vote=VOTE, until_ms=NOW + 4000))


def test_a_close_waits_for_the_hands() -> None:
    """Nobody votes any more, and when the tellers agree the vote closes by itself."""
    hands = (*BODY, opened(TELLERS), HAND)
    stop = ev.VoteClosing(vote=VOTE, until_ms=NOW)
    given(*hands).when(HOST, CLOSE).then(stop)
    waiting = meeting(*hands, stop)
    assert next_deadline_ms(waiting) is None
    assert due(waiting, Moment(10**12)) == ()
    given(*hands, stop).when(HOST, CLOSE).then()
    counted = meeting(*hands, stop, *agreed())
    assert next_deadline_ms(counted) == NOW
    (closed,) = due(counted, Moment(NOW))
    assert outcome_of(closed).tally == (1, 0, 0)


def test_a_vote_by_hand_closes_at_once_when_all_is_counted() -> None:
    (closed,) = events_of(given(*BODY, opened(TELLERS), HAND, *agreed()).when(HOST, CLOSE))
    assert outcome_of(closed).tally == (1, 0, 0)


def test_a_time_waits_for_the_hands_too() -> None:
    timed = opened(TELLERS, until_ms=50_000)
    assert due(meeting(*BODY, timed, HAND), Moment(10**12)) == ()
    (closed,) = due(meeting(*BODY, timed, HAND, *agreed()), Moment(50_000))
    assert isinstance(closed, ev.VoteClosed)
    assert closed.reason == "timed_out"


def test_what_has_ended_is_not_ended_again() -> None:
    over = (*BODY, opened(), ev.VoteClosed(vote=VOTE, reason="closed"))
    for command in (CLOSE, cmd.CancelVote(vote=VOTE)):
        given(*over).when(HOST, command).refused(Code.VOTE_CLOSED)
        given(*BODY).when(HOST, command).refused(Code.VOTE_UNKNOWN)


def test_a_cancelled_vote_has_no_result() -> None:
    cancelled = ev.VoteCancelled(vote=VOTE, reason="议题有误")
    given(*BODY, opened()).when(HOST, cmd.CancelVote(vote=VOTE, reason="议题有误")).then(cancelled)
    vote = meeting(*BODY, opened(), cancelled).votes.by_id[VOTE]
    assert (vote.open, vote.outcome, vote.cancelled) == (False, None, "议题有误")


# --- by the end of the meeting


def test_the_meetings_end_ends_a_vote_as_it_stands() -> None:
    (closed, _) = events_of(given(*BODY, opened(), gave("li", YES)).when(HOST, cmd.CloseMeeting()))
    assert outcome_of(closed).result == "passed"
    (closed, _) = events_of(given(*BODY, opened(TELLERS), HAND).when(HOST, cmd.CloseMeeting()))
    assert outcome_of(closed).result == "unsettled"


def test_a_tie_at_the_meetings_end_stays_one() -> None:
    (closed, _) = events_of(tied("drawn").when(HOST, cmd.CloseMeeting()))
    assert outcome_of(closed).result == "tied"


def test_a_secret_vote_is_closed_before_the_meeting() -> None:
    """Its box has to be opened, which the meeting's last entry could not wait for."""
    given(*BODY, SECRET).when(HOST, cmd.CloseMeeting()).refused(Code.VOTE_SECRET_OPEN)
    cancelled = ev.VoteCancelled(vote=VOTE)
    given(*BODY, SECRET, cancelled).when(HOST, cmd.CloseMeeting()).then(ev.MeetingClosed())


# --- the box of a secret vote


def ballots(number: int) -> tuple[ev.PublishedBallot, ...]:
    """In an order that is not that of the serials."""
    return tuple(
        ev.PublishedBallot(
            serial=sha256(str(n).encode()).hexdigest(), signature="0" * 512, marks=YES
        )
        for n in range(number)
    )


def test_a_secret_vote_closes_in_two_steps() -> None:
    """First no ballot is taken any more; then the box is opened, and all is published."""
    stop = ev.VoteClosing(vote=VOTE, until_ms=NOW)
    given(*BODY, SECRET).when(HOST, CLOSE).then(stop)
    waiting = meeting(*BODY, SECRET, stop)
    assert (boxes_due(waiting, NOW - 1), boxes_due(waiting, NOW)) == ((), (VOTE,))
    assert due(waiting, Moment(NOW)) == ()
    published, closed = due(waiting, Moment(NOW, boxes={VOTE: ballots(3)}))
    assert isinstance(published, ev.VotePublished)
    assert outcome_of(closed).tally == (3, 0, 0)


def test_ballots_are_published_in_the_order_of_their_serials() -> None:
    """Not in that of the box, which could be the order of casting."""
    timed = SECRET.model_copy(update={"until_ms": 50_000})
    events = due(meeting(*BODY, timed), Moment(NOW, boxes={VOTE: ballots(9)}))
    (published, _) = events
    assert isinstance(published, ev.VotePublished)
    serials = [ballot.serial for ballot in published.ballots]
    assert serials == sorted(serials)
    assert serials != [ballot.serial for ballot in ballots(9)]


def test_many_ballots_are_published_in_several_entries() -> None:
    timed = SECRET.model_copy(update={"until_ms": 50_000})
    now = meeting(*BODY, timed)
    *pages, _ = due(now, Moment(NOW, boxes={VOTE: ballots(PUBLISHED_MAX + 1)}))
    assert [len(page.ballots) for page in pages if isinstance(page, ev.VotePublished)] == [
        PUBLISHED_MAX,
        1,
    ]
    after = meeting(*BODY, timed, *pages).votes.by_id[VOTE]
    assert len(after.published) == PUBLISHED_MAX + 1


def test_an_empty_box_closes_too() -> None:
    timed = SECRET.model_copy(update={"until_ms": 50_000})
    (closed,) = due(meeting(*BODY, timed), Moment(NOW, boxes={VOTE: ()}))
    assert outcome_of(closed).reasons == ("nobody_voted",)


# --- ties


@each("option, result", [(0, "passed"), (1, "rejected")])
def test_the_host_settles_a_tie(option: int, result: str) -> None:
    events = events_of(tied("host").when(HOST, CLOSE))
    after = Given(meeting(*_record(tied("host")), *events))
    decided = cmd.DecideTie(vote=VOTE, option=option)
    broken = ev.VoteTieBroken(vote=VOTE, option=option)
    after.when(HOST, decided).then(broken)
    vote = meeting(*_record(tied("host")), *events, broken).votes.by_id[VOTE]
    assert vote.outcome is not None
    assert (vote.outcome.result, vote.tie_broken) == (result, option)
    again = Given(meeting(*_record(tied("host")), *events, broken))
    again.when(HOST, decided).refused(Code.VOTE_NO_TIE)


def test_a_tie_is_settled_for_one_of_those_that_lead() -> None:
    events = events_of(tied("host").when(HOST, CLOSE))
    after = Given(meeting(*_record(tied("host")), *events))
    after.when(HOST, cmd.DecideTie(vote=VOTE, option=2)).refused(Code.VOTE_UNKNOWN_OPTION)


def test_there_has_to_be_a_tie() -> None:
    decide = cmd.DecideTie(vote=VOTE, option=0)
    given(*BODY).when(HOST, decide).refused(Code.VOTE_UNKNOWN)
    tied("host").when(HOST, decide).refused(Code.VOTE_NO_TIE)


def test_a_lot_is_drawn_from_the_recorded_seed() -> None:
    moment = Moment(NOW, seed="5eed" * 8)
    closed, broken = events_of(tied("drawn").when(HOST, CLOSE, moment=moment))
    assert outcome_of(closed).result == "tied"
    assert broken == ev.VoteTieBroken(vote=VOTE, option=draw("5eed" * 8, (0, 1)), seed="5eed" * 8)


def test_every_option_can_be_drawn() -> None:
    """About as often as each other: 3,000 draws of three, each within a tenth of a third."""
    drawn = [draw(f"{n:032x}", (4, 7, 9)) for n in range(3000)]
    assert all(900 < drawn.count(option) < 1100 for option in (4, 7, 9))
    with pytest.raises(ValueError, match="nothing"):
        draw("5eed", ())


def _record(of: Given) -> tuple[ev.Event, ...]:
    """What `tied` was given, to go on from."""
    rules = of.meeting.votes.by_id[VOTE].rules
    return (*BODY, opened(rules), gave("chen", YES), gave("wu", NO))
